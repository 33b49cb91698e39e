/** Each cause of a failed join, from what a browser tells to what the error's report says: whole joins in virtual time. */
import { expect, it } from 'vitest'
import type { StarwireError } from '../../../net/errors/starwire-error.ts'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import { connectSignaling } from '../../../net/signaling/client.ts'
import { hostStar } from '../../../net/star/host-star.ts'
import { joinStar } from '../../../net/star/join-star.ts'
import { relayCode } from '../../../net/star/routes.ts'
import type { PeerConnectionConstructor } from '../../../net/transport/webrtc.ts'
import { pass, settled, startServer, theWorld } from '../signaling/virtual-support.ts'
import { fakeWebrtc } from '../transport/fake-webrtc.ts'

await Promise.all([relayCode(), import('../../../net/star/reroute.ts')])

/** The date of virtual servers at time 0. */
const SERVER_DATE_MS = Date.UTC(2030, 0, 1)

const STUN = 'stun:stun.example:3478'
const TURN = 'turn:turn.example:3478?transport=udp'
const HOST = 'candidate:1 1 udp 2122260223 192.168.7.31 50731 typ host'
const SRFLX = 'candidate:2 1 udp 1686052607 203.0.113.77 50731 typ srflx raddr 192.168.7.31 rport 50731'
const RELAY = 'candidate:3 1 udp 41885439 198.51.100.1 61234 typ relay raddr 203.0.113.77 rport 50731'
const HIDDEN = 'candidate:4 1 udp 2122260223 5d8f2c1e-0b0a-4e57-9a8b-1c2d3e4f5a6b.local 50731 typ host'

/** What a browser does at one place. */
interface Place {
  readonly finds: readonly string[]
  /** Of STUN and TURN servers: url and code. */
  readonly faults?: readonly (readonly [string, number])[]
  readonly ice?: RTCIceConnectionState
  readonly gathering?: RTCIceGatheringState
}

/** Browsers between which nothing passes. */
function browsers(places: Record<'host' | 'guest', Place>): Record<'host' | 'guest', PeerConnectionConstructor> {
  const { PeerConnection: Base } = fakeWebrtc()
  const at = ({ finds, faults = [], ice = 'checking', gathering = 'complete' }: Place): PeerConnectionConstructor =>
    class extends Base {
      override async setLocalDescription(description: RTCLocalSessionDescriptionInit): Promise<void> {
        await super.setLocalDescription(description)
        Object.assign(this, { iceConnectionState: ice, iceGatheringState: gathering })
        for (const [url, errorCode] of faults)
          this.onicecandidateerror?.({ url, errorCode, errorText: 'said so' } as RTCPeerConnectionIceErrorEvent)
        // After the description is told, as browsers do.
        setImmediate(() => {
          for (const candidate of finds)
            this.onicecandidate?.({ candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } } as never)
        })
      }

      // The two never meet.
      override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
        Object.assign(this, { remoteDescription: description })
      }
    }
  return { host: at(places.host), guest: at(places.guest) }
}

interface Story {
  readonly guest: Place
  readonly host?: Place
  /** Default: STUN and TURN. */
  readonly iceServers?: readonly string[]
  readonly aheadMs?: number
}

async function causesOf({ guest, host = { finds: [HOST, SRFLX, RELAY] }, ...more }: Story) {
  const { iceServers = [STUN, TURN], aheadMs = 0 } = more
  const { time, internet } = theWorld()
  const servers = iceServers.map((urls) => ({ urls, ...(urls === TURN && { username: 'a', credential: 'b' }) }))
  const { url } = startServer({ iceServers: () => servers })
  const made = browsers({ host, guest })
  const site = (seed: number, RTCPeerConnection: PeerConnectionConstructor) => {
    const platform = new VirtualPage(time, seed)
    Object.defineProperty(platform, 'wallTime', { value: () => SERVER_DATE_MS + time.now + aheadMs })
    const signaling = connectSignaling({ url, WebSocket: internet.webSocketOf(platform), platform })
    return { signaling, options: { platform, RTCPeerConnection } }
  }
  const [ofHost, ofGuest] = [site(1, made.host), site(2, made.guest)]
  const star = await settled(hostStar(ofHost.signaling, ofHost.options))
  let error: StarwireError | null = null
  joinStar(ofGuest.signaling, star.code, ofGuest.options).catch((failure: StarwireError) => {
    error = failure
  })
  // simple-peer makes its offer in a timer of its own, which virtual time does not wait for.
  for (let i = 0; i < 200 && error === null; i++) {
    await pass(100)
    await new Promise((done) => setTimeout(done, 1))
  }
  star.close()
  await pass(20_000)
  const { reason, report } = error as unknown as StarwireError
  expect(reason).toBe('no-route')
  expect(report?.times.end).toBeLessThanOrEqual(15_000)
  return report?.causes
}

/** The server of these stories relays nothing. */
const AND_NO_RELAY = 'no-relay'

it.each<[string, Story, string[]]>([
  ['no interface', { guest: { finds: [], ice: 'new' } }, ['no-interface']],
  ['a wrong secret of TURN', { guest: { finds: [HOST, SRFLX], faults: [[TURN, 401]] } }, ['turn-refused']],
  ['a TURN server that is down', { guest: { finds: [HOST, SRFLX], faults: [[TURN, 701]] } }, ['turn-unreachable']],
  [
    'blocked UDP, as browsers say after a while',
    {
      guest: {
        finds: [HOST],
        faults: [
          [STUN, 701],
          [TURN, 701],
        ],
      },
    },
    ['turn-unreachable', 'udp-blocked'],
  ],
  [
    'blocked UDP, while the browser still waits',
    { guest: { finds: [HOST], gathering: 'gathering' }, iceServers: [STUN] },
    ['udp-blocked', 'no-turn'],
  ],
  [
    'names that nobody resolves',
    { guest: { finds: [HOST, SRFLX, RELAY], ice: 'new' }, host: { finds: [HIDDEN] } },
    ['mdns-unresolved'],
  ],
  ['a host without a network', { guest: { finds: [HOST, SRFLX, RELAY] }, host: { finds: [] } }, ['other-side-empty']],
  ['no TURN, where both need it', { guest: { finds: [HOST, SRFLX] }, iceServers: [STUN] }, ['no-turn']],
])('a join that fails by %s says so', async (_what, story, expected) => {
  expect(await causesOf(story)).toEqual([...expected, AND_NO_RELAY])
})

it.each([3, -5])('a clock that is %i hours ahead of the server stands in the report as well', async (hours) => {
  const story = { guest: { finds: [HOST, SRFLX, RELAY] }, aheadMs: hours * 3_600_000 }
  expect(await causesOf(story)).toEqual([AND_NO_RELAY, 'clock-wrong'])
})

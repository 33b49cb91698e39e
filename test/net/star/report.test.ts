/** What a join tells of its connection: with its error, and with the star that came of it. */
import { describe, expect, it } from 'vitest'
import type { StarwireError } from '../../../net/errors/starwire-error.ts'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import { connectSignaling } from '../../../net/signaling/client.ts'
import { hostStar } from '../../../net/star/host-star.ts'
import { joinStar } from '../../../net/star/join-star.ts'
import { relayCode } from '../../../net/star/routes.ts'
import { SimulatedNetwork } from '../../../net/testing.ts'
import type { ConnectPeer } from '../../../net/transport/peer-connection.ts'
import { simplePeer } from '../../../net/transport/simple-peer.ts'
import { simulatedPeers } from '../../../net/transport/simulated/peer-connection.ts'
import { pass, settled, startServer, theWorld } from '../signaling/virtual-support.ts'
import { fakeWebrtc } from '../transport/fake-webrtc.ts'

await Promise.all([relayCode(), import('../../../net/star/reroute.ts')])

/** The date of virtual servers at time 0: the first of January 2030. */
const SERVER_DATE_MS = Date.UTC(2030, 0, 1)

const host = { type: 'host', protocol: 'udp', address: '192.168.7.31' }

/** A host, and what a guest joins with. `cut`: no packet passes between them. */
async function setUp({ cut = false, serverUrl = '', aheadMs = 0 } = {}) {
  const { time, internet } = theWorld()
  const { url } = startServer({ iceServers: () => [{ urls: 'stun:stun.example' }] })
  const network = new SimulatedNetwork(3, time)
  const simulated = simulatedPeers(network, { conditions: () => ({ latencyMs: 20, ...(cut && { loss: 1 }) }) })
  const peerConnection: ConnectPeer = (options) => {
    const attempt = simulated(options)
    return (
      attempt && {
        pipe: attempt.pipe,
        rejectedSignals: 0,
        signal: (text) => attempt.signal(text),
        report: () => ({ here: [host], there: [host], ice: 'checking', faults: [] }),
      }
    )
  }
  const site = (seed: number, at = url) => {
    const platform = new VirtualPage(time, seed)
    Object.defineProperty(platform, 'wallTime', { value: () => SERVER_DATE_MS + time.now + aheadMs })
    const signaling = connectSignaling({ url: at, WebSocket: internet.webSocketOf(platform), platform })
    return { platform, signaling, options: { platform, transport: { peerConnection } } }
  }
  const ofHost = site(1)
  const star = await settled(hostStar(ofHost.signaling, ofHost.options))
  const guest = site(2, serverUrl || url)
  const close = async (): Promise<void> => {
    star.close()
    await pass(20_000)
  }
  return { star, guest, close }
}

const failureOf = (joining: Promise<unknown>): Promise<StarwireError> =>
  settled(
    joining.then(() => Promise.reject(new Error('it joined'))).catch((error: unknown) => error as StarwireError),
  ) as Promise<StarwireError>

describe('the report of a join', () => {
  it('that found no route says how far it came, when, what was tried and what is missing', async () => {
    const { star, guest, close } = await setUp({ cut: true })
    const error = await failureOf(joinStar(guest.signaling, star.code, guest.options))
    expect(error.reason).toBe('no-route')
    expect(error.report).toMatchObject({
      reason: 'no-route',
      stage: 'connecting',
      route: null,
      stun: true,
      turn: false,
      relay: 'none',
      peer: { here: [host], there: [host], ice: 'checking' },
      causes: ['no-turn', 'no-relay'],
    })
    const { server, host: admitted, open, end } = error.report!.times
    expect(server).toBeGreaterThan(0)
    expect(admitted).toBeGreaterThanOrEqual(server!)
    expect([open, end <= 15_000]).toEqual([null, true])
    await close()
  })

  it('tells a server that is out of reach, and one that answers plain requests only', async () => {
    const { guest, close } = await setUp({ serverUrl: 'ws://nowhere/starwire' })
    const error = await failureOf(joinStar(guest.signaling, 'K7RX2', guest.options))
    expect([error.reason, error.report?.stage, error.report?.causes]).toEqual([
      'signaling-down',
      'finding the lobby',
      [],
    ])
    const signaling = { ...guest.signaling, serverAnswers: async () => true }
    const blocked = await failureOf(joinStar(signaling, 'K7RX2', guest.options))
    expect(blocked.report?.causes).toEqual(['websocket-blocked'])
    await close()
  })

  it('has none where somebody said no', async () => {
    const { guest, close } = await setUp()
    const error = await failureOf(joinStar(guest.signaling, 'CCCCC', guest.options))
    expect([error.reason, error.report]).toEqual(['not-found', null])
    await close()
  })

  it('that connected says how, and how far the clock is from the server’s', async () => {
    const { star, guest, close } = await setUp({ aheadMs: 3 * 3_600_000 })
    const joined = await settled(joinStar(guest.signaling, star.code, guest.options))
    const report = joined.report()
    expect(report).toMatchObject({ reason: null, relay: 'not-asked', causes: [] })
    expect(report.times.open).toBeGreaterThan(0)
    expect(Math.round((report.clockAheadMs ?? 0) / 3_600_000)).toBe(3)
    await close()
  })
})

describe('the report of a host', () => {
  it('whose server is out of reach says so, and whether it answers plain requests', async () => {
    const { guest, close } = await setUp({ serverUrl: 'ws://nowhere/starwire' })
    const error = await failureOf(hostStar(guest.signaling, guest.options))
    expect([error.reason, error.report?.stage, error.report?.causes]).toEqual([
      'signaling-down',
      'opening the lobby',
      [],
    ])
    const signaling = { ...guest.signaling, serverAnswers: async () => false }
    const away = await failureOf(hostStar(signaling, guest.options))
    expect(away.report?.causes).toEqual(['server-unreachable'])
    guest.platform.goOffline()
    const offline = await failureOf(hostStar(signaling, guest.options))
    expect(offline.report?.causes).toEqual(['no-network'])
    await close()
  })

  it('whose page has no WebRTC says that', async () => {
    const { guest, close } = await setUp()
    const error = await failureOf(hostStar(guest.signaling, { platform: guest.platform }))
    expect([error.reason, error.report?.causes]).toEqual(['no-webrtc', ['no-webrtc']])
    await close()
  })
})

it('a connection of WebRTC tells its candidates by type and address, and what STUN and TURN servers answered, once each', () => {
  const { PeerConnection: Base } = fakeWebrtc()
  const made: RTCPeerConnection[] = []
  class Watched extends Base {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      made.push(this)
    }
  }
  const { time } = theWorld()
  const platform = new VirtualPage(time, 9)
  const options = { offer: null, iceServers: [], timeoutMs: 1000, platform, sendSignal() {} }
  const attempt = simplePeer(Watched)(options)!
  const fault = {
    url: 'turn:turn.example',
    errorCode: 401,
    errorText: 'Unauthorized',
  } as RTCPeerConnectionIceErrorEvent
  made[0]!.onicecandidateerror?.(fault)
  made[0]!.onicecandidateerror?.(fault)
  attempt.signal(
    JSON.stringify({
      type: 'candidate',
      candidate: { candidate: 'candidate:1 1 UDP 2122 192.168.7.31 50731 typ host', sdpMid: '0', sdpMLineIndex: 0 },
    }),
  )
  const expected = {
    here: [],
    there: [host],
    ice: 'new',
    gathering: 'new',
    faults: [{ url: 'turn:turn.example', code: 401, text: 'Unauthorized' }],
  }
  expect(attempt.report?.()).toEqual(expected)
  attempt.pipe.close()
  expect(attempt.report?.()).toEqual(expected)
})

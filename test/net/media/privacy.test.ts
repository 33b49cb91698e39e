/** `privacy: 'relay-only'` on each signal for voice, video and tracks, whatever the browser finds. */
import { tracksOver } from 'starwire/media'
import { expect, it } from 'vitest'
import { mediaWays } from '../../../net/lobby/connect-options.ts'
import type { Lane } from '../../../net/wire/lanes.ts'
import { pair, settle } from '../files/support.ts'
import { HandClock } from '../lobby/support.ts'
import { FakeConnection, fakeConnections } from './fake-connections.ts'
import { FakeTrack } from './fake-devices.ts'
import { joinAll, openRoom } from './support.ts'

const OWN = ['192.168.7.31', '203.0.113.77', '50731']
const FOUND = [
  `candidate:1 1 udp 2122260223 ${OWN[0]} 50731 typ host`,
  `candidate:2 1 udp 1686052607 ${OWN[1]} 50731 typ srflx raddr ${OWN[0]} rport 50731`,
  `candidate:3 1 udp 41885439 198.51.100.1 61234 typ relay raddr ${OWN[1]} rport 50731`,
]

/** A browser that tells all it has, whatever it was asked. */
class Careless extends FakeConnection {
  override async setLocalDescription(): Promise<void> {
    await super.setLocalDescription()
    const { type, sdp } = this.localDescription!
    const lines = [`c=IN IP4 ${OWN[0]}`, `a=rtcp:9 IN IP4 ${OWN[1]}`, ...FOUND.map((line) => `a=${line}`)]
    this.localDescription = { type, sdp: `${sdp}${lines.join('\r\n')}\r\n` }
    for (const candidate of FOUND) {
      const found = { candidate, sdpMid: '0', sdpMLineIndex: 0 }
      this.onicecandidate?.({ candidate: { ...found, toJSON: () => found } })
    }
  }
}

/** What a side with this wish says over its link until it is connected. */
async function said(privacy: { privacy?: 'relay-only' }): Promise<string> {
  fakeConnections()
  const [one, other] = pair()
  const texts: string[] = []
  const clock = new HandClock()
  const tracksOn = (link: typeof one, calls: boolean, more: object) => {
    const tracks = tracksOver(link, {
      ...{ calls, platform: clock.platform, onTrack: () => {}, ...more },
      RTCPeerConnection: Careless as never,
    })
    link.listen({ message: (lane: Lane, bytes) => void tracks.hear(lane, bytes), closed: () => {} })
    return tracks
  }
  const send = one.send.bind(one)
  one.send = (lane, bytes) => {
    texts.push(new TextDecoder().decode(bytes))
    return send(lane, bytes)
  }
  const sides = [tracksOn(one, true, privacy), tracksOn(other, false, {})]
  sides[0]!.send('audio', new FakeTrack('audio') as never)
  for (let i = 0; i < 30; i++) {
    await settle()
    clock.skip(50)
  }
  expect(sides.map(({ state }) => state)).toEqual(['connected', 'connected'])
  for (const side of sides) side.close()
  return texts.join('\n')
}

it('no signal of tracks beside a link has an address of the page that wishes so', async () => {
  const careless = await said({})
  for (const each of OWN) expect(careless).toContain(each)
  const hidden = await said({ privacy: 'relay-only' })
  for (const each of [...OWN, 'typ host', 'typ srflx']) expect(hidden).not.toContain(each)
  expect(hidden).toContain('typ relay raddr 0.0.0.0 rport 0')
})

it('a lobby with the wish connects its voices through TURN alone, and tells no candidate of another kind', async () => {
  const room = await openRoom(['Bea'], { isPrivate: true })
  await joinAll(room)
  expect(room.network.all.length).toBeGreaterThan(1)
  for (const { configuration, candidates } of room.network.all) {
    expect(configuration.iceTransportPolicy).toBe('relay')
    expect(candidates).toEqual([])
  }
  expect(mediaWays({ privacy: 'relay-only' }, () => []).isPrivate).toBe(true)
  expect(mediaWays({}, () => []).isPrivate).toBe(false)
})

it('is an option with a sentence for what it is not', () => {
  const [link] = pair()
  const options = { calls: true, privacy: 'please', RTCPeerConnection: Careless }
  expect(() => tracksOver(link, options as never)).toThrow(/privacy is 'relay-only' or left out, not "please"/)
})

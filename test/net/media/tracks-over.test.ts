/** Tracks beside a bare link, next to messages of its owner's. */
import { type LinkTracks, type TrackKind, tracksOver } from 'starwire/media'
import { describe, expect, it, vi } from 'vitest'
import { TRACK_KINDS } from '../../../net/media/tracks-over.ts'
import type { Link } from '../../../net/transport/link.ts'
import { closeMessage } from '../../../net/wire/bulk-message.ts'
import { pair, settle } from '../files/support.ts'
import { HandClock } from '../lobby/support.ts'
import { fakeConnections } from './fake-connections.ts'
import { FakeTrack } from './fake-devices.ts'

/** What a page hears and sees of the other: how loud each kind is, null for nothing. */
function side(link: Link, network: ReturnType<typeof fakeConnections>, calls: boolean) {
  const clock = new HandClock()
  const arriving: Record<TrackKind, FakeTrack | null> = { audio: null, video: null }
  const own: Uint8Array[] = []
  const tracks = tracksOver(link, {
    ...{ calls, platform: clock.platform, RTCPeerConnection: network.PeerConnection },
    onTrack(kind, track) {
      arriving[kind] = track as unknown as FakeTrack | null
    },
  })
  const listen = (to: Link): void =>
    to.listen({ message: (lane, bytes) => tracks.hear(lane, bytes) || own.push(bytes), closed: () => {} })
  listen(link)
  return { clock, tracks, own, listen, level: (kind: TrackKind) => arriving[kind]?.level ?? null }
}

function ends() {
  const network = fakeConnections()
  const [one, other] = pair()
  return { network, one, other, host: side(one, network, true), guest: side(other, network, false) }
}

const send = (tracks: LinkTracks, kind: TrackKind, track: FakeTrack | null): void =>
  tracks.send(kind, track as unknown as MediaStreamTrack | null)

/** Until both have nothing more to say. */
async function agreed({ host, guest }: Pick<ReturnType<typeof ends>, 'host' | 'guest'>): Promise<void> {
  for (let i = 0; i < 30; i++) {
    await settle()
    for (const { clock } of [host, guest]) clock.skip(50)
  }
}

describe('tracks beside a link', () => {
  it('arrive at the other side, kind by kind, and the messages of the link’s owner with them', async () => {
    const both = ends()
    const { network, one, host, guest } = both
    send(host.tracks, 'audio', new FakeTrack('audio', 0.25))
    one.send('bulk', Uint8Array.of(1, 2, 3))
    one.send('state', Uint8Array.of(0x94, TRACK_KINDS.signalBeside, 0, 0))
    await agreed(both)
    expect([host.tracks.state, guest.tracks.state, network.open]).toEqual(['connected', 'connected', 2])
    expect([guest.level('audio'), guest.level('video'), host.level('audio')]).toEqual([0.25, null, null])
    send(guest.tracks, 'video', new FakeTrack('video', 0.5))
    await agreed(both)
    expect([host.level('video'), guest.level('audio')]).toEqual([0.5, 0.25])
    send(host.tracks, 'audio', null)
    guest.tracks.accept('video', false)
    await agreed(both)
    expect(guest.level('audio')).toBeNull()
    expect(guest.own.map((bytes) => [...bytes])).toEqual([
      [1, 2, 3],
      [0x94, TRACK_KINDS.signalBeside, 0, 0],
    ])
    expect([host.tracks.rejected, guest.tracks.rejected]).toEqual([0, 0])
    for (const { tracks } of [host, guest]) tracks.close()
    expect([network.open, guest.level('video')]).toEqual([0, null])
  })

  it('are not sent to a side that refuses them, and are again once it wants them', async () => {
    const both = ends()
    const { host, guest } = both
    guest.tracks.accept('audio', false)
    send(host.tracks, 'audio', new FakeTrack('audio', 0.25))
    await agreed(both)
    expect(guest.level('audio')).toBeNull()
    guest.tracks.accept('audio', true)
    await agreed(both)
    expect(guest.level('audio')).toBe(0.25)
  })

  it('come back over another link when link and route were both lost', async () => {
    const both = ends()
    const { network, one, host, guest } = both
    send(host.tracks, 'audio', new FakeTrack('audio', 0.25))
    await agreed(both)
    one.close('lost')
    for (const connection of network.all) connection.fail()
    await agreed(both)
    const [next, nextOther] = pair()
    host.listen(next)
    guest.listen(nextOther)
    host.tracks.resume(next)
    guest.tracks.resume(nextOther)
    await agreed(both)
    expect([host.tracks.state, guest.level('audio')]).toEqual(['connected', 0.25])
  })

  it('count what no honest side says, and read nothing more of it after a hundred', async () => {
    const both = ends()
    const { one, guest, host } = both
    const signal = (text: unknown) => {
      const message = { kind: 'signalBeside', text } as const
      return closeMessage(TRACK_KINDS, message)
    }
    for (const text of ['nonsense', 7, null, 'x'.repeat(20_000), '{"kind":"step","life":1}'])
      one.send('bulk', signal(text))
    one.send('bulk', Uint8Array.of(0x94, TRACK_KINDS.signalBeside, 1, 2))
    await settle()
    await agreed(both)
    expect(guest.tracks.rejected).toBe(6)
    for (let i = 0; i < 100; i++) one.send('bulk', Uint8Array.of(0x94, TRACK_KINDS.signalBeside))
    send(host.tracks, 'audio', new FakeTrack('audio'))
    await agreed(both)
    expect(guest.tracks.rejected).toBeGreaterThan(100)
    expect(guest.own).toEqual([])
  })

  it('throw at their owner with a sentence: no side that calls, tracks of another kind, no WebRTC', () => {
    const network = fakeConnections()
    const [link] = pair()
    const options = { calls: true, RTCPeerConnection: network.PeerConnection, platform: new HandClock().platform }
    expect(() => tracksOver(link, {} as never)).toThrow(/write `calls`/)
    expect(() => tracksOver(link, { ...options, voice: true } as never)).toThrow(/voice/)
    const tracks = tracksOver(link, options)
    expect(() => send(tracks, 'audio', new FakeTrack('video'))).toThrow(/given 'video'|given "video"|video/)
    expect(() => tracks.send('sound' as never, null)).toThrow(/'audio' or 'video'/)
    tracks.close()
    vi.stubGlobal('RTCPeerConnection', undefined)
    expect(() => tracksOver(link, { calls: true })).toThrow(
      expect.objectContaining({ reason: 'no-webrtc', detail: expect.stringMatching(/pass one to tracksOver/) }),
    )
    vi.unstubAllGlobals()
  })
})

/** The package face `starwire/star` in Node: what it does before any WebRTC, and without any. */
import { createStar, joinStar, StarwireError } from 'starwire/star'
import { describe, expect, it } from 'vitest'
import { fakeWebrtc } from '../transport/fake-webrtc.ts'
import { memorySignaling } from './memory-signaling.ts'

const RTCPeerConnection = fakeWebrtc().PeerConnection

describe('starwire/star', () => {
  it('opens a star over signalling of one’s own', async () => {
    const star = await createStar({ signaling: memorySignaling('lobby-K7QX2'), RTCPeerConnection })
    expect([star.code, star.peers.size, star.connecting]).toEqual(['K7QX2', 0, 0])
    star.close()
  })

  it('takes no option by a wrong name: a seat limit with a slip in it would be none', async () => {
    await expect(createStar({ maxPeer: 2 } as never)).rejects.toThrow(
      /createStar: there is no option "maxPeer".*maxPeers/,
    )
    await expect(joinStar('K7QX2', { deadline: 5 } as never)).rejects.toThrow(/joinStar: there is no option "deadline"/)
  })

  it('joins with a typed reason, or not at all', async () => {
    const signaling = memorySignaling('lobby-K7QX3')
    const star = await createStar({
      signaling,
      RTCPeerConnection,
      accept: (info) => (info === 'letmein' ? null : 'wrong-password'),
    })
    await expect(joinStar('XXXXX', { signaling, RTCPeerConnection })).rejects.toMatchObject({ reason: 'not-found' })
    const refused = joinStar('K7QX3', { signaling, RTCPeerConnection, info: 'guess' })
    await expect(refused).rejects.toBeInstanceOf(StarwireError)
    await expect(refused).rejects.toMatchObject({ reason: 'wrong-password' })
    star.close()
  })

  it('connects with the RTCPeerConnection that it was given', async () => {
    const signaling = memorySignaling('lobby-K7QX4')
    const webrtc = fakeWebrtc()
    const said: string[] = []
    const hear = (who: string) => ({
      message: (lane: string, bytes: Uint8Array) => said.push(`${who} ${lane} ${[...bytes]}`),
      closed: (reason: string) => said.push(`${who} ${reason}`),
    })
    const star = await createStar({
      signaling,
      RTCPeerConnection: webrtc.PeerConnection,
      onPeer: ({ link }) => {
        link.listen(hear('host'))
        link.send('bulk', Uint8Array.of(1))
      },
    })
    const guest = await joinStar('K7QX4', { signaling, RTCPeerConnection: webrtc.PeerConnection })
    guest.link.listen(hear('guest'))
    guest.link.send('state', Uint8Array.of(2))
    await expect.poll(() => said).toEqual(['guest bulk 1', 'host state 2'])
    guest.close()
    await expect.poll(() => said.slice(2).sort()).toEqual(['guest left', 'host left'])
    star.close()
    await expect.poll(() => webrtc.open).toBe(0)
  })

  it('tells a developer who has no page where the signalling server is to come from', async () => {
    await expect(createStar()).rejects.toThrow(/needs the url/)
    await expect(createStar({ signaling: memorySignaling('x'), maxPeers: 1000 })).rejects.toThrow(RangeError)
  })
})

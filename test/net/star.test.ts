/** The package face `starwire/star` in Node: what it does before any WebRTC, and without any. */
import { createStar, joinStar, StarwireError } from 'starwire/star'
import { describe, expect, it } from 'vitest'
import { memorySignaling } from './transport/memory-signaling.ts'

describe('starwire/star', () => {
  it('opens a star over signalling of one’s own', async () => {
    const star = await createStar({ signaling: memorySignaling('lobby-K7QX2') })
    expect([star.code, star.peers.size, star.connecting]).toEqual(['K7QX2', 0, 0])
    star.close()
  })

  it('joins with a typed reason, or not at all', async () => {
    const signaling = memorySignaling('lobby-K7QX3')
    const star = await createStar({ signaling, accept: (info) => (info === 'letmein' ? null : 'wrong-password') })
    await expect(joinStar('XXXXX', { signaling })).rejects.toMatchObject({ reason: 'not-found' })
    const refused = joinStar('K7QX3', { signaling, info: 'guess' })
    await expect(refused).rejects.toBeInstanceOf(StarwireError)
    await expect(refused).rejects.toMatchObject({ reason: 'wrong-password' })
    star.close()
  })

  it('says so where there is no WebRTC', async () => {
    const signaling = memorySignaling('lobby-K7QX4')
    const star = await createStar({ signaling })
    await expect(joinStar('K7QX4', { signaling })).rejects.toMatchObject({
      reason: 'no-route',
      detail: expect.stringMatching(/No WebRTC support/),
    })
    await expect.poll(() => star.connecting).toBe(0)
    star.close()
  })

  it('tells a developer who has no page where the signalling server is to come from', async () => {
    await expect(createStar()).rejects.toThrow(/needs the url/)
    await expect(createStar({ signaling: memorySignaling('x'), maxPeers: 1000 })).rejects.toThrow(RangeError)
  })
})

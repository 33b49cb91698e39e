import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hashText, hashToUnit } from '../../../net/world/random.ts'

describe('a random number', () => {
  it('is in [0, 1), and the same for the same question', () => {
    const whole = fc.integer({ min: 0, max: 2 ** 48 })
    fc.assert(
      fc.property(whole, whole, whole, whole, (seed, tick, id, n) => {
        const value = hashToUnit(seed, tick, id, n)
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThan(1)
        expect(hashToUnit(seed, tick, id, n)).toBe(value)
      }),
    )
  })

  it('depends on the match, the tick, the entity and n, each for itself', () => {
    const base = [5, 600, 2 ** 40 + 7, 1] as const
    const value = hashToUnit(...base)
    for (const i of [0, 1, 2, 3])
      for (const other of [0, 1, 2, 77, 12345].filter((v) => v !== base[i])) {
        const args = [...base] as [number, number, number, number]
        args[i] = other
        expect(hashToUnit(...args), `argument ${i} = ${other}`).not.toBe(value)
      }
    // Ids beyond 32 bits differ above them: two players' bullets of one tick.
    expect(hashToUnit(5, 600, 64 * 2 ** 34, 1)).not.toBe(hashToUnit(5, 600, 65 * 2 ** 34, 1))
  })

  it.each([
    ['tick', (i: number) => hashToUnit(1, i, 65536, 0)],
    ['entity', (i: number) => hashToUnit(1, 100, 65536 + i, 0)],
    ['n', (i: number) => hashToUnit(1, 100, 65536, i)],
    ['seed', (i: number) => hashToUnit(i, 100, 65536, 0)],
  ])('is spread evenly from one %s to the next, and does not follow it', (_name, draw) => {
    const count = 20_000
    const bins = new Array<number>(16).fill(0)
    let correlation = 0
    for (let i = 0; i < count; i++) {
      const value = draw(i)
      bins[Math.floor(value * 16)]! += 1
      correlation += (value - 0.5) * (draw(i + 1) - 0.5)
    }
    // 15 degrees of freedom: 37.7 is passed once in a thousand; the seeds are fixed.
    const expected = count / 16
    const chi = bins.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0)
    expect(chi).toBeLessThan(37.7)
    // Twelve times the mean product is the correlation; its deviation is 1/√n = 0.007.
    expect(Math.abs((correlation / count) * 12)).toBeLessThan(0.03)
  })

  it('has the very bits it had: two versions of a page must not disagree', () => {
    expect([0, 1, 2, 3].map((n) => hashToUnit(1, 2, 3, n) * 2 ** 32)).toMatchInlineSnapshot(`
      [
        1306208364,
        862040688,
        563151586,
        2823974389,
      ]
    `)
    expect(hashText('starwire')).toMatchInlineSnapshot(`"5a3cc984cf90d1d8"`)
  })
})

describe('the hash of the rules', () => {
  it('tells texts apart that differ in one character anywhere', () => {
    const text = 'step(world) { for (const ship of world.all("ship")) ship.x += 1 }'
    const seen = new Set([hashText(text)])
    for (let i = 0; i < text.length; i++) seen.add(hashText(`${text.slice(0, i)}~${text.slice(i + 1)}`))
    expect(seen.size).toBe(text.length + 1)
  })
})

import { describe, expect, it } from 'vitest'
import { WordAges } from '../../../../net/lobby/migration/word-ages.ts'
import { playerId } from '../../../../net/world/ids.ts'

const bea = playerId(1, 1)

/** Words of Bea, five a second, of this age. Returns how many were old. */
function words(ages: WordAges, from: number, count: number, ageMs: number): number {
  let old = 0
  for (let i = 0; i < count; i++) if (ages.isOld(bea, ageMs, from + i * 200)) old++
  return old
}

describe('the words of a guest', () => {
  it('that a cut held up are old, however many come at once, and the next ones are not', () => {
    const ages = new WordAges()
    expect(words(ages, 0, 50, 120)).toBe(0)
    let old = 0
    for (let i = 0; i < 40; i++) if (ages.isOld(bea, 2300, 12_300 + i)) old++
    expect(old).toBe(40)
    expect(words(ages, 12_500, 5, 120)).toBe(0)
  })

  it('that take as long from the first on are not old', () => {
    expect(words(new WordAges(), 0, 50, 4000)).toBe(0)
  })

  it('are not old for ever on a path that has become slow', () => {
    const ages = new WordAges()
    words(ages, 0, 50, 120)
    expect(words(ages, 10_000, 10, 3000)).toBe(10)
    words(ages, 12_000, 20, 3000)
    expect(words(ages, 16_000, 10, 3000)).toBe(0)
  })
})

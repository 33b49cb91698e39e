import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FIRST_REFEREE_ID,
  inputId,
  isEntityId,
  isPlayerId,
  isSpawnedByStep,
  MAX_GENERATION,
  MAX_ORDINAL,
  MAX_SEATS,
  MAX_TICK,
  playerId,
  seatOf,
  spawnedId,
  spawnerOf,
} from '../../../net/world/ids.ts'

const seat = fc.integer({ min: 0, max: MAX_SEATS - 1 })
const generation = fc.integer({ min: 1, max: MAX_GENERATION })
const tick = fc.integer({ min: 0, max: MAX_TICK })
const ordinal = fc.integer({ min: 0, max: MAX_ORDINAL })

describe('an id', () => {
  it('of a player names its seat, and the next in the same seat is another player', () => {
    fc.assert(
      fc.property(seat, generation, (s, g) => {
        const id = playerId(s, g)
        expect(isPlayerId(id)).toBe(true)
        expect(seatOf(id)).toBe(s)
        if (g < MAX_GENERATION) expect(playerId(s, g + 1)).not.toBe(id)
      }),
    )
  })

  it.each([
    [-1, 1],
    [64, 1],
    [1.5, 1],
    [0, 0],
    [0, 256],
    [0, Number.NaN],
  ])('of seat %d, generation %d is a mistake', (s, g) => {
    expect(() => playerId(s, g)).toThrow(RangeError)
  })

  it('of what step spawned gives back its owner, tick and ordinal, and is exact in a double', () => {
    fc.assert(
      fc.property(seat, generation, tick, ordinal, (s, g, at, n) => {
        const owner = playerId(s, g)
        const id = spawnedId(owner, at, n)
        expect(Number.isSafeInteger(id)).toBe(true)
        expect(id).toBeLessThan(2 ** 48)
        expect(isSpawnedByStep(id)).toBe(true)
        expect(isEntityId(id)).toBe(true)
        expect(spawnerOf(id)).toEqual({ owner, tick: at, ordinal: n })
      }),
    )
  })

  it('is ordered by owner, then tick, then ordinal, after everything that the referee spawned', () => {
    fc.assert(
      fc.property(generation, tick, ordinal, generation, tick, ordinal, (g1, t1, n1, g2, t2, n2) => {
        const order = g1 - g2 || t1 - t2 || n1 - n2
        const [a, b] = [spawnedId(playerId(0, g1), t1, n1), spawnedId(playerId(0, g2), t2, n2)]
        expect(Math.sign(a - b)).toBe(Math.sign(order))
        expect(a).toBeGreaterThan(2 ** 34)
      }),
    )
  })

  it('never stands for two things: globals, players, inputs, what the referee and what step spawned are apart', () => {
    const last = playerId(MAX_SEATS - 1, MAX_GENERATION)
    expect(last).toBeLessThan(inputId(playerId(0, 1)))
    expect(inputId(last)).toBeLessThan(FIRST_REFEREE_ID)
    expect(isSpawnedByStep((2 ** 34 - 1) as never)).toBe(false)
    expect(spawnedId(playerId(0, 1), 0, 0)).toBeGreaterThan(2 ** 34)
    for (const id of [0, 64, last, inputId(last), 2 ** 34, 2 ** 40 - 1, 1.5, Number.NaN, 'x', 2 ** 48])
      expect(isEntityId(id)).toBe(false)
    for (const id of [0, 63, 2 ** 14, 64.5, null]) expect(isPlayerId(id)).toBe(false)
  })
})

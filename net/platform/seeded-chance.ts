/** Seeded chance: the same seed gives the same numbers on every machine. */
import { checkSeed } from '../world/given.ts'

/**
 * mulberry32 (Tommy Ettinger): 32 bits of state are plenty for dice. Numbers from 0 up to, not including, 1.
 * @throws TypeError, RangeError for a seed that is no whole number from 0 to 2^32 − 1.
 */
export function seededRandom(seed: number): () => number {
  checkSeed('seededRandom', seed)
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296
  }
}

/** Streams of one seed that do not depend on each other: one more link does not change the chance of the others. */
export function seededStream(seed: number, stream: number): () => number {
  return seededRandom((Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0)
}

/** Mean 0, standard deviation 1; the sum of twelve dice is near enough to a normal distribution. */
export function normal(random: () => number): number {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += random()
  return sum
}

/** A pause of a Poisson process: its events happen every `mean` on average, independent of each other. */
export function exponential(random: () => number, mean: number): number {
  return -Math.log(1 - random()) * mean
}

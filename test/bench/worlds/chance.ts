/**
 * Seeded chance for the bench: what it draws must never change, since committed hashes hang on it, so it shares no
 * code with the library.
 */

/** A stream of numbers in [0, 1): a Weyl sequence through MurmurHash3's finaliser (Austin Appleby). */
export function seededChance(seed: number, stream = 0): () => number {
  let state = finish(Math.imul(seed | 0, 0x9e3779b1) ^ finish(stream + 0x7f4a7c15))
  return () => {
    state = (state + 0x9e3779b9) | 0
    return (finish(state) >>> 0) / 4294967296
  }
}

/** Four whole numbers below 2^32, for `WorldOptions.secret`. */
export function secretWords(seed: number): number[] {
  const chance = seededChance(seed, -1)
  return Array.from({ length: 4 }, () => Math.floor(chance() * 4294967296))
}

function finish(value: number): number {
  let h = value | 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

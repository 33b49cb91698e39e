/**
 * Random numbers without state: each is a hash of seed, tick, entity and n. A replay of a tick draws the same numbers, and
 * nothing has to be rolled back. The mixing steps are those of MurmurHash3's finaliser (Austin Appleby).
 */

function mix(hash: number, value: number): number {
  let h = Math.imul(hash ^ (value | 0), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/** A number in [0, 1) from up to four whole numbers; each may be as large as 2^53. */
export function hashToUnit(seed: number, tick: number, id: number, n: number): number {
  let h = mix(0x9e3779b9, seed)
  h = mix(h, tick)
  h = mix(h, id % 4294967296)
  h = mix(h, Math.floor(id / 4294967296))
  h = mix(h, n)
  h = mix(h, 0x27d4eb2f)
  return (h >>> 0) / 4294967296
}

/**
 * The next number in [0, 1) of the secret stream, whose four words are `state`. It changes the state. sfc32 (Chris Doty-Humphrey):
 * small, fast, passes PractRand.
 */
export function nextSecret(state: Uint32Array): number {
  const [a = 0, b = 0, c = 0, counter = 0] = state
  const sum = (a + b + counter) | 0
  state[3] = counter + 1
  state[0] = b ^ (b >>> 9)
  state[1] = (c + (c << 3)) | 0
  state[2] = (((c << 21) | (c >>> 11)) + sum) | 0
  return (sum >>> 0) / 4294967296
}

/** 64 bits of a text's hash in hex, half of it FNV-1a. It tells versions of the rules apart; it stops no attacker. */
export function hashText(text: string): string {
  let a = 0x811c9dc5
  let b = 0x01000193
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193)
    b = mix(b, text.charCodeAt(i) + i)
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0')
}

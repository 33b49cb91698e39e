/** What is fuzzed: something that takes bytes of a stranger, and the laws that hold whatever they are. */

/** A law that a case broke. */
export class LawBroken extends Error {}

/** @throws LawBroken when it does not hold. */
export function law(holds: boolean, sentence: () => string): void {
  if (!holds) throw new LawBroken(sentence())
}

export interface Target {
  readonly name: string
  /** Cases between two looks at what ran: as many as take some tens of ms. */
  readonly batch: number
  /** Honest cases, which all others come from. */
  readonly seeds: readonly Uint8Array[]
  /** Another case, made of one and of parts of the rest of the corpus. */
  mutate(bytes: Uint8Array, corpus: readonly Uint8Array[], random: () => number): Uint8Array
  /** Runs one case from a fresh state, so that it does the same each time. Throws whatever is wrong. */
  run(bytes: Uint8Array, meter: Meter): void
  /** Shorter cases to try, should this one break a law. */
  shorter?(bytes: Uint8Array): Iterable<Uint8Array>
}

/** Counts and times packets. */
export class Meter {
  packets = 0
  /** Those whose envelope was read: what came behind it was looked at. */
  enveloped = 0
  /** Those that were taken as a whole. */
  taken = 0
  /** How long each packet took since this was last emptied, in ms. */
  tookMs: number[] = []
  /** The most that a packet was decoded into: numbers, texts and records per byte. */
  mostPerByte = 0

  /** One packet's work. */
  packet<T>(work: () => T): T {
    this.packets++
    const began = performance.now()
    const result = work()
    this.tookMs.push(performance.now() - began)
    return result
  }

  /** How much a packet became, held to a small multiple of its size. */
  became(decoded: unknown, bytes: number): void {
    const perByte = weigh(decoded) / (bytes + SHORT_PACKET_BYTES)
    this.mostPerByte = Math.max(this.mostPerByte, perByte)
    law(perByte <= MOST_PER_BYTE, () => `${bytes} bytes became ${Math.round(perByte)} values each`)
  }
}

/** A packet of a few bytes may still be a whole record with its initial values. */
const SHORT_PACKET_BYTES = 16
const MOST_PER_BYTE = 16

/** How many values hang on one, each object and its parts counted once; what belongs to the game itself is left out. */
export function weigh(root: unknown): number {
  let count = 0
  walk(root, () => count++)
  return count
}

/** A hash of everything that hangs on a value, but for the parts of these names. */
export function fingerprint(root: unknown, without: ReadonlySet<string>): number {
  let hash = FIRST_HASH
  const number = new Float64Array(1)
  const words = new Int32Array(number.buffer)
  walk(
    root,
    (value) => {
      if (typeof value === 'number') {
        number[0] = value
        hash = Math.imul(Math.imul(hash ^ (words[0] ?? 0), FACTOR) ^ (words[1] ?? 0), FACTOR)
      } else if (typeof value === 'string')
        for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), FACTOR)
      else hash = Math.imul(hash ^ (value === null ? 1 : value === true ? 2 : 3), FACTOR)
    },
    without,
  )
  return hash >>> 0
}

/** Of bytes alone, which is quicker. */
export function hashBytes(bytes: Uint8Array): number {
  let hash = FIRST_HASH
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), FACTOR)
  return hash >>> 0
}

/** FNV-1a. */
const FIRST_HASH = 0x811c9dc5
const FACTOR = 0x01000193

/** Compiled types, layouts and games hang on everything and never change. */
const ofTheGame = new Set(['game', 'type', '$type', 'layout', 'sections', 'schema', 'handlers', 'options', 'warn'])
const nothing: ReadonlySet<string> = new Set()

function walk(root: unknown, visit: (value: unknown) => void, without: ReadonlySet<string> = nothing): void {
  const seen = new Set<unknown>()
  const open: unknown[] = [root]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'function') continue
    if (typeof value !== 'object' || value === null) {
      visit(value)
      continue
    }
    if (seen.has(value)) continue
    seen.add(value)
    visit(value)
    if (value instanceof Map) for (const [key, held] of value) open.push(key, held)
    else if (value instanceof Set || Array.isArray(value) || ArrayBuffer.isView(value))
      for (const held of value as Iterable<unknown>) open.push(held)
    else for (const [key, held] of Object.entries(value)) if (!ofTheGame.has(key) && !without.has(key)) open.push(held)
  }
}

/** Bytes that nobody would send: real ones, broken in the ways that reach deep into a decoder. */
import { Draw } from './draw.ts'

/** Heads of MessagePack's kinds, ends of ranges, and what codes of varying length make much of. */
const telling = [0, 1, 0x7f, 0x80, 0x90, 0x94, 0xa0, 0xc0, 0xc1, 0xc4, 0xc5, 0xc6, 0xcf, 0xd3, 0xd9, 0xdd, 0xdf, 0xff]
const LONGEST_NOISE = 1200

/** A mutant of `bytes`; `corpus` lends parts of others. */
export function mutate(bytes: Uint8Array, corpus: readonly Uint8Array[], random: () => number): Uint8Array {
  const draw = new Draw(random)
  const other = corpus.length > 0 ? draw.pick(corpus) : bytes
  switch (draw.int(16)) {
    case 0:
      return draw.bytes(draw.int(LONGEST_NOISE))
    case 1:
      return bytes.slice(0, draw.int(bytes.length + 1))
    case 2:
      return joined(bytes, draw.bytes(1 + draw.int(64)))
    case 3:
    case 4:
      return spliced(bytes, other, draw)
    case 5:
      return without(bytes, draw)
    case 6:
      return withMore(bytes, draw)
    case 7:
      return run(bytes, draw)
    case 8:
    case 9:
      return written(bytes, draw)
    default:
      return flipped(bytes, draw)
  }
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Some bits turned over. */
function flipped(bytes: Uint8Array, draw: Draw): Uint8Array {
  const mutant = bytes.slice()
  for (let flips = 1 + Math.floor(draw.random() ** 3 * 16); flips > 0; flips--) {
    const at = draw.int(mutant.length)
    mutant[at] = (mutant[at] ?? 0) ^ (1 << draw.int(8))
  }
  return mutant
}

function written(bytes: Uint8Array, draw: Draw): Uint8Array {
  const mutant = bytes.slice()
  for (let count = 1 + draw.int(3); count > 0; count--) mutant[draw.int(mutant.length)] = draw.pick(telling)
  return mutant
}

/** The head of one with the tail of another. */
function spliced(a: Uint8Array, b: Uint8Array, draw: Draw): Uint8Array {
  return joined(a.subarray(0, draw.int(a.length + 1)), b.subarray(draw.int(b.length + 1)))
}

function without(bytes: Uint8Array, draw: Draw): Uint8Array {
  const from = draw.int(bytes.length)
  return joined(bytes.subarray(0, from), bytes.subarray(from + 1 + draw.int(8)))
}

function withMore(bytes: Uint8Array, draw: Draw): Uint8Array {
  const at = draw.int(bytes.length)
  return joined(bytes.subarray(0, at), draw.bytes(1 + draw.int(8)), bytes.subarray(at))
}

/** A stretch of nothing but ones or zeros. */
function run(bytes: Uint8Array, draw: Draw): Uint8Array {
  const mutant = bytes.slice()
  const from = draw.int(mutant.length)
  return mutant.fill(draw.chance(0.5) ? 0xff : 0, from, from + 1 + draw.int(16))
}

const bitsOf = (bytes: Uint8Array): number[] =>
  Array.from({ length: bytes.length * 8 }, (_, i) => ((bytes[i >> 3] ?? 0) >> (7 - (i & 7))) & 1)

function bytesOf(bits: readonly number[]): Uint8Array {
  const bytes = new Uint8Array((bits.length + 7) >> 3)
  for (const [i, bit] of bits.entries()) bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (7 - (i & 7)))
  return bytes
}

/** The same on bits, since nothing in a packet's body begins at a byte: some put in, taken out, or of another. */
export function mutateBits(bytes: Uint8Array, other: Uint8Array, random: () => number): Uint8Array {
  const draw = new Draw(random)
  const bits = bitsOf(bytes)
  const at = draw.int(bits.length + 1)
  const count = 1 + draw.int(draw.pick([2, 8, 64]))
  switch (draw.int(6)) {
    case 0:
      bits.splice(at, count)
      break
    case 1:
      bits.splice(at, 0, ...Array.from({ length: count }, () => draw.int(2)))
      break
    case 2:
      bits.splice(at, draw.chance(0.5) ? count : 0, ...new Array<number>(count).fill(draw.int(2)))
      break
    case 3: {
      const theirs = bitsOf(other)
      bits.splice(at, bits.length, ...theirs.slice(draw.chance(0.5) ? at : draw.int(theirs.length + 1)))
      break
    }
    default:
      for (let i = 0; i < count && i < 8; i++) {
        const turned = draw.int(bits.length)
        bits[turned] = 1 - (bits[turned] ?? 0)
      }
  }
  return bytesOf(bits)
}

const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 32,
  2 ** 53,
  -(2 ** 63),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  'x',
  'x'.repeat(5000),
  '\u0000\ud800',
  [],
  {},
  [[[[[[]]]]]],
  Uint8Array.of(1, 2, 3),
]
const keys = ['kind', 'type', 'id', 'name', 'toString', 'constructor', 'length']

/** One part of a value as JSON or MessagePack has them replaced, left out, doubled or renamed. */
export function mutateTree(root: unknown, random: () => number): unknown {
  const draw = new Draw(random)
  const change = (value: unknown, depth: number): unknown => {
    const inner = typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)
    if (!inner || draw.chance(0.15 + depth * 0.1)) return changed(value, draw)
    if (Array.isArray(value)) {
      const list = value.slice() as unknown[]
      const at = draw.int(list.length + 1)
      const way = draw.random()
      if (way < 0.15) list.splice(at, 1)
      else if (way < 0.3) list.splice(at, 0, draw.pick(odd))
      else if (at < list.length) list[at] = change(list[at], depth + 1)
      return list
    }
    const entries = Object.entries(value)
    const at = draw.int(entries.length + 1)
    const entry = entries[at]
    if (draw.chance(0.1)) entries.splice(at, 1)
    else if (!entry || draw.chance(0.1))
      entries.push([draw.chance(0.2) ? '__proto__' : draw.pick(keys), draw.pick(odd)])
    else entries[at] = [entry[0], change(entry[1], depth + 1)]
    // By hand, so that `__proto__` is a key like any other.
    const made: Record<string, unknown> = Object.create(null)
    for (const [key, held] of entries) made[key] = held
    return made
  }
  return change(root, 0)
}

function changed(value: unknown, draw: Draw): unknown {
  if (typeof value === 'number' && draw.chance(0.5)) return draw.pick([value + 1, value - 1, -value, value * 2 ** 31])
  if (typeof value === 'string' && draw.chance(0.5))
    return draw.pick([value + value, value.slice(1), `${value}\u2028`, value.toUpperCase()])
  return draw.pick(odd)
}

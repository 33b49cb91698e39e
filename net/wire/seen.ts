/** The tick, with its fraction, that a player saw others at, as bits. */
import type { BitReader, BitWriter } from './bits.ts'

/** Players see others at ticks in 256ths. */
const SEEN_FRACTION = 256
/** Rice's parameter of how far that strays from one tick a tick. */
const SEEN = 3

/** One bit where drawn time ran with real time; a small number where it strayed; else the number itself. */
export function writeSeen(w: BitWriter, expected: number, seen: number): void {
  if (seen === expected) return w.flag(true)
  w.flag(false)
  const strayed = (seen - expected) * SEEN_FRACTION
  const isSmall =
    Number.isInteger(strayed) && Math.abs(strayed) < 2 ** 20 && expected + strayed / SEEN_FRACTION === seen
  w.flag(isSmall)
  if (isSmall) return w.signedRice(strayed, SEEN)
  w.raw(new Uint8Array(Float64Array.of(seen).buffer))
}

/** NaN when the bits are none. */
export function readSeen(r: BitReader, expected: number): number {
  if (r.flag()) return expected
  if (r.flag()) return expected + r.signedRice(SEEN) / SEEN_FRACTION
  const bytes = r.raw(8)
  return bytes.length === 8 ? (new Float64Array(bytes.slice().buffer)[0] ?? Number.NaN) : Number.NaN
}

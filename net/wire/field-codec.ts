/**
 * How the value of one field is written and read, in steps of its grid: the one codec of the discrete fields of records
 * (change-writer.ts, change-reader.ts) and of the rows that stand by themselves (messages.ts).
 */
import { type EntityId, MAX_TICK, type PlayerId } from '../world/ids.ts'
import { fitText, fromUtf8, toUtf8 } from '../world/text.ts'
import type { BitReader, BitWriter } from './bits.ts'
import { type IdentityContext, readEntity, readOptionalPlayer, writeEntity, writeOptionalPlayer } from './identity.ts'
import type { DiscreteField, DiscreteValues, Scale } from './layout.ts'

/** Bits of the length of a text or a list. */
export const LENGTH_BITS = 8
/** Numbers of up to this many bits are sent as they are when they change. */
export const PLAIN_BITS = 8

/** What values are written with. */
export interface FieldWriter extends IdentityContext {
  readonly w: BitWriter
  /** A number of either sign, coded with the parameter of this place. */
  signed(parameter: number, value: number): void
}

/** What values are read with. */
export interface FieldReader extends IdentityContext {
  readonly r: BitReader
  signed(parameter: number): number
}

/** One field of `values`. `base`: the values that the receiver has; null when it has none. */
export function writeField(
  on: FieldWriter,
  { field, scale, index, parameter }: DiscreteField,
  values: DiscreteValues,
  base: DiscreteValues | null,
): void {
  const { w } = on
  if (field.store === 'number') {
    if (scale)
      writeNumber(on, scale, parameter, values.numbers[index] ?? 0, base === null ? null : (base.numbers[index] ?? 0))
    return
  }
  const value = values.objects[index] ?? ''
  if (typeof value === 'string') {
    const bytes = toUtf8(value)
    w.bits(bytes.length, LENGTH_BITS)
    return w.raw(bytes)
  }
  w.bits(value.length, LENGTH_BITS)
  if (scale) for (const item of value) writeNumber(on, scale, parameter, item, null)
}

function writeNumber(on: FieldWriter, scale: Scale, parameter: number, value: number, base: number | null): void {
  const { w } = on
  switch (scale.field.kind) {
    case 'player':
      return writeOptionalPlayer(w, on, value === 0 ? null : (value as PlayerId))
    case 'entity':
      w.flag(value !== 0)
      if (value !== 0) writeEntity(w, on, value as EntityId)
      return
    case 'tick':
      return on.signed(parameter, value - on.tick)
    default:
      if (base === null || scale.bits <= PLAIN_BITS) w.bits(value - scale.min, scale.bits)
      else on.signed(parameter, value - base)
  }
}

/** A field that is a number, in steps. Where the bits name none in its range, the reader fails. */
export function readNumber(on: FieldReader, scale: Scale, parameter: number, base: number | null): number {
  const { r } = on
  switch (scale.field.kind) {
    case 'player':
      return readOptionalPlayer(r, on) ?? 0
    case 'entity':
      return r.flag() ? (readEntity(r, on) ?? 0) : 0
    case 'tick':
      return within(r, on.tick + on.signed(parameter), 0, MAX_TICK)
    default: {
      const plain = base === null || scale.bits <= PLAIN_BITS
      return within(r, plain ? scale.min + r.bits(scale.bits) : base + on.signed(parameter), scale.min, scale.max)
    }
  }
}

/** A field that is a text or a list. */
export function readObject(on: FieldReader, { field, scale, parameter }: DiscreteField): string | readonly number[] {
  const { r } = on
  const length = r.bits(LENGTH_BITS)
  if (field.store === 'number' || length > field.max) r.fail()
  else if (field.kind === 'string') return fitText(fromUtf8(r.raw(r.ok ? length : 0)), field.max)
  const items: number[] = []
  for (let i = 0; i < length && r.ok && scale; i++) items.push(readNumber(on, scale, parameter, null))
  return items
}

/** The value, if it is in its range; else the reader fails. */
export function within(r: BitReader, value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value
  r.fail()
  return min
}

/**
 * Dead reckoning as a game's author would write it by hand on top of a state library: which fields move by which rates,
 * and where something is at a tick by its last anchor.
 */
import type { NumberField } from '../../../net/world/schema.ts'
import type { WireEntity, WireType } from './snapshots.ts'

/** Fields that get a new anchor together. */
export interface Motion {
  /** The field that says at which tick the anchor was, modulo 2^16. */
  readonly stamp: string
  readonly parts: readonly MovingPart[]
}

export interface MovingPart {
  /** Indices into the type's fields. */
  readonly field: number
  /** Of the field that holds the rate, or −1 where one is added. */
  readonly rateField: number
  /** The name of the rate, a field of the type or an added one. */
  readonly rate: string
  /** Wire steps of the moving field per second, for one step of the rate. */
  readonly perSecond: number
  /** Length of the range in wire steps where it wraps around, else 0. */
  readonly wrap: number
}

/** Added rates are whole eighths of a wire step per second: off by a step after 16 s at the earliest. */
const ADDED_RATE = 1 / 8
export const ADDED_RATE_RANGE = { min: -0x8000, max: 0x7fff } as const

/** What turns or walks at a rate that the game knows and does not send; by type, then field. */
const addedRates: Readonly<Record<string, readonly string[]>> = {
  ship: ['angle'],
  asteroid: ['angle'],
  walker: ['x', 'y'],
}

/** The motions of a type: its positions together, its angle apart. */
export function motionsOf({ name, record, fields }: WireType): Motion[] {
  const parts = fields.flatMap((field, i) => movingPart(name, record.numbers, fields, field, i))
  const isAngle = ({ field }: MovingPart): boolean => fields[field]?.kind === 'angle'
  const motions = [
    { stamp: 'movedAt', parts: parts.filter((part) => !isAngle(part)) },
    { stamp: 'turnedAt', parts: parts.filter(isAngle) },
  ]
  return motions.filter((motion) => motion.parts.length > 0)
}

function movingPart(
  type: string,
  numbers: readonly NumberField[],
  fields: readonly NumberField[],
  field: NumberField,
  index: number,
): MovingPart[] {
  const wrap = Math.round(field.wrap / field.wireStep)
  const rate = numbers[field.rate]
  if (rate) {
    const perSecond = rate.wireStep / field.wireStep
    return [{ field: index, rateField: fields.indexOf(rate), rate: rate.name, perSecond, wrap }]
  }
  if (!addedRates[type]?.includes(field.name)) return []
  return [{ field: index, rateField: -1, rate: `${field.name}Rate`, perSecond: ADDED_RATE, wrap }]
}

/** The rate of an entity now, in whole steps of the rate. */
export function rateNow({ field, rateField, perSecond }: MovingPart, { steps, rates }: WireEntity): number {
  if (rateField >= 0) return steps[rateField] ?? 0
  const rate = Math.round((rates[field] ?? 0) / perSecond)
  return Math.min(ADDED_RATE_RANGE.max, Math.max(ADDED_RATE_RANGE.min, rate))
}

/** Where a part is `seconds` after its anchor, in wire steps, not yet brought into range. */
export function reckon({ perSecond }: MovingPart, anchor: number, rate: number, seconds: number): number {
  return anchor + rate * perSecond * seconds
}

/** The shortest way from `a` to `b`. */
export function apart({ wrap }: MovingPart, a: number, b: number): number {
  const d = b - a
  return wrap > 0 ? d - Math.round(d / wrap) * wrap : d
}

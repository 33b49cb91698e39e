/** Values and grids: what the developer writes → a number in range → the simulation's grid → the wire's grid. */
import { isEntityId, isPlayerId, seatOf } from './ids.ts'
import type { NumberField } from './schema.ts'

/** Brings any number into the field's range, by wrapping or clamping; keeps fractions. NaN must be refused before. */
export function intoRange(field: NumberField, value: number): number {
  const { simStep, simMin, simMax, wrap } = field
  const min = simMin * simStep
  if (wrap > 0) {
    if (value >= min && value < min + wrap) return value
    const turned = value - min - Math.floor((value - min) / wrap) * wrap
    return turned >= 0 && turned < wrap ? min + turned : min
  }
  const max = simMax * simStep
  return value < min ? min : value > max ? max : value
}

/** The nearest value on the simulation's grid. Adding 0 turns −0 into 0, which a byte-for-byte compare would tell apart. */
export function toSimGrid(field: NumberField, value: number): number {
  return simSteps(field, value) * field.simStep + 0
}

/** The same as a whole number of steps. */
export function simSteps(field: NumberField, value: number): number {
  const steps = Math.round(value / field.simStep)
  if (steps > field.simMax) return field.wrap > 0 ? field.simMin : field.simMax
  return steps < field.simMin ? field.simMin : steps
}

/** The nearest whole number of wire steps. */
export function wireSteps(field: NumberField, value: number): number {
  const steps = Math.round(value / field.wireStep)
  if (steps > field.wireMax) return field.wrap > 0 ? field.wireMin : field.wireMax
  return steps < field.wireMin ? field.wireMin : steps
}

export function fromWireSteps(field: NumberField, steps: number): number {
  return intoRange(field, steps * field.wireStep)
}

/** The shortest way from `a` to `b`, around the edge where the field wraps. */
export function difference(field: NumberField, a: number, b: number): number {
  const d = b - a
  if (field.wrap === 0) return d
  return d - Math.round(d / field.wrap) * field.wrap
}

/** A value as the developer sees it, from its number. */
export function fromNumber(field: NumberField, value: number): unknown {
  switch (field.kind) {
    case 'bool':
    case 'button':
      return value !== 0
    case 'enum':
      return field.names[value]
    case 'player':
    case 'entity':
      return value === 0 ? null : value
    default:
      return value
  }
}

/** The number of a value that the developer wrote; NaN for what is not a value of this field. */
export function toNumber(field: NumberField, value: unknown): number {
  switch (field.kind) {
    case 'bool':
    case 'button':
      return value === true || value === 1 ? 1 : value === false || value === 0 ? 0 : Number.NaN
    case 'enum': {
      const index = typeof value === 'string' ? field.names.indexOf(value) : -1
      return index < 0 ? Number.NaN : index
    }
    case 'player':
      // A seat that the game does not have could not be told on the wire.
      return value === null ? 0 : isPlayerId(value) && seatOf(value) < field.seats ? value : Number.NaN
    case 'entity':
      return value === null ? 0 : isEntityId(value) ? value : Number.NaN
    case 'int':
    case 'tick':
      return isSomewhere(field, value) ? intoRange(field, Math.round(value)) + 0 : Number.NaN
    default:
      return isSomewhere(field, value) ? intoRange(field, value) : Number.NaN
  }
}

/** The infinite is at the end of a range, but nowhere on a ring. */
function isSomewhere(field: NumberField, value: unknown): value is number {
  return typeof value === 'number' && (field.wrap > 0 ? Number.isFinite(value) : !Number.isNaN(value))
}

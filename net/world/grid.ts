/**
 * Values and grids. The way of a value: what the developer writes → a number in the field's range → the simulation's grid
 * (fine, exact on every machine) → the wire's grid (coarse, enough to draw).
 */
import { isEntityId, isPlayerId, seatOf } from './ids.ts'
import type { NumberField } from './schema.ts'

/** Brings a number into the field's range, by wrapping or clamping. Keeps fractions. NaN must be refused before. */
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

/** The nearest value on the simulation's grid. Adding 0 turns −0 into 0: the two differ in a comparison of bytes. */
export function toSimGrid(field: NumberField, value: number): number {
  return simSteps(field, value) * field.simStep + 0
}

/** The nearest value on the simulation's grid, as a whole number of steps. */
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

/** `b` − `a`; where the field wraps, the shorter way around. */
export function difference(field: NumberField, a: number, b: number): number {
  const d = b - a
  if (field.wrap === 0) return d
  return d - Math.round(d / field.wrap) * field.wrap
}

/** The value that the developer sees, from the number in the row. */
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

/** The number for the row, from a value that the developer wrote; NaN for what is no value of this field. */
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
      // The wire has no code for seats that the game does not have.
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

/** ±∞ clamps to the end of a range; where the field wraps it is invalid. */
function isSomewhere(field: NumberField, value: unknown): value is number {
  return typeof value === 'number' && (field.wrap > 0 ? Number.isFinite(value) : !Number.isNaN(value))
}

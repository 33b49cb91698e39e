/** Compiles the fields whose value is one number: checks their options, and derives both grids from them. */

import { fail } from './definition-error.ts'
import type { AngleOptions, FieldSpec, FixedOptions, NumberOptions } from './fields.ts'
import { describeGiven } from './given.ts'
import { MAX_TICK } from './ids.ts'
import type { NumberField } from './schema.ts'

/** Default step of the simulation's grid: small enough for drag and thrust, large enough to hide that engines round differently. */
export const DEFAULT_SIM_STEP = 1 / 4096
export const ANGLE_SIM_STEPS = 65536
export const MAX_GRID = 2 ** 40

export function whole(path: string, value: unknown, min: number, max: number, what: string): number {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    fail(path, `${what} is ${String(value)}`, `Write a whole number from ${min} to ${max}.`)
  return value as number
}

function multiple(value: number, step: number): boolean {
  return Math.abs(value / step - Math.round(value / step)) < 1e-6
}

type Numbers = Pick<
  NumberField,
  'kind' | 'simStep' | 'simMin' | 'simMax' | 'wireStep' | 'wireMin' | 'wireMax' | 'wrap' | 'initial' | 'names'
>

function onGrid(
  kind: NumberField['kind'],
  min: number,
  max: number,
  initial: number,
  names: readonly string[] = [],
): Numbers {
  return {
    kind,
    simStep: 1,
    simMin: min,
    simMax: max,
    wireStep: 1,
    wireMin: min,
    wireMax: max,
    wrap: 0,
    initial,
    names,
  }
}

function nearest(path: string, given: number | undefined, min: number, max: number): number {
  if (given === undefined) return Math.min(max, Math.max(min, 0))
  if (typeof given !== 'number')
    return fail(path, `the default is ${describeGiven(given)}`, `Write a number from ${min} to ${max}.`)
  if (!(given >= min && given <= max))
    fail(path, `the default ${given} is out of range`, `Write one from ${min} to ${max}.`)
  return given
}

function compileInt(path: string, min: number, max: number, options: NumberOptions): Numbers {
  whole(path, min, -(2 ** 31), 2 ** 32, 'min')
  whole(path, max, -(2 ** 31), 2 ** 32, 'max')
  if (min >= max) fail(path, `min ${min} is not below max ${max}`, 'Write t.int(min, max) with min < max.')
  const initial = nearest(path, options.default, min, max)
  if (!Number.isInteger(initial)) fail(path, `the default ${initial} is not whole`, 'Use t.fixed for fractions.')
  const grid = onGrid('int', min, max, initial)
  if (!options.wrap) return grid
  return { ...grid, simMax: max - 1, wireMax: max - 1, wrap: max - min }
}

function compileFixed(path: string, options: FixedOptions): Numbers {
  const { min, max, step, sim = Math.min(DEFAULT_SIM_STEP, step), wrap = false } = options
  for (const [name, value] of Object.entries({ min, max, step, sim }))
    if (typeof value !== 'number' || !Number.isFinite(value))
      fail(path, `${name} is ${String(value)}`, 'Write t.fixed({ min, max, step }) with finite numbers.')
  if (min >= max) fail(path, `min ${min} is not below max ${max}`, 'Swap them.')
  if (step <= 0 || step > max - min)
    fail(path, `step ${step} does not fit the range`, 'Write a step above 0 and below max − min.')
  if (sim <= 0 || !multiple(step, sim))
    fail(
      path,
      `step ${step} is not a whole number of sim ${sim}`,
      'Make sim a fraction of step, such as 1/4096 of a unit under a step of 1/16.',
    )
  if ((max - min) / sim > MAX_GRID)
    fail(path, 'the range has more than 2^40 steps of the simulation', 'Narrow the range or write a coarser sim.')
  if (wrap && !(multiple(min, step) && multiple(max, step)))
    fail(path, 'a range that wraps has to begin and end on its grid', 'Make min and max whole multiples of step.')
  const end = wrap ? 1 : 0
  return {
    kind: 'fixed',
    simStep: sim,
    simMin: Math.ceil(min / sim - 1e-6) + 0,
    simMax: Math.floor(max / sim + 1e-6) - end,
    wireStep: step,
    wireMin: Math.round(min / step),
    wireMax: Math.round(max / step) - end,
    wrap: wrap ? max - min : 0,
    initial: nearest(path, options.default, min, max),
    names: [],
  }
}

function compileAngle(path: string, options: AngleOptions): Numbers {
  const steps = whole(path, options.steps ?? 1024, 4, ANGLE_SIM_STEPS, 'steps')
  if (ANGLE_SIM_STEPS % steps !== 0)
    fail(path, `${steps} steps do not divide a turn of ${ANGLE_SIM_STEPS}`, 'Write a power of two, such as 1024.')
  const turn = 2 * Math.PI
  return {
    kind: 'angle',
    simStep: turn / ANGLE_SIM_STEPS,
    simMin: -ANGLE_SIM_STEPS / 2,
    simMax: ANGLE_SIM_STEPS / 2 - 1,
    wireStep: turn / steps,
    wireMin: -steps / 2,
    wireMax: steps / 2 - 1,
    wrap: turn,
    initial: nearest(path, options.default, -Math.PI, Math.PI),
    names: [],
  }
}

export function compileNumbers(path: string, spec: FieldSpec): Numbers | null {
  switch (spec.kind) {
    case 'int':
      return compileInt(path, spec.min, spec.max, spec.options)
    case 'fixed':
      return compileFixed(path, spec.options)
    case 'angle':
      return compileAngle(path, spec.options)
    case 'bool':
      if (!['boolean', 'undefined'].includes(typeof spec.options.default))
        fail(path, `the default is ${describeGiven(spec.options.default)}`, 'Write true or false.')
      return onGrid('bool', 0, 1, spec.options.default ? 1 : 0)
    case 'button':
      return onGrid('button', 0, 1, 0)
    case 'enum': {
      const { values } = spec
      if (
        !Array.isArray(values) ||
        values.length < 1 ||
        values.length > 256 ||
        new Set(values).size !== values.length ||
        !values.every((value) => typeof value === 'string')
      )
        fail(path, 'an enum needs 1 to 256 different names', "Write t.enum(['red', 'blue']).")
      const initial = spec.options.default === undefined ? 0 : values.indexOf(spec.options.default)
      if (initial < 0)
        fail(
          path,
          `the default "${spec.options.default}" is not one of its names`,
          `Write one of ${values.join(', ')}.`,
        )
      return onGrid('enum', 0, values.length - 1, initial, values)
    }
    case 'player':
      return onGrid('player', 0, 2 ** 14 - 1, 0)
    case 'entity':
      return onGrid('entity', 0, 2 ** 48 - 1, 0)
    case 'tick': {
      const initial = nearest(path, spec.options.default, 0, MAX_TICK)
      if (!Number.isInteger(initial)) fail(path, `the default ${initial} is not whole`, 'Ticks are counted.')
      return onGrid('tick', 0, MAX_TICK, initial)
    }
    case 'string':
    case 'list':
    case 'opaque':
      return null
    default:
      return fail(
        path,
        'is not a field',
        'Write one of t.int, t.fixed, t.angle, t.bool, t.button, t.enum, t.player, t.entity, t.tick, t.string, t.list, t.opaque.',
      )
  }
}

/** Rounds the default to the simulation's grid: a new record equals the record after rounding, on every machine. */
export function onSimGrid(field: NumberField): NumberField {
  const { simStep, simMin, simMax, wrap } = field
  const steps = Math.round(field.initial / simStep)
  const inside = steps > simMax ? (wrap > 0 ? simMin : simMax) : Math.max(steps, simMin)
  // Every property, always in this order: built by spreading, fields had 27 hidden classes in V8, and loops over them were slow.
  return {
    name: field.name,
    index: field.index,
    authority: field.authority,
    audience: field.audience,
    store: 'number',
    kind: field.kind,
    column: field.column,
    simStep,
    simMin,
    simMax,
    wireStep: field.wireStep,
    wireMin: field.wireMin,
    wireMax: field.wireMax,
    wrap,
    rate: field.rate,
    initial: inside * simStep + 0,
    names: field.names,
    seats: field.seats,
  }
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Axis, type Layout, layoutOf } from '../../../net/wire/layout.ts'
import { sectionsOf } from '../../../net/wire/sections.ts'
import { along, fold, foresee, travel, way } from '../../../net/wire/segments.ts'
import { type RecordState, updateState, writeRow } from '../../../net/wire/states.ts'
import { difference } from '../../../net/world/grid.ts'
import type { EntityId } from '../../../net/world/ids.ts'
import { initialNumbers, initialObjects, type Row } from '../../../net/world/record.ts'
import { roundRow } from '../../../net/world/rounding.ts'
import type { CompiledField } from '../../../net/world/schema.ts'
import { everything } from '../world/everything.ts'
import { goldenGame } from './golden-game.ts'
import { segmentsOf } from './segments-of.ts'

const layouts = sectionsOf(goldenGame).all
const axes = layouts.flatMap(({ groups }) => groups.flatMap((group) => group.axes))
const anyAxis = fc.constantFrom(...axes)

/** An axis with a value, a rate and some ticks. */
const anyLine = anyAxis.chain((axis) =>
  fc.record({
    axis: fc.constant(axis),
    value: fc.integer({ min: axis.value.min, max: axis.value.max }),
    rate: fc.integer({ min: axis.rateMin, max: axis.rateMax }),
    other: fc.integer({ min: axis.rateMin, max: axis.rateMax }),
    ticks: fc.nat(8192),
  }),
)
const lineOf = (axis: Axis, value: number, rate: number): number[] => segmentsOf(axis, { tick: 1000, value, rate })
const ring: Axis = axes.find(({ value }) => value.field.name === 'turned')!
const wall: Axis = axes.find(({ value }) => value.field.name === 'y' && value.around === 0)!

describe('a line', () => {
  it('stays in the range of its axis at every tick, around the edge or stopped at it', () => {
    fc.assert(
      fc.property(anyLine, ({ axis, value, rate, ticks }) => {
        const at = along(axis, lineOf(axis, value, rate), 1000 + ticks)
        expect(Number.isInteger(at)).toBe(true)
        expect(at).toBeGreaterThanOrEqual(axis.value.min)
        expect(at).toBeLessThanOrEqual(axis.value.max)
      }),
    )
  })

  it('begins where it says, and is foreseen at its own rate where it goes', () => {
    fc.assert(
      fc.property(anyLine, ({ axis, value, rate, other, ticks }) => {
        const line = lineOf(axis, value, rate)
        expect(along(axis, line, 1000)).toBe(value)
        expect(foresee(axis, line, other, 1000, 1000)).toBe(value)
        expect(fold(axis, foresee(axis, line, rate, 1000 + ticks, 1000))).toBe(along(axis, line, 1000 + ticks))
      }),
    )
  })

  it('goes within half a step of its rate times its ticks', () => {
    fc.assert(
      fc.property(anyLine, ({ axis, rate, ticks }) => {
        const exact = (rate * axis.perTick * ticks) / 2 ** 28
        expect(Math.abs(travel(axis, rate, ticks) - exact)).toBeLessThanOrEqual(0.5 + Math.abs(exact) * 2 ** -50)
      }),
    )
  })

  it('is foreseen between its rate and the next where the rate changes', () => {
    fc.assert(
      fc.property(anyLine, ({ axis, value, rate, other, ticks }) => {
        const line = lineOf(axis, value, rate)
        const ends = [value + travel(axis, rate, ticks), value + travel(axis, other, ticks)].sort((a, b) => a - b)
        const between = foresee(axis, line, other, 1000 + ticks, 1000)
        expect(between).toBeGreaterThanOrEqual(ends[0]! - 1)
        expect(between).toBeLessThanOrEqual(ends[1]! + 1)
      }),
    )
  })

  it('is foreseen where it is when it held until just before, whatever its rate is then', () => {
    fc.assert(
      fc.property(anyLine, ({ axis, value, rate, other, ticks }) => {
        const line = lineOf(axis, value, rate)
        const now = 1000 + ticks
        expect(foresee(axis, line, other, now, now)).toBe(value + travel(axis, rate, ticks))
        expect(foresee(axis, line, other, now, now + 50)).toBe(foresee(axis, line, other, now, now))
        expect(foresee(axis, line, other, now, 500)).toBe(foresee(axis, line, other, now, 1000))
      }),
    )
  })

  it('is shifted by the way between two values to the second of them, the short way around', () => {
    fc.assert(
      fc.property(anyLine, fc.double({ min: 0, max: 1, noNaN: true }), ({ axis, value }, share) => {
        const { min, max, around } = axis.value
        const to = Math.floor(min + (max - min) * share)
        const by = way(axis, value, to)
        expect(fold(axis, value + by)).toBe(to)
        if (around > 0) expect(Math.abs(by)).toBeLessThanOrEqual(around / 2)
      }),
    )
  })

  it('wraps at the edge and is stopped at a wall', () => {
    expect(fold(ring, ring.value.max + 1)).toBe(ring.value.min)
    expect(fold(ring, ring.value.min - 1)).toBe(ring.value.max)
    expect(way(ring, ring.value.max, ring.value.min)).toBe(1)
    expect(fold(wall, wall.value.max + 9)).toBe(wall.value.max)
    expect(way(wall, wall.value.max, wall.value.min)).toBe(wall.value.min - wall.value.max)
  })
})

/** A row that moves by its rates, with jumps now and then. */
function* moving(layout: Layout, steps: readonly number[]): Generator<Row> {
  const { type } = layout
  const row: Row = { numbers: initialNumbers(type), objects: initialObjects(type) }
  for (const draw of steps) {
    for (const field of type.numbers) {
      const rate = type.numbers[field.rate]
      const { column } = field
      if (rate) row.numbers[column] = row.numbers[column]! + row.numbers[rate.column]! / 10
      else if (field.kind === 'fixed') row.numbers[column] = row.numbers[column]! + (draw < 0.7 ? 0 : draw * 9 - 7.5)
      else if (field.kind === 'angle') row.numbers[column] = row.numbers[column]! + draw
      if (draw > 0.97) row.numbers[column] = field.simMax * field.simStep
      if (field.wrap === 0)
        row.numbers[column] = Math.max(
          field.simMin * field.simStep,
          Math.min(field.simMax * field.simStep, row.numbers[column]!),
        )
      else
        row.numbers[column] =
          field.simMin * field.simStep +
          ((((row.numbers[column]! - field.simMin * field.simStep) % field.wrap) + field.wrap) % field.wrap)
      if (field.kind === 'int') row.numbers[column] = Math.floor(row.numbers[column]!)
    }
    roundRow(type, row)
    yield row
  }
}

function isRate(layout: Layout, field: CompiledField): boolean {
  return field.store === 'number' && layout.type.numbers.some(({ rate }) => rate === field.column)
}

describe.each(
  layouts
    .filter(({ type }) => type.role === 'entity')
    .map((layout) => [`${layout.type.name}, ${layout.grid}`, layout] as const),
)('the state of a %s', (_name, layout) => {
  it('gives the truth at every tick it is looked at: exactly, or within one step', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 40 }), (steps) => {
        let state: RecordState | null = null
        let tick = 50
        for (const row of moving(layout, steps)) {
          state = updateState(layout, { ...row, id: 65536 as EntityId, owner: null }, ++tick, state, null)
          const seen = { numbers: initialNumbers(layout.type), objects: initialObjects(layout.type) }
          writeRow(layout, state, tick, seen)
          for (const field of layout.type.numbers) {
            if (field.audience === 'nobody') continue
            const off = Math.abs(difference(field, row.numbers[field.column]!, seen.numbers[field.column]!))
            if (layout.grid === 'exact') expect(off, field.name).toBe(0)
            else if (!isRate(layout, field)) expect(off, field.name).toBeLessThanOrEqual(field.wireStep * (1 + 1e-9))
          }
        }
      }),
      { numRuns: 30 },
    )
  })

  it('is the same object while nothing changes, so that a glance tells', () => {
    const row = { numbers: initialNumbers(layout.type), objects: initialObjects(layout.type), id: 65536 as EntityId }
    for (const { column } of layout.type.numbers.filter((field) => isRate(layout, field))) row.numbers[column] = 0
    const state = updateState(layout, { ...row, owner: null }, 5, null, null)
    for (const tick of [6, 7, 8000]) expect(updateState(layout, { ...row, owner: null }, tick, state, null)).toBe(state)
    if (layout.groups.length > 0)
      expect(updateState(layout, { ...row, owner: null }, 5 + 8193, state, null)).not.toBe(state)
  })
})

describe('a layout', () => {
  const shape = (layout: Layout) => ({
    axes: layout.groups.map((group) => group.axes.map(({ value, parameter }) => `${value.field.name} ${parameter}`)),
    ages: layout.groups.map(({ age }) => age),
    rests: layout.discrete.map((part) => part.map(({ field, parameter }) => `${field.name} ${parameter}`)),
    parameters: layout.parameters,
  })

  it('numbers its parameters: structure, axes, ages, rests in the order of the definition', () => {
    expect(shape(layouts[0]!)).toEqual({
      axes: [
        ['x 5', 'y 8', 'lap 11'],
        ['facing 14', 'turned 17'],
      ],
      ages: [20, 21],
      rests: [
        [
          'name 22',
          'hp 23',
          'armor 24',
          'ring 25',
          'on 26',
          'color 27',
          'by 28',
          'target 29',
          'until 30',
          'scores 31',
          'times 32',
          'friends 33',
          'shots 34',
        ],
        ['ammo 35', 'heat 36', 'plan 37'],
      ],
      parameters: 38,
    })
  })

  it('moves nothing that is not for everybody, and nothing of what is no entity', () => {
    const { types } = everything.schema
    for (const type of types)
      for (const grid of ['exact', 'presented'] as const) {
        const layout = layoutOf(type, grid, 60)
        if (type.role !== 'entity') expect(layout.groups).toEqual([])
        for (const { field } of layout.discrete[0]) expect(field.audience).toBe('all')
        for (const { field } of layout.discrete[1]) expect(['owner', 'team']).toContain(field.audience)
        const told = type.fields.filter(({ audience }) => audience !== 'nobody').map(({ name }) => name)
        const placed = [
          ...layout.groups.flatMap((group) =>
            group.axes.flatMap(({ value, rate }) => [value.field.name, rate?.field.name]),
          ),
          ...layout.discrete.flat().map(({ field }) => field.name),
        ]
        expect(new Set(placed.filter(Boolean))).toEqual(new Set(told))
      }
  })

  it('stands in the exact section where clients predict, in the presented one where others look on', () => {
    const { exact, presented } = sectionsOf(goldenGame)
    expect(exact.map(({ type, grid }) => `${type.name} ${grid}`)).toEqual([
      'ship exact',
      'bullet exact',
      'ball exact',
      'crate exact',
    ])
    expect(presented.map(({ type, grid }) => `${type.name} ${grid}`)).toEqual([
      'globals exact',
      'player exact',
      'input exact',
      'ship presented',
      'bullet presented',
      'drone presented',
      'crate presented',
      'flag presented',
    ])
  })
})

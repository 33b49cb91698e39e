import fc from 'fast-check'
import { defineGame, entity, type Fields, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import {
  difference,
  fromNumber,
  fromWireSteps,
  intoRange,
  simSteps,
  toNumber,
  toSimGrid,
  wireSteps,
} from '../../../net/world/grid.ts'
import { playerId, spawnedId } from '../../../net/world/ids.ts'
import type { NumberField } from '../../../net/world/schema.ts'

function compiled(field: Fields[string]): NumberField {
  const game = defineGame({
    id: 'game',
    version: 1,
    maxPlayers: 4,
    input: {},
    entities: { thing: entity({ x: field }) },
    step() {},
  })
  return game.schema.entities.get('thing')!.numbers[0]!
}

const fields = {
  clamped: compiled(t.fixed({ min: -10, max: 30, step: 1 / 16 })),
  coarse: compiled(t.fixed({ min: -10, max: 30, step: 0.3, sim: 0.1 })),
  whole: compiled(t.fixed({ min: -10, max: 30, step: 2, sim: 1 })),
  wrapping: compiled(t.fixed({ min: -8, max: 24, step: 1 / 4, wrap: true })),
  int: compiled(t.int(-5, 20)),
  ring: compiled(t.int(0, 12, { wrap: true })),
  angle: compiled(t.angle()),
}
const anyNumber = fc.oneof(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.double({ noNaN: true }))

describe.each(Object.entries(fields))('a value of the field %s', (_name, field) => {
  const min = field.simMin * field.simStep
  const max = field.simMax * field.simStep

  it('is in range, whatever is written, infinities too', () => {
    fc.assert(
      fc.property(anyNumber, (value) => {
        const inside = intoRange(field, value)
        expect(inside).toBeGreaterThanOrEqual(min)
        if (field.wrap > 0) expect(inside).toBeLessThan(min + field.wrap)
        else expect(inside).toBeLessThanOrEqual(max)
      }),
    )
  })

  it('is on the grid of the simulation after rounding, and stays there when rounded again', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -100, max: 100 }), (value) => {
        const once = toSimGrid(field, toNumber(field, value))
        expect(Object.is(toSimGrid(field, once), once)).toBe(true)
        expect(Object.is(once, -0)).toBe(false)
        expect(Object.is(once, simSteps(field, once) * field.simStep + 0)).toBe(true)
        expect(Math.abs(difference(field, toNumber(field, value), once))).toBeLessThanOrEqual(field.simStep / 2 + 1e-9)
        expect(intoRange(field, once)).toBe(once)
      }),
    )
  })

  it('comes over the wire within half a step, or a step at an end that is off the grid', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -100, max: 100 }), (value) => {
        const exact = toSimGrid(field, toNumber(field, value))
        const steps = wireSteps(field, exact)
        expect(steps).toBeGreaterThanOrEqual(field.wireMin)
        expect(steps).toBeLessThanOrEqual(field.wireMax)
        const seen = fromWireSteps(field, steps)
        expect(Math.abs(difference(field, exact, seen))).toBeLessThanOrEqual(field.wireStep + 1e-9)
        expect(wireSteps(field, seen)).toBe(steps)
      }),
    )
  })

  it('differs from another by the shortest way, which leads from one to the other', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, min: -100, max: 100 }),
        fc.double({ noNaN: true, min: -100, max: 100 }),
        (x, y) => {
          const [a, b] = [intoRange(field, x), intoRange(field, y)]
          const way = difference(field, a, b)
          if (field.wrap > 0) expect(Math.abs(way)).toBeLessThanOrEqual(field.wrap / 2 + 1e-9)
          expect(Math.abs(difference(field, intoRange(field, a + way), b))).toBeLessThan(1e-6)
        },
      ),
    )
  })
})

describe('what a developer writes', () => {
  it('clamps at the ends, or wraps, with max being min', () => {
    expect([-11, -10, 30, 31, 1e9].map((v) => toNumber(fields.clamped, v))).toEqual([-10, -10, 30, 30, 30])
    expect([24, 25, -9, 56, -40].map((v) => toNumber(fields.wrapping, v))).toEqual([-8, -7, 23, -8, -8])
    expect([12, 13, -1, 11.6].map((v) => toNumber(fields.ring, v))).toEqual([0, 1, 11, 0])
    expect(toNumber(fields.angle, Math.PI)).toBe(-Math.PI)
  })

  it('is NaN for what is no value of the field, and for NaN', () => {
    const player = compiled(t.player())
    const ref = compiled(t.entity())
    const word = compiled(t.enum(['a', 'b']))
    const bool = compiled(t.bool())
    for (const field of Object.values(fields))
      for (const wrong of [Number.NaN, '5', null, undefined, true, {}, [1]]) expect(toNumber(field, wrong)).toBeNaN()
    // An infinite value is at the end of a range, but nowhere on a ring.
    for (const wrong of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(toNumber(fields.wrapping, wrong)).toBeNaN()
      expect(toNumber(fields.angle, wrong)).toBeNaN()
    }
    for (const wrong of [undefined, 0, 5, 63, 2 ** 14, -1, 64.5, 'ann', Number.NaN])
      expect(toNumber(player, wrong)).toBeNaN()
    // Ids of the globals, of players, of inputs, and of what a nobody would have spawned, are no entities.
    for (const wrong of [undefined, 0, 64, 2 ** 14 + 64, 2 ** 34 + 5, 2 ** 48, 65536.5])
      expect(toNumber(ref, wrong)).toBeNaN()
    for (const wrong of ['c', 0, null]) expect(toNumber(word, wrong)).toBeNaN()
    for (const wrong of ['true', 2, null]) expect(toNumber(bool, wrong)).toBeNaN()
  })

  it('reads as it was written', () => {
    const player = compiled(t.player())
    const ref = compiled(t.entity())
    const ann = playerId(3, 7)
    for (const value of [null, ann]) expect(fromNumber(player, toNumber(player, value))).toBe(value)
    for (const value of [null, 65536, spawnedId(ann, 100, 3)]) expect(fromNumber(ref, toNumber(ref, value))).toBe(value)
    const word = compiled(t.enum(['a', 'b']))
    for (const value of ['a', 'b']) expect(fromNumber(word, toNumber(word, value))).toBe(value)
    const bool = compiled(t.bool())
    for (const value of [true, false]) expect(fromNumber(bool, toNumber(bool, value))).toBe(value)
  })

  it('is never −0, which a byte for byte compare would tell from 0', () => {
    for (const field of Object.values(fields)) {
      expect(Object.is(toSimGrid(field, toNumber(field, -0)), 0)).toBe(true)
      expect(Object.is(toSimGrid(field, toNumber(field, -1e-9)), 0)).toBe(true)
    }
    expect(Object.is(toNumber(fields.int, -0.4), 0)).toBe(true)
  })
})

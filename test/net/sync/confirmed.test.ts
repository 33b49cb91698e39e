import fc from 'fast-check'
import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { ConfirmedWorld } from '../../../net/sync/confirmed.ts'
import type { Tombstone, WireRecord } from '../../../net/wire/snapshots.ts'
import type { EntityId } from '../../../net/world/ids.ts'
import { initialNumbers, type Row } from '../../../net/world/record.ts'

const { schema } = defineGame({
  id: 'game',
  version: 1,
  maxPlayers: 1,
  input: {},
  entities: {
    thing: entity({
      x: t.fixed({ min: 0, max: 100, step: 1, wrap: true, rate: 'vx' }),
      vx: t.fixed({ min: -500, max: 500, step: 1 }),
      angle: t.angle(),
      count: t.int(0, 99),
      text: t.string(9),
    }),
  },
  step() {},
})
const type = schema.entities.get('thing')!
const DT = 1 / 60
const one = 65536 as EntityId
const two = 65537 as EntityId

function row(x: number, vx = 0, angle = 0, count = 0, text = ''): Row {
  return { numbers: Float64Array.of(x, vx, angle, count), objects: [text] }
}

function record(id: EntityId, state: Row): WireRecord {
  return { type, id, owner: null, row: state }
}

function gone(id: EntityId, tick: number, reason: Tombstone['reason'] = 'destroyed'): Tombstone {
  return { id, tick, reason }
}

function sampled(world: ConfirmedWorld, tick: number, id = one): Row | null {
  const into = { numbers: initialNumbers(type), objects: [''] }
  return world.records.get(id)?.sample(tick, DT, into) ? into : null
}

/** Whether the record is drawn at a tick, as the view decides it. */
function there(world: ConfirmedWorld, tick: number, id = one): boolean {
  const known = world.records.get(id)
  return known !== undefined && known.firstTick <= tick && (known.goneAt === null || known.goneAt > tick)
}

describe('what is confirmed', () => {
  it('is the same in whatever order the packets come', () => {
    const ticks = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(
        ticks.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([inOrder, shuffled]) => {
          const worlds = [[...inOrder].sort((a, b) => a - b), shuffled].map((list) => {
            const world = new ConfirmedWorld(120)
            for (const tick of list) world.apply(tick, [record(one, row(tick))], [], false)
            return world
          })
          for (let tick = Math.min(...inOrder); tick < 70; tick += 0.5)
            expect(sampled(worlds[1]!, tick)).toEqual(sampled(worlds[0]!, tick))
          expect(worlds[1]!.tick).toBe(Math.max(...inOrder))
        },
      ),
    )
  })

  it('is drawn between two states, the shortest way around where it wraps', () => {
    const world = new ConfirmedWorld(120)
    world.apply(10, [record(one, row(98, 0, 3, 1, 'a'))], [], false)
    world.apply(14, [record(one, row(2, 0, -3, 9, 'b'))], [], false)
    const at = (tick: number): unknown[] => {
      const state = sampled(world, tick)!
      return [state.numbers[0], state.numbers[3], state.objects[0]]
    }
    expect(at(10)).toEqual([98, 1, 'a'])
    expect(at(11)).toEqual([99, 1, 'a'])
    expect(at(13)).toEqual([1, 1, 'a'])
    expect(at(14)).toEqual([2, 9, 'b'])
    expect(Math.abs(sampled(world, 12)!.numbers[2]!)).toBeCloseTo(Math.PI, 1)
  })

  it('rests until the tick that it was last confirmed for: what changed after a rest did not change during it', () => {
    const world = new ConfirmedWorld(120)
    world.apply(10, [record(one, row(10))], [], true)
    world.apply(30, [], [], true)
    world.apply(32, [record(one, row(20))], [], true)
    expect([20, 30, 31, 32].map((tick) => sampled(world, tick)!.numbers[0])).toEqual([10, 10, 15, 20])
  })

  it('moves on by its rate, for a quarter of a second and no longer, around the edge', () => {
    const world = new ConfirmedWorld(120)
    world.apply(10, [record(one, row(90, 60))], [], false)
    expect([10, 11, 20, 25, 26, 100].map((tick) => sampled(world, tick)!.numbers[0])).toEqual([90, 91, 0, 5, 5, 5])
  })

  it('of a tick of several packets rests too: only the last of them says that it is complete', () => {
    const world = new ConfirmedWorld(120)
    world.apply(10, [record(one, row(10)), record(two, row(50))], [], true)
    world.apply(20, [record(two, row(51))], [], false)
    world.apply(20, [], [], true)
    expect(world.records.get(one)!.lastTick).toBe(20)
    expect(sampled(world, 20, two)!.numbers[0]).toBe(51)
  })

  it('twice for one tick counts once', () => {
    const world = new ConfirmedWorld(120)
    for (const x of [1, 2]) world.apply(10, [record(one, row(x))], [], false)
    expect(sampled(world, 10)!.numbers[0]).toBe(1)
  })
})

describe('what is gone', () => {
  it('is there until its tick, and not after', () => {
    const world = new ConfirmedWorld(120)
    world.apply(10, [record(one, row(1))], [], true)
    world.apply(20, [], [gone(one, 18, 'out of view')], true)
    expect([9, 10, 17.9, 18, 30].map((tick) => there(world, tick))).toEqual([false, true, true, false, false])
    expect(world.records.get(one)!.goneReason).toBe('out of view')
  })

  it('stays gone when an older packet that still had it comes late', () => {
    const world = new ConfirmedWorld(120)
    world.apply(10, [record(one, row(1))], [], true)
    world.apply(20, [], [gone(one, 18)], true)
    world.apply(16, [record(one, row(2))], [], true)
    expect(there(world, 19)).toBe(false)
  })

  it('stays gone when its tombstone came before it ever did', () => {
    const world = new ConfirmedWorld(120)
    world.apply(20, [], [gone(one, 18)], true)
    world.apply(16, [record(one, row(2))], [], true)
    expect(there(world, 19)).toBe(false)
    expect(there(world, 17)).toBe(true)
  })

  it('and shown again is there again, but not drawn on the way between: where it was meanwhile nobody may know', () => {
    const world = new ConfirmedWorld(120)
    world.apply(10, [record(one, row(1))], [], true)
    world.apply(20, [], [gone(one, 18, 'out of view')], true)
    world.apply(30, [record(one, row(80))], [], true)
    expect([25, 29.9, 30, 35].map((tick) => there(world, tick))).toEqual([false, false, true, true])
    // Late ones of either time change nothing.
    world.apply(12, [record(one, row(3))], [], false)
    world.apply(21, [], [gone(one, 18, 'out of view')], false)
    expect([25, 29.9, 30, 35].map((tick) => there(world, tick))).toEqual([false, false, true, true])
  })

  it('and shown again before its tombstone comes is drawn only since', () => {
    const world = new ConfirmedWorld(120)
    world.apply(10, [record(one, row(1))], [], true)
    world.apply(30, [record(one, row(80))], [], false)
    world.apply(20, [], [gone(one, 18, 'out of view')], false)
    expect([25, 30].map((tick) => there(world, tick))).toEqual([false, true])
  })
})

describe('what is kept', () => {
  it('is two seconds, however long the match: nothing grows', () => {
    const world = new ConfirmedWorld(120)
    for (let tick = 1; tick < 5000; tick++) {
      const bullet = (70000 + tick) as EntityId
      world.apply(
        tick,
        [record(one, row(tick % 100)), record(bullet, row(1))],
        tick > 30 ? [gone((bullet - 30) as EntityId, tick), gone((900000 + tick) as EntityId, tick)] : [],
        true,
      )
      world.forget()
    }
    expect(world.records.size).toBeLessThan(200)
    const { states } = world.records.get(one) as unknown as { states: unknown[] }
    expect(states.length).toBeLessThanOrEqual(122)
    const { buried } = world as unknown as { buried: Map<unknown, unknown> }
    expect(buried.size).toBeLessThanOrEqual(121)
  })

  it('of what rests is its one state, however old', () => {
    const world = new ConfirmedWorld(120)
    world.apply(1, [record(one, row(42))], [], true)
    for (let tick = 2; tick < 1000; tick++) {
      world.apply(tick, [], [], true)
      world.forget()
    }
    expect(sampled(world, 900)!.numbers[0]).toBe(42)
    expect(world.records.get(one)!.at(990)).toMatchObject({ tick: 990 })
  })
})

import fc from 'fast-check'
import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { type ConfirmedChanges, ConfirmedWorld } from '../../../net/replication/confirmed-world.ts'
import { layoutOf } from '../../../net/wire/layout.ts'
import { type RecordState, updateState } from '../../../net/wire/states.ts'
import { type EntityId, playerId, spawnedId } from '../../../net/world/ids.ts'
import { initialNumbers, type Row } from '../../../net/world/record.ts'
import type { GoneReason } from '../../../net/world/record-types.ts'

const game = defineGame({
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
const type = game.schema.entities.get('thing')!
const layout = layoutOf(type, 'presented', game.tickRate)
const one = 65536 as EntityId
const two = 65537 as EntityId
const HORIZON_TICKS = 15

/** Where a record is at a tick, and the line that it is on from then. */
function state(tick: number, x: number, vx = 0, angle = 0, count = 0, text = '', id = one): RecordState {
  const row = { id, owner: null, numbers: Float64Array.of(x, vx, angle, count), objects: [text] }
  return updateState(layout, row, tick, null, null)
}

const gone = (tick: number, reason: GoneReason = 'destroyed', id = one) => ({ id, tick, reason })

interface News extends Partial<Omit<ConfirmedChanges, 'present'>> {
  readonly present?: readonly RecordState[]
}

class Known {
  readonly world = new ConfirmedWorld(120)

  hear(tick: number, { layouts = [layout], present = [], gone = [], complete = false, late = false }: News): this {
    this.world.apply(tick, {
      layouts,
      present: present.map((one) => ({ layout: 0, state: one })),
      gone,
      complete,
      late,
    })
    return this
  }

  /** As it is drawn when the newest snapshot is the last that is known. */
  sampled(tick: number, id = one): Row | null {
    const into = { numbers: initialNumbers(type), objects: [''] }
    return this.world.records.get(id)?.sample(tick, this.world.tick + HORIZON_TICKS, into) ? into : null
  }

  /** To the thousandth: rates count in whole parts of a step. */
  x(tick: number, id = one): number {
    return (Math.round((this.sampled(tick, id)?.numbers[0] ?? Number.NaN) * 1000) / 1000) % 100
  }

  /** Whether the record is drawn at a tick, as the view decides it. */
  there(tick: number, id = one): boolean {
    const known = this.world.records.get(id)
    return known !== undefined && known.firstTick <= tick && (known.goneAt === null || known.goneAt > tick)
  }
}

describe('what is confirmed', () => {
  it('is the same whatever comes late, once it is known at all', () => {
    const ticks = fc.uniqueArray(fc.integer({ min: 2, max: 60 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(
        ticks.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([inOrder, shuffled]) => {
          const [straight, mixed] = [[...inOrder].sort((a, b) => a - b), shuffled].map((list) => {
            const known = new Known().hear(1, { present: [state(1, 1)] })
            for (const tick of list)
              known.hear(tick, { present: [state(tick, tick, tick % 3)], late: tick < known.world.tick })
            return known
          })
          for (let tick = 1; tick < 70; tick += 0.5) expect(mixed!.sampled(tick)).toEqual(straight!.sampled(tick))
          expect(mixed!.world.tick).toBe(Math.max(...inOrder))
        },
      ),
    )
  })

  it('is drawn across a gap along the turn that it made, not along the chord', () => {
    // Thrown up at 120 a second and pulled back by 300 a second²: after 0.4 s it is higher, and 0 a second fast.
    const at = (tick: number): number => 20 + 120 * (tick / 60) - 150 * (tick / 60) ** 2
    const known = new Known().hear(0, { present: [state(0, at(0), 120)] }).hear(24, { present: [state(24, at(24), 0)] })
    const chord = (tick: number): number => at(0) + ((at(24) - at(0)) * tick) / 24
    expect(Math.abs(chord(12) - at(12))).toBeGreaterThan(5)
    for (let tick = 0; tick <= 24; tick += 0.5) expect(Math.abs(known.x(tick) - at(tick))).toBeLessThan(0.2)
  })

  it('is drawn across a gap of 0.3 s along its turn at 10 ticks a second, too', () => {
    const at = (tick: number): number => 20 + 120 * (tick / 10) - 150 * (tick / 10) ** 2
    const slow = layoutOf(type, 'presented', 10)
    const cut = (tick: number, vx: number): RecordState => {
      const row = { id: one, owner: null, numbers: Float64Array.of(at(tick), vx, 0, 0), objects: [''] }
      return updateState(slow, row, tick, null, null)
    }
    const world = new ConfirmedWorld(20, 10)
    const rest = { layouts: [slow], gone: [], complete: true, late: false }
    world.apply(0, { ...rest, present: [{ layout: 0, state: cut(0, 120) }] })
    world.apply(3, { ...rest, present: [{ layout: 0, state: cut(3, 30) }] })
    const row = { numbers: initialNumbers(type), objects: [''] }
    for (let tick = 0; tick <= 3; tick += 0.25) {
      world.records.get(one)!.sample(tick, 3, row)
      // Half a step of the wire.
      expect(Math.abs(row.numbers[0]! - at(tick))).toBeLessThanOrEqual(0.5)
    }
  })

  it('is drawn between two states, the shortest way around where it wraps; what does not move keeps its value', () => {
    const known = new Known()
      .hear(10, { present: [state(10, 98, 0, 3, 1, 'a')] })
      .hear(13, { present: [state(13, 1, 0, -3, 9, 'b')] })
    const at = (tick: number): unknown[] => {
      const { numbers, objects } = known.sampled(tick)!
      return [numbers[0], numbers[3], objects[0]]
    }
    expect(at(10)).toEqual([98, 1, 'a'])
    expect(at(11)).toEqual([99, 1, 'a'])
    expect(at(12.9)).toEqual([expect.closeTo(0.9, 9), 1, 'a'])
    expect(at(13)).toEqual([1, 9, 'b'])
    expect(Math.abs(known.sampled(11.5)!.numbers[2]!)).toBeCloseTo(Math.PI, 1)
  })

  it('keeps to its line while that is confirmed, and only then turns towards the next state', () => {
    const known = new Known()
      .hear(10, { present: [state(10, 10, 60)], complete: true })
      .hear(30, { complete: true })
      .hear(32, { present: [state(32, 40, -60)], complete: true })
    expect([20, 30, 31, 32, 33].map((tick) => known.x(tick))).toEqual([20, 30, 35, 40, 39])
  })

  it('rests until the tick that it was last confirmed for: what changed after a rest did not change during it', () => {
    const known = new Known()
      .hear(10, { present: [state(10, 10)], complete: true })
      .hear(30, { complete: true })
      .hear(32, { present: [state(32, 20)], complete: true })
    expect([20, 30, 31, 32].map((tick) => known.x(tick))).toEqual([10, 10, 15, 20])
  })

  it('moves on along its line up to the horizon and no further, around the edge', () => {
    const known = new Known().hear(10, { present: [state(10, 90, 60)] })
    expect([10, 11, 20, 25, 26, 100].map((tick) => known.x(tick))).toEqual([90, 91, 0, 5, 5, 5])
  })

  it('moves on from the newest snapshot that left it as it was, not from its last change', () => {
    const known = new Known().hear(10, { present: [state(10, 10, 60)], complete: true }).hear(40, { complete: true })
    expect([40, 50, 55, 56].map((tick) => known.x(tick))).toEqual([40, 50, 55, 55])
  })

  it('is not taken for unchanged by a snapshot that left something out', () => {
    const known = new Known()
      .hear(10, { present: [state(10, 10)], complete: true })
      .hear(20, { complete: false })
      .hear(30, { present: [state(30, 30)], complete: true })
    expect([10, 20, 30].map((tick) => known.x(tick))).toEqual([10, 20, 30])
  })

  it('of a tick of several packets rests too: only the last of them says that it is complete', () => {
    const known = new Known()
      .hear(10, { present: [state(10, 10), state(10, 50, 0, 0, 0, '', two)], complete: true })
      .hear(20, { present: [state(20, 51, 0, 0, 0, '', two)] })
      .hear(20, { complete: true })
      .hear(30, { present: [state(30, 20)] })
    expect(known.x(20)).toBe(10)
    expect(known.world.records.get(one)!.at(25)?.tick).toBe(20)
    expect(known.x(20, two)).toBe(51)
  })

  it('twice for one tick counts once', () => {
    const known = new Known().hear(10, { present: [state(10, 1)] }).hear(10, { present: [state(10, 2)], late: true })
    expect(known.x(10)).toBe(1)
  })

  it('tells the newest confirmed tick, on the grid', () => {
    const known = new Known().hear(10, { present: [state(10, 10, 60)], complete: true }).hear(20, { complete: true })
    const record = known.world.records.get(one)!
    expect(record.at(9)).toBe(null)
    expect(record.at(15.5)).toMatchObject({ tick: 15 })
    expect(record.at(15.5)!.row.numbers[0]).toBe(15)
    expect(record.at(99)).toMatchObject({ tick: 20 })
  })

  it('writes anew only what moved when the rest is as it was in the same row', () => {
    const known = new Known().hear(10, { present: [state(10, 10, 60, 0, 7)] })
    const into = { numbers: initialNumbers(type), objects: [''] }
    const record = known.world.records.get(one)!
    const last = record.sample(10, 25, into)
    into.numbers[3] = 55
    record.sample(12, 25, into, last)
    expect([into.numbers[0], into.numbers[3]]).toEqual([expect.closeTo(12, 3), 55])
    record.sample(12, 25, into, null)
    expect(into.numbers[3]).toBe(7)
  })
})

describe('what comes late', () => {
  it('adds to the past: what was drawn between two states goes through a third', () => {
    const known = new Known()
      .hear(10, { present: [state(10, 10)] })
      .hear(20, { present: [state(20, 20)] })
      .hear(14, { present: [state(14, 50)], late: true })
    expect([10, 12, 14, 17, 20].map((tick) => known.x(tick))).toEqual([10, 30, 50, 35, 20])
    expect(known.world.tick).toBe(20)
  })

  it('and repeats what was confirmed for longer leaves it confirmed', () => {
    const known = new Known()
      .hear(10, { present: [state(10, 10)], complete: true })
      .hear(20, { complete: true })
      .hear(16, { present: [state(10, 10)], late: true })
      .hear(24, { present: [state(24, 50)] })
    expect([16, 18, 20, 22].map((tick) => known.x(tick))).toEqual([10, 10, 10, 30])
  })

  it('makes nothing, removes nothing and confirms nothing', () => {
    const known = new Known()
      .hear(20, { present: [state(20, 20)] })
      .hear(16, { present: [state(16, 1, 0, 0, 0, '', two)], gone: [gone(14)], complete: true, late: true })
    expect(known.world.records.has(two)).toBe(false)
    expect(known.there(20)).toBe(true)
    expect(known.world.tick).toBe(20)
  })

  it('raises nothing that is gone, but tells where it was before', () => {
    const known = new Known()
      .hear(10, { present: [state(10, 10)] })
      .hear(20, { gone: [gone(18)] })
      .hear(18, { present: [state(18, 2)], late: true })
      .hear(16, { present: [state(16, 40)], late: true })
    expect(known.there(19)).toBe(false)
    expect(known.x(16)).toBe(40)
  })
})

describe('a state of another layout than its record has', () => {
  it('is not taken: it would be read for what it is not', () => {
    const exact = layoutOf(type, 'exact', game.tickRate)
    const known = new Known()
      .hear(10, { present: [state(10, 10)] })
      .hear(12, { layouts: [exact], present: [state(12, 50)] })
    expect(known.x(12)).toBe(10)
  })
})

describe('what is gone', () => {
  it('is there until its tick, and not after', () => {
    const known = new Known().hear(10, { present: [state(10, 1)] }).hear(20, { gone: [gone(18, 'out of view')] })
    expect([9, 10, 17.9, 18, 30].map((tick) => known.there(tick))).toEqual([false, true, true, false, false])
    expect(known.world.records.get(one)!.goneReason).toBe('out of view')
  })

  it('and shown again is there again, but not drawn on the way between: where it was meanwhile nobody may know', () => {
    const known = new Known()
      .hear(10, { present: [state(10, 1)], complete: true })
      .hear(20, { gone: [gone(18, 'out of view')], complete: true })
      .hear(30, { present: [state(30, 80)], complete: true })
    const drawn = () => [12, 25, 29.9, 30, 35].map((tick) => known.there(tick))
    expect(drawn()).toEqual([false, false, false, true, true])
    // Late ones of either time change nothing.
    known.hear(12, { present: [state(12, 3)], late: true })
    known.hear(21, { gone: [gone(18, 'out of view')], late: true })
    expect(drawn()).toEqual([false, false, false, true, true])
  })

  it('from its slot because it is told of in another one stays', () => {
    const known = new Known()
      .hear(10, { present: [state(10, 1)] })
      .hear(20, { present: [state(20, 2)], gone: [gone(20)] })
    expect(known.there(25)).toBe(true)
  })

  it('without ever having been known makes nothing', () => {
    const known = new Known().hear(20, { gone: [gone(18)] })
    expect(known.world.records.size).toBe(0)
  })
})

describe('what step spawned', () => {
  const bullet = spawnedId(playerId(0, 1), 10, 0)
  const first = (heard: number): number =>
    new Known().hear(heard, { present: [state(heard, 50, 60, 0, 0, '', bullet)] }).world.records.get(bullet)!.firstTick

  it('is drawn from its spawn on, along its line backwards, though it was first heard of later', () => {
    const known = new Known().hear(14, { present: [state(14, 50, 60, 0, 0, '', bullet)] })
    expect([9, 10, 14].map((tick) => known.there(tick, bullet))).toEqual([false, true, true])
    expect([10, 12, 14].map((tick) => known.x(tick, bullet))).toEqual([46, 48, 50])
  })

  it('is backdated by no more than eight ticks: what came into view later was somewhere else before', () => {
    expect([10, 11, 18, 19, 40].map(first)).toEqual([10, 10, 10, 19, 40])
  })
})

describe('what is kept', () => {
  it('is two seconds, however long the match: nothing grows', () => {
    const known = new Known()
    for (let tick = 1; tick < 2000; tick++) {
      const id = (70000 + tick) as EntityId
      known.hear(tick, {
        present: [state(tick, tick % 100), state(tick, 1, 0, 0, 0, '', id)],
        gone: tick > 30 ? [gone(tick, 'destroyed', (id - 30) as EntityId)] : [],
        complete: true,
      })
      known.world.forget()
    }
    expect(known.world.records.size).toBeLessThan(200)
    const { states } = known.world.records.get(one) as unknown as { states: unknown[] }
    expect(states.length).toBeLessThanOrEqual(122)
  })

  it('of what rests is its one state, however old', () => {
    const known = new Known().hear(1, { present: [state(1, 42)], complete: true })
    for (let tick = 2; tick < 1000; tick++) {
      known.hear(tick, { complete: true })
      known.world.forget()
    }
    expect(known.x(900)).toBe(42)
    expect(known.world.records.get(one)!.at(990)).toMatchObject({ tick: 990 })
  })
})

describe('a world that is told anew', () => {
  const told = (): Known =>
    new Known().hear(10, { present: [state(10, 1), state(10, 2, 0, 0, 0, '', two)], complete: true })
  const left = (known: Known): unknown[] =>
    [...known.world.records.values()].map(({ id, goneAt, goneReason }) => [id, goneAt, goneReason])

  it('keeps what it knew until a complete snapshot does without it: then it is out of view, nobody knows why', () => {
    const known = told()
    known.world.rebase(10, Number.POSITIVE_INFINITY)
    known.hear(12, { present: [state(12, 1)] })
    expect(left(known).map((row) => (row as unknown[])[1])).toEqual([null, null])
    known.hear(14, { complete: true })
    expect(left(known)).toEqual([
      [one, null, 'destroyed'],
      [two, 14, 'out of view'],
    ])
  })

  it('does not wait for ever where no snapshot is ever complete', () => {
    const known = told()
    known.world.rebase(10, Number.POSITIVE_INFINITY)
    // Half a minute later, for what it is worth: the time counts from the first snapshot.
    known.hear(1800, { present: [state(1800, 1)] })
    expect(left(known)[1]).toEqual([two, null, 'out of view'])
    known.hear(1800 + 300, {})
    expect(left(known)[1]).toEqual([two, 2100, 'out of view'])
  })

  it('forgets what was confirmed after the tick, and all that the referee will number anew', () => {
    const known = told().hear(14, { present: [state(14, 50)], gone: [gone(14, 'destroyed', two)], complete: true })
    known.world.rebase(12, two)
    expect([...known.world.records.keys()]).toEqual([one])
    expect(known.world.tick).toBe(12)
    expect(known.sampled(12)?.numbers[0]).toBe(1)
    expect(known.world.records.get(one)?.guessedTicks(14)).toBe(4)
  })
})

describe('beyond the newest tick', () => {
  const known = (...rates: readonly (readonly [tick: number, x: number, vx: number])[]): Known => {
    const all = new Known()
    for (const [tick, x, vx] of rates) all.hear(tick, { present: [state(tick, x, vx)] })
    return all
  }

  it('goes on speeding up as it did, so that it is drawn where it will be', () => {
    // Each tick it is faster by 10 in a second of 60 ticks.
    const all = known([10, 10, 60], [12, 12, 80], [14, 15, 100])
    expect(all.x(20)).toBeCloseTo(15 + (6 * 100) / 60 + (10 / 60) * 18, 3)
  })

  it.each<[how: string, rates: [number, number, number][]]>([
    [
      'changed once, as in a collision',
      [
        [10, 10, 60],
        [12, 12, 60],
        [14, 14, -60],
      ],
    ],
    [
      'changed to and fro',
      [
        [10, 10, 60],
        [12, 12, 200],
        [14, 19, 60],
      ],
    ],
    [
      'changed long ago',
      [
        [10, 10, 60],
        [12, 12, 80],
        [60, 14, 100],
      ],
    ],
  ])('goes on straight where its rate %s', (_, rates) => {
    const [tick, x, vx] = rates[2]!
    expect(known(...rates).x(tick + 6)).toBeCloseTo(x + (6 * vx) / 60, 3)
  })

  it('goes on all but straight once its rate has stayed for a while', () => {
    const all = known([10, 10, 60], [12, 12, 80], [14, 15, 100])
      .hear(16, { complete: true })
      .hear(20, { complete: true })
    expect(Math.abs(all.x(24) - (15 + (10 * 100) / 60))).toBeLessThan(0.4)
  })

  it('bends for a quarter of a second, however long nothing is told of it', () => {
    const all = known([10, 10, 60], [12, 12, 61], [14, 14, 62]).hear(200, {})
    expect(all.x(74)).toBeCloseTo(14 + (60 * 62) / 60 + (0.5 / 60) * (15 ** 2 / 2), 2)
  })
})

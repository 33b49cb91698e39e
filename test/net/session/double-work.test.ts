/**
 * What a tick of a development page costs, counted and not timed: a tick that runs twice, and puts the world back between,
 * must not take longer by the square of what is in it.
 */
import { defineGame, entity, t } from 'starwire'
import { afterEach, describe, expect, it } from 'vitest'
import { Prediction } from '../../../net/prediction/prediction.ts'
import { ConfirmedWorld } from '../../../net/replication/confirmed-world.ts'
import { HostSession } from '../../../net/session/host.ts'
import { type EntityId, playerId } from '../../../net/world/ids.ts'
import { copyRow, type RecordCopy } from '../../../net/world/record.ts'
import { World } from '../../../net/world/world.ts'

type Method = (this: { readonly length: number }, ...given: unknown[]) => unknown

const undo: (() => void)[] = []
afterEach(() => {
  for (const put of undo.splice(0)) put()
})

function replace<T extends object, K extends keyof T>(of: T, name: K, made: (real: T[K]) => T[K]): void {
  const real = Object.getOwnPropertyDescriptor(of, name)!
  Object.defineProperty(of, name, { ...real, value: made(real.value) })
  undo.push(() => Object.defineProperty(of, name, real))
}

/** What looks at all elements of a list, or may. */
const WHOLE = ['slice', 'concat', 'filter', 'map', 'flatMap', 'forEach', 'some', 'every', 'sort', 'reverse'] as const
const SEARCH = ['find', 'findIndex', 'findLast', 'indexOf', 'includes', 'with', 'toSpliced', 'toSorted'] as const
const ITERATED = [[], new Map().values(), new Set()]

/**
 * Counts until the test is over: each read of a property of a record that is made from now on, each step over a list, map
 * or set, and each element that a list's own methods look at or move.
 */
function countWork(): () => number {
  let work = 0
  const lists = Array.prototype as unknown as Record<string, Method>
  for (const name of [...WHOLE, ...SEARCH])
    replace(
      lists,
      name,
      (real) =>
        function (...given) {
          work += this.length
          return real.apply(this, given)
        },
    )
  replace(
    lists,
    'splice',
    (real) =>
      function (at, ...given) {
        work += this.length - Number(at)
        return real.call(this, at, ...given)
      },
  )
  for (const of of ITERATED)
    replace(
      Object.getPrototypeOf(of[Symbol.iterator]()) as { next: Method },
      'next',
      (real) =>
        function () {
          work++
          return real.call(this)
        },
    )
  replace(
    World.prototype,
    'make',
    (real) =>
      function (this: World, ...given) {
        return new Proxy(real.apply(this, given), {
          get(record, name, receiver) {
            work++
            return Reflect.get(record, name, receiver)
          },
        })
      },
  )
  return () => work
}

const me = playerId(0, 1)
const MOTES = [100, 400]

/** In each tick all move, the oldest quarter of each type goes, and as many come. */
const dust = defineGame({
  id: 'dust',
  version: 1,
  maxPlayers: 1,
  input: {},
  entities: { mote: entity({ x: t.int(0, 9) }), speck: entity({ x: t.int(0, 9) }, { predict: 'none' }) },
  options: { motes: t.int(0, 9999) },
  step(world) {
    const oldest = [...world.all('mote')].slice(0, world.options.motes / 4)
    for (const mote of oldest) world.remove(mote)
    for (const _ of oldest) world.spawn('mote', { owner: me })
    for (const type of ['mote', 'speck'] as const) for (const mote of world.all(type)) mote.x = (mote.x + 1) % 10
  },
  referee(world) {
    const oldest = [...world.all('speck')].slice(0, world.options.motes / 4)
    for (const speck of oldest) world.remove(speck)
    for (const _ of oldest) world.spawn('speck', {})
    for (const owner of world.joined)
      for (let i = 0; i < world.options.motes; i++) {
        world.spawn('mote', { owner })
        world.spawn('speck', {})
      }
  },
})

function hosting(motes: number): HostSession {
  const warn = (problem: string): never => expect.fail(problem)
  const secret = [1, 2, 3, 4]
  const host = new HostSession({ game: dust, seed: 1, secret, epoch: 1, development: true, options: { motes }, warn })
  host.join(me)
  for (const now of [0, 20]) host.advance(now)
  return host
}

/** What there is of the player's own after a tick of the host, out of the order of ids as the wire has it. */
function exactOf({ world }: HostSession): Map<EntityId, RecordCopy> {
  const copies = new Map<EntityId, RecordCopy>()
  for (const { $type: type, id, owner, numbers, objects } of world.list(world.entityType('mote')))
    copies.set(id, { type, id, owner, row: copyRow({ numbers, objects }) })
  return copies
}

/** Four times as many: at most a tenth more for each. */
function expectLinear(works: readonly number[]): void {
  const [few = 0, many = 0] = works.map((work, i) => work / (MOTES[i] ?? 1))
  expect(few).toBeGreaterThan(1)
  expect(many).toBeLessThan(few * 1.1)
}

describe('four times as much in a world is not sixteen times the work of a tick that runs twice', () => {
  it('on the host, which saves and loads all of it between', () => {
    const work = countWork()
    const works = MOTES.map((motes) => {
      const host = hosting(motes)
      const before = work()
      host.advance(40)
      expect(host.world.tick).toBe(2)
      expect(host.world.count(host.world.entityType('speck'))).toBe(motes)
      return work() - before
    })
    expectLinear(works)
  })

  it('on a client, which goes back to the tick before, and after a wrong prediction to the host’s', () => {
    const work = countWork()
    const works = MOTES.map((motes) => {
      const host = hosting(motes)
      const prediction = new Prediction({
        ...{ game: dust, me, seed: 1, options: { motes }, confirmed: new ConfirmedWorld(120), keepTicks: 120 },
        development: true,
      })
      prediction.reconcile(1, exactOf(host))
      const before = work()
      const none = { numbers: new Float64Array(), objects: [] }
      for (let tick = 2; tick <= 4; tick++) expect(prediction.advance(none).unstable).toBe(null)
      const exact = exactOf(host)
      for (const { row } of exact.values()) row.numbers[0] = 5
      prediction.reconcile(2, exact)
      expect([prediction.corrections, [...prediction.world.all('mote')].length]).toEqual([1, motes])
      return work() - before
    })
    expectLinear(works)
  })
})

/** Rules that take time: what a host makes up for, what it says, and how often it checks. The clock is the test's own. */
import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { HostSession } from '../../../net/session/host.ts'
import { World } from '../../../net/world/world.ts'

const TICK_MS = 1000 / 60

/** A host whose rules take as long as the test says, and what it warned of. */
function hosting(costMs: (run: number) => number, { development = false, spawn = 0 } = {}) {
  let clock = 0
  let runs = 0
  const game = defineGame({
    id: 'slow',
    version: 1,
    maxPlayers: 1,
    input: {},
    entities: { mote: entity({ x: t.int(0, 9) }, { predict: 'none' }) },
    step() {
      clock += costMs(runs++)
    },
    referee(world) {
      if (world.tick === 1) for (let i = 0; i < spawn; i++) world.spawn('mote', {})
    },
  })
  const said: string[] = []
  const warn = (problem: string): void => {
    said.push(problem)
  }
  const secret = [1, 2, 3, 4]
  const host = new HostSession({ game, seed: 1, secret, epoch: 1, development, warn, stopwatch: () => clock })
  host.advance(0)
  return { host, said, runs: () => runs, spent: () => clock }
}

describe('a host after a stall', () => {
  it('catches up in slices of a frame, and is then where its clients expect it', () => {
    const { host, spent } = hosting(() => 3)
    host.advance(TICK_MS)
    let now = 13 * TICK_MS
    const ran: number[] = []
    for (let i = 0; i < 6; i++, now += TICK_MS) {
      const before = spent()
      ran.push(host.advance(now))
      expect(spent() - before).toBeLessThanOrEqual(16)
    }
    expect(ran).toEqual([5, 5, 4, 1, 1, 1])
    expect(host.load.droppedTicks).toBe(0)
  })

  it('whose rules take longer than a frame runs one tick at a time: time shifts, nothing is piled up', () => {
    const { host, spent } = hosting(() => 200)
    let now = 0
    for (let i = 0; i < 10; i++) {
      now += 250
      const before = spent()
      expect(host.advance(now)).toBe(1)
      expect(spent() - before).toBe(200)
    }
    expect(host.load.droppedTicks).toBeGreaterThan(100)
    // As soon as they are fast again it is on time: there is nothing to make up for.
    expect(Math.floor(host.tickAt(now))).toBe(host.world.tick)
  })
})

describe('a host warns of rules that are too slow', () => {
  const play = (costMs: (run: number) => number, ticks: number): string[] => {
    const { host, said } = hosting(costMs)
    for (let tick = 1; tick <= ticks; tick++) host.advance(tick * TICK_MS)
    return said
  }

  it('once it is certain, with what they take', () => {
    expect(play(() => 31, 600)[0]).toMatch(
      /^The rules take 31\.0 ms a tick, and a tick is 16\.7 ms: the match runs slow/,
    )
  })

  it('not for the first seconds, nor for stalls of the machine', () => {
    expect(play((run) => (run < 280 ? 31 : 2), 900)).toEqual([])
    expect(play((run) => (run % 10 === 0 ? 400 : 2), 900)).toEqual([])
  })

  it('and of a type of which there are too many, by name and number, once', () => {
    const { host, said } = hosting(() => 1, { spawn: 2500 })
    for (let tick = 1; tick <= 9; tick++) host.advance(tick * TICK_MS)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^There are 2500 entities of mote: more than 2000 are too much/)
  })
})

describe('the development check', () => {
  const share = (costMs: number): number => {
    const { host, runs } = hosting(() => costMs, { development: true })
    for (let tick = 1; tick <= 240; tick++) host.advance(tick * TICK_MS)
    return runs() / host.world.tick
  }

  it('runs every tick twice while that costs nothing, and takes a part of the time when it costs much', () => {
    expect(share(0.5)).toBe(2)
    expect(share(5)).toBeGreaterThan(1.2)
    expect(share(5)).toBeLessThan(1.5)
    expect(share(14)).toBeLessThan(1.2)
  })
})

describe('a thousand spawns', () => {
  it('copy no list a thousand times, and loops go on with what they began with', () => {
    const game = defineGame({
      id: 'many',
      version: 1,
      maxPlayers: 1,
      input: {},
      entities: { mote: entity({}) },
      step() {},
    })
    const world = new World({ game, seed: 1, predicting: null })
    const type = game.schema.entities.get('mote')!
    const made = Array.from({ length: 3 }, () => world.spawn('mote', {}))
    const before = world.list(type)
    world.spawn('mote', {})
    const lists = new Set<unknown>()
    const internal = world as unknown as { lists: { records: unknown }[] }
    for (let i = 0; i < 1000; i++) {
      world.spawn('mote', {})
      lists.add(internal.lists[type.index]?.records)
    }
    expect(lists.size).toBe(1)
    expect(before).toEqual(made)
    const seen: number[] = []
    for (const { id } of world.all('mote')) {
      seen.push(id)
      if (seen.length === 1) for (const gone of made.slice(1)) world.remove(gone)
      world.spawn('mote', {})
    }
    expect(seen).toHaveLength(1002)
    expect([world.count(type), world.list(type).length]).toEqual([2004, 2004])
    const ids = world.list(type).map(({ id }) => id)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
  })
})

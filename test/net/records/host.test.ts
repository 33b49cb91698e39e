/** A host's recording: what it holds runs the match again, to the bit, and says so when it does not. */
import { defineGame, entity, t, withRulesHash } from 'starwire'
import { describe, expect, it } from 'vitest'
import { record } from '../../../net/records/record.ts'
import { hashWorld } from '../../../net/records/world-hash.ts'
import { HostSession } from '../../../net/session/host.ts'
import { type Simulation, seededRandom, simulate } from '../../../net/testing.ts'
import type { GameShape } from '../../../net/world/game-shape.ts'
import { playerId } from '../../../net/world/ids.ts'
import { act, arena } from '../../sim/arena.ts'
import { play } from '../../sim/laws.ts'
import { track } from '../../sim/luck.ts'
import { opened, recordHost } from './recorded.ts'

const network = { latencyMs: 50, jitterMs: 20, loss: 0.05 }

/** Hashes of the true worlds, by tick. */
function hashesOf<G extends GameShape>({ host: { session } }: Simulation<G>): Map<number, number> {
  const hashes = new Map<number, number>()
  const note = (): void => void hashes.set(session.world.tick, hashWorld(session.world))
  note()
  session.onTick(note)
  return hashes
}

describe('the recording of a host', () => {
  it('runs again with the world of every tick: chance, secrets, commands, and players who come, go and are back', () => {
    const match = simulate(arena, { players: 3, network, seed: 21 })
    const recording = recordHost(match)
    const hashes = hashesOf(match)
    const [, lost, leaver] = match.clients
    const random = seededRandom(2)
    play(match, 1_000, random, act)
    void match.clients[1]!.session.command('buy', { price: 3 })
    play(match, 300, random, act)
    match.lose(lost!, 400)
    match.leave(leaver!)
    play(match, 500, random, act)
    match.join()
    play(match, 500, random, act)
    const replay = opened(arena, recording.save())
    expect(replay.about).toMatchObject({ kind: 'host', game: 'arena', seed: 21, rules: 'unstated' })
    expect([replay.firstTick, replay.lastTick]).toEqual([0, match.host.session.world.tick])
    const differing: number[] = []
    for (let tick = 0; tick <= replay.lastTick; tick++) {
      replay.seek(tick)
      if (tick < replay.lastTick && replay.hash !== hashes.get(tick)) differing.push(tick)
    }
    expect(differing).toEqual([])
    expect(replay.hash).toBe(hashWorld(match.host.session.world))
    expect(replay.check()).toBe(null)
    expect(replay.failure).toBe(null)
  })

  it('begins in the middle of a match and sees in its first tick what each player saw then', () => {
    const watched = defineGame({
      ...{ id: 'watched', version: 1, maxPlayers: 2, input: {} },
      entities: {
        dot: entity({ x: t.int(0, 9999) }, { predict: 'none' }),
        eye: entity({ saw: t.int(0, 9999) }),
      },
      step(world) {
        for (const eye of world.all('eye'))
          for (const dot of world.asSeenBy(eye.owner).all('dot')) eye.saw = Math.floor(dot.x)
      },
      referee(world) {
        if (world.tick === 1) world.spawn('dot', {})
        for (const owner of world.joined) world.spawn('eye', { owner })
        for (const dot of world.all('dot')) dot.x += 1
      },
    })
    const match = simulate(watched, { players: 2, network })
    match.run(1_000)
    const recording = recordHost(match)
    match.run(200)
    const replay = opened(watched, recording.save())
    expect(replay.check()).toBe(null)
    const { globals: _, ...now } = replay.world()
    const [dot, ...eyes] = now.entities.map(({ fields }) => Number(fields.x ?? fields.saw))
    // The guest saw it some ticks ago.
    expect(dot! - Math.min(...eyes)).toBeGreaterThan(4)
  })

  it('is shown from any tick, forwards and back, over the edges of its chunks', () => {
    const match = simulate(track, { players: 2, network, seed: 4 })
    const recording = recordHost(match)
    const hashes = hashesOf(match)
    match.run(6_000)
    const replay = opened(track, recording.save())
    for (const tick of [350, 20, 299, 300, 301, 299, 1, 0]) {
      replay.seek(tick)
      expect([tick, replay.tick, replay.hash]).toEqual([tick, tick, hashes.get(tick)])
    }
    replay.seek(1e9)
    expect(replay.tick).toBe(replay.lastTick)
    replay.seek(-5)
    expect(replay.tick).toBe(0)
  })
})

const walker = (speed: number) =>
  defineGame({
    id: 'walker',
    version: 1,
    maxPlayers: 4,
    input: { x: t.int(-1, 1) },
    entities: { walker: entity({ x: t.fixed({ min: 0, max: 100, step: 1 / 8 }) }) },
    step(world) {
      for (const one of world.all('walker')) {
        one.x += world.tick >= 40 ? speed : 1 / 8
        if (one.x > 99) throw new Error('out of the field')
      }
    },
    referee(world) {
      for (const owner of world.joined) world.spawn('walker', { owner })
    },
  })

describe('a lobby’s settings and choices', () => {
  it('are in the recording: the match runs again with them', () => {
    const teams = defineGame({
      ...{ id: 'teams', version: 1, maxPlayers: 4, input: {}, entities: {} },
      settings: { goal: t.int(1, 9, { default: 3 }) },
      player: { team: t.enum(['red', 'blue'], { chosen: true }), score: t.int(0, 999) },
      step() {},
      referee(world) {
        for (const player of world.players) {
          const record = world.player(player)
          record.score += record.team === 'blue' ? world.settings.goal : 1
        }
      },
    })
    const settings = { goal: 7 }
    const host = new HostSession({ game: teams, seed: 1, secret: [1, 2, 3, 4], settings, epoch: 1 })
    const recording = record({ host, me: null }, () => [])
    host.join(playerId(0, 1), { team: 'blue' })
    host.join(playerId(1, 1))
    for (let now = 0; now <= 200; now += 10) host.advance(now)
    const replay = opened(teams, recording.save())
    expect(replay.about.settings).toEqual(settings)
    expect(replay.check()).toBe(null)
    const players = replay.world().players.map(({ fields }) => fields)
    const { tick } = host.world
    expect(players).toEqual([
      { team: 'blue', score: 7 * tick },
      { team: 'red', score: tick },
    ])
  })
})

describe('a file of a bug', () => {
  it('is a test: other rules differ from the first tick in which they do something else, and are told apart by their hash', () => {
    const old = withRulesHash(walker(1 / 8), 'old')
    const match = simulate(old, { players: 1 })
    const recording = recordHost(match)
    match.run(1_000)
    const bytes = recording.save()
    expect(opened(old, bytes).about.rules).toBe('same')
    expect(opened(old, bytes).check()).toBe(null)
    const fixed = opened(withRulesHash(walker(1 / 4), 'new'), bytes)
    expect(fixed.about.rules).toBe('other')
    expect(fixed.check()).toBe(40)
    expect(fixed.tick).toBe(40)
  })

  it('ends at the tick before its rules threw, says what they threw, and never throws itself', () => {
    const game = walker(3)
    const match = simulate(game, { players: 1 })
    const recording = recordHost(match)
    expect(() => match.run(3_000)).toThrow('out of the field')
    const { tick } = match.host.session.failure!
    const replay = opened(game, recording.save())
    expect(replay.failure).toBe(null)
    expect(replay.check()).toBe(null)
    expect(replay.failure).toMatchObject({ tick, error: new Error('out of the field') })
    expect([replay.tick, replay.lastTick]).toEqual([tick - 1, tick - 1])
    replay.seek(10)
    replay.seek(tick)
    expect(replay.tick).toBe(tick - 1)
  })

  it('holds no more than the newest five-second chunks that were asked for', () => {
    const match = simulate(walker(0), { players: 1 })
    const recording = recordHost(match)
    expect(() => recording.save()).toThrow('Nothing is recorded yet')
    match.run(22_000)
    const newest = recording.highlight(6.9)
    expect(newest.firstTick).toBe(900)
    expect(newest.lastTick).toBe(match.host.session.world.tick)
    expect(() => recording.save(0)).toThrow(RangeError)
    recording.stop()
    match.run(1_000)
    expect(opened(walker(0), recording.save()).lastTick).toBe(newest.lastTick)
  })
})

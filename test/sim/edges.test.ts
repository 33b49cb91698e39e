import { defineGame, entity, event, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { seededRandom, simulate } from '../../net/testing.ts'
import { arena } from './arena.ts'
import { confirmedFaults, play, predictionFaults } from './laws.ts'

const network = { latencyMs: 50, loss: 0.05, jitterMs: 10 }

/** How many things an object holds, in maps, sets and lists at any depth. */
function held(root: object): number {
  const seen = new Set<object>()
  const count = (value: unknown): number => {
    if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return 0
    seen.add(value)
    if (value instanceof Map)
      return value.size + [...value.values()].reduce<number>((sum, item) => sum + count(item), 0)
    if (value instanceof Set || Array.isArray(value))
      return [...value].reduce<number>((sum, item) => sum + 1 + count(item), 0)
    return Object.values(value).reduce<number>((sum, item) => sum + count(item), 0)
  }
  return count(root)
}

describe('a long match', () => {
  it('goes on where the numbers of its packets wrap around', () => {
    const match = simulate(arena, { players: 2, network, seed: 3 })
    // 65,536 packets are 36 minutes.
    for (const { baselines } of match.host.session.clients.values())
      Object.assign(baselines, { sequence: 65_500, oldestSent: 65_500 })
    play(match, 5_000, seededRandom(1), (client, random) => client.input({ x: random() < 0.5 ? 1 : -1, fire: true }))
    const sequences = [...match.host.session.clients.values()].map(({ baselines }) => baselines.sequence)
    for (const sequence of sequences) expect(sequence).toBeLessThan(500)
    for (const client of match.clients) {
      client.input({ x: 0, fire: false })
      expect(confirmedFaults(match, client)).toEqual([])
      expect(client.runner.session.malformed).toEqual({})
    }
    match.run(2_000)
    for (const client of match.clients) expect(predictionFaults(match, client)).toEqual([])
  })

  it('holds no more after a minute than after fifteen seconds, on the host or on a client', { tags: ['long'] }, () => {
    const match = simulate(arena, { players: 3, network, seed: 4 })
    const run = (seed: number): void => {
      play(match, 15_000, seededRandom(seed), (client, random) =>
        client.input({ x: random() < 0.5 ? 1 : -1, fire: true, dash: random() < 0.2 }),
      )
    }
    const sizes = (): number[] => [held(match.host.session), ...match.clients.map(({ runner }) => held(runner.session))]
    run(1)
    const early = sizes()
    for (const seed of [2, 3, 4]) run(seed)
    for (const [i, late] of sizes().entries()) expect(late).toBeLessThan((early[i] ?? 0) * 1.3)
  })
})

describe('what a player may know', () => {
  it('changes with their team, though nothing else does', () => {
    const teams = defineGame({
      id: 'teams',
      version: 1,
      maxPlayers: 3,
      input: { x: t.int(0, 1) },
      entities: { base: entity({ plan: t.int(0, 99, { to: 'team', by: 'referee' }) }, { predict: 'none' }) },
      player: { team: t.int(0, 3) },
      step() {},
      referee(world) {
        for (const owner of world.joined) {
          world.player(owner).team = world.players.indexOf(owner)
          world.spawn('base', { owner, plan: 50 + world.players.indexOf(owner) })
        }
        // The second player goes over to the first.
        if (world.tick === 120)
          for (const player of world.players) if (world.players.indexOf(player) === 1) world.player(player).team = 0
      },
    })
    const match = simulate(teams, { players: 3, network })
    const plans = (): number[] => [...match.clients[1]!.view().all('base')].map(({ plan }) => plan)
    match.run(1_900)
    expect(plans()).toEqual([0, 51, 0])
    match.run(2_000)
    expect(plans()).toEqual([50, 51, 0])
  })
})

describe('what a client predicts', () => {
  it('is not taken for gone when it does not fit behind the events of a packet', () => {
    const heavy = defineGame({
      id: 'heavy',
      version: 1,
      maxPlayers: 2,
      input: { x: t.int(-1, 1) },
      entities: {
        cargo: entity({
          x: t.int(0, 9999),
          a: t.string(255, { by: 'referee' }),
          b: t.string(255, { by: 'referee' }),
          c: t.string(255, { by: 'referee' }),
        }),
      },
      events: { news: event({ text: t.string(200) }, { timing: 'now' }) },
      step(world) {
        for (const cargo of world.all('cargo')) cargo.x += world.inputOf(cargo.owner).x
      },
      referee(world) {
        const long = 'x'.repeat(255)
        for (const owner of world.joined) world.spawn('cargo', { owner, a: long, b: long, c: long })
        for (let i = 0; i < 4; i++) world.emit('news', { text: 'y'.repeat(200) })
      },
    })
    const match = simulate(heavy, { players: 2, network: { latencyMs: 50 } })
    match.run(1_000)
    const guest = match.clients[1]!
    let missing = 0
    match.run(2_000, () => {
      if (![...guest.view().all('cargo')].some(({ mine }) => mine)) missing++
    })
    expect(missing).toBe(0)
  })
})

describe('an input that is no number', () => {
  it('leaves the old one as it was', () => {
    const match = simulate(arena, { players: 1 })
    const me = match.clients[0]!
    me.input({ x: 1, aim: 1 })
    me.input({ x: Number.NaN })
    match.run(500)
    expect(match.host.session.world.inputOf(me.me).numbers[0]).toBe(1)
  })
})

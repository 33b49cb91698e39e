/** A client who only watches, in the core: what it is told, what it may say, and what another host has to know of it. */
import { command, defineGame, entity, event, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { ClientSession } from '../../../net/session/client.ts'
import { HostSession } from '../../../net/session/host.ts'
import type { AnyGame } from '../../../net/world/game.ts'
import { type PlayerId, playerId } from '../../../net/world/ids.ts'

const [ann, sue] = [playerId(0, 1), playerId(9, 1)] as [PlayerId, PlayerId]
const told: (PlayerId | null)[] = []
/** What `relevant` does for a spectator. */
let forSpectators: () => number = () => 1

const game = defineGame({
  id: 'masks',
  version: 1,
  maxPlayers: 4,
  player: { hand: t.int(0, 9, { to: 'owner' }), team: t.int(0, 3), plan: t.int(0, 9, { to: 'team' }) },
  entities: {
    mask: entity({
      x: t.int(0, 100),
      face: t.int(0, 9, { by: 'referee', to: 'owner' }),
      deep: t.bool({ by: 'referee' }),
    }),
    ball: entity({ x: t.int(0, 1000) }, { predict: 'all' }),
  },
  input: { x: t.int(-1, 1) },
  events: { rung: event({ mask: t.entity() }, { timing: 'now' }), hushed: event({}, { timing: 'now' }) },
  commands: { ring: command({}, { result: t.int(0, 9) }) },
  step(world) {
    for (const mask of world.all('mask')) mask.x += world.inputOf(mask.owner).x
    for (const ball of world.all('ball')) ball.x += 1
  },
  referee(world) {
    for (const player of world.joined) {
      world.spawn('mask', { owner: player, x: 50, face: 7 })
      world.spawn('mask', { owner: null, x: 60, face: 8, deep: true })
      world.spawn('ball', { owner: null, x: 0 })
      Object.assign(world.player(player), { hand: 5, team: 0, plan: 4 })
    }
    if (world.tick % 10 !== 0) return
    for (const mask of world.all('mask')) world.emit('rung', { mask: mask.id }, { at: mask })
    world.emit('hushed', {}, { to: [ann] })
  },
  relevant(thing, player) {
    told.push(player)
    return player === null ? (thing.type === 'mask' && thing.deep ? 0 : forSpectators()) : 1
  },
}) as unknown as AnyGame

/** A match of Ann with Sue watching, over a path without loss; 60 ticks of it. */
function watched({ host = newHost(), ticks = 60, at = 0 } = {}) {
  told.length = 0
  const clients = [false, true].map(
    (spectating) => new ClientSession({ game, me: spectating ? sue : ann, seed: 1, epoch: 1, spectating }),
  )
  const heard: { name: string; payload: Readonly<Record<string, unknown>> }[] = []
  let now = at
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      now += 1000 / 60
      host.advance(now)
      for (const { player, packets } of host.buildSnapshots(now))
        for (const packet of packets) {
          host.packetSent(player, packet, now)
          clients.find(({ me }) => me === player)?.receive(packet.bytes, now)
        }
      for (const client of clients) {
        client.advance(now)
        const bytes = client.outgoing(now)
        if (bytes && host.receive(client.me, bytes, now)) client.sent(now, bytes.length)
      }
      heard.push(...(clients[1]?.arrivedEvents() ?? []))
    }
  }
  run(ticks)
  const [player, spectator] = clients as [ClientSession, ClientSession]
  return { host, player, spectator, heard, run, now: () => now }
}

const warnings: string[] = []
function newHost(): HostSession {
  warnings.length = 0
  const warn = (problem: string): void => void warnings.push(problem)
  const host = new HostSession({ game, seed: 1, secret: [1, 2, 3, 4], epoch: 1, development: true, warn })
  host.join(ann)
  host.join(sue, undefined, { spectates: true })
  return host
}

describe('a spectator', () => {
  it('is told what relevant shows for null, no private field of anybody, and only events that are for all', () => {
    forSpectators = () => 1
    const { spectator, player, heard, host } = watched()
    expect(new Set(told)).toEqual(new Set([null, ann]))
    const { entities, players } = spectator.report()
    expect(entities.map(({ type, fields }) => [type, Object.keys(fields)])).toEqual([
      ['mask', ['x', 'deep']],
      ['ball', ['x']],
    ])
    expect(players).toEqual([{ id: ann, tick: expect.any(Number), fields: { team: 0 } }])
    expect(player.report().entities.map(({ type }) => type)).toEqual(['mask', 'mask', 'ball'])
    expect(new Set(heard.map(({ name }) => name))).toEqual(new Set(['rung']))
    expect(new Set(heard.map(({ payload }) => payload.mask))).toEqual(new Set([entities[0]?.id]))
    expect(host.world.players).toEqual([ann])
  })

  it('predicts nothing, not even what all predict, and draws it where the host told it', () => {
    const { spectator, player, host, now } = watched()
    const drawn = spectator.view(now()).all('ball')[0]?.numbers[0] ?? 0
    const truth = Number(host.report().entities.find(({ type }) => type === 'ball')?.fields.x)
    expect(drawn).toBeGreaterThan(truth - 15)
    expect(drawn).toBeLessThan(truth)
    expect(player.view(now()).all('ball')[0]?.numbers[0]).toBeGreaterThanOrEqual(truth - 1)
    expect([spectator.drawn.counts.predicted, spectator.prediction.corrections]).toEqual([0, 0])
    expect(spectator.waits.report).toBeNull()
  })

  it('sees nothing where relevant throws for null: the match goes on, and development says so', () => {
    forSpectators = () => {
      throw new Error('no such player')
    }
    const { spectator, host, player } = watched()
    // What all predict, all know: nobody is asked.
    expect(spectator.report().entities.map(({ type }) => type)).toEqual(['ball'])
    expect([host.failure, player.report().entities.length]).toEqual([null, 3])
    expect(warnings[0]).toMatch(/relevant threw for a spectator, which hides the mask: .*no such player.*null/)
    forSpectators = () => 1
  })

  it('is sent 20 snapshots a second', () => {
    const { host, run } = watched()
    const sent = () => host.clients.get(sue)?.baselines.sequence ?? 0
    const before = sent()
    run(60)
    expect(sent() - before).toBe(20)
  })

  it('is sent as many as players, half of 30, while the host’s page is too slow', () => {
    const { host, run } = watched()
    const sent = () => [ann, sue].map((player) => host.clients.get(player)?.baselines.sequence ?? 0)
    host.sending.isSparing = true
    run(10)
    const [before = 0, seen = 0] = sent()
    run(60)
    const [after = 0, watchedNow = 0] = sent()
    expect([after - before, watchedNow - seen]).toEqual([15, 15])
  })

  it('is a spectator for a host that goes on, too', () => {
    const { host } = watched()
    const saved = JSON.parse(JSON.stringify(host.save().seats)) as { spectates: boolean }[]
    expect(saved.map(({ spectates }) => spectates)).toEqual([false, true])
    const heir = HostSession.from({ game, seed: 1, secret: [1, 2, 3, 4], epoch: 2 }, host.save())
    if (typeof heir === 'string') throw new Error(heir)
    expect(heir.clients.get(sue)).toMatchObject({ spectates: true, awaited: true })
    heir.join(sue)
    expect(heir.clients.get(sue)).toMatchObject({ spectates: true, awaited: false })
    heir.advance(0)
    heir.advance(100)
    expect(heir.world.players).toEqual([ann])
  })

  it('comes and goes without the rules hearing of it', () => {
    const { host, run } = watched()
    const comings: unknown[] = []
    host.onTick(({ run: { joined, left, returned, expired, inputs } }) =>
      comings.push(
        ...joined,
        ...left,
        ...(returned ?? []),
        ...expired,
        ...[...inputs.keys()].filter((id) => id !== ann),
      ),
    )
    host.leave(sue)
    run(1)
    host.join(sue, undefined, { spectates: true })
    run(1)
    host.expire(sue)
    run(1)
    expect(comings).toEqual([])
    expect(host.clients.has(sue)).toBe(false)
  })
})

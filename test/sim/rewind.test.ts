/** Lag compensation in whole matches: what the shooter aims at is where they saw it. */
import { defineGame, entity, event, type ShapeOf, t } from 'starwire'
import { type Simulation, simulate } from 'starwire/testing'
import { describe, expect, it } from 'vitest'
import { encodeInputs } from '../../net/wire/inputs.ts'
import { encodePacket, PacketKind } from '../../net/wire/packet.ts'

/** A runner crosses the field at 8 units a tick; whoever fires hits what they see within 10 units of their line. */
const SPEED = 8
const REACH = 10
const gallery = defineGame({
  id: 'gallery',
  version: 1,
  maxPlayers: 4,
  input: { fire: t.button() },
  entities: {
    target: entity({ x: t.fixed({ min: 0, max: 8000, step: 1 / 16, wrap: true }) }, { predict: 'none' }),
    gun: entity({ hits: t.int(0, 1000), shots: t.int(0, 1000) }),
  },
  events: { shot: event({ seen: t.fixed({ min: -1e6, max: 1e6, step: 1 / 256 }), tick: t.tick() }) },
  step(world) {
    for (const gun of world.all('gun')) {
      if (gun.owner === null || !world.inputOf(gun.owner).fire) continue
      const seen = world.asSeenBy(gun.owner)
      gun.shots++
      for (const target of seen.all('target')) if (Math.abs((target.x % 400) - 200) < REACH) gun.hits++
      world.emit('shot', { seen: seen.tick, tick: world.tick })
    }
  },
  referee(world) {
    for (const owner of world.joined) world.spawn('gun', { owner })
    if (world.tick === 1) world.spawn('target', { owner: null })
    for (const target of world.all('target')) target.x += SPEED
  },
})

/** Every guest fires when the target crosses a line on their own screen. Returns how many shots they saw hit. */
function shoot(match: Simulation<ShapeOf<typeof gallery>>, ms: number): number[] {
  const seenHits = match.clients.map(() => 0)
  const ready = match.clients.map(() => true)
  match.run(ms, () => {
    for (const [i, client] of match.clients.entries()) {
      for (const target of client.view().all('target')) {
        const off = Math.abs((target.x % 400) - 200)
        if (off > 50) ready[i] = true
        if (off > 4 || !ready[i]) continue
        client.input({ fire: true })
        ready[i] = false
        seenHits[i] = (seenHits[i] ?? 0) + 1
      }
    }
  })
  match.run(1000)
  return seenHits
}

const hits = (match: Simulation<ShapeOf<typeof gallery>>): number[] =>
  match.clients.map(({ me }) => {
    for (const { type, fields, id } of match.host.session.report().entities)
      if (type === 'gun' && match.host.session.world.records.get(id)?.owner === me) return fields.hits as number
    return -1
  })

describe('asSeenBy', () => {
  it.each([
    [40, 4, 0],
    [100, 15, 0.02],
    [150, 15, 0.05],
  ])('lets the host confirm what a player saw hit, at %i ms', (rtt, jitterMs, loss) => {
    const match = simulate(gallery, { players: 3, network: { latencyMs: rtt / 2, jitterMs, loss }, seed: 3 })
    match.run(3000)
    const before = hits(match)
    const seen = shoot(match, 30_000)
    for (const [i, count] of hits(match).entries()) {
      expect(seen[i]).toBeGreaterThan(30)
      expect((count - (before[i] ?? 0)) / (seen[i] ?? 1)).toBeGreaterThan(0.97)
    }
  })

  it('gives the host and the shooter the same hits, so that they hardly ever predict wrongly', () => {
    const match = simulate(gallery, { players: 2, network: { latencyMs: 50, jitterMs: 5 }, seed: 3 })
    match.run(3000)
    shoot(match, 30_000)
    expect(match.clients[1]?.runner.session.prediction.corrections).toBeLessThan(3)
  })

  it('looks back 300 ms at the most, and never ahead, whatever a client claims', () => {
    const match = simulate(gallery, { players: 2, network: { latencyMs: 30 }, seed: 3 })
    const seen: number[] = []
    match.clients[0]?.session.on('shot', (shot) => seen.push(shot.tick - shot.seen))
    match.run(1000)
    const { game, world } = match.host.session
    const client = match.clients[1]!
    const sent = (): number => match.host.session.clients.get(client.me)?.baselines.sequence ?? 0
    for (const claimed of [-1e6, 0, 1e6]) {
      const tick = world.tick + 30
      const body = encodeInputs(game, tick, {
        ack: { sequence: sent() - 1, earlier: 0, holdMs: 0 },
        presentationTick: claimed,
        eventAck: 0,
        resultAck: 0,
        inputs: [{ numbers: Float64Array.of(1), objects: [] }],
        commands: [],
      })
      match.host.receive(client.me, encodePacket({ kind: PacketKind.input, epoch: 1, tick, body }), match.now)
      client.input({ fire: true })
      match.run(1000)
    }
    expect(seen.length).toBeGreaterThan(2)
    for (const back of seen) {
      expect(back).toBeGreaterThanOrEqual(0)
      expect(back).toBeLessThanOrEqual(18)
    }
  })
})

/** Games of every tick rate that is accepted: what holds at 60 ticks a second holds at 10 and at 120. */
import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { seededRandom, simulate } from '../../net/testing.ts'
import { confirmedFaults, drawnFaults, predictionFaults, watchOthers } from './laws.ts'

const SPEED = 240

function race(tickRate: number) {
  return defineGame({
    id: 'race',
    version: 1,
    maxPlayers: 4,
    tickRate,
    input: { x: t.int(-1, 1), dash: t.button() },
    entities: {
      runner: entity({ x: t.fixed({ min: 0, max: 4096, step: 1 / 16, wrap: true }), dashes: t.int(0, 2 ** 20) }),
      hare: entity({ x: t.fixed({ min: 0, max: 4096, step: 1 / 16, wrap: true }) }, { predict: 'none' }),
    },
    step(world) {
      for (const runner of world.all('runner')) {
        const { x, dash } = world.inputOf(runner.owner)
        runner.x += x * SPEED * world.dt
        if (dash) runner.dashes += 1
      }
    },
    referee(world) {
      for (const owner of world.joined) world.spawn('runner', { owner, x: 200 })
      if (world.tick === 1) for (let i = 0; i < 3; i++) world.spawn('hare', { x: 500 * i })
      for (const hare of world.all('hare')) hare.x += (SPEED + 60 * Math.sin(world.tick * world.dt)) * world.dt
    },
  })
}

/** As `average` in the feel bench. */
const network = { latencyMs: 50, jitterMs: 10.6, loss: 0.02 }

describe.each([10, 20, 30, 120])('a match at %i ticks a second', (tickRate) => {
  const tags = tickRate === 20 ? [] : ['long']
  it('keeps the laws, and the clocks as near as at 60', { tags }, () => {
    const match = simulate(race(tickRate), { players: 3, network, seed: 4 })
    const faults = watchOthers(match)
    const random = seededRandom(2)
    const guest = match.clients[1]!
    const worst = { behindMs: 0, aheadMs: 0 }
    const settleMs = 4000
    let before = { starved: 0, corrections: 0, tick: 0 }
    const now = (): typeof before => ({
      starved: match.host.session.clients.get(guest.me)!.inputs.starvedTicks,
      corrections: guest.runner.session.prediction.corrections,
      tick: match.host.session.world.tick,
    })
    const run = (ms: number): void =>
      match.run(ms, {
        eachFrame(client) {
          if (random() < 0.1) client.input({ x: Math.floor(random() * 3) - 1, dash: random() < 0.3 })
          const { tick } = client.view()
          faults.push(...drawnFaults(client))
          if (client !== guest || match.now < settleMs) return
          const { world } = match.host.session
          worst.behindMs = Math.max(worst.behindMs, ((world.tick - tick) * 1000) / tickRate)
          worst.aheadMs = Math.max(
            worst.aheadMs,
            ((client.runner.session.prediction.tick - world.tick) * 1000) / tickRate,
          )
          if (random() < 0.05) faults.push(...confirmedFaults(match, client))
        },
      })
    run(settleMs)
    before = now()
    run(tickRate > 60 ? 8_000 : 40_000)
    expect(faults.slice(0, 3)).toEqual([])
    expect(predictionFaults(match, guest)).toEqual([])
    const after = now()
    const ticks = after.tick - before.tick
    expect((after.starved - before.starved) / ticks).toBeLessThanOrEqual(0.005)
    // Two ticks for the loops, and what the line takes.
    expect(worst.aheadMs).toBeLessThan(200 + 2500 / tickRate)
    expect(worst.behindMs).toBeLessThan(250 + 3000 / tickRate)
    expect(match.host.session.malformed).toEqual({})
    expect(guest.runner.session.malformed).toEqual({})
  })

  it('rewinds to what players saw: of an average link no more is cut off than at 60', { tags }, () => {
    const match = simulate(race(tickRate), { players: 2, network, seed: 4 })
    const { me } = match.clients[1]!
    const { world, clients } = match.host.session
    let [ticks, cut] = [0, 0]
    match.run(4000)
    match.run(8000, {
      eachFrame: (client) => client.view(),
      eachTick() {
        const sight = world.asSeenBy(me) as unknown as { readonly tick: number }
        ticks++
        if (sight.tick > clients.get(me)!.inputs.seenTick + 1e-6) cut++
      },
    })
    expect(cut / ticks).toBeLessThan(0.1)
  })

  it('is right again within a second after the host stood still', { tags }, () => {
    const match = simulate(race(tickRate), { players: 2, network: { latencyMs: 50 }, seed: 4 })
    const guest = match.clients[1]!
    guest.input({ x: 1 })
    match.run(3000)
    match.freeze('host', 1500)
    match.run(2500)
    const { world } = match.host.session
    match.run(500, {
      eachFrame(client) {
        if (client !== guest) return
        expect(client.view().tick).toBeLessThanOrEqual(world.tick)
        const aheadMs = ((client.runner.session.prediction.tick - world.tick) * 1000) / tickRate
        expect(aheadMs).toBeLessThan(200 + 2500 / tickRate)
      },
    })
    expect(predictionFaults(match, guest)).toEqual([])
  })
})

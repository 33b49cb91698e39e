import { describe, expect, it } from 'vitest'
import { statsOf } from '../../../net/runtime/session-face.ts'
import type { SessionStats } from '../../../net/session/types.ts'
import { type NetworkConditions, type Simulation, simulate } from '../../../net/testing.ts'
import { type Yard, yard } from '../lobby/support.ts'

const TICK_MS = 1000 / 60

function play(network: NetworkConditions, ms: number): Simulation<Yard> {
  const match = simulate(yard, { players: 3, network })
  match.run(ms)
  return match
}

/** What the host's page says, whose player is the first of all. */
function hostStats(match: Simulation<Yard>): SessionStats {
  return statsOf(match.clients[0]!.runner, match.host, match.now)
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('the figures of a session', () => {
  it('tell how far its own entities are ahead of the host, and how far others are behind it', () => {
    const match = play({ latencyMs: 80, jitterMs: 20 }, 8000)
    const guest = match.clients[1]!
    const told: { lead: number; stale: number; delay: number }[] = []
    const truth: { lead: number; stale: number }[] = []
    match.run(3000, {
      eachFrame(client, now) {
        if (client !== guest) return
        const view = client.view()
        const { leadTicks, stalenessMs, presentationDelayMs } = client.session.stats().clock
        const hostTick = match.host.session.tickAt(now)
        told.push({ lead: leadTicks, stale: stalenessMs, delay: presentationDelayMs })
        truth.push({
          lead: client.runner.session.prediction.tick + 0.5 - hostTick,
          stale: (hostTick - view.tick) * TICK_MS,
        })
      },
    })
    expect(Math.abs(mean(told.map(({ lead }) => lead)) - mean(truth.map(({ lead }) => lead)))).toBeLessThan(1)
    expect(Math.abs(mean(told.map(({ stale }) => stale)) - mean(truth.map(({ stale }) => stale)))).toBeLessThan(TICK_MS)
    // What is drawn is as far behind as it is to be, and the way from the host.
    expect(Math.abs(mean(told.map(({ stale, delay }) => stale - delay)) - 80)).toBeLessThan(TICK_MS + 10)
  })

  it('tell a longer delay of others on a line that jitters, and an age that grows while nothing comes', () => {
    const [calm, shaken] = [play({ latencyMs: 50 }, 8000), play({ latencyMs: 50, jitterMs: 60 }, 8000)]
    const clockOf = (match: Simulation<Yard>) => match.clients[1]!.session.stats().clock
    expect(clockOf(shaken).presentationDelayMs).toBeGreaterThan(clockOf(calm).presentationDelayMs + 20)
    const guest = calm.clients[1]!
    const before = clockOf(calm).stalenessMs
    calm.cut(guest, 2000)
    calm.run(1900)
    // What is drawn stands still sooner or later; the host does not.
    const truth = (calm.host.session.tickAt(calm.now) - guest.view().tick) * TICK_MS
    expect(truth).toBeGreaterThan(2 * before)
    expect(Math.abs(clockOf(calm).stalenessMs - truth)).toBeLessThan(2 * TICK_MS)
  })

  it('tell the share of late inputs alike to the guest and on the host’s page', { tags: ['long'] }, () => {
    const match = play({ latencyMs: 50 }, 12_000)
    const [, honest, poor] = match.clients
    const inputsOf = (client: typeof honest) => client!.session.stats().inputs
    expect(inputsOf(poor)).toEqual({ lateShare: 0, waitTicks: expect.any(Number) })
    const { world, clients } = match.host.session
    const queue = clients.get(poor!.me)!.inputs
    const starvedBy = new Map<number, number>()
    match.setConditions(poor!, { latencyMs: 50, burst: { share: 0.2, meanMs: 300 } })
    match.run(15_000, () => starvedBy.set(world.tick, queue.starvedTicks))
    const between = (from: number, to: number): number =>
      ((starvedBy.get(to) ?? 0) - (starvedBy.get(from) ?? 0)) / (to - from)
    const { receiving } = hostStats(match)
    // Of the ten spans of 64 ticks, the host's last has begun, and the guest's last is over.
    const span = Math.floor(world.tick / 64) * 64
    expect(Math.abs((receiving.get(poor!.me)?.lateShare ?? 0) - between(span - 9 * 64, world.tick - 1))).toBeLessThan(
      0.005,
    )
    expect(Math.abs(inputsOf(poor).lateShare - between(span - 640, span))).toBeLessThan(0.03)
    expect(inputsOf(poor).lateShare).toBeGreaterThan(0.03)
    expect(inputsOf(honest).lateShare).toBe(0)
    expect(receiving.get(honest!.me)?.lateShare).toBe(0)
  })

  it('tell how long inputs wait, on a guest’s page hardly less than on the host’s', () => {
    const match = play({ latencyMs: 50, jitterMs: 20 }, 12_000)
    const guest = match.clients[1]!
    const there = hostStats(match).receiving.get(guest.me)
    const here = guest.session.stats().inputs
    expect(there?.waitTicks).toBeGreaterThan(0.5)
    expect(here.waitTicks).toBeLessThanOrEqual((there?.waitTicks ?? 0) + 0.1)
    expect(here.waitTicks).toBeGreaterThan((there?.waitTicks ?? 0) - 1)
    expect(Math.abs((there?.rttMs ?? 0) - guest.session.stats().rttMs)).toBeLessThan(10)
  })

  it('tell of all players on the host’s page, its own among them, and of nobody on a guest’s', () => {
    const match = play({ latencyMs: 20 }, 2000)
    const all = match.clients.map(({ me }) => me)
    const host = hostStats(match)
    expect([...host.sending.keys()]).toEqual(all)
    expect([...host.receiving.keys()]).toEqual(all)
    expect(host.receiving.get(all[0]!)).toMatchObject(host.inputs)
    const guest = match.clients[1]!.session.stats()
    expect([guest.sending.size, guest.receiving.size]).toEqual([0, 0])
  })

  it('are numbers from the first moment on', () => {
    const match = simulate(yard, { players: 2, network: { latencyMs: 50 } })
    for (let i = 0; i < 60; i++) {
      const { clock, inputs } = match.clients[1]!.session.stats()
      for (const figure of [...Object.values(clock), ...Object.values(inputs)]) expect(figure).not.toBeNaN()
      match.run(5)
    }
  })
})

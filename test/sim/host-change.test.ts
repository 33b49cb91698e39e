/** A host dies, another goes on from a tick before, and everybody plays on: nothing is lost and nothing is doubled. */
import { describe, expect, it } from 'vitest'
import type { ShapeOf } from '../../net/index.ts'
import { seededRandom } from '../../net/testing.ts'
import { act, arena, ghostShows, rest } from './arena.ts'
import { HostChange } from './host-change.ts'
import { confirmedFaults, predictionFaults, presenceFaults } from './laws.ts'

type Arena = ShapeOf<typeof arena>

const network = { latencyMs: 50, jitterMs: 15, loss: 0.05 }
const TICK_MS = 1000 / 60

/** Plays for four seconds, kills the host, and plays on for three; `silenceMs` nobody hosts. */
function changed(silenceMs: number) {
  const match = new HostChange<Arena>(arena, 5, network)
  const random = seededRandom(5)
  const each = (): void => {
    for (const client of match.clients) if (random() < 0.1) act(client, random)
  }
  match.run(500, each)
  const heir = match.clients[1]!
  match.warm(heir.me)
  match.run(4_000, each)
  const dead = match.clients[0]!.me
  match.kill()
  const heard = match.clients.map(({ session }) => {
    const events: { what: string; denied: boolean }[] = []
    for (const name of ['shot', 'puff', 'gong', 'fell'] as const) {
      const key = (payload: unknown, tick: number): string => JSON.stringify([name, tick, payload])
      session.on(
        name,
        (payload, { tick }) => events.push({ what: key(payload, tick), denied: false }),
        (payload, { tick }) => events.push({ what: key(payload, tick), denied: true }),
      )
    }
    return events
  })
  const told: { joined: number; left: number } = { joined: 0, left: 0 }
  const answers = match.clients.map(({ session }) => session.command('buy', { price: 1 }).catch(({ reason }) => reason))
  match.run(silenceMs, each)
  const views = match.clients.map(
    (client) => new Map([...client.view().all('drone')].map((drone) => [drone.id, drone])),
  )
  const newest = Math.max(...match.clients.map(({ runner }) => runner.session.confirmedTick))
  const { cut } = match.goOn(heir.me)
  match.host.session.onTick(({ run: { joined, left, returned } }) => {
    told.joined += joined.length + returned!.length
    told.left += left.filter((player) => player !== dead).length
  })
  return { match, each, heard, told, answers, views, cut, newest, dead }
}

describe('a host that hands over', () => {
  it('loses nothing: its heir goes on from where it stopped, and it plays on as a follower', () => {
    const match = new HostChange<Arena>(arena, 4, network)
    const random = seededRandom(9)
    const each = (): void => {
      for (const client of match.clients) if (random() < 0.1) act(client, random)
    }
    const heir = match.clients[2]!.me
    match.run(500, each)
    match.warm(heir)
    match.run(2_000, each)
    const stoppedAt = match.stop()
    while (match.page(heir).runner.heir!.tick! < stoppedAt) match.run(TICK_MS, each)
    expect(match.goOn(heir, stoppedAt).cut.tick).toBe(stoppedAt)
    const faults: string[] = []
    match.run(1_500, each)
    for (let i = 0; i < 8; i++) {
      match.run(100, each)
      for (const client of match.clients) faults.push(...confirmedFaults(match.match, client))
    }
    rest(match.match)
    match.run(1_500)
    for (const client of match.clients) {
      faults.push(...predictionFaults(match.match, client))
      expect(client.runner.session.malformed).toEqual({})
    }
    expect(faults).toEqual([])
    expect(match.host.session.malformed).toEqual({})
  })
})

describe.each([0, 500, 2_000])('a host that is replaced after %i ms of silence', { tags: ['long'] }, (silenceMs) => {
  it('leaves every law whole: exact where predicted, within a step where not, each entity there once', async () => {
    const { match, each, told, answers, views, cut, newest, dead } = changed(silenceMs)
    const faults: string[] = []
    const reasons = new Set<string>()
    const scales: number[] = []
    let drawn = match.clients.map((client) => client.view().tick)
    let turn = 0
    match.run(3_000, () => {
      each()
      const now = match.clients.map((client) => client.view().tick)
      if (turn++ > 0) for (const [i, tick] of now.entries()) scales.push(tick - (drawn[i] ?? 0))
      drawn = now
      for (const client of match.clients)
        for (const { entity, reason } of client.view().gone)
          if (entity.type === 'runner' && entity.owner !== dead) reasons.add(`${entity.type} ${reason}`)
      if (turn > 60 && turn % 7 === 0)
        for (const client of match.clients) faults.push(...confirmedFaults(match.match, client))
    })
    expect(faults.slice(0, 5)).toEqual([])
    expect([...reasons]).toEqual([])
    expect(told).toEqual({ joined: 0, left: 0 })
    // It decides with what they really did.
    for (const ticks of match.resentFor) expect(cut.tick + ticks).toBeGreaterThan(newest)
    // Who stood still for long hurries on; else nobody sees time run faster or slower.
    for (const scale of scales) expect(scale).toBeGreaterThanOrEqual(silenceMs < 900 ? 0.9 : 0)
    if (silenceMs < 900) for (const scale of scales) expect(scale).toBeLessThanOrEqual(1.1)
    // What was drawn before is the same object after: nothing went and appeared anew.
    for (const [i, client] of match.clients.entries())
      for (const drone of client.view().all('drone')) {
        const before = views[i]?.get(drone.id)
        if (before) expect(drone).toBe(before)
      }
    rest(match.match)
    match.run(1_500)
    for (let i = 0; i < 60 && match.host.session.world.tick % 40 !== 30; i++) match.run(TICK_MS)
    const { tick } = match.host.session.world
    for (const client of match.clients) {
      expect(predictionFaults(match.match, client)).toEqual([])
      const shown = presenceFaults(match.match, client, ({ type, fields }) =>
        type === 'trap' ? false : type !== 'ghost' || ghostShows(Number(fields.number), client.me, tick),
      )
      expect(shown).toEqual([])
      expect(client.runner.session.malformed).toEqual({})
    }
    expect(match.host.session.malformed).toEqual({})
    // What was asked of the dead host ran nowhere, so the new one was asked: once.
    expect(await Promise.all(answers)).toEqual(match.clients.map(() => 1))
  })

  it('tells nobody an event twice, and takes back what did not happen', () => {
    const { match, each, heard } = changed(silenceMs)
    match.run(3_000, each)
    for (const events of heard) {
      const counts = new Map<string, number>()
      for (const { what, denied } of events) counts.set(what, (counts.get(what) ?? 0) + (denied ? -1 : 1))
      expect([...counts].filter(([, count]) => count < 0 || count > 1)).toEqual([])
      expect(events.length).toBeGreaterThan(40)
    }
  })

  it('runs each command once, and answers those that are asked after it', async () => {
    const { match, each } = changed(silenceMs)
    const [asker] = match.clients
    const scores = [1, 2, 3].map(() => asker!.session.command('buy', { price: 1 }))
    match.run(1_500, each)
    // The first was asked when the old host was dead already.
    expect(await Promise.all(scores)).toEqual([2, 3, 4])
    expect(match.host.session.world.player(asker!.me)).toMatchObject({ score: 4 })
  })
})

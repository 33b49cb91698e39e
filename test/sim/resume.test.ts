/** Guests who lose their connection in a running match and come back to it, over a bad network and in virtual time. */
import { describe, expect, it } from 'vitest'
import { type DogstarShape, dogstar } from '../../game/rules/dogstar.ts'
import { type SimulatedClient, type Simulation, seededRandom, simulate } from '../../net/testing.ts'
import { type Yard, yard } from '../net/lobby/support.ts'
import { confirmedFaults, play, predictionFaults, presenceFaults, watchOthers } from './laws.ts'
import { type Runner, STRIDE, track } from './luck.ts'

type Match = Simulation<DogstarShape>
type Pilot = SimulatedClient<DogstarShape>

const average = { latencyMs: 50, jitterMs: 15, loss: 0.02 }

/** What the host has of a player: their ship with all its fields, and their record. */
function propertyOf(match: Match, { me }: Pilot) {
  const { world } = match.host.session
  const own = [...world.all('ship')].find(({ owner }) => owner === me)
  const ship = match.host.session.report().entities.find(({ id }) => id === own?.id)
  const { score, kills, deaths, color, leftAt } = world.player(me) as unknown as Record<string, number>
  return { ship, record: { score, kills, deaths, color }, leftAt }
}

function faultsOf(match: Match): string[] {
  return match.clients.flatMap((client) => [
    ...predictionFaults(match, client),
    ...confirmedFaults(match, client),
    ...presenceFaults(match, client, ({ type }) => type !== 'bullet').filter((fault) => !fault.includes('bullet')),
  ])
}

/** Every event that a page hears, once for each time that it heard it. */
function listen(client: Pilot): string[] {
  const heard: string[] = []
  for (const name of ['hit', 'destroyed', 'chipped', 'roundBegins', 'roundOver'] as const)
    client.session.on(name, (payload, { tick }) => heard.push(JSON.stringify([tick, name, payload])))
  return heard
}

function fight(client: Pilot, random: () => number): void {
  client.input({
    turn: Math.floor(random() * 17) - 8,
    thrust: random() < 0.6,
    fire: random() < 0.5,
    dash: random() < 0.1,
  })
}

describe('a guest who is away for half a minute', () => {
  it('comes back to the same ship where it drifted to, with the same points and livery, and flies it on', {
    tags: ['long'],
  }, () => {
    const match = simulate(dogstar, { players: 4, network: average, seed: 3 })
    const [, lost] = match.clients as [Pilot, Pilot]
    const random = seededRandom(4)
    play(match, 5_000, random, (client) => client.input({ turn: 0, thrust: random() < 0.3, brake: true }))
    for (const client of match.clients) client.input({ turn: 0, thrust: false, brake: true })
    Object.assign(match.host.session.world.player(lost.me), { score: 150, kills: 2 })
    match.run(2_000)
    const before = propertyOf(match, lost)
    const { session } = lost
    expect(before.ship).toBeDefined()

    match.lose(lost, 30_000)
    match.run(15_000)
    expect(match.host.session.world.players).toContain(lost.me)
    expect(propertyOf(match, lost)).toMatchObject({ record: before.record, leftAt: expect.any(Number) })
    expect(propertyOf(match, lost).leftAt).toBeGreaterThan(0)
    // Neither hurried nor repaired beyond what anybody's is, nor protected.
    const meanwhile = propertyOf(match, lost).ship?.fields
    expect(meanwhile).toMatchObject({ safeUntil: before.ship?.fields.safeUntil, gunsAt: before.ship?.fields.gunsAt })
    expect([...lost.view().all('ship')].find(({ mine }) => mine)?.id).toBe(before.ship?.id)

    match.run(16_000)
    const after = propertyOf(match, lost)
    expect(after).toMatchObject({ record: before.record, leftAt: 0 })
    expect(after.ship?.id).toBe(before.ship?.id)
    expect(lost.session).toBe(session)
    const [own] = [...lost.view().all('ship')].filter(({ mine }) => mine)
    expect(own?.id).toBe(before.ship?.id)
    expect(lost.view().players).toEqual(match.host.session.world.players)
    expect(faultsOf(match)).toEqual([])

    // Away from the wall, if it rests at one.
    lost.input({ turn: 4, thrust: true, brake: false })
    match.run(2_000)
    const flown = propertyOf(match, lost).ship?.fields
    expect(Math.hypot(Number(flown?.x) - Number(own?.x), Number(flown?.y) - Number(own?.y))).toBeGreaterThan(20)
    expect(match.host.session.malformed).toEqual({})
    for (const { runner } of match.clients) expect(runner.session.malformed).toEqual({})
  })
})

describe('a guest who is back after a lost link', () => {
  it('sees the world go on: only what came and went meanwhile appears and goes, and hears nothing twice', () => {
    const match = simulate(track, { players: 4, network: average, seed: 5, resumeSeconds: 10 })
    const [, guest, leaver] = match.clients as [Runner, Runner, Runner]
    const bells: number[] = []
    guest.session.on('bell', (_payload, { tick }) => bells.push(tick))
    match.run(3_000)
    guest.view()
    const before = new Map([...guest.view().all('runner')].map((runner) => [runner.id, runner]))
    expect(before.size).toBe(4)
    match.lose(guest, 700)
    match.leave(leaver)
    match.run(300)
    const newcomer = match.join()
    const gone: unknown[] = []
    const appeared: unknown[] = []
    match.run(3_000, {
      eachFrame(client) {
        if (client !== guest) return
        const view = guest.view()
        gone.push(...view.gone.map(({ entity, reason }) => [entity.owner, reason]))
        appeared.push(...view.appeared.map(({ owner }) => owner))
      },
    })
    expect(gone).toEqual([[leaver.me, 'out of view']])
    expect(appeared).toEqual([newcomer.me])
    for (const runner of guest.view().all('runner'))
      if (runner.owner !== newcomer.me) expect(before.get(runner.id)).toBe(runner)
    expect(new Set(bells).size).toBe(bells.length)
    expect([...predictionFaults(match, guest), ...confirmedFaults(match, guest)]).toEqual([])
  })

  it('presses nothing that was pressed while the link was lost, and holds on to what is held', () => {
    const match = simulate(track, { players: 2, network: average, seed: 7 })
    const [, guest] = match.clients as [Runner, Runner]
    const own = () => match.host.session.report().entities.find(({ id }) => id === guestsRunner)?.fields
    match.run(1_000)
    const guestsRunner = [...guest.view().all('runner')].find(({ mine }) => mine)?.id
    match.lose(guest, 300)
    guest.input({ x: 1, dash: true })
    match.run(2_000)
    expect(own()).toMatchObject({ dashes: 0 })
    expect(Number(own()?.path)).toBeGreaterThan(60 * STRIDE)
  })

  it('has each command run once, and those without an answer never a second time', async () => {
    const match = simulate(yard, { players: 2, network: average, seed: 6 })
    const [, guest] = match.clients as [Simulation<Yard>['clients'][number], Simulation<Yard>['clients'][number]]
    match.run(1_000)
    let rung = 0
    match.clients[0]!.session.on('rung', () => rung++)
    const first = guest.session.command('ring', { times: 1 })
    match.run(500)
    expect(await first).toBe(2)
    const lost = guest.session.command('ring', { times: 2 }).catch(({ reason }) => reason)
    match.lose(guest, 300)
    expect(await lost).toBe('host-silent')
    match.run(1_000)
    const again = [3, 4].map((times) => guest.session.command('ring', { times }))
    match.run(1_000)
    expect(await Promise.all(again)).toEqual([6, 8])
    // Whether the one without an answer ran, nobody at the guest knows.
    expect([3, 4]).toContain(rung)
  })
})

describe('guests who are lost again and again in a fight', () => {
  it('leave every law whole: exact where predicted, within a step where not, each event once, no input too many', {
    timeout: 600_000,
    tags: ['long'],
  }, () => {
    const match = simulate(dogstar, { players: 5, network: { ...average, loss: 0.05 }, seed: 11 })
    const ghosts = watchOthers(match)
    const heard = match.clients.map(listen)
    const luck = seededRandom(12)
    for (let round = 0; round < 12; round++) {
      const who = match.clients[1 + Math.floor(luck() * 4)]
      if (who) match.lose(who, Math.floor(luck() * 4_000))
      play(match, 2_000 + luck() * 3_000, luck, fight)
    }
    match.run(5_000)
    for (const client of match.clients) client.input({ turn: 0, thrust: false, brake: true, fire: false })
    match.run(3_000)
    expect(match.host.session.failure).toBe(null)
    expect(ghosts.slice(0, 3)).toEqual([])
    expect(faultsOf(match)).toEqual([])
    for (const events of heard) {
      expect(events.length).toBeGreaterThan(10)
      expect(new Set(events).size).toBe(events.length)
    }
    expect(match.host.session.malformed).toEqual({})
    for (const { runner } of match.clients) expect(runner.session.malformed).toEqual({})
  })
})

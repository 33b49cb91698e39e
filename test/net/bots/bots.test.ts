/** Bots play like people: they know what a screen would show, act each tick, remember in the world, and never end a match. */
import { describe, expect, it } from 'vitest'
import { BotEyes } from '../../../net/bots/bot-eyes.ts'
import { newMinds } from '../../../net/bots/bot-minds.ts'
import { HostSession } from '../../../net/session/host.ts'
import { expectConverged, simulate } from '../../../net/testing.ts'
import { playerId } from '../../../net/world/ids.ts'
import { loadWorld, saveWorld } from '../../../net/world/save.ts'
import { World } from '../../../net/world/world.ts'
import { opened, recordHost } from '../records/recorded.ts'
import { hunt } from './hunt.ts'

const bot = playerId(1, 1)

function hosted() {
  const host = new HostSession({ game: hunt, seed: 1, secret: [1, 2, 3, 4], epoch: 1, newMinds })
  host.join(playerId(0, 1))
  host.addBot(bot, { kind: 'runner', skill: 0.5 })
  let now = 0
  const run = (ticks: number): void => {
    for (let i = 0; i < ticks; i++, now += 1000 / 60) host.advance(now)
  }
  run(2)
  return { host, run }
}

describe('what a bot sees', () => {
  it('is its own entity as it is now, and all others as they were 0.2 s ago', () => {
    const { host, run } = hosted()
    const eyes = new BotEyes(host.world, host.history, bot, 12)
    for (let i = 0; i < 30; i++) {
      run(1)
      eyes.look()
    }
    const { tick } = host.world
    expect(eyes.tick).toBe(tick + 1 - 12)
    const hare = eyes.all('hare')[0] as unknown as { x: number }
    expect(hare.x).toBe(600 + eyes.tick)
    const own = eyes.all('hunter').find(({ owner }) => owner === bot) as unknown as { x: number; mine: boolean }
    const truth = [...host.world.all('hunter')].find(({ owner }) => owner === bot) as unknown as { x: number }
    expect([own.x, own.mine]).toEqual([truth.x, true])
  })

  it('has no hidden field, no private field of others, and nothing that relevant hides, at any tick', () => {
    const { host, run } = hosted()
    const eyes = new BotEyes(host.world, host.history, bot, 12)
    const hare = [...host.world.all('hare')][0] as unknown as { hidden: boolean }
    const hunters = [...host.world.all('hunter')] as unknown as { plan: number; card: number }[]
    for (const hunter of hunters) Object.assign(hunter, { plan: 9, card: 50 })
    const look = (ticks: number): void => {
      for (let i = 0; i < ticks; i++) {
        run(1)
        eyes.look()
      }
    }
    // Somebody who has just come has seen nothing yet.
    look(1)
    expect(eyes.all('hare')).toEqual([])
    look(20)
    expect(eyes.all('hare')).toHaveLength(1)
    const plans = eyes.all('hunter').map((hunter) => ({ ...hunter })) as unknown as { plan: number; card?: number }[]
    expect(plans.map(({ plan }) => plan)).toEqual([7, 9])
    expect(plans.map((hunter) => 'card' in hunter)).toEqual([false, false])
    expect((eyes.all('hunter')[0] as unknown as { card: number }).card).toBe(42)
    hare.hidden = true
    look(12)
    expect(eyes.all('hare')).toEqual([])
    hare.hidden = false
    look(5)
    expect(eyes.all('hare')).toEqual([])
    look(8)
    expect(eyes.all('hare')).toHaveLength(1)
  })

  it('is found by one pass over the records of a tick, however many bots ask how often', () => {
    const { host, run } = hosted()
    run(30)
    let passes = 0
    const then = host.history.stateAt(host.world.tick - 11)!
    const records = new Proxy(then.records, {
      get(target, name) {
        if (name === Symbol.iterator || name === 'find' || name === 'map') passes++
        return Reflect.get(target, name, target)
      },
    })
    const history = { stateAt: () => ({ tick: then.tick, records }) }
    const kept = history.stateAt()
    history.stateAt = () => kept
    for (const player of [bot, playerId(0, 1)]) {
      const eyes = new BotEyes(host.world, history, player, 1)
      for (let look = 0; look < 3; look++) {
        eyes.look()
        for (let i = 0; i < 5; i++) for (const id of [...eyes.players, bot]) expect(eyes.player(id).owner).toBe(id)
        expect(eyes.all('hare')).toHaveLength(1)
        expect(eyes.get('hunter', eyes.all('hunter')[0]!.id)).not.toBe(null)
      }
    }
    expect(passes).toBe(1)
  })

  it('can only be read', () => {
    const { host, run } = hosted()
    const eyes = new BotEyes(host.world, host.history, bot, 1)
    run(1)
    eyes.look()
    run(1)
    eyes.look()
    for (const hunter of eyes.all('hunter') as unknown as { x: number }[]) hunter.x = 900
    expect([...host.world.all('hunter')].map((hunter) => (hunter as unknown as { x: number }).x < 500)).toEqual([
      true,
      true,
    ])
  })
})

describe('a bot', () => {
  it('takes a seat, plays each tick, is drawn by everybody, and goes', () => {
    const match = simulate(hunt, { players: 2, network: { latencyMs: 40, loss: 0.05 }, seed: 3 })
    const player = match.addBot('runner', { name: 'Ace', skill: 1 })
    match.run(2_000)
    const { session } = match.clients[1]!
    expect(session.nameOf(player)).toBe('Ace')
    const drawn = [...match.clients[1]!.view().all('hunter')].find(({ owner }) => owner === player)
    expect(drawn?.x).toBeGreaterThan(250)
    expect(drawn?.shots).toBeGreaterThan(90)
    expectConverged(match)
    expect(match.host.session.sending.sendingTo(match.now).has(player)).toBe(false)
    match.removeBot(player)
    match.run(500)
    expect([...match.clients[1]!.view().all('hunter')].map(({ owner }) => owner)).not.toContain(player)
    expect(match.host.session.world.memories.has(player)).toBe(false)
    expect(() => match.addBot('nobody' as never)).toThrow('hunt declares no bot "nobody". It has runner, clumsy, odd')
    expect(() => match.addBot('runner', { skill: 2 })).toThrow(RangeError)
    expect(() => match.removeBot(match.clients[0]!.me)).toThrow(TypeError)
  })

  it('plays the same in every run of a seed, and its inputs are in a recording like any others', () => {
    const run = () => {
      const match = simulate(hunt, {
        players: 1,
        seed: 5,
        development: true,
        warn: (problem) => warnings.push(problem),
      })
      const recording = recordHost(match)
      match.addBot('runner')
      match.run(1_000)
      return { recording, bytes: saveWorld(match.host.session.world) }
    }
    const warnings: string[] = []
    const [first, second] = [run(), run()]
    expect(first.bytes).toEqual(second.bytes)
    expect(opened(hunt, first.recording.save()).check()).toBe(null)
    expect(warnings).toEqual([])
  })

  it('that throws, or returns what is no input, sits still from then on; the match goes on and the console says why', () => {
    const warnings: string[] = []
    const match = simulate(hunt, { players: 1, warn: (problem) => warnings.push(problem) })
    const [clumsy, odd] = [match.addBot('clumsy'), match.addBot('odd')]
    match.run(1_000)
    expect(match.host.session.failure).toBe(null)
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toMatch(/^The bot odd sits still .*no field "jump"/)
    expect(warnings[1]).toBe('The bot clumsy sits still for the rest of the match, since it threw: Error: stumbled')
    const x = (player: number): number =>
      match.host.session
        .report()
        .entities.find(
          ({ fields, id }) => match.host.session.world.records.get(id)?.owner === player && fields.x !== undefined,
        )?.fields.x as number
    expect([x(clumsy), x(odd)]).toEqual([118, 100])
  })

  it('remembers in the saved world, so that another host goes on with it', () => {
    const { host, run } = hosted()
    run(30)
    const saved = host.save()
    const world = new World({ game: hunt, seed: 1, predicting: null })
    expect(loadWorld(world, saved.world)).toBe(null)
    const memory = world.memoryOf(bot) as unknown as { ticks: number; prey: number; luck: number }
    expect(memory.ticks).toBeGreaterThan(25)
    expect(memory.prey).not.toBe(null)
    expect(memory.luck).toBeGreaterThan(0)
    expect(saveWorld(world)).toEqual(saved.world)
    const heir = HostSession.from({ game: hunt, seed: 1, secret: [1, 2, 3, 4], epoch: 2, newMinds }, saved)
    if (typeof heir === 'string') throw new Error(heir)
    expect(heir.clients.get(bot)).toMatchObject({
      bot: { kind: 'runner', skill: 0.5 },
      awaited: false,
      connected: true,
    })
    const { ticks } = memory
    for (let now = 0; now <= 200; now += 1000 / 60) heir.advance(now)
    expect((heir.world.memoryOf(bot) as unknown as { ticks: number }).ticks).toBeGreaterThan(ticks + 5)
  })

  it('costs time, which the load of the host tells', () => {
    let clock = 0
    const host = new HostSession({
      ...{ game: hunt, seed: 1, secret: [1, 2, 3, 4], epoch: 1, newMinds },
      stopwatch: () => (clock += 1),
    })
    host.addBot(bot, { kind: 'runner', skill: 0.5 })
    for (let now = 0; now <= 2_100; now += 1000 / 60) host.advance(now)
    expect(host.load.botMs).toBeGreaterThan(0)
    expect(host.load.tickMs).toBeGreaterThan(host.load.botMs)
  })
})

describe('a saved world', () => {
  it('whose bots remember what is no value of their fields is refused', () => {
    const { host, run } = hosted()
    run(5)
    const bytes = saveWorld(host.world)
    const other = new World({ game: hunt, seed: 1, predicting: null })
    expect(loadWorld(other, bytes)).toBe(null)
    host.world.memoryOf(bot).numbers[0] = -5
    expect(loadWorld(other, saveWorld(host.world))).toContain('its bots remember something else')
  })
})

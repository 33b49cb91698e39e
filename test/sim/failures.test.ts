import { command, defineGame, entity, event, type ShapeOf, t } from 'starwire'
import { describe, expect, it, vi } from 'vitest'
import { StarwireError } from '../../net/errors/starwire-error.ts'
import { seededRandom, simulate } from '../../net/testing.ts'
import { encodePacket, PacketKind } from '../../net/wire/packet.ts'
import { tag } from '../browser/fixtures/tag/tag.ts'
import { readPacket } from '../net/wire/read.ts'
import { arena } from './arena.ts'
import { confirmedFaults, predictionFaults } from './laws.ts'

const network = { latencyMs: 50, loss: 0.05 }

describe('a client that sends garbage', () => {
  it('is dropped, and the others play on', async () => {
    const match = simulate(tag, { players: 3, network })
    match.run(500)
    const bad = match.clients[2]!
    const random = seededRandom(1)
    match.run(1000, () => {
      // No more at once than the link lets through.
      for (let i = 0; i < 3; i++)
        bad.link.send(
          'state',
          Uint8Array.from({ length: 1 + Math.floor(random() * 200) }, () => Math.floor(random() * 256)),
        )
    })
    expect(bad.link.open).toBe(false)
    await expect(bad.session.ended).resolves.toBe('host-left')
    const before = match.host.session.world.tick
    match.clients[1]!.input({ x: 1, y: 0 })
    match.run(1000)
    expect(match.host.session.world.tick).toBe(before + 60)
    expect(match.host.session.failure).toBe(null)
    expect(predictionFaults(match, match.clients[1]!)).toEqual([])
    expect(confirmedFaults(match, match.clients[0]!)).toEqual([])
  })

  it('does no harm with packets that are well-formed and lie: ticks, acks and epochs out of any range', () => {
    const match = simulate(tag, { players: 2, network: { latencyMs: 20 } })
    const liar = match.clients[1]!
    const random = seededRandom(2)
    const send = liar.link.send.bind(liar.link)
    // The body belongs to another tick than the envelope says, so every field of it that counts from the tick lies.
    liar.link.send = (lane, bytes) => {
      const packet = readPacket(bytes)
      if (!packet || random() < 0.5) return send(lane, bytes)
      const tick = [0, 1, packet.tick + 200, 2 ** 26 - 1, Math.floor(random() * 2 ** 26)][Math.floor(random() * 5)] ?? 0
      const body = packet.body.slice()
      body[Math.floor(random() * body.length)]! ^= 1 << Math.floor(random() * 8)
      return send(lane, encodePacket({ kind: PacketKind.input, epoch: 1, tick, body }))
    }
    match.run(5_000)
    const host = match.host.session
    expect(host.failure).toBe(null)
    expect(host.clients.get(liar.me)?.inputs.waitingCount ?? 0).toBeLessThanOrEqual(128)
    expect(predictionFaults(match, match.clients[0]!)).toEqual([])
  })
})

describe('rules that throw', () => {
  function faulty(where: 'client' | 'host' | 'referee' | 'relevant', at: number) {
    return defineGame({
      id: 'faulty',
      version: 1,
      maxPlayers: 4,
      input: { x: t.int(-1, 1) },
      entities: { thing: entity({ x: t.int(0, 100000) }) },
      step(world) {
        for (const thing of world.all('thing')) thing.x += 1
        // Only a client has no input record of others, so only there is it null for a player it does not know.
        const onClient = (world as unknown as { predicting: number | null }).predicting !== null
        if (world.tick >= at && (where === 'client' ? onClient : where === 'host' && !onClient)) throw new Error('boom')
      },
      referee(world) {
        for (const owner of world.joined) world.spawn('thing', { owner })
        if (where === 'referee' && world.tick >= at) throw new Error('boom')
      },
      relevant(_entity, _player, world) {
        if (where === 'relevant' && world.tick >= at) throw new Error('boom')
        return 1
      },
    })
  }

  it('on a client end that client alone', async () => {
    const match = simulate(faulty('client', 100), { players: 2, network })
    expect(() => match.run(3_000)).toThrow('boom')
    expect(match.host.session.failure).toBe(null)
    expect(match.host.session.world.tick).toBeGreaterThan(170)
    for (const { session, runner } of match.clients) {
      await expect(session.ended).resolves.toBe('rules-failed')
      expect(String(runner.session.failure)).toContain('boom')
    }
  })

  it.each(['host', 'referee', 'relevant'] as const)('on the host (%s) end the match, with the tick', async (where) => {
    const match = simulate(faulty(where, 100), { players: 2, network })
    expect(() => match.run(3_000)).toThrow('boom')
    expect(match.host.session.failure?.tick).toBe(100)
    expect(String(match.host.session.failure?.error)).toContain('boom')
    for (const { session } of match.clients) await expect(session.ended).resolves.toBe('rules-failed')
    const { tick } = match.host.session.world
    expect(() => match.run(500)).toThrow('boom')
    expect(match.host.session.world.tick).toBe(tick)
  })

  it('leave nobody waiting for the answer to a command', async () => {
    const game = defineGame({
      id: 'asker',
      version: 1,
      maxPlayers: 2,
      input: { x: t.int(0, 1) },
      entities: { thing: entity({ x: t.int(0, 1) }) },
      commands: { ask: command({}, { result: t.int(0, 1) }) },
      step() {},
      referee(world) {
        for (const _ of world.commands('ask')) throw new Error('boom')
      },
    })
    const match = simulate(game, { players: 2, network })
    match.run(1_000)
    const answer = match.clients[1]!.session.command('ask', {})
    const caught = answer.catch((error: unknown) => error)
    expect(() => match.run(1_000)).toThrow('boom')
    expect(await caught).toBeInstanceOf(StarwireError)
  })
})

describe('the check in development', () => {
  function counting(where: 'module' | 'world') {
    let count = 0
    return defineGame({
      id: 'counting',
      version: 1,
      maxPlayers: 2,
      input: { x: t.int(-1, 1) },
      entities: { thing: entity({ still: t.int(0, 9), turns: t.int(0, 100000) }) },
      step(world) {
        for (const thing of world.all('thing')) thing.turns = where === 'module' ? ++count : thing.turns + 1
      },
      referee(world) {
        for (const owner of world.joined) world.spawn('thing', { owner })
      },
    })
  }

  it('finds state that rules keep in a module, and names the field that shows it', () => {
    const warn = vi.fn<(problem: string) => void>()
    simulate(counting('module'), { players: 1, development: true, warn }).run(100)
    const sentences = warn.mock.calls.map(([problem]) => problem).join('\n')
    expect(sentences).toContain('thing.turns')
    expect(sentences).toContain('outside the world')
    expect(sentences).not.toContain('thing.still')
  })

  it('finds nothing in rules that keep their state in the world, and changes nothing about the match', {
    tags: ['long'],
  }, () => {
    const warn = vi.fn()
    const checked = simulate(arena, { players: 2, network, development: true, warn })
    const plain = simulate(arena, { players: 2, network })
    for (const match of [checked, plain]) {
      for (const client of match.clients) client.input({ x: 1, y: 1, aim: 1, fire: true, dash: true })
      match.run(2_000)
    }
    expect(warn.mock.calls).toEqual([])
    expect(checked.host.session.report()).toEqual(plain.host.session.report())
  })

  it('names what step writes though only the referee may, and holds the old value', () => {
    const game = defineGame({
      id: 'greedy',
      version: 1,
      maxPlayers: 2,
      input: { x: t.int(-1, 1) },
      entities: { thing: entity({ score: t.int(0, 9, { by: 'referee' }) }) },
      step(world) {
        for (const thing of world.all('thing')) (thing as { score: number }).score = 5
      },
      referee(world) {
        for (const owner of world.joined) world.spawn('thing', { owner, score: 2 })
      },
    })
    const warn = vi.fn<(problem: string) => void>()
    const match = simulate(game, { players: 1, development: true, warn })
    match.run(200)
    expect(warn.mock.calls[0]?.[0]).toContain('thing.score is written in step')
    expect(match.host.session.report().entities[0]?.fields.score).toBe(2)
  })
})

describe('too much of everything', () => {
  const storm = defineGame({
    id: 'storm',
    version: 1,
    maxPlayers: 4,
    input: { x: t.int(-1, 1), burst: t.button() },
    entities: {
      mine: entity({ x: t.fixed({ min: 0, max: 4000, step: 1 / 16 }), text: t.string(40, { by: 'referee' }) }),
      pebble: entity({ x: t.fixed({ min: 0, max: 4000, step: 1 / 16 }), n: t.int(0, 999) }, { predict: 'none' }),
    },
    options: { mines: t.int(0, 200), pebbles: t.int(0, 999), events: t.int(0, 200) },
    events: { bang: event({ number: t.int(0, 2 ** 30) }, { timing: 'now' }) },
    commands: { shout: command({ text: t.string(250) }, { result: t.string(250) }) },
    step(world) {
      for (const mine of world.all('mine')) mine.x += world.inputOf(mine.owner).x
    },
    referee(world) {
      for (const owner of world.joined)
        for (let i = 0; i < world.options.mines; i++)
          world.spawn('mine', { owner, x: 2000, text: 'something that takes a lot of room' })
      if (world.tick === 1) for (let i = 0; i < world.options.pebbles; i++) world.spawn('pebble', { n: i })
      for (const pebble of world.all('pebble')) pebble.x += 1
      for (let i = 0; i < world.options.events; i++) world.emit('bang', { number: world.tick * 256 + i })
      for (const { payload, reply } of world.commands('shout')) reply(payload.text)
    },
  })
  const quiet = { mines: 1, pebbles: 0, events: 0 }

  it('delivers commands that together are longer than a packet, one after another', async () => {
    const match = simulate(storm, { players: 2, network, options: quiet })
    match.run(500)
    const texts = Array.from({ length: 20 }, (_, i) => `${i} ${'x'.repeat(240)}`)
    const answers = Promise.all(texts.map((text) => match.clients[1]!.session.command('shout', { text })))
    match.run(4_000)
    expect(await answers).toEqual(texts)
  })

  it('goes on hearing events after an outage in which more were dropped than are kept', () => {
    const match = simulate(storm, { players: 2, network: { latencyMs: 30 }, options: { ...quiet, events: 3 } })
    const guest = match.clients[1]!
    const heard: number[] = []
    guest.session.on('bang', ({ number }) => heard.push(number))
    match.run(1_000)
    const { receive } = guest.runner
    guest.runner.receive = () => {}
    match.run(3_000)
    guest.runner.receive = receive
    match.run(2_000)
    const back = match.host.session.world.tick - 30
    heard.length = 0
    match.run(1_000)
    const fresh = heard.filter((number) => number >= back * 256)
    expect(new Set(fresh).size).toBe(fresh.length)
    expect(fresh.length).toBeGreaterThan(150)
  })

  it('sends what a client predicts whole, in several packets, and compares it only when it is complete', () => {
    const match = simulate(storm, {
      players: 2,
      network: { latencyMs: 30, loss: 0.1, jitterMs: 10 },
      options: { ...quiet, mines: 60 },
    })
    const guest = match.clients[1]!
    const fields: (string | null)[] = []
    guest.session.on('diverged', ({ field }) => fields.push(field))
    match.run(1_500)
    guest.input({ x: 1 })
    match.run(1_000)
    guest.input({ x: 0 })
    match.run(1_000)
    expect([...guest.view().all('mine')].filter(({ mine }) => mine)).toHaveLength(60)
    expect(predictionFaults(match, guest)).toEqual([])
    expect(fields).not.toContain(null)
  })

  it('still shows each of a thousand moving things within a moment, the most important first', {
    tags: ['long'],
  }, () => {
    const match = simulate(storm, { players: 2, network, options: { ...quiet, pebbles: 900 } })
    match.run(4_000)
    const guest = match.clients[1]!
    const { tick } = match.host.session.world
    const pebbles = guest.session.world().entities.filter(({ type }) => type === 'pebble')
    expect(pebbles).toHaveLength(900)
    expect(Math.min(...pebbles.map((entity) => entity.tick))).toBeGreaterThan(tick - 90)
    expect(confirmedFaults(match, guest)).toEqual([])
  })

  it('does not let events starve the world', () => {
    const match = simulate(storm, { players: 2, network, options: { mines: 1, pebbles: 50, events: 100 } })
    match.run(4_000)
    const { tick } = match.host.session.world
    const { entities } = match.clients[1]!.session.world()
    expect(entities.filter(({ type }) => type === 'pebble')).toHaveLength(50)
    expect(Math.min(...entities.map((entity) => entity.tick))).toBeGreaterThan(tick - 60)
    expect(predictionFaults(match, match.clients[1]!)).toEqual([])
  })
})

describe('a page that sleeps', () => {
  type Tag = ShapeOf<typeof tag>
  function sleeping(ms: number) {
    const match = simulate<Tag>(tag, { players: 2, network: { latencyMs: 40 } })
    match.run(1_500)
    const guest = match.clients[1]!
    guest.input({ x: 1, y: 0 })
    match.run(200)
    const tick = guest.runner.tick.bind(guest.runner)
    guest.runner.tick = () => {}
    match.run(ms)
    guest.runner.tick = tick
    return { match, guest }
  }

  it.each([300, 900, 3_000, 20_000])('for %i ms is right again within a second', (ms) => {
    const { match, guest } = sleeping(ms)
    guest.input({ x: 0, y: 0 })
    match.run(1_000)
    expect(predictionFaults(match, guest)).toEqual([])
    expect(guest.runner.session.prediction.tick - match.host.session.world.tick).toBeGreaterThan(2)
    expect(guest.runner.session.prediction.tick - match.host.session.world.tick).toBeLessThan(20)
  })

  it('never sends an input under a tick that it was not given for', () => {
    const { match, guest } = sleeping(900)
    guest.input({ x: -1, y: 0 })
    const queue = match.host.session.clients.get(guest.me)!.inputs
    const wrong: number[] = []
    const receive = queue.receive.bind(queue)
    const { inputs } = guest.runner.session.prediction as unknown as { inputs: Map<number, unknown> }
    queue.receive = (newest, rows, at) => {
      for (const [i] of rows.entries()) {
        const tick = newest - rows.length + 1 + i
        if (tick > newest - 60 && !inputs.has(tick)) wrong.push(tick)
      }
      receive(newest, rows, at)
    }
    match.run(500)
    expect(wrong).toEqual([])
  })
})

describe('a host that sleeps', () => {
  it('skips the lost time, and its guests are with it again within two seconds', () => {
    const match = simulate(tag, { players: 2, network: { latencyMs: 40 } })
    match.run(2_000)
    const tick = match.host.tick.bind(match.host)
    match.host.tick = () => {}
    match.run(3_000)
    match.host.tick = tick
    const before = match.host.session.world.tick
    match.run(2_000)
    expect(match.host.session.world.tick).toBeLessThanOrEqual(before + 61 + 121)
    const guest = match.clients[1]!
    expect(predictionFaults(match, guest)).toEqual([])
    expect(guest.runner.session.prediction.tick - match.host.session.world.tick).toBeLessThan(20)
  })

  it('never makes a guest draw the others backwards', () => {
    const match = simulate(tag, { players: 2, network: { latencyMs: 40, jitterMs: 5 } })
    match.run(2_000)
    const guest = match.clients[1]!
    const ticks: number[] = []
    const run = (ms: number): void => match.run(ms, () => ticks.push(guest.view().tick))
    const tick = match.host.tick.bind(match.host)
    match.host.tick = () => {}
    run(3_000)
    match.host.tick = tick
    run(2_000)
    for (const [i, at] of ticks.entries()) expect(at).toBeGreaterThanOrEqual(ticks[i - 1] ?? 0)
    expect(ticks.at(-1)).toBeGreaterThan(match.host.session.world.tick - 20)
  })
})

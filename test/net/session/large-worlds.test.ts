/** Clients that predict more than one packet holds: they start, or both sides are told why they cannot. */
import { defineGame, entity, t } from 'starwire'
import { simulate } from 'starwire/testing'
import { describe, expect, it } from 'vitest'
import { HostRunner } from '../../../net/runtime/host-runner.ts'
import { ClientSession } from '../../../net/session/client.ts'
import { HostSession } from '../../../net/session/host.ts'
import { SendGuard } from '../../../net/transport/guard.ts'
import type { Link } from '../../../net/transport/link.ts'
import { playerId } from '../../../net/world/ids.ts'
import type { World } from '../../../net/world/world.ts'

/** So many things of 900 bytes for each player, all of which change in every tick. */
const library = (count: number) =>
  defineGame({
    id: 'library',
    version: 1,
    maxPlayers: 2,
    tickRate: 10,
    input: {},
    entities: { book: entity({ a: t.string(224), b: t.string(224), c: t.string(224), d: t.string(224) }) },
    step(world) {
      const text = String(world.tick).padStart(224, '.')
      for (const book of world.all('book')) book.a = book.b = book.c = book.d = text
    },
    referee(world) {
      const a = 'x'.repeat(224)
      for (const owner of world.joined)
        for (let i = 0; i < count; i++) world.spawn('book', { owner, a, b: a, c: a, d: a })
    },
  })

describe('a client that predicts', () => {
  it('ten packets a tick starts, though a link takes eight in one moment', () => {
    const me = playerId(0, 1)
    const game = library(10)
    const host = new HostRunner(new HostSession({ game, seed: 1, secret: [1, 2, 3, 4], epoch: 1 }), {
      failed: (error) => {
        throw error
      },
      hostile: () => {},
    })
    const client = new ClientSession({ game, me, seed: 1, epoch: 1 })
    // As in browsers: the buffer is not empty before the task ends, and then it is.
    const guard = new SendGuard()
    let [now, waiting, most] = [0, 0, 0]
    const arrived: Uint8Array[] = []
    const link = {
      open: true,
      send(_lane: string, bytes: Uint8Array) {
        if (!guard.admit(waiting, now)) return 'skipped'
        waiting += bytes.length
        arrived.push(bytes)
        return 'sent'
      },
      close() {},
    }
    host.attach(me, link as unknown as Link)
    for (let i = 0; i < 20; i++, now += 100) {
      waiting = 0
      host.tick(now)
      most = Math.max(most, arrived.length)
      for (const bytes of arrived.splice(0)) client.receive(bytes, now)
      client.advance(now)
    }
    expect(most).toBe(8)
    expect(client.ready).toBe(true)
    expect(client.malformed).toEqual({})
  })

  it('more than a tick can be told in ends with a sentence on both sides: it does not wait without a word', async () => {
    const said: string[] = []
    const match = simulate(library(30), { players: 2, warn: (problem) => said.push(problem) })
    const [, guest] = match.clients
    match.run(4900)
    expect([guest!.runner.session.failure, match.clients[0]!.runner.session.failure]).toEqual([null, null])
    expect(() => match.run(500)).toThrow(/more than 16 packets hold/)
    expect(guest!.runner.session.ready).toBe(false)
    expect(String(guest!.runner.session.failure)).toMatch(/more than 16 packets hold, so it cannot start/)
    await expect(guest!.session.ended).resolves.toBe('rules-failed')
    const ofHost = said.filter((one) => one.startsWith('The page of player'))
    expect(ofHost).toHaveLength(2)
    expect(ofHost[1]).toMatch(
      /^The page of player 65 predicts 30 book that change .* about 3\d kB a tick, and a tick takes 18 kB/,
    )
    expect(match.host.session.failure).toBe(null)
  })

  it('as much, but once and for all, starts: what does not change is told within round trips', () => {
    const { rules, ...rest } = library(30)
    const quiet = { ...rest, rules: { ...rules, step() {} } } as ReturnType<typeof library>
    const match = simulate(quiet, { players: 2, network: { latencyMs: 50 } })
    match.run(3000)
    expect(match.clients.map(({ runner }) => runner.session.ready)).toEqual([true, true])
  })

  it('more than a tick can be told in, long after it began, is told on both pages, with what to do', () => {
    const { rules, ...rest } = library(30)
    const spawning = {
      ...rules,
      referee(world: World) {
        if (world.tick !== 20) return
        const a = 'x'.repeat(224)
        for (const owner of world.players)
          for (let i = 0; i < 30; i++) world.spawn('book', { owner, a, b: a, c: a, d: a })
      },
    }
    const said: string[] = []
    const growing = { ...rest, rules: spawning } as ReturnType<typeof library>
    const match = simulate(growing, { players: 2, warn: (problem) => said.push(problem) })
    const [, guest] = match.clients
    match.run(1900)
    expect([guest!.session.stats().waits, said]).toEqual([null, []])
    match.run(6000)
    expect(guest!.session.stats().waits).toMatchObject({ for: 'ticks' })
    expect(said.filter((one) => /no tick of what this page predicts has come whole/.test(one))).toHaveLength(2)
    expect(said.find((one) => /so it is never put right: a tick takes 16 packets, 18 kB/.test(one))).toBeDefined()
    for (const book of match.host.session.world.all('book')) match.host.session.world.remove(book)
    match.run(1000)
    expect(guest!.session.stats().waits).toBe(null)
  })
})

describe('a client does not wait without a word', () => {
  const start = () => {
    const said: string[] = []
    const match = simulate(library(1), { players: 2, warn: (problem) => said.push(problem) })
    match.run(2000)
    return { match, said, guest: match.clients[1]! }
  }

  it('for the word that its inputs come, while snapshots do', () => {
    const { match, said, guest } = start()
    match.setConditions(guest, { toHost: { loss: 1 }, toGuest: {} })
    match.run(4500)
    expect(guest.session.stats().waits).toBe(null)
    match.run(1500)
    expect(guest.session.stats().waits).toMatchObject({ for: 'acks' })
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/acknowledged none of this page's inputs/)
    match.setConditions(guest, {})
    match.run(1500)
    expect(guest.session.stats().waits).toBe(null)
  })

  it("for packets, of which stats alone tell: what to do then is the link's to say", () => {
    const { match, said, guest } = start()
    match.cut(guest, 6000)
    match.run(5900)
    expect(guest.session.stats().waits).toMatchObject({ for: 'packets' })
    match.run(2500)
    expect([guest.session.stats().waits, said]).toEqual([null, []])
  })

  it('for packets that it can use', () => {
    const { match, said, guest } = start()
    const { runner } = guest
    const receive = runner.receive.bind(runner)
    runner.receive = (bytes, now) => receive(bytes.subarray(0, 9), now)
    match.run(6000)
    expect(guest.session.stats().waits).toMatchObject({ for: 'snapshots' })
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^For 5 s packets of the host have come, and this page could use none/)
  })

  it('but a page that stood still has kept itself waiting', () => {
    const { match, said, guest } = start()
    match.freeze(guest, 20_000)
    match.run(20_500)
    expect([guest.session.stats().waits, said]).toEqual([null, []])
  })
})

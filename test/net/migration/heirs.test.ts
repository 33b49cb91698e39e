import { describe, expect, it } from 'vitest'
import { HeirReceiver } from '../../../net/migration/heir-receiver.ts'
import { HeirSource } from '../../../net/migration/heir-source.ts'
import { Heirs } from '../../../net/migration/heirs.ts'
import { ClientRunner } from '../../../net/runtime/client-runner.ts'
import { HostRunner } from '../../../net/runtime/host-runner.ts'
import { hostStats } from '../../../net/runtime/session-face.ts'
import { ClientSession } from '../../../net/session/client.ts'
import { HostSession } from '../../../net/session/host.ts'
import type { Link } from '../../../net/transport/link.ts'
import { SimulatedNetwork } from '../../../net/transport/simulated.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { ann, arena, bob, start, TICK_MS } from './arena.ts'

/** A match of two over simulated links, with Bob's page as the heir. */
function play(rocks: number, narrowed: (link: Link, now: () => number) => Link = (link) => link) {
  const game = arena(rocks)
  const network = new SimulatedNetwork(7)
  const hostile: unknown[] = []
  const host = new HostRunner(new HostSession({ game, secret: [1, 2, 3, 4], epoch: 1, ...start }), {
    failed: (error) => {
      throw error
    },
    hostile: (player) => hostile.push(player),
  })
  const clients = [ann, bob].map((me) => {
    const [hostEnd, clientEnd] = network.pair({ latencyMs: 20, loss: 0.02 })
    const runner = new ClientRunner(new ClientSession({ game, me, seed: 5, epoch: 1 }), clientEnd)
    hostEnd.listen({ message: (_, bytes) => host.receive(me, bytes, network.now), closed: () => {} })
    clientEnd.listen({
      message: (lane, bytes) =>
        lane === 'bulk' ? runner.heir?.receiveBulk(bytes, network.now) : runner.receive(bytes, network.now),
      closed: () => {},
    })
    host.attach(me, me === bob ? narrowed(hostEnd, () => network.now) : hostEnd)
    return runner
  })
  const run = (ms: number): void => {
    for (const end = network.now + ms; network.now < end; ) {
      host.tick(network.now)
      for (const client of clients) {
        client.tick(network.now)
        client.view(network.now)
      }
      network.advanceTo(network.now + TICK_MS)
    }
  }
  return { game, network, host, guest: clients[0]!, heir: clients[1]!, run, hostile }
}

describe('the heirs of a match', () => {
  it('are told over the links of the match, and stats say how old they are and what they cost', () => {
    const { game, network, host, heir, run, hostile } = play(60)
    run(500)
    expect(hostStats(host, network.now).migration).toBeNull()
    host.heirs = new Heirs(host.session)
    host.heirs.set([bob])
    heir.heir = new HeirReceiver({ game, epoch: 1, start, slow: {} })
    run(2000)
    const { migration } = hostStats(host, network.now)
    expect(migration).toMatchObject({ hindrances: [], heirs: [{ heir: bob, tooLarge: false }] })
    expect(migration!.heirs[0]!.ageMs).toBeLessThan(250)
    expect(migration!.heirs[0]!.bytesPerSecond).toBeGreaterThan(1000)
    expect(heir.heir.ended).toBeNull()
    expect(heir.heir.cut()).not.toBeNull()
    // The match on the heir's page knows nothing of it.
    expect(heir.session.malformed).toEqual({})
    expect(hostile).toEqual([])
  })

  it('never show their page what is hidden: the stream reaches no view, no report and no packet tap', () => {
    const { game, host, heir, run } = play(10)
    host.heirs = new Heirs(host.session)
    host.heirs.set([bob])
    heir.heir = new HeirReceiver({ game, epoch: 1, start, slow: {} })
    const kinds = new Set<number>()
    heir.onPacket((_, sent, bytes) => sent || kinds.add(bytes[1]!))
    run(1500)
    expect(heir.heir.tick).not.toBeNull()
    expect([...kinds]).toEqual([PacketKind.snapshot])
    const { globals, players } = heir.session.report()
    expect(globals!.fields).not.toHaveProperty('deck')
    expect(players.find(({ id }) => id === ann)!.fields).not.toHaveProperty('hand')
  })

  it('are told the world less often behind the first, in whose ticks theirs are; and as often once they are the first', () => {
    const { game, host, guest, heir, run } = play(10)
    const heirs = new Heirs(host.session)
    host.heirs = heirs
    heirs.set([bob, ann])
    for (const page of [guest, heir]) page.heir = new HeirReceiver({ game, epoch: 1, start, slow: {} })
    const build = heirs.build.bind(heirs)
    let told = new Map<unknown, number[]>()
    heirs.build = (...given) => {
      const all = build(...given)
      for (const { heir, sent } of all)
        if (sent.length > 0) told.set(heir, [...(told.get(heir) ?? []), host.session.world.tick])
      return all
    }
    const ticksOf = (ms: number): [number[], number[]] => {
      told = new Map()
      run(ms)
      return [told.get(bob) ?? [], told.get(ann) ?? []]
    }
    run(500)
    const [first, second] = ticksOf(1000)
    expect(first.length).toBeGreaterThanOrEqual(29)
    expect(second.length).toBeLessThanOrEqual(11)
    expect(second.length).toBeGreaterThanOrEqual(9)
    expect(second.filter((tick) => !first.includes(tick))).toEqual([])
    heirs.set([ann])
    run(100)
    expect(ticksOf(1000)[1].length).toBeGreaterThanOrEqual(29)
    // With fewer snapshots no guest has a newer world, and a page that is too slow saves the work.
    host.session.sending.isSparing = true
    run(100)
    expect(ticksOf(1000)[1].length).toBeLessThanOrEqual(16)
  })

  it('are told the world also over a link that takes a packet in 100 ms, where snapshots would take each of its turns', {
    tags: ['long'],
  }, () => {
    const { network, host, heir, run } = play(10, (link, now) => {
      let tookAt = Number.NEGATIVE_INFINITY
      const send: Link['send'] = (lane, bytes) => {
        if (lane === 'state' && now() - tookAt < 99) return 'skipped'
        if (lane === 'state') tookAt = now()
        return link.send(lane, bytes)
      }
      return new Proxy(link, {
        get: (of, name) => {
          const value = name === 'send' ? send : Reflect.get(of, name)
          return typeof value === 'function' ? value.bind(of) : value
        },
      })
    })
    host.heirs = new Heirs(host.session)
    host.heirs.set([bob])
    heir.heir = new HeirReceiver({ game: host.session.game, epoch: 1, start, slow: {} })
    run(1000)
    const ages: number[] = []
    for (let i = 0; i < 40; i++) {
      run(50)
      ages.push(host.migrationReport(network.now)!.heirs[0]!.ageMs ?? Number.POSITIVE_INFINITY)
    }
    expect(Math.max(...ages)).toBeLessThan(700)
  })

  it('are told a tick with the same bytes where they hold the same tick before it', () => {
    const { host, run } = play(10)
    const source = new HeirSource(host.session)
    const before = source.take(0)
    run(50)
    const tick = source.take(0)
    const bytes = source.encode(tick, before)
    expect(source.encode(tick, before)).toBe(bytes)
    const whole = source.encode(tick, null)
    expect(whole.length).toBeGreaterThan(bytes.length)
    expect(source.encode(tick, null)).toBe(whole)
  })

  it('may be changed while the match runs; acks of somebody who is none are packets that no honest page sends', () => {
    const { network, host, run } = play(10)
    host.heirs = new Heirs(host.session)
    host.heirs.set([bob])
    run(200)
    host.heirs.set([ann, bob])
    expect(hostStats(host, network.now).migration!.heirs.map(({ heir }) => heir)).toEqual([ann, bob])
    host.heirs.set([])
    const ack = encodePacket({ kind: PacketKind.heirAck, epoch: 1, tick: 1, body: Uint8Array.of(0, 0) })
    host.receive(ann, ack, network.now)
    expect(host.session.malformed).toEqual({ packet: 1 })
  })

  it('hold the result of a command back until one of them has its tick, a quarter of a second at most', async () => {
    const { game, network, host, guest, heir, run } = play(10)
    const answeredAfter = async (): Promise<number> => {
      const at = network.now
      let answered = false
      void guest.command('buy', { price: 1 }).then(() => {
        answered = true
      })
      while (!answered && network.now < at + 1000) {
        run(TICK_MS)
        await Promise.resolve()
        await Promise.resolve()
      }
      return network.now - at
    }
    run(1000)
    const alone = await answeredAfter()
    host.heirs = new Heirs(host.session)
    host.heirs.set([bob])
    heir.heir = new HeirReceiver({ game, epoch: 1, start, slow: {} })
    run(1500)
    const warm = await answeredAfter()
    expect(warm).toBeGreaterThan(alone)
    expect(warm).toBeLessThan(alone + 150)
    // Its page stands still, so it has nothing new.
    heir.heir = null
    const silent = await answeredAfter()
    expect(silent).toBeGreaterThan(alone + 150)
    expect(silent).toBeLessThan(alone + 350)
  })
})

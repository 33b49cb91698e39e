import { describe, expect, it } from 'vitest'
import { defineGame, entity, type PlayerId, t } from '../../../net/index.ts'
import { HeirReceiver } from '../../../net/migration/heir-receiver.ts'
import { Heirs } from '../../../net/migration/heirs.ts'
import { ClientRunner } from '../../../net/runtime/client-runner.ts'
import { HostRunner } from '../../../net/runtime/host-runner.ts'
import { type TakeOver, takeOver } from '../../../net/runtime/take-over.ts'
import { ClientSession } from '../../../net/session/client.ts'
import { HostSession } from '../../../net/session/host.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { SimulatedNetwork } from '../../../net/transport/simulated.ts'
import { decodePacket, isDefect, PacketKind } from '../../../net/wire/packet.ts'
import { playerId } from '../../../net/world/ids.ts'

const TICK_MS = 1000 / 60
const [bob, cas] = [playerId(1, 1), playerId(2, 1)]

/** Rules that cost so many ms a tick, by the test's own clock. */
const walk = (spend: () => void) =>
  defineGame({
    id: 'walk',
    version: 1,
    maxPlayers: 4,
    input: { x: t.int(-1, 1) },
    entities: { walker: entity({ x: t.fixed({ min: 0, max: 9000, step: 1 / 8 }), steps: t.int(0, 99_999) }) },
    step(world) {
      spend()
      for (const walker of world.all('walker')) {
        walker.x += world.inputOf(walker.owner).x
        walker.steps += Math.abs(world.inputOf(walker.owner).x)
      }
    },
    referee(world) {
      for (const owner of world.joined) world.spawn('walker', { owner, x: 100 })
    },
  })

/** Ann hosts without a player, Bob's page is the heir, Cas's a follower. Each sends its packets through `network`. */
function play({ tickCostMs = 0, latencyMs = 30 } = {}) {
  let spent = 0
  let ticks = 0
  const game = walk(() => {
    ticks++
    spent += tickCostMs
  })
  const network = new SimulatedNetwork(3)
  const options = { game, seed: 3 }
  const handlers = {
    failed: (error: unknown) => {
      throw error
    },
    hostile: () => {
      throw new Error('hostile')
    },
  }
  const old = new HostRunner(new HostSession({ ...options, secret: [1, 2, 3, 4], epoch: 1 }), handlers)
  const connect = (host: HostRunner, me: PlayerId, runner: () => ClientRunner) => {
    const [hostEnd, clientEnd] = network.pair({ latencyMs })
    hostEnd.listen({ message: (_, bytes) => host.receive(me, bytes, network.now), closed: () => {} })
    clientEnd.listen({
      message: (lane, bytes) =>
        lane === 'bulk' ? runner().heir?.receiveBulk(bytes, network.now) : runner().receive(bytes, network.now),
      closed: () => {},
    })
    host.attach(me, hostEnd)
    return clientEnd
  }
  const clients = [bob, cas].map((me) => {
    const runner: ClientRunner = new ClientRunner(
      new ClientSession({ ...options, me, epoch: 1 }),
      connect(old, me, () => runner),
    )
    return runner
  })
  const [heir, follower] = clients as [ClientRunner, ClientRunner]
  old.heirs = new Heirs(old.session)
  old.heirs.set([bob])
  heir.heir = new HeirReceiver({ game, epoch: 1, start: { seed: 3 }, slow: {} })
  let host = old
  const run = (ms: number, each: () => void = () => {}): void => {
    for (const end = network.now + ms - 1e-6; network.now < end; ) {
      each()
      host.tick(network.now)
      for (const client of clients) {
        client.session.input({ x: 1 })
        client.tick(network.now)
        client.view(network.now)
      }
      network.advanceTo(network.now + TICK_MS)
    }
  }
  const goOn = (more: { upTo?: number; waitMs?: number } = {}): TakeOver => {
    const [hostEnd, clientEnd] = loopbackPair({ defer: (deliver) => network.at(network.now, deliver) })
    const stopwatch = () => spent
    const change = takeOver({
      ...{ heir: heir.heir!, client: heir, own: { hostEnd, clientEnd }, handlers, now: network.now, ...more },
      host: { ...options, epoch: 4, stopwatch },
    })
    if (typeof change === 'string') throw new Error(change)
    hostEnd.listen({ message: (_, bytes) => change.host.receive(bob, bytes, network.now), closed: () => {} })
    clientEnd.listen({ message: (_, bytes) => heir.receive(bytes, network.now), closed: () => {} })
    host = change.host
    return change
  }
  const follow = ({ host: next, rebase }: TakeOver): void =>
    follower.rebase({ ...rebase, link: connect(next, cas, () => follower) })
  const silence = (ms: number): void => {
    host = { tick: () => {} } as unknown as HostRunner
    run(ms)
  }
  const ticksIn = (work: () => void): number => {
    const before = ticks
    work()
    return ticks - before
  }
  return { network, old, heir, follower, run, goOn, follow, silence, ticksIn, host: () => host }
}

const stepsOf = ({ session }: HostRunner, player: PlayerId) =>
  session.report().entities.find(({ id }) => session.world.records.get(id)?.owner === player)!.fields.steps

describe('a page that takes over', () => {
  it('goes on from the newest whole tick with the inputs that its followers send again', () => {
    const match = play()
    match.run(2000)
    const corrections = () => match.heir.session.prediction.corrections + match.follower.session.prediction.corrections
    const before = corrections()
    match.silence(700)
    const change = match.goOn()
    match.follow(change)
    match.run(500)
    const { host } = change
    expect(host.isGoingOn).toBe(false)
    expect(change.cut.tick).toBeGreaterThan(match.old.session.world.tick - 15)
    // They walked on all the while, and the new host counts every step, as if the old one had never gone.
    for (const player of [bob, cas]) expect(host.session.clients.get(player)!.inputs.starvedTicks).toBe(0)
    expect(stepsOf(host, bob)).toBe(stepsOf(host, cas))
    expect(corrections()).toBe(before)
  })

  it('sends nothing before the match is in the present, and then nothing older than a follower has seen', () => {
    const match = play()
    match.run(2000)
    const seen = match.follower.session.confirmedTick
    match.silence(600)
    const told: number[] = []
    const change = match.goOn()
    match.follower.onPacket((_, sent, bytes) => {
      const packet = decodePacket(bytes)
      if (!sent && !isDefect(packet) && packet.kind === PacketKind.snapshot) told.push(packet.tick)
    })
    match.follow(change)
    change.host.followerHas(seen)
    match.run(100)
    match.run(600)
    expect(told.length).toBeGreaterThan(10)
    expect(told[0]).toBeGreaterThan(seen)
    expect([...told].sort((a, b) => a - b)).toEqual(told)
  })

  it('begins at once when everybody has sent their inputs, and waits for nobody longer than 150 ms', () => {
    const began = (followed: boolean): number => {
      const match = play({ latencyMs: 20 })
      match.run(1500)
      const change = match.goOn()
      if (followed) match.follow(change)
      const at = match.network.now
      while (change.host.isGoingOn) match.run(TICK_MS)
      return match.network.now - at
    }
    expect(began(true)).toBeLessThan(80)
    expect(began(false)).toBeGreaterThan(140)
    expect(began(false)).toBeLessThan(190)
  })

  it('runs no more than a frame takes at once, and skips what is further back than a second and a half', () => {
    const match = play({ tickCostMs: 4 })
    match.run(1500)
    match.silence(5000)
    const change = match.goOn({ waitMs: 0 })
    match.follow(change)
    const ran: number[] = []
    while (change.host.isGoingOn) ran.push(match.ticksIn(() => change.host.tick(match.network.now)))
    expect(Math.max(...ran)).toBeLessThanOrEqual(4)
    expect(ran.reduce((sum, ticks) => sum + ticks, 0)).toBeLessThanOrEqual(90)
    // The rest of the silence never was: followers are told that time stood still.
    expect(change.rebase.shiftTicks).toBeLessThan(-200)
  })

  it('believes no follower who names a tick that the old host cannot have reached', () => {
    const match = play()
    match.run(1500)
    const change = match.goOn()
    change.host.followerHas(9_000_000)
    change.host.followerHas(Number.NaN)
    match.follow(change)
    match.run(400)
    expect(change.host.session.world.tick).toBeLessThan(150)
  })

  it('goes on from no tick after the one that the old host stopped at', () => {
    const match = play()
    match.run(2000)
    const newest = match.heir.heir!.tick!
    expect(match.goOn({ upTo: newest - 4 }).cut.tick).toBeLessThanOrEqual(newest - 4)
  })

  it('says why it cannot, when it has no whole tick', () => {
    const match = play()
    expect(() => match.goOn()).toThrow('no whole tick')
  })
})

describe('a host that hands over', () => {
  it('runs no tick more, hears nobody, and tells its heirs the tick that it stopped at until they have it', () => {
    const match = play()
    match.run(2000)
    const stoppedAt = match.old.stop(match.network.now)
    const acked = match.old.session.clients.get(cas)!.inputs.newest
    match.run(120)
    expect(match.heir.heir!.tick).toBe(stoppedAt)
    expect(match.old.session.world.tick).toBe(stoppedAt)
    expect(match.old.session.clients.get(cas)!.inputs.newest).toBe(acked)
    const up = match.old.up.read(match.network.now + 2000).bytesPerSecond
    match.run(300)
    expect(match.old.up.read(match.network.now + 2000).bytesPerSecond).toBe(up)
    expect(match.goOn({ upTo: stoppedAt }).cut.tick).toBe(stoppedAt)
  })
})

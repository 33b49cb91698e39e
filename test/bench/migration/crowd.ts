/** Scenario M as a host of 16 clients runs it in virtual time, with warm heirs among them or without: what they cost its uplink and its tick. */
import { HeirReceiver } from '../../../net/migration/heir-receiver.ts'
import { Heirs } from '../../../net/migration/heirs.ts'
import { ClientRunner } from '../../../net/runtime/client-runner.ts'
import { HostRunner } from '../../../net/runtime/host-runner.ts'
import { ClientSession } from '../../../net/session/client.ts'
import { HostSession } from '../../../net/session/host.ts'
import { SimulatedNetwork } from '../../../net/testing.ts'
import { playerId } from '../../../net/world/ids.ts'
import { arena } from '../worlds/arena.ts'
import { arenaOptions, pilotsOf } from '../worlds/scenarios.ts'

const SEED = 1
const TICK_MS = 1000 / 60
/** Joins are over, and coding parameters learnt. */
const WARM_UP_MS = 4000
const PATH = { latencyMs: 40, jitterMs: 5, loss: 0.01 }

export interface CrowdCost {
  /** Payload that left the host, with both lanes. */
  readonly bytesPerSecond: number
  /** What a call of the host's tick took, in the mean, ms. */
  readonly tickMs: number
}

/** `heirs`: how many of the clients are warm heirs. */
export function crowdCost(heirs: number, ms: number): CrowdCost {
  const network = new SimulatedNetwork(SEED)
  const shared = { game: arena, seed: SEED, options: arenaOptions('M'), epoch: 1 }
  const handlers = {
    failed: (error: unknown) => {
      throw error
    },
    hostile: () => {
      throw new Error('The host took a client for hostile.')
    },
  }
  const host = new HostRunner(new HostSession({ ...shared, secret: [SEED, 2, 3, 4] }), handlers)
  const clients = pilotsOf('M', SEED).map((pilot, seat) => {
    const me = playerId(seat, 1)
    const [hostEnd, clientEnd] = network.pair(PATH)
    const runner = new ClientRunner(new ClientSession({ ...shared, me }), clientEnd)
    hostEnd.listen({ message: (_, bytes) => host.receive(me, bytes, network.now), closed: () => {} })
    clientEnd.listen({
      message: (lane, bytes) =>
        lane === 'bulk' ? runner.heir?.receiveBulk(bytes, network.now) : runner.receive(bytes, network.now),
      closed: () => {},
    })
    host.attach(me, hostEnd)
    return { me, pilot, runner }
  })
  if (heirs > 0) {
    const warm = clients.slice(0, heirs)
    host.heirs = new Heirs(host.session)
    host.heirs.set(warm.map(({ me }) => me))
    for (const { runner } of warm) runner.heir = new HeirReceiver({ game: arena, epoch: 1, start: shared, slow: {} })
  }
  let [bytes, ticks, spentMs] = [0, 0, 0]
  const add = host.up.add.bind(host.up)
  host.up.add = (now, sent) => {
    if (now >= WARM_UP_MS) bytes += sent
    add(now, sent)
  }
  while (network.now < WARM_UP_MS + ms) {
    const began = performance.now()
    host.tick(network.now)
    if (network.now >= WARM_UP_MS) {
      spentMs += performance.now() - began
      ticks++
    }
    for (const { pilot, runner } of clients) {
      runner.session.input({ ...pilot(null, []) })
      runner.tick(network.now)
    }
    network.advanceTo(network.now + TICK_MS)
  }
  return { bytesPerSecond: (bytes * 1000) / ms, tickMs: spentMs / ticks }
}

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
import type { Pilot } from '../worlds/pilots.ts'
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
class Crowd {
  private readonly network = new SimulatedNetwork(SEED)
  private readonly host: HostRunner
  private readonly clients: readonly { readonly pilot: Pilot; readonly runner: ClientRunner }[]
  private bytes = 0
  private ticks = 0
  private spentMs = 0

  constructor(heirs: number) {
    const { network } = this
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
    this.host = host
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
    this.clients = clients
    if (heirs > 0) {
      const warm = clients.slice(0, heirs)
      host.heirs = new Heirs(host.session)
      host.heirs.set(warm.map(({ me }) => me))
      for (const { runner } of warm) runner.heir = new HeirReceiver({ game: arena, epoch: 1, start: shared, slow: {} })
    }
    const add = host.up.add.bind(host.up)
    host.up.add = (now, sent) => {
      if (now >= WARM_UP_MS) this.bytes += sent
      add(now, sent)
    }
  }

  tick(): void {
    const { now } = this.network
    const began = performance.now()
    this.host.tick(now)
    if (now >= WARM_UP_MS) {
      this.spentMs += performance.now() - began
      this.ticks++
    }
    for (const { pilot, runner } of this.clients) {
      runner.session.input({ ...pilot(null, []) })
      runner.tick(now)
    }
    this.network.advanceTo(now + TICK_MS)
  }

  get cost(): CrowdCost {
    return { bytesPerSecond: (this.bytes * 1000) / (this.ticks * TICK_MS), tickMs: this.spentMs / this.ticks }
  }
}

/**
 * The same match without heirs and with so many, in turns of a tick: what else the machine does falls on both alike. `ms`: how long is
 * measured, in virtual time.
 */
export function crowdCosts(heirs: number, ms: number): { readonly without: CrowdCost; readonly withHeirs: CrowdCost } {
  const [without, withHeirs] = [new Crowd(0), new Crowd(heirs)]
  for (let now = 0; now < WARM_UP_MS + ms; now += TICK_MS) {
    without.tick()
    withHeirs.tick()
  }
  return { without: without.cost, withHeirs: withHeirs.cost }
}

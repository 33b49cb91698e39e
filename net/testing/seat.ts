/** A seat of a simulated match: the machine that a client runs on, and the connections that it has with the host, one after the other. */

import { MetPlayers } from '../lobby/members/met-players.ts'
import type { ClientRunner } from '../runtime/client-runner.ts'
import type { HostRunner } from '../runtime/host-runner.ts'
import type { Link, LinkCloseReason } from '../transport/link.ts'
import { loopbackPair } from '../transport/loopback.ts'
import type { BothWays } from '../transport/simulated/conditions.ts'
import type { Machine } from '../transport/simulated/machine.ts'
import type { SimulatedLink, SimulatedNetwork } from '../transport/simulated.ts'
import type { PlainValues } from '../world/complete-values.ts'
import type { PlayerId } from '../world/ids.ts'

type Uplink = ReturnType<SimulatedNetwork['uplink']>

/** What a seat needs of the match around it. */
export interface Table {
  readonly network: SimulatedNetwork
  readonly uplink: Uplink | null
  readonly host: HostRunner
  readonly hostMachine: Machine
  readonly resumeSeconds: number
  /** Whether the player still has the seat. */
  isSeated(player: PlayerId): boolean
  /** The seat is the next player's. */
  free(player: PlayerId): void
}

export class Seat {
  /** When a lost player is back, in virtual ms; null while they are not about to come back. */
  backAt: number | null = null
  /** Nothing sets out before, over whichever connection, in virtual ms. */
  cutUntil = 0
  /** Null for the host's own player, whose link is no network. */
  network: { readonly toHost: SimulatedLink; readonly toGuest: SimulatedLink } | null = null
  /** The network between the host and this guest. */
  conditions: BothWays
  readonly machine: Machine
  readonly people = new MetPlayers()
  /** The host's end of the present connection. */
  hostEnd: Link | null = null
  private readonly table: Table
  private readonly me: PlayerId
  private readonly choice: PlainValues
  /** Connections that are followed by another. */
  private readonly followed = new WeakSet<Link>()
  private connections = 0

  constructor(table: Table, me: PlayerId, machine: Machine, conditions: BothWays, choice: PlainValues) {
    this.table = table
    this.me = me
    this.choice = choice
    this.machine = machine
    this.conditions = conditions
  }

  /** Opens the first or another connection, for the client and for the host. Returns the client's end. */
  connect(client: () => ClientRunner): Link {
    const { table, machine, me } = this
    const { network, host, hostMachine } = table
    const [hostEnd, clientEnd] = this.openPair(machine === hostMachine)
    const connection = ++this.connections
    this.hostEnd = hostEnd
    hostEnd.listen({
      message: (lane, bytes) =>
        lane === 'state' && hostMachine.hear(() => host.receive(me, bytes, hostMachine.localTime(network.now))),
      closed: (reason) => hostMachine.hear(() => this.departed(hostEnd, connection, reason)),
    })
    clientEnd.listen({
      message: (lane, bytes) =>
        lane === 'state' &&
        machine.hear(() => client().link === clientEnd && client().receive(bytes, machine.localTime(network.now))),
      closed: () => machine.hear(() => this.followed.has(clientEnd) || client().finish('host-left')),
    })
    host.attach(me, hostEnd, this.choice)
    return clientEnd
  }

  private openPair(isHost: boolean): readonly [Link, Link] {
    const { network, uplink } = this.table
    if (isHost) return loopbackPair({ defer: (deliver) => network.at(network.now, deliver) })
    const { route } = this.conditions
    const [toGuest, toHost] = network.pair(this.conditions.toGuest, this.conditions.toHost, { uplink, route })
    this.network = { toGuest, toHost }
    if (this.cutUntil > network.now) for (const end of [toGuest, toHost]) end.cut(this.cutUntil - network.now)
    return [toGuest, toHost]
  }

  private departed(hostEnd: Link, connection: number, reason: LinkCloseReason): void {
    const { network, host, resumeSeconds } = this.table
    host.detach(this.me, hostEnd)
    // The seat of a player who was replaced is another page's now.
    if (reason === 'replaced' || this.hostEnd !== hostEnd || !this.table.isSeated(this.me)) return
    if ((reason !== 'lost' && reason !== 'away') || resumeSeconds === 0) return this.table.free(this.me)
    network.at(network.now + resumeSeconds * 1000, () => this.connections === connection && this.table.free(this.me))
  }

  /** The connection ends without a goodbye, and another will follow. */
  lose(client: ClientRunner): void {
    this.followed.add(client.link)
    client.suspend()
    client.link.close('lost')
  }
}

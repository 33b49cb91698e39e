/**
 * A change of host, played on a copy of the heir's world, before there is one. The first run of code takes a browser several times as long
 * as the next ones: it is read, compiled and learned about. So a page that has never hosted would let the others wait just when it
 * matters. Nothing of the rehearsal leaves this page, and nothing of the page's own match is touched.
 *
 * In go the heir's receiver and what the host would be made with; `step` does a small part at a time, so that no frame is late for it.
 */
import type { HeirReceiver } from '../migration/heir-receiver.ts'
import { Heirs } from '../migration/heirs.ts'
import { ClientSession } from '../session/client.ts'
import type { HostOptions } from '../session/host-options.ts'
import type { Link } from '../transport/link.ts'
import { loopbackPair } from '../transport/loopback.ts'
import type { Lane } from '../wire/lanes.ts'
import type { PlayerId } from '../world/ids.ts'
import { ClientRunner } from './client-runner.ts'
import type { HostRunner } from './host-runner.ts'
import { type TakeOver, takeOver } from './take-over.ts'

/** By then it has waited for inputs, caught up, and sent whole snapshots and many changes of them, s. */
const SECONDS = 0.75
/** So many of the players take part, and all of them know the world: each costs what a player's own page does. */
const MAX_FOLLOWERS = 2

export interface RehearsalOptions {
  readonly heir: HeirReceiver
  /** This page's player. */
  readonly me: PlayerId
  readonly spectating: boolean
  /** As of the match that runs. */
  readonly host: Omit<HostOptions, 'secret'>
}

export class Rehearsal {
  readonly host: HostRunner
  /** This page's player first. */
  readonly clients: ClientRunner[] = []
  private readonly options: RehearsalOptions
  private readonly tickMs: number
  private now = 0
  private left: number

  /** Null: there is nothing yet to go on from. */
  static begin(options: RehearsalOptions): Rehearsal | null {
    const { heir, me, spectating, host } = options
    const own = pairOf(options, me, spectating)
    const taken = takeOver({
      ...{ heir, client: own.client, own, now: 0, host: { ...host, epoch: host.epoch + 1 } },
      handlers: { failed: () => {}, hostile: () => {} },
    })
    return typeof taken === 'string' ? null : new Rehearsal(options, own, taken)
  }

  private constructor(options: RehearsalOptions, own: Pair, { host, rebase }: TakeOver) {
    const { tickRate } = options.host.game
    this.options = options
    this.host = host
    this.tickMs = 1000 / tickRate
    this.left = Math.round(SECONDS * tickRate)
    this.listen(own)
    for (const player of this.followers()) this.follow(player, rebase)
    const heirs = new Heirs(host.session)
    heirs.set(this.clients.slice(1, 2).map(({ session }) => session.me))
    host.heirs = heirs
  }

  /** Players with pages of their own. The others are away. */
  private followers(): PlayerId[] {
    const { session } = this.host
    const others = [...session.clients.values()].filter(({ awaited }) => awaited).map(({ player }) => player)
    for (const player of others.slice(MAX_FOLLOWERS)) session.leave(player)
    return others.slice(0, MAX_FOLLOWERS)
  }

  private follow(player: PlayerId, rebase: TakeOver['rebase']): void {
    const spectates = this.host.session.clients.get(player)?.spectates ?? false
    const pair = pairOf(this.options, player, spectates)
    this.listen(pair)
    this.host.attach(player, pair.hostEnd, undefined, spectates)
    pair.client.rebase({ ...rebase, link: pair.clientEnd, host: this.options.me })
  }

  private listen({ client, hostEnd, clientEnd }: Pair): void {
    const onState = (receive: (bytes: Uint8Array) => void) => ({
      message: (lane: Lane, bytes: Uint8Array) => lane === 'state' && receive(bytes),
      closed: () => {},
    })
    hostEnd.listen(onState((bytes) => this.host.receive(client.session.me, bytes, this.now)))
    clientEnd.listen(onState((bytes) => client.receive(bytes, this.now)))
    this.clients.push(client)
  }

  /** One tick of it. False: it is over. */
  step(): boolean {
    this.now += this.tickMs
    this.host.tick(this.now)
    for (const client of this.clients) client.tick(this.now)
    return --this.left > 0
  }
}

/** A player of the rehearsal, and the link to its host. */
interface Pair {
  readonly client: ClientRunner
  readonly hostEnd: Link
  readonly clientEnd: Link
}

function pairOf(
  { host: { game, seed, options, settings, epoch } }: RehearsalOptions,
  me: PlayerId,
  spectating: boolean,
): Pair {
  const [hostEnd, clientEnd] = loopbackPair()
  const start = { seed, ...(options && { options }), ...(settings && { settings }) }
  return {
    client: new ClientRunner(new ClientSession({ game, me, spectating, epoch, ...start }), clientEnd),
    hostEnd,
    clientEnd,
  }
}

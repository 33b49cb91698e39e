/**
 * Drives a client's session over its link: packets in and out, and events, results and divergences to the page's listeners. Time comes in as
 * an argument; the owner has the timers.
 *
 * A lost link ends neither the match nor this runner: it pauses (`suspend`) until it is given another link (`rebase`), and the same
 * session goes on. While another host is greeted (`follow`), inputs go to it already. While the host is asked for another seat (`awaitSeat`), no
 * state packet is sent or read.
 */

import { StarwireError } from '../errors/starwire-error.ts'
import type { HeirReceiver } from '../migration/heir-receiver.ts'
import { Emitter } from '../platform/emitter.ts'
import type { Divergence } from '../prediction/divergence.ts'
import type { ClientSession } from '../session/client.ts'
import type { Rebase, Reseat } from '../session/client-options.ts'
import type { HeardEvent } from '../session/event-inbox.ts'
import { RateMeter } from '../session/rates.ts'
import type { Migrated } from '../session/types.ts'
import type { DrawnWorld } from '../session/view.ts'
import type { Link } from '../transport/link.ts'
import { isOfKind, PacketKind } from '../wire/packet.ts'
import type { Reason } from '../wire/reasons.ts'
import { named } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'

type Listener = (event: HeardEvent) => void

interface OpenCommand {
  resolve(result: unknown): void
  reject(error: StarwireError): void
}

const SPECTATORS_DO_NOT_COMMAND =
  'A spectator asks the referee for nothing: look at session.spectating, and become a player by lobby.spectate(false).'

/**
 * An ack of an heir that has waited for so long goes before the next inputs, ms. A link that takes one packet at a time, as by the relay, would
 * take inputs alone, and the heir would never be told a change of the world.
 */
const HEIR_ACK_WAITS_MS = 100

export class ClientRunner {
  readonly session: ClientSession
  link: Link
  readonly up = new RateMeter()
  readonly ended: Promise<Reason | null>
  /** The host's world, as this page is told it as an heir. The session never sees it. Null: this page is no heir. */
  heir: HeirReceiver | null = null
  /** An ack that the link has not taken, and since when it waits, ms. Null: none waits. */
  private heirAck: { readonly bytes: Uint8Array; readonly since: number } | null = null
  private readonly gameEvents = new Emitter<Record<string, HeardEvent>>()
  private readonly faceEvents = new Emitter<{ diverged: Divergence; migrated: Migrated }>()
  private readonly open = new Map<number, OpenCommand>()
  private readonly packetTaps = new Set<(at: number, sent: boolean, bytes: Uint8Array) => void>()
  private end: (reason: Reason | null) => void = () => {}
  private over = false
  private suspended = false
  /** Another host, who is greeted; null: none is. */
  private followed: { readonly link: Link; readonly epoch: number } | null = null
  /** The host is asked for another seat and has not answered. */
  private awaitsSeat = false

  constructor(session: ClientSession, link: Link) {
    this.session = session
    this.link = link
    this.ended = new Promise((resolve) => {
      this.end = resolve
    })
  }

  /** `denied` is called for an event that was told when predicted, and did not happen. */
  on(name: string, heard: Listener, denied: Listener = () => {}): () => void {
    named('event', name, this.session.game.schema.eventsByName)
    return this.gameEvents.on(name, (event) => (event.denied ? denied : heard)(event))
  }

  /** Listens to mispredictions. */
  onDiverged(heard: (divergence: Divergence) => void): () => void {
    return this.faceEvents.on('diverged', heard)
  }

  /** Listens to changes of host. */
  onMigrated(heard: (migrated: Migrated) => void): () => void {
    return this.faceEvents.on('migrated', heard)
  }

  /** Listens to every state packet that arrives or is sent. Returns a function that stops it. */
  onPacket(heard: (at: number, sent: boolean, bytes: Uint8Array) => void): () => void {
    this.packetTaps.add(heard)
    return () => this.packetTaps.delete(heard)
  }

  command(name: string, payload: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (this.over) return Promise.reject(new StarwireError('host-left', 'the match is over'))
    if (this.suspended) return Promise.reject(new StarwireError('host-silent', 'the connection is lost at the moment'))
    if (this.session.spectating || this.awaitsSeat) return Promise.reject(new TypeError(SPECTATORS_DO_NOT_COMMAND))
    let id: number | null
    try {
      id = this.session.command(name, payload)
    } catch (error) {
      // A value out of the game's range is an answer, by rejection. Anything else is the page's mistake, and thrown.
      if (error instanceof RangeError) return Promise.reject(error)
      throw error
    }
    if (id === null)
      return Promise.reject(new RangeError('Too many commands are open: wait for their answers before sending more.'))
    return new Promise((resolve, reject) => this.open.set(id, { resolve, reject }))
  }

  /**
   * The link is lost. Commands without a result are rejected: nobody here knows whether they ran, so they are never sent a
   * second time. Until `rebase` the world is drawn as it was last known, and of what the player does only held input counts.
   */
  suspend(): void {
    this.followed = null
    if (this.over || this.suspended) return
    this.suspended = true
    this.session.giveUpCommands()
    this.rejectOpen('host-silent', 'the connection was lost; whether this ran is not known')
  }

  /**
   * Another host, of this epoch, is greeted over `link`. Until `rebase` or `suspend`, each tick sends it all inputs that are kept: it waits for
   * them before it goes on, and then runs a tick with each.
   */
  follow(link: Link, epoch: number): void {
    this.followed = { link, epoch }
  }

  /**
   * Goes on over another link: with the same host when its epoch is the present one, else with another host, whose player is `host`
   * (null: it has none). The session stays the same. Commands without a result are rejected, but for another host, which goes on
   * with them. Buttons that were pressed in a pause are forgotten.
   */
  rebase({ link, host = null, ...from }: Rebase & { readonly link: Link; readonly host?: PlayerId | null }): void {
    if (this.over) return
    const isSameHost = from.epoch === this.session.epoch
    if (this.suspended) this.session.releaseButtons()
    if (isSameHost) this.rejectOpen('host-silent', 'the connection was lost; whether this ran is not known')
    this.session.rebase(from)
    this.link = link
    this.followed = null
    this.suspended = false
    this.awaitsSeat = false
    const { me, confirmedTick } = this.session
    if (!isSameHost) this.faceEvents.emit('migrated', { host, mine: host === me, tick: from.tick ?? confirmedTick })
  }

  /** The host is asked for another seat. State packets until the answer would count for the wrong one. */
  awaitSeat(): void {
    this.awaitsSeat = true
  }

  /** The host has answered that this page keeps its seat. */
  keepSeat(): void {
    this.awaitsSeat = false
  }

  /** Goes on in another seat, as a player or a spectator; over this link, where the first was lost meanwhile. */
  reseat({ link = this.link, ...seat }: Reseat & { readonly link?: Link }): void {
    if (this.over) return
    this.rejectOpen('host-silent', 'the player left their seat; whether this ran is not known')
    this.session.reseat(seat)
    this.link = link
    this.suspended = false
    this.awaitsSeat = false
  }

  /** The drawn world. */
  view(at: number): DrawnWorld {
    return this.session.view(at)
  }

  receive(bytes: Uint8Array, now: number): void {
    if (this.over || this.suspended || this.awaitsSeat) return
    // Hidden fields are in it: it goes to no tap and no recording.
    if (this.heir && isOfKind(PacketKind.heirPart, bytes)) return this.heir.receivePacket(bytes, now)
    for (const heard of this.packetTaps) heard(now, false, bytes)
    this.session.receive(bytes, now)
    for (const event of this.session.arrivedEvents()) this.gameEvents.emit(event.name, event)
  }

  /** To the host that is greeted. */
  private sendAhead(now: number): void {
    if (!this.followed) return
    const { link, epoch } = this.followed
    const bytes = this.session.inputsFor(epoch)
    if (bytes && link.send('state', bytes) === 'sent') this.up.add(now, bytes.length)
  }

  /** What the link does not take is sent again: the host tells the world anew only after an ack, or seconds later. */
  private ackAsHeir(now: number): void {
    const due = this.heir?.outgoing() ?? null
    if (due) this.heirAck = { bytes: due, since: this.heirAck?.since ?? now }
    if (!this.heir) this.heirAck = null
    if (!this.heirAck || this.link.send('state', this.heirAck.bytes) !== 'sent') return
    this.up.add(now, this.heirAck.bytes.length)
    this.heirAck = null
  }

  tick(now: number): void {
    if (this.over) return
    if (this.suspended) return this.tellEvents()
    this.session.advance(now)
    if (this.heirAck && now - this.heirAck.since >= HEIR_ACK_WAITS_MS) this.ackAsHeir(now)
    const bytes = this.awaitsSeat ? null : this.session.outgoing(now)
    if (bytes && this.link.send('state', bytes) === 'sent') {
      this.session.sent(now, bytes.length)
      this.up.add(now, bytes.length)
      for (const heard of this.packetTaps) heard(now, true, bytes)
    }
    this.sendAhead(now)
    this.ackAsHeir(now)
    this.tellEvents()
    for (const divergence of this.session.takeDivergences()) this.faceEvents.emit('diverged', divergence)
    for (const id of this.session.takeLostCommands()) {
      this.open.get(id)?.reject(new StarwireError('host-changed', 'the new host cannot tell whether this ran'))
      this.open.delete(id)
    }
    for (const { id, result } of this.session.takeResults()) {
      this.open.get(id)?.resolve(result)
      this.open.delete(id)
    }
    if (this.session.failure !== null) this.finish('rules-failed')
  }

  /** Also while suspended: events that came before are told when the drawn world reaches them. */
  private tellEvents(): void {
    for (const event of this.session.events()) this.gameEvents.emit(event.name, event)
  }

  /** The match is over for this page; null when it left by itself. */
  finish(reason: Reason | null): void {
    if (this.over) return
    this.over = true
    this.rejectOpen(reason ?? 'host-left', 'the match is over')
    this.end(reason)
  }

  private rejectOpen(reason: Reason, detail: string): void {
    for (const { reject } of this.open.values()) reject(new StarwireError(reason, detail))
    this.open.clear()
  }
}

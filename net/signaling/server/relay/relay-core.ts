/**
 * The relay without a network: carries messages between the two sockets of a pair. In: offers for an admitted guest, sockets and
 * what they say. Out: tickets, messages, ends. Time, chance and signatures are arguments. Its limits stand in relay-limits.ts.
 *
 * Invariants: a message goes to the one partner, in order, as it came, or the pair ends. A ticket is used once. A pair that loses
 * one socket loses the other. After `close` there is no socket and no timer.
 */
import type { Cancel } from '../../../platform/platform.ts'
import { MAX_RELAY_MESSAGE_BYTES } from '../../../transport/relay/relay-frames.ts'
import { LEASE_MS, PING_EVERY_MS, type SignalingLimits, SWEEP_EVERY_MS } from '../limits.ts'
import { randomName } from '../random-names.ts'
import type { ServerPlatform } from '../server-platform.ts'
import type { RelayClaim, Tokens } from '../tokens.ts'
import { ByteRate } from './byte-rate.ts'
import type { Onward, OpenOnward } from './other-process.ts'
import * as limit from './relay-limits.ts'
import type { RelaySocket, RelaySocketEvents } from './relay-socket.ts'

export interface RelayOptions {
  readonly platform: ServerPlatform
  readonly limits: SignalingLimits
  readonly tokens: Pick<Tokens, 'signRelay' | 'readRelay'>
  /** Reaches the relays of other processes. Default: there are none, and a ticket for another process is void. */
  readonly openOnward?: OpenOnward | undefined
}

/** A ticket for each side. */
export type RelayOffer = Readonly<Record<RelayClaim['side'], string>>

/** Why a socket was closed by the server. `ticket`: forged, expired or used; `unreached`: of another process, which is not there; `spoke`: out of turn or too much. */
export const relayRefusals = ['ticket', 'spoke', 'late', 'alone', 'silent', 'unreached'] as const
export type RelayRefusal = (typeof relayRefusals)[number]

export interface RelayStats {
  /** Pairs with both sockets. */
  pairs: number
  /** Open sockets, those without a partner and those to other processes included. */
  sockets: number
  /** Sockets of pages whose pair is at another process. */
  forwarded: number
  messages: number
  bytes: number
  /** Sockets that are not read at present, because their partner reads too slowly. */
  held: number
  /** How often a socket was read no more because its lobby or this process had sent too much. */
  slowed: number
  refused: Record<RelayRefusal, number>
}

/** WebSocket's own codes: broken rules, a normal end, try again later; a server that goes away, and one that is replaced. */
const CODES: Record<RelayRefusal, number> = {
  ticket: 1008,
  spoke: 1008,
  late: 1008,
  alone: 1000,
  silent: 1000,
  unreached: 1013,
}
const GOING_AWAY = 1001
const NORMAL = 1000
const COME_BACK = 1012

const PROCESS_NAME_LENGTH = 8
const PAIR_NAME_LENGTH = 16

/** What the server says to both sides of a complete pair. Text is the server's, bytes are the other side's. */
export const PAIRED = '{"type":"paired"}'

/** What it says to both sides of a pair before it ends it: their link is to have another route by then. */
const MOVE = '{"type":"move"}'

/** A pair of sockets, or the places for them. */
interface Pair {
  readonly name: string
  readonly lobbyId: string
  readonly lobby: LobbyShare
  readonly offeredAt: number
  readonly sides: Record<RelayClaim['side'], Connection | null>
  /** Sides whose ticket was shown. */
  readonly used: Set<RelayClaim['side']>
}

/** What the pairs of one lobby have together. */
interface LobbyShare {
  pairs: number
  readonly rate: ByteRate
}

interface Connection {
  readonly socket: RelaySocket
  readonly address: string
  readonly openedAt: number
  pair: Pair | null
  partner: Connection | null
  /** The pair is at another process. `page`: of this page; `onward`: the socket there; `opening`: of a page, and it is not open yet. */
  forwards: 'page' | 'opening' | 'onward' | null
  /** When it last showed life, a pong included, and when its page last said something. */
  heardAt: number
  spokeAt: number
  pingedAt: number
  /** Ended by the server: what still comes is dropped. */
  isOver: boolean
  /** Not read since then, because the partner's socket is full. */
  heldSince: number | null
  /** Not read until then, because too much was sent. */
  cancelSlowing: Cancel | null
}

export class RelayCore {
  readonly #options: RelayOptions
  readonly #process: string
  readonly #pairs = new Map<string, Pair>()
  readonly #lobbies = new Map<string, LobbyShare>()
  readonly #connections = new Set<Connection>()
  readonly #rate: ByteRate
  readonly #refused = Object.fromEntries(relayRefusals.map((why) => [why, 0])) as Record<RelayRefusal, number>
  #counts = { messages: 0, bytes: 0, slowed: 0 }
  #isStopping = false
  #allClosed = (): void => {}
  #cancelSweep: Cancel = () => {}

  constructor(options: RelayOptions) {
    this.#options = options
    this.#process = randomName(options.platform, PROCESS_NAME_LENGTH)
    this.#rate = this.#newRate(limit.RELAY_PROCESS_FACTOR)
    this.#sweepLater()
  }

  /** The name of this process in its tickets. */
  get process(): string {
    return this.#process
  }

  /** Tickets for a guest of this lobby and its host. Null: this process, or this lobby, has no room, or the process stops. */
  offer({ code, id }: { readonly code: string; readonly id: string }): RelayOffer | null {
    const { relayPairs, relayPairsPerLobby, relayKilobytesPerSecond } = this.#options.limits
    const lobby = this.#lobbies.get(id) ?? { pairs: 0, rate: this.#newRate(1) }
    if (this.#isStopping || relayKilobytesPerSecond === 0) return null
    if (this.#pairs.size >= relayPairs || lobby.pairs >= relayPairsPerLobby) return null
    const name = randomName(this.#options.platform, PAIR_NAME_LENGTH)
    const offeredAt = this.#now()
    lobby.pairs++
    this.#lobbies.set(id, lobby)
    const sides = { host: null, guest: null }
    this.#pairs.set(name, { name, lobbyId: id, lobby, offeredAt, sides, used: new Set() })
    const expiresAt = Math.round(offeredAt + limit.TICKET_MS)
    const sign = (side: RelayClaim['side']): string =>
      this.#options.tokens.signRelay({ code, id, expiresAt, process: this.#process, pair: name, side })
    return { host: sign('host'), guest: sign('guest') }
  }

  /** Whether a socket from here would have room. */
  refusal(address: string): 'full' | 'address' | 'stopping' | null {
    if (this.#isStopping) return 'stopping'
    const own = [...this.#connections].filter((connection) => connection.address === address)
    const isNew = ({ pair, forwards }: Connection): boolean => pair === null && forwards === null
    if (own.length >= limit.MAX_PER_ADDRESS || own.filter(isNew).length >= limit.MAX_NEW_PER_ADDRESS) return 'address'
    return [...this.#connections].filter(isNew).length >= limit.MAX_NEW ? 'full' : null
  }

  /** Takes an open socket. The result hears what happens to it. */
  accept(socket: RelaySocket, address: string): RelaySocketEvents {
    const connection = this.#take(socket, address)
    return this.#eventsOf(connection)
  }

  #take(socket: RelaySocket, address: string): Connection {
    const now = this.#now()
    const connection: Connection = {
      ...{ socket, address, openedAt: now, heardAt: now, spokeAt: now, pingedAt: now },
      ...{ pair: null, partner: null, forwards: null, isOver: false, heldSince: null, cancelSlowing: null },
    }
    this.#connections.add(connection)
    return connection
  }

  #eventsOf(connection: Connection): RelaySocketEvents {
    return {
      message: (message) => this.#hear(connection, message),
      alive: () => {
        connection.heardAt = this.#now()
      },
      closed: () => this.#closed(connection),
    }
  }

  /** Looks at every socket and every offer. Runs by itself every second. */
  sweep(): void {
    const now = this.#now()
    for (const connection of [...this.#connections]) this.#lookAt(connection, now)
    for (const pair of [...this.#pairs.values()]) {
      const isEmpty = pair.sides.host === null && pair.sides.guest === null
      if (isEmpty && now - pair.offeredAt >= limit.TICKET_MS) this.#forget(pair)
    }
  }

  stats(): RelayStats {
    const pairs = [...this.#pairs.values()].filter(({ sides }) => sides.host && sides.guest).length
    const held = [...this.#connections].filter(({ heldSince }) => heldSince !== null).length
    const forwarded = [...this.#connections].filter(({ forwards }) => forwards === 'page').length
    return { pairs, forwarded, sockets: this.#connections.size, held, ...this.#counts, refused: { ...this.#refused } }
  }

  /**
   * Takes nobody any more. Pairs go on for a moment, and then are led over other processes; where there are none, they go on.
   * Resolves when none is left, or after so many ms.
   */
  async drain(withinMs: number): Promise<void> {
    this.#isStopping = true
    if (this.#connections.size === 0) return
    const cancelMove = this.#moveLater()
    await new Promise<void>((resolve) => {
      const cancel = this.#options.platform.after(withinMs, resolve)
      this.#allClosed = () => {
        cancelMove()
        cancel()
        resolve()
      }
    })
  }

  #moveLater(): Cancel {
    if (!this.#options.openOnward) return () => {}
    const { platform } = this.#options
    let cancel = platform.after(limit.MOVE_AFTER_MS, () => {
      for (const { pair, forwards, socket, isOver } of this.#connections)
        if ((pair || forwards === 'page') && !isOver) socket.send(MOVE)
      cancel = platform.after(limit.MOVE_WITHIN_MS, () => {
        for (const connection of [...this.#connections]) this.#end(connection, COME_BACK, 'move')
      })
    })
    return () => cancel()
  }

  /** Closes every socket. */
  close(): void {
    this.#isStopping = true
    this.#cancelSweep()
    const all = [...this.#connections]
    // Each hears the true reason, before its partner's end ends it.
    for (const connection of all) this.#end(connection, GOING_AWAY, 'the server stops')
    for (const connection of all) {
      connection.socket.terminate()
      this.#closed(connection)
    }
    this.#pairs.clear()
    this.#lobbies.clear()
  }

  #now(): number {
    return this.#options.platform.now()
  }

  #newRate(factor: number): ByteRate {
    return new ByteRate(this.#options.limits.relayKilobytesPerSecond * 1000 * factor)
  }

  #hear(connection: Connection, message: Uint8Array | string): void {
    connection.heardAt = this.#now()
    connection.spokeAt = connection.heardAt
    if (connection.isOver) return
    if (connection.forwards !== null) return this.#hearForwarded(connection, message)
    if (connection.pair === null) return this.#takeTicket(connection, message)
    const isFit = typeof message !== 'string' && message.length > 0 && message.length <= MAX_RELAY_MESSAGE_BYTES
    // A page hears when its pair is complete, and says nothing before.
    if (!isFit || connection.partner === null) return this.#refuse(connection, 'spoke')
    this.#carry(connection, connection.partner, connection.pair, message)
  }

  #takeTicket(connection: Connection, message: Uint8Array | string): void {
    const claim = typeof message === 'string' ? this.#options.tokens.readRelay(message, this.#now()) : null
    const { openOnward } = this.#options
    if (claim && claim.process !== this.#process && openOnward)
      return void this.#forward(connection, openOnward, claim.process, String(message))
    const pair = claim?.process === this.#process ? this.#pairs.get(claim.pair) : undefined
    if (!claim || pair?.lobbyId !== claim.id || pair.used.has(claim.side)) return this.#refuse(connection, 'ticket')
    pair.used.add(claim.side)
    pair.sides[claim.side] = connection
    connection.pair = pair
    const partner = pair.sides[claim.side === 'host' ? 'guest' : 'host']
    if (partner === null) return
    connection.partner = partner
    partner.partner = connection
    for (const each of [connection, partner]) each.socket.send(PAIRED)
  }

  /** The pair is at another process: its server says when it is complete, and refuses what is out of turn. */
  async #forward(connection: Connection, open: OpenOnward, process: string, ticket: string): Promise<void> {
    connection.forwards = 'opening'
    const onward = await open(process, connection.address)
    if (connection.isOver) return onward?.socket.terminate()
    if (onward === null) return this.#refuse(connection, 'unreached')
    connection.forwards = 'page'
    this.#join(connection, onward)
    onward.socket.send(ticket)
  }

  #join(page: Connection, { socket, listen }: Onward): void {
    const onward = this.#take(socket, page.address)
    onward.forwards = 'onward'
    onward.partner = page
    page.partner = onward
    listen(this.#eventsOf(onward))
  }

  /** Texts are the other server's, bytes are of the pages. */
  #hearForwarded(connection: Connection, message: Uint8Array | string): void {
    const { partner, forwards } = connection
    if (partner === null) return this.#refuse(connection, 'spoke')
    if (typeof message !== 'string') return this.#carry(connection, partner, null, message)
    if (forwards === 'page') return this.#refuse(connection, 'spoke')
    partner.socket.send(message)
  }

  /** `pair` is null for one at another process, where its lobby's share is counted. */
  #carry(from: Connection, to: Connection, pair: Pair | null, message: Uint8Array): void {
    this.#counts.messages++
    this.#counts.bytes += message.length
    to.socket.send(message, () => {
      if (from.heldSince === null || to.socket.bufferedBytes > limit.LOW_WAITING_BYTES) return
      from.heldSince = null
      this.#readAgain(from)
    })
    if (to.socket.bufferedBytes > limit.MAX_WAITING_BYTES) {
      from.heldSince ??= this.#now()
      from.socket.pause()
    }
    const now = this.#now()
    const lobbyMs = pair?.lobby.rate.spend(message.length, now) ?? 0
    this.#slow(from, Math.max(lobbyMs, this.#rate.spend(message.length, now)))
  }

  /** What was sent beyond the rate is paid for by not being read for so long. */
  #slow(from: Connection, ms: number): void {
    if (ms === 0 || from.cancelSlowing !== null) return
    this.#counts.slowed++
    from.socket.pause()
    from.cancelSlowing = this.#options.platform.after(ms, () => {
      from.cancelSlowing = null
      this.#readAgain(from)
    })
  }

  #readAgain(connection: Connection): void {
    if (connection.isOver || connection.heldSince !== null || connection.cancelSlowing !== null) return
    // Nothing was read meanwhile: its silence begins anew.
    connection.heardAt = this.#now()
    connection.spokeAt = connection.heardAt
    connection.socket.resume()
  }

  #refuse(connection: Connection, why: RelayRefusal): void {
    this.#refused[why]++
    this.#end(connection, CODES[why], why)
  }

  #end(connection: Connection, code: number, reason: string): void {
    if (connection.isOver) return
    connection.isOver = true
    // A socket that is not read would not hear that the other side closes it, too.
    connection.socket.resume()
    connection.socket.close(code, reason)
  }

  #closed(connection: Connection): void {
    if (!this.#connections.delete(connection)) return
    connection.isOver = true
    connection.cancelSlowing?.()
    connection.cancelSlowing = null
    const { pair, partner } = connection
    if (partner) {
      partner.partner = null
      this.#end(partner, NORMAL, 'the other side left')
    }
    // A partner that has not come yet finds its ticket void.
    if (pair) this.#forget(pair)
    if (this.#connections.size === 0) this.#allClosed()
  }

  #forget(pair: Pair): void {
    if (!this.#pairs.delete(pair.name)) return
    if (--pair.lobby.pairs === 0) this.#lobbies.delete(pair.lobbyId)
  }

  #lookAt(connection: Connection, now: number): void {
    const { pair, partner, openedAt } = connection
    if (this.#isDead(connection, now)) {
      if (!connection.isOver) this.#refused.silent++
      connection.isOver = true
      return connection.socket.terminate()
    }
    if (connection.isOver) return
    if (connection.forwards === null && pair === null && now - openedAt >= limit.HELLO_MS)
      return this.#refuse(connection, 'late')
    if (pair !== null && partner === null && now - openedAt >= limit.TICKET_MS) return this.#refuse(connection, 'alone')
    if (now - connection.pingedAt < PING_EVERY_MS) return
    connection.pingedAt = now
    connection.socket.ping()
  }

  /** No life, no word of a page in a pair, or a partner that reads nothing. While it is not read, its own silence says nothing. */
  #isDead({ partner, heardAt, spokeAt, heldSince, cancelSlowing }: Connection, now: number): boolean {
    if (heldSince !== null) return now - heldSince >= LEASE_MS
    if (cancelSlowing !== null) return false
    return now - heardAt >= LEASE_MS || (partner !== null && now - spokeAt >= limit.QUIET_MS)
  }

  #sweepLater(): void {
    this.#cancelSweep = this.#options.platform.after(SWEEP_EVERY_MS, () => {
      this.sweep()
      this.#sweepLater()
    })
  }
}

/**
 * Links between guests that carry nothing until the host changes: one from every guest to each warm heir. They are made by signals that
 * the host passes on. In go the heirs, signals and the time; out come open links, by player.
 *
 * Invariants: this page dials an heir at most every half second, and one that fails later and later. A link that is taken is not closed
 * here any more. Who sends too much is not heard, and then has no link: the others are heard all the same.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import { Backoff } from '../../platform/backoff.ts'
import type { Platform } from '../../platform/platform.ts'
import { type LinkAttempt, openLink } from '../../star/open-link.ts'
import type { LaneLink } from '../../transport/lane-link.ts'
import type { ConnectPeer } from '../../transport/peer-connection.ts'
import type { PlayerId } from '../../world/ids.ts'

/** Two links a second: more would take the host's and heir's attention from the match. */
const DIAL_EVERY_MS = 500
/** A connection that takes longer is given up, ms. */
const DIAL_WITHIN_MS = 10_000
/** One to which the other page says nothing for so long is given up before, ms: its signals were lost with a host, or with a link to it. */
const ANSWERED_WITHIN_MS = 3_000
const FIRST_RETRY_MS = 2_000
/** A link to who is no heir any more stays for so long, ms: a new host that names others may die before those have links. */
const LINGER_MS = 5_000
const LONGEST_RETRY_MS = 30_000
/** The largest bulk message over an idle link, in bytes: that of a guest of a star. */
const MAX_BULK_BYTES = 256 * 1024
/** Messages of one page: five beats a second, and elections. A network may hold back those of some seconds. */
const MESSAGES_PER_SECOND = 20
const MESSAGE_BURST = 120
/** Numbers of dials are drawn in blocks of so many: those of one block are of one page, in their order. */
const DIALS_PER_BLOCK = 256
const BLOCKS = 2 ** 24
/** Guests whose connections an heir keeps: as many as there are seats. */
const MAX_COMERS = 255

export interface IdleLinksOptions {
  readonly platform: Platform
  /** Null: this page connects by relays alone, and has no idle links. */
  readonly connect: ConnectPeer | null
  iceServers(): readonly RTCIceServer[]
  send(to: PlayerId, attempt: number, text: string): void
  opened(): void
  /** Bulk bytes of the page at the other end. */
  heard(from: PlayerId, bytes: Uint8Array): void
}

interface Connection {
  readonly attempt: number
  /** Whether this page dialled. */
  readonly mine: boolean
  readonly since: number
  /** Whether the other page has said anything to it. */
  isAnswered: boolean
  rtc: LinkAttempt | null
  link: LaneLink | null
  /** Since when a link that this page dialled is not wanted any more, ms; null: it is. */
  unwantedAt: number | null
  stopListening: () => void
}

interface Dialled {
  readonly backoff: Backoff
  nextAt: number
  /** Of the last dial. It begins with a block of numbers by chance: a page that was reloaded is not to be taken for the one before. */
  attempt: number
}

export class IdleLinks {
  private readonly options: IdleLinksOptions
  private readonly connections = new Map<PlayerId, Connection>()
  private readonly dialled = new Map<PlayerId, Dialled>()
  /** They outlive connections: a new one gives nobody a new burst. */
  private readonly budgets = new Map<PlayerId, TokenBucket>()
  /** Messages that were too many. */
  floods = 0
  private nextDialAt = 0
  private isClosed = false

  constructor(options: IdleLinksOptions) {
    this.options = options
  }

  /**
   * Links to these pages are wanted; those to others that this page has dialled are closed after a while. `isHeir`: all others want a link
   * to this page, and need no other one than that which it has dialled to them before.
   */
  want(players: readonly PlayerId[], isHeir: boolean): void {
    const { platform } = this.options
    for (const [player, connection] of this.connections) {
      const isWanted = !connection.mine || isHeir || players.includes(player)
      connection.unwantedAt = isWanted ? null : (connection.unwantedAt ?? platform.now())
    }
    for (const player of this.dialled.keys()) if (!players.includes(player)) this.dialled.delete(player)
    for (const player of players)
      if (!this.dialled.has(player)) {
        const backoff = new Backoff({ firstMs: FIRST_RETRY_MS, longestMs: LONGEST_RETRY_MS }, platform)
        this.dialled.set(player, {
          backoff,
          nextAt: 0,
          attempt: Math.floor(platform.random() * BLOCKS) * DIALS_PER_BLOCK,
        })
      }
  }

  /** This page's player has another seat, and the pages at the other ends know these links by the one before. */
  dialAnew(): void {
    for (const player of [...this.connections.keys()]) this.drop(player)
    const wanted = [...this.dialled.keys()]
    this.dialled.clear()
    this.want(wanted, false)
  }

  /** Signals go another way from now on, and those under way are lost: what has no link yet is dialled anew. */
  wayChanged(): void {
    for (const [player, { mine, link }] of this.connections) {
      if (!mine || link) continue
      this.drop(player)
      const dialled = this.dialled.get(player)
      if (dialled) dialled.nextAt = 0
    }
  }

  look(now: number): void {
    for (const [player, { unwantedAt, mine, isAnswered, since }] of this.connections) {
      const isUnwanted = unwantedAt !== null && now - unwantedAt > LINGER_MS
      if (isUnwanted || (mine && !isAnswered && now - since > ANSWERED_WITHIN_MS)) this.drop(player)
    }
    for (const [player, budget] of this.budgets)
      if (budget.available(now) >= MESSAGE_BURST && !this.connections.has(player)) this.budgets.delete(player)
    if (this.isClosed || !this.options.connect || now < this.nextDialAt) return
    for (const [player, dialled] of this.dialled) {
      if (this.connections.has(player) || now < dialled.nextAt) continue
      this.nextDialAt = now + DIAL_EVERY_MS
      dialled.nextAt = now + dialled.backoff.nextMs()
      this.connect(player, ++dialled.attempt, null)
      return
    }
  }

  /** A signal of another page. `mayCome`: that page may dial this one. */
  signal(from: PlayerId, attempt: number, text: string, mayCome: boolean): void {
    if (this.isClosed) return
    const known = this.connections.get(from)
    if (known?.attempt === attempt) {
      known.isAnswered = true
      return known.rtc?.signal(text)
    }
    if (this.dialled.has(from) || !mayCome) return
    // What this page had dialled before is not wanted any more.
    if (known && !known.mine && known.attempt > attempt && blockOf(known.attempt) === blockOf(attempt)) return
    if (!known && this.connections.size >= MAX_COMERS) return
    if (known) this.drop(from)
    this.connect(from, attempt, text)
  }

  private connect(player: PlayerId, attempt: number, offer: string | null): void {
    const { platform, connect, send, opened, heard } = this.options
    if (!connect) return
    const connection: Connection = {
      ...{ attempt, mine: offer === null, since: platform.now(), isAnswered: false },
      ...{ rtc: null, link: null, unwantedAt: null },
      stopListening: () => {},
    }
    this.connections.set(player, connection)
    const over = (): void => {
      connection.stopListening()
      if (this.connections.get(player) === connection) this.connections.delete(player)
    }
    connection.rtc = openLink(connect, {
      offer,
      platform,
      maxBulkBytes: MAX_BULK_BYTES,
      iceServers: [...this.options.iceServers()],
      timeoutMs: DIAL_WITHIN_MS,
      sendSignal: (text) => send(player, attempt, text),
      opened: (link) => {
        connection.link = link
        connection.stopListening = platform.onPageGone(() => link.closeAtOnce('away'))
        link.listen({
          message: (lane, bytes) => this.admits(player) && lane === 'bulk' && heard(player, bytes),
          closed: () => {},
        })
        this.dialled.get(player)?.backoff.reset()
        opened()
      },
      failed: over,
      ended: over,
    })
    if (!connection.rtc) over()
  }

  private admits(player: PlayerId): boolean {
    const budget = this.budgets.get(player) ?? new TokenBucket(MESSAGES_PER_SECOND, MESSAGE_BURST)
    this.budgets.set(player, budget)
    const isAllowed = budget.available(this.options.platform.now()) >= 1
    budget.spend(1)
    if (isAllowed) return true
    this.floods++
    if (budget.debt > MESSAGE_BURST) this.drop(player)
    return false
  }

  private drop(player: PlayerId): void {
    const connection = this.connections.get(player)
    this.connections.delete(player)
    connection?.rtc?.cancel()
  }

  sayAll(bytes: Uint8Array): void {
    for (const { link } of this.connections.values()) if (link?.open) link.send('bulk', bytes)
  }

  /** How many are open. */
  get count(): number {
    return [...this.connections.values()].filter(({ link }) => link?.open).length
  }

  /** The open link to a player. */
  linkTo(player: PlayerId): LaneLink | null {
    const link = this.connections.get(player)?.link ?? null
    return link?.open ? link : null
  }

  /** The same, for play: whoever takes it closes it. That player hosts from now on, and is dialled no more. */
  take(player: PlayerId): LaneLink | null {
    const link = this.linkTo(player)
    this.dialled.delete(player)
    if (link) {
      this.connections.get(player)?.stopListening()
      this.connections.delete(player)
    }
    return link
  }

  takeAll(): Map<PlayerId, LaneLink> {
    const links = new Map<PlayerId, LaneLink>()
    for (const player of [...this.connections.keys()]) {
      const link = this.take(player)
      if (link) links.set(player, link)
    }
    return links
  }

  close(): void {
    this.isClosed = true
    this.dialled.clear()
    for (const player of [...this.connections.keys()]) this.drop(player)
  }
}

const blockOf = (attempt: number): number => Math.floor(attempt / DIALS_PER_BLOCK)

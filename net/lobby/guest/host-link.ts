/**
 * A guest's link to the host, with a budget of what an honest host sends over it. What exceeds the budget is dropped. After too many
 * excess or malformed messages the guest's page closes the link.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import { isFileMessage } from '../../files/kinds.ts'
import { isHeirMessage } from '../../migration/heir-messages.ts'
import type { Timers } from '../../platform/platform.ts'
import type { Link, LinkCloseReason, Liveness } from '../../transport/link.ts'
import type { Lane } from '../../wire/lanes.ts'
import { decodeHostMessage, type HostMessage } from '../messages.ts'
import { isMigrationMessage } from '../migration/migration-messages.ts'

/** The guest leaves after so many messages of the host that make no sense. */
const MAX_NONSENSE = 20
/**
 * Bulk messages of the host. Changes in the lobby are at most half of them (`members/lobby-news.ts`); the rest is chat, codes, matches and
 * answers.
 */
const MESSAGES_PER_SECOND = 60
const MESSAGE_BURST = 600
/** Messages about migration: signals of up to 64 guests to an heir, who connect one after the other. */
const MIGRATION_PER_SECOND = 60
const MIGRATION_BURST = 600
/**
 * State packets of the host for each tick: an honest one sends a snapshot every other tick, of at most 17 packets where this
 * page predicts much. A network may hold back those of five seconds.
 */
const PACKETS_PER_TICK = 16
const PACKET_BURST_SECONDS = 5

export interface HostLinkHandlers {
  message(message: HostMessage): void
  /** A bulk message about files. It is bounded by what was accepted, not by a rate. */
  file(bytes: Uint8Array): void
  /** A bulk message of an heir's stream. It has a limit of its own (`HeirReceiver`). */
  heir(bytes: Uint8Array): void
  packet(bytes: Uint8Array): void
  /** The host has sent more than any honest one does. */
  flood(): void
  liveness(liveness: Liveness): void
  closed(reason: LinkCloseReason): void
}

export class HostLink {
  readonly link: Link
  private nonsense = 0
  private handlers: HostLinkHandlers | null

  constructor(link: Link, tickRate: number, timers: Timers, handlers: HostLinkHandlers) {
    this.link = link
    this.handlers = handlers
    const perSecond = PACKETS_PER_TICK * tickRate
    const budgets: Record<Lane, TokenBucket> = {
      state: new TokenBucket(perSecond, perSecond * PACKET_BURST_SECONDS),
      bulk: new TokenBucket(MESSAGES_PER_SECOND, MESSAGE_BURST),
    }
    const migration = new TokenBucket(MIGRATION_PER_SECOND, MIGRATION_BURST)
    link.listen({
      message: (lane, bytes) => {
        if (!this.handlers) return
        if (lane === 'bulk' && isFileMessage(bytes)) return this.handlers.file(bytes)
        if (lane === 'bulk' && isHeirMessage(bytes)) return this.handlers.heir(bytes)
        const isMigration = lane === 'bulk' && isMigrationMessage(bytes)
        if (!(isMigration ? migration : budgets[lane]).take(timers.now())) {
          this.handlers.flood()
          return this.countNonsense()
        }
        if (lane === 'state') return this.handlers.packet(bytes)
        const message = decodeHostMessage(bytes)
        if (message) this.handlers.message(message)
        else this.countNonsense()
      },
      liveness: (liveness) => this.handlers?.liveness(liveness),
      closed: (reason) => this.handlers?.closed(reason),
    })
  }

  /** The host sent a message that makes no sense, or not now. */
  countNonsense(): void {
    if (++this.nonsense >= MAX_NONSENSE) this.link.close('left')
  }

  /** Another link has taken the place of this one: it calls no handler any more. */
  mute(): void {
    this.handlers = null
  }
}

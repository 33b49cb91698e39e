/** The texts by which a guest and an heir connect, on the host's page: each is passed on to the other, within the sender's budget. */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { HostContext } from '../host/host-context.ts'
import type { GuestMigrationMessage } from './migration-messages.ts'

/** Texts that one guest sends to others: two connections of 30 candidates at once, and then some. */
const SIGNALS_PER_SECOND = 20
const SIGNAL_BURST = 150

export class PeerSignals {
  private readonly context: HostContext
  private readonly isHeir: (player: PlayerId) => boolean
  private readonly budgets = new Map<PlayerId, TokenBucket>()

  constructor(context: HostContext, isHeir: (player: PlayerId) => boolean) {
    this.context = context
    this.isHeir = isHeir
  }

  /** Passes on what a guest says to an heir, or an heir to a guest. */
  forward(from: PlayerId, message: Extract<GuestMigrationMessage, { kind: 'toPeer' }>): boolean {
    const { seating, platform } = this.context
    const budget = this.budgets.get(from) ?? new TokenBucket(SIGNALS_PER_SECOND, SIGNAL_BURST)
    this.budgets.set(from, budget)
    if (!budget.take(platform.now())) return false
    const { to, attempt, text } = message
    // An heir may be none any more by now: that is nobody's fault.
    if (!this.isHeir(from) && !this.isHeir(to)) return true
    const peer = seating.peerOf(to)
    if (peer && to !== from) peer.tell({ kind: 'fromPeer', from, attempt, text })
    return true
  }
}

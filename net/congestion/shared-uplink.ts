/**
 * When the host's own uplink is the bottleneck, the delays of nearly all clients grow at the same moment, and each client's
 * rate decreases to what it happened to be sent. This file deals the total out anew: the same to each, and what one client has
 * no use for to the others (max-min fairness). Where only one or two rates decrease, the queue is on their own paths.
 */

/** Rates that decrease within this time, ms, do so for the same queue: acks lag behind each other by as much. */
const TOGETHER_MS = 300
/** The rates of fewer clients may decrease together by chance. */
const MIN_TOGETHER = 3
/** A shared bottleneck is felt by at least this share of all clients. */
const MIN_SHARE = 0.6
/** No rate is raised by more than this factor: if it was chance after all, little is lost. */
const MAX_RAISE = 1.25

/** A client's path, as the shared uplink sees it. */
export interface Sharer {
  /** Bytes per second that it may be sent. */
  readonly bytesPerSecond: number
  /** Bytes per second that it has use for; infinite when it would take more. */
  readonly demand: number
  /** From now on it is sent this much. */
  assign(bytesPerSecond: number): void
}

export class SharedUplink {
  private readonly decreasedAt = new Map<Sharer, number>()

  /** Once in every tick. `decreased`: the paths on which a queue was found now. `all`: how many clients are sent to over the network. */
  update(now: number, decreased: readonly Sharer[], all: number): void {
    for (const [sharer, at] of this.decreasedAt) if (now - at > TOGETHER_MS) this.decreasedAt.delete(sharer)
    for (const sharer of decreased) this.decreasedAt.set(sharer, now)
    const together = [...this.decreasedAt.keys()]
    if (decreased.length === 0 || together.length < MIN_TOGETHER || together.length < all * MIN_SHARE) return
    const total = together.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0)
    const shares = fairShares(
      total,
      together.map(({ demand }) => demand),
    )
    for (const [i, sharer] of together.entries())
      sharer.assign(Math.min(shares[i] ?? 0, sharer.bytesPerSecond * MAX_RAISE))
  }
}

/** Deals out a total: none gets more than its demand, and all whose demand is not met get the same. */
export function fairShares(total: number, demands: readonly number[]): number[] {
  const shares = demands.map(() => 0)
  const order = demands.map((demand, i) => ({ demand, i })).sort((a, b) => a.demand - b.demand)
  let left = total
  for (const [place, { demand, i }] of order.entries()) {
    const share = Math.min(demand, left / (order.length - place))
    shares[i] = share
    left -= share
  }
  return shares
}

/**
 * When the host's own uplink is the bottleneck, the delays of nearly all clients grow at the same moment, and each client's
 * rate is cut to what it happened to be sent. Here the total is dealt out anew: the same to each, and what one has no use
 * for to the others (max-min fairness). Where only one or two are cut, the queue is on their own paths.
 */

/** Rates cut within this time, ms, were cut for the same queue: acks lag behind each other by as much. */
const TOGETHER_MS = 300
/** Fewer clients may be cut together by chance. */
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
  private readonly cutAt = new Map<Sharer, number>()

  /** Once in every tick. `cut`: the paths on which a queue was found now. `all`: how many clients are sent to over the network. */
  update(now: number, cut: readonly Sharer[], all: number): void {
    for (const [sharer, at] of this.cutAt) if (now - at > TOGETHER_MS) this.cutAt.delete(sharer)
    for (const sharer of cut) this.cutAt.set(sharer, now)
    const together = [...this.cutAt.keys()]
    if (cut.length === 0 || together.length < MIN_TOGETHER || together.length < all * MIN_SHARE) return
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

/**
 * When the host's own uplink is the narrow place, the delays of nearly all clients grow at the same moment. Each has
 * then been cut by itself, to what it happened to be sent; here the whole is dealt out anew, to each the same, and
 * what one has no use for to the others (max-min fairness). Where only one or two are cut, the queue is theirs.
 */

/** Those cut within this time, ms, were cut for the same queue: as long as an ack may lag behind another's. */
const TOGETHER_MS = 300
/** Fewer than this may be cut together by chance. */
const LEAST_TOGETHER = 3
/** A narrow place of all is felt by this share of them at least. */
const LEAST_SHARE = 0.6
/** Nobody is raised by more than this: should it have been chance after all, little is lost. */
const MOST_RAISED = 1.25

/** One who shares. */
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

  /** Once in every tick: `cut`, those in whose way a queue was found now; `all`, how many are sent to over the network. */
  update(now: number, cut: readonly Sharer[], all: number): void {
    for (const [sharer, at] of this.cutAt) if (now - at > TOGETHER_MS) this.cutAt.delete(sharer)
    for (const sharer of cut) this.cutAt.set(sharer, now)
    const together = [...this.cutAt.keys()]
    if (cut.length === 0 || together.length < LEAST_TOGETHER || together.length < all * LEAST_SHARE) return
    const total = together.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0)
    const shares = fairShares(
      total,
      together.map(({ demand }) => demand),
    )
    for (const [i, sharer] of together.entries())
      sharer.assign(Math.min(shares[i] ?? 0, sharer.bytesPerSecond * MOST_RAISED))
  }
}

/** Deals out a total so that nobody gets more than he has use for, and who gets less than that gets as much as anybody. */
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

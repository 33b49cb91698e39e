/**
 * One direction of a simulated link, packet by packet: first the queue of the narrowest place, then what the rest of
 * the way loses, holds up, delays and reorders. Pure but for its dice: it says when a packet arrives, and who asked
 * sees to it.
 */
import { exponential, normal } from '../../platform/seeded-chance.ts'
import { type Bottleneck, type BurstLoss, type LinkConditions, PACKET_OVERHEAD_BYTES } from './conditions.ts'

/** A drop-tail queue in front of a bottleneck. Several paths may share one. */
export class BottleneckQueue {
  #freeAt = 0

  /** When a packet of this payload has passed; null when the queue had no room for it. */
  pass(now: number, payloadBytes: number, bottleneck: Bottleneck): number | null {
    const { bitsPerSecond, queueBytes, overheadBytes = PACKET_OVERHEAD_BYTES } = bottleneck
    const bytes = payloadBytes + overheadBytes
    const startAt = Math.max(now, this.#freeAt)
    const waitingBytes = ((startAt - now) * bitsPerSecond) / 8000
    // An idle bottleneck takes a packet of any size.
    if (startAt > now && waitingBytes + bytes > queueBytes) return null
    this.#freeAt = startAt + (bytes * 8000) / bitsPerSecond
    return this.#freeAt
  }
}

/** Whether the path is in a burst of loss. Times must come in order. */
class Bursts {
  #bad = false
  #until: number | null = null

  isBad(now: number, { share, meanMs }: BurstLoss, random: () => number): boolean {
    if (share === 0) return false
    const mean = { bad: meanMs, good: (meanMs * (1 - share)) / share }
    if (this.#until === null) {
      this.#bad = random() < share
      // Memoryless, so the rest of a burst under way is as long as a whole one.
      this.#until = now + exponential(random, this.#bad ? mean.bad : mean.good)
    }
    while (this.#until <= now) {
      this.#bad = !this.#bad
      this.#until += exponential(random, this.#bad ? mean.bad : mean.good)
    }
    return this.#bad
  }
}

/** One uplink that several paths share. */
export interface Uplink {
  readonly queue: BottleneckQueue
  readonly bottleneck: Bottleneck
}

export class Path {
  #conditions: LinkConditions
  readonly #random: () => number
  readonly #uplink: Uplink | null
  readonly #queue = new BottleneckQueue()
  #bursts = new Bursts()
  #cutUntil = 0
  /** Nothing arrives before: a packet in front is held up. */
  #heldUntil = 0

  /** `uplink`: what this path shares with others, before what is its own. */
  constructor(conditions: LinkConditions, random: () => number, uplink: Uplink | null = null) {
    this.#conditions = conditions
    this.#random = random
    this.#uplink = uplink
  }

  /** What holds for packets from now on; those under way keep what they met. */
  set conditions(conditions: LinkConditions) {
    const { burst } = this.#conditions
    if (burst?.share !== conditions.burst?.share || burst?.meanMs !== conditions.burst?.meanMs)
      this.#bursts = new Bursts()
    this.#conditions = conditions
  }

  /** What enters the path before `until` is lost. */
  cut(until: number): void {
    this.#cutUntil = Math.max(this.#cutUntil, until)
  }

  /**
   * The times at which a packet that is sent at `now` arrives: none when it is lost, two when it is duplicated.
   * `now` never goes back.
   */
  arrivals(now: number, payloadBytes: number): readonly number[] {
    const { bottleneck, burst, loss = 0, duplicate = 0 } = this.#conditions
    if (now < this.#cutUntil) return []
    const uplink = this.#uplink
    const out = uplink ? uplink.queue.pass(now, payloadBytes, uplink.bottleneck) : now
    const through = out !== null && bottleneck ? this.#queue.pass(out, payloadBytes, bottleneck) : out
    if (through === null) return []
    if (burst && this.#bursts.isBad(now, burst, this.#random)) return []
    if (loss > 0 && this.#random() < loss) return []
    const first = this.#arrival(through)
    return duplicate > 0 && this.#random() < duplicate ? [first, this.#arrival(through)] : [first]
  }

  #arrival(from: number): number {
    const { latencyMs = 0, jitterMs = 0, reorder, stall } = this.#conditions
    const random = this.#random
    let at = from + latencyMs
    if (jitterMs > 0) at = Math.max(from, at + normal(random) * jitterMs)
    if (stall && random() < stall.share) this.#heldUntil = Math.max(this.#heldUntil, at + stall.ms)
    at = Math.max(at, this.#heldUntil)
    // Overtaken by what is behind it, so it holds nothing up.
    return reorder && random() < reorder.share ? at + reorder.byMs : at
  }
}

/**
 * How much one client is sent, so that no queue builds on its path. Acks go in, a rate in bytes per second comes out.
 *
 * A queue inside the network shows only in the time that packets take: the round trip, less the time for which the client
 * held the ack. When it grows, sending pauses until the queue is empty, and the rate falls to a share of what the path has
 * carried (BBR's delivery rate). Then the rate rises again, slowly at first, while the delay does not (LEDBAT, RFC 6817).
 * Loss alone lowers nothing: on Wi-Fi it is no sign of a queue.
 */
import { arrivalOf } from '../wire/hold.ts'
import type { SnapshotAck } from '../wire/inputs.ts'
import { sequenceDistance } from '../wire/sequence.ts'
import { QueueDelay } from './queue-delay.ts'

/** After a decrease the rate is this share of what the path carries: the rest drains what is left of the queue. */
const DECREASE_SHARE = 0.85
/** No single decrease goes below this share: what the path carries was measured over a few packets only. */
const MIN_DECREASE_SHARE = 0.2
/** What the path carries is measured over at least so many packets and so much time, ms. */
const DELIVERY_PACKETS = 5
const DELIVERY_MS = 300
/** A measurement over less time says nothing, ms. */
const MIN_DELIVERY_MS = 120
/** The longest pause, ms. During it the client still hears what waits in the queue. */
const MAX_PAUSE_MS = 300
/** Growth per second, as a share, while the rate is below what a single decrease leaves. */
const RECOVERY = 0.5
/** With every further decrease for the same queue, the known capacity shrinks to this share. */
const KEPT_SHARE = 0.97
/** Growth per second, as a share, up to the known capacity and a little beyond it: a queue may be about to build. */
const GROWTH = 0.04
const NEAR_SHARE = 1.15
/** Beyond that the path carries more than it did: growth doubles in each such time, ms, up to the maximum. */
const GROWTH_DOUBLES_MS = 2000
const MAX_GROWTH = 0.25
/** Until the first queue the rate doubles in each round trip, but to no more than this times what arrived. */
const START_GROWTH = 2
/**
 * At the start no more than this is in flight beyond what was acked, bytes. On the narrowest path it waits for less than a
 * second.
 */
const START_WINDOW_BYTES = 8000
/** When less than this share of the rate is used, delays prove nothing: the rate then rises evenly. */
const PROVEN_SHARE = 0.75
const UNPROVEN_GROWTH = 0.1
/** Acks are overdue when they are later than the path's delay, its scatter and this, ms: the path has an outage. */
const OVERDUE_MS = 200
/** The same before the first ack, ms: an ack from the other side of the world is back by then. */
const FIRST_ACK_MS = 500
/** So many decreases in a row that do not shorten the queue show that cross-traffic fills it. */
const FUTILE_DECREASES = 2
/** A pause shorter than this, ms, shows nothing. */
const TELLING_PAUSE_MS = 15
/** Packets whose ack may still come. */
const SENT_KEPT = 128

export interface SendRateOptions {
  /** The rate before anything is known of the path, bytes per second, overhead included. */
  readonly start: number
  /** The highest rate, bytes per second. */
  readonly max: number
  /** The lowest rate, however long the queue, bytes per second: below it there is no game. */
  readonly min: number
}

interface Sent {
  readonly sequence: number
  readonly at: number
  readonly bytes: number
}

interface Arrival {
  /** By the host's clock, late by the ack's way back: only differences count. */
  readonly at: number
  readonly bytes: number
}

export class SendRate {
  /** Bytes per second that may be sent, overhead included. */
  bytesPerSecond: number
  readonly delay = new QueueDelay()
  private max: number
  private readonly min: number
  /** Not acknowledged yet, oldest first. */
  private readonly sent: Sent[] = []
  private inFlightBytes = 0
  private readonly arrivals: Arrival[] = []
  /** The shortest round trip since the last `update`. */
  private heard: { ms: number; sentAt: number } | null = null
  /** What the path carried at the last decrease, bytes per second; null when no limit is known. */
  private capacity: number | null = null
  /** Ends with the first queue, or at the highest rate. */
  private starting = true
  private windowBytes = START_WINDOW_BYTES
  /** At the start: when the rate was raised last. Then: since when it has been well above `capacity`. */
  private raisedAt = Number.NEGATIVE_INFINITY
  private pausedUntil = Number.NEGATIVE_INFINITY
  private updatedAt: number | null = null
  private usage: { since: number; bytes: number; perSecond: number } = { since: 0, bytes: 0, perSecond: 0 }
  private lastDecrease: { growthMs: number; pauseMs: number; rateBefore: number; futile: number } | null = null

  constructor({ start, max, min }: SendRateOptions) {
    this.max = max
    this.min = min
    this.bytesPerSecond = start
  }

  /** Whether the rate is below its maximum: after a decrease, or while it still grows at the start. */
  get limited(): boolean {
    return this.bytesPerSecond < this.max
  }

  /** Another highest rate from now on. */
  setMax(max: number): void {
    this.max = max
    if (this.bytesPerSecond < max) return
    this.bytesPerSecond = max
    this.starting = false
    this.capacity = null
  }

  /** The rate is set from outside: the path turned out to be shared. */
  assign(bytesPerSecond: number): void {
    this.bytesPerSecond = Math.max(this.min, Math.min(this.max, bytesPerSecond))
    this.capacity = this.bytesPerSecond / DECREASE_SHARE
    // The queue was that of the shared uplink. Forget the last decrease, so that `isFutile` does not count it.
    this.lastDecrease = null
  }

  /** Bytes per second sent in the last second. */
  get usedPerSecond(): number {
    return this.usage.perSecond
  }

  /** Whether nothing is to be sent now: the queue runs empty, or the start waits for its acks. */
  paused(now: number): boolean {
    return now < this.pausedUntil || (this.starting && this.inFlightBytes > this.windowBytes)
  }

  /**
   * For how long acks have been missing, ms; 0 while none is overdue. Overdue acks mean an outage, or a queue longer than
   * any before: then only probes are sent (outage-probe.ts).
   */
  outageMs(now: number): number {
    const oldest = this.sent[0]
    if (!oldest) return 0
    const base = this.delay.baseMs
    const patience = base === null ? FIRST_ACK_MS : base + this.delay.thresholdMs + OVERDUE_MS
    return now - oldest.at > patience ? now - oldest.at : 0
  }

  /** A packet has left; `bytes` with its overhead. */
  packetSent(now: number, sequence: number, bytes: number): void {
    this.sent.push({ sequence, at: now, bytes })
    this.inFlightBytes += bytes
    if (this.sent.length > SENT_KEPT) this.inFlightBytes -= this.sent.shift()?.bytes ?? 0
    this.usage.bytes += bytes
  }

  /** An ack has come. One that names what was never sent, or was acked before, changes nothing. */
  acknowledge({ sequence, earlier, holdMs }: SnapshotAck, now: number): void {
    const newest = this.sent.find((packet) => packet.sequence === sequence)
    if (!newest) return
    let bytes = 0
    for (let first = this.sent[0]; first; first = this.sent[0]) {
      const age = sequenceDistance(sequence, first.sequence)
      if (age < 0) break
      this.sent.shift()
      this.inFlightBytes -= first.bytes
      if (age === 0 || (age <= 32 && (earlier >>> (age - 1)) & 1)) bytes += first.bytes
    }
    this.windowBytes += bytes
    const arrivedAt = arrivalOf(now, holdMs)
    if (arrivedAt === null) return
    this.arrivals.push({ at: arrivedAt, bytes })
    while (this.arrivals.length > SENT_KEPT) this.arrivals.shift()
    const ms = Math.max(0, arrivedAt - newest.at)
    // Acks that were delayed together come together: the newest of them was delayed least.
    if (!this.heard || ms < this.heard.ms) this.heard = { ms, sentAt: newest.at }
  }

  /**
   * Once in every tick of the host. `wanting`: whether there was more to send than the rate let through. Returns
   * whether the rate was decreased.
   */
  update(now: number, wanting: boolean): boolean {
    const elapsedMs = Math.min(100, now - (this.updatedAt ?? now))
    this.updatedAt = now
    this.measureUsage(now)
    const { heard } = this
    this.heard = null
    this.delay.wary = this.starting || this.limited
    if (heard && heard.sentAt >= this.pausedUntil) this.delay.sample(now, heard.ms)
    // The pause has shortened the queue: it was ours.
    if (this.delay.known && this.delay.growthMs < this.delay.thresholdMs / 2) this.lastDecrease = null
    if (heard && this.delay.growthMs > this.delay.thresholdMs) return this.decrease(now)
    if (!this.limited || now < this.pausedUntil || this.outageMs(now) > 0) return false
    if (this.delay.growthMs > this.delay.thresholdMs / 2) return false
    if (this.starting) this.start(now, heard?.sentAt ?? Number.NEGATIVE_INFINITY)
    else if (wanting) this.raise(now, elapsedMs)
    return false
  }

  /** Until the first queue: the rate doubles in each round trip. */
  private start(now: number, heardFrom: number): void {
    if (!this.delay.known || heardFrom < this.raisedAt) return
    this.raisedAt = now
    const carried = Math.min(this.bytesPerSecond, this.delivered() ?? 0)
    this.bytesPerSecond = Math.min(this.max, Math.max(this.bytesPerSecond, carried * START_GROWTH))
    if (!this.limited) this.starting = false
  }

  private measureUsage(now: number): void {
    const { usage } = this
    if (now - usage.since < 1000) return
    this.usage = { since: now, bytes: 0, perSecond: (usage.bytes / (now - usage.since)) * 1000 }
  }

  /** What has lately arrived at the client, bytes per second; null when too little has. */
  private delivered(): number | null {
    const { arrivals } = this
    const last = arrivals[arrivals.length - 1]
    if (!last) return null
    let bytes = 0
    let spanMs = 0
    for (let i = arrivals.length - 1; i > 0; i--) {
      if (spanMs >= DELIVERY_MS && arrivals.length - 1 - i >= DELIVERY_PACKETS) break
      bytes += arrivals[i]?.bytes ?? 0
      spanMs = last.at - (arrivals[i - 1]?.at ?? last.at)
    }
    return spanMs < MIN_DELIVERY_MS ? null : (bytes / spanMs) * 1000
  }

  private decrease(now: number): boolean {
    const rateBefore = this.bytesPerSecond
    const { growthMs } = this.delay
    if (this.isFutile(growthMs)) return false
    const carried = Math.min(this.delivered() ?? rateBefore, rateBefore)
    const capacity = Math.max(carried, rateBefore * MIN_DECREASE_SHARE)
    // After a decrease less arrives because less is sent, so a further one lowers the capacity by at most 3 %.
    this.capacity = this.lastDecrease ? Math.max(capacity, (this.capacity ?? 0) * KEPT_SHARE) : capacity
    this.bytesPerSecond = Math.max(this.min, capacity * DECREASE_SHARE)
    const queueMs = (this.inFlightBytes / capacity) * 1000 - (this.delay.baseMs ?? 0)
    const pauseMs = Math.max(0, Math.min(MAX_PAUSE_MS, queueMs))
    this.pausedUntil = now + pauseMs
    this.starting = false
    this.raisedAt = now
    this.delay.restart()
    this.lastDecrease = {
      growthMs,
      pauseMs,
      rateBefore: this.lastDecrease?.rateBefore ?? rateBefore,
      futile: this.lastDecrease?.futile ?? 0,
    }
    return true
  }

  /** Whether pause after pause left the queue as long as it was: then the path has become longer, or cross-traffic fills it. */
  private isFutile(growthMs: number): boolean {
    const { lastDecrease } = this
    if (!lastDecrease) return false
    const fallenMs = lastDecrease.growthMs - growthMs
    const vain = lastDecrease.pauseMs >= TELLING_PAUSE_MS && Math.abs(fallenMs) < lastDecrease.pauseMs / 3
    lastDecrease.futile = vain ? lastDecrease.futile + 1 : 0
    if (lastDecrease.futile < FUTILE_DECREASES) return false
    this.delay.rebase()
    this.bytesPerSecond = lastDecrease.rateBefore
    this.lastDecrease = null
    if (!this.limited) this.capacity = null
    return true
  }

  private raise(now: number, elapsedMs: number): void {
    this.bytesPerSecond = Math.min(this.max, this.bytesPerSecond * (1 + (this.growth(now) * elapsedMs) / 1000))
    if (!this.limited) this.capacity = null
  }

  /** The growth of the rate per second, as a share of it. */
  private growth(now: number): number {
    const share = this.bytesPerSecond / (this.capacity ?? this.max)
    if (share < NEAR_SHARE) {
      this.raisedAt = now
      return share < DECREASE_SHARE ? RECOVERY : GROWTH
    }
    if (this.usage.perSecond < this.bytesPerSecond * PROVEN_SHARE) return UNPROVEN_GROWTH
    return Math.min(MAX_GROWTH, GROWTH * 2 ** ((now - this.raisedAt) / GROWTH_DOUBLES_MS))
  }
}

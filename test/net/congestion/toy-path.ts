/** A sender at its pace through a narrow place in virtual time, with nothing else around: for the laws of the send rate. */

import { SendRate } from '../../../net/congestion/send-rate.ts'
import { OVERHEAD_BYTES, scheduleFor, USEFUL_BYTES } from '../../../net/congestion/send-schedule.ts'
import { seededRandom } from '../../../net/testing.ts'
import type { SnapshotAck } from '../../../net/wire/inputs.ts'
import { ReceivedSequences } from '../../../net/wire/received-sequences.ts'

const TICK_MS = 1000 / 60
export const MOST = 26_790
export const LEAST = 2_130

export interface ToyConditions {
  /** What the way there carries, kbit/s. Default: anything. */
  readonly kbits?: number
  /** What fits into its queue, bytes. Default 64 KB. */
  readonly queueBytes?: number
  /** One way, ms. Default 50. */
  readonly latencyMs?: number
  /** Standard deviation, ms, each way. */
  readonly jitterMs?: number
  /** Each way. */
  readonly loss?: number
  /** Added to the way there: a queue that others fill, or a longer way. */
  readonly extraMs?: number
  /** Added to the way back, for what waits there. */
  readonly backMs?: number
  /** Nothing gets through. */
  readonly cut?: boolean
  /** The client's page stands still: what comes waits for it. */
  readonly frozen?: boolean
}

export interface ToyPacket {
  readonly sentAt: number
  readonly arrivedAt: number
  readonly bytes: number
}

interface Due {
  readonly at: number
  run(): void
}

/** A line that packets leave one after the other; several paths may share one. */
export class ToyLine {
  freeAt = 0
}

export class ToyPath {
  readonly rate = new SendRate({ start: MOST, max: MOST, min: LEAST })
  readonly delivered: ToyPacket[] = []
  readonly rates: { at: number; bytesPerSecond: number }[] = []
  now = 0
  conditions: ToyConditions
  /** What a packet of everything takes, payload bytes. */
  demandBytes: number
  /** How many packets per second the pace asks for. */
  packetsPerSecond = 30
  cuts = 0
  private readonly line: ToyLine
  private readonly random: () => number
  private readonly received = new ReceivedSequences()
  private due: Due[] = []
  private heldBack: (() => void)[] = []
  private sequence = 0
  private sentTick = -10
  private tick = 0
  private credit = 0
  private wanting = false

  constructor(conditions: ToyConditions, demandBytes = 1128, seed = 1, line = new ToyLine()) {
    this.conditions = conditions
    this.demandBytes = demandBytes
    this.random = seededRandom(seed)
    this.line = line
  }

  run(seconds: number): this {
    for (const until = this.now + seconds * 1000; this.now + TICK_MS <= until; ) this.step()
    return this
  }

  /** One tick of the host and of the client. */
  step(): void {
    this.deliverUpTo(this.now + TICK_MS)
    this.now += TICK_MS
    this.tick++
    if (this.rate.update(this.now, this.wanting || this.packetsPerSecond < 30)) this.cuts++
    this.rates.push({ at: this.now, bytesPerSecond: this.rate.bytesPerSecond })
    this.send()
    this.acknowledge()
  }

  private send(): void {
    const { rate, now } = this
    const silent = rate.outageMs(now) > 0
    const need = this.wanting ? Number.POSITIVE_INFINITY : this.demandBytes * 1.25
    const pace = scheduleFor({
      bytesPerSecond: silent ? LEAST : rate.bytesPerSecond,
      rates: [30, 20, 10],
      present: this.packetsPerSecond,
      usefulBytes: Math.min(USEFUL_BYTES, need),
      maxBytes: 1128,
    })
    this.packetsPerSecond = silent ? this.packetsPerSecond : pace.rate
    this.credit = Math.min(rate.limited ? pace.burstBytes : 2320, this.credit + (pace.bytesPerSecond * TICK_MS) / 1000)
    const interval = 60 / pace.rate
    if (rate.paused(now) || Math.floor(this.tick / interval) === Math.floor(this.sentTick / interval)) return
    this.sentTick = this.tick
    const limit = rate.limited || silent ? pace.limitBytes : 1128
    const payload = Math.max(60, Math.min(this.demandBytes, limit, this.credit))
    this.wanting = payload < this.demandBytes
    this.credit -= payload
    const bytes = payload + OVERHEAD_BYTES
    const sequence = this.sequence++
    rate.packetSent(now, sequence, bytes)
    this.there(now, bytes, (arrivedAt) => {
      this.delivered.push({ sentAt: now, arrivedAt, bytes })
      this.received.receive(sequence, this.now)
    })
  }

  /** Sends the way there; `arrive` is called when it comes. */
  private there(now: number, bytes: number, arrive: (at: number) => void): void {
    const { kbits, queueBytes = 65_536, extraMs = 0, cut = false, loss = 0 } = this.conditions
    let at = now
    if (kbits !== undefined) {
      const waitingMs = Math.max(0, this.line.freeAt - now)
      if (waitingMs > 0 && (waitingMs * kbits) / 8 + bytes > queueBytes) return
      this.line.freeAt = Math.max(now, this.line.freeAt) + (bytes * 8) / kbits
      at = this.line.freeAt
    }
    if (cut || this.random() < loss) return
    at += extraMs + this.latency()
    this.at(at, () => (this.conditions.frozen ? this.heldBack.push(() => arrive(this.now)) : arrive(at)))
  }

  private latency(): number {
    const { latencyMs = 50, jitterMs = 0 } = this.conditions
    let sum = -6
    for (let i = 0; i < 12; i++) sum += this.random()
    return Math.max(0, latencyMs + sum * jitterMs)
  }

  private acknowledge(): void {
    const { frozen = false, cut = false, loss = 0, backMs = 0 } = this.conditions
    if (frozen) return
    for (const run of this.heldBack.splice(0)) run()
    const ack: SnapshotAck | null = this.received.ack(this.now)
    if (!ack || cut || this.random() < loss) return
    const at = this.now + this.latency() + backMs
    this.at(at, () => this.rate.acknowledge(ack, at))
  }

  private at(at: number, run: () => void): void {
    const place = this.due.findIndex((other) => other.at > at)
    this.due.splice(place < 0 ? this.due.length : place, 0, { at, run })
  }

  private deliverUpTo(now: number): void {
    for (let first = this.due[0]; first && first.at <= now; first = this.due[0]) {
      this.due.shift()
      this.now = Math.max(this.now, first.at)
      first.run()
    }
    this.now = now - TICK_MS
  }

  /** Of the packets sent in a span of time, what they took beyond the path's latency, ms, in order of size. */
  beyond(fromSeconds: number, toSeconds: number): number[] {
    const { latencyMs = 50 } = this.conditions
    return this.delivered
      .filter(({ sentAt }) => sentAt >= fromSeconds * 1000 && sentAt < toSeconds * 1000)
      .map(({ sentAt, arrivedAt }) => arrivedAt - sentAt - latencyMs)
      .toSorted((a, b) => a - b)
  }

  /** What arrived per second in a span of time, bytes. */
  throughput(fromSeconds: number, toSeconds: number): number {
    return (
      this.delivered
        .filter(({ arrivedAt }) => arrivedAt >= fromSeconds * 1000 && arrivedAt < toSeconds * 1000)
        .reduce((sum, { bytes }) => sum + bytes, 0) /
      (toSeconds - fromSeconds)
    )
  }
}

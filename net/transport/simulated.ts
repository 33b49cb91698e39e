/**
 * A network in virtual time: links with latency, jitter, loss, duplication and reordering, from a seed. The same seed
 * gives the same run, to the byte. Time stands still until `advanceTo` is called.
 */
import type { Lane, LaneStats, Link, LinkCloseReason, LinkHandlers } from '../wire/link.ts'
import { checkSize } from './inbox.ts'

/** One direction of a link. */
export interface LinkConditions {
  /** One-way delay, ms. Default 0. */
  readonly latencyMs?: number
  /** Standard deviation of the delay, ms; never below no delay at all. Default 0. */
  readonly jitterMs?: number
  /** Share of the state lane's messages that are lost, each for itself, 0 to 1. Default 0. */
  readonly loss?: number
  /** Share that arrives twice. Default 0. */
  readonly duplicate?: number
}

interface Delivery {
  readonly at: number
  readonly order: number
  run(): void
}

/** mulberry32 (Tommy Ettinger): 32 bits of state are plenty for dice. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296
  }
}

export class SimulatedNetwork {
  now = 0
  private readonly random: () => number
  private readonly queue: Delivery[] = []
  private sent = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  /** Two ends; `there` are the conditions from the first to the second, `back` the other way. */
  pair(there: LinkConditions, back: LinkConditions = there): [Link, Link] {
    const a = new SimulatedEnd(this, there)
    const b = new SimulatedEnd(this, back)
    a.other = b
    b.other = a
    return [a, b]
  }

  /** Delivers everything that is due up to `now`, in the order of time. */
  advanceTo(now: number): void {
    for (let first = this.queue[0]; first && first.at <= now; first = this.queue[0]) {
      this.queue.shift()
      this.now = first.at
      first.run()
    }
    this.now = now
  }

  roll(): number {
    return this.random()
  }

  /** A delay under the given conditions; the sum of twelve dice is near enough to a normal distribution. */
  delay({ latencyMs = 0, jitterMs = 0 }: LinkConditions): number {
    if (jitterMs === 0) return latencyMs
    let sum = -6
    for (let i = 0; i < 12; i++) sum += this.random()
    return Math.max(0, latencyMs + sum * jitterMs)
  }

  deliver(at: number, run: () => void): void {
    const delivery = { at, order: this.sent++, run }
    let place = this.queue.length
    while (place > 0 && (this.queue[place - 1]?.at ?? 0) > at) place--
    this.queue.splice(place, 0, delivery)
  }
}

class SimulatedEnd implements Link {
  open = true
  other: SimulatedEnd | null = null
  private handlers: LinkHandlers | null = null
  private readonly early: (readonly [Lane, Uint8Array])[] = []
  private readonly network: SimulatedNetwork
  private readonly conditions: LinkConditions
  private readonly lanes: Record<Lane, LaneStats> = { state: newStats(false, 0), bulk: newStats(true, null) }
  /** The reliable lane keeps its order: nothing arrives before what was sent earlier. */
  private bulkArrives = 0

  constructor(network: SimulatedNetwork, conditions: LinkConditions) {
    this.network = network
    this.conditions = conditions
  }

  send(lane: Lane, bytes: Uint8Array): 'sent' | 'closed' {
    checkSize(lane, bytes)
    if (!this.open) return 'closed'
    const stats = this.lanes[lane]
    stats.sentMessages++
    stats.sentBytes += bytes.length
    const { network, conditions } = this
    const copy = bytes.slice()
    if (lane === 'bulk') {
      // Each loss costs the reliable lane one more round trip.
      let at = network.now + network.delay(conditions)
      while (network.roll() < (conditions.loss ?? 0)) at += 2 * network.delay(conditions)
      this.bulkArrives = Math.max(at, this.bulkArrives)
      network.deliver(this.bulkArrives, () => this.other?.hear(lane, copy))
      return 'sent'
    }
    if (network.roll() < (conditions.loss ?? 0)) return 'sent'
    network.deliver(network.now + network.delay(conditions), () => this.other?.hear(lane, copy))
    if (network.roll() < (conditions.duplicate ?? 0))
      network.deliver(network.now + network.delay(conditions), () => this.other?.hear(lane, copy))
    return 'sent'
  }

  private hear(lane: Lane, bytes: Uint8Array): void {
    if (!this.open) return
    this.lanes[lane].receivedMessages++
    this.lanes[lane].receivedBytes += bytes.length
    if (this.handlers) this.handlers.message(lane, bytes)
    else this.early.push([lane, bytes])
  }

  buffered(): number {
    return 0
  }

  listen(handlers: LinkHandlers): void {
    this.handlers = handlers
    for (const [lane, bytes] of this.early.splice(0)) this.handlers?.message(lane, bytes)
  }

  close(reason: LinkCloseReason = 'left'): void {
    if (!this.open) return
    this.end(reason)
    this.network.deliver(Math.max(this.network.now + this.network.delay(this.conditions), this.bulkArrives), () =>
      this.other?.end(reason),
    )
  }

  private end(reason: LinkCloseReason): void {
    if (!this.open) return
    this.open = false
    for (const lane of Object.values(this.lanes)) lane.readyState = 'closed'
    this.handlers?.closed(reason)
  }

  stats(): Record<Lane, LaneStats> {
    return { state: { ...this.lanes.state }, bulk: { ...this.lanes.bulk } }
  }
}

function newStats(ordered: boolean, maxRetransmits: number | null): LaneStats {
  return {
    ordered,
    maxRetransmits,
    readyState: 'open',
    bufferedBytes: 0,
    sentMessages: 0,
    sentBytes: 0,
    receivedMessages: 0,
    receivedBytes: 0,
    skipped: 0,
    rejected: 0,
  }
}

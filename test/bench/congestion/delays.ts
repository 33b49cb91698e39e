/** From what was sent and when it arrived: the figures of a stream. */
import { quantile } from '../bench.ts'
import type { StreamResult } from './virtual-stream.ts'

/** One message that arrived; times in ms by one clock. */
export interface Delivery {
  readonly sentAt: number
  readonly arrivedAt: number
  readonly bytes: number
}

/** The time that is looked at, ms. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** News that is later than this beyond the path is history. */
export const FRESH_MS = 150

export interface Figures {
  /** One-way delay of what was sent within the window, ms. */
  readonly p50: number
  readonly p99: number
  /** What arrived within the window and was fresh, bytes per second. */
  readonly freshBytes: number
  /** Messages that arrived within the window, per second. */
  readonly arrivals: number
}

/** `pathMs` is the path's own latency, which is no part of the delay that is told. */
export function figuresOf(deliveries: readonly Delivery[], window: Window, pathMs: number): Figures {
  const seconds = (window.to - window.from) / 1000
  const within = isWithin(window)
  const beyond = ({ sentAt, arrivedAt }: Delivery): number => arrivedAt - sentAt - pathMs
  const delays = deliveries.filter(({ sentAt }) => within(sentAt)).map(beyond)
  const arrived = deliveries.filter(({ arrivedAt }) => within(arrivedAt))
  let freshBytes = 0
  for (const delivery of arrived) if (beyond(delivery) <= FRESH_MS) freshBytes += delivery.bytes
  return {
    p50: quantile(delays, 0.5),
    p99: quantile(delays, 0.99),
    freshBytes: freshBytes / seconds,
    arrivals: arrived.length / seconds,
  }
}

/** Of all that was offered within the window, the share that arrived, and the share that was never sent. */
export function sharesOf(
  { offeredAt, skippedAt, deliveries }: StreamResult,
  window: Window,
): { arrived: number; skipped: number } {
  const within = isWithin(window)
  const offered = offeredAt.filter(within).length
  return {
    arrived: deliveries.filter(({ sentAt }) => within(sentAt)).length / offered,
    skipped: skippedAt.filter(within).length / offered,
  }
}

function isWithin({ from, to }: Window): (time: number) => boolean {
  return (time) => time >= from && time < to
}

/** What was sent, and what was heard of it, by one clock; what never arrived is left out. */
export function match(
  sent: readonly { readonly digest: number; readonly at: number }[],
  heard: readonly { readonly digest: number; readonly at: number; readonly bytes: number }[],
): Delivery[] {
  const sentAt = new Map(sent.map(({ digest, at }) => [digest, at]))
  return heard.flatMap(({ digest, at, bytes }) => {
    const from = sentAt.get(digest)
    return from === undefined ? [] : [{ sentAt: from, arrivedAt: at, bytes }]
  })
}

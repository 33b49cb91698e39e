/** A steady stream of messages over a simulated link: how late each one is, and what was skipped. */
import { type LinkConditions, SimulatedNetwork } from '../../../net/testing.ts'
import type { Delivery } from './delays.ts'

export interface StreamOptions {
  readonly perSecond: number
  /** Bytes of each message, at least 4. */
  readonly size: number
  readonly seconds: number
  /** Whether the link's guard may skip. */
  readonly guarded: boolean
}

export interface StreamResult {
  /** When something was offered, sent or not, ms from the start. */
  readonly offeredAt: readonly number[]
  readonly skippedAt: readonly number[]
  readonly deliveries: readonly Delivery[]
  /** The most that was waiting, as the page reads it. */
  readonly maxBuffered: number
}

/** Whatever still waits at the end gets so long to arrive. */
const DRAIN_MS = 100_000

export function virtualStream(options: StreamOptions, conditions: LinkConditions, seed: number): StreamResult {
  const { perSecond, size, seconds, guarded } = options
  const network = new SimulatedNetwork(seed)
  const [sender, receiver] = network.pair(conditions, conditions, { guarded })
  const offeredAt: number[] = []
  const skippedAt: number[] = []
  const deliveries: Delivery[] = []
  receiver.listen({
    message: (_lane, bytes) => {
      const number = new DataView(bytes.buffer).getUint32(0)
      deliveries.push({ sentAt: offeredAt[number] ?? Number.NaN, arrivedAt: network.now, bytes: bytes.length })
    },
    closed: () => {},
  })
  const bytes = new Uint8Array(size)
  let maxBuffered = 0
  for (let number = 0; number < Math.round(perSecond * seconds); number++) {
    network.advanceTo((number * 1000) / perSecond)
    new DataView(bytes.buffer).setUint32(0, number)
    offeredAt.push(network.now)
    if (sender.send('state', bytes) === 'skipped') skippedAt.push(network.now)
    maxBuffered = Math.max(maxBuffered, sender.buffered('state'))
  }
  network.advanceTo(seconds * 1000 + DRAIN_MS)
  return { offeredAt, skippedAt, deliveries, maxBuffered }
}

/**
 * Turns a rate in bytes per second into packets: how often, and how large. A narrow path gets few packets of a useful size
 * rather than many that are all overhead. They stay small, because one of 1,128 bytes takes 102 ms through 96 kbit/s.
 */

/**
 * What the network adds to a packet's payload, bytes: IPv4 20, UDP 8, DTLS 37, SCTP 12, the head of its one chunk 16.
 */
export const OVERHEAD_BYTES = 93
/** Packets with less room than this, bytes, are not worth their overhead: fewer are sent instead. */
export const USEFUL_BYTES = 250
/** Room for what the client predicts and a little more, bytes: on no path are packets smaller. */
export const MIN_BYTES = 120
/** A faster schedule needs this much more room than a useful packet takes; otherwise schedules would swing to and fro. */
const FASTER_SHARE = 1.15
/** A packet may be larger than the mean by this factor, from what was saved before. */
const BURST_SHARE = 1.1

export interface SendSchedule {
  /** Packets per second. */
  readonly rate: number
  /** The longest packet, bytes. */
  readonly limitBytes: number
  /** Payload bytes per second. */
  readonly bytesPerSecond: number
  /** What may be saved up, bytes. */
  readonly burstBytes: number
}

export interface SendScheduleRequest {
  /** What the path carries, overhead included. */
  readonly bytesPerSecond: number
  /** Those to choose from, packets per second, fastest first. */
  readonly rates: readonly number[]
  /** The rate so far. */
  readonly present: number
  /** A packet with less room is not worth its overhead, bytes; less where a packet of all there is takes less. */
  readonly usefulBytes: number
  /** No packet is longer, bytes. */
  readonly maxBytes: number
}

/** The fastest schedule with packets of a useful size. */
export function scheduleFor({
  bytesPerSecond,
  rates,
  present,
  usefulBytes,
  maxBytes,
}: SendScheduleRequest): SendSchedule {
  const room = (rate: number): number => bytesPerSecond / rate - OVERHEAD_BYTES
  const suits = (rate: number): boolean => room(rate) >= usefulBytes * (rate > present ? FASTER_SHARE : 1)
  const rate = rates.find(suits) ?? rates[rates.length - 1] ?? present
  const mean = Math.max(0, room(rate))
  return {
    rate,
    limitBytes: Math.min(maxBytes, Math.max(MIN_BYTES, Math.floor(mean * BURST_SHARE))),
    bytesPerSecond: mean * rate,
    burstBytes: mean * BURST_SHARE,
  }
}

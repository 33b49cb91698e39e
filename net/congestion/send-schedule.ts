/**
 * From what a client may be sent per second to how often, and how much at a time: on a narrow path few packets of a
 * useful size rather than many that are all overhead, and small ones rather than full ones, because a packet of
 * 1,128 bytes alone takes 102 ms through 96 kbit/s.
 */

/**
 * What the network adds to a packet's payload, bytes: IPv4 20, UDP 8, DTLS 37, SCTP 12, the head of its one chunk 16.
 */
export const OVERHEAD_BYTES = 93
/** Packets with less room than this are not worth their overhead: rather fewer of them. */
export const USEFUL_BYTES = 250
/** A packet of what the client predicts and a little of the rest: on no path are they smaller. */
export const LEAST_BYTES = 120
/** A faster rate has to have this much more room than it needs, or the rate would go to and fro. */
const FASTER_SHARE = 1.15
/** A packet may be larger than the mean by what was saved before. */
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

/** The fastest pace with packets of a useful size. */
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
    limitBytes: Math.min(maxBytes, Math.max(LEAST_BYTES, Math.floor(mean * BURST_SHARE))),
    bytesPerSecond: mean * rate,
    burstBytes: mean * BURST_SHARE,
  }
}

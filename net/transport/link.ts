/**
 * What carries bytes between a client and the host. There is one kind, {@link LaneLink}, over any pipe: nothing above
 * `transport/` knows whether that is WebRTC, one page, or a network in virtual time.
 */

import { type Lane, type LaneStats, MAX_BULK_BYTES } from '../wire/lanes.ts'
import { MAX_HEAD_BYTES, MIN_PIECE_BYTES } from './bulk-frames.ts'

/**
 * What may wait on a lane, in bytes, when {@link Link.drained} says that it has drained. Bulk: 64 KiB, with the heads of
 * their pieces, which a page that refills it once per frame of a 60 Hz screen sends at 31 Mbit/s, and which are half a
 * second of an uplink of 1 Mbit/s. State: nothing, since the sending guard skips what would wait.
 */
export const LOW_WATER_BYTES: Record<Lane, number> = { state: 0, bulk: 64 * (MIN_PIECE_BYTES + MAX_HEAD_BYTES) }

/**
 * What may wait on the bulk lane, in bytes: one of the largest messages behind a lane that has drained. What is more is
 * refused as `skipped`, so a sender that does not wait costs no more memory than this.
 */
export const MAX_BULK_WAITING = MAX_BULK_BYTES + 128 * 1024

/** `skipped`: the lane still held too much older data, so this message was not queued behind it. */
export type SendOutcome = 'sent' | 'skipped' | 'closed'

/** `closed`: the link has ended, so nothing will be sent any more. */
export type DrainOutcome = 'drained' | 'closed'

/** `late`: nothing heard for 1 s; `gone`: nothing for 5 s, the link closes. */
export type Liveness = 'alive' | 'late' | 'gone'

export interface LinkHandlers {
  /** One whole message as the other side sent it. The bytes belong to the receiver. */
  message(lane: Lane, bytes: Uint8Array): void
  liveness?(state: Liveness): void
  /** Called once, last, on both ends. `reason` is what was given to `close` here or there, or why the link failed. */
  closed(reason: LinkCloseReason): void
}

/**
 * Why a link ended: `left` is a normal goodbye of either side, `lost` is silence or a failed connection. `away`: the
 * guest's page went, closed or reloaded, and may come back. `replaced`: the same player has another link now.
 */
export type LinkCloseReason = 'left' | 'lost' | 'kicked' | 'banned' | 'host-left' | 'rules-failed' | 'away' | 'replaced'

export interface Link {
  readonly open: boolean
  /**
   * Sends one message. Never throws for anything that the network or the other side did.
   * @param yields On the bulk lane: messages that do not yield overtake it while it waits, and `close` drops it. For the parts of something
   * large, which keep their order among themselves. Default false.
   * @throws RangeError when `bytes` is empty or larger than the lane takes: that is the caller's mistake.
   */
  send(lane: Lane, bytes: Uint8Array, yields?: boolean): SendOutcome
  /**
   * Whether the link would skip a state message now, as the other side has yet to read those before. Who can choose when to send asks again
   * at each tick, and makes the message then. A link that cannot know it says false. Default false.
   */
  readonly isStateHeld?: boolean
  /** Bytes waiting on a lane; the bulk lane yields to the state lane by looking at this. */
  buffered(lane: Lane): number
  /**
   * Resolves when at most 64 KiB wait on the bulk lane, or nothing on the state lane: at once, if that is so already. Await it
   * before each piece of something large; then no more than 64 KiB and one piece wait, and a slow peer sets the pace. Drained
   * is not received: what has left this page may still be under way. Loops that wait together go on together.
   *
   * When the link closes, or is closed already, it resolves to `closed`. It never rejects, so it need not be awaited.
   * @param lane Default `bulk`.
   * @throws RangeError at once, for a lane that there is not.
   */
  drained(lane?: Lane): Promise<DrainOutcome>
  /** Sets who hears of this link; messages that came earlier are handed over at once, in order. */
  listen(handlers: LinkHandlers): void
  /** Says goodbye with a reason and releases everything. Further calls do nothing. */
  close(reason?: LinkCloseReason): void
  stats(): Record<Lane, LaneStats>
}

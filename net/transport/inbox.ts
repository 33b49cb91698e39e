/** A link's inbox: checks the size of messages, keeps those that arrive until somebody listens, and tells of the close once. */

import { type Lane, MAX_BULK_BYTES, MAX_STATE_BYTES } from '../wire/lanes.ts'
import type { LinkCloseReason, LinkHandlers, Liveness } from './link.ts'

/** Largest message of a lane, in bytes. */
export const laneLimit: Record<Lane, number> = { state: MAX_STATE_BYTES, bulk: MAX_BULK_BYTES }

/**
 * What may wait for a listener, in bytes: one of the largest messages. A guest listens in the same task in which it gets
 * its link, so only a flood reaches this.
 */
export const MAX_WAITING_BYTES = MAX_BULK_BYTES

/** @throws RangeError when the lane does not take a message of this size. */
export function checkSize(lane: Lane, bytes: Uint8Array): void {
  if (bytes.byteLength > 0 && bytes.byteLength <= laneLimit[lane]) return
  const hint = lane === 'state' ? 'Send less, or use the bulk lane.' : 'Cut it into pieces.'
  throw new RangeError(
    `A message on the ${lane} lane has 1 to ${laneLimit[lane]} bytes, not ${bytes.byteLength}. ${hint}`,
  )
}

export interface Inbox {
  /** False when nobody listens yet and there is no room left to wait. */
  message(lane: Lane, bytes: Uint8Array): boolean
  liveness(state: Liveness): void
  /** Only the first call counts; nothing is handed over after it. */
  closed(reason: LinkCloseReason): void
  listen(handlers: LinkHandlers): void
}

export function createInbox(): Inbox {
  let handlers: LinkHandlers | null = null
  let closedBy: LinkCloseReason | null = null
  let told = false
  let waiting: { lane: Lane; bytes: Uint8Array }[] = []
  let waitingBytes = 0
  let lastLiveness: Liveness = 'alive'

  const tellClosed = (): void => {
    if (!handlers || !closedBy || told) return
    told = true
    const last = handlers
    handlers = null
    last.closed(closedBy)
  }

  return {
    message(lane, bytes) {
      if (closedBy) return true
      if (handlers) {
        handlers.message(lane, bytes)
        return true
      }
      if (waitingBytes + bytes.byteLength > MAX_WAITING_BYTES) return false
      waiting.push({ lane, bytes })
      waitingBytes += bytes.byteLength
      return true
    },
    liveness(state) {
      if (closedBy || state === lastLiveness) return
      lastLiveness = state
      handlers?.liveness?.(state)
    },
    closed(reason) {
      if (closedBy) return
      closedBy = reason
      tellClosed()
    },
    listen(next) {
      if (told) return
      handlers = next
      const early = waiting
      waiting = []
      waitingBytes = 0
      // A handler may pass the link on to the next listener, or close it, in the middle of this.
      for (const { lane, bytes } of early) handlers?.message(lane, bytes)
      tellClosed()
    },
  }
}

/** Signalling over WebSocket, as a page uses it: the two ways in are `host` and `guest` of `Signaling`. */

import { joinOverSocket } from './guest.ts'
import { hostOverSocket } from './host.ts'
import { type ServerOptions, socketOptions } from './server-options.ts'
import type { Signaling } from './signals.ts'

export interface SignalingOptions extends ServerOptions {
  /** How long a join may take until the host has answered, in ms. Default 14,500: a player reads a reason within 15 s. */
  joinDeadlineMs?: number
  /** The wait before a host's first try to come back after a drop, in ms; it doubles with each. Default 250. */
  firstRetryMs?: number
  /** The longest wait between two tries, in ms. Default 5,000: two tries fit into the lobby's lease of 12 s. */
  longestRetryMs?: number
}

/** A server that answers at all does so within a second, and a player waits for this. */
const ANSWER_WITHIN_MS = 1500

/** Any answer counts, whatever it says. */
async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url, { mode: 'no-cors', cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
    return true
  } catch {
    return false
  }
}

/**
 * Makes the way to a signalling server; nothing is opened before `host` or `guest` is called.
 * @throws TypeError when there is no url and no page, or the url cannot be one.
 */
export function connectSignaling(options: SignalingOptions = {}): Signaling {
  const { joinDeadlineMs = 14_500, firstRetryMs = 250, longestRetryMs = 5_000 } = options
  const socket = socketOptions(options)
  return {
    // Of a page alone: a socket of another make goes where a page's requests may not.
    ...(options.WebSocket === undefined &&
      typeof fetch === 'function' && { serverAnswers: () => answers(socket.url.replace(/^ws/, 'http')) }),
    host: (handlers, signal, right) =>
      hostOverSocket({ ...socket, firstRetryMs, longestRetryMs, right }, handlers, signal),
    guest: async (code, info, handlers, stage, request) =>
      joinOverSocket({ ...socket, joinDeadlineMs }, code, info, handlers, stage, request),
  }
}

/**
 * The two things the transport itself says to the other side: "I am here" and "goodbye, because". They are text
 * frames, so they never mix with messages, which are always binary. Each is one ASCII character whose byte is a
 * MessagePack positive fixint: a stock decoder reads every frame on the wire as one valid value.
 */

import type { Lane } from '../wire/lanes.ts'
import type { LinkCloseReason } from './link.ts'

/** Index on the wire, so only ever append. */
const closeReasons = [
  'left',
  'lost',
  'kicked',
  'banned',
  'host-left',
  'rules-failed',
  'away',
  'replaced',
] as const satisfies LinkCloseReason[]

/** First character code of a goodbye; below it is room for other signs of life. */
const FIRST_GOODBYE = 16

/** Fixint 1, on the state channel: unreliable, so a lost one never holds up the next. */
export const heartbeatFrame = '\u0001'

/** Fixint 16 + reason, on the bulk channel: it arrives, and after everything that was said before. */
export function goodbyeFrame(reason: LinkCloseReason): string {
  return String.fromCharCode(FIRST_GOODBYE + closeReasons.indexOf(reason))
}

export type Frame = { kind: 'heartbeat' } | { kind: 'goodbye'; reason: LinkCloseReason }

/** Reads a text frame of the other side; null for anything that no honest peer sends on that lane. */
export function readFrame(lane: Lane, text: string): Frame | null {
  if (text.length !== 1) return null
  if (lane === 'state') return text === heartbeatFrame ? { kind: 'heartbeat' } : null
  const reason = closeReasons[text.charCodeAt(0) - FIRST_GOODBYE]
  return reason ? { kind: 'goodbye', reason } : null
}

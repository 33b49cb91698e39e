/**
 * The code of a lobby's two sides. A page loads one of them when it hosts or joins, while signalling connects: a bundler
 * makes a file of each, and of what both need to play.
 *
 * A guest that may host later, as an heir does, calls `hostSide` before it has to: the code is there when the role changes.
 */
import { onDemand } from './on-demand.ts'

export const hostSide = onDemand(() => import('./host/side.ts'))
export const guestSide = onDemand(() => import('./guest/enter.ts'))
/** What plays for bots: for hosts of games that declare some. */
export const botMinds = onDemand(() => import('../bots/bot-minds.ts'))

/**
 * Loads the code of a lobby's two sides on demand. A page loads one side when it hosts or joins, while signalling connects. A bundler
 * makes a file of each side, and one of what both need to play.
 *
 * A guest that may host later, as an heir, calls `hostSide` in advance: the code must be there when the role changes.
 */
import { onDemand } from './on-demand.ts'

export const hostSide = onDemand(() => import('./host/side.ts'))
export const guestSide = onDemand(() => import('./guest/enter.ts'))
/** For a page that hosted and comes back as a guest. */
export const returning = onDemand(() => import('./migration/returning-role.ts'))
/** For a page that plays on without the others, and has lost the lobby's code. */
export const seeking = onDemand(() => import('./migration/seek-host.ts'))
/** The code that plays for bots: for hosts of games that declare some. */
export const botMinds = onDemand(() => import('../bots/bot-minds.ts'))

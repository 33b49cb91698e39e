/** The flight that is measured, in the pages and in the simulator alike. */
import type { LinkConditions } from '../../../net/testing.ts'

/** Each way: 100 ms round trip, 5 % loss. */
export const NETWORK: LinkConditions = { latencyMs: 50, loss: 0.05 }
export const ONE_WAY_MS = 50
/** A pilot decides so often, ms: about as often as a hand on a keyboard can. */
export const DECIDE_MS = 100
/** Between the pilots' scripts, ms, so that they do not do the same at once. */
export const PHASE_MS = 700
/** Until the clocks have settled. */
export const WARM_UP_MS = 3000

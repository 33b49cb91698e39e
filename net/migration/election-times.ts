/** The times of elections. Shorter ones move matches at a stall; longer ones make players wait. Of DESIGN, unless said otherwise. */

/** A voter votes after so long without its host, ms. */
export const SILENCE_VOTER_MS = 500
/** An heir claims after so long without the host, if signalling says that the host is gone, ms. */
export const SILENCE_GONE_MS = 500
/** An heir claims after so long without the host: a main thread that stalls for 1.5 s moves nothing, ms. */
export const SILENCE_MS = 2_000
/** An heir claims after so long without the host that the one before has named, ms. */
export const HANDED_MS = 1_000
/** The second heir waits for the first for so long: a round of votes, and some, ms. */
export const RANK_WAIT_MS = 1_000
/** An heir that has no world of the running match waits so much longer: who has one goes before, or the host hands over, ms. */
export const WITHOUT_WORLD_MS = 4_000
/** An heir whose world is older than that of the others by so much waits as one without a world, ms. */
export const BEHIND_MS = 1_000
/** A claim is given up after so long, ms. */
export const CLAIM_MS = 2_000
/** The next claim of the same heir waits so long, ms. */
export const RETRY_MS = 500
/** A host that hears too few for so long pauses, ms. */
export const HOST_QUIET_MS = 1_000
/** Signalling's word that it knows no other host counts for so long, ms: three questions, one a second. */
export const AGREED_MS = 3_000
/** Then it asks signalling after so long; and a voter tells the host of a dead claim after so long, ms. */
export const RECLAIM_MS = 3_000
/** The same is told to the same page once in so long, ms. */
export const TELL_MS = 1_000
/** A page that did not run for so long was frozen or asleep, ms. */
export const SUSPENDED_MS = 1_000

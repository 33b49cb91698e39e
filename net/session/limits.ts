/** The numbers of a running match that are not the game's own. */
import { MAX_PREDICTION_SECONDS } from '../clock/client-clock.ts'

export { MAX_PREDICTION_SECONDS }

/** How long states, inputs and events are kept: what a page can be asked for, and what migration will need. */
export const KEEP_SECONDS = 2
/** A guest's frozen tab does not run its lost time after it: it catches up so much at once, and skips the rest. */
export const MAX_CATCH_UP_SECONDS = 0.25
/**
 * A host that stood still is caught up by so much, for as long as its guests have played on meanwhile; the rest of the
 * stall is skipped. Skipping less made their ships stand still until the host was where they were (0.3 to 0.7 s).
 */
export const MAX_HOST_CATCH_UP_SECONDS = MAX_PREDICTION_SECONDS
/** A host that did not run for longer has slept, or its clock was set: its guests are gone, and it goes on where it stood. */
export const MAX_STALL_SECONDS = 5
/** A snapshot this much older than the newest is of before an outage: dropped. */
export const STALE_SNAPSHOT_SECONDS = 1
/** Events kept for one client that acknowledges nothing; beyond it the oldest are dropped and counted. */
export const MAX_PENDING_EVENTS = 256
/** Answers that one client may leave unacknowledged; further commands wait in his own queue. */
export const MAX_OPEN_RESULTS = 64
/** Packets that are none of this protocol before the sender is dropped: an honest one sends none at all. */
export const MAX_MALFORMED = 100
/**
 * For so long a page may play the next epoch before this one has heard of it, in packets of one a tick. One that goes on so
 * is as hostile as any that sends what is no packet.
 */
export const MAX_NEXT_EPOCH_SECONDS = 10
/** How often a client sends its inputs to a host that goes on and was not heard yet: several times within one round trip's wait. */
export const RESEND_SECONDS = 0.05
/** As long as this a client waits for a tick that is whole, before it says that none will come. */
export const OVERSIZED_SECONDS = 5
/** What a client waits for in vain for so long will not come by itself: it says so. Longer than hiccups and cuts of play. */
export const WAITS_SECONDS = 5
/** How often the coding parameters may change for everybody: telling them costs some bytes each time. */
export const PARAMETER_SECONDS = 1
/** Wrong predictions that wait to be told; a page that does not listen keeps no more. */
export const MAX_DIVERGENCES = 64

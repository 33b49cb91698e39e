/** The limits and times of a running match that a game does not choose. */
import { MAX_PREDICTION_SECONDS } from '../clock/client-clock.ts'
import { MAX_SEATS } from '../world/ids.ts'

export { MAX_PREDICTION_SECONDS }

/** How long states, inputs and events are kept: what a page can be asked for, and what a change of host needs. */
export const KEEP_SECONDS = 2
/** A guest's tab that was frozen catches up by so much at once, and skips the rest of the time. */
export const MAX_CATCH_UP_SECONDS = 0.25
/**
 * A host that stood still catches up by so much: for so long its guests have predicted on. The rest of the stall is skipped.
 * When less was caught up, the guests' own ships stood still until the host was where they were (0.3 to 0.7 s).
 */
export const MAX_HOST_CATCH_UP_SECONDS = MAX_PREDICTION_SECONDS
/** A host that stood still for longer has slept, or its clock was set. Its guests are gone, and it goes on where it stood. */
export const MAX_STALL_SECONDS = 5
/** A snapshot older than the newest by this much is stale, and dropped. */
export const STALE_SNAPSHOT_SECONDS = 1
/** So many events are kept for a client that acknowledges none; beyond it the oldest are dropped. */
export const MAX_PENDING_EVENTS = 256
/** So many results a client may leave unacknowledged; its further commands wait at the client. */
export const MAX_OPEN_RESULTS = 64
/** The result of a command waits for an heir for so long. A warm heir at a round trip of 200 ms has a tick within it. */
export const HELD_RESULT_SECONDS = 0.25
/** A client is dropped after so many malformed packets; an honest one sends none at all. */
export const MAX_MALFORMED = 100
/**
 * For so long a page may play a later epoch before this one has heard of it, in packets of one a tick. One that goes on so
 * is as hostile as any that sends what is no packet.
 */
export const MAX_NEXT_EPOCH_SECONDS = 10
/**
 * Epochs come in terms of so many. A host that was voted for begins a term; it counts its matches and planned changes of host within it,
 * and needs nobody's leave. So nobody else has such a number. A match a minute takes three days to use the lower half of a term up.
 */
export const EPOCHS_PER_TERM = 8192
/** The upper half of a term is for forks, which wait for no votes: each seat has some numbers of its own there. */
export const FIRST_FORK = EPOCHS_PER_TERM / 2
export const FORKS_PER_SEAT = FIRST_FORK / MAX_SEATS
/**
 * An epoch may be so many ahead of the one that a page has heard of: a claim that is withdrawn uses its term up, and match starts
 * count, too. One that is further ahead comes from no honest page.
 */
export const MAX_EPOCH_STEP = 16 * EPOCHS_PER_TERM
/** How often a client sends its inputs to a host that goes on and was not heard yet: several times within one round trip's wait. */
export const RESEND_SECONDS = 0.05
/** A client waits so long for a tick that is whole before it says that none will come. */
export const OVERSIZED_SECONDS = 5
/** After so long a client says what it waits for in vain: longer than the stalls and cuts of ordinary play. */
export const WAITS_SECONDS = 5
/** The coding parameters change for everybody at most this often: telling them costs some bytes each time. */
export const PARAMETER_SECONDS = 1
/** So many divergences wait to be told; beyond it the oldest are dropped. */
export const MAX_DIVERGENCES = 64
/**
 * Snapshots a second for spectators, at most: two thirds of a player's. They aim at nothing, and their bytes are the host's uplink,
 * which the players need more.
 */
export const SPECTATOR_SNAPSHOT_RATE = 20
/**
 * For so long a page may send a player's packets after it became a spectator, in packets of one a tick: those that were on
 * their way. One that goes on so is as hostile as any that sends what is no packet.
 */
export const MAX_STRAY_INPUT_SECONDS = 10
/** Sequence numbers that are left out where a client is seated anew over the same link: more than an ack spans. */
export const RESEAT_SEQUENCES = 256

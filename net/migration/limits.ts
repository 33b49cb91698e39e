/** The limits of an heir's stream. What the host's side never exceeds, the heir's side does not accept. */

/** Ticks of the world a second, at most: as snapshots, so an heir's world is at most one snapshot older than a guest's. */
export const HEIR_RATE = 30
/**
 * The same to the heirs behind the first. They host only where the first is gone, too; at 30 a second, two heirs took 1.8 times the uplink of a host
 * of 16.
 */
export const NEXT_HEIR_RATE = 10
/**
 * Bytes a second to one heir, at most. 1,000 moving entities take about half of it. On a narrow path ticks go less often, since none is
 * built while parts of one wait for the link.
 */
export const HEIR_BYTES_PER_SECOND = 192 * 1024
/** The heir bears so much more than the host's limit: bursts, and a host that was given more. */
export const MAX_HEIR_BYTES_PER_SECOND = 1024 * 1024
/** Parts of one tick on the state lane. What needs more goes over bulk. */
export const MAX_PARTS = 64
/** Ticks whose parts the heir collects at the same time. */
export const MAX_OPEN_TICKS = 8
/**
 * The host builds on a tick that the heir has acked for so long. After it the heir is told all of a tick again. It is longer than an ack takes on a
 * path that is nearly choked: else all of a tick would go over bulk again and again, and choke it.
 */
export const BASELINE_SECONDS = 4
/** The heir keeps whole ticks for longer than the host builds on them, so that an honest host's baseline is always here. */
export const KEEP_HEIR_SECONDS = 5
/** All of a tick goes at most this often: it is large, and bulk needs a while for it. After each that no ack follows it waits twice as long, up to the longest. */
export const FULL_SECONDS = 1
export const LONGEST_FULL_SECONDS = 4
/** Longest tick over bulk, bytes: more than 65,536 records of an ordinary game in full. */
export const MAX_FULL_BYTES = 4 * 1024 * 1024
/** Records of all types together that an heir holds. */
export const MAX_HEIR_RECORDS = 65_536
/** Opaque fields go at most this often, since nothing tells what changed in them. */
export const OPAQUE_SECONDS = 1
/** All opaque state of a tick, bytes. */
export const MAX_OPAQUE_BYTES = 4 * 1024 * 1024
/** Opaque state above it goes four times less often: it takes bulk from all else. */
export const LARGE_OPAQUE_BYTES = 64 * 1024
/** The heir loads its newest world for a trial this often, so that a poisoned one is found before it is needed. */
export const TRIAL_SECONDS = 1
/** Packets of no use in a row (malformed, or on a baseline that is not here) that end the candidacy. */
export const MAX_USELESS = 240
/** Longest value of one piece of slow data, bytes. */
export const MAX_SLOW_BYTES = 64 * 1024
/** Pieces of slow data: roster, settings, bans, chat and the like. */
export const MAX_SLOW_PIECES = 16
/** Of what was before the cut, the new host knows so much: rewinds go back 0.3 s, and what players saw of the old host is older still. */
export const REWIND_SECONDS = 0.4

/** The numbers of a running match that are not the game's own. */
import { MAX_PREDICTION_SECONDS } from '../sync/client-clock.ts'

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
/** Snapshots a second up to this many clients; then the slower rate, so that a home uplink carries them. */
export const FAST_CLIENTS = 8
export const FAST_SNAPSHOT_RATE = 30
export const SLOW_SNAPSHOT_RATE = 20
/** To a client whose path carries no more: below it the eye sees the joints of what is drawn. */
export const LEAST_SNAPSHOT_RATE = 10
/** A snapshot this much older than the newest is of before an outage: dropped. */
export const STALE_SNAPSHOT_SECONDS = 1
/** Events kept for one client that acknowledges nothing; beyond it the oldest are dropped and counted. */
export const MAX_PENDING_EVENTS = 256
/** Answers that one client may leave unacknowledged; further commands wait in his own queue. */
export const MAX_OPEN_RESULTS = 64
/** Packets that are none of this protocol before the sender is dropped: an honest one sends none at all. */
export const MAX_MALFORMED = 100
/**
 * A player whose page still plays another epoch, before or after a change of host or a new match, is waited for this
 * long: in packets of one a tick. Whoever goes on so is as hostile as any who sends what is no packet.
 */
export const MAX_OTHER_EPOCH_SECONDS = 10
/** What events and results may take of a packet, in bytes: a storm of them must not starve the world. */
export const EVENT_BYTES = 400
/** Snapshot payload per client: 24 kB/s, a third of what 5 % loss at 100 ms lets through. */
export const CLIENT_BYTES_PER_SECOND = 24_000
/** Two full packets may be saved up, for the moment when everything happens at once. */
export const CLIENT_BURST_BYTES = 2320
/** To a client that joins, until it has the whole world: as much as its path shows to carry, but not beyond this. */
export const JOIN_BYTES_PER_SECOND = 72_000
/** A world that has not arrived whole by then goes on arriving within the client's budget. */
export const JOIN_SECONDS = 2
/** Packets of one tick to one client: as many as the wire can count (WIRE.md, `part`). */
export const MAX_PARTS = 16
/**
 * What a client predicts, told in as many packets as a tick may have and still not whole, for so many snapshots and
 * seconds: it will not become less by itself. While a client joins, what does not change is told within a round trip.
 */
export const OVERSIZED_SNAPSHOTS = 20
export const OVERSIZED_SECONDS = 5
/** What a client waits for in vain for so long will not come by itself: it says so. Longer than hiccups and cuts of play. */
export const WAITS_SECONDS = 5
/** How often the coding parameters may change for everybody: telling them costs some bytes each time. */
export const PARAMETER_SECONDS = 1
/** The host tells a client in 16ths of a tick how its inputs wait. */
export const MARGIN_PER_TICK = 16
/** Wrong predictions that wait to be told; a page that does not listen keeps no more. */
export const MAX_DIVERGENCES = 64
/**
 * The longest snapshot, in bytes. A state packet may have 1,160, but SCTP puts its acks of the client's inputs into the
 * same datagram where there is room (16 bytes, 4 for each gap, 8 for what is given up), and into one of its own where
 * there is none: measured, 160 snapshots of 1,160 bytes took 513 datagrams.
 */
export const MAX_SNAPSHOT_BYTES = 1128

/** How often and how much a host sends to one client. */

/** Snapshots a second up to this many clients; then the slower rate, so that a home uplink carries them. */
export const FAST_CLIENTS = 8
export const FAST_SNAPSHOT_RATE = 30
export const SLOW_SNAPSHOT_RATE = 20
/** To a client whose path carries no more: below it the eye sees the joints of what is drawn. */
export const MIN_SNAPSHOT_RATE = 10
/** Snapshot payload per client: 24 kB/s, a third of what 5 % loss at 100 ms lets through. */
export const CLIENT_BYTES_PER_SECOND = 24_000
/** Two full packets may be saved up, for the moment when everything happens at once. */
export const CLIENT_BURST_BYTES = 2320
/** To a client that joins, until it has the whole world: as much as its path shows to carry, but not beyond this. */
export const JOIN_BYTES_PER_SECOND = 72_000
/** A world that has not arrived whole by then goes on arriving within the client's budget. */
export const JOIN_SECONDS = 2

/** What a recording may take, and how it is cut. */

/**
 * A chunk is so long, seconds: to show a tick, a replay runs from the start of its chunk. Shorter chunks would cost more
 * bytes, since each has a key frame (`npm run bench -- records`).
 */
export const CHUNK_SECONDS = 5
/** A guest keeps so much, seconds. */
export const GUEST_SECONDS = 30
/** A recording holds so much at most, bytes; beyond it the oldest chunks go. An hour of Dogstar with 8 players takes less. */
export const MAX_HELD_BYTES = 64 * 2 ** 20
/** A longer file is refused unread: what a recording holds at most, and its head. */
export const MAX_FILE_BYTES = MAX_HELD_BYTES + 2 ** 20
/** A chunk of a file has so many ticks at most: one of ours has 600 at 120 ticks a second. */
export const MAX_CHUNK_TICKS = 4096
/** `highlight` and `save` take so many seconds at most. */
export const MAX_SECONDS = 100 * 3600

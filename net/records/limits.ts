/** What a recording may take, and how it is cut. */

/**
 * Length of a chunk in seconds. To show a tick, a replay runs from the start of its chunk. Shorter chunks would cost more
 * bytes, since each has a key frame (`npm run bench -- records`).
 */
export const CHUNK_SECONDS = 5
/** How much a guest's page keeps, in seconds. */
export const GUEST_SECONDS = 30
/** Largest recording in memory, in bytes; beyond it the oldest chunks go. An hour of Dogstar with 8 players takes less. */
export const MAX_HELD_BYTES = 64 * 2 ** 20
/** Largest file that is read, in bytes: the largest recording with its head. */
export const MAX_FILE_BYTES = MAX_HELD_BYTES + 2 ** 20
/** Most ticks in a chunk of a file. Our own chunks have up to 600, at 120 ticks a second. */
export const MAX_CHUNK_TICKS = 4096
/** Most seconds that `highlight` and `save` accept. */
export const MAX_SECONDS = 100 * 3600

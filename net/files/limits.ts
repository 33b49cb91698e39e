/** What bounds a file transfer: sizes, counts and times. WIRE.md has those that both sides must keep. */

/** Bytes of a file in one message. With its head it fits into one piece of the bulk lane, which has 16 KiB. */
export const CHUNK_BYTES = 16_000

/**
 * What may be under way of one file between sender and receiver: 40 Mbit/s at a round trip of 200 ms, over both links where the
 * host passes it on. So it is also what a host keeps of one file that a slow receiver does not take.
 */
export const WINDOW_BYTES = 64 * CHUNK_BYTES

/** Chunks that were under way when a link was lost, and arrive after the next accept: they are dropped. Twice a window. */
export const MAX_STRAY_CHUNKS = 128

/** The receiver acknowledges so often: eight times in a window, so that it moves on smoothly. */
export const ACK_BYTES = 8 * CHUNK_BYTES

/** Bytes that are read of a file at once: a read of a Blob is a task of the browser's, about half a millisecond each. */
export const READ_BYTES = 16 * CHUNK_BYTES

/** Offers and transfers of one sender to one receiver at once. */
export const MAX_OPEN_PER_PEER = 4

/** Offers and transfers to one page at once, of all senders. */
export const MAX_OPEN = 16

/** Offers and transfers of one page to others at once: one file for each player of the largest lobby. */
export const MAX_SENDING = 64

/** Offers of one page at once, then so many a second. The host takes a few more, since a stalled link delivers them together. */
export const OFFER_BURST = 64
export const OFFERS_PER_SECOND = 1

/** Largest file that `accept` takes by default: a picture or a level, no film. */
export const DEFAULT_MAX_BYTES = 32 * 1024 * 1024

/** Bytes of all files under way to one page: they are kept in memory until they are whole. */
export const MAX_RECEIVING_BYTES = 256 * 1024 * 1024

/** Without any progress for so long a transfer ends. A lobby keeps the seat of a lost player for as long by default. */
export const STALL_MS = 60_000

/** An offer without an answer is declined after so long: the player may be away, or their page reloaded. */
export const OFFER_MS = 5 * 60_000

/** Accepts of one transfer: the first, and one for each lost link. */
export const MAX_ACCEPTS = 64

/** Longest name and type that are read, in UTF-16 units. */
export const MAX_SENT_NAME = 300
export const MAX_TYPE = 100

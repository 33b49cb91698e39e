/**
 * What is sent while nothing is acknowledged. Once its retransmission timer has rung, SCTP lets one packet's worth of
 * data be under way until the timer rings again, twice as much later (RFC 9260, 6.3.3 and 7.2.3); what more is sent
 * waits in its queue, and fills the next window before anything fresh does. So probes share that window out over the
 * time it has to last: then the first one after the end of an outage finds it open, however long the outage was.
 * `npm run bench -- feel`, outages of 2 s: recovered after 321 ms instead of 541 (median), 0.9 s instead of 2.5 s (worst).
 */

/** SCTP's window after its timer has rung: one packet, as Chromium's dcSCTP makes them, bytes. */
const WINDOW_BYTES = 1191
/** The head of a chunk of data, bytes. */
const CHUNK_HEAD_BYTES = 16
/** The timer rings for the first time after this, ms (dcSCTP's least). */
const FIRST_TIMEOUT_MS = 400

/** Bytes, overhead in SCTP's window included, that may be sent per ms when nothing was heard for `silentMs`. */
function bytesPerMs(silentMs: number): number {
  // It rings at 1, 3, 7 … times the first timeout: the window has to last for as long as it took to ring, and that again.
  return WINDOW_BYTES / (silentMs + FIRST_TIMEOUT_MS)
}

/** The longest packet, bytes of payload, if one is sent every `intervalMs`. */
export function probeBytes(silentMs: number, intervalMs: number): number {
  return Math.max(0, bytesPerMs(silentMs) * intervalMs - CHUNK_HEAD_BYTES)
}

/** The shortest time between packets of `bytes` payload, ms. */
export function probeIntervalMs(silentMs: number, bytes: number): number {
  return (bytes + CHUNK_HEAD_BYTES) / bytesPerMs(silentMs)
}

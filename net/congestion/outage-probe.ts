/**
 * What is sent in an outage: small probes, so that the first one after its end gets through at once. After its
 * retransmission timer rang, SCTP lets one packet's worth of data be in flight until the timer rings again, after twice the
 * time (RFC 9260, 6.3.3 and 7.2.3). More waits in its queue and fills the next window. So probes share that window out over
 * the time that it has to last.
 * `npm run bench -- feel`, outages of 2 s: recovered after 321 ms instead of 541 (median), 0.9 s instead of 2.5 s (worst).
 */

/** SCTP's window after its timer has rung: one packet, as Chromium's dcSCTP makes them, bytes. */
const WINDOW_BYTES = 1191
/** The head of a chunk of data, bytes. */
const CHUNK_HEAD_BYTES = 16
/** The timer rings for the first time after this, ms (dcSCTP's least). */
const FIRST_TIMEOUT_MS = 400

/** Bytes, overhead in SCTP's window included, that may be sent per ms in an outage that has lasted `outageMs`. */
function bytesPerMs(outageMs: number): number {
  // It rings at 1, 3, 7 … times the first timeout: the window has to last for as long as it took to ring, and that again.
  return WINDOW_BYTES / (outageMs + FIRST_TIMEOUT_MS)
}

/** The longest packet, bytes of payload, if one is sent every `intervalMs`. */
export function probeBytes(outageMs: number, intervalMs: number): number {
  return Math.max(0, bytesPerMs(outageMs) * intervalMs - CHUNK_HEAD_BYTES)
}

/** The shortest time between packets of `bytes` payload, ms. */
export function probeIntervalMs(outageMs: number, bytes: number): number {
  return (bytes + CHUNK_HEAD_BYTES) / bytesPerMs(outageMs)
}

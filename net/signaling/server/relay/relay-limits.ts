/**
 * What a relay may cost, and why. A relay carries bytes between the two sockets of a pair, for a guest that a host let in and where
 * no packet passes between the pages.
 *
 * NO OPEN PROXY   The server opens no connection but to processes of its own service, where they said that they are reached, and only for
 *                 a ticket that names one. It carries bytes between two sockets that came to it, each with a ticket of the same pair.
 *                 A pair begins with a guest that the host of a lobby admitted. A ticket is for one lobby, one process, one side, once, and 10 s.
 * NO AMPLIFIER    A message goes to one socket, as it came. Before a pair is complete nothing is kept and nothing is sent but one
 *                 short text. A lobby has `relayKilobytesPerSecond`, the process `RELAY_PROCESS_FACTOR` times as much. Above that the server
 *                 stops reading, so TCP slows the sender down. It drops nothing.
 * BOUNDED         A message has at most 16,403 bytes; a larger one ends the socket before it is read. A socket is not read while
 *                 `MAX_WAITING_BYTES` wait for the other one. So a pair keeps at most two times that and a message.
 * HALF-OPEN       A socket without a ticket is closed after `HELLO_MS`, one whose partner does not come after `TICKET_MS`, one that
 *                 shows no life after `LEASE_MS`, one whose page says nothing for `QUIET_MS`, one that reads nothing for `LEASE_MS`; with
 *                 it goes its partner.
 */

/** A relay ticket is for the next 10 s: pages open their sockets at once, and a slow phone takes some seconds. */
export const TICKET_MS = 10_000

/** A socket shows its ticket within so many ms; it has it before it opens. */
export const HELLO_MS = 5_000

/** Bytes that may wait for a socket until its partner is not read any more: a quarter of a second of a whole lobby. */
export const MAX_WAITING_BYTES = 64 * 1024

/** A paused socket is read again when so many bytes wait for its partner. */
export const LOW_WAITING_BYTES = 16 * 1024

/** A process that shows the page's ticket to another one does it at once; clocks of machines may differ by some seconds. */
export const PEER_TOKEN_MS = 30_000

/** Where this process is reached stands in the store for so long, in ms, and is said anew three times as often. */
export const ANNOUNCED_MS = 30_000

/**
 * A process that stops lets its pairs go on for so long, in ms: by then the pages of hosts have their sockets at other processes. Then
 * it tells them to move.
 */
export const MOVE_AFTER_MS = 3_000

/** Pairs that are told to move are gone within a second. It ends those that stay longer, in ms: of pages that know no move. */
export const MOVE_WITHIN_MS = 7_000

/** Sockets without a ticket, in all and of one address: they come in pairs and are gone within a round trip. */
export const MAX_NEW = 500
export const MAX_NEW_PER_ADDRESS = 32

/** A process carries as much as so many lobbies at their limit: with the default 25 MB, 200 Mbit, in a second each way. */
export const RELAY_PROCESS_FACTOR = 50

/** Sockets of one address: three hosts with all their pairs, and some guests. */
export const MAX_PER_ADDRESS = 64

/** A page in a pair says "I am here" four times a second, and gives a silent link up after 5 s. Pongs are the browser's and say nothing of the page. */
export const QUIET_MS = 15_000

/** Seconds of its rate that a lobby or process may use at once: a late join's world, then nothing for a while. */
export const BURST_SECONDS = 4

/**
 * What one address, one socket and one lobby may do: the whole budget of the signalling server, as one model.
 *
 * WHO PAYS. The server sees addresses and sockets. One address may be one attacker, or a school class behind one NAT, or
 * both. So three rules hold everywhere:
 *   1. A budget refills all the time (a token bucket), never at the end of a minute. A refused page waits for one token,
 *      not for the rest of a window; `retryAfterSeconds` tells it how long.
 *   2. Where room runs out, sockets and attempts that have done nothing yet give way. The newcomer is not refused.
 *   3. A guest that a host let in has a budget of its own to come back. Nobody else can use it up.
 *
 * WHAT IS COUNTED
 *   join            one token of the address (`joinsPerMinute`), whether it succeeds or not.
 *   wrong code      one token of the address (`wrongCodesPerMinute`) for each *other* wrong code. The same wrong code again
 *                   within a minute tells nobody anything: thirty guests of a closed lobby are one wrong code. Without a
 *                   token no code is looked up, right or wrong. The answer is `too-many-joins` for both, so it is no
 *                   oracle. Joins without a ticket of one address are looked up one after the other, so that many at
 *                   once cannot share one token.
 *   redial          a join with a ticket. The server signs a ticket when a host admits a guest, for this lobby alone. A
 *                   redial costs a token of the ticket (`redialsPerMinute`) and one of the address's own account of
 *                   redials (`redialsPerAddress`), never one of the two above: its code is known already.
 *   half a join     asked or admitted, and then nothing. An admitted guest signals within `HALF_OPEN_MS`, or the attempt is
 *                   over. A lobby has `attemptsPerLobby` attempts under way; one more ends the oldest of the address
 *                   that has the most of them, not the newcomer. The host's star counts a seat from the offer on only.
 *   socket          `socketsPerAddress`. One more closes the oldest of that address that has said nothing, then the
 *                   oldest guest. Hosts stay, and an address has at most `lobbiesPerAddress` of them, so that there is
 *                   always room for guests. A socket that says nothing for `IDLE_MS` is closed, a guest after `ATTEMPT_MS`.
 *   lobby           one token of the address (`lobbiesPerMinute`).
 *   message         one token of the socket. Pings, and pongs that nobody asked for, have their own (`framesPerSecond`).
 *   half-open TCP   a peer that vanished answers no ping and is cut after `LEASE_MS`. Before the upgrade the HTTP server
 *                   decides: `src/server.ts` waits 10 s for a head and closes connections that are silent for 60 s.
 *   IPv6            counts by /64, which is one customer; and ten times the budget by /48, since some have 65,536 of those.
 *
 * THE ATTACKER. 22^5 = 5,153,632 codes. One address tries 20 in a minute: with 1,000 lobbies open it hits any one of them
 * in 5,153,632 / 1,000 / 20 = 258 minutes, and a certain one in half a year (5,153,632 / 20 / 2 = 89 days on average).
 * A hit is a seat in a lobby whose host can remove its guest. Collecting tickets is of no use: each is for one lobby whose
 * host let its owner in. Half joins: 200 joins a minute are 3.3 a second. Each is gone after 10 s, so one address holds
 * 33 attempts, or 64 for a moment, and its own oldest end first.
 *
 * THE SCHOOL CLASS. Thirty guests behind one NAT. All join: 30 of 200 joins, 30 of 200 sockets. Six mistype: 6 of 20 wrong
 * codes. The host's computer crashes: each page dials 19 times in the first minute (0.25 s, doubling to 5 s), 570 in all
 * of 2,400 redials, 19 of 30 for each ticket. Joins and wrong codes are untouched, so the lobby at the next desk goes on
 * taking guests. All reload: the page keeps the ticket with the seat. All type the dead code by hand: one wrong code.
 * Somebody in class guesses codes: new guests wait up to 3 s for each token and compete with the guesser for it. Guests that
 * were in before are not touched. That much an address shares; players of other addresses notice nothing.
 */

export interface SignalingLimits {
  /** Lobbies in all, in the memory store. Each takes about 1 kB with its socket. */
  lobbies: number
  /** Open sockets in all, in this process. */
  sockets: number
  /** Open sockets of one address. A school class or a LAN party shares one address. */
  socketsPerAddress: number
  /** Sockets of one address that host; below `socketsPerAddress`, so that its guests have room. */
  lobbiesPerAddress: number
  /** Guests of one lobby that are connecting at the same moment; more than any star can hold. */
  attemptsPerLobby: number
  /** Lobbies that one address creates in a minute. */
  lobbiesPerMinute: number
  /** Joins without a ticket from one address in a minute, wrong codes included. */
  joinsPerMinute: number
  /** Different wrong codes from one address in a minute, so that codes cannot be guessed. */
  wrongCodesPerMinute: number
  /** Joins with one ticket in a minute; a page that dials its lost host makes 19 in the first. */
  redialsPerMinute: number
  /** Joins with tickets from one address in a minute: 63 guests of one lobby, twice over. */
  redialsPerAddress: number
  /** Messages of one socket in a second, in the long run. */
  messagesPerSecond: number
  /** Messages of one socket above that, at once. Trickle ICE sends 10 to 30 per guest, and eight may join at once. */
  messageBurst: number
  /** Pings, and pongs that nobody asked for, of one socket in a second; ten times as many at once. Browsers send none. */
  framesPerSecond: number
  /** Bad messages of one socket in a minute, before it is closed. */
  badMessagesPerMinute: number
}

export const defaultLimits: SignalingLimits = {
  lobbies: 10_000,
  sockets: 20_000,
  socketsPerAddress: 200,
  lobbiesPerAddress: 100,
  attemptsPerLobby: 64,
  lobbiesPerMinute: 60,
  joinsPerMinute: 200,
  wrongCodesPerMinute: 20,
  redialsPerMinute: 30,
  redialsPerAddress: 2_400,
  messagesPerSecond: 40,
  messageBurst: 400,
  framesPerSecond: 5,
  badMessagesPerMinute: 20,
}

/** An IPv6 /48 has so many times the budget of one /64. */
export const WIDER_FACTOR = 10

/** A dead host's lobby is gone after this many ms: four pings missed, and below the 15 s that a joining guest waits. */
export const LEASE_MS = 12_000

/** Between two pings, in ms. */
export const PING_EVERY_MS = 3_000

/** Between two looks at all sockets, in ms. */
export const SWEEP_EVERY_MS = 1_000

/** A socket says `host` or `join` within this many ms, or is closed. */
export const IDLE_MS = 10_000

/** How long a token takes a lobby back, in ms: two days, counted from the last time it was handed out. */
export const TOKEN_MS = 48 * 3600_000

/** How long a ticket is good for, in ms: a day, longer than an evening of play; each join gives a new one. */
export const TICKET_MS = 24 * 3600_000

/** A socket that reads so slowly that this many bytes wait for it is cut. */
export const MAX_BUFFERED_BYTES = 256 * 1024

/** Messages of one socket that may wait while the store answers; more is a flood. */
export const MAX_WAITING_MESSAGES = 500

/** At a message larger than this many bytes ws cuts the connection, without an error message. Up to here the sender gets one. */
export const MAX_FRAME_BYTES = 64 * 1024

/** Frames of one message. Browsers send a message of 16 kB as one. */
export const MAX_FRAGMENTS = 64

/** A socket that was told to go and does not is cut after this many ms. */
export const CLOSE_WITHIN_MS = 2_000

/** An admitted guest sends its offer at once, some 100 ms after it was admitted; without one the attempt ends after so many ms. */
export const HALF_OPEN_MS = 10_000

/** An attempt is over after this many ms, one way or the other: a page gives up after 15 s. */
export const ATTEMPT_MS = 30_000

/** Signals of one guest that are kept while its host's socket is away. */
export const MAX_OUTBOX = 64

/** Refused sockets that are open at one moment, only to be told why: of one address, and in all. Above, they end without a word. */
export const MAX_TOLD_PER_ADDRESS = 20
export const MAX_TOLD = 500

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
 *   listing         `listedPerAddress` lobbies of one address stand in the public list; the next reads `too-many` and goes on
 *                   without. `list` and `facts` cost one token of the socket (`listingsPerMinute`): a page says its newest
 *                   facts once a second at most. A change that finds no token is dropped, and the page says it again.
 *   look at a list  `find` and `measure` cost one token of the address each (`findsPerMinute`).
 *   echo            measuring asks nothing of a host that it was asked within `ECHO_EVERY_MS`: one echo of 60 bytes in 5 s,
 *                   whoever looks, and how many. All who ask meanwhile get that answer. Only lobbies of the page of the list
 *                   that a socket was given last can be measured, so nobody tries out codes by it.
 *   relay           one token of the address (`relaysPerMinute`), and a place among `relayPairs` and `relayPairsPerLobby`. What a
 *                   relay costs and how it is bounded stands in relay/relay-limits.ts.
 *   message         one token of the socket. Pings, and pongs that nobody asked for, have their own (`framesPerSecond`).
 *   idle sockets    of many addresses take the room of a process: 20,000 of them, from 20,000 addresses, for 10 s each. When there is no
 *                   room, the oldest socket that has said nothing gives way to the newcomer, so hosts and guests get in at once.
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
 * Lists: whoever looks spends 20 a second in the long run, 1,200 at once. A page of 20 out of 10,000 lobbies takes 0.02 ms to find;
 * one whose filter fits nobody looks at all of them, which takes 1 ms: 2 % of a core in the long run, and a second at once.
 * A liar lists 20 lobbies that hold nobody: 20 of the 1,000 lines that others see, each gone with its socket, and
 * 20 sockets × 2 changes a second are 40 writes. A list tells codes; these lobbies wanted that.
 *
 * THE SCHOOL CLASS. Thirty guests behind one NAT. All join: 30 of 200 joins, 30 of 200 sockets. Six mistype: 6 of 20 wrong
 * codes. The host's computer crashes: each page dials 19 times in the first minute (0.25 s, doubling to 5 s), 570 in all
 * of 2,400 redials, 19 of 30 for each ticket. Joins and wrong codes are untouched, so the lobby at the next desk goes on
 * taking guests. All reload: the page keeps the ticket with the seat. All type the dead code by hand: one wrong code.
 * All look at the list and press "again" every 5 s, with pings: 30 × 12 × 2 = 720 of 1,200 tokens a minute. Each hosts: 20 of
 * 30 lobbies are listed, the others have their code.
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
  /** Lobbies of one address in the public list. */
  listedPerAddress: number
  /** Changes of one socket's listing in a minute; an honest page makes 60. */
  listingsPerMinute: number
  /** Pages of the list and measurements for one address in a minute; a page that is shown costs two. */
  findsPerMinute: number
  /** Messages of one socket in a second, in the long run. */
  messagesPerSecond: number
  /** Messages of one socket above that, at once. Trickle ICE sends 10 to 30 per guest, and eight may join at once. */
  messageBurst: number
  /** Pings, and pongs that nobody asked for, of one socket in a second; ten times as many at once. Browsers send none. */
  framesPerSecond: number
  /** Bad messages of one socket in a minute, before it is closed. */
  badMessagesPerMinute: number
  /** Pairs of pages that this process relays at the same time. 0: none. */
  relayPairs: number
  /** Pairs of one lobby. */
  relayPairsPerLobby: number
  /** What the pairs of one lobby may send together in a second, both ways, in kB; above, the server reads more slowly. */
  relayKilobytesPerSecond: number
  /** Times that guests of one address may ask for a relay in a minute. */
  relaysPerMinute: number
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
  listedPerAddress: 20,
  listingsPerMinute: 120,
  findsPerMinute: 1_200,
  messagesPerSecond: 40,
  messageBurst: 400,
  framesPerSecond: 5,
  badMessagesPerMinute: 20,
  relayPairs: 500,
  relayPairsPerLobby: 16,
  relayKilobytesPerSecond: 512,
  relaysPerMinute: 120,
}

/** An IPv6 /48 has so many times the budget of one /64. */
export const WIDER_FACTOR = 10

/** A dead host's lobby is gone after this many ms: four pings missed, and below the 15 s that a joining guest waits. */
export const LEASE_MS = 12_000

/** A host that an heir wants to replace has this many ms to show life: a round trip to the far side of the world, and a long task. */
export const PROVE_ALIVE_MS = 500

/** An heir that has signalling's vote knows within a round trip whether it has won; this is long enough for a slow one, ms. */
export const RESERVED_MS = 5_000

/** A host whose server is gone has this many ms to come back to another one. Its first try is after 250 ms. */
export const RETURN_MS = 1_000

/** Between two pings, in ms. */
export const PING_EVERY_MS = 3_000

/** Between two looks at all sockets, in ms. */
export const SWEEP_EVERY_MS = 1_000

/** A socket says `host` or `join` within this many ms, or is closed. One that looks at the list stays while it goes on looking. */
export const IDLE_MS = 10_000

/** How long a token takes a lobby back, in ms: two days, counted from the last time it was handed out. */
export const TOKEN_MS = 48 * 3600_000

/** How long an heir's pass is good for, in ms: a longer outage than any that a lobby is waited for. Who is an heir no more soon has none. */
export const PASS_MS = 120_000
/** A pass is given anew after so many ms: several within the life of one. */
export const PASS_EVERY_MS = 30_000

/** How long a ticket is good for, in ms: a day, longer than an evening of play; each join gives a new one. */
export const TICKET_MS = 24 * 3600_000

/** A socket that reads so slowly that this many bytes wait for it is cut. */
export const MAX_BUFFERED_BYTES = 256 * 1024

/** A host's page is asked for an echo this often at most, in ms. What it answered counts for as long. */
export const ECHO_EVERY_MS = 5_000

/** A host's page that does not answer an echo within this many ms is asleep; another try is worth it then. */
export const ECHO_WITHIN_MS = 2_000

/** A measurement counts as the least that the way takes for this many ms: a busy page answers late, never early. */
export const ECHO_MEMORY_MS = 30_000

/** Sockets that wait for one echo; more than 256 within 2 s go without. */
export const MAX_ECHO_WAITING = 256

/** An operator's filter has this many ms for one listing. */
export const FILTER_WITHIN_MS = 2_000

/** Messages of one socket that may wait while the store answers; more is a flood. */
export const MAX_WAITING_MESSAGES = 500

/** At a message larger than this many bytes ws cuts the connection, without an error message. Up to here the sender gets one. */
export const MAX_FRAME_BYTES = 64 * 1024

/** Frames of one message. Browsers send a message of 16 kB as one. */
export const MAX_FRAGMENTS = 64

/** A socket that was told to go and does not is cut after this many ms. */
export const CLOSE_WITHIN_MS = 2_000

/** A process that is told to stop waits for its pages so long, in ms: as long as an attempt of a guest. */
export const DRAIN_WITHIN_MS = 30_000

/** A guest whose host is away waits; the host is looked for so often, for as long as a drop of its socket takes. In ms. */
export const LOOK_AGAIN_MS = 100
export const EAGER_MS = 1_500

/**
 * A guest's process looks up where the host's socket is once in so many ms: an offer and its candidates all go there. A signal that
 * comes to a socket which is over comes back, and is sent again.
 */
export const HOLDER_KNOWN_MS = 5_000

/** An admitted guest sends its offer at once, some 100 ms after it was admitted; without one the attempt ends after so many ms. */
export const HALF_OPEN_MS = 10_000

/** An attempt is over after this many ms, one way or the other: a page gives up after 15 s. */
export const ATTEMPT_MS = 30_000

/** Signals of one guest that are kept while its host's socket is away. */
export const MAX_OUTBOX = 64

/** Refused sockets that are open at one moment, only to be told why: of one address, and in all. Above, they end without a word. */
export const MAX_TOLD_PER_ADDRESS = 20
export const MAX_TOLD = 500

/** `findLobbies`: one page of the public list, with the round trips to the hosts of its first lobbies. */

import { type FoundPage, findOverSocket } from '../../signaling/finder.ts'
import { cleanValues, type ListedEntry } from '../../signaling/listing.ts'
import { type Hidable, type ListOrder, MAX_MEASURED, MAX_PAGE } from '../../signaling/listing-messages.ts'
import { socketOptions } from '../../signaling/server-options.ts'
import type { Game } from '../../world/game.ts'
import type { GameShape } from '../../world/game-shape.ts'
import { checkGame, checkKinds, checkNames, describeGiven, list } from '../../world/given.ts'
import { checkSignal } from '../options.ts'
import { buildOf, checkValues } from './own-listing.ts'
import type { FindOptions, FoundLobbies, FoundLobby } from './types.ts'

const DEFAULT_LIMIT = 20

/**
 * How long measuring may take after the list has come, in ms. The slowest round trip that can still be played with is about 600 ms; a
 * page that takes longer is asleep.
 */
const MEASURE_WITHIN_MS = 1_000

const ORDERS: readonly ListOrder[] = ['players', 'newest']
const HIDABLE: readonly Hidable[] = ['full', 'locked', 'version-mismatch', 'password', 'playing']

const OPTIONS: { readonly [K in keyof Required<FindOptions<GameShape>>]: true } = {
  ...{ game: true, version: true, filter: true, sort: true, hide: true, limit: true, cursor: true, pings: true },
  ...{ signaling: true, WebSocket: true, platform: true, signal: true },
}

/**
 * Looks for public lobbies of a game: those that were listed (`listed` of `createLobby`, `lobby.list`). Tells of each how full it is,
 * whether it can be joined, and for the first ten of those the measured round trip (`FoundLobby.pingMs`, which says how
 * it is measured and how wrong it can be). It ends within 10 s. No address of anybody is told to anybody before they join.
 *
 * @throws StarwireError (rejects): `signaling-down` when the lobby server is out of reach or knows no list; `rate-limited`
 *   (with `retryAfterSeconds`), `refused-origin`. With the reason of `signal` when that aborts.
 * @throws TypeError, RangeError (rejects) for options that there are not, or that are of a wrong kind or out of range.
 */
export async function findLobbies<G extends GameShape>(options: FindOptions<G>): Promise<FoundLobbies> {
  checkOptions(options)
  return foundLobbies(await look(options, MEASURE_WITHIN_MS))
}

/** Asks signalling for one page of the list, and measures round trips for at most `measureWithinMs`. */
export function look<G extends GameShape>(options: FindOptions<G>, measureWithinMs: number): Promise<FoundPage> {
  const { game, version, filter = {}, sort = 'players', hide = [], limit = DEFAULT_LIMIT, cursor = null } = options
  const { pings = MAX_MEASURED, signaling, WebSocket, platform, signal } = options
  const way = socketOptions({
    ...(signaling !== undefined && { url: signaling }),
    ...(WebSocket && { WebSocket }),
    ...(platform && { platform }),
  })
  return findOverSocket(way, {
    query: {
      ...buildOf(game),
      ...(version !== undefined && { onlyVersion: version }),
      filter: cleanValues(filter),
      sort,
      hide: [...new Set(hide)],
      limit,
      ...(cursor !== null && { cursor }),
    },
    measure: pings,
    measureWithinMs,
    ...(signal && { signal }),
  })
}

function foundLobbies({ lobbies, cursor, ways }: FoundPage): FoundLobbies {
  return { lobbies: lobbies.map((entry) => foundLobby(entry, pingOf(entry, ways))), cursor }
}

function foundLobby({ order: _, ...entry }: ListedEntry, pingMs: number | null): FoundLobby {
  return { ...entry, pingMs }
}

/** The round trip by way of the server: the sum of its two legs, in whole ms. */
export function pingOf({ code }: ListedEntry, ways: FoundPage['ways']): number | null {
  const way = ways.get(code)
  return way ? Math.round(way.ownMs + way.hostMs) : null
}

function checkOptions<G extends GameShape>(options: FindOptions<G>): void {
  const what = 'findLobbies'
  checkNames(what, options, Object.keys(OPTIONS))
  checkGame(what, options.game as Game<G> | undefined)
  checkKinds(what, options, { signaling: 'string', WebSocket: 'function' })
  const { version, filter, sort, hide, limit, cursor = null, pings, signal } = options
  checkWhole(what, 'version', version, 0, Number.MAX_SAFE_INTEGER)
  checkWhole(what, 'limit', limit, 1, MAX_PAGE)
  checkWhole(what, 'pings', pings, 0, MAX_MEASURED)
  if (filter !== undefined) checkFilter(what, filter)
  if (sort !== undefined && !ORDERS.includes(sort))
    throw new TypeError(`${what}: sort is ${describeGiven(sort)}. Write one of ${list(ORDERS)}.`)
  if (hide !== undefined && !(Array.isArray(hide) && hide.every((name) => HIDABLE.includes(name))))
    throw new TypeError(`${what}: hide is ${describeGiven(hide)}. Write a list of some of ${list(HIDABLE)}.`)
  if (cursor !== null && typeof cursor !== 'string')
    throw new TypeError(`${what}: cursor is ${describeGiven(cursor)}. Write the cursor of the page before, or null.`)
  checkSignal(what, signal)
}

/** @throws TypeError, RangeError for what cannot be a filter. */
export function checkFilter(what: string, filter: unknown): void {
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
    throw new TypeError(`${what}: filter is ${describeGiven(filter)}. Write an object such as { mode: 'duel' }.`)
  checkValues(what, filter)
}

function checkWhole(what: string, name: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= min && value <= max)) return
  throw new RangeError(`${what}: ${name} is ${describeGiven(value)}. Write a whole number from ${min} to ${max}.`)
}

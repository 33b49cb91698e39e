/**
 * The rules of the public list, for every store alike: which lobbies a query leaves out, what stands in the way of a join,
 * and in which order lobbies come. Pure.
 */
import { sameHash } from '../../world/game-hash.ts'
import type { ListedValue, LobbyFacts, Obstacle } from '../listing.ts'
import type { Hidable, ListOrder, ListQuery } from '../listing-messages.ts'
import type { ListedLobby } from './store.ts'

/** Why the page that asks cannot join this lobby; null when nothing is known to stand in the way. */
export function obstacleOf(
  lobby: ListedLobby,
  { wire, version, hash }: ListQuery,
  isSameHash = (theirs: string): boolean => sameHash(theirs, hash),
): Obstacle | null {
  if (lobby.wire !== wire || lobby.version !== version || !isSameHash(lobby.hash)) return 'version-mismatch'
  if (lobby.locked) return 'locked'
  return isFull(lobby) ? 'full' : null
}

export function isFull({ players, maxPlayers }: LobbyFacts): boolean {
  return players >= maxPlayers
}

const HIDES: Record<Hidable, (lobby: ListedLobby, obstacle: Obstacle | null) => boolean> = {
  full: isFull,
  locked: ({ locked }) => locked,
  password: ({ hasPassword }) => hasPassword,
  playing: ({ playing }) => playing,
  'version-mismatch': (_, obstacle) => obstacle === 'version-mismatch',
}

/** Whether the query wants to see this lobby. */
export function isWanted(lobby: ListedLobby, obstacle: Obstacle | null, query: ListQuery): boolean {
  return hasValues(lobby, query, Object.entries(query.filter)) && isShown(lobby, obstacle, query)
}

function hasValues(lobby: ListedLobby, query: ListQuery, filter: readonly [string, ListedValue][]): boolean {
  if (lobby.game !== query.game) return false
  if (query.onlyVersion !== undefined && lobby.version !== query.onlyVersion) return false
  for (const [name, value] of filter) if (lobby.values[name] !== value) return false
  return true
}

function isShown(lobby: ListedLobby, obstacle: Obstacle | null, { hide }: ListQuery): boolean {
  return !hide.some((what) => HIDES[what](lobby, obstacle))
}

/**
 * The rank of each lobby that a query wants, null for all others. As `isWanted`, `obstacleOf` and `rankOf`, for thousands of
 * lobbies: what most of them fail is looked at first, and hashes are compared once for each build.
 */
export function rankerOf(query: ListQuery): (lobby: ListedLobby) => number | null {
  const filter = Object.entries(query.filter)
  const builds = new Map<string, boolean>()
  const isSameHash = (hash: string): boolean => {
    const known = builds.get(hash) ?? sameHash(hash, query.hash)
    builds.set(hash, known)
    return known
  }
  return (lobby) => {
    if (!hasValues(lobby, query, filter)) return null
    const obstacle = obstacleOf(lobby, query, isSameHash)
    return isShown(lobby, obstacle, query) ? rankOf(obstacle) : null
  }
}

/** Lobbies that can be joined come first, then those that may have room later, then other builds. */
export const RANKS = 3

export function rankOf(obstacle: Obstacle | null): number {
  return obstacle === null ? 0 : obstacle === 'version-mismatch' ? 2 : 1
}

/** What the order within a rank goes by. */
export type OrderKey = Pick<ListedLobby, 'players' | 'order'>

export const compare: Record<ListOrder, (a: OrderKey, b: OrderKey) => number> = {
  players: (a, b) => b.players - a.players || a.order - b.order,
  newest: (a, b) => b.order - a.order,
}

/** Where a page of the list ends: behind this lobby. */
export interface Cursor extends OrderKey {
  readonly rank: number
}

export function writeCursor({ rank, players, order }: Cursor): string {
  return `${rank}.${players}.${order}`
}

/** Null for a text that no store has written. A page may say anything; then the list begins anew. */
export function readCursor(text: string | undefined): Cursor | null {
  const [, rank, players, order] = /^([0-2])\.(\d{1,4})\.(\d{1,15})$/.exec(text ?? '') ?? []
  if (rank === undefined) return null
  return { rank: Number(rank), players: Number(players), order: Number(order) }
}

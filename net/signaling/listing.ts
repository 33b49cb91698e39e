/**
 * What the public list knows of a lobby, as plain data: a listing, which the game and the host choose, and facts, which
 * change while people come and go. Pages and servers clean a listing by the same function. What a host says may be a lie:
 * the server bounds it and cannot check it.
 */
import { cleanLine } from '../world/clean-line.ts'

/** Longest title in characters as people count them, and in UTF-8 bytes: twice a name's. */
export const MAX_TITLE = 40
export const MAX_TITLE_BYTES = 400

/** Longest name of the host, as names of players have it. */
export const MAX_HOST_NAME = 20
export const MAX_HOST_NAME_BYTES = 200

/** Values of one listing, for filters; eight tell mode, map, region, skill and language, with room to spare. */
export const MAX_VALUES = 8

/** Longest text among the values, in characters and in UTF-8 bytes. */
export const MAX_VALUE_TEXT = 40
export const MAX_VALUE_BYTES = 160

/** How the name of a value looks. */
export const valueNameForm = /^[a-zA-Z][\w-]{0,23}$/

export type ListedValue = string | number | boolean
export type ListedValues = Readonly<Record<string, ListedValue>>

/** The texts and values of a listing: what an operator's filter sees. */
export interface ListingTexts {
  readonly title: string
  /** The name of the host's player; null for a host without one. */
  readonly host: string | null
  readonly values: ListedValues
}

/** Which build of a game a page runs. Two can play together when `wire` is equal and the hashes match (`sameHash`). */
export interface Build {
  /** Starwire's own protocol, `WIRE_VERSION`. */
  readonly wire: number
  readonly game: string
  readonly version: number
  readonly hash: string
}

export interface Listing extends ListingTexts, Build {}

/** What changes by itself. Counts are the host's word. */
export interface LobbyFacts {
  readonly players: number
  readonly maxPlayers: number
  readonly spectators: number
  /** A match runs. */
  readonly playing: boolean
  readonly locked: boolean
  /** A password is asked for. */
  readonly hasPassword: boolean
}

/** Why a lobby of the list cannot be joined by the page that asks. */
export type Obstacle = 'version-mismatch' | 'locked' | 'full'

/** One lobby as a page of the list has it. */
export interface ListedEntry extends ListingTexts, LobbyFacts {
  readonly code: string
  readonly version: number
  /** The order of being listed: a lobby that was listed later has a higher number. */
  readonly order: number
  readonly obstacle: Obstacle | null
}

/** The texts cleaned; null when nothing is left of the title. Cleaning them again changes nothing. */
export function cleanTexts({ title, host, values }: ListingTexts): ListingTexts | null {
  const cleanTitle = cleanLine(title, MAX_TITLE, MAX_TITLE_BYTES)
  if (cleanTitle === '') return null
  const cleanHost = host === null ? '' : cleanLine(host, MAX_HOST_NAME, MAX_HOST_NAME_BYTES)
  return { title: cleanTitle, host: cleanHost || null, values: cleanValues(values) }
}

export function cleanValues(values: ListedValues): ListedValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, cleanValue(value)]))
}

function cleanValue(value: ListedValue): ListedValue {
  return typeof value === 'string' ? cleanLine(value, MAX_VALUE_TEXT, MAX_VALUE_BYTES) : value
}

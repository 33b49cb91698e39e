/**
 * The listing of this page's own lobby. It checks what the developer gives, keeps signalling's facts of the lobby up to date, and tells
 * the lobby how it is listed. Loaded when a lobby is listed for the first time.
 */

import type { Timers } from '../../platform/platform.ts'
import { HostListing, type ListingStatus } from '../../signaling/host-listing.ts'
import {
  type Build,
  cleanTexts,
  type Listing,
  type ListingTexts,
  type LobbyFacts,
  MAX_VALUES,
  valueNameForm,
} from '../../signaling/listing.ts'
import { WIRE_VERSION } from '../../wire/version.ts'
import type { AnyGame } from '../../world/game.ts'
import { describeGiven } from '../../world/given.ts'
import type { LobbyEvents } from '../types.ts'
import type { Listed, OwnListing } from './listed-types.ts'

/** A member, as far as the listing counts them. */
interface ListableMember {
  readonly name: string
  readonly host: boolean
  /** Null: a person. */
  readonly bot: object | null
  /** Missing: a player. */
  readonly spectator?: boolean
}

/** The lobby, as far as its listing is concerned. */
export interface ListableLobby {
  readonly state: string
  readonly roster: readonly ListableMember[]
  readonly maxPlayers: number
  readonly locked: boolean
  readonly hasPassword: boolean
  setListing(listing: OwnListing | null): void
  on<Name extends keyof LobbyEvents>(event: Name, heard: (value: LobbyEvents[Name]) => void): () => void
}

/** The build of the game that this page runs. */
export function buildOf({ id, version, hash }: AnyGame): Build {
  return { wire: WIRE_VERSION, game: id, version, hash }
}

/** A listing of this lobby whose facts follow the lobby's events. */
export function followLobby(lobby: ListableLobby, timers: Timers): HostListing {
  const entry = new HostListing(timers, factsOf(lobby), (status) => {
    if (lobby.state !== 'ended') lobby.setListing(status && ownListing(status))
  })
  const follow = (): void => entry.setFacts(factsOf(lobby))
  lobby.on('roster', follow)
  lobby.on('state', follow)
  lobby.on('admission', follow)
  return entry
}

function factsOf({ roster, maxPlayers, state, locked, hasPassword }: ListableLobby): LobbyFacts {
  const spectators = roster.filter(({ spectator }) => spectator).length
  const players = roster.filter(({ bot, spectator }) => bot === null && !spectator).length
  return {
    // Bots do not count: they give way to people. After `setMaxPlayers` there may be more players than the maximum.
    players: Math.min(players, maxPlayers),
    maxPlayers,
    spectators,
    playing: state === 'playing',
    locked,
    hasPassword,
  }
}

function ownListing({ shown, refusal }: ListingStatus): OwnListing {
  return { shown: shown && { ...shown.values, title: shown.title }, refusal }
}

/**
 * What signalling is told. The server cleans it again, since it trusts no page.
 * @throws TypeError, RangeError with a sentence for what cannot be listed.
 */
export function readListed(what: string, listed: Listed, game: AnyGame, host: string | null): Listing {
  return { ...buildOf(game), ...textsOf(what, listed, host) }
}

/** @throws TypeError, RangeError with a sentence for what cannot be listed. */
export function textsOf(what: string, listed: Listed, host: string | null): ListingTexts {
  if (typeof listed !== 'object' || listed === null || Array.isArray(listed))
    throw new TypeError(
      `${what}: listed is ${describeGiven(listed)}. Write an object such as { title: 'Duel', mode: 'duel' }.`,
    )
  const { title, ...values } = listed
  if (typeof title !== 'string') throw new TypeError(`${what}: the title is ${describeGiven(title)}. Write a text.`)
  checkValues(what, values)
  const texts = cleanTexts({ title, host, values })
  if (texts === null) throw new RangeError(`${what}: the title is empty, or nothing of it can be seen. Write a title.`)
  return texts
}

/** @throws TypeError, RangeError with a sentence for what cannot be the values of a listing, or a filter. */
export function checkValues(what: string, values: object): void {
  const entries = Object.entries(values)
  if (entries.length > MAX_VALUES)
    throw new RangeError(`${what}: there are ${entries.length} values. Write at most ${MAX_VALUES}.`)
  for (const [name, value] of entries) {
    if (!valueNameForm.test(name) || name in Object.prototype)
      throw new TypeError(
        `${what}: "${name}" cannot be the name of a value. Write a letter, then up to 23 letters, digits, "_" or "-".`,
      )
    const isPlain = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
    if (!isPlain)
      throw new TypeError(`${what}: ${name} is ${describeGiven(value)}. Write a text, a number, true or false.`)
  }
}

/** The roster: which member has which seat, how often each seat was taken, and names that differ. Pure. */

import type { BotIdentity } from '../../bots/bot-identity.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import { MAX_GENERATION, MAX_SEATS, type PlayerId, playerId, seatOf } from '../../world/ids.ts'
import type { RosterEntry } from '../messages.ts'
import { distinctName } from '../names.ts'
import { sameValue } from './member-data.ts'

/** The values of a member that may change while they keep their seat. */
export type MemberChange = Partial<Pick<RosterEntry, 'host' | 'ready' | 'presence' | 'choice' | 'data'>>

/** A roster as plain data. */
export interface RosterState {
  readonly maxPlayers: number
  /** How many seats are for players: the game's own maximum, up to which `maxPlayers` may go. */
  readonly playerSeats: number
  /** How many may watch at once, as far as seats are left. */
  readonly maxSpectators: number
  readonly members: readonly RosterEntry[]
  /** How often each seat was taken: the generation in a player's id. */
  readonly generations: readonly number[]
}

/** A roster without members. Default: all of `maxPlayers` are the game's maximum, and nobody may watch. */
export function emptyRoster(
  maxPlayers: number,
  { playerSeats = maxPlayers, maxSpectators = 0 }: Partial<Pick<RosterState, 'playerSeats' | 'maxSpectators'>> = {},
): RosterState {
  return { maxPlayers, playerSeats, maxSpectators, members: [], generations: [] }
}

/**
 * Players have the seats below `playerSeats`: the wire has bits for these alone. Spectators have the seats above; the largest games
 * leave few of them, or none.
 */
export class Roster {
  readonly maxSpectators: number
  private max: number
  private readonly playerSeats: number
  private readonly members: Map<PlayerId, RosterEntry>
  private readonly generations: number[]
  private readonly firstChoice: PlainValues

  /** `firstChoice`: the complete choice of a member who has chosen nothing. */
  constructor(state: RosterState, firstChoice: PlainValues = {}) {
    const { playerSeats } = state
    this.max = checkMaxPlayers(state.maxPlayers)
    this.firstChoice = firstChoice
    this.playerSeats = playerSeats
    this.maxSpectators = Math.min(state.maxSpectators, MAX_SEATS - playerSeats)
    this.members = new Map(state.members.map((member) => [member.id, member]))
    this.generations = [...state.generations]
  }

  save(): RosterState {
    const { maxPlayers, playerSeats, maxSpectators, entries, generations } = this
    return {
      maxPlayers,
      playerSeats,
      maxSpectators,
      members: entries,
      generations: Array.from(generations, (n) => n ?? 0),
    }
  }

  get maxPlayers(): number {
    return this.max
  }

  /** May be below the number of players: then no more come in. */
  set maxPlayers(maxPlayers: number) {
    this.max = checkMaxPlayers(maxPlayers)
  }

  get entries(): RosterEntry[] {
    return [...this.members.values()]
  }

  /** Whether no person can get a seat, to play or to watch. Seats of bots count as free, since bots give way to people. */
  isFull(spectates: boolean): boolean {
    if (spectates) return this.members.size - this.players >= this.maxSpectators
    return this.entries.filter(({ bot, spectator }) => !bot && !spectator).length >= this.maxPlayers
  }

  /** The bot to remove before a person can play: the one added last. Null when a seat is free, or no bot is there. */
  get botThatGivesWay(): PlayerId | null {
    if (this.players < this.maxPlayers) return null
    return this.entries.findLast(({ bot }) => bot)?.id ?? null
  }

  private hasSeat(spectator: boolean): boolean {
    return spectator ? !this.isFull(true) : this.players < this.maxPlayers
  }

  /** How many members play, including bots and players who are away. */
  get players(): number {
    let players = 0
    for (const { spectator } of this.members.values()) if (!spectator) players++
    return players
  }

  has(id: PlayerId): boolean {
    return this.members.has(id)
  }

  get(id: PlayerId): RosterEntry | null {
    return this.members.get(id) ?? null
  }

  /** Gives a new member a seat, and a name that nobody else has. Null when no seat is free. */
  add(
    name: string,
    host: boolean,
    choice: PlainValues = this.firstChoice,
    { bot, spectator = false }: { readonly bot?: BotIdentity; readonly spectator?: boolean } = {},
  ): RosterEntry | null {
    if (!this.hasSeat(spectator)) return null
    const entry: RosterEntry = {
      id: this.takeSeat(spectator),
      name: distinctName(
        name,
        this.entries.map((other) => other.name),
      ),
      host,
      spectator,
      ready: bot !== undefined,
      presence: 'here',
      choice,
      data: null,
      ...(bot && { bot }),
    }
    this.members.set(entry.id, entry)
    return entry
  }

  /** Moves a player to a spectator's seat, or back. Null when no seat is free, or they have such a seat already. */
  reseat(id: PlayerId, spectator: boolean): RosterEntry | null {
    const entry = this.members.get(id)
    if (!entry || entry.spectator === spectator || !this.hasSeat(spectator)) return null
    this.members.delete(id)
    const moved = { ...entry, id: this.takeSeat(spectator), spectator, ready: false }
    this.members.set(moved.id, moved)
    return moved
  }

  remove(id: PlayerId): boolean {
    return this.members.delete(id)
  }

  /** Changes a member. Returns false when nothing changed. */
  set(id: PlayerId, change: MemberChange): boolean {
    const entry = this.members.get(id)
    const isSame = (key: string): boolean =>
      sameValue(entry?.[key as keyof MemberChange], change[key as keyof MemberChange])
    if (!entry || Object.keys(change).every(isSame)) return false
    this.members.set(id, { ...entry, ...change })
    return true
  }

  private takeSeat(spectator: boolean): PlayerId {
    const taken = new Set([...this.members.keys()].map(seatOf))
    let seat = spectator ? this.playerSeats : 0
    while (taken.has(seat)) seat++
    const generation = ((this.generations[seat] ?? 0) % MAX_GENERATION) + 1
    this.generations[seat] = generation
    return playerId(seat, generation)
  }
}

function checkMaxPlayers(maxPlayers: number): number {
  if (!(Number.isInteger(maxPlayers) && maxPlayers >= 1 && maxPlayers <= MAX_SEATS))
    throw new RangeError(`maxPlayers is 1 to ${MAX_SEATS}, not ${maxPlayers}.`)
  return maxPlayers
}

/** Who sits where: seats, their generations, and names that differ. Pure. */

import type { BotIdentity } from '../../bots/bot-identity.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import { MAX_GENERATION, MAX_SEATS, type PlayerId, playerId, seatOf } from '../../world/ids.ts'
import type { RosterEntry } from '../messages.ts'
import { distinctName } from '../names.ts'
import { sameValue } from './member-data.ts'

/** What of a member may change while they sit. */
export type MemberChange = Partial<Pick<RosterEntry, 'host' | 'ready' | 'presence' | 'choice' | 'data'>>

/** A roster as plain data. */
export interface RosterState {
  readonly maxPlayers: number
  /** The most players that `maxPlayers` may ever become, which are those of the game. */
  readonly playerSeats: number
  /** Spectators at once, as far as seats are left for them. */
  readonly maxSpectators: number
  readonly members: readonly RosterEntry[]
  /** How often each seat was taken. */
  readonly generations: readonly number[]
}

/** Nobody sits yet. `seats`: by default as many may play as the game allows, and nobody may watch. */
export function emptyRoster(
  maxPlayers: number,
  { playerSeats = maxPlayers, maxSpectators = 0 }: Partial<Pick<RosterState, 'playerSeats' | 'maxSpectators'>> = {},
): RosterState {
  return { maxPlayers, playerSeats, maxSpectators, members: [], generations: [] }
}

/**
 * Players sit on the seats below `playerSeats`, since the wire has bits for no more of them. Spectators sit on those above, of
 * which the largest games leave few or none.
 */
export class Roster {
  readonly maxSpectators: number
  private max: number
  private readonly playerSeats: number
  private readonly members: Map<PlayerId, RosterEntry>
  private readonly generations: number[]
  private readonly firstChoice: PlainValues

  /** `firstChoice`: of who has chosen nothing; complete. */
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

  /** May be below those who sit: then nobody new does. */
  set maxPlayers(maxPlayers: number) {
    this.max = checkMaxPlayers(maxPlayers)
  }

  get entries(): RosterEntry[] {
    return [...this.members.values()]
  }

  /** Whether nobody more may play, or watch. A bot gives its seat up for a person. */
  isFull(spectates: boolean): boolean {
    if (spectates) return this.members.size - this.players >= this.maxSpectators
    return this.entries.filter(({ bot, spectator }) => !bot && !spectator).length >= this.maxPlayers
  }

  /** The bot that has to go before a person can sit; null when nobody has to, or nobody can. */
  get giveWay(): PlayerId | null {
    if (this.players < this.maxPlayers) return null
    return this.entries.findLast(({ bot }) => bot)?.id ?? null
  }

  private hasSeat(spectator: boolean): boolean {
    return spectator ? !this.isFull(true) : this.players < this.maxPlayers
  }

  /** How many play, those who are away included. */
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

  /** Seats somebody under a name that nobody else has; null when there is no seat. */
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

  /** A player goes to watch, or a spectator to play, in another seat; null when there is none, or they do so already. */
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

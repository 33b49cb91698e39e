/** Who sits where: seats, their generations, and names that differ. Pure. */

import type { BotIdentity } from '../../bots/bot-identity.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import { MAX_GENERATION, MAX_SEATS, type PlayerId, playerId, seatOf } from '../../world/ids.ts'
import { sameValue } from '../member-data.ts'
import type { RosterEntry } from '../messages.ts'
import { distinctName } from '../names.ts'

/** What of a member may change while they sit. */
export type MemberChange = Partial<Pick<RosterEntry, 'ready' | 'presence' | 'choice' | 'data'>>

export interface Seats {
  /** Spectators at once. Default 0: none may come. */
  readonly maxSpectators?: number
  /** The most players that `maxPlayers` may ever become, which are those of the game. Default: as many as now. */
  readonly playerSeats?: number
}

/**
 * Players sit on the seats below `playerSeats`, since the wire has bits for no more of them. Spectators sit on those above, of
 * which the largest games leave few or none.
 */
export class Roster {
  readonly maxSpectators: number
  private max: number
  private readonly playerSeats: number
  private readonly members = new Map<PlayerId, RosterEntry>()
  /** How often each seat was taken. */
  private readonly generations: number[] = []

  private readonly firstChoice: PlainValues

  /**
   * `members`: who sits already, in a lobby that this page takes over. `firstChoice`: of who has chosen nothing; complete.
   */
  constructor(
    maxPlayers: number,
    members: readonly RosterEntry[] = [],
    firstChoice: PlainValues = {},
    seats: Seats = {},
  ) {
    this.max = checkMaxPlayers(maxPlayers)
    this.firstChoice = firstChoice
    const { maxSpectators = 0, playerSeats = maxPlayers } = seats
    this.playerSeats = playerSeats
    this.maxSpectators = Math.min(maxSpectators, MAX_SEATS - playerSeats)
    for (const member of members) {
      this.members.set(member.id, member)
      this.generations[seatOf(member.id)] = Math.floor(member.id / MAX_SEATS)
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

/** Who sits where: seats, their generations, and names that differ. Pure. */

import type { BotIdentity } from '../../bots/bot-identity.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import { MAX_GENERATION, MAX_SEATS, type PlayerId, playerId, seatOf } from '../../world/ids.ts'
import { sameValue } from '../member-data.ts'
import type { RosterEntry } from '../messages.ts'
import { distinctName } from '../names.ts'

/** What of a member may change while they sit. */
export type MemberChange = Partial<Pick<RosterEntry, 'ready' | 'presence' | 'choice' | 'data'>>

export class Roster {
  private max: number
  private readonly members = new Map<PlayerId, RosterEntry>()
  /** How often each seat was taken. */
  private readonly generations: number[] = []

  private readonly firstChoice: PlainValues

  /**
   * `members`: who sits already, in a lobby that this page takes over. `firstChoice`: of who has chosen nothing; complete.
   */
  constructor(maxPlayers: number, members: readonly RosterEntry[] = [], firstChoice: PlainValues = {}) {
    this.max = checkMaxPlayers(maxPlayers)
    this.firstChoice = firstChoice
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

  /** Whether there is no seat for a person: a bot would give up its own. */
  get full(): boolean {
    return this.entries.filter(({ bot }) => !bot).length >= this.maxPlayers
  }

  /** The bot that has to go before a person can sit; null when nobody has to, or nobody can. */
  get giveWay(): PlayerId | null {
    if (this.members.size < this.maxPlayers) return null
    return this.entries.findLast(({ bot }) => bot)?.id ?? null
  }

  /** Players who sit, those who are away included. */
  get size(): number {
    return this.members.size
  }

  has(id: PlayerId): boolean {
    return this.members.has(id)
  }

  get(id: PlayerId): RosterEntry | null {
    return this.members.get(id) ?? null
  }

  /** Seats a player under a name that nobody else has; null when there is no seat. */
  add(name: string, host: boolean, choice: PlainValues = this.firstChoice, bot?: BotIdentity): RosterEntry | null {
    if (this.members.size >= this.maxPlayers) return null
    const seat = this.freeSeat()
    const generation = ((this.generations[seat] ?? 0) % MAX_GENERATION) + 1
    this.generations[seat] = generation
    const entry: RosterEntry = {
      id: playerId(seat, generation),
      name: distinctName(
        name,
        this.entries.map((other) => other.name),
      ),
      host,
      ready: bot !== undefined,
      presence: 'here',
      choice,
      data: null,
      ...(bot && { bot }),
    }
    this.members.set(entry.id, entry)
    return entry
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

  private freeSeat(): number {
    const taken = new Set([...this.members.keys()].map((id) => id % MAX_SEATS))
    let seat = 0
    while (taken.has(seat)) seat++
    return seat
  }
}

function checkMaxPlayers(maxPlayers: number): number {
  if (!(Number.isInteger(maxPlayers) && maxPlayers >= 1 && maxPlayers <= MAX_SEATS))
    throw new RangeError(`maxPlayers is 1 to ${MAX_SEATS}, not ${maxPlayers}.`)
  return maxPlayers
}

/** Who sits where: seats, their generations, and names that differ. Pure. */
import { MAX_GENERATION, MAX_SEATS, type PlayerId, playerId } from '../world/ids.ts'
import type { RosterEntry } from './messages.ts'

/** Characters of a name, as people count them. */
export const MAX_NAME = 20

/** Formatting, unassigned and lone characters, fillers, and the blank of braille, which counts as a picture. */
const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu

export class Roster {
  readonly maxPlayers: number
  private readonly members = new Map<PlayerId, RosterEntry>()
  /** How often each seat was taken. */
  private readonly generations: number[] = []

  constructor(maxPlayers: number) {
    if (!(Number.isInteger(maxPlayers) && maxPlayers >= 1 && maxPlayers <= MAX_SEATS))
      throw new RangeError(`maxPlayers is 1 to ${MAX_SEATS}, not ${maxPlayers}.`)
    this.maxPlayers = maxPlayers
  }

  get entries(): RosterEntry[] {
    return [...this.members.values()]
  }

  get full(): boolean {
    return this.members.size >= this.maxPlayers
  }

  has(id: PlayerId): boolean {
    return this.members.has(id)
  }

  /** Seats a player under a name of his own; null when there is no seat. */
  add(name: string, host: boolean): RosterEntry | null {
    if (this.full) return null
    const seat = this.freeSeat()
    const generation = ((this.generations[seat] ?? 0) % MAX_GENERATION) + 1
    this.generations[seat] = generation
    const entry: RosterEntry = {
      id: playerId(seat, generation),
      name: this.uniqueName(name),
      host,
      ready: false,
      presence: 'here',
    }
    this.members.set(entry.id, entry)
    return entry
  }

  remove(id: PlayerId): boolean {
    return this.members.delete(id)
  }

  /** Changes a member. False when nothing changed. */
  set(id: PlayerId, change: Partial<Pick<RosterEntry, 'ready' | 'presence'>>): boolean {
    const entry = this.members.get(id)
    if (!entry || Object.entries(change).every(([key, value]) => entry[key as 'ready' | 'presence'] === value))
      return false
    this.members.set(id, { ...entry, ...change })
    return true
  }

  private freeSeat(): number {
    const taken = new Set([...this.members.keys()].map((id) => id % MAX_SEATS))
    let seat = 0
    while (taken.has(seat)) seat++
    return seat
  }

  private uniqueName(wanted: string): string {
    const name = cleanName(wanted)
    const taken = new Set([...this.members.values()].map((entry) => entry.name.toLowerCase()))
    if (!taken.has(name.toLowerCase())) return name
    for (let number = 2; ; number++) {
      const suffix = ` ${number}`
      const numbered =
        [...name]
          .slice(0, MAX_NAME - suffix.length)
          .join('')
          .trimEnd() + suffix
      if (!taken.has(numbered.toLowerCase())) return numbered
    }
  }
}

/**
 * A name fit to be shown: one line, at most 20 characters, never empty, and nothing in it that the eye cannot see, so
 * that names which differ also look different.
 */
export function cleanName(name: string): string {
  // Cut first, so that ten thousand characters cost no more than twenty.
  const plain = name
    .slice(0, 400)
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(INVISIBLE, '')
    .replace(/\s+/g, ' ')
    .trim()
  return [...plain].slice(0, MAX_NAME).join('').trim() || 'Player'
}

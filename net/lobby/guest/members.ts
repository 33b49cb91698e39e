/**
 * The members of the lobby as a guest was told: all of them in the welcome, then each that came, changed or went. In the order
 * in which the host keeps them.
 */
import { MAX_SEATS, type PlayerId } from '../../world/ids.ts'
import type { RosterEntry } from '../messages.ts'

export class Members {
  private readonly members: Map<PlayerId, RosterEntry>

  constructor(roster: readonly RosterEntry[]) {
    this.members = new Map(roster.map((entry) => [entry.id, entry]))
  }

  get entries(): RosterEntry[] {
    return [...this.members.values()]
  }

  get(id: PlayerId): RosterEntry | null {
    return this.members.get(id) ?? null
  }

  /** This page's member has another seat; the host tells the rest of it to everybody. */
  reseat(from: PlayerId, to: PlayerId, spectator: boolean): void {
    const entry = this.members.get(from)
    if (!entry) return
    this.members.delete(from)
    this.members.set(to, { ...entry, id: to, spectator, ready: false })
  }

  /** Somebody's seat is free. Somebody unknown may have gone before this page came. */
  gone(id: PlayerId): true {
    this.members.delete(id)
    return true
  }

  /** Somebody came or changed. Returns false for what no honest host says: more members than there are seats. */
  is(member: RosterEntry): boolean {
    if (!this.members.has(member.id) && this.members.size >= MAX_SEATS) return false
    this.members.set(member.id, member)
    return true
  }
}

/**
 * The members of the lobby as a guest was told: all of them in the welcome, then each that came, changed or went. In the order
 * in which the host keeps them.
 */
import { MAX_SEATS, type PlayerId } from '../../world/ids.ts'
import type { HostMessage, RosterEntry } from '../messages.ts'

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

  /** Returns false for what no honest host says: more members than there are seats. */
  hear(news: Extract<HostMessage, { kind: 'member' | 'gone' }>): boolean {
    if (news.kind === 'gone') {
      // Somebody unknown may have gone before this page came.
      this.members.delete(news.id)
      return true
    }
    const { member } = news
    if (!this.members.has(member.id) && this.members.size >= MAX_SEATS) return false
    this.members.set(member.id, member)
    return true
  }
}

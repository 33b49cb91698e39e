/**
 * The members of the lobby on the host's page: the roster, what members say of themselves, and who is told of it. The page shows
 * a change at once; the guests are told by `LobbyNews`, which bounds how much they hear.
 */
import type { Platform } from '../../platform/platform.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { GuestMessageHandlers } from '../host/guest-message-handlers.ts'
import type { HostMessage, RosterEntry } from '../messages.ts'
import type { Outcome, OwnMember } from '../role.ts'
import type { LobbyNews } from './lobby-news.ts'
import { copyOf } from './member-data.ts'
import type { MemberChange, Roster } from './roster.ts'

export interface HostMembersOptions {
  readonly roster: Roster
  /** The host's own player; null: it has none. */
  readonly me: PlayerId | null
  readonly platform: Pick<Platform, 'now'>
  readonly news: LobbyNews
  /** Shows the members on this page. */
  show(members: readonly RosterEntry[]): void
}

export class HostMembers implements OwnMember {
  readonly roster: Roster
  /** The host's own player; null: it has none. Another one when they go to watch, or play again. */
  me: PlayerId | null
  readonly handlers = {
    ready: ({ player }, { ready }) => {
      this.change(player, { ready })
      return true
    },
    data: ({ peer, player }, { data }) => {
      if (!peer.dataBudget.take(this.options.platform.now())) return false
      this.change(player, { data })
      return true
    },
  } satisfies Partial<GuestMessageHandlers>
  private readonly options: HostMembersOptions

  constructor(options: HostMembersOptions) {
    this.options = options
    this.roster = options.roster
    this.me = options.me
  }

  show(): void {
    this.options.show(this.roster.entries)
  }

  /** A member came, went or changed: this page shows it now, and the guests are told. */
  changed(player: PlayerId): void {
    this.options.news.changed(player)
    this.show()
  }

  change(player: PlayerId, change: MemberChange): void {
    if (this.roster.set(player, change)) this.changed(player)
  }

  /** The message that tells of a member: as they are now, or that they are gone. */
  newsOf(player: PlayerId): HostMessage {
    const member = this.roster.get(player)
    return member ? { kind: 'member', member } : { kind: 'gone', id: player }
  }

  nameOf(player: PlayerId): string {
    return this.roster.get(player)?.name ?? ''
  }

  /** Whether a member only watches. */
  watches(player: PlayerId | null): boolean {
    return player !== null && (this.roster.get(player)?.spectator ?? false)
  }

  setReady(ready: boolean): Outcome {
    return this.changeOwn({ ready })
  }

  setMyData(data: unknown): Outcome {
    // A copy: the page may go on with its own.
    return this.changeOwn({ data: copyOf(data) })
  }

  private changeOwn(change: MemberChange): Outcome {
    if (this.me === null) return 'no-such-player'
    this.change(this.me, change)
    return null
  }
}

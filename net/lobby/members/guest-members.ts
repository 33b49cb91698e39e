/**
 * The members of the lobby on a guest's page, in the host's order. The welcome has all of them; each that comes, changes or goes
 * follows. The host tells the presence of every member but its own, which this page knows from its link. This file also sends what the
 * page says of its own member.
 *
 * Invariant: no more members than there are seats.
 */
import type { Timers } from '../../platform/platform.ts'
import type { AnyGame } from '../../world/game.ts'
import { MAX_SEATS, type PlayerId } from '../../world/ids.ts'
import { readMember } from '../game-values.ts'
import type { HostMessageHandlers } from '../guest/host-message-handlers.ts'
import type { GuestMessage, RosterEntry } from '../messages.ts'
import type { OwnMember } from '../role.ts'
import { copyOf } from './member-data.ts'
import { OwnData } from './own-data.ts'

export interface GuestMembersOptions {
  readonly game: AnyGame
  readonly timers: Timers
  readonly me: PlayerId
  /** As the welcome tells it. */
  readonly roster: readonly RosterEntry[]
  tell(message: GuestMessage): void
  /** Shows the members on this page. */
  show(members: readonly RosterEntry[]): void
}

export class GuestMembers implements OwnMember {
  me: PlayerId
  readonly handlers = {
    member: (message) => {
      const member = readMember(this.options.game, message.member)
      if (!member || (!this.members.has(member.id) && this.members.size >= MAX_SEATS)) return false
      this.members.set(member.id, member)
      this.show()
      return true
    },
    // An unknown member may have gone before this page came.
    gone: ({ id }) => {
      this.members.delete(id)
      this.show()
      return true
    },
  } satisfies Partial<HostMessageHandlers>
  private readonly options: GuestMembersOptions
  private members = new Map<PlayerId, RosterEntry>()
  private hostPresence: RosterEntry['presence'] = 'here'
  private saidReady: boolean
  private readonly ownData: OwnData

  constructor(options: GuestMembersOptions) {
    const { me, roster, timers, tell } = options
    this.options = options
    this.me = me
    this.take(roster)
    this.saidReady = this.isReady
    this.ownData = new OwnData(this.own?.data ?? null, timers, (data) => tell({ kind: 'data', data }))
  }

  /** Another welcome has come over a new link. Sends what the page said of its member while the link was lost. */
  resume(me: PlayerId, roster: readonly RosterEntry[]): void {
    this.take(roster)
    // A change of seat ends readiness.
    if (me !== this.me) this.saidReady = false
    this.me = me
    if (this.saidReady !== this.isReady) this.sayReady()
    this.ownData.resume(this.own?.data ?? null)
    this.hostPresence = 'here'
  }

  private take(roster: readonly RosterEntry[]): void {
    this.members = new Map(roster.map((entry) => [entry.id, entry]))
  }

  private get own(): RosterEntry | null {
    return this.members.get(this.me) ?? null
  }

  /** Whether this page's member only watches. */
  get watches(): boolean {
    return this.own?.spectator ?? false
  }

  private get isReady(): boolean {
    return this.own?.ready ?? false
  }

  /** Moves this page's member to another seat at once; the host tells the rest. Call `show` after. */
  reseat(to: PlayerId, spectator: boolean): void {
    const { own } = this
    if (own) {
      this.members.delete(own.id)
      this.members.set(to, { ...own, id: to, spectator, ready: false })
    }
    this.me = to
    this.saidReady = false
  }

  /** Sets the presence of the host's member, by the state of the link. */
  setHostPresence(presence: RosterEntry['presence']): void {
    this.hostPresence = presence
    this.show()
  }

  show(): void {
    const presence = this.hostPresence
    this.options.show([...this.members.values()].map((entry) => (entry.host ? { ...entry, presence } : entry)))
  }

  setReady(ready: boolean): null {
    // Said in every frame, it would look like a flood to the host.
    if (ready === this.saidReady) return null
    this.saidReady = ready
    this.sayReady()
    return null
  }

  private sayReady(): void {
    this.options.tell({ kind: 'ready', ready: this.saidReady })
  }

  setMyData(data: unknown): null {
    // A copy: the page may go on with its own.
    this.ownData.set(copyOf(data))
    return null
  }

  /** Sends nothing any more. */
  stop(): void {
    this.ownData.stop()
  }
}

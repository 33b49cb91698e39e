/**
 * The members of the lobby on a guest's page, in the order in which the host keeps them: all in the welcome, then each that came,
 * changed or went. The host tells the presence of all but itself; that one is known from this end of the link. It also says what
 * this page tells of its own member.
 *
 * Invariant: no more members than there are seats.
 */
import type { Timers } from '../../platform/platform.ts'
import type { AnyGame } from '../../world/game.ts'
import { MAX_SEATS, type PlayerId } from '../../world/ids.ts'
import { readMember } from '../game-values.ts'
import type { HostHearers } from '../guest/host-hearers.ts'
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
  /** This page shows the members so. */
  show(members: readonly RosterEntry[]): void
}

export class GuestMembers implements OwnMember {
  me: PlayerId
  readonly hears = {
    member: (message) => {
      const member = readMember(this.options.game, message.member)
      if (!member || (!this.members.has(member.id) && this.members.size >= MAX_SEATS)) return false
      this.members.set(member.id, member)
      this.show()
      return true
    },
    // Who is unknown may have gone before this page came.
    gone: ({ id }) => {
      this.members.delete(id)
      this.show()
      return true
    },
  } satisfies Partial<HostHearers>
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

  /** This page is back, by another welcome: what it said of its member meanwhile is said now. */
  resume(me: PlayerId, roster: readonly RosterEntry[]): void {
    this.take(roster)
    // In another seat nobody is ready.
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

  /** This page's member has another seat; the host tells the rest of it to everybody. Call `show` after. */
  reseat(to: PlayerId, spectator: boolean): void {
    const { own } = this
    if (own) {
      this.members.delete(own.id)
      this.members.set(to, { ...own, id: to, spectator, ready: false })
    }
    this.me = to
    this.saidReady = false
  }

  /** How the link to the host is. */
  setHostPresence(presence: RosterEntry['presence']): void {
    this.hostPresence = presence
    this.show()
  }

  show(): void {
    const presence = this.hostPresence
    this.options.show([...this.members.values()].map((entry) => (entry.host ? { ...entry, presence } : entry)))
  }

  setReady(ready: boolean): void {
    // Said in every frame, it would look like a flood to the host.
    if (ready === this.saidReady) return
    this.saidReady = ready
    this.sayReady()
  }

  private sayReady(): void {
    this.options.tell({ kind: 'ready', ready: this.saidReady })
  }

  setMyData(data: unknown): void {
    // A copy: the page may go on with its own.
    this.ownData.set(copyOf(data))
  }

  /** Nothing more is said. */
  stop(): void {
    this.ownData.stop()
  }
}

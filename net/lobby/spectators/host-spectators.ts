/**
 * Members who go to watch or play again, on the host's page. Spectators have other seats than players, so each change gives the member
 * a new seat and a new id. Roster and match go on with that id; in voice the member has to join again.
 */
import type { PlayerId } from '../../world/ids.ts'
import type { GuestMessageHandlers } from '../host/guest-message-handlers.ts'
import type { GuestPeer } from '../host/guest-peer.ts'
import type { HostContext } from '../host/host-context.ts'
import type { RosterEntry } from '../messages.ts'
import type { Outcome } from '../role.ts'

export interface HostSpectatorsOptions {
  /** Moves a guest in the running match. Returns its newest tick, 0 without a match: snapshots of later ticks are for the new seat. */
  moved(from: PlayerId, to: PlayerId, spectates: boolean): number
  /** Moves the host's own player in the running match. */
  movedOwn(from: PlayerId, to: PlayerId, spectates: boolean): void
}

export class HostSpectators {
  readonly handlers = {
    spectate: ({ peer, player }, { spectate }) => {
      const { members, seating, platform } = this.context
      // An honest page asks for neither twice.
      if (members.watches(player) === spectate) return false
      const refusal = seating.reseat(peer, player, spectate, platform.now())
      if (refusal) peer.tell({ kind: 'declined', refusal })
      return true
    },
  } satisfies Partial<GuestMessageHandlers>
  private readonly context: HostContext
  private readonly options: HostSpectatorsOptions

  constructor(context: HostContext, options: HostSpectatorsOptions) {
    this.context = context
    this.options = options
  }

  /** A guest has the other seat. `token` leads back to it. */
  reseated(peer: GuestPeer, from: PlayerId, { id, spectator }: RosterEntry, token: string): void {
    const tick = this.options.moved(from, id, spectator)
    peer.tell({ kind: 'seat', you: id, spectator, tick, token })
    this.changed(from, id)
  }

  /** The host's own player goes to watch, or plays again. */
  async spectate(spectates: boolean): Promise<Outcome> {
    const { members, seating } = this.context
    const { me } = members
    if (me === null) return 'no-such-player'
    if (members.watches(me) === spectates) return null
    if (!spectates) seating.makeRoom()
    const member = members.roster.reseat(me, spectates)
    if (!member) return 'full'
    members.me = member.id
    this.options.movedOwn(me, member.id, spectates)
    this.changed(me, member.id)
    return null
  }

  private changed(from: PlayerId, to: PlayerId): void {
    this.context.members.changed(from)
    this.context.members.changed(to)
  }
}

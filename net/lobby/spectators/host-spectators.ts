/**
 * Members who go to watch or play again, on the host's page. A spectator has another seat than a player, so each such change gives
 * a member another id: the roster, the match and voice go on with that one.
 */
import type { PlayerId } from '../../world/ids.ts'
import type { GuestHearers } from '../host/guest-hearers.ts'
import type { GuestPeer } from '../host/guest-peer.ts'
import type { HostContext } from '../host/host-context.ts'
import type { RosterEntry } from '../messages.ts'
import type { Outcome } from '../role.ts'

export interface HostSpectatorsOptions {
  /** A guest has another seat in the match, too. Returns its newest tick, 0 without a match: later ones are told to that seat. */
  moved(from: PlayerId, to: PlayerId, spectates: boolean): number
  /** The host's own player has. */
  movedOwn(from: PlayerId, to: PlayerId, spectates: boolean): void
}

export class HostSpectators {
  readonly hears = {
    spectate: ({ peer, player }, { spectate }) => {
      const { members, seating, platform } = this.context
      // An honest page asks for neither twice.
      if (members.watches(player) === spectate) return false
      const refusal = seating.reseat(peer, player, spectate, platform.now())
      if (refusal) peer.tell({ kind: 'declined', refusal })
      return true
    },
  } satisfies Partial<GuestHearers>
  private readonly context: HostContext
  private readonly options: HostSpectatorsOptions

  constructor(context: HostContext, options: HostSpectatorsOptions) {
    this.context = context
    this.options = options
  }

  /** A guest has the other seat, and this token leads back to it. */
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

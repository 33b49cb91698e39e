/** What a page needs to become the host of its lobby, or a guest in it, while the lobby goes on. Types only. */
import type { Election } from '../../migration/election.ts'
import type { Electorate, Voter } from '../../migration/electorate.ts'
import type { HeirReceiver } from '../../migration/heir-receiver.ts'
import type { Rehearsal } from '../../runtime/rehearsal.ts'
import type { HeirHandlers, HeirSignals, HeirTicket } from '../../signaling/heir.ts'
import type { HostPart } from '../../signaling/signals.ts'
import type { Link } from '../../transport/link.ts'
import type { ConnectPeer } from '../../transport/peer-connection.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { SeatTokens } from '../guest/seat-tokens.ts'
import type { LobbyObject } from '../lobby.ts'
import type { Match } from '../match/match.ts'
import type { LobbyCopy } from './lobby-copy.ts'

/** The lobby as a page takes it over. */
export interface TakenOver {
  readonly me: PlayerId
  readonly epoch: number
  readonly copy: LobbyCopy
  /** The match that runs. Null: none does, or this page has no world of it, and it is over. */
  readonly match: { readonly heir: HeirReceiver; readonly upTo: number; readonly away: readonly PlayerId[] } | null
  /** Open links of this page, by the player at the other end. */
  readonly links: ReadonlyMap<PlayerId, Link>
  /** What those at the other ends have said to their new host already: they may hear of the change before this page does. */
  readonly hellos: ReadonlyMap<PlayerId, Uint8Array>
  /** This page's place at the lobby server. Null: it has none, as in a lobby without a code. */
  readonly signals: HeirSignals | null
  /** The host before has handed on its right to the code, by which a lobby server gives the lobby that does not know this page. Null: none. */
  readonly right: string | null
  /** Who voted, and for whom. */
  readonly election: Election
  /** The voters as the host before named them. */
  readonly electorate: Electorate
  /** Of tokens of seats, of which the copy has only hashes. */
  readonly hashOf: (secret: string) => string
  /** The host before. */
  readonly host: Voter
  /** Lead back to this page's seat at the hosts before, should one of them or of their heirs go on. */
  readonly seatTokens: SeatTokens
  /** The player chose to play on without the others, whose host may live. */
  readonly parted: boolean
  /** The host before has left for good. False: it may come back. */
  readonly hasLeft: boolean
}

/** A page that hosted, and comes back as a guest. */
export interface SteppedDown {
  readonly me: PlayerId
  /** Of its seat. */
  readonly tokens: SeatTokens
  /** To the new host. Null: it dials the code. */
  readonly link: Link | null
  /** No host of a lower epoch is the right one. */
  readonly epoch: number
  readonly resumeSeconds: number
}

export interface RoleChange<G extends GameShape> {
  /** Whether this page may become the host. */
  readonly mayHost: boolean
  /** Loads what a host needs. */
  load(): Promise<void>
  /** A trial of becoming the host of this match, to be stepped through. `load` has resolved. Null: there is nothing yet to go on from. */
  rehearse(match: Match<G>, heir: HeirReceiver): Rehearsal | null
  /** This page hosts from now on. `load` has resolved. */
  host(lobby: LobbyObject<G>, taken: TakenOver): void
  /** This page is a guest from now on. */
  guest(lobby: LobbyObject<G>, back: SteppedDown): void
  /** What connects pages. Null: by relay alone. */
  connector(): Promise<ConnectPeer | null>
  iceServers(): readonly RTCIceServer[]
  /** Waits at the lobby server as an heir. */
  watch(ticket: HeirTicket, handlers: HeirHandlers): HeirSignals
  /** As the host: its right to the code, which it hands on; null: it has none. */
  readonly right: string | null
  /** As the host: what uses the signalling connection besides. */
  addPart(part: HostPart): void
}

/** What the two sides of migration ask of their role. Types only. */
import type { Platform } from '../../platform/platform.ts'
import type { Link, LinkCloseReason } from '../../transport/link.ts'
import type { AnyGame } from '../../world/game.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { SeatTokens } from '../guest/seat-tokens.ts'
import type { HostContext } from '../host/host-context.ts'
import type { HostState } from '../host/host-state.ts'
import type { LobbyObject } from '../lobby.ts'
import type { GuestMessage, HostMessage } from '../messages.ts'
import type { LobbyRules } from './lobby-copy.ts'
import type { RoleChange, TakenOver } from './role-change.ts'

export interface HostMigrationOptions<G extends GameShape> {
  readonly lobby: LobbyObject<G>
  readonly context: HostContext
  readonly change: RoleChange<G>
  readonly rules: LobbyRules
  /** When another page hosted before. */
  readonly taken: TakenOver | null
  save(): HostState
  /** Leads this page's player back; null: it has none. */
  ownToken(): string | null
  /** This page goes on as the host in a higher epoch: all guests are seated anew. */
  raise(epoch: number): void
  /** The player's link is no guest's any more. */
  release(player: PlayerId): Link | null
  /** This page hosts no more. Every link that is left is closed with this reason. */
  leaveRole(reason: LinkCloseReason): void
}

export interface GuestMigrationOptions<G extends GameShape> {
  readonly game: AnyGame
  readonly lobby: LobbyObject<G>
  readonly platform: Platform
  readonly change: RoleChange<G>
  me(): PlayerId
  watches(): boolean
  tell(message: GuestMessage): void
  /** Another page hosts from this epoch on. `link`: an open one to it; null: none is known. */
  follow(epoch: number, link: Link | null): void
  /** A message of the host that was held back. */
  hear(message: HostMessage): void
  /** More is held back than an honest host says: the link is of no use any more. */
  flood(): void
  /** Lead back to this page's seat at the host. */
  seatTokens(): SeatTokens
  /** Whether the player may choose to play on without the others has changed. */
  mayPlayOn(may: boolean): void
  /** The link to the host is this role's no more. */
  releaseLink(): Link
}

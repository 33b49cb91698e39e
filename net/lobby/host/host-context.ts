/** What the features on a host's page share, for the life of the role. */
import type { Platform } from '../../platform/platform.ts'
import type { AnyGame } from '../../world/game.ts'
import type { HostMembers } from '../members/host-members.ts'
import type { LobbyNews } from '../members/lobby-news.ts'
import type { Seating } from './seating.ts'

export interface HostContext {
  readonly game: AnyGame
  readonly platform: Platform
  readonly members: HostMembers
  readonly seating: Seating
  readonly news: LobbyNews
}

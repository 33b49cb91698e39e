/** How a page's role reaches others about files. Types only: the role makes one, `LobbyFiles` and `PageFiles` use it. */
import type { Platform } from '../../platform/platform.ts'
import type { Link } from '../../transport/link.ts'
import type { PlayerId } from '../../world/ids.ts'

/** What the host allows: no files at all, or files up to a size. */
export type FilePolicy = false | { readonly maxBytes: number }

export interface FileRoute {
  readonly platform: Platform
  /** The link that leads to a player now: on a guest's page the link to the host. Null: there is none, as to a guest who is away. */
  link(player: PlayerId): Link | null
  /** A page sent what no honest one does. `from`: null for the host. */
  nonsense(from: PlayerId | null): void
  /** What only a host's page has; null on a guest's page. */
  readonly host: {
    readonly policy: FilePolicy
    /** The host's own player, whose id may change; null: it has none. */
    me(): PlayerId | null
    hasSeat(player: PlayerId): boolean
    /** Whether another page hosted this lobby before. */
    readonly tookOver: boolean
  } | null
}

/** Drives the host's session over real links: bytes in, ticks, snapshots out. The time is given; timers live above. */
import type { HostSession } from '../session/host.ts'
import { RateMeter } from '../session/rates.ts'
import type { Lane, LaneStats, Link } from '../wire/link.ts'
import type { PlayerId } from '../world/ids.ts'

export interface HostRunnerHandlers {
  /** The rules threw: the match is over for everybody. */
  failed(error: unknown): void
  /** A player sent too much that is no packet: drop his link. */
  hostile(player: PlayerId): void
}

export class HostRunner {
  readonly session: HostSession
  readonly up = new RateMeter()
  readonly down = new RateMeter()
  readonly snapshotSizes = new RateMeter()
  private readonly links = new Map<PlayerId, Link>()
  private readonly handlers: HostRunnerHandlers
  private failed = false

  constructor(session: HostSession, handlers: HostRunnerHandlers) {
    this.session = session
    this.handlers = handlers
  }

  /** A player with a link takes part from the next tick on. */
  attach(player: PlayerId, link: Link): void {
    this.links.set(player, link)
    this.session.join(player)
  }

  /** The link is gone; the seat stays until the session is told to `expire` it. */
  detach(player: PlayerId): void {
    this.links.delete(player)
    this.session.leave(player)
  }

  /** State-lane bytes of an attached player. */
  receive(player: PlayerId, bytes: Uint8Array, now: number): void {
    this.down.add(now, bytes.length)
    if (!this.session.receive(player, bytes, now)) this.handlers.hostile(player)
  }

  /** The lanes of the first guest's real connection; null while nobody but the host's own player is here. */
  guestLanes(own: PlayerId): Record<Lane, LaneStats> | null {
    for (const [player, link] of this.links) if (player !== own) return link.stats()
    return null
  }

  tick(now: number): void {
    this.session.advance(now)
    for (const { player, bytes, settle } of this.session.outgoing(now)) {
      const sent = this.links.get(player)?.send('state', bytes) === 'sent'
      settle(sent)
      if (!sent) continue
      this.up.add(now, bytes.length)
      this.snapshotSizes.add(now, bytes.length)
    }
    if (this.session.failure && !this.failed) {
      this.failed = true
      this.handlers.failed(this.session.failure.error)
    }
  }
}

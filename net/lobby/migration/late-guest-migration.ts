/** A guest's side of migration, whose code (`guest-migration.ts`) is loaded when the host first names heirs. */
import { isHeirMessage } from '../../migration/heir-messages.ts'
import { showError } from '../../platform/show-error.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { Match } from '../match/match.ts'
import type { HostMessage } from '../messages.ts'
import { onDemand } from '../on-demand.ts'
import type { GuestMigration } from './guest-migration.ts'
import type { HostMigrationMessage } from './migration-messages.ts'
import type { GuestMigrationOptions } from './migration-options.ts'

/** Messages that wait for the code. An honest host sends a few. */
const MAX_WAITING = 64

/** Loaded when the host names heirs. */
export const guestMigration = onDemand(() => import('./guest-migration.ts'))

export class LateGuestMigration<G extends GameShape> {
  private readonly options: GuestMigrationOptions<G>
  private loaded: GuestMigration<G> | null = null
  private isLoading = false
  private isStopped = false
  private waiting: HostMigrationMessage[] = []

  constructor(options: GuestMigrationOptions<G>) {
    this.options = options
  }

  hear(message: HostMigrationMessage): boolean {
    if (this.loaded) return this.loaded.hear(message)
    if (this.waiting.length >= MAX_WAITING) return false
    this.waiting.push(message)
    this.load()
    return true
  }

  private load(): void {
    if (this.isLoading) return
    this.isLoading = true
    Promise.all([guestMigration(), this.options.change.connector()]).then(([{ GuestMigration }, connect]) => {
      if (this.isStopped) return
      this.loaded = new GuestMigration(this.options, connect)
      const early = this.waiting
      this.waiting = []
      for (const message of early) if (!this.isStopped) this.loaded.hear(message)
    }, showError)
  }

  /** Bulk bytes of the host. False: they are not about an heir's stream. */
  hearStream(bytes: Uint8Array): boolean {
    if (!isHeirMessage(bytes)) return false
    this.loaded?.hearStream(bytes)
    return true
  }

  /** A state packet of the host came. False: this page has voted it out, and takes nothing of it. */
  hearsHost(): boolean {
    return this.loaded?.hearsHost() ?? true
  }

  /** A message of the host came. False: this page has voted it out, and holds the message until it knows who hosts. */
  takes(message: HostMessage): boolean {
    return this.loaded?.takes(message) ?? true
  }

  /** The player chose to play on without the others. False: this page cannot. */
  playOn(): boolean {
    return this.loaded?.playOn() ?? false
  }

  /** A match begins on this page. */
  matchBegins(match: Match<G>): void {
    this.loaded?.matchBegins(match)
  }

  /** This page sits at a host again: over another link, or at another host. */
  seated(): void {
    this.loaded?.seated()
  }

  /** This page's player has another seat. */
  reseated(): void {
    this.loaded?.reseated()
  }

  stop(): void {
    this.isStopped = true
    this.waiting = []
    this.loaded?.stop()
  }
}

/** The host's side of migration, whose code (`host-migration.ts`) is loaded with the first guest: who is alone has no heir. */
import { showError } from '../../platform/show-error.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import { onDemand } from '../on-demand.ts'
import type { HostMigration } from './host-migration.ts'
import type { GuestMigrationMessage } from './migration-messages.ts'
import type { HostMigrationOptions } from './migration-options.ts'

/** Loaded with the first guest. */
export const hostMigration = onDemand(() => import('./host-migration.ts'))

export class LateMigration<G extends GameShape> {
  private readonly options: HostMigrationOptions<G>
  private loaded: HostMigration<G> | null = null
  private isLoading = false
  private isStopped = false

  constructor(options: HostMigrationOptions<G>) {
    this.options = options
  }

  load(): void {
    if (this.isLoading) return
    this.isLoading = true
    hostMigration().then(({ HostMigration }) => {
      if (!this.isStopped) this.loaded = new HostMigration(this.options)
    }, showError)
  }

  seated(player: PlayerId): void {
    this.load()
    this.loaded?.seated(player)
  }

  hear(from: PlayerId, message: GuestMigrationMessage): boolean {
    return this.loaded?.hear(from, message) ?? true
  }

  get hasHeir(): boolean {
    return this.loaded?.hasHeir ?? false
  }

  /** Whether this page may act as the host now. False: it stands still, since it hears too few of its guests. */
  get mayRun(): boolean {
    return this.loaded?.mayRun() ?? true
  }

  handOver(to: PlayerId): boolean {
    return this.loaded?.handOver(to) ?? false
  }

  replaced(): boolean {
    return this.loaded?.stepDown() ?? false
  }

  /** The page's player leaves. False: nobody goes on. */
  leave(): boolean {
    return this.loaded?.leave() ?? false
  }

  /** The page is about to be left. False: nobody goes on. */
  pageGone(): boolean {
    return this.loaded?.pageGone() ?? false
  }

  stop(): void {
    this.isStopped = true
    this.loaded?.stop()
  }
}

/** The host's side of migration, whose code (`host-migration.ts`) is loaded with the first guest: who is alone has no heir. */
import { showError } from '../../platform/show-error.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import { onDemand } from '../on-demand.ts'
import { EarlyWords } from './early-words.ts'
import type { HostMigration } from './host-migration.ts'
import type { GuestMigrationMessage } from './migration-messages.ts'
import type { HostMigrationOptions } from './migration-options.ts'

/** Loaded with the first guest; by an heir in advance. */
export const hostMigration = onDemand(() => import('./host-migration.ts'))

export class LateMigration<G extends GameShape> {
  private readonly options: HostMigrationOptions<G>
  private loaded: HostMigration<G> | null = null
  private isLoading = false
  private isStopped = false
  private readonly early = new EarlyWords<GuestMigrationMessage>()

  constructor(options: HostMigrationOptions<G>) {
    this.options = options
  }

  load(): void {
    if (this.isLoading) return
    this.isLoading = true
    hostMigration().then(({ HostMigration }) => {
      if (!this.isStopped) this.begin(new HostMigration(this.options))
    }, showError)
  }

  private begin(migration: HostMigration<G>): void {
    this.loaded = migration
    for (const [from, message] of this.early.take()) if (!this.isStopped) migration.hear(from, message)
  }

  seated(player: PlayerId): void {
    this.load()
    this.loaded?.seated(player)
  }

  hear(from: PlayerId, message: GuestMigrationMessage): boolean {
    if (this.loaded) return this.loaded.hear(from, message)
    if (!this.isStopped) this.early.hold(from, message)
    return true
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
    this.early.take()
    this.loaded?.stop()
  }
}

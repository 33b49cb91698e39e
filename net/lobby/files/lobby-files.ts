/**
 * Files of a page in its lobby, the part that is always there. It outlives the page's roles, which tell it how others are reached
 * (`file-route.ts`). The rest (`page-files.ts`) is loaded with the first file that this page or another one offers. Messages that come
 * meanwhile wait, up to a bound.
 */
import type { FileOffer, FileTransfer } from '../../files/types.ts'
import { type Platform, thisPage } from '../../platform/platform.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { FilePolicy, FileRoute } from './file-route.ts'
import type { PageFiles } from './page-files.ts'

/** Files up to 64 MiB: each of them passes the host's page. */
export const DEFAULT_MAX_FILE_BYTES = 64 * 1024 * 1024
export const DEFAULT_POLICY: FilePolicy = { maxBytes: DEFAULT_MAX_FILE_BYTES }

/** Messages that wait for the code: an honest page offers a few files, and sends nothing of them before it is answered. */
const MAX_WAITING = 256

interface Waiting {
  readonly from: PlayerId | null
  readonly bytes: Uint8Array
}

export class LobbyFiles {
  /** Another page offers a file. False: it is declined. */
  private readonly offered: (offer: FileOffer<PlayerId>) => boolean
  private route: FileRoute | null = null
  /** Of the first role. */
  private platform: Platform = thisPage
  private loading: Promise<PageFiles> | null = null
  private page: PageFiles | null = null
  private waiting: Waiting[] = []
  private isClosed = false

  constructor(offered: (offer: FileOffer<PlayerId>) => boolean) {
    this.offered = offered
  }

  /** The page has another role; null: it has none for now, and what it sends is lost. */
  use(route: FileRoute | null): void {
    this.route = route
    if (route) this.platform = route.platform
    // Of the role before, whose answers nobody waits for: what is under way is offered and accepted again.
    this.waiting = []
    this.page?.use(route)
  }

  /** @throws (rejects) when the code cannot be loaded. */
  async share(file: Blob, to: readonly PlayerId[], name: string): Promise<FileTransfer<PlayerId>[]> {
    return (await this.open()).share(file, to, name)
  }

  hear(from: PlayerId | null, bytes: Uint8Array): void {
    if (this.page) return this.page.hear(from, bytes)
    if (this.isClosed) return
    // More than an honest page sends before the code is loaded.
    if (this.waiting.length === MAX_WAITING) return this.route?.nonsense(from)
    this.waiting.push({ from, bytes })
    this.open().catch(() => {
      this.waiting = []
    })
  }

  resume(): void {
    this.page?.resume()
  }

  arrived(player: PlayerId): void {
    this.page?.arrived(player)
  }

  away(player: PlayerId): void {
    this.page?.away(player)
  }

  gone(player: PlayerId, now: PlayerId | null = null): void {
    this.waiting = this.waiting.filter(({ from }) => from !== player)
    this.page?.gone(player, now)
  }

  keep(players: ReadonlySet<PlayerId>): void {
    this.page?.keep(players)
  }

  reseated(from: PlayerId): void {
    this.page?.reseated(from)
  }

  close(): void {
    this.isClosed = true
    this.waiting = []
    this.page?.close()
  }

  private open(): Promise<PageFiles> {
    this.loading ??= import('./page-files.ts').then(
      ({ PageFiles }) => this.opened(PageFiles),
      (error: unknown) => {
        // The page may be offline for a moment: the next one tries again.
        this.loading = null
        throw error
      },
    )
    return this.loading
  }

  private opened(Files: typeof PageFiles): PageFiles {
    const page = new Files({ platform: this.platform, offered: this.offered })
    this.page = page
    page.use(this.route)
    if (this.isClosed) page.close()
    const early = this.waiting
    this.waiting = []
    for (const { from, bytes } of early) page.hear(from, bytes)
    return page
  }
}

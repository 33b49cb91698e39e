/**
 * Files of a role, the part that is always there. The rest (`host-files.ts`, `guest-files.ts`) is loaded with the first file that this
 * page or another one offers. Messages that come meanwhile wait, up to a bound.
 */
import type { FileOffer, FileTransfer } from '../../files/types.ts'
import type { PlayerId } from '../../world/ids.ts'

/** The part that is loaded: the host's side in `host-files.ts`, a guest's in `guest-files.ts`. */
export interface FileSide {
  /** Offers a file to others. */
  share(file: Blob, to: readonly PlayerId[], name: string): FileTransfer<PlayerId>[]
  /** A bulk message about files, of a guest or of the host. */
  hear(from: PlayerId | null, bytes: Uint8Array): void
  /** On a guest's page: the link to the host is back. */
  resume(): void
  /** On the host's page: a player's link is lost. */
  away(player: PlayerId): void
  /** A player's seat is free. */
  gone(player: PlayerId): void
  close(): void
}

/** What the loaded side calls. */
export interface FileHooks {
  /** Another page offers a file. False: it is declined. */
  offered(offer: FileOffer<PlayerId>): boolean
  /** A page sent what no honest one does. `from`: null for the host. */
  nonsense(from: PlayerId | null): void
}

/** What the host allows: no files at all, or files up to a size. */
export type FilePolicy = false | { readonly maxBytes: number }

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
  private readonly load: () => Promise<FileSide>
  private readonly nonsense: FileHooks['nonsense']
  private loading: Promise<FileSide> | null = null
  private side: FileSide | null = null
  private waiting: Waiting[] = []
  private isClosed = false

  constructor(load: () => Promise<FileSide>, nonsense: FileHooks['nonsense']) {
    this.load = load
    this.nonsense = nonsense
  }

  /** @throws (rejects) when the code cannot be loaded. */
  async share(file: Blob, to: readonly PlayerId[], name: string): Promise<FileTransfer<PlayerId>[]> {
    return (await this.open()).share(file, to, name)
  }

  hear(from: PlayerId | null, bytes: Uint8Array): void {
    if (this.side) return this.side.hear(from, bytes)
    if (this.isClosed) return
    // More than an honest page sends before the code is loaded.
    if (this.waiting.length === MAX_WAITING) return this.nonsense(from)
    this.waiting.push({ from, bytes })
    this.open().catch(() => {
      this.waiting = []
    })
  }

  resume(): void {
    this.side?.resume()
  }

  away(player: PlayerId): void {
    this.side?.away(player)
  }

  gone(player: PlayerId): void {
    this.waiting = this.waiting.filter(({ from }) => from !== player)
    this.side?.gone(player)
  }

  close(): void {
    this.isClosed = true
    this.waiting = []
    this.side?.close()
  }

  private open(): Promise<FileSide> {
    this.loading ??= this.load().then(
      (side) => {
        this.opened(side)
        return side
      },
      (error: unknown) => {
        // The page may be offline for a moment: the next one tries again.
        this.loading = null
        throw error
      },
    )
    return this.loading
  }

  private opened(side: FileSide): void {
    this.side = side
    if (this.isClosed) return side.close()
    const early = this.waiting
    this.waiting = []
    for (const { from, bytes } of early) side.hear(from, bytes)
  }
}

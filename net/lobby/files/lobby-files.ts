/**
 * A role's way to the files of its lobby. The code of files is loaded with the first file that is offered, here or there: until then
 * this is all of it. What comes meanwhile waits, within bounds.
 */
import type { FileOffer, FileTransfer } from '../../files/types.ts'
import type { PlayerId } from '../../world/ids.ts'

/** What is loaded: `guest-files.ts` or `host-files.ts`. */
export interface FileRoom {
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

/** What the room asks of the lobby. */
export interface FileHooks {
  /** Another page offers a file. False: nobody wants to hear of it. */
  offered(offer: FileOffer<PlayerId>): boolean
  /** Somebody said what no honest page says: null is the host. */
  nonsense(from: PlayerId | null): void
}

/** What the host allows: no files at all, or files up to a size. */
export type FilePolicy = false | { readonly maxBytes: number }

/** Files up to 64 MiB: each of them passes the host's page. */
export const DEFAULT_POLICY: FilePolicy = { maxBytes: 64 * 1024 * 1024 }

/** Messages that wait for the code: an honest page offers a few files, and sends nothing of them before it is answered. */
const MAX_WAITING = 256

interface Waiting {
  readonly from: PlayerId | null
  readonly bytes: Uint8Array
}

export class LobbyFiles {
  private readonly load: () => Promise<FileRoom>
  private readonly nonsense: FileHooks['nonsense']
  private loading: Promise<FileRoom> | null = null
  private room: FileRoom | null = null
  private waiting: Waiting[] = []
  private isClosed = false

  constructor(load: () => Promise<FileRoom>, nonsense: FileHooks['nonsense']) {
    this.load = load
    this.nonsense = nonsense
  }

  /** @throws (rejects) when the code cannot be loaded. */
  async share(file: Blob, to: readonly PlayerId[], name: string): Promise<FileTransfer<PlayerId>[]> {
    return (await this.open()).share(file, to, name)
  }

  hear(from: PlayerId | null, bytes: Uint8Array): void {
    if (this.room) return this.room.hear(from, bytes)
    if (this.isClosed) return
    // The code comes from the page's own server. Who floods meanwhile is told apart from who offers a file.
    if (this.waiting.length === MAX_WAITING) return this.nonsense(from)
    this.waiting.push({ from, bytes })
    this.open().catch(() => {
      this.waiting = []
    })
  }

  resume(): void {
    this.room?.resume()
  }

  away(player: PlayerId): void {
    this.room?.away(player)
  }

  gone(player: PlayerId): void {
    this.waiting = this.waiting.filter(({ from }) => from !== player)
    this.room?.gone(player)
  }

  close(): void {
    this.isClosed = true
    this.waiting = []
    this.room?.close()
  }

  private open(): Promise<FileRoom> {
    this.loading ??= this.load().then(
      (room) => {
        this.opened(room)
        return room
      },
      (error: unknown) => {
        // The page may be offline for a moment: the next one tries again.
        this.loading = null
        throw error
      },
    )
    return this.loading
  }

  private opened(room: FileRoom): void {
    this.room = room
    if (this.isClosed) return room.close()
    const early = this.waiting
    this.waiting = []
    for (const { from, bytes } of early) room.hear(from, bytes)
  }
}

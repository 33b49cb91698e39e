/** Files between pages, as the developer sees them. `P` is how the other side is called: in a lobby a player. */

/**
 * How a transfer ended:
 * - `done`: all bytes have arrived and have the sender's SHA-256.
 * - `declined`: the receiver did not want it, did not answer for five minutes, or nobody there listens to offers.
 * - `cancelled`: one of the two sides stopped it.
 * - `forbidden`: the host allows no files.
 * - `too-large`: more than the receiver takes, or than the host allows.
 * - `too-many`: more offers at once than a page takes.
 * - `corrupt`: what came is not what was offered: its size, its SHA-256, or by its first bytes its type is another.
 * - `unreadable`: the sender's page cannot read the file any more, as when it was changed or deleted.
 * - `stalled`: nothing moved for a minute.
 * - `gone`: the other side has left, or this page has.
 */
export type FileEnd =
  | 'done'
  | 'declined'
  | 'cancelled'
  | 'forbidden'
  | 'too-large'
  | 'too-many'
  | 'corrupt'
  | 'unreadable'
  | 'stalled'
  | 'gone'

/** One file on its way to or from one other page. It goes on by itself after a lost link, from the byte that has arrived. */
export interface FileTransfer<P extends number = number> {
  /** The other side: who gets it, or whose it is. */
  readonly peer: P
  readonly outgoing: boolean
  /** As {@link FileOffer.name}. */
  readonly name: string
  readonly type: string
  /** Bytes of the whole file. */
  readonly size: number
  /** Bytes that have arrived at the receiver, from 0 to `size`. */
  readonly bytes: number
  /** Null while it is offered or under way. */
  readonly end: FileEnd | null
  /** Resolves when it ends. Never rejects. */
  readonly ended: Promise<FileEnd>
  /**
   * What was received, when `end` is `done`; null before, and for what this page sends. Its type is `application/octet-stream` where a
   * browser would run the file (HTML, SVG, XML) in the page's name when somebody opens it.
   */
  readonly blob: Blob | null
  /** Calls back whenever `bytes` has grown. Returns what stops that. */
  onProgress(heard: (bytes: number) => void): () => void
  /** Stops it for both sides. Before the other side has accepted it takes the offer back. */
  cancel(): void
}

/** A file that another page wants to send. All that it says of the file is a stranger's word. */
export interface FileOffer<P extends number = number> {
  readonly from: P
  /** 1 to 100 characters, without a path, control characters, and what file systems do not take. */
  readonly name: string
  /**
   * A media type by its form, such as `image/png`, or empty. A file of a common picture, sound, film or archive type that does not
   * begin like one ends as `corrupt`; beyond that the bytes may be anything: check them before use.
   */
  readonly type: string
  /** In bytes. No more than this is taken. */
  readonly size: number
  /** Null while it may be accepted or is under way; then how it ended: `cancelled` when the sender took it back, `gone` when they left. */
  readonly end: FileEnd | null
  /** Resolves when it ends, accepted or not, so that a page can take it off the screen. Never rejects. */
  readonly ended: Promise<FileEnd>
  /**
   * Takes it. A second call, or one after `decline` or after it was taken back, changes nothing.
   * @param options.maxBytes What is larger is refused as `too-large`. Default 32 MiB.
   * @throws RangeError when `maxBytes` is no whole number.
   */
  accept(options?: { readonly maxBytes?: number }): FileTransfer<P>
  decline(): void
}

export interface ShareOptions {
  /** Shown to the receiver. Default: the name of a `File`, else "file". */
  readonly name?: string
}

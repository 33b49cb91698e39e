/**
 * The file messages that go over one link: the files take turns. The bulk lane of the link is in order, and carries the lobby's
 * messages, too. So it gets one chunk at a time, and only while at most 64 KiB wait on it: a message of the lobby waits
 * behind no more than that.
 */
import type { Link } from '../transport/link.ts'

/** What has file messages to send, such as one file. */
export interface Source {
  /** The next message; null when there is none now. Then `FileLane.wake` tells of the next. */
  take(): Uint8Array | null
}

export class FileLane {
  readonly link: Link
  readonly #ready = new Set<Source>()
  #isRunning = false

  constructor(link: Link) {
    this.link = link
  }

  /** Something small that waits for nothing. */
  say(message: Uint8Array): void {
    this.link.send('bulk', message)
  }

  /** The source has a message, or may have one. */
  wake(source: Source): void {
    this.#ready.add(source)
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#ready.size > 0 && (await this.link.drained()) === 'drained') {
      const [source] = this.#ready
      if (!source) continue
      const message = source.take()
      // To the end of the line: every file has its turn.
      this.#ready.delete(source)
      if (!message) continue
      this.#ready.add(source)
      this.link.send('bulk', message)
    }
    this.#ready.clear()
    this.#isRunning = false
  }
}

/**
 * Sends the file messages of one link; files take turns. The link's bulk lane carries the lobby's messages, too. So it gets one chunk at a
 * time, only while at most 64 KiB wait on it, and each chunk yields: a message of the lobby waits for no more than the one that is leaving.
 */
import type { Link } from '../transport/link.ts'

/** A file with messages to send. */
export interface Source {
  /** The next message. Null: none now; call `FileLane.wake` when there is one. */
  take(): Uint8Array | null
}

export class FileLane {
  readonly link: Link
  readonly #ready = new Set<Source>()
  #isRunning = false
  #isStopped = false

  constructor(link: Link) {
    this.link = link
  }

  /** Sends a small message at once. */
  say(message: Uint8Array): void {
    this.link.send('bulk', message)
  }

  /** Sends nothing more of any file. */
  stop(): void {
    this.#isStopped = true
    this.#ready.clear()
  }

  /** The source has a message, or may have one. */
  wake(source: Source): void {
    if (this.#isStopped) return
    this.#ready.add(source)
    if (!this.#isRunning) void this.#run()
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#ready.size > 0 && (await this.link.drained()) === 'drained') {
      const [source] = this.#ready
      if (!source) continue
      const message = source.take()
      // To the end of the queue: every file has its turn.
      this.#ready.delete(source)
      if (!message) continue
      this.#ready.add(source)
      this.link.send('bulk', message, true)
    }
    this.#ready.clear()
    this.#isRunning = false
  }
}

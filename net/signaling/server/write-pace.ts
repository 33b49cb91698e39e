/**
 * When to write what has gathered for a socket that carries the messages of many pages. A write and the read at its other end cost the
 * system's time, however few bytes there are: a quarter to a third of all that a busy process does (CPU profile of `bench -- service`). So an idle process writes at the end
 * of the turn, and a busy one `WRITE_EVERY_MS` after its last write.
 */
import type { ServerPlatform } from './server-platform.ts'

/** A join waits for four such writes, one after the other: some 10 ms more on a busy process, of some hundred. */
export const WRITE_EVERY_MS = 5

export class WritePace {
  readonly #platform: Pick<ServerPlatform, 'now' | 'after'>
  readonly #write: () => void
  #isDue = false
  #wroteAt = Number.NEGATIVE_INFINITY

  constructor(platform: Pick<ServerPlatform, 'now' | 'after'>, write: () => void) {
    this.#platform = platform
    this.#write = write
  }

  /** Something has gathered: it is written soon. */
  gathered(): void {
    if (this.#isDue) return
    this.#isDue = true
    const wait = this.#wroteAt + WRITE_EVERY_MS - this.#platform.now()
    if (wait > 0) this.#platform.after(wait, () => this.#run())
    else setImmediate(() => this.#run())
  }

  #run(): void {
    this.#isDue = false
    this.#wroteAt = this.#platform.now()
    this.#write()
  }
}

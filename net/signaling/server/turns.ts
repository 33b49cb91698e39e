/**
 * Works on what each socket asks for, one thing after the other, also when the store takes its time. What fails is told to
 * the page and to the operator, and the next thing follows.
 */
import type { Cancel } from '../../platform/platform.ts'
import type { Connection, Work } from './connection.ts'
import type { ServerPlatform } from './server-platform.ts'

export class Turns {
  readonly #platform: ServerPlatform
  readonly #failed: (connection: Connection, error: unknown) => void
  /** What is to be done later. */
  readonly #later = new Set<Cancel>()

  constructor(platform: ServerPlatform, failed: (connection: Connection, error: unknown) => void) {
    this.#platform = platform
    this.#failed = failed
  }

  /** Runs it now, or after everything that this socket waits for. */
  take(connection: Connection, work: Work): void {
    if (connection.waiting++ === 0) connection.turn = this.#workOff(connection, work)
    else connection.queue.push(work)
  }

  /** Runs it in turn after so many ms, if the socket is still open then. */
  soon(connection: Connection, ms: number, work: Work): void {
    const cancel = this.#platform.after(ms, () => {
      this.#later.delete(cancel)
      if (connection.socket.isOpen) this.take(connection, work)
    })
    this.#later.add(cancel)
  }

  /** Forgets what was to be done later. */
  close(): void {
    for (const cancel of this.#later) cancel()
  }

  async #workOff(connection: Connection, first: Work): Promise<void> {
    for (let work: Work | undefined = first; work !== undefined; work = connection.queue.shift()) {
      try {
        await work()
      } catch (error) {
        this.#failed(connection, error)
      }
      connection.waiting--
    }
  }
}

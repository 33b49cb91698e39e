/** Work that has to wait for its turn: one queue for each key, forgotten when it is empty. */

export class Queues {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Runs after everything that was given for this key before, whatever came of that. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(key) ?? Promise.resolve()).then(work, work)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}

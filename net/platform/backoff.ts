/**
 * The pauses between tries to reach somebody who is away. Each pause is twice as long as the last, up to a longest one.
 * Half of a pause is chance: pages that lost the same server or host must not all come back in the same instant.
 */
import type { Chance } from './platform.ts'

export interface BackoffOptions {
  /** The longest that the first pause takes, ms. It takes at least half of that, as every pause. */
  readonly firstMs: number
  /** No pause is longer, ms. */
  readonly longestMs: number
}

export class Backoff {
  readonly #options: BackoffOptions
  readonly #chance: Pick<Chance, 'random'>
  #tries = 0

  constructor(options: BackoffOptions, chance: Pick<Chance, 'random'>) {
    this.#options = options
    this.#chance = chance
  }

  /** The pause before the next try, ms. The one after it is longer. */
  nextMs(): number {
    const { firstMs, longestMs } = this.#options
    const pause = Math.min(longestMs, firstMs * 2 ** this.#tries++)
    return pause * (0.5 + this.#chance.random() / 2)
  }

  /** A try led somewhere: the next pause is a first one again. */
  reset(): void {
    this.#tries = 0
  }
}

/**
 * A host's part of takeovers, on its page: it says that the host's core lives, who its heirs are, and to whom it hands the
 * lobby over. A part of hosting like the entry in the public list (`HostPart`).
 *
 * Invariants: what is said of life comes from the caller, who asks the host's core: this room has no timer and makes up no
 * sign of life, also where a server comes back, which is told the heirs and their epoch anew. After `handOver` nothing is said any more.
 */
import type { HostPart } from './signals.ts'
import { parseTakeoverAnswer, type TakeoverRequest } from './takeover-messages.ts'

/** One who may take the lobby over: a seat, and the SHA-256 in hexadecimal of a key that the host gave to its page. */
export interface NamedHeir {
  readonly seat: number
  readonly keyHash: string
}

/** The lobby server's answer to a host that asks. */
export interface Heard {
  /** The highest epoch that this host has said. */
  readonly epoch: number
  /** The epoch in which an heir has the server's vote; null: none has. */
  readonly reserved: number | null
}

export class HostTakeover implements HostPart {
  readonly #proveAlive: () => void
  readonly #heard: (heard: Heard) => void
  #say: ((message: TakeoverRequest) => void) | null = null
  #epoch: number
  #heirs: readonly NamedHeir[] = []
  #handedOver = false

  /**
   * @param proveAlive an heir claims the lobby, or a server has come back: have the host's core answer, by `alive`, within half a second.
   * @param heard what the server answers to `ask`. A host that was replaced hears that instead.
   */
  constructor(epoch: number, proveAlive: () => void, heard: (heard: Heard) => void = () => {}) {
    this.#epoch = epoch
    this.#proveAlive = proveAlive
    this.#heard = heard
  }

  /** The host's core runs, in this epoch. To be said every few seconds, and when the epoch changes. */
  alive(epoch: number): void {
    this.#epoch = epoch
    this.#tell({ type: 'alive', epoch })
  }

  /** Asks whether the lobby is still this host's. */
  ask(): void {
    this.#tell({ type: 'ask' })
  }

  /** These alone may take the lobby over, the first in rank first; at most 4. */
  setHeirs(heirs: readonly NamedHeir[]): void {
    this.#heirs = heirs
    this.#tellHeirs()
  }

  /** Gives the lobby to the heir of this seat, in a new epoch. False when the server cannot be reached. */
  handOver(seat: number, epoch: number): boolean {
    const isSaid = this.#say !== null && !this.#handedOver
    this.#tell({ type: 'transfer', seat, epoch })
    this.#handedOver = true
    return isSaid
  }

  online(say: (message: TakeoverRequest) => void): void {
    this.#say = say
    // A socket that is back says nothing of the host: one that its guests have voted out would stand in the way of the next.
    this.#proveAlive()
    if (this.#heirs.length > 0) this.#tellHeirs()
  }

  offline(): void {
    this.#say = null
  }

  hear(text: string): void {
    if (this.#handedOver) return
    const answer = parseTakeoverAnswer(text)
    if (answer?.type === 'prove-alive') this.#proveAlive()
    if (answer?.type === 'heard') this.#heard(answer)
  }

  #tellHeirs(): void {
    this.#tell({
      type: 'heirs',
      epoch: this.#epoch,
      heirs: this.#heirs.map(({ seat, keyHash }) => ({ seat, keyHash })),
    })
  }

  #tell(message: TakeoverRequest): void {
    if (!this.#handedOver) this.#say?.(message)
  }
}

/** Several parts as one. */
export function partsTogether(...parts: readonly HostPart[]): HostPart {
  return {
    online: (say) => {
      for (const part of parts) part.online(say)
    },
    offline: () => {
      for (const part of parts) part.offline()
    },
    hear: (text) => {
      for (const part of parts) part.hear(text)
    },
  }
}

/**
 * The signals of one attempt to connect, on one side. It says which texts of the other side count, and which kinds of
 * candidates both sides have tried, for the log.
 */
import { hasTurn } from './private-signals.ts'
import { candidateType, MAX_CANDIDATES, readSignal, type Signal } from './signal-text.ts'

export class SignalExchange {
  /** Texts of the other side that were malformed, too many, or not its turn. */
  rejected = 0
  readonly #expects: 'offer' | 'answer'
  readonly #tried = { here: new Set<string>(), there: new Set<string>() }
  #described = false
  #candidates = 0

  /** `offers`: this side makes the offer. */
  constructor(offers: boolean) {
    this.#expects = offers ? 'answer' : 'offer'
  }

  /** What a text of the other side says. Null: it is dropped, and counted. */
  take(text: string): Signal | null {
    const signal = readSignal(text)
    if (!this.#wants(signal)) {
      this.rejected++
      return null
    }
    note(this.#tried.there, signal)
    return signal
  }

  /** A text of this side goes out. */
  sends(text: string): void {
    note(this.#tried.here, readSignal(text))
  }

  /** A sentence about why the attempt failed. `ice`: the state of ICE in WebRTC's words. */
  explain(what: string, iceServers: readonly RTCIceServer[], ice = 'not started'): string {
    const types = (from: Set<string>): string => [...from].join(', ') || 'none'
    const { here, there } = this.#tried
    return `${what}; candidates here: ${types(here)}; there: ${types(there)}; TURN offered: ${hasTurn(iceServers) ? 'yes' : 'no'}; ICE: ${ice}`
  }

  /** One description per side and attempt: a second would be a renegotiation, which we never ask for. */
  #wants(signal: Signal | null): signal is Signal {
    if (!signal) return false
    if (signal.kind === 'candidate') return ++this.#candidates <= MAX_CANDIDATES
    const expected = signal.type === this.#expects && !this.#described
    if (expected) this.#described = true
    return expected
  }
}

function note(types: Set<string>, signal: Signal | null): void {
  const type = signal?.kind === 'candidate' ? candidateType(signal.candidate.candidate) : null
  if (type) types.add(type)
}

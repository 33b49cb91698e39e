/**
 * The signals of one attempt to connect, on one side. It says which texts of the other side count, and which kinds of
 * candidates both sides have tried, for the log.
 */
import type { CandidateReport, PeerReport } from '../errors/connection-report.ts'
import { hasTurn } from './private-signals.ts'
import { MAX_CANDIDATES, readCandidateLine, readSignal, type Signal } from './signal-text.ts'

export class SignalExchange {
  /** Texts of the other side that were malformed, too many, or not its turn. */
  rejected = 0
  readonly #expects: 'offer' | 'answer'
  readonly #found: Record<'here' | 'there', CandidateReport[]> = { here: [], there: [] }
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
    note(this.#found.there, signal)
    return signal
  }

  /** A text of this side goes out. */
  sends(text: string): void {
    note(this.#found.here, readSignal(text))
  }

  /** What was found, for a report. `relayProtocols`: by what this page speaks to TURN, for each of its candidates that says so. */
  candidates(relayProtocols: ReadonlyMap<string, string> = new Map()): Pick<PeerReport, 'here' | 'there'> {
    const here = this.#found.here.map((each) => {
      const toServer = relayProtocols.get(each.address)
      return toServer === undefined ? each : { ...each, protocol: `${each.protocol}/${toServer}` }
    })
    return { here, there: [...this.#found.there] }
  }

  /** A sentence about why the attempt failed. `ice`: the state of ICE in WebRTC's words. */
  explain(what: string, iceServers: readonly RTCIceServer[], ice = 'not started'): string {
    const types = (from: CandidateReport[]): string => [...new Set(from.map(({ type }) => type))].join(', ') || 'none'
    const { here, there } = this.#found
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

function note(found: CandidateReport[], signal: Signal | null): void {
  const candidate = signal?.kind === 'candidate' ? readCandidateLine(signal.candidate.candidate) : null
  if (candidate && found.length < MAX_CANDIDATES) found.push(candidate)
}

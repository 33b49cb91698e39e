/**
 * A lobby's entry in the public list, on the host's page. In goes how the lobby wants to be listed and what is true of it at
 * this moment; out come `list`, `facts` and `unlist`, and what the server answered. It also answers the server's echoes, by
 * which others learn how far this page is.
 *
 * Invariants: one message in `SAY_EVERY_MS` at most, and always the newest: what changed meanwhile is said once. A server that
 * comes back is told anew. While nothing is wanted, nothing is said and no timer runs.
 */
import type { Cancel, Timers } from '../platform/platform.ts'
import type { Listing, ListingTexts, LobbyFacts } from './listing.ts'
import { type ListingRefusal, type ListingRequest, parseListingAnswer } from './listing-messages.ts'
import type { HostPart } from './signals.ts'

/** A list that is a second old is new enough; the server takes two changes a second. */
const SAY_EVERY_MS = 1000

/** A server that does not answer `list` within so many ms does not know the list. */
const ANSWER_WITHIN_MS = 8000

/** Refused for the moment: said again after so many ms. */
const TRY_AGAIN_MS = 15_000

/** `unreachable`: the server is away, or does not answer; the page says it again when it is back. */
export type ListingOutcome = ListingRefusal | 'unreachable'

/** How the lobby stands in the list. */
export interface ListingStatus {
  /** As others see it now; null while it is not listed. */
  readonly shown: ListingTexts | null
  /** Why the newest listing is not what others see; null when it is, and while the server is asked. */
  readonly refusal: ListingOutcome | null
}

export class HostListing implements HostPart {
  readonly #timers: Timers
  /** Null: the lobby is not to be listed. */
  readonly #changed: (status: ListingStatus | null) => void
  #status: ListingStatus | null = null
  #say: ((message: ListingRequest) => void) | null = null
  #wanted: Listing | null = null
  #facts: LobbyFacts
  /** Counts the listings that were wanted; an answer to an older one says nothing of the newest. */
  #serial = 0
  /** What the server was told last on this socket; null: nothing. */
  #said: { serial: number; facts: string } | null = null
  #nextAt = Number.NEGATIVE_INFINITY
  #waiting: ((outcome: ListingOutcome | null) => void)[] = []
  #cancelSay: Cancel = () => {}
  #cancelAnswer: Cancel = () => {}

  constructor(timers: Timers, facts: LobbyFacts, changed: (status: ListingStatus | null) => void) {
    this.#timers = timers
    this.#facts = facts
    this.#changed = changed
  }

  /** Lists the lobby in this way from now on; null takes it off the list. Resolves to null, or to why it is not listed so. */
  list(listing: Listing | null): Promise<ListingOutcome | null> {
    this.#wanted = listing
    this.#serial++
    if (listing === null) {
      this.#withdraw()
      return Promise.resolve(null)
    }
    if (this.#say === null) {
      this.#show({ shown: this.#shown, refusal: 'unreachable' })
      return Promise.resolve('unreachable')
    }
    this.#show({ shown: this.#shown, refusal: null })
    const answer = new Promise<ListingOutcome | null>((resolve) => {
      this.#waiting.push(resolve)
    })
    this.#sayLater()
    return answer
  }

  setFacts(facts: LobbyFacts): void {
    this.#facts = facts
    this.#sayLater()
  }

  online(say: (message: ListingRequest) => void): void {
    this.#say = say
    this.#said = null
    this.#sayLater()
  }

  offline(): void {
    this.#say = null
    this.#said = null
    this.#stop()
    if (this.#wanted !== null) this.#show({ shown: null, refusal: 'unreachable' })
    this.#settle('unreachable')
  }

  hear(text: string): void {
    const answer = parseListingAnswer(text)
    if (answer?.type === 'echo') this.#say?.({ type: 'echoed', nonce: answer.nonce })
    if (answer?.type !== 'listed' || answer.serial !== this.#serial || this.#wanted === null) return
    this.#cancelAnswer()
    this.#show({ shown: answer.listing, refusal: answer.refusal })
    this.#settle(answer.refusal)
    if (answer.refusal === 'too-fast' || answer.refusal === 'unavailable' || answer.refusal === 'too-many')
      this.#sayAgainLater()
  }

  /** Says what is new, now or when the next message may go. */
  #sayLater(): void {
    this.#cancelSay()
    if (this.#wanted === null || this.#say === null) return
    this.#cancelSay = this.#timers.after(Math.max(0, this.#nextAt - this.#timers.now()), () => this.#sayNow())
  }

  #sayNow(): void {
    const listing = this.#wanted
    if (listing === null || this.#say === null) return
    const facts = JSON.stringify(this.#facts)
    const isKnown = this.#said?.serial === this.#serial
    if (isKnown && this.#said?.facts === facts) return
    this.#nextAt = this.#timers.now() + SAY_EVERY_MS
    this.#said = { serial: this.#serial, facts }
    if (isKnown) return this.#say({ type: 'facts', facts: this.#facts })
    this.#cancelAnswer()
    this.#cancelAnswer = this.#timers.after(ANSWER_WITHIN_MS, () => {
      this.#show({ shown: this.#shown, refusal: 'unreachable' })
      this.#settle('unreachable')
    })
    this.#say({ type: 'list', serial: this.#serial, listing, facts: this.#facts })
  }

  #sayAgainLater(): void {
    this.#nextAt = this.#timers.now() + TRY_AGAIN_MS
    this.#said = null
    this.#sayLater()
  }

  #withdraw(): void {
    this.#stop()
    this.#said = null
    this.#say?.({ type: 'unlist' })
    this.#show(null)
    this.#settle(null)
  }

  #stop(): void {
    this.#cancelSay()
    this.#cancelAnswer()
  }

  #settle(outcome: ListingOutcome | null): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve(outcome)
  }

  get #shown(): ListingTexts | null {
    return this.#status?.shown ?? null
  }

  #show(status: ListingStatus | null): void {
    if (JSON.stringify(this.#status) === JSON.stringify(status)) return
    this.#status = status
    this.#changed(status)
  }
}

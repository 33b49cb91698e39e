/**
 * Finds out why a guest's page cannot reach its host. In: how far each try to dial came, how it failed, and the time. Out: one cause,
 * by the newest of these. Pure.
 */
import type { JoinStage } from '../../signaling/signals.ts'
import type { Reason } from '../../wire/reasons.ts'
import type { LostCause } from '../types.ts'

/** A server or host that has not answered after so many ms is taken for absent. An answer takes one round trip: a second at worst. */
const ANSWER_MS = 2500

export class CauseFinder {
  cause: LostCause
  /** Who was asked last and has not answered yet, and when. */
  private asked: { readonly who: 'server' | 'host'; readonly at: number } | null = null

  /** `offline`: the browser says that this page has no network. */
  constructor(offline: boolean) {
    this.cause = offline ? 'offline' : 'unknown'
  }

  /** A try has come so far. */
  reached(stage: JoinStage, now: number): void {
    switch (stage) {
      case 'finding the lobby':
        this.asked = { who: 'server', at: now }
        return
      case 'contacting the host':
        this.asked = { who: 'host', at: now }
        // The server has answered, so this page's network works.
        if (this.cause === 'offline') this.cause = 'unknown'
        return
      case 'connecting':
        this.asked = null
        if (this.cause !== 'no-route') this.cause = 'unknown'
        return
    }
  }

  /** The lobby server says that the host's page has no connection to it. */
  hostAway(): void {
    this.asked = null
    this.cause = 'host-gone'
  }

  /** A try is over, in vain. */
  failed(reason: Reason): void {
    this.asked = null
    switch (reason) {
      case 'signaling-down':
        this.cause = 'offline'
        return
      case 'code-lost':
        this.cause = 'code-lost'
        return
      case 'not-found':
        this.cause = 'host-gone'
        return
      case 'no-route':
        this.cause = 'no-route'
        return
      case 'host-silent':
        // A try that waits in vain for a host who is known to be gone ends in this reason, too.
        if (this.cause !== 'host-gone') this.cause = 'host-silent'
        return
      default:
        // A refusal does not say whether anybody is out of reach.
        return
    }
  }

  /** Time has passed: whoever has not answered by now is not there. */
  look(now: number): void {
    if (!this.asked || now - this.asked.at < ANSWER_MS) return
    this.cause = this.asked.who === 'server' ? 'offline' : 'host-silent'
    this.asked = null
  }
}

/**
 * The guest's side of the star: finds the host, connects, and ends within a deadline, with a link or with a reason.
 *
 * The guest makes the offer. That costs half a signalling round trip against an offer by the host. In return, a stranger
 * that only asks to join costs the host no WebRTC connection. And only the side that offers can restart ICE: guests walk
 * between networks more often than hosts.
 */

import { type ConnectionReport, connectionReport } from '../errors/connection-report.ts'
import { StarwireError } from '../errors/starwire-error.ts'
import { onAbort } from '../platform/abort.ts'
import { type Cancel, type Platform, thisPage } from '../platform/platform.ts'
import type { GuestRequest, GuestSignalHandlers, GuestSignals, JoinStage, Signaling } from '../signaling/signals.ts'
import { KEY_BYTES } from '../transport/bulk-frames.ts'
import type { LaneLink } from '../transport/lane-link.ts'
import type { LinkCloseReason, Liveness } from '../transport/link.ts'
import type { ConnectPeer, TransportOptions } from '../transport/peer-connection.ts'
import type { PeerConnectionConstructor } from '../transport/webrtc.ts'
import type { Reason } from '../wire/reasons.ts'
import { JOIN_DEADLINE_MS, type Privacy, rerouteInfo, signalingError } from './attempt.ts'
import { JoinFacts } from './join-facts.ts'
import { connectorOf, directConnector, type LinkAttempt, openLink } from './open-link.ts'
import type { Reroute } from './reroute.ts'

/** The link is given up after 5 s of silence, and with it what was to be its new route. */
const REROUTE_WITHIN_MS = 8000

export interface JoinStarOptions {
  /** Shown to the host's `accept`. Default empty. */
  info?: string
  onProgress?: (stage: JoinStage) => void
  /** The host's page has no connection to signalling at the moment. The join goes on until its deadline, as it may come back. */
  onHostAway?: () => void
  /** Milliseconds for the whole join. Default 14,500. */
  deadlineMs?: number
  /** The join fails as `host-silent` when an offer has no answer for so long, ms. Default: it waits until the deadline. */
  answerWithinMs?: number
  /** Instead of those that signalling hands out. */
  iceServers?: RTCIceServer[]
  /** The `ticket` of an earlier join into this lobby: lets this guest back in however many others are joining. Default: none. */
  ticket?: string | null
  /** What makes connections: for Node, that of a package. Default: the page's own. */
  RTCPeerConnection?: PeerConnectionConstructor
  /** How pages connect. Default: WebRTC. */
  transport?: TransportOptions
  /** What other players may learn of this page's address. Default: connections are direct where they can be, and show it. */
  privacy?: Privacy
  /** Whose time, chance and page events it goes by. Default: this page's. For simulations: a page in virtual time. */
  platform?: Platform
  /** Gives the join up while it is under way: everything is released, and it rejects with the signal's reason. */
  signal?: AbortSignal
}

export interface GuestStar {
  readonly code: string
  /** This guest's id among the host's `peers`. */
  readonly id: string
  readonly link: LaneLink
  /** What this connection was made with, for connections of your own, such as voice. Credentials of TURN in it may run out. */
  readonly iceServers: readonly RTCIceServer[]
  /** For the next join into this lobby; null when signalling gives none. */
  readonly ticket: string | null
  /** How it is connected now, and what the join saw. */
  report(): ConnectionReport
  /** The same as `link.close`. Default reason `left`. */
  close(reason?: LinkCloseReason): void
}

/**
 * Joins a star by its code.
 * @throws StarwireError (rejects) with the reason, at the latest after `deadlineMs`; `no-webrtc` when this page cannot make
 *   connections, before signalling is asked. Its `report` says what was seen, where the connection is at fault.
 */
export async function joinStar(signaling: Signaling, code: string, options: JoinStarOptions = {}): Promise<GuestStar> {
  const { deadlineMs = JOIN_DEADLINE_MS, platform = thisPage } = options
  const deadlineAt = platform.now() + deadlineMs
  const facts = new JoinFacts(platform.now())
  const connect = await connectorOf(options).catch((error: unknown) => {
    throw facts.withReport(error, platform)
  })
  return new Promise((resolve, reject) => {
    const means = { signaling, connect, platform, deadlineMs, deadlineAt, facts }
    new Join(code, options, means, resolve, reject).ask()
  })
}

/** What a join works with. */
interface Means {
  readonly signaling: Signaling
  /** Null: by a relay alone. */
  readonly connect: ConnectPeer | null
  readonly platform: Platform
  readonly deadlineMs: number
  /** As `platform.now()`. */
  readonly deadlineAt: number
  readonly facts: JoinFacts
}

/**
 * One join, from the code to an open link. It goes through the stages of `JoinStage` and settles once: with a star, or with
 * a reason. Before it settles it holds a deadline and signalling; after that, at most the link.
 */
class Join {
  readonly #code: string
  readonly #options: JoinStarOptions
  readonly #means: Means
  readonly #resolve: (star: GuestStar) => void
  readonly #reject: (error: unknown) => void
  readonly #cancelDeadline: Cancel
  readonly #stopAborting: Cancel
  readonly #stopListening: Cancel
  #settled = false
  #signals: GuestSignals | null = null
  #rtc: LinkAttempt | null = null
  #link: LaneLink | null = null
  /** The newest key of the link, which the host has heard over it. */
  #key: Uint8Array | null = null
  #reroute: Reroute | null = null
  /** The relay ended, or will soon, while there was no `#reroute` yet. */
  #hasRouteEnded = false
  #liveness: Liveness = 'alive'
  #hasEnded = false
  #offered = false
  #cancelAnswer: Cancel = () => {}
  #hostAnswered = false

  constructor(
    code: string,
    options: JoinStarOptions,
    means: Means,
    resolve: (star: GuestStar) => void,
    reject: (error: unknown) => void,
  ) {
    const { platform, deadlineAt } = means
    this.#code = code
    this.#options = options
    this.#means = means
    this.#resolve = resolve
    this.#reject = reject
    this.#cancelDeadline = platform.after(Math.max(0, deadlineAt - platform.now()), () => this.#tooLate())
    this.#stopAborting = onAbort(options.signal, (reason) => this.#end(reason))
    this.#stopListening = platform.onPageGone(() => {
      // A page cannot tell its reload from its end, so it never says that it leaves for good.
      if (this.#link) this.#link.closeAtOnce('away')
      else this.#fail('no-route', 'the page was left')
    })
  }

  /** Asks signalling; called once. */
  ask(): void {
    const { info = '', ticket = null, signal } = this.#options
    const handlers: GuestSignalHandlers = {
      signal: (text) => {
        this.#hostAnswered = true
        this.#rtc?.signal(text)
      },
      relay: (open) => this.#rtc?.relay(open),
      clockAhead: (ms) => {
        this.#means.facts.clockAheadMs = ms
      },
      hostAway: () => {
        if (!this.#settled) this.#options.onHostAway?.()
      },
      failed: (reason, detail) => {
        // With the host's answer in hand the connection needs no server any more.
        if (!(reason === 'signaling-down' && this.#hostAnswered)) this.#fail(reason, detail)
      },
    }
    const request: GuestRequest = { ticket, ...(signal && { signal }) }
    const stage = (next: JoinStage): void => this.#progress(next)
    const asking = (async () => this.#means.signaling.guest(this.#code, info, handlers, stage, request))()
    asking.then(
      (signals) => this.#admitted(signals),
      (error: unknown) => void this.#refused(signalingError(error)),
    )
  }

  #progress(next: JoinStage): void {
    if (this.#settled) return
    this.#means.facts.reached(next, this.#means.platform.now())
    this.#options.onProgress?.(next)
  }

  #admitted(signals: GuestSignals): void {
    if (this.#settled) {
      signals.close()
      return
    }
    this.#signals = signals
    this.#progress('connecting')
    // `onProgress` may have aborted the join.
    if (!this.#settled) this.#connect(signals)
  }

  #connect(signals: GuestSignals): void {
    const { platform, deadlineAt } = this.#means
    const { privacy } = this.#options
    const iceServers = this.#options.iceServers ?? signals.iceServers
    this.#means.facts.iceServers = iceServers
    const connect = directConnector(this.#means.connect, privacy, iceServers)
    const canRelay = signals.askForRelay !== undefined
    if (!connect && !canRelay) return this.#fail('no-route', 'this signalling has no relay')
    // From here the attempt keeps the deadline: its error tells what was tried.
    this.#cancelDeadline()
    this.#rtc = openLink(connect, {
      ...{ offer: null, platform, privacy, iceServers },
      timeoutMs: Math.max(0, deadlineAt - platform.now()),
      sendSignal: (text) => {
        if (!this.#offered) this.#awaitAnswer()
        this.#offered = true
        this.#signals?.signal(text)
      },
      askForRelay: canRelay ? () => signals.askForRelay?.() : undefined,
      settled: () => this.#closeSignals(),
      newKey: () => this.#newKey(),
      liveness: (state) => {
        this.#liveness = state
        this.#reroute?.liveness(state)
      },
      suspended: () => this.#routeEnded(),
      ending: () => this.#routeEnded(),
      opened: (link) => this.#opened(link, signals, iceServers),
      failed: (detail) => {
        if (this.#offered && !this.#hostAnswered) this.#fail('host-silent', `no answer to the offer; ${detail}`)
        else this.#fail('no-route', detail)
      },
      ended: () => {
        this.#hasEnded = true
        this.#reroute?.close()
        this.#stopListening()
        this.#closeSignals()
      },
    })
    this.#means.facts.attempt ??= this.#rtc
    if (!this.#rtc) this.#fail('no-webrtc', 'transport.peerConnection made no attempt to connect')
  }

  #awaitAnswer(): void {
    const { answerWithinMs } = this.#options
    if (answerWithinMs === undefined || this.#hostAnswered) return
    this.#cancelAnswer = this.#means.platform.after(answerWithinMs, () => {
      if (!this.#hostAnswered) this.#fail('host-silent', `no answer to the offer within ${answerWithinMs} ms`)
    })
  }

  #opened(link: LaneLink, { attempt, ticket = null }: GuestSignals, iceServers: RTCIceServer[]): void {
    this.#link = link
    // Signals go on while a better route is tried.
    this.#settle()
    void this.#watch(link, ticket)
    const code = this.#code.trim().toUpperCase()
    const { facts, platform } = this.#means
    facts.reached('open', platform.now())
    this.#resolve({
      ...{ code, id: attempt.peer, iceServers, ticket, link },
      report: () => {
        const told = facts.tell(null, '', platform.now(), platform.isOffline())
        return connectionReport({ ...told, route: link.describe()?.route ?? null })
      },
      close: (reason = 'left') => link.close(reason),
    })
  }

  #newKey(): Uint8Array {
    this.#key = this.#means.platform.randomBytes(KEY_BYTES)
    return this.#key
  }

  #routeEnded(): void {
    this.#hasRouteEnded = true
    this.#reroute?.ended()
  }

  /** Looks for another route when the link needs one. Its code is loaded while the network is there. */
  async #watch(link: LaneLink, ticket: string | null): Promise<void> {
    const { signaling, platform } = this.#means
    const { privacy } = this.#options
    const code = await import('./reroute.ts').catch(() => null)
    // Without that code a lost link is as lost as it was before there was any.
    if (!code || this.#hasEnded) return
    this.#reroute = new code.Reroute({
      platform,
      couldBeBetter: () =>
        link.describe()?.route === 'relayed' &&
        directConnector(this.#means.connect, privacy, this.#means.facts.iceServers) !== null,
      ask: (handlers, signal) =>
        signaling.guest(this.#code, this.#key ? rerouteInfo(this.#key) : '', handlers, () => {}, { ticket, signal }),
      connect: (signals, watch, cause) => {
        const iceServers = this.#options.iceServers ?? signals.iceServers
        return openLink(directConnector(this.#means.connect, privacy, iceServers), {
          ...{ offer: null, platform, privacy, iceServers, existing: link, timeoutMs: REROUTE_WITHIN_MS },
          sendSignal: (text) => signals.signal(text),
          askForRelay: cause === 'better' ? undefined : signals.askForRelay && (() => signals.askForRelay?.()),
          // A link that had only the relay needs the next one first of all.
          ...(cause === 'ended' && { relayAfterMs: 0 }),
          opened: () => {
            watch.chosen()
            // What the join itself still tries has lost its place.
            this.#rtc?.settle()
            this.#closeSignals()
          },
          failed: () => watch.failed(),
          settled: () => watch.settled(),
          ended: () => {},
        })
      },
    })
    this.#reroute.liveness(this.#liveness)
    if (this.#hasRouteEnded) this.#reroute.ended()
  }

  #tooLate(): void {
    const { deadlineMs } = this.#means
    if (this.#means.facts.stage === 'finding the lobby')
      this.#fail('signaling-down', `no answer within ${deadlineMs} ms`)
    else this.#fail('host-silent', `not admitted within ${deadlineMs} ms`)
  }

  /** Signalling gave no link. Where it is out of reach, one look more tells why. */
  async #refused(error: Error): Promise<void> {
    const { signaling, facts } = this.#means
    if (!this.#settled) await facts.askServer(error, signaling)
    this.#end(error)
  }

  #fail(reason: Reason, detail: string): void {
    this.#end(new StarwireError(reason, detail))
  }

  #end(error: unknown): void {
    if (this.#settled) return
    this.#settle()
    this.#closeSignals()
    this.#stopListening()
    const { facts, platform } = this.#means
    const told = facts.withReport(error, platform)
    this.#rtc?.cancel()
    this.#reject(told)
  }

  #closeSignals(): void {
    this.#signals?.close()
    this.#signals = null
  }

  #settle(): void {
    this.#settled = true
    this.#cancelDeadline()
    this.#cancelAnswer()
    this.#stopAborting()
  }
}

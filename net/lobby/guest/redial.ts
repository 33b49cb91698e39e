/**
 * Dials a lost host again and again, with pauses that grow, until the guest is back in the seat (`stop`) or the time is over.
 * It runs on a worker's clock and not on page timers, because those of a hidden page may run once a minute. Every try goes
 * through `dial`; how it ends comes back by `failed` or `stop`. Invariant: at most one try is under way.
 */

import { StarwireError } from '../../errors/starwire-error.ts'
import { Backoff } from '../../platform/backoff.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Clock } from '../../platform/worker-clock.ts'
import type { JoinStage } from '../../signaling/signals.ts'
import type { Link } from '../../transport/link.ts'
import type { Reason } from '../../wire/reasons.ts'
import type { Reconnecting } from '../types.ts'
import { CauseFinder } from './lost-cause.ts'

/** How often per second it is checked whether to dial: a pause is exact to 125 ms. */
const LOOKS_PER_SECOND = 8
/** The pause before the first try, ms. Not 0: a page that is just being left must not dial any more. */
const FIRST_PAUSE_MS = 250
/** The longest pause, ms: sixteen tries a minute are few against what signalling takes from one address. */
const MAX_PAUSE_MS = 5000
/** After a gap of this many ms between two looks the page has slept: a phone's lock, the browser's cache of pages. */
const SLEPT_MS = 5000
/** A page whose time ran out in its sleep has one last try of this many ms: a dial takes 15 s at most. */
const LAST_TRY_MS = 20_000

/** Reasons that no further try can change. All others may pass: a code is unknown while the host's laptop is closed. */
const final: ReadonlySet<Reason> = new Set<Reason>([
  'seat-lost',
  'other-game',
  'version-mismatch',
  'kicked',
  'banned',
  'locked',
  'wrong-password',
  'bad-code',
  'host-left',
  'replaced',
  'rules-failed',
])

/** Progress of one try. */
export interface DialWatch {
  stage(stage: JoinStage): void
  /** The lobby server says that the host's page has no connection to it. */
  hostAway(): void
}

/** What is known of a lost link while it is dialled anew. */
export type Lost = Omit<Reconnecting, 'mayPlayOn'>

export interface RedialOptions {
  /** For how long it dials, s. */
  readonly seconds: number
  readonly platform: Platform
  /** One try: an open link to the host. Rejects with a StarwireError. */
  dial(watch: DialWatch): Promise<Link>
  /** A link is open. Call `stop` when it leads back into the seat, `failed` when not. */
  opened(link: Link): void
  /** More is known of why the host is out of reach. Called at the beginning, too. */
  told(reconnecting: Lost): void
  /** No try led back. `answered`: the host or signalling refused for good; false: the time has run out. */
  over(error: StarwireError, answered: boolean): void
}

export class Redial {
  private readonly options: RedialOptions
  private readonly clock: Clock
  private readonly stopWaking: () => void
  private deadlineAt: number
  private nextAt: number
  private lookedAt: number
  private overslept = false
  private readonly backoff: Backoff
  private busy = false
  private stopped = false
  private readonly finder: CauseFinder
  private readonly lostAt: number
  private told: Lost | null = null
  private last = new StarwireError('host-silent', 'nobody answered')

  constructor(options: RedialOptions) {
    this.options = options
    const { platform } = options
    const now = platform.now()
    this.finder = new CauseFinder(platform.isOffline())
    this.backoff = new Backoff({ firstMs: FIRST_PAUSE_MS, longestMs: MAX_PAUSE_MS }, platform)
    this.lostAt = now
    this.deadlineAt = now + options.seconds * 1000
    this.nextAt = now + this.backoff.nextMs()
    this.lookedAt = now
    this.clock = platform.startClock(LOOKS_PER_SECOND, () => this.look())
    // The network is back, or the page is shown again: dial now.
    this.stopWaking = platform.onWake(() => {
      this.nextAt = platform.now()
      this.look()
    })
    this.tell()
  }

  /** Tells what is known when it has changed. */
  private tell(): void {
    const { cause } = this.finder
    if (this.stopped || (this.told?.cause === cause && this.told.givesUpAt === this.deadlineAt)) return
    this.told = { cause, lostAt: this.lostAt, givesUpAt: this.deadlineAt }
    this.options.told(this.told)
  }

  private look(): void {
    if (this.stopped) return
    const now = this.options.platform.now()
    const slept = now - this.lookedAt >= SLEPT_MS
    this.lookedAt = now
    if (now >= this.deadlineAt && slept && !this.overslept) {
      // The page slept through its deadline. Only the host knows whether the seat still waits, so it has one more try, and only one: a
      // slow clock would look like sleep for ever.
      this.overslept = true
      this.deadlineAt = now + LAST_TRY_MS
    }
    this.finder.look(now)
    this.tell()
    if (now >= this.deadlineAt) this.giveUp(errorAtLast(this.last), false)
    else if (!this.busy && now >= this.nextAt) this.dial()
  }

  private dial(): void {
    this.busy = true
    const watch: DialWatch = {
      stage: (stage) => {
        this.finder.reached(stage, this.options.platform.now())
        this.tell()
      },
      hostAway: () => {
        this.finder.hostAway()
        this.tell()
      },
    }
    this.options.dial(watch).then(
      (link) => {
        if (this.stopped) link.close('left')
        else this.options.opened(link)
      },
      (error: unknown) => {
        this.failed(error instanceof StarwireError ? error : new StarwireError('signaling-down', String(error)))
      },
    )
  }

  /** This try led nowhere. */
  failed(error: StarwireError): void {
    if (this.stopped) return
    const { reason, retryAfterSeconds } = error
    if (final.has(reason)) return this.giveUp(error, true)
    // A server that is out of reach, busy or full tells nothing of the host. A more telling reason from before is kept.
    const saysNothing = reason === 'signaling-down' || reason === 'rate-limited' || reason === 'server-full'
    const isKnown = this.last.reason === 'not-found' || this.last.reason === 'code-lost'
    if (!saysNothing || !isKnown) this.last = error
    this.busy = false
    this.nextAt = this.options.platform.now() + Math.max(this.backoff.nextMs(), (retryAfterSeconds ?? 0) * 1000)
    this.finder.failed(reason)
    this.tell()
  }

  private giveUp(error: StarwireError, answered: boolean): void {
    this.stop()
    this.options.over(error, answered)
  }

  stop(): void {
    if (this.stopped) return
    this.stopped = true
    this.clock.stop()
    this.stopWaking()
  }
}

/** The reason that the player reads at the end, for a host that was there a minute ago. */
function errorAtLast(last: StarwireError): StarwireError {
  switch (last.reason) {
    case 'not-found':
      return new StarwireError('host-left', last.detail)
    case 'full':
      return new StarwireError('host-silent', last.detail)
    default:
      return last
  }
}

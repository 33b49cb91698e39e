/**
 * Dials a lost host again and again, with pauses that grow, until somebody says that it worked or the time is over. A
 * worker's clock rather than page timers, because those of a hidden tab may run once a minute.
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

/** How often to look whether it is time to dial. */
const LOOKS_PER_SECOND = 8
/** The pause before the first try. Not at once: a page that is just being left must not dial any more. */
const FIRST_PAUSE_MS = 250
/** The longest pause: sixteen tries a minute are few against what signalling takes from one address. */
const LONGEST_PAUSE_MS = 5000
/** A gap between two looks that means that this page slept (a phone's lock, the browser's cache of pages). */
const SLEPT_MS = 5000
/** For the last try of a page whose time ran out in its sleep: as long as a dial may take, and a bit. */
const LAST_TRY_MS = 20_000

/** What no further try can change. All else may pass: a code is unknown while its host's laptop is closed. */
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

/** Hears how far one try has come. */
export interface DialWatch {
  stage(stage: JoinStage): void
  /** The lobby server says that the host's page has no connection to it. */
  hostAway(): void
}

export interface RedialOptions {
  /** How long it goes on. */
  readonly seconds: number
  readonly platform: Platform
  /** One try: an open link to the host. Rejects with a StarwireError. */
  dial(watch: DialWatch): Promise<Link>
  /** A link is open. Say `failed` when it leads nowhere, `stop` when it does. */
  opened(link: Link): void
  /** More is known of why the host is out of reach; also said at the beginning. */
  told(reconnecting: Reconnecting): void
  /** It was in vain; `answered` when the host or signalling said so, and not just the time. */
  over(reason: Reason, detail: string, answered: boolean): void
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
  private told: Reconnecting | null = null
  private last: { reason: Reason; detail: string } = { reason: 'host-silent', detail: 'nobody answered' }

  constructor(options: RedialOptions) {
    this.options = options
    const { platform } = options
    const now = platform.now()
    this.finder = new CauseFinder(platform.isOffline())
    this.backoff = new Backoff({ firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS }, platform)
    this.lostAt = now
    this.deadlineAt = now + options.seconds * 1000
    this.nextAt = now + this.backoff.nextMs()
    this.lookedAt = now
    this.clock = platform.startClock(LOOKS_PER_SECOND, () => this.look())
    // The network is back, or the player: no better moment.
    this.stopWaking = platform.onWake(() => {
      this.nextAt = platform.now()
      this.look()
    })
    this.tell()
  }

  /** Says what is known, when it is news. */
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
      // Nobody was asked in time, and the host alone knows what became of the seat. Once: a clock may always be so slow.
      this.overslept = true
      this.deadlineAt = now + LAST_TRY_MS
    }
    this.finder.look(now)
    this.tell()
    if (now >= this.deadlineAt) this.giveUp(reasonAtLast(this.last.reason), this.last.detail, false)
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
        if (error instanceof StarwireError) this.failed(error.reason, error.detail, error.retryAfterSeconds ?? 0)
        else this.failed('signaling-down', String(error))
      },
    )
  }

  /** This try led nowhere. */
  failed(reason: Reason, detail: string, retryAfterSeconds = 0): void {
    if (this.stopped) return
    if (final.has(reason)) return this.giveUp(reason, detail, true)
    // A server out of reach, or one that was asked too often, takes nothing back of what it said of the host.
    const saysNothing = reason === 'signaling-down' || reason === 'rate-limited' || reason === 'server-full'
    const isKnown = this.last.reason === 'not-found' || this.last.reason === 'code-lost'
    if (!saysNothing || !isKnown) this.last = { reason, detail }
    this.busy = false
    this.nextAt = this.options.platform.now() + Math.max(this.backoff.nextMs(), retryAfterSeconds * 1000)
    this.finder.failed(reason)
    this.tell()
  }

  private giveUp(reason: Reason, detail: string, answered: boolean): void {
    this.stop()
    this.options.over(reason, detail, answered)
  }

  stop(): void {
    if (this.stopped) return
    this.stopped = true
    this.clock.stop()
    this.stopWaking()
  }
}

/** What the last try says of a host that was there a minute ago. */
function reasonAtLast(reason: Reason): Reason {
  switch (reason) {
    case 'not-found':
      return 'host-left'
    case 'full':
      return 'host-silent'
    default:
      return reason
  }
}

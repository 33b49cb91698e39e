/**
 * What everybody in the lobby is still to be told: members that came, changed or went, and the settings. Each is told as it is at that moment: at
 * once while the budget lasts, later once for several changes. So no change is lost, and no guest hears more than its budget of
 * the host allows (guest/host-link.ts), however often 64 pages change something.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Clock } from '../../platform/worker-clock.ts'
import type { PlayerId } from '../../world/ids.ts'

/** Half of what a guest takes; the rest is for codes, matches and answers. */
const NEWS_PER_SECOND = 30
/** Three times each of 64 members in one moment: all are away, come back, and change once more. */
const NEWS_BURST = 192
/** Looks per second for what waits. A worker's clock, since a hidden page's timers may run once a minute. */
const LOOKS_PER_SECOND = 8

/** What may be another than before: a member, the settings, or who takes part in voice and video. */
export type Subject = PlayerId | 'settings' | 'participants'

export class LobbyNews {
  private readonly platform: Pick<Platform, 'now' | 'startClock'>
  private readonly tell: (subject: Subject) => void
  private readonly waiting = new Set<Subject>()
  private readonly budget = new TokenBucket(NEWS_PER_SECOND, NEWS_BURST)
  private clock: Clock | null = null

  /** `tell`: everybody is to hear how this is now. */
  constructor(platform: Pick<Platform, 'now' | 'startClock'>, tell: (subject: Subject) => void) {
    this.platform = platform
    this.tell = tell
  }

  changed(subject: Subject): void {
    this.waiting.add(subject)
    this.tellSome()
  }

  private tellSome(): void {
    const allowed = Math.floor(this.budget.available(this.platform.now()))
    for (const subject of [...this.waiting].slice(0, allowed)) this.tellNow(subject)
    if (this.waiting.size === 0) this.stop()
    else this.clock ??= this.platform.startClock(LOOKS_PER_SECOND, () => this.tellSome())
  }

  /** Whether everybody is still to hear of it. */
  isWaiting(subject: Subject): boolean {
    return this.waiting.has(subject)
  }

  /** Tells what waits, whatever the budget: before everybody does something that builds on it. */
  tellAll(): void {
    for (const subject of [...this.waiting]) this.tellNow(subject)
    this.stop()
  }

  private tellNow(subject: Subject): void {
    this.budget.spend(1)
    this.waiting.delete(subject)
    this.tell(subject)
  }

  /** What waits is told no more, unless something changes. */
  stop(): void {
    this.clock?.stop()
    this.clock = null
  }
}

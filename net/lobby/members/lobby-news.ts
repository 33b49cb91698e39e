/**
 * Changes that all guests have to be told: members that came, changed or went, the settings, and who takes part in voice and video.
 * While the budget lasts a change is told at once. Beyond it, several changes of one subject are told once, as it is by then. So
 * no change is lost, and no guest gets more than it takes from its host (`guest/host-link.ts`), however often 64 pages change something.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Clock } from '../../platform/worker-clock.ts'
import type { PlayerId } from '../../world/ids.ts'

/** Half of what a guest takes; the rest is for codes, matches and answers. */
const NEWS_PER_SECOND = 30
/** Three changes of each of 64 members in one moment: all are away, come back, and change once more. */
const NEWS_BURST = 192
/** How often per second waiting changes are looked at, on a worker's clock: timers of a hidden page may run once a minute. */
const LOOKS_PER_SECOND = 8

/** What a change is about: a member, the settings, or who takes part in voice and video. */
export type Subject = PlayerId | 'settings' | 'participants'

export class LobbyNews {
  private readonly platform: Pick<Platform, 'now' | 'startClock'>
  private readonly tell: (subject: Subject) => void
  private readonly waiting = new Set<Subject>()
  private readonly budget = new TokenBucket(NEWS_PER_SECOND, NEWS_BURST)
  private clock: Clock | null = null

  /** `tell`: tells all guests the present state of a subject. */
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

  /** Whether a change of this subject has not been told yet. */
  isWaiting(subject: Subject): boolean {
    return this.waiting.has(subject)
  }

  /** Tells all that waits, even over the budget: called before a message that relies on it, such as the start of a match. */
  tellAll(): void {
    for (const subject of [...this.waiting]) this.tellNow(subject)
    this.stop()
  }

  private tellNow(subject: Subject): void {
    this.budget.spend(1)
    this.waiting.delete(subject)
    this.tell(subject)
  }

  /** Stops the clock. What still waits is told with the next change, or never. */
  stop(): void {
    this.clock?.stop()
    this.clock = null
  }
}

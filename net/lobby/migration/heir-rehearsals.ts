/**
 * When an heir's page rehearses the change of host: once it has a world of the match, and from time to time, since a browser throws away
 * what it knows of code that does not run.
 *
 * The world is a stranger's, and no host has run from it yet: what throws ends the rehearsal, and touches neither votes nor match.
 */
import type { Platform } from '../../platform/platform.ts'
import type { Clock } from '../../platform/worker-clock.ts'
import type { Rehearsal } from '../../runtime/rehearsal.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { Match } from '../match/match.ts'
import type { RoleChange } from './role-change.ts'

const EVERY_MS = 30_000
const STEPS_PER_SECOND = 20

export class HeirRehearsals<G extends GameShape> {
  private readonly change: RoleChange<G>
  private readonly platform: Platform
  private match: Match<G> | null = null
  private nextAt = Number.NEGATIVE_INFINITY
  /** While a rehearsal runs. */
  private clock: Clock | null = null

  constructor(change: RoleChange<G>, platform: Platform) {
    this.change = change
    this.platform = platform
  }

  /** To be called some times a second, with the match of this page. */
  look(match: Match<G> | null, now: number): void {
    const heir = match?.client?.heir ?? null
    if (!heir || match !== this.match) this.stop()
    this.match = match
    if (!match || !heir || heir.tick === null || this.clock || now < this.nextAt) return
    // A page that cannot keep up has no time to spare, and is to host last.
    if (match.pace.level !== 'steady') return
    this.nextAt = now + EVERY_MS
    try {
      this.play(this.change.rehearse(match, heir))
    } catch {}
  }

  private play(rehearsal: Rehearsal | null): void {
    if (!rehearsal) return
    this.clock = this.platform.startClock(STEPS_PER_SECOND, () => {
      try {
        if (!rehearsal.step()) this.stop()
      } catch {
        this.stop()
      }
    })
  }

  stop(): void {
    this.clock?.stop()
    this.clock = null
  }
}

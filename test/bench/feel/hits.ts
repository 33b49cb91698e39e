/** Hits as shooters saw them beside hits as the host decided them; and how long their victims had been safe. */
import type { Weapon } from '../worlds/duel.ts'
import { add, type Distribution, distribution, MS_STEP } from './distribution.ts'

export interface Hit {
  readonly by: number
  readonly whom: number
  readonly weapon: Weapon
  /** The tick that the shot was fired at. */
  readonly shot: number
}

/** A press that came late is fired by the host up to this many ticks after the shooter's own page fired it. */
const LATE_TICKS = 20

export interface HitTally {
  seen: number
  confirmed: number
  readonly seenBy: Record<Weapon, number>
  readonly confirmedBy: Record<Weapon, number>
  /**
   * Of each beam that hit a guest: how long before they heard of it their own ship, as they saw it, had been in its line for
   * the last time, ms; 0 when it still was.
   */
  readonly safe: Distribution
  /** Of those whose ship was not. */
  readonly behindCover: Distribution
}

function hitTally(): HitTally {
  return {
    seen: 0,
    confirmed: 0,
    seenBy: { beam: 0, bullet: 0 },
    confirmedBy: { beam: 0, bullet: 0 },
    safe: distribution(MS_STEP),
    behindCover: distribution(MS_STEP),
  }
}

export class HitLedger {
  readonly tally = hitTally()
  private readonly seen: Hit[] = []
  private readonly decided: Hit[] = []

  get seenCount(): number {
    return this.seen.length
  }

  /** A shooter's own screen showed the shot in its victim. */
  see(hit: Hit): void {
    this.seen.push(hit)
  }

  /** The host dealt the damage. */
  decide(hit: Hit): void {
    this.decided.push(hit)
  }

  /** A victim's page heard of a beam; on their screen their ship was last in its line `safeMs` ago. */
  hurt(safeMs: number): void {
    add(this.tally.safe, safeMs)
    if (safeMs > 0) add(this.tally.behindCover, safeMs)
  }

  /** Finds for each seen hit the host's; each is taken once. */
  finish(): void {
    const open = new Map<string, number[]>()
    for (const hit of this.decided) {
      const shots = open.get(keyOf(hit)) ?? []
      open.set(keyOf(hit), shots)
      shots.push(hit.shot)
    }
    for (const hit of this.seen) {
      this.tally.seen++
      this.tally.seenBy[hit.weapon]++
      const shots = open.get(keyOf(hit)) ?? []
      let at = shots.indexOf(hit.shot)
      if (at < 0) at = shots.findIndex((shot) => shot > hit.shot && shot <= hit.shot + LATE_TICKS)
      if (at < 0) continue
      shots.splice(at, 1)
      this.tally.confirmed++
      this.tally.confirmedBy[hit.weapon]++
    }
  }
}

function keyOf({ by, whom, weapon }: Hit): string {
  return `${by}>${whom}:${weapon}`
}

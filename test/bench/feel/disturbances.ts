/** What a profile does to a match besides its network, and how well each screen came through it. */
import type { Profile } from './profiles.ts'
import { delayGrowth, longestFrozen, recoveredAfter } from './recovery.ts'
import type { LookedFrame } from './screen.ts'

/** A stall shows on other screens within this time. */
const STALL_SHOWS_MS = 1500
/** Who has not recovered after this long counts as having taken so long. */
const RECOVERY_MS = 8000

export interface Disturbance {
  readonly atMs: number
  readonly what: 'cut' | 'freeze'
  readonly ms: number
}

/** In the order of time; what the match would not live to see the end of is left out. */
export function disturbancesOf({ cuts, stalls }: Profile, seconds: number): Disturbance[] {
  const all: Disturbance[] = []
  for (let minute = 0; minute < seconds; minute += 60)
    for (const second of cuts?.atSeconds ?? [])
      all.push({ atMs: (minute + second) * 1000, what: 'cut', ms: cuts?.ms ?? 0 })
  if (stalls)
    for (let second = stalls.everySeconds; second < seconds; second += stalls.everySeconds)
      all.push({ atMs: second * 1000, what: 'freeze', ms: stalls.ms })
  return all
    .filter(({ atMs, what, ms }) => atMs + ms + (what === 'cut' ? RECOVERY_MS : STALL_SHOWS_MS) <= seconds * 1000)
    .sort((a, b) => a.atMs - b.atMs)
}

/** Of each guest, and of each outage or stall. */
export interface DisturbanceTally {
  /** From the end of an outage to when all is well, ms. */
  readonly recoveries: number[]
  /** How long the ship stood still that did so longest, ms. */
  readonly frozenPerStall: number[]
  /** How much older what is drawn was at the end than at the beginning, ms; nothing where something happened meanwhile. */
  readonly growth: number[]
}

export function disturbanceTally(
  disturbances: readonly Disturbance[],
  frames: readonly LookedFrame[],
): DisturbanceTally {
  const tally: DisturbanceTally = { recoveries: [], frozenPerStall: [], growth: [] }
  if (disturbances.length === 0) tally.growth.push(delayGrowth(frames))
  for (const { atMs, what, ms } of disturbances) {
    const end = atMs + ms
    if (what === 'freeze') tally.frozenPerStall.push(longestFrozen(frames, atMs, atMs + STALL_SHOWS_MS))
    else tally.recoveries.push(recoveredAfter(frames, end, end + RECOVERY_MS) ?? RECOVERY_MS)
  }
  return tally
}

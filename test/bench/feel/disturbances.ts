/** What a profile does to a match besides its network, and how well each screen came through it. */
import type { Profile } from './profiles.ts'
import { delayGrowth, isWrong, longestFrozen, recoveredAfter, timeOf } from './recovery.ts'
import type { LookedFrame } from './screen.ts'

/** A stall shows on other screens within this time. */
const STALL_SHOWS_MS = 1500
/** What a host's stall leaves behind is looked for until so long after its return. */
const RETURN_SHOWS_MS = 6000
/** By then all is to be right. */
const RIGHT_MS = 1000
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
    for (let count = 1; count * stalls.everySeconds < seconds; count++)
      all.push({
        atMs: count * stalls.everySeconds * 1000,
        what: 'freeze',
        ms: stalls.ms[(count - 1) % stalls.ms.length] ?? 0,
      })
  return all
    .filter(({ atMs, what, ms }) => atMs + ms + (what === 'cut' ? RECOVERY_MS : RETURN_SHOWS_MS) <= seconds * 1000)
    .sort((a, b) => a.atMs - b.atMs)
}

/** Of each guest, and of each outage or stall. */
export interface DisturbanceTally {
  /** From the end of an outage to when all is well, ms. */
  readonly recoveries: number[]
  /** How long the ship stood still that did so longest, ms. */
  readonly frozenPerStall: number[]
  /** How long the own ship stood still after the host's return, ms. */
  readonly ownStill: number[]
  /** How long others were drawn ahead of the host or off from a second after its return on, ms. */
  readonly wrongAfter: number[]
  /** How much older what is drawn was at the end than at the beginning, ms; nothing where something happened meanwhile. */
  readonly growth: number[]
}

export function disturbanceTally(
  disturbances: readonly Disturbance[],
  frames: readonly LookedFrame[],
): DisturbanceTally {
  const tally: DisturbanceTally = {
    recoveries: [],
    frozenPerStall: [],
    ownStill: [],
    wrongAfter: [],
    growth: [],
  }
  if (disturbances.length === 0) tally.growth.push(delayGrowth(frames))
  for (const { atMs, what, ms } of disturbances) {
    const end = atMs + ms
    if (what === 'freeze') {
      tally.frozenPerStall.push(longestFrozen(frames, atMs, atMs + STALL_SHOWS_MS))
      tally.ownStill.push(timeOf(frames, end, end + RETURN_SHOWS_MS, ({ ownStill }) => ownStill))
      tally.wrongAfter.push(timeOf(frames, end + RIGHT_MS, end + RETURN_SHOWS_MS, isWrong))
    } else tally.recoveries.push(recoveredAfter(frames, end, end + RECOVERY_MS) ?? RECOVERY_MS)
  }
  return tally
}

/** What single frames say together: how soon all is well after an outage, and how long ships stand still in a stall. */
import type { LookedFrame } from './screen.ts'

/** All is well in a frame with less than this. */
const WELL = { ownErrorPx: 4, errorPx: 2, stalenessMs: 120 } as const
/** And recovered is who is well for as long as this. */
const WELL_FOR_MS = 1000

function isWell({ ownError, error, staleness }: LookedFrame): boolean {
  return (ownError ?? 0) < WELL.ownErrorPx && error < WELL.errorPx && staleness < WELL.stalenessMs
}

/** From `endMs` to the first frame of a second in which all is well; null when there is none before `untilMs`. */
export function recoveredAfter(frames: readonly LookedFrame[], endMs: number, untilMs: number): number | null {
  let since: number | null = null
  for (const frame of frames) {
    if (frame.atMs < endMs || frame.atMs >= untilMs) continue
    if (!isWell(frame)) since = null
    else {
      since ??= frame.atMs
      if (frame.atMs - since >= WELL_FOR_MS) return since - endMs
    }
  }
  return null
}

/** Whether others are drawn later than the host is, or one of them off. */
export function isWrong({ ahead, error }: LookedFrame): boolean {
  return ahead || error > WELL.errorPx
}

/** The time of those frames from `fromMs` to `untilMs` that are so, ms. */
export function timeOf(
  frames: readonly LookedFrame[],
  fromMs: number,
  untilMs: number,
  isSo: (frame: LookedFrame) => boolean,
): number {
  let ms = 0
  for (const frame of frames) if (frame.atMs >= fromMs && frame.atMs < untilMs && isSo(frame)) ms += frame.elapsedMs
  return ms
}

/** How long the ship stood still that did so longest, of the frames from `fromMs` to `untilMs`, ms. */
export function longestFrozen(frames: readonly LookedFrame[], fromMs: number, untilMs: number): number {
  const frozen = new Map<number, number>()
  for (const { atMs, elapsedMs, frozen: ships } of frames) {
    if (atMs < fromMs || atMs >= untilMs) continue
    for (const id of ships) frozen.set(id, (frozen.get(id) ?? 0) + elapsedMs)
  }
  return Math.max(0, ...frozen.values())
}

/** How much older what is drawn is in the last ten seconds than in the first ten, ms on average. */
export function delayGrowth(frames: readonly LookedFrame[]): number {
  const [first, last] = [frames[0]?.atMs ?? 0, frames[frames.length - 1]?.atMs ?? 0]
  const mean = (from: number, until: number): number => {
    const within = frames.filter(({ atMs }) => atMs >= from && atMs <= until)
    return within.reduce((sum, { staleness }) => sum + staleness, 0) / within.length
  }
  return mean(last - 10_000, last) - mean(first, first + 10_000)
}

/** Recordings → figures: what one page drew beside the host's truth, with the meters of the feel benchmark. */
import { quantile } from '../bench.ts'
import { quantileOf, size } from '../feel/distribution.ts'
import type { DrawnFrame } from '../feel/frames.ts'
import { OwnMeter } from '../feel/own-meter.ts'
import { RemoteMeter } from '../feel/remote-meter.ts'
import { TICKS_PER_MS } from '../feel/setting.ts'
import { TruthLog, turned } from '../feel/truth.ts'
import type {
  RecordedCorrection,
  RecordedFrame,
  RecordedPress,
  RecordedStats,
  RecordedTick,
  Recording,
} from './recording.ts'

/** A contact explains what is found wrong up to so many ticks later: a round trip, and what clocks add to it. */
const CONTACT_TICKS = 20
/** A ship that was turned before swings out for so long, ms. */
const SWINGS_MS = 500
/** Less than the first frame of a turn shows, more than the end of the last swing, radians. */
const TURNS = 2e-4
/** A press that no frame shows after so long is left out, ms. */
const LOST_MS = 1500
/** Browsers round the time to this, at both ends of a frame. */
const CLOCK_GRAIN_MS = 0.2
const MOTION = ['x', 'y', 'vx', 'vy', 'angle', 'spin']
/** The session tells of the inputs of so long. */
const INPUTS_MS = 10_700
/** What the network adds to a packet of the session, bytes. */
const OVERHEAD_BYTES = 93

export interface Window {
  readonly fromMs: number
  readonly toMs: number
}

export interface PageFigures {
  readonly framesPerSecond: number
  readonly longestFrameMs: number
  /** As the session counts them. */
  readonly corrections: number
  /** Of the own ship's place, speed or heading, per 1,000 snapshots; and those that no contact explains. */
  readonly shipCorrections: number
  readonly shipCorrectionsAlone: number
  /** px; 0 when there was none. */
  readonly correctionP99: number
  readonly correctionGoneP99: number
  readonly ownErrorP50: number
  readonly ownErrorP99: number
  /** From the frame that reads a key to the first that shows it. */
  readonly inputFramesP50: number
  readonly inputFramesP95: number
  /** From the key to that frame. */
  readonly inputMsP50: number
  readonly inputMsP95: number
  readonly presses: number
  /** The other ship as drawn beside the truth at its presentation tick: px, degrees. */
  readonly otherErrorP50: number
  readonly otherErrorP95: number
  readonly otherAngleP95: number
  /** Beyond the one-way trip, ms. */
  readonly stalenessP50: number
  readonly stalenessP95: number
  /** Share of time. */
  readonly evenTime: number
  readonly frozenMsPerMinute: number
  readonly teleports: number
  readonly rttMs: number
  readonly loss: number
  /** Share of the host's ticks, and ticks in its queue. */
  readonly lateInputs: number
  readonly inputWaitTicks: number
  readonly snapshotsPerSecond: number
  readonly longestSnapshotGapMs: number
  readonly downPayload: number
  readonly downKbit: number
  readonly upPackets: number
  readonly upPayload: number
  readonly upKbit: number
}

/** `truth`: what the host's page recorded; `oneWayMs`: from the host to this page. */
export function figuresOf(
  page: Recording,
  truth: readonly RecordedTick[],
  window: Window,
  oneWayMs: number,
): PageFigures {
  const within = ({ at }: { at: number }): boolean => at >= window.fromMs && at <= window.toMs
  const seconds = (window.toMs - window.fromMs) / 1000
  const frames = page.frames.filter(within)
  const log = truthLog(truth, ownersIn(page.frames))
  const drawn = drawnFrames(page.frames, log).filter(({ atMs }) => within({ at: atMs }))

  const own = new OwnMeter(log)
  const other = new RemoteMeter(log, page.me, oneWayMs)
  const angles: number[] = []
  for (const frame of drawn) {
    own.look(frame)
    other.look(frame)
    for (const { id, angle } of frame.others) {
      const there = log.placeAt(id, frame.tick)
      if (there) angles.push((Math.abs(turned(angle, there.angle)) * 180) / Math.PI)
    }
  }
  const snapshots = page.compared.filter((at) => within({ at }))
  const compared = snapshots.length
  const wrong = page.corrections
    .filter(within)
    .filter(({ type, field }) => type === 'ship' && MOTION.includes(field ?? ''))
  const alone = wrong.filter((correction) => !isExplained(correction, page, truth))
  const shown = shownPresses(page.presses.filter(within), page.frames)
  const stats = page.stats.filter(within)
  const mean = (pick: (one: RecordedStats) => number): number => meanOf(stats, pick)
  // The others tell of the start of the match, too, where every input is late until the first has come.
  const whole = stats.filter(({ at }) => at >= window.fromMs + INPUTS_MS)
  const told = whole.length > 0 ? whole : stats.slice(-1)
  const kbit = (bytes: number): number => (bytes * 8) / 1000
  return {
    framesPerSecond: frames.length / seconds,
    longestFrameMs: Math.max(...gapsOf(frames.map(({ at }) => at))),
    corrections: page.corrections.filter(within).length,
    shipCorrections: (wrong.length * 1000) / compared,
    shipCorrectionsAlone: (alone.length * 1000) / compared,
    correctionP99: size(own.tally.correction) > 0 ? quantileOf(own.tally.correction, 0.99) : 0,
    correctionGoneP99: size(own.tally.gone) > 0 ? quantileOf(own.tally.gone, 0.99) : 0,
    ownErrorP50: quantileOf(own.tally.error, 0.5),
    ownErrorP99: quantileOf(own.tally.error, 0.99),
    inputFramesP50: quantile(
      shown.map((press) => press.frames),
      0.5,
    ),
    inputFramesP95: quantile(
      shown.map((press) => press.frames),
      0.95,
    ),
    inputMsP50: quantile(
      shown.map(({ ms }) => ms),
      0.5,
    ),
    inputMsP95: quantile(
      shown.map(({ ms }) => ms),
      0.95,
    ),
    presses: shown.length,
    otherErrorP50: quantileOf(other.tally.error, 0.5),
    otherErrorP95: quantileOf(other.tally.error, 0.95),
    otherAngleP95: quantile(angles, 0.95),
    stalenessP50: quantileOf(other.tally.staleness, 0.5),
    stalenessP95: quantileOf(other.tally.staleness, 0.95),
    evenTime: evenShare(drawn),
    frozenMsPerMinute: (other.tally.frozenMs / other.tally.shipMs) * 60_000,
    teleports: other.tally.teleports,
    rttMs: mean(({ rttMs }) => rttMs),
    loss: mean(({ loss }) => loss),
    lateInputs: meanOf(told, ({ inputs }) => inputs.lateShare),
    inputWaitTicks: meanOf(told, ({ inputs }) => inputs.waitTicks),
    snapshotsPerSecond: compared / seconds,
    longestSnapshotGapMs: Math.max(...gapsOf(snapshots)),
    downPayload: kbit(mean(({ down }) => down.bytesPerSecond)),
    downKbit: kbit(mean(({ down }) => down.bytesPerSecond + OVERHEAD_BYTES * down.packetsPerSecond)),
    upPackets: mean(({ up }) => up.packetsPerSecond),
    upPayload: kbit(mean(({ up }) => up.bytesPerSecond)),
    upKbit: kbit(mean(({ up }) => up.bytesPerSecond + OVERHEAD_BYTES * up.packetsPerSecond)),
  }
}

export function gapsOf(times: readonly number[]): number[] {
  return times.slice(1).map((at, i) => at - (times[i] ?? at))
}

/** The share of time in which the presented tick moved on by 0.95 to 1.05 of the time passed. */
function evenShare(frames: readonly DrawnFrame[]): number {
  let even = 0
  let all = 0
  for (const [i, { tick, elapsedMs }] of frames.entries()) {
    const before = frames[i - 1]
    if (!before) continue
    const shownMs = (tick - before.tick) / TICKS_PER_MS
    if (Math.abs(shownMs - elapsedMs) <= 0.05 * elapsedMs + CLOCK_GRAIN_MS) even += elapsedMs
    all += elapsedMs
  }
  return even / all
}

/** The host's report names no owners; what is drawn does. */
function ownersIn(frames: readonly RecordedFrame[]): Map<number, number | null> {
  return new Map(frames.flatMap(({ ships }) => ships.map(({ id, owner }) => [id, owner] as const)))
}

function truthLog(ticks: readonly RecordedTick[], owners: ReadonlyMap<number, number | null>): TruthLog {
  const log = new TruthLog(60)
  for (const { tick, at, ships } of ticks)
    log.recordShips(
      tick,
      at,
      ships.map((ship) => ({ ...ship, owner: owners.get(ship.id) ?? null })),
    )
  return log
}

/** The frames whose ticks the truth has reached, as the meters take them. */
function drawnFrames(frames: readonly RecordedFrame[], truth: TruthLog): DrawnFrame[] {
  return frames.flatMap(({ at, tick, ownTick, corrected, ships }, i) => {
    const before = frames[i - 1]
    if (!before || Math.ceil(Math.max(tick, ownTick)) > truth.tick) return []
    return {
      atMs: at,
      elapsedMs: at - before.at,
      tick,
      // When the host reached a tick is known on its own page alone, a round trip too vaguely to say.
      ahead: false,
      ownTick,
      corrected: corrected > before.corrected,
      own: ships.find(({ mine }) => mine) ?? null,
      others: ships.filter(({ mine }) => !mine),
    }
  })
}

/** Whether the own ship touched something shortly before, at the host or on its own page: then nobody could know better. */
function isExplained({ tick }: RecordedCorrection, page: Recording, truth: readonly RecordedTick[]): boolean {
  const near = (other: number): boolean => other > tick - CONTACT_TICKS && other <= tick + 2
  const own = new Set(page.frames.flatMap(({ ships }) => ships.filter(({ mine }) => mine).map(({ id }) => id)))
  return (
    page.frames.some(({ ownTick, ships }) => near(ownTick) && ships.some(({ bumps }) => bumps)) ||
    truth.some((at) => near(at.tick) && at.ships.some(({ id, impact }) => own.has(id) && impact > 0))
  )
}

/** For each press out of straight flight, after how many frames, and ms, the own ship is first drawn turning. */
export function shownPresses(
  presses: readonly RecordedPress[],
  frames: readonly RecordedFrame[],
): { readonly frames: number; readonly ms: number }[] {
  return presses.flatMap(({ at, side, straightMs }) => {
    if (straightMs < SWINGS_MS) return []
    // The frame that reads the key.
    const after = frames.findIndex((frame) => frame.at >= at)
    for (let i = Math.max(1, after); after >= 0 && i < frames.length; i++) {
      const [before, now] = [ownIn(frames[i - 1]), ownIn(frames[i])]
      const ms = (frames[i]?.at ?? at) - at
      if (!before || before.id !== now?.id || ms > LOST_MS) return []
      if (turned(before.angle, now.angle) * side > TURNS) return { frames: i - after, ms }
    }
    return []
  })
}

function ownIn(frame: RecordedFrame | undefined) {
  return frame?.ships.find(({ mine }) => mine)
}

function meanOf(stats: readonly RecordedStats[], pick: (one: RecordedStats) => number): number {
  return stats.reduce((sum, one) => sum + pick(one), 0) / stats.length
}

/**
 * Writes down what a session hands out to be drawn, and on the host's page the truth beside it. Runs inside Dogstar's own
 * page and in the simulator alike; it is carried into the page as text, so it uses nothing but its arguments.
 */
import type { SessionStats, WorldReport } from 'starwire'
import type { RecordedShip, RecordedTick, Recording } from './recording.ts'

export interface Probed {
  /** The session that draws. */
  readonly session: {
    view(nowMs: number): unknown
    stats(): SessionStats
  }
  /** Of the page's own time, ms. */
  now(): number
  /** What to add to it for the machine's, ms. */
  readonly clockOffset: number
  /** The host's world; null on a guest's page. */
  readonly truth: ((tick?: number) => WorldReport) | null
}

export interface Probe {
  readonly recording: Recording
  /** To be called right after the host ran its ticks. */
  beat(): void
  /** The player begins to turn (-1, 1) or lets go (0). */
  steer(side: number): void
}

/** What the drawn world has beside what a game sees of it. */
interface Internals {
  readonly me: number
  tick: number
  update(now: number, presentationTick: number, predictedTick: number): void
  all(type: 'ship'): Iterable<Omit<RecordedShip, 'bumps'> & { readonly impact: number }>
  readonly source: {
    readonly tick: number
    reconcile(
      tick: number,
      exact: unknown,
    ): { readonly divergence: { readonly tick: number; readonly type: string; readonly field: string | null } | null }
  }
}

export function startProbe({ session, now, clockOffset, truth }: Probed): Probe {
  const drawn = session.view(now()) as Internals
  const { source: prediction } = drawn
  const recording: Recording = {
    me: drawn.me,
    frames: [],
    ticks: [],
    corrections: [],
    presses: [],
    stats: [],
    compared: [],
  }
  const motion = ['x', 'y', 'vx', 'vy', 'angle', 'spin']
  let corrected = 0
  let statsAt = Number.NEGATIVE_INFINITY
  let side = 0
  let releasedAt = now()

  const reconcile = prediction.reconcile.bind(prediction)
  prediction.reconcile = (tick, exact) => {
    const reconciliation = reconcile(tick, exact)
    const at = now() + clockOffset
    recording.compared.push(at)
    const wrong = reconciliation.divergence
    if (wrong) {
      recording.corrections.push({ at, tick: wrong.tick, type: wrong.type, field: wrong.field })
      if (wrong.type === 'ship' && wrong.field !== null && motion.includes(wrong.field)) corrected++
    }
    return reconciliation
  }

  const update = drawn.update.bind(drawn)
  drawn.update = (time, presentationTick, predictedTick) => {
    update(time, presentationTick, predictedTick)
    const ships: RecordedShip[] = []
    for (const { id, owner, mine, x, y, angle, impact } of drawn.all('ship'))
      ships.push({ id, owner, mine, x, y, angle, bumps: mine && impact > 0 })
    const share = Math.min(1, Math.max(0, predictedTick - prediction.tick))
    // The time that the frame is drawn for, a moment before it was computed.
    const at = time + clockOffset
    recording.frames.push({ at, tick: drawn.tick, ownTick: prediction.tick - 1 + share, corrected, ships })
    if (at - statsAt < 1000) return
    statsAt = at
    const { rttMs, loss, corrections, inputs, up, down } = session.stats()
    recording.stats.push({ at, rttMs, loss, corrections, inputs: { ...inputs }, up: { ...up }, down: { ...down } })
  }

  const recordTick = (report: WorldReport, tick: number, at: number): void => {
    const ships = report.entities
      .filter(({ type }) => type === 'ship')
      .map(({ id, fields }) => ({ id, ...fields }) as unknown as RecordedTick['ships'][number])
      .map(({ id, x, y, angle, vx, vy, impact }) => ({ id, x, y, angle, vx, vy, impact }))
    recording.ticks.push({ tick, at, ships })
  }

  return {
    recording,
    beat() {
      if (!truth) return
      const newest = truth()
      const at = now() + clockOffset
      const last = recording.ticks.at(-1)?.tick ?? newest.tick - 1
      // A clock that was late runs several ticks at once.
      for (let tick = last + 1; tick < newest.tick; tick++) recordTick(truth(tick), tick, at)
      if (newest.tick > last) recordTick(newest, newest.tick, at)
    },
    steer(next) {
      const at = now()
      if (next !== 0 && side === 0)
        recording.presses.push({ at: at + clockOffset, side: next, straightMs: at - releasedAt })
      if (next === 0 && side !== 0) releasedAt = at
      side = next
    },
  }
}

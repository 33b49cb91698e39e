/**
 * The best kill of a round, shown again from the record while the round is over. In: each kill, and each frame's view. Out: the view to be
 * drawn instead, and the kill that it shows. A guest's record keeps 30 s, so an old kill is cut out of it while the round goes on.
 *
 * Invariants: one round is recorded at a time, so that memory does not grow from round to round. Without a record the match goes on as ever.
 */
import type { Recording, Replay } from 'starwire'
import { TICK_RATE } from '../rules/balance.ts'
import type { DogstarShape } from '../rules/dogstar.ts'
import type { Cause, PlayerId } from '../rules/shape.ts'
import { type DogstarSession, type DogstarView, type ShipView, shipOf } from './parts.ts'

export interface Kill {
  readonly by: PlayerId
  readonly whom: PlayerId
  readonly x: number
  readonly y: number
  readonly cause: Cause
  /** Ships that the pilot had shot down since the own one was last lost. */
  readonly streak: number
}

export interface Highlight {
  /** The kill that is shown now; null: none. */
  readonly shown: Kill | null
  /** A ship was shot down at this tick. */
  heard(kill: Kill, at: number): void
  /** The round ended at this tick: what is shot down later does not count. */
  over(at: number): void
  /** The view to draw at this frame, if not the match's. */
  draw(live: DogstarView, now: number): DogstarView | null
  destroy(): void
}

/** Called as the ship bursts. `shooter`: null without a ship at that moment. */
export type Bang = (kill: Kill, shooter: ShipView | null) => void

/** Seconds shown before the ship bursts, and after. Two thirds of the pause are left for the table and the vote. */
const BEFORE = 3
const AFTER = 1
/** Ticks after a kill from which its end is in the record. */
const ENDED = (AFTER + 0.5) * TICK_RATE
/** Ticks after the end of the round at which the highlight begins at the earliest: the kill that ended it is heard when the drawn world gets there. */
const HEARD_BY = 0.75 * TICK_RATE
/** Ticks after a kill at which it is cut out although the round goes on: well before a guest's record loses its beginning. */
const OLD = 20 * TICK_RATE

interface Cut {
  readonly kill: Kill
  /** When the host decided it, and when it was seen here: a host's record is of the first, a guest's of the second. */
  readonly decidedAt: number
  readonly seenAt: number
  replay: Replay<DogstarShape> | null
}

export function makeHighlight(session: DogstarSession, bang: Bang): Highlight {
  const record = recordRounds(session)
  let best: Cut | null = null
  let playing: Cut | null = null
  /** Whether the pause may still begin with a highlight. */
  let isDue = false
  let round = -1
  let tick = 0
  let overAt = Number.POSITIVE_INFINITY

  const cut = (isPlayed: boolean): void => {
    if (!best || best.replay) return
    const age = tick - best.seenAt
    if (age < ENDED || (isPlayed && age < OLD)) return
    best.replay = record.cut(BEFORE + age / TICK_RATE)
    if (!best.replay) best = null
  }
  const begin = (): void => {
    if (!isDue || !best?.replay || tick < overAt + HEARD_BY) return
    isDue = false
    playing = best
    best.replay.seek(Math.max(best.replay.firstTick, momentOf(best) - BEFORE * TICK_RATE))
    best.replay.play()
  }
  const next = (now: number): DogstarView | null => {
    if (!playing?.replay) return null
    const { kill, replay } = playing
    const at = momentOf(playing)
    const before = replay.tick
    const view = replay.view(now)
    if (before < at && replay.tick >= at) bang(kill, shipOf(view, kill.by))
    if (replay.playing && replay.tick < at + AFTER * TICK_RATE) return view
    playing = null
    return null
  }
  return {
    get shown() {
      return playing?.kill ?? null
    },
    heard(kill, at) {
      // The longest streak; of equal ones the last, which people have in mind.
      if (at <= overAt && (!best || kill.streak >= best.kill.streak))
        best = { kill, decidedAt: at, seenAt: tick, replay: null }
    },
    over(at) {
      overAt = at
    },
    draw(live, now) {
      const { globals } = live
      tick = live.tick
      if (globals.phase === 'over') {
        // A page that came in the pause has not heard when it began.
        overAt = Math.min(overAt, tick)
        cut(false)
        begin()
        return next(now)
      }
      if (globals.phase === 'playing' && globals.round !== round) {
        round = globals.round
        best = null
        overAt = Number.POSITIVE_INFINITY
        record.restart()
      }
      cut(true)
      playing = null
      // A page that comes in the pause has seen nothing of the round.
      isDue = globals.phase === 'playing'
      return null
    },
    destroy: record.stop,
  }
}

const momentOf = ({ decidedAt, seenAt, replay }: Cut): number => (replay?.about.kind === 'host' ? decidedAt : seenAt)

/** One record at a time. */
function recordRounds(session: DogstarSession): {
  restart(): void
  /** The newest seconds; null when there is no record of them. */
  cut(seconds: number): Replay<DogstarShape> | null
  stop(): void
} {
  let recording: Recording<DogstarShape> | null = null
  let wanted = 0
  const stop = (): void => {
    wanted++
    recording?.stop()
    recording = null
  }
  return {
    stop,
    restart() {
      stop()
      const mine = wanted
      session.record().then(
        (begun) => {
          if (mine === wanted) recording = begun
          else begun.stop()
        },
        // The match has ended, or a part of the page did not arrive: there is no highlight then.
        () => {},
      )
    },
    cut(seconds) {
      try {
        return recording?.highlight(seconds) ?? null
      } catch {
        return null
      }
    },
  }
}

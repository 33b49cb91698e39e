/**
 * How the own ship looks on its player's screen: how far it is drawn from where the host will have it at that same
 * tick, and when that is put right. With every input delivered the two are equal to the bit.
 */
import { add, type Distribution, distribution, MS_STEP, PX_STEP } from './distribution.ts'
import type { DrawnFrame } from './frames.ts'
import { FROZEN_SHARE, MOVES_PX } from './remote-meter.ts'
import { apart, type Place, type TruthLog } from './truth.ts'

/** A correction is over when the ship is drawn this near to the truth, px. */
export const GONE_PX = 1
/** Within this time of a correction the largest jump between two frames is its jolt, ms. */
const JOLT_MS = 150
/** A correction that is not over after this long is counted as having taken so long, ms. */
const MAX_MS = 2000

export interface OwnTally {
  /** How far off the ship was drawn in the frame before each correction, px: what there is to be hidden. */
  readonly correction: Distribution
  /** From each correction's frame to the first within a pixel of the truth, ms. */
  readonly gone: Distribution
  /** The largest step between two frames after each correction beyond what the truth explains, px. */
  readonly jolt: Distribution
  /** Drawn from the truth, px, of all frames. */
  readonly error: Distribution
}

function ownTally(): OwnTally {
  return {
    correction: distribution(PX_STEP),
    gone: distribution(MS_STEP),
    jolt: distribution(PX_STEP),
    error: distribution(PX_STEP),
  }
}

interface Correction {
  readonly atMs: number
  jolt: number
  goneMs: number | null
}

export class OwnMeter {
  readonly tally = ownTally()
  /** Whether the ship stood still in the last frame though it should have moved. */
  still = false
  private readonly truth: TruthLog
  private before: { readonly id: number; readonly error: number; readonly x: number; readonly y: number } | null = null
  private place: Place | null = null
  private open: Correction[] = []

  constructor(truth: TruthLog) {
    this.truth = truth
  }

  /** A frame whose ticks the truth has reached. Returns how far off the own ship is drawn, px; null when there is none. */
  look({ atMs, own, ownTick, corrected, elapsedMs }: DrawnFrame): number | null {
    const explained = own ? (this.truth.speedAt(own.id, ownTick) * elapsedMs) / 1000 : 0
    const stood = own !== null && this.place?.id === own.id && apart(own, this.place) < FROZEN_SHARE * explained
    this.still = stood && explained > MOVES_PX
    this.place = own
    const there = own && this.truth.placeAt(own.id, ownTick)
    if (!own || !there) {
      // A ship that was destroyed takes its corrections with it.
      this.before = null
      this.open = []
      return null
    }
    const error = apart(own, there)
    add(this.tally.error, error)
    const offset = { id: own.id, error, x: own.x - there.x, y: own.y - there.y }
    const before = this.before?.id === own.id ? this.before : null
    if (corrected && before) {
      add(this.tally.correction, before.error)
      this.open.push({ atMs, jolt: 0, goneMs: null })
    }
    const step = before ? apart(offset, before) : 0
    this.open = this.open.filter((correction) => this.follow(correction, atMs - correction.atMs, error, step))
    this.before = offset
    return error
  }

  /** Returns whether the correction has to be followed further. */
  private follow(correction: Correction, ageMs: number, error: number, step: number): boolean {
    if (ageMs <= JOLT_MS) correction.jolt = Math.max(correction.jolt, step)
    if (correction.goneMs === null && (error < GONE_PX || ageMs >= MAX_MS)) correction.goneMs = ageMs
    if (correction.goneMs === null || ageMs <= JOLT_MS) return true
    add(this.tally.gone, correction.goneMs)
    add(this.tally.jolt, correction.jolt)
    return false
  }
}

/** What is written down of one page while it plays: plain data, so that it passes from a page to the benchmark. */

/** A ship as drawn. Lengths in px, angle in radians. */
export interface RecordedShip {
  readonly id: number
  readonly owner: number | null
  readonly mine: boolean
  readonly x: number
  readonly y: number
  readonly angle: number
  /** Whether it bounces off something in this frame; told of the own ship only. */
  readonly bumps: boolean
}

/** One frame as the session handed it to whoever draws it. */
export interface RecordedFrame {
  /** ms of the machine's clock, the same for all its pages. */
  readonly at: number
  /** The tick that others are drawn at, and the one that the own ship is drawn at, with their fractions. */
  readonly tick: number
  readonly ownTick: number
  /** Ships that were corrected, in all, up to this frame: in place, speed or heading. */
  readonly corrected: number
  readonly ships: readonly RecordedShip[]
}

/** A tick of the host: where its ships were at its end, and when it had run. */
export interface RecordedTick {
  readonly tick: number
  readonly at: number
  readonly ships: readonly {
    readonly id: number
    readonly x: number
    readonly y: number
    readonly angle: number
    readonly vx: number
    readonly vy: number
    readonly impact: number
  }[]
}

/** A snapshot in which the predicted state was wrong, and the first thing that was. */
export interface RecordedCorrection {
  readonly at: number
  readonly tick: number
  readonly type: string
  readonly field: string | null
}

/** The player, whose ship flew straight, turns it to the left (-1) or the right (1). */
export interface RecordedPress {
  readonly at: number
  readonly side: number
  /** For how long no such key had been held, ms. */
  readonly straightMs: number
}

/** The session's own figures, once a second. */
export interface RecordedStats {
  readonly at: number
  readonly rttMs: number
  readonly loss: number
  readonly corrections: number
  /** Of the ten seconds before: share of ticks without an input of this page, and how long the others waited, ticks. */
  readonly inputs: { readonly lateShare: number; readonly waitTicks: number }
  readonly up: { readonly bytesPerSecond: number; readonly packetsPerSecond: number }
  readonly down: { readonly bytesPerSecond: number; readonly packetsPerSecond: number }
}

export interface Recording {
  readonly me: number
  readonly frames: RecordedFrame[]
  /** Empty on a guest's page. */
  readonly ticks: RecordedTick[]
  readonly corrections: RecordedCorrection[]
  readonly presses: RecordedPress[]
  readonly stats: RecordedStats[]
  /** When each snapshot was compared with the prediction. */
  readonly compared: number[]
}

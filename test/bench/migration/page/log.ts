/** What a page writes down while it plays: plain data, so that it passes from the page to the benchmark. Times are of `clock`. */

/** A place of a ship. Lengths in px, angle in radians. */
export interface LoggedShip {
  readonly id: number
  readonly owner: number | null
  readonly x: number
  readonly y: number
  readonly angle: number
}

/** The ships of others as drawn in one frame, the tick that they are drawn at, with its fraction, and the newest tick of the host's that the page has. */
export interface LoggedFrame {
  readonly at: number
  readonly tick: number
  readonly confirmed: number
  readonly others: readonly LoggedShip[]
}

/** The ships after a tick, on the page that hosts. */
export interface LoggedTick {
  readonly epoch: number
  readonly tick: number
  readonly at: number
  readonly ships: readonly (LoggedShip & { readonly vx: number; readonly vy: number })[]
}

/** A step on the way from one host to the next. */
export interface LoggedStep {
  readonly at: number
  readonly what: string
}

/** Another host goes on from `tick`; this page had taken ticks of the host before up to `confirmed`. */
export interface LoggedChange {
  readonly at: number
  readonly epoch: number
  readonly tick: number
  readonly confirmed: number
}

/** The host has this page's input of a tick. */
export interface LoggedAck {
  readonly at: number
  readonly epoch: number
  readonly tick: number
}

export interface PageLog {
  /** When this page's input of each tick was made. */
  readonly inputs: (readonly [tick: number, at: number])[]
  readonly acks: LoggedAck[]
  readonly changes: LoggedChange[]
  readonly steps: LoggedStep[]
  readonly frames: LoggedFrame[]
  readonly ticks: LoggedTick[]
}

export const emptyLog = (): PageLog => ({ inputs: [], acks: [], changes: [], steps: [], frames: [], ticks: [] })

/** ms since 1970 by a clock that all pages of a machine share, and this benchmark. */
export const clock = (): number => performance.timeOrigin + performance.now()

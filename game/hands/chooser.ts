/**
 * A gamepad in front of buttons on the screen: the D-pad or the stick steps from one to the next, and the first button presses. In: what all
 * pads hold, once in every frame. Out: at most one choice for each push. No DOM.
 *
 * Invariant: what was held already when somebody began to ask is no choice, as long as `read` is called in the frames before, too.
 */
import type { Stick } from './stick.ts'

export type Direction = 'up' | 'down' | 'left' | 'right'
export type Choice = Direction | 'press'

const PRESS = 'Pad0'
/** Clockwise from the right, as a stick's heading. */
const DIRECTIONS = [
  ['right', 'Pad15'],
  ['down', 'Pad13'],
  ['left', 'Pad14'],
  ['up', 'Pad12'],
] as const

/** Codes that choose: while a pad chooses they do nothing else. */
export const chooserCodes: ReadonlySet<string> = new Set([PRESS, ...DIRECTIONS.map(([, code]) => code)])

/** Shares of the stick's reach: from the first on it steps, and below the second it may step again. Between them it shakes. */
const STEPS_FROM = 0.6
const RESTS_BELOW = 0.4

export interface Chooser {
  /** `codes`: buttons that are down. */
  read(codes: ReadonlySet<string>, stick: Stick): Choice | null
}

export function makeChooser(): Chooser {
  let before: ReadonlySet<Choice> = new Set()
  let isPushed = false
  return {
    read(codes, stick) {
      const held = new Set<Choice>(DIRECTIONS.filter(([, code]) => codes.has(code)).map(([direction]) => direction))
      if (codes.has(PRESS)) held.add('press')
      const pushes = !isPushed && stick.push >= STEPS_FROM
      if (stick.push >= STEPS_FROM || stick.push < RESTS_BELOW) isPushed = stick.push >= STEPS_FROM
      const choice = [...held].find((each) => !before.has(each)) ?? (pushes ? directionOf(stick) : null)
      before = held
      return choice
    },
  }
}

function directionOf({ heading }: Stick): Direction | null {
  if (heading === null) return null
  const quarter = (Math.round(heading / (Math.PI / 2)) + 4) % 4
  return DIRECTIONS[quarter]?.[0] ?? null
}

/** The place of the next button, of `count` in rows of `columns`. At an edge it stays. */
export function stepFrom(place: number, direction: Direction, count: number, columns: number): number {
  const column = place % columns
  if (direction === 'left') return column > 0 ? place - 1 : place
  if (direction === 'right') return column < columns - 1 && place + 1 < count ? place + 1 : place
  const next = place + (direction === 'down' ? columns : -columns)
  return next >= 0 && next < count ? next : place
}

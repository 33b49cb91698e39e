/**
 * One gamepad at one moment: which of its buttons are down, by code, and where its stick points. In: what `navigator.getGamepads()` gives, of
 * the standard mapping or of any other; a browser may give buttons without values, axes that are no numbers, or none at all.
 */
import { atRest, type Stick, stickOf } from './stick.ts'

/** The parts of a `Gamepad` that are read. */
export interface PadState {
  readonly mapping: string
  readonly axes: readonly number[]
  readonly buttons: readonly { readonly pressed: boolean; readonly value: number }[]
}

export interface PadReading {
  readonly codes: readonly string[]
  readonly stick: Stick
}

/** Share of a trigger's or an axis' way from which it is down. */
const DOWN_FROM = 0.5
/** Buttons and axes that are read: no pad has more, and a false one has as many as it likes. */
const MAX_BUTTONS = 32
const MAX_AXES = 10
/** Where pads without the standard mapping have their D-pad as one axis: eight directions from -1 (up) clockwise to 1, more at rest. */
const HAT_AXIS = 9
const UP = 'Pad12'
const DOWN = 'Pad13'
const LEFT = 'Pad14'
const RIGHT = 'Pad15'
const HAT = [[UP], [UP, RIGHT], [RIGHT], [RIGHT, DOWN], [DOWN], [DOWN, LEFT], [LEFT], [LEFT, UP]]

export function readPad(pad: PadState, deadZone: number): PadReading {
  const isStandard = pad.mapping === 'standard'
  const codes: string[] = []
  for (const [i, button] of pad.buttons.slice(0, MAX_BUTTONS).entries())
    if (button.pressed || button.value > DOWN_FROM) codes.push(`Pad${i}`)
  // The first two axes are the stick that flies. Of others, a push counts as a button: triggers of some pads, and the second stick.
  for (const [i, value] of pad.axes.slice(0, MAX_AXES).entries()) {
    if (i < 2 || (i === HAT_AXIS && !isStandard)) continue
    if (Math.abs(value) > DOWN_FROM) codes.push(`PadAxis${i}${value > 0 ? '+' : '-'}`)
  }
  if (!isStandard) codes.push(...hatCodes(pad.axes[HAT_AXIS]))
  const [x, y] = pad.axes
  return { codes, stick: x === undefined || y === undefined ? atRest : stickOf(x, y, deadZone) }
}

function hatCodes(value: number | undefined): readonly string[] {
  // Before it is touched for the first time, it says 0, which is no direction of it.
  if (value === undefined || !(value >= -1.01 && value <= 1.01) || value === 0) return []
  return HAT[Math.round(((value + 1) * 7) / 2)] ?? []
}

/** What a code is called on the screen: the letter that stands on the key where the browser knows it, and the button of the gamepad in words. */

const named: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ShiftLeft: 'Left Shift',
  ShiftRight: 'Right Shift',
  Mouse0: 'Left click',
  Mouse1: 'Middle click',
  Mouse2: 'Right click',
  Mouse3: 'Mouse back',
  Mouse4: 'Mouse forward',
}

/** Of the standard gamepad: letters as on an Xbox, which most pads without letters follow in place. */
const padButtons = [
  'A / ✕',
  'B / ○',
  'X / □',
  'Y / △',
  'Left bumper',
  'Right bumper',
  'Left trigger',
  'Right trigger',
  'Select',
  'Start',
  'Left stick press',
  'Right stick press',
  'D-pad up',
  'D-pad down',
  'D-pad left',
  'D-pad right',
  'Home',
]

/** `layout`: letters by place, from `navigator.keyboard.getLayoutMap()` where there is one. */
export function codeName(code: string, layout: ReadonlyMap<string, string> | null = null): string {
  const known = named[code]
  if (known) return known
  const pad = /^Pad(\d+)$/.exec(code)
  if (pad) return padButtons[Number(pad[1])] ?? `Button ${Number(pad[1]) + 1}`
  const axis = /^PadAxis(\d+)([+-])$/.exec(code)
  if (axis) return `Axis ${Number(axis[1]) + 1} ${axis[2] === '+' ? '+' : '−'}`
  const letter = layout?.get(code)
  if (letter) return letter.toUpperCase()
  return code.replace(/^(Key|Digit)(?=.$)/, '').replace(/(?<=[a-z])(?=[A-Z0-9])/g, ' ')
}

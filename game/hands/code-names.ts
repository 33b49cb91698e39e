/** What a code is called on the screen: the letter that stands on the key where the browser knows it, and the button of the gamepad in words. */

import { texts } from '../languages/language.ts'

/** Signs that are the same in every language. Letters of the gamepad are as on an Xbox, which most pads without letters follow in place. */
const signs: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Pad0: 'A / ✕',
  Pad1: 'B / ○',
  Pad2: 'X / □',
  Pad3: 'Y / △',
}

/** `layout`: letters by place, from `navigator.keyboard.getLayoutMap()` where there is one. */
export function codeName(code: string, layout: ReadonlyMap<string, string> | null = null): string {
  const sign = signs[code]
  if (sign) return sign
  const known = Object.hasOwn(texts.codes, code) ? texts.codes[code as keyof typeof texts.codes] : null
  if (typeof known === 'string') return known
  const pad = /^Pad(\d+)$/.exec(code)
  if (pad) return texts.codes.button(Number(pad[1]) + 1)
  const axis = /^PadAxis(\d+)([+-])$/.exec(code)
  if (axis) return texts.codes.axis(Number(axis[1]) + 1, axis[2] === '+' ? '+' : '−')
  const letter = layout?.get(code)
  if (letter) return letter.toUpperCase()
  const onPad = /^Numpad(.+)$/.exec(code)
  if (onPad?.[1]) return texts.codes.numpad(spaced(onPad[1]))
  return spaced(code.replace(/^(Key|Digit)(?=.$)/, ''))
}

const spaced = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z0-9])/g, ' ')

/** The letters on the keys, where the browser tells: W is called Z on a French keyboard. Null where it does not. */
export async function keyboardLayout(): Promise<ReadonlyMap<string, string> | null> {
  const { keyboard } = navigator as { keyboard?: { getLayoutMap?(): Promise<ReadonlyMap<string, string>> } }
  try {
    return (await keyboard?.getLayoutMap?.()) ?? null
  } catch {
    return null
  }
}

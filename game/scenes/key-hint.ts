/** Which keys do what, for the first seconds of a match: as they are bound now, called by the letters that stand on them. */
import type { Bindings } from '../hands/bindings.ts'
import { codeName, keyboardLayout } from '../hands/code-names.ts'
import { texts } from '../languages/language.ts'
import { element } from './elements.ts'

/** In the order of the keys on the keyboard: W, A, S, D. */
const FLYING = ['thrust', 'left', 'brake', 'right'] as const
const OTHERS = ['fire', 'special', 'dash', 'scores'] as const

let layout: ReadonlyMap<string, string> | null = null

/** The key of an action: a letter rather than an arrow, since letters lie below the other hand; '' without any. */
export function keyOf(codes: readonly string[]): string {
  const keys = codes.filter((code) => !/^(Pad|Mouse)/.test(code))
  const code = keys.find((each) => each.startsWith('Key')) ?? keys[0]
  return code === undefined ? '' : codeName(code, layout)
}

export interface KeyHint {
  /** Writes only what changed. */
  draw(bindings: Bindings): void
}

export function makeKeyHint(parent: HTMLElement): KeyHint {
  let shown: Bindings | null = null
  void keyboardLayout().then((letters) => {
    layout = letters
    shown = null
  })
  return {
    draw(bindings) {
      if (bindings === shown) return
      shown = bindings
      parent.replaceChildren()
      const { fly, ...words } = texts.arena.hint
      tell(parent, FLYING.map((action) => keyOf(bindings[action])).filter(Boolean), fly)
      for (const action of OTHERS) tell(parent, [keyOf(bindings[action])].filter(Boolean), words[action])
    },
  }
}

/** An action without a key is not told. */
function tell(parent: HTMLElement, keys: readonly string[], words: string): void {
  if (keys.length === 0) return
  if (parent.firstChild) parent.append(' · ')
  for (const key of keys) element(parent, 'kbd', '', key)
  parent.append(` ${words}`)
}

/** Which codes do which action, as the player chose: plain data, kept by the page. What it reads back may be anything, and is checked. */
import { type Action, actionNames, actions } from './actions.ts'

/** The codes of each action. One code does one action. */
export type Bindings = Readonly<Record<Action, readonly string[]>>

/** Codes for one action: as many as the screen that changes them has room for. */
const MAX_CODES = 6

/**
 * Keys that are not the game's to take. Escape and Enter lead out of the match and into its chat, V and N belong to the voice, and with
 * Ctrl, Alt and the system's key browsers do what cannot be undone: Ctrl+W closes the page.
 */
const RESERVED = /^(Escape|Enter|KeyV|KeyN|Control.*|Alt.*|Meta.*|OS.*|ContextMenu|F\d+|Unidentified|)$/

const CODE = /^[A-Za-z][A-Za-z0-9]{0,24}[+-]?$/

export function isBindable(code: string): boolean {
  return CODE.test(code) && !RESERVED.test(code)
}

export function isPadCode(code: string): boolean {
  return code.startsWith('Pad')
}

export const defaultBindings: Bindings = fromTable((action) => [...actions[action].keys, ...actions[action].pad])

function fromTable(codesOf: (action: Action) => readonly string[]): Bindings {
  return Object.fromEntries(actionNames.map((action) => [action, codesOf(action)])) as Bindings
}

/** What was kept, as far as it is one: an action that it does not know has its first codes, unless another action has them. */
export function readBindings(stored: unknown): Bindings {
  if (typeof stored !== 'object' || stored === null) return defaultBindings
  const known = stored as Readonly<Record<string, unknown>>
  const taken = new Set<string>()
  const free = (codes: readonly string[]): string[] => {
    const kept = codes.filter((code) => !taken.has(code)).slice(0, MAX_CODES)
    for (const code of kept) taken.add(code)
    return kept
  }
  const chosen = new Map<Action, string[]>()
  for (const action of actionNames) {
    const codes = Object.hasOwn(known, action) ? known[action] : undefined
    if (Array.isArray(codes)) chosen.set(action, free([...new Set(codes)].filter(isCode)))
  }
  return fromTable((action) => chosen.get(action) ?? free(defaultBindings[action]))
}

function isCode(code: unknown): code is string {
  return typeof code === 'string' && isBindable(code)
}

/** With the code for the action in place of `old`, or beside the others. Whatever action had it before has it no longer. */
export function bind(bindings: Bindings, action: Action, code: string, old: string | null): Bindings {
  return fromTable((each) => {
    const others = bindings[each].filter((one) => one !== code)
    if (each !== action) return others
    const at = old === null ? -1 : others.indexOf(old)
    return (at < 0 ? [...others, code] : others.with(at, code)).slice(-MAX_CODES)
  })
}

export function unbind(bindings: Bindings, action: Action, code: string): Bindings {
  return { ...bindings, [action]: bindings[action].filter((one) => one !== code) }
}

/** The action that a code does; null: none. */
export function actionOf(bindings: Bindings, code: string): Action | null {
  return actionNames.find((action) => bindings[action].includes(code)) ?? null
}

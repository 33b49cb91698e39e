/**
 * What a guest's browser calls itself, so that a kicked page stays out for a minute though it reloads. A random name for
 * each lobby, kept in the browser's storage: a host learns whether it is the same browser as before in this lobby, and
 * nobody can follow a player from one lobby to another by it. It goes to the host by way of signalling, behind the door note.
 */
import { type Chance, thisPage } from '../platform/platform.ts'
import { parseCode } from '../signaling/code.ts'

const STORED_AS = 'starwire.browser'
/** Lobbies whose names are kept; a name is of use for a minute after a kick. */
const MAX_STORED = 16

const nameForm = /^[0-9a-f]{16}$/
const markForm = / browser:([0-9a-f]{16})$/

export function withBrowser(note: string, browser: string | null): string {
  return browser === null ? note : `${note} browser:${browser}`
}

/** What the guest says beside the browser's name. Written by a stranger. */
export function splitBrowser(info: string): { note: string; browser: string | null } {
  const browser = markForm.exec(info)?.[1] ?? null
  return { note: browser === null ? info : info.replace(markForm, ''), browser }
}

/** This browser's name in the lobby of a code; null where nothing can be stored, as in Node or a sandboxed frame. */
export function browserName(typedCode: string, chance: Chance = thisPage): string | null {
  const code = parseCode(typedCode)
  if (code === null) return null
  try {
    const stored = readStored()
    const name = stored.find(([other]) => other === code)?.[1] ?? newName(chance)
    const others = stored.filter(([other]) => other !== code)
    localStorage.setItem(STORED_AS, JSON.stringify([...others, [code, name]].slice(-MAX_STORED)))
    return name
  } catch {
    // No storage, or it is full or forbidden.
    return null
  }
}

/** Code and name of each lobby, the latest last. Other scripts of the page may have written there. */
function readStored(): [code: string, name: string][] {
  let stored: unknown = null
  const text = localStorage.getItem(STORED_AS)
  try {
    stored = JSON.parse(text ?? '[]')
  } catch {
    // Not ours: written anew.
  }
  if (!Array.isArray(stored)) return []
  return stored.filter(
    (entry): entry is [string, string] =>
      Array.isArray(entry) && typeof entry[0] === 'string' && nameForm.test(String(entry[1])),
  )
}

function newName(chance: Chance): string {
  return Array.from(chance.randomBytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

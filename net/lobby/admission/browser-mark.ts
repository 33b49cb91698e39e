/**
 * The name of a guest's browser, by which a host keeps a kicked page out for a minute even when it reloads. It is random, one
 * for each lobby, and kept in the browser's storage. So a host learns whether a browser was in this lobby before, and nobody
 * can follow a player from one lobby to another. It goes to the host through signalling, behind the join note.
 */
import { type Chance, type PageStorage, type Platform, thisPage } from '../../platform/platform.ts'
import { parseCode } from '../../signaling/code.ts'

const STORED_AS = 'starwire.browser'
/** Lobbies whose names are kept; a name is of use for a minute after a kick. */
const MAX_STORED = 16

const nameForm = /^[0-9a-f]{16}$/
const markForm = / browser:([0-9a-f]{16})$/

export function withBrowser(note: string, browser: string | null): string {
  return browser === null ? note : `${note} browser:${browser}`
}

/** Splits what a guest gave to signalling into the join note and the browser's name. A stranger wrote it. */
export function splitBrowser(info: string): { note: string; browser: string | null } {
  const browser = markForm.exec(info)?.[1] ?? null
  return { note: browser === null ? info : info.replace(markForm, ''), browser }
}

/** This browser's name in the lobby of a code; null where nothing can be stored, as in Node or a sandboxed frame. */
export function browserName(
  typedCode: string,
  platform: Pick<Platform, 'storage' | 'randomBytes'> = thisPage,
): string | null {
  const code = parseCode(typedCode)
  if (code === null) return null
  const { storage } = platform
  const stored = readStored(storage)
  const name = stored.find(([other]) => other === code)?.[1] ?? newName(platform)
  const others = stored.filter(([other]) => other !== code)
  const text = JSON.stringify([...others, [code, name]].slice(-MAX_STORED))
  return storage.write(STORED_AS, text) ? name : null
}

/** Code and name of each lobby, the latest last. Other scripts of the page may have written there. */
function readStored(storage: PageStorage): [code: string, name: string][] {
  let stored: unknown = null
  try {
    stored = JSON.parse(storage.read(STORED_AS) ?? '[]')
  } catch {
    // Not ours: written anew.
  }
  if (!Array.isArray(stored)) return []
  return stored.filter(
    (entry): entry is [string, string] =>
      Array.isArray(entry) && typeof entry[0] === 'string' && nameForm.test(String(entry[1])),
  )
}

function newName(chance: Pick<Chance, 'randomBytes'>): string {
  return Array.from(chance.randomBytes(8), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * The name of a guest's browser. By it a host recognises a browser that they kicked or banned, also after a reload. It is random,
 * another one for each code, and kept in the browser's storage: so it shows only whether this browser was in this lobby before. It goes
 * to the host through signalling, behind the join note.
 *
 * A lobby that had to take a new code asks newcomers for their names under its former codes (`formerly`). An honest page tells those
 * that it has, and makes no new ones. So a host who knows the code of another lobby can learn whether a newcomer was in it. Nobody
 * else can follow a player from one lobby to another.
 */
import { type Chance, type PageStorage, type Platform, thisPage } from '../../platform/platform.ts'
import { parseCode } from '../../signaling/code.ts'
import { randomHex } from '../random-hex.ts'

const STORED_AS = 'starwire.browser'
/** Former codes that a host may ask for. A lobby loses its code only when the signalling server restarts. */
export const MAX_FORMER_CODES = 4
/** How many lobbies a browser keeps its name for. */
const MAX_STORED = 16

export const nameForm = /^[0-9a-f]{16}$/
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

/** This browser's names under these codes. A code under which it was in no lobby has none. */
export function namesUnder(codes: readonly string[], { storage }: Pick<Platform, 'storage'>): string[] {
  const stored = readStored(storage)
  return stored.filter(([code]) => codes.includes(code)).map(([, name]) => name)
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
  return randomHex(chance, 8)
}

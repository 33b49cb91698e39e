/** What the page's address says: the lobby's code behind `#`, and switches behind `?`. Pure, so that Node tests it. */
import type { LookOptions } from './doors.ts'

/**
 * Reads a code as people give it: typed in any case, with spaces or hyphens, or a whole pasted link.
 * @returns five capitals and digits, or null. Whether such a code can exist is for the library to say.
 */
export function readCode(text: string): string | null {
  const code = text
    .slice(text.lastIndexOf('#') + 1)
    .replace(/[\s-]/g, '')
    .toUpperCase()
  return /^[0-9A-Z]{5}$/.test(code) ? code : null
}

/** The code in `location.hash`, or an empty text. */
export function codeInHash(hash: string): string {
  // Messengers encode what they find around a link, so `%20` may trail the code.
  return readCode(hash.replace(/%20/g, ' ')) ?? ''
}

/** The link that leads into a lobby: this page without its switches, which are this player's own. */
export function linkTo(code: string, page: { readonly origin: string; readonly pathname: string }): string {
  return `${page.origin}${page.pathname}#${code}`
}

export interface Switches {
  /** `?debug`: `window.starwire` and the overlay. */
  readonly debug: boolean
  readonly look: LookOptions
}

/** `?debug`, `?renderer=canvas`. Unknown ones are ignored. */
export function readSwitches(search: string): Switches {
  const query = new URLSearchParams(search)
  const renderer = query.get('renderer')
  return {
    debug: query.has('debug'),
    look: renderer === 'canvas' || renderer === 'auto' ? { renderer } : {},
  }
}

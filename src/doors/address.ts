/** What the page's address says: the lobby's code behind `#`, and switches behind `?`. Pure, so that Node tests it. */
import { parseCode } from 'starwire'
import type { LookOptions } from './doors.ts'

/** The code in `location.hash`, or an empty text. */
export function codeInHash(hash: string): string {
  return parseCode(hash) ?? ''
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

/**
 * What the page remembers: the player's name for the next visit, and the way back to his seat for a reload. Storage may
 * be missing or forbidden (private windows, blocked cookies): then nothing.
 */

const NAME = 'dogstar.name'
const SEAT = 'dogstar.seat.'

export function rememberedName(): string {
  try {
    return localStorage.getItem(NAME) ?? ''
  } catch {
    return ''
  }
}

export function rememberName(name: string): void {
  try {
    localStorage.setItem(NAME, name)
  } catch {
    // Typing it again next time is all that is lost.
  }
}

/** The token of this tab's seat in a lobby, or null. Of this tab: it survives a reload, and no other tab sees it. */
export function rememberedSeat(code: string): string | null {
  try {
    return sessionStorage.getItem(SEAT + code)
  } catch {
    return null
  }
}

/** Null forgets it. */
export function rememberSeat(code: string, token: string | null): void {
  try {
    if (token === null) sessionStorage.removeItem(SEAT + code)
    else sessionStorage.setItem(SEAT + code, token)
  } catch {
    // A reload then takes a new seat.
  }
}

/**
 * What the page remembers: the player's name for the next visit; for a reload, the way back to their seat, or the lobby
 * that they hosted. Storage may
 * be missing or forbidden (private windows, blocked cookies): then nothing.
 */

import { COLORS, HULL_NAMES, type HullName, SPECIAL_NAMES, type SpecialName } from '../../game/rules/balance.ts'
import { ANY_COLOR } from '../../game/rules/sides.ts'

const NAME = 'dogstar.name'
const SHIP = 'dogstar.ship'
const VOICE = 'dogstar.voice'
const PICTURE = 'dogstar.picture'
const NO_PICTURES = 'dogstar.noPictures'
const SEAT = 'dogstar.seat.'
const HOSTED = 'dogstar.hosted'

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

/** The livery that the player chose last, as `wantedColor`; 0: any. */
/** The ship that a player chose. */
export interface RememberedShip {
  readonly wantedColor: number
  readonly wantedHull: HullName | 'any'
  readonly wantedSpecial: SpecialName | 'any'
}

const anyShip: RememberedShip = { wantedColor: ANY_COLOR, wantedHull: 'any', wantedSpecial: 'any' }

export function rememberedShip(): RememberedShip {
  try {
    const [color, hull, special] = (localStorage.getItem(SHIP) ?? '').split(' ')
    const wantedColor = Number(color)
    return {
      wantedColor: Number.isInteger(wantedColor) && wantedColor >= 0 && wantedColor <= COLORS ? wantedColor : ANY_COLOR,
      wantedHull: HULL_NAMES.find((name) => name === hull) ?? 'any',
      wantedSpecial: SPECIAL_NAMES.find((name) => name === special) ?? 'any',
    }
  } catch {
    return anyShip
  }
}

/** What is not named stays as it was. */
export function rememberShip(ship: Partial<RememberedShip>): void {
  try {
    const { wantedColor, wantedHull, wantedSpecial } = { ...rememberedShip(), ...ship }
    localStorage.setItem(SHIP, `${wantedColor} ${wantedHull} ${wantedSpecial}`)
  } catch {
    // Choosing it again next time is all that is lost.
  }
}

/** How this player talks: while a key is down, always, or not at all. */
export type VoiceMode = 'push' | 'open' | 'listen'

/** As the player chose last. At first a key: an open microphone is nobody's surprise then. */
export function rememberedVoiceMode(): VoiceMode {
  try {
    const stored = localStorage.getItem(VOICE)
    return stored === 'open' || stored === 'listen' ? stored : 'push'
  } catch {
    return 'push'
  }
}

export function rememberVoiceMode(mode: VoiceMode): void {
  try {
    localStorage.setItem(VOICE, mode)
  } catch {
    // Choosing it again next time is all that is lost.
  }
}

/** This player's picture, as a data: address of a PNG; null: none. */
export function rememberedPicture(): string | null {
  try {
    const stored = localStorage.getItem(PICTURE)
    return stored?.startsWith('data:image/png;base64,') ? stored : null
  } catch {
    return null
  }
}

/** Null forgets it. */
export function rememberPicture(address: string | null): void {
  try {
    if (address === null) localStorage.removeItem(PICTURE)
    else localStorage.setItem(PICTURE, address)
  } catch {
    // Picking it again next time is all that is lost.
  }
}

/** Whether this player wants to see nobody's picture. */
export function hidesPictures(): boolean {
  try {
    return localStorage.getItem(NO_PICTURES) !== null
  } catch {
    return false
  }
}

export function rememberHidesPictures(hides: boolean): void {
  try {
    if (hides) localStorage.setItem(NO_PICTURES, 'yes')
    else localStorage.removeItem(NO_PICTURES)
  } catch {
    // Saying it again next time is all that is lost.
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

/** The lobby that this tab hosted last. */
export interface Hosted {
  readonly code: string
  /** Known to be closed, because its page went. A duplicated tab finds it open. */
  readonly closed: boolean
}

export function rememberedHosted(): Hosted | null {
  try {
    const [code = '', closed] = (sessionStorage.getItem(HOSTED) ?? '').split(' ')
    return code === '' ? null : { code, closed: closed === 'closed' }
  } catch {
    return null
  }
}

/** Null forgets it. */
export function rememberHosted(hosted: Hosted | null): void {
  try {
    if (hosted === null) sessionStorage.removeItem(HOSTED)
    else sessionStorage.setItem(HOSTED, hosted.closed ? `${hosted.code} closed` : hosted.code)
  } catch {
    // A reload then reads that there is no such lobby.
  }
}

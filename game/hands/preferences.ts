/**
 * How one player plays, sees and hears Dogstar: plain data that the page keeps and the game asks for in every frame. What is read back may be
 * of an older page, or be anything: each part that is not in range has its default.
 */
import { type Language, languages } from '../languages/language.ts'
import { type Bindings, defaultBindings, readBindings } from './bindings.ts'

export interface Preferences {
  readonly bindings: Bindings
  /** Of all texts; `auto`: what the browser prefers of those that there are. */
  readonly language: Language | 'auto'
  /** Whether the ship turns to the mouse, once it has been clicked. */
  readonly mouseAim: boolean
  /** Whether thumbs and sticks are helped to aim (aim.ts). */
  readonly aimHelp: boolean
  /** Share of a gamepad stick's reach that counts as at rest. */
  readonly deadZone: number
  readonly rumble: boolean
  /** Touch: the stick below the right thumb, the buttons below the left one. */
  readonly leftHanded: boolean
  /** How much the picture shakes, 0 to 1. */
  readonly shake: number
  /** Whether the picture's edge and ships that are hit flash. */
  readonly flashes: boolean
  /** Less motion than the system asks for already: nothing shakes and nothing drifts. */
  readonly lessMotion: boolean
  /** Colours that colour-blind eyes tell apart, and a shape beside each name. */
  readonly safeColors: boolean
  /** Of the page's texts and the display's, in shares of the usual size. */
  readonly textSize: number
  /** Volumes, 0 to 1. */
  readonly music: number
  readonly effects: number
  readonly voices: number
}

/** What a number may be. */
export const ranges = {
  deadZone: { min: 0.05, max: 0.5 },
  shake: { min: 0, max: 1 },
  textSize: { min: 1, max: 1.4 },
  music: { min: 0, max: 1 },
  effects: { min: 0, max: 1 },
  voices: { min: 0, max: 1 },
} as const

export const defaultPreferences: Preferences = {
  bindings: defaultBindings,
  language: 'auto',
  mouseAim: true,
  aimHelp: true,
  // Xbox pads rest within 0.15 of the middle when they are new.
  deadZone: 0.2,
  rumble: true,
  leftHanded: false,
  shake: 1,
  flashes: true,
  lessMotion: false,
  safeColors: false,
  textSize: 1,
  music: 0.5,
  effects: 1,
  voices: 1,
}

/** `stored`: what JSON gave back. */
export function readPreferences(stored: unknown): Preferences {
  if (typeof stored !== 'object' || stored === null) return defaultPreferences
  const known = new Map<string, unknown>(Object.entries(stored))
  const read = Object.entries(defaultPreferences).map(([name, usual]) => {
    const value = known.get(name)
    if (name === 'bindings') return [name, readBindings(value)]
    if (name === 'language') return [name, isLanguage(value) ? value : usual]
    if (typeof usual === 'boolean') return [name, typeof value === 'boolean' ? value : usual]
    return [name, inRange(value, ranges[name as keyof typeof ranges]) ? value : usual]
  })
  return Object.fromEntries(read) as unknown as Preferences
}

function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(languages, value)
}

function inRange(value: unknown, { min, max }: { min: number; max: number }): boolean {
  return typeof value === 'number' && value >= min && value <= max
}

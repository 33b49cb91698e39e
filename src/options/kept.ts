/**
 * The player's options, kept for the next visit and for other tabs. In: what the options' screen changes. Out: the preferences as they are now,
 * for the game in every frame and for the page as they change. Storage may be missing or forbidden: then they last as long as the page.
 */
import { defaultPreferences, type Preferences, readPreferences } from '../../game/hands/preferences.ts'

const KEY = 'dogstar.options'

let now: Preferences | null = null
const listeners = new Set<(preferences: Preferences) => void>()

export function preferences(): Preferences {
  now ??= stored()
  return now
}

/** Tells everybody who listens, and keeps it. */
export function setPreferences(change: Partial<Preferences>): void {
  now = { ...preferences(), ...change }
  try {
    localStorage.setItem(KEY, JSON.stringify(now))
  } catch {
    // Choosing it again next time is all that is lost.
  }
  tell()
}

/** All as Dogstar comes. */
export function resetPreferences(): void {
  setPreferences(defaultPreferences)
}

/** What it returns ends it. */
export function onPreferences(changed: (preferences: Preferences) => void): () => void {
  listeners.add(changed)
  return () => listeners.delete(changed)
}

/** Another tab of this browser changed them. */
export function followOtherTabs(): void {
  window.addEventListener('storage', ({ key }) => {
    if (key !== KEY && key !== null) return
    now = stored()
    tell()
  })
}

function tell(): void {
  for (const changed of listeners) changed(preferences())
}

function stored(): Preferences {
  try {
    return readPreferences(JSON.parse(localStorage.getItem(KEY) ?? 'null'))
  } catch {
    return defaultPreferences
  }
}

/**
 * The language of the page: as the options say, else the first of the browser's that there is. In: the options as they change. Out: texts in that
 * language (game/languages/language.ts), and a page that is drawn anew in it. A language that does not arrive leaves the page in the one before.
 */
import { useEffect, useState } from 'preact/hooks'
import { type Language, language, languageFor, speak } from '../../game/languages/language.ts'
import { onPreferences, preferences } from './kept.ts'

const listeners = new Set<() => void>()

/** Resolves when the texts of the first picture are here. Called once, before the page is drawn. */
export async function applyLanguage(): Promise<void> {
  await turn()
  onPreferences(() => void turn())
}

/** The language as it changes: a component that asks for it is drawn anew, with all that it holds. */
export function useLanguage(): Language {
  const [now, set] = useState(language)
  useEffect(() => {
    const heard = () => set(language)
    heard()
    listeners.add(heard)
    return () => void listeners.delete(heard)
  }, [])
  return now
}

async function turn(): Promise<void> {
  const chosen = preferences().language
  const wanted = chosen === 'auto' ? languageFor(navigator.languages) : chosen
  try {
    await speak(wanted)
  } catch (error) {
    // The next change of the options, or the next visit, asks again.
    console.warn(error)
  }
  document.documentElement.lang = language
  for (const heard of listeners) heard()
}

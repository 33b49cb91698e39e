/**
 * The language in which the page and the arena speak now. In: what the page asks for. Out: `texts`, which is read anew whenever something is drawn.
 * English comes with the page; any other language is loaded when it is asked for.
 *
 * Invariant: nothing keeps a text of `texts` in a table of its own, where it would stay in the old language.
 */
import { english, type Texts } from './english.ts'

export type { Texts }

/** All languages, in the order in which they are offered: each by its own name, so that whoever is lost finds it. */
export const languages = { en: 'English', de: 'Deutsch' } as const

export type Language = keyof typeof languages

/** What is shown now. */
export let texts: Texts = english

/** The language of `texts`. */
export let language: Language = 'en'

let asked: Language = 'en'

/** Resolves when `texts` is in the language, unless another one was asked for meanwhile. @throws (rejects) when it does not arrive. */
export async function speak(wanted: Language): Promise<void> {
  asked = wanted
  const loaded = wanted === 'en' ? english : (await import('./german.ts')).german
  if (asked !== wanted) return
  texts = loaded
  language = wanted
}

/** The first of the browser's languages that there is here; English where none is. */
export function languageFor(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const [base = ''] = tag.toLowerCase().split('-')
    if (Object.hasOwn(languages, base)) return base as Language
  }
  return 'en'
}

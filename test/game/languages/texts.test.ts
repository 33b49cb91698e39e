/** The texts of the page and of the arena: the same in every language, and nowhere else. */
import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { english } from '../../../game/languages/english.ts'
import { german } from '../../../game/languages/german.ts'
import { language, languageFor, speak, texts } from '../../../game/languages/language.ts'
import { pluralIn } from '../../../game/languages/plural.ts'

/** Every key with what kind of text it holds. */
function keysOf(held: object, above = ''): string[] {
  return Object.entries(held).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? keysOf(value, `${above}${key}.`)
      : [`${above}${key}: ${typeof value}`],
  )
}

/** What no page shows: what is for developers, for servers, and for the browser. */
const UNSHOWN = /^src\/(server|offline|debug)\/|^src\/server\.ts$|^game\/languages\//

/** Names that are the same in every language, and what browsers and keyboards call things. */
const NAMES = new Set(
  'Dogstar Rigel Mira Spica Deneb Castor Pollux Antares Canopus Regulus Bellatrix Ace Ring Canyon Duel Escape Enter Space AbortError RIFF WEBP IHDR Key Mouse Pad Tab ·····'.split(
    ' ',
  ),
)

const SHOWN_ATTRIBUTES = new Set(['aria-label', 'title', 'placeholder', 'label', 'legend', 'alt', 'aria-valuetext'])

/** A word that people read: it begins with a capital, or is one of several that end as a sentence does. */
function isText(text: string): boolean {
  if (NAMES.has(text)) return false
  return /^[“„]?[A-Z][a-z’]+([ .,:!?…]|$)/.test(text) || /[a-z]{2} [a-z]+.*[.!?…]$/.test(text)
}

/** Each text that stands in a file, with its line. */
function textsIn(path: string, source: string): string[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const tell = (node: ts.Node, text: string): void => {
    found.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${text.trim().slice(0, 60)}`)
  }
  const look = (node: ts.Node): void => {
    // A developer reads what is thrown; types and imports are read by nobody.
    if (ts.isNewExpression(node) || ts.isImportDeclaration(node) || ts.isTypeNode(node)) return
    if (ts.isJsxText(node) && /\p{L}{2}/u.test(node.text)) tell(node, node.text)
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateHead(node)) {
      const { parent } = node
      const isShown = ts.isJsxAttribute(parent) && SHOWN_ATTRIBUTES.has(parent.name.getText())
      if ((isShown && !NAMES.has(node.text)) || isText(node.text)) tell(node, node.text)
    }
    ts.forEachChild(node, look)
  }
  look(file)
  return found
}

describe('the texts', () => {
  it('have the same keys in every language', () => {
    expect(keysOf(german)).toEqual(keysOf(english))
  })

  it('stand in no component and no scene, where they would be in one language for good', () => {
    const paths = ['src', 'game']
      .flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((path) => `${room}/${path}`))
      .filter((path) => /\.tsx?$/.test(path) && !UNSHOWN.test(path))
    expect(paths.length).toBeGreaterThan(100)
    expect(paths.flatMap((path) => textsIn(path, readFileSync(path, 'utf8')))).toEqual([])
  })

  it('are found by the test above where they stand', () => {
    const source = `const a = <p title="Go on">Play <b>{x}</b></p>
      const b = 'Play now'; const c = \`Lobby \${code}\`; const d = 'nobody is here.'
      const e = 'panel question'; throw new Error('Not for players.')`
    expect(textsIn('a.tsx', source).map((each) => each.replace(/^\S+ /, ''))).toEqual([
      'Go on',
      'Play',
      'Play now',
      'Lobby',
      'nobody is here.',
    ])
  })

  it('change while the page runs, and stay as they are when another language was asked for meanwhile', async () => {
    await speak('de')
    expect([language, texts.start.playNow]).toEqual(['de', german.start.playNow])
    const late = speak('de')
    await speak('en')
    await late
    expect([language, texts.start.playNow]).toEqual(['en', english.start.playNow])
  })

  it('are in the first language of the browser that there is', () => {
    expect(languageFor(['de-AT', 'en'])).toBe('de')
    expect(languageFor(['fr', 'EN-gb', 'de'])).toBe('en')
    expect(languageFor(['toString', 'fr'])).toBe('en')
    expect(languageFor([])).toBe('en')
  })

  it('count by the rules of their language', () => {
    expect(german.match.pilots(1)).toBe('1 Pilot')
    expect(german.match.pilots(0)).toBe('0 Piloten')
    expect(english.failed.tryAgainIn(1)).toBe('Try again in 1 second.')
    // Slavic languages have a form of their own for two to four: a language more needs no other code.
    expect([1, 3, 5].map((n) => pluralIn('pl')(n, { one: 'pilot', few: 'piloci', other: 'pilotów' }))).toEqual([
      'pilot',
      'piloci',
      'pilotów',
    ])
  })
})

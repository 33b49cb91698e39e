/**
 * The page in German: long words at every size, and nothing left of the English that stood there before. Each screen is reached in English and then
 * turned, so that a text which something keeps in its own table shows.
 */
import type { Page } from 'playwright-core'
import type { Reason } from 'starwire'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { english } from '../../game/languages/english.ts'
import { german } from '../../game/languages/german.ts'
import { type Harness, startHarness } from './harness.ts'
import { barriersOf, faultsAt, goHome, screens } from './page-screens.ts'

const sizes = [
  [320, 568],
  [360, 740],
  [844, 390],
  [1280, 720],
] as const

let harness: Harness
let page: Page
beforeAll(async () => {
  harness = await startHarness({ root: 'test/browser/fixtures/page' })
  page = (await harness.open('/')).page
  await page.emulateMedia({ reducedMotion: 'reduce' })
})
afterEach(() => harness.assertQuiet())
afterAll(() => harness?.close())

async function speak(language: 'en' | 'de'): Promise<void> {
  await page.evaluate((wanted) => window.speak?.(wanted), language)
  await expect.poll(() => page.evaluate(() => document.documentElement.lang)).toBe(language)
}

function plainTexts(held: object): string[] {
  return Object.values(held).flatMap((value) => {
    if (typeof value === 'string') return [value.trim()]
    return typeof value === 'object' && value !== null ? plainTexts(value) : []
  })
}

/** What is English and nothing else. */
const onlyEnglish = (() => {
  const both = new Set(plainTexts(german))
  return plainTexts(english).filter((text) => /\p{L}{3}/u.test(text) && !both.has(text))
})()

/** Whole texts that stand on the page and are English. */
async function leftovers(): Promise<string[]> {
  const shown = await page.evaluate(() => {
    const texts: string[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (!node.parentElement?.closest('script, style, textarea, bdi, .log')) texts.push(node.textContent?.trim() ?? '')
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder]'))
      for (const name of ['aria-label', 'title', 'placeholder']) texts.push(element.getAttribute(name)?.trim() ?? '')
    return texts
  })
  return onlyEnglish.filter((text) => shown.includes(text))
}

const faultsAtAllSizes = (name: string): Promise<string[]> => faultsAt(sizes, page, `de ${name}`)

/** What axe calls serious, narrow and wide. On a page without end, where the bar at its foot covers nothing: half a button below it counts as a small one. */
async function barriersAtAllWidths(): Promise<string[]> {
  const barriers: string[] = []
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 3000 })
    for (const barrier of await barriersOf(page)) barriers.push(`${width}: ${barrier}`)
  }
  return barriers
}

describe('in German', { tags: ['long'] }, () => {
  // Each failure has a test of its own below.
  const turned = Object.keys(screens).filter((name) => !/^failed: (?!with)/.test(name))
  /** What a call is refused for is said once, in the language of that moment. */
  const saidOnce = /in a call/

  it.each(turned)('every text turns, and has room, and axe finds nothing serious: %s', async (name) => {
    await goHome(page)
    await screens[name]?.(page)
    await speak('de')
    if (!saidOnce.test(name)) expect(await leftovers()).toEqual([])
    expect(await faultsAtAllSizes(name)).toEqual([])
    expect(await barriersAtAllWidths()).toEqual([])
    await speak('en')
  })

  it('the options turn while they are open', async () => {
    await goHome(page)
    await page.getByRole('button', { name: 'Options' }).click()
    await page.getByRole('radio', { name: 'Deutsch' }).check()
    await page.getByRole('dialog', { name: 'Optionen' }).waitFor()
    expect(await leftovers()).toEqual([])
    // The head stays in sight while the rest scrolls below it.
    expect((await faultsAtAllSizes('options')).filter((fault) => !/Optionen/.test(fault))).toEqual([])
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('de')
    await page.reload()
    await page.getByRole('button', { name: 'Sofort spielen' }).waitFor()
    await page.getByRole('button', { name: 'Optionen' }).click()
    await page.getByRole('button', { name: 'Alles wie am Anfang' }).click()
    await page.getByRole('dialog', { name: 'Options' }).waitFor()
    await page.keyboard.press('Escape')
  })

  it.each(Object.keys(english.reasons) as Reason[])('a failure is told: %s', async (reason) => {
    await goHome(page)
    await page.getByRole('button', { name: 'Create lobby' }).click()
    await page.getByText('Link for friends').waitFor()
    await speak('de')
    await page.evaluate((why) => window.fake?.end(why), reason)
    // A host whose page was left reads something else.
    await page.getByRole('button', { name: german.failed.back }).waitFor()
    expect(await leftovers()).toEqual([])
    expect(await faultsAtAllSizes(`failed ${reason}`)).toEqual([])
    await speak('en')
  })
})

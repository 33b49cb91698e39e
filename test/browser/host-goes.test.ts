/**
 * What players of Dogstar see when their host goes, in real pages of the built game over the real library: the banner, the next host's mark,
 * the question before leaving, a page that is too slow, and the choice to play on where no votes can be had.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenPage, type Production, startProduction } from './production.ts'

const FOLDER = '.cache/host-goes'
const LAPTOP = { width: 1280, height: 720 }
const PHONE = { width: 390, height: 844 }
/** Several pages draw on two cores. */
const PATIENCE_MS = 60_000
/** A page that does something else for so long, again and again, runs too few ticks. */
const BUSY_MS = 90

let production: Production
let everybody: OpenPage[] = []

/** Runs in each page, before anything of its own: it draws little. Ticks and links have clocks of their own. */
function drawSeldom(): void {
  window.requestAnimationFrame = (draw) => window.setTimeout(() => draw(performance.now()), 200)
  window.cancelAnimationFrame = (frame) => clearTimeout(frame)
}

async function visit(hash: string, name: string, language: 'en' | 'de' = 'en', viewport = LAPTOP): Promise<Page> {
  const opened = await production.open(`/?debug&renderer=canvas${hash}`, viewport, async (page) => {
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('dialog', (dialog) => void dialog.accept().catch(() => {}))
    await page.addInitScript((language) => {
      localStorage.setItem('dogstar.options', JSON.stringify({ language }))
    }, language)
  })
  everybody.push(opened)
  const { page } = opened
  await page.getByRole('textbox', { name: language === 'en' ? 'Your name' : 'Dein Name' }).fill(name)
  return page
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

/** A lobby of these players; the first one hosts. The second plays in English on a laptop, the third in German on a phone. */
async function gather(...names: readonly string[]): Promise<Page[]> {
  const [first = '', ...others] = names
  const host = await visit('', first)
  await press(host, 'Create lobby')
  await host.getByText('Link for friends').waitFor()
  const hash = await host.evaluate(() => location.hash)
  const pages = [host]
  for (const [place, name] of others.entries()) {
    const [language, viewport] = place === 0 ? (['en', LAPTOP] as const) : (['de', PHONE] as const)
    const page = await visit(hash, name, language, viewport)
    await press(page, language === 'en' ? 'Join' : 'Beitreten')
    await page.getByRole('list').filter({ hasText: first }).first().waitFor()
    pages.push(page)
  }
  // So its page knows that another can take over.
  await expect.poll(() => host.locator('.hosting').textContent(), { timeout: PATIENCE_MS }).toContain('all goes on')
  return pages
}

/** Starts the match, and waits until another page could host it at once. */
async function begin(host: Page, pages: readonly Page[]): Promise<void> {
  await press(host, 'Start game')
  for (const page of pages) await page.locator('.stage canvas').first().waitFor()
  const hasHeir = () =>
    host.evaluate(() => window.starwire?.stats()?.migration?.heirs.some(({ ageMs }) => ageMs !== null) ?? false)
  await expect.poll(hasHeir, { timeout: PATIENCE_MS }).toBe(true)
}

async function kill(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const crashed = new Promise<void>((resolve) => page.once('crash', () => resolve()))
  session.send('Page.crash').catch(() => {})
  await crashed
}

const plain = (text: string | null) => (text ?? '').replaceAll(/[\u2068\u2069]/g, '')
const banner = async (page: Page) => plain(await page.locator('.host-news').textContent())
const reads = (page: Page, words: RegExp) => expect.poll(() => banner(page), { timeout: PATIENCE_MS }).toMatch(words)

/** Pictures in both sizes, for whoever wants to look. */
async function picture(page: Page, name: string): Promise<void> {
  const before = page.viewportSize() ?? LAPTOP
  for (const size of [LAPTOP, PHONE]) {
    await page.setViewportSize(size)
    await page.screenshot({ path: `${FOLDER}/${name}-${size.width}.png` })
  }
  await page.setViewportSize(before)
}

const isHosting = (page: Page) => page.evaluate(() => window.starwire?.stats()?.role === 'host')

async function closeAll(): Promise<void> {
  for (const { page } of everybody) await page.context().close()
  everybody = []
}

describe('when the host of Dogstar goes', { tags: ['long'] }, () => {
  beforeAll(async () => {
    production = await startProduction(FOLDER, { first: drawSeldom })
  }, 180_000)
  afterAll(() => production?.close())

  it('others read whose connection is lost and who hosts now, in their language, and the next goodbye is announced before it', async () => {
    const pages = await gather('Ann', 'Bob', 'Cleo')
    const [ann, bob, cleo] = pages as [Page, Page, Page]
    await begin(ann, pages)
    await kill(ann)
    await reads(bob, /^Ann’s connection is lost: (you host|Cleo hosts) now\.$/)
    await picture(bob, 'lost-en')
    await reads(cleo, /^Ann hat keine Verbindung: Jetzt hoste(st du|t Bob)\.$/)
    await picture(cleo, 'lost-de')
    const bobHosts = (await banner(bob)).includes('you host') || (await isHosting(bob))
    const [host, other] = bobHosts ? [bob, cleo] : [cleo, bob]
    await expect.poll(() => isHosting(host)).toBe(true)
    await expect
      .poll(
        () =>
          host.evaluate(() => window.starwire?.stats()?.migration?.heirs.some(({ ageMs }) => ageMs !== null) ?? false),
        { timeout: PATIENCE_MS },
      )
      .toBe(true)
    await press(host, bobHosts ? 'Leave' : 'Gehen')
    const question = host.getByRole('dialog')
    await expect
      .poll(async () => plain(await question.textContent()))
      .toContain(bobHosts ? 'Cleo hosts, and the match goes on' : 'Bob')
    await picture(host, 'question')
    await question.getByRole('button').last().click()
    await reads(other, bobHosts ? /^Bob ist gegangen: Jetzt hostest du\.$/ : /^Cleo left: you host now\.$/)
    await picture(other, bobHosts ? 'left-de' : 'left-en')
    expect(await isHosting(other)).toBe(true)
    await closeAll()
  }, 240_000)

  it('a page that is too slow hands over by itself, comes back to its seat, and all read who hosts', async () => {
    const pages = await gather('Ann', 'Bob')
    const [ann, bob] = pages as [Page, Page]
    await begin(ann, pages)
    await ann.evaluate((busyMs) => {
      const timer = setInterval(() => {
        for (const until = performance.now() + busyMs; performance.now() < until; );
      }, busyMs)
      const isHosting = () => window.starwire?.stats()?.role === 'host'
      setInterval(() => isHosting() || clearInterval(timer), 1000)
    }, BUSY_MS)
    await reads(bob, /^You host now\.$/)
    await picture(bob, 'slow-en')
    await reads(ann, /^Bob hosts now\.$/)
    expect(await isHosting(bob)).toBe(true)
    await expect.poll(() => ann.evaluate(() => window.starwire?.stats()?.role)).toBe('client')
    await closeAll()
  }, 240_000)

  it('by the roster’s menu the host lets a player of their choice host, stays as a guest, and all read who hosts', async () => {
    const [ann, bob, cleo] = (await gather('Ann', 'Bob', 'Cleo')) as [Page, Page, Page]
    await ann.getByRole('button', { name: /^More about .?Cleo.?$/ }).click()
    const lets = ann.getByRole('button', { name: /^Let them host: .?Cleo.?$/ })
    // Whose page is not ready yet is made so by the first press, and the page says to try again.
    await expect
      .poll(
        async () => {
          if (await lets.isVisible()) await lets.click()
          return lets.isVisible()
        },
        { timeout: PATIENCE_MS, interval: 500 },
      )
      .toBe(false)
    await reads(ann, /^Cleo hosts now\.$/)
    await reads(bob, /^Cleo hosts now\.$/)
    await reads(cleo, /^Du hostest jetzt\.$/)
    await picture(ann, 'handed-over')
    const hostOn = (page: Page) =>
      page
        .getByRole('listitem')
        .filter({ has: page.locator('.tag.host') })
        .textContent()
    for (const page of [ann, bob, cleo]) expect(plain(await hostOn(page))).toContain('Cleo')
    await cleo.getByRole('button', { name: 'Starten', exact: true }).waitFor()
    expect(await ann.getByRole('button', { name: 'Start game', exact: true }).count()).toBe(0)
    await closeAll()
  }, 240_000)

  it('who is left alone without a lobby server may play on, in a match and before it', async () => {
    const pages = await gather('Ann', 'Bob')
    const before = await gather('Eve', 'Dan')
    const [ann, bob] = pages as [Page, Page]
    const [eve, dan] = before as [Page, Page]
    await begin(ann, pages)
    await production.stopServer()
    await kill(ann)
    await kill(eve)
    const [inMatch, inLobby] = [bob, dan].map((page) =>
      page.getByRole('button', { name: 'Play on without the others' }),
    )
    await inMatch!.waitFor()
    await picture(bob, 'play-on-match')
    await inMatch!.click()
    await bob.locator('.lost').waitFor({ state: 'detached' })
    await expect.poll(() => isHosting(bob)).toBe(true)
    await inLobby!.waitFor()
    await picture(dan, 'play-on-lobby')
    await inLobby!.click()
    await dan.getByRole('heading', { name: 'Your lobby' }).waitFor()
    await closeAll()
  }, 240_000)
})

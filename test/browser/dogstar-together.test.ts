/**
 * Dogstar as people use it together, in real pages over the real library: a bot, a rematch, spectators, and the host's door. One
 * lobby after another, each step from where the last one left the pages.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenPage, type Production, startProduction } from './production.ts'

const laptop = { width: 1280, height: 720 }
const phone = { width: 390, height: 844 }

let production: Production
const everybody: OpenPage[] = []

async function visit(path: string, viewport: typeof laptop): Promise<Page> {
  const opened = await production.open(`/?debug&renderer=canvas${path}`, viewport)
  everybody.push(opened)
  return opened.page
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const roster = (page: Page) => page.getByRole('list').filter({ has: page.locator('.member') })
const rowOf = (page: Page, name: string) => roster(page).locator('li').filter({ hasText: name })

async function comeIn(page: Page, name: string, way: 'Join' | 'Watch' = 'Join'): Promise<void> {
  await page.getByRole('textbox', { name: 'Your name' }).fill(name)
  await press(page, way)
}

async function host(page: Page, name: string): Promise<string> {
  await page.getByRole('textbox', { name: 'Your name' }).fill(name)
  await press(page, 'Create lobby')
  await page.getByText('Link for friends').waitFor()
  return page.evaluate(() => location.hash)
}

/** What the host does about a member, with a line that they read. */
async function remove(page: Page, name: string, deed: 'Kick' | 'Ban', text: string): Promise<void> {
  await rowOf(page, name)
    .getByRole('button', { name: /^More about/ })
    .click()
  await page.getByRole('textbox', { name: /What they read/ }).fill(text)
  await page.getByRole('button', { name: new RegExp(`^${deed} `) }).click()
}

describe('Dogstar played together', { tags: ['long'] }, () => {
  beforeAll(async () => {
    production = await startProduction('.cache/together')
  }, 120_000)
  afterAll(() => production?.close())

  let ann: Page
  let cid: Page
  let invitation: string

  it('has a bot for a host who is alone: it moves, shoots, and is in the score table', async () => {
    ann = await visit('', laptop)
    invitation = await host(ann, 'Ann')
    await press(ann, 'Add a bot')
    await rowOf(ann, 'Rigel').waitFor()
    await press(ann, 'Start game')
    await ann.locator('.scores li', { hasText: 'Rigel' }).waitFor()
    const deeds = await ann.evaluate(
      () =>
        new Promise<{ shots: number; flown: number }>((done) => {
          const { session, world } = window.starwire!
          const me = (session as unknown as { me: number }).me
          let shots = 0
          session!.on('shot', ({ by }) => {
            if (by !== (me as never)) shots++
          })
          let first: { x: number; y: number } | null = null
          const timer = setInterval(() => {
            const ship = world()?.entities.find(({ type, fields }) => type === 'ship' && fields.owner !== me)
            const place = ship && { x: Number(ship.fields.x), y: Number(ship.fields.y) }
            if (place) first ??= place
            const flown = place && first ? Math.hypot(place.x - first.x, place.y - first.y) : 0
            if (shots < 3 || flown < 200) return
            clearInterval(timer)
            done({ shots, flown })
          }, 50)
        }),
    )
    expect(deeds.shots).toBeGreaterThanOrEqual(3)
  }, 90_000)

  it('draws the second match as the first: its canvas fills the stage, and something is on it', async () => {
    const pictureOf = () =>
      ann.evaluate(() => {
        const stage = document.querySelector<HTMLElement>('.stage')!
        const canvas = stage.querySelector<HTMLCanvasElement>('canvas[role=img]')
        if (!canvas || canvas.width === 0) return null
        const { width, height } = canvas.getBoundingClientRect()
        const pixels = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data
        const fills = Math.abs(width - stage.clientWidth) < 1 && Math.abs(height - stage.clientHeight) < 1
        return { fills, isDrawn: pixels.some((value, i) => i % 4 !== 3 && value > 60) }
      })
    await expect.poll(pictureOf).toEqual({ fills: true, isDrawn: true })
    await press(ann, 'Back to the lobby')
    await press(ann, 'Start game')
    await expect.poll(pictureOf).toEqual({ fills: true, isDrawn: true })
  }, 60_000)

  it('lets somebody watch by code: they are marked, count as no pilot, and turn from one to another', async () => {
    cid = await visit(invitation, phone)
    await comeIn(cid, 'Cid', 'Watch')
    const told = cid.locator('.watch .line p')
    await expect.poll(() => told.textContent(), { timeout: 30_000 }).toMatch(/^You watch (Ann|Rigel)/)
    await ann.getByRole('button', { name: '2 pilots' }).click()
    await rowOf(ann, 'Cid').getByText('watching').waitFor()
    await press(ann, '2 pilots')
    expect(await cid.locator('.scores li').allTextContents()).not.toContainEqual(expect.stringContaining('Cid'))
    const first = (await told.locator('bdi').textContent())!
    await press(cid, 'Watch the next pilot')
    await expect.poll(() => told.locator('bdi').textContent()).not.toBe(first)
    await cid.mouse.click(195, 400)
    await expect.poll(() => told.locator('bdi').textContent()).toBe(first)
  }, 90_000)

  it('lets the spectator play and go back to watching in the same match, where a reload finds them', async () => {
    await press(cid, 'Play')
    await ann.getByRole('button', { name: '3 pilots' }).waitFor()
    const shipOf = () =>
      cid.evaluate(() => window.starwire!.world()?.entities.some(({ type, predicted }) => type === 'ship' && predicted))
    await expect.poll(shipOf).toBe(true)
    await cid.locator('.scores li.mine', { hasText: 'Cid' }).waitFor()
    expect(await cid.locator('.watch').isVisible()).toBe(false)
    await press(cid, '3 pilots')
    await press(cid, 'Watch')
    await ann.getByRole('button', { name: '2 pilots' }).waitFor()
    await cid.locator('.watch .line p').waitFor()
    await cid.reload()
    await cid.locator('.watch .line p').waitFor()
    await ann.getByRole('button', { name: '2 pilots' }).waitFor()
  }, 90_000)

  it('asks a host before a match ends for others, and brings pilots and spectators back into the lobby', async () => {
    await press(ann, 'Back to the lobby')
    await ann.getByRole('dialog').getByRole('button', { name: 'Back to the lobby' }).click()
    await ann.getByText('2 of 16 · 1 watching').waitFor()
    await cid.getByText('You watch. Waiting for').waitFor()
    // Nobody waits for the readiness of who only watches.
    await ann.getByText('or start now: friends can join later').waitFor()
    await cid.context().close()
  }, 60_000)

  it('shows a kicked guest what the host wrote, and keeps them out for now', async () => {
    const bea = await visit(invitation, phone)
    await comeIn(bea, 'Bea')
    await rowOf(ann, 'Bea').waitFor()
    await remove(ann, 'Bea', 'Kick', 'Dinner first.')
    await bea.getByText('Dinner first.').waitFor()
    await bea.getByRole('heading', { name: 'Out of the lobby' }).waitFor()
    await rowOf(ann, 'Bea').waitFor({ state: 'detached' })
    await bea.goto(`${production.origin}/?debug&renderer=canvas&again${invitation}`)
    await comeIn(bea, 'Bea')
    await bea.getByRole('heading', { name: 'Out of the lobby' }).waitFor()
    await bea.context().close()
  }, 60_000)

  let dan: Page

  it('asks a guest for the password, says that a wrong one is wrong, and lets the right one in', async () => {
    await ann.getByText('Who may join').click()
    await ann.getByRole('textbox', { name: 'Password (optional)' }).fill('Open Sesame')
    await press(ann, 'Set')
    await ann.getByText('Open Sesame').waitFor()
    dan = await visit(invitation, phone)
    await comeIn(dan, 'Dan')
    await dan.getByText('This lobby asks for a password').waitFor()
    await dan.getByRole('textbox', { name: 'Password' }).fill('open sesame')
    await press(dan, 'Join')
    await dan.getByText('That is not the password').waitFor()
    expect(await rowOf(ann, 'Dan').count()).toBe(0)
    await dan.getByRole('textbox', { name: 'Password' }).fill('Open Sesame')
    await press(dan, 'Join')
    await rowOf(ann, 'Dan').waitFor()
  }, 60_000)

  it('keeps a banned guest out who returns, until the host lets them in again', async () => {
    await remove(ann, 'Dan', 'Ban', 'Not like this.')
    await dan.getByText('Not like this.').waitFor()
    const again = async () => {
      await dan.goto(`${production.origin}/?debug&renderer=canvas&again=${Math.random()}${invitation}`)
      await comeIn(dan, 'Dan')
    }
    await again()
    await dan.getByRole('heading', { name: 'No entry' }).waitFor()
    await press(ann, 'Let in again')
    await press(ann, 'Remove')
    await ann.getByRole('textbox', { name: 'Password (optional)' }).waitFor()
    await again()
    await rowOf(ann, 'Dan').waitFor()
  }, 60_000)

  it('turns newcomers away at a lock, and offers the watchers’ places where the seats are taken', async () => {
    await ann.getByRole('checkbox', { name: 'Lock the lobby' }).check()
    await ann.getByText('locked · 3 of 16').waitFor()
    const eve = await visit(invitation, phone)
    await comeIn(eve, 'Eve')
    await eve.getByRole('heading', { name: 'A closed door' }).waitFor()
    await ann.getByRole('checkbox', { name: 'Lock the lobby' }).uncheck()
    // Bots give way to people.
    await rowOf(ann, 'Rigel')
      .getByRole('button', { name: /^More about/ })
      .click()
    await ann.getByRole('button', { name: /^Remove .*Rigel/ }).click()
    await ann.getByRole('combobox', { name: 'Seats' }).selectOption('2')
    await press(eve, 'Try again')
    await eve.getByRole('heading', { name: 'No seat left' }).waitFor()
    await press(eve, 'Watch instead')
    await rowOf(ann, 'Eve').getByText('watching').waitFor()
    await press(eve, 'Play')
    await eve.getByText('Every seat is taken.').waitFor()
    await press(dan, 'Leave')
    await press(eve, 'Play')
    await ann.getByText('2 of 2').waitFor()
  }, 60_000)

  it('does all of it without a complaint of any page', () => {
    expect(everybody.map(({ complaints }) => complaints)).toEqual(everybody.map(() => []))
  })
})

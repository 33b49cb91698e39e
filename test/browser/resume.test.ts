/** Guests in real pages who lose their connection, are frozen, or reload: back in the same seat, in the same runner. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { starwire } from '../../net/vite.ts'
import type { LobbyPage } from './fixtures/lobby/main.ts'
import { type Harness, startHarness, type TestPage } from './harness.ts'

declare global {
  interface Window {
    page: LobbyPage
  }
}

let harness: Harness
let host: TestPage
let bea: TestPage
let code: string

beforeAll(async () => {
  harness = await startHarness({
    root: 'test/browser/fixtures/lobby',
    flags: ['--js-flags=--expose-gc'],
    plugins: [starwire({ iceServers: [], secret: 'a secret of the tests, long enough' })],
  })
  host = await harness.open()
  bea = await harness.open()
  // Both seats are taken all the time, so nobody else could have come back.
  await host.page.evaluate(() => window.page.create('Ann', 2))
  code = await host.page.evaluate(() => window.page.code())
  await bea.page.evaluate(() => window.page.keepConnections())
  expect(await bea.page.evaluate((code) => window.page.join(code, 'Bea'), code)).toMatchObject({ reason: null })
  await host.page.evaluate(() => window.page.start())
  await bea.page.waitForFunction(() => window.page.own() !== null, null, { polling: 20 })
  expect(await bea.page.evaluate(() => window.page.same())).toBe(true)
})
afterAll(() => harness?.close())
afterEach(() => harness.assertQuiet())

const own = ({ page }: TestPage) => page.evaluate(() => window.page.own())
const shown = ({ page }: TestPage) => page.evaluate(() => window.page.shown().map(([, title]) => title))
const states = ({ page }: TestPage) => page.evaluate(() => window.page.states())

/** Where a runner is that has made so many steps; what is ahead of it is still on the way to the host. */
const START = 400
const placeAfter = (steps: number): number => (START + 4 * steps) % 800

/** Runs for a moment and rests: what the host says last is what stays, so there is something to find again. */
async function runAndRest(one: TestPage) {
  const before = (await own(one))?.steps ?? 0
  await one.page.evaluate(() => window.page.run(1))
  await expect.poll(async () => (await own(one))?.steps).toBeGreaterThan(before + 20)
  await one.page.evaluate(() => window.page.run(0))
  let at: Awaited<ReturnType<typeof own>> = null
  await expect
    .poll(async () => {
      at = await own(one)
      return at !== null && !at.runs && at.x === placeAfter(at.steps)
    })
    .toBe(true)
  return at as Awaited<ReturnType<typeof own>>
}

async function isBack(before: Awaited<ReturnType<typeof own>>): Promise<void> {
  await expect.poll(() => own(bea)).toEqual(before)
  await expect.poll(() => shown(host)).toEqual(['host mine', ''])
  // And plays: the host sees it run.
  await bea.page.evaluate(() => window.page.run(1))
  await expect.poll(() => host.page.evaluate(() => window.page.steps().Bea)).toBeGreaterThan((before?.steps ?? 0) + 10)
  await bea.page.evaluate(() => window.page.run(0))
}

/**
 * Stops a page in the middle of its next line, as a debugger does: no timer, frame, event or message runs in it, while its
 * connection is kept alive below. A page in front cannot be frozen by `Page.setWebLifecycleState`.
 */
async function freeze({ page }: TestPage): Promise<() => Promise<void>> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Debugger.enable')
  const paused = new Promise<unknown>((resolve) => cdp.once('Debugger.paused', resolve))
  await cdp.send('Debugger.pause')
  await paused
  return async () => {
    await cdp.send('Debugger.resume')
    await cdp.send('Debugger.disable')
    await cdp.detach()
  }
}

describe('a guest', () => {
  it('whose connection is cut comes back without help, with lobby and session as they were', async () => {
    const before = await runAndRest(bea)
    const cutAt = Date.now()
    await bea.page.evaluate(() => window.page.cut())
    await expect.poll(() => states(bea)).toEqual(['playing', 'reconnecting', 'playing'])
    console.log(`cut: back after ${Date.now() - cutAt} ms`)
    await isBack(before)
    expect(await bea.page.evaluate(() => window.page.same())).toBe(true)
  })

  it('whose tab is frozen is away for the others, and comes back without help when it thaws', {
    tags: ['long'],
  }, async () => {
    const before = await runAndRest(bea)
    const statesBefore = await states(bea)
    const thaw = await freeze(bea)
    await expect.poll(() => shown(host)).toEqual(['host mine', 'away'])
    const thawedAt = Date.now()
    await thaw()
    await expect.poll(() => states(bea)).toEqual([...statesBefore, 'reconnecting', 'playing'])
    console.log(`guest frozen: back ${Date.now() - thawedAt} ms after the thaw`)
    await isBack(before)
    expect(await bea.page.evaluate(() => window.page.same())).toBe(true)
  })

  it('who reloads their page comes back with the token that it kept, and without it does not', async () => {
    const before = await runAndRest(bea)
    const token = await bea.page.evaluate(() => window.page.resumeToken())
    await bea.page.reload()
    // A token that leads nowhere is as none: the answer is that of a newcomer.
    for (const resume of [null, 'nonsense', '0'.repeat(32)])
      expect(
        await bea.page.evaluate(([code, resume]) => window.page.join(code, 'Bea', resume), [code, resume] as const),
      ).toMatchObject({ reason: 'full' })
    expect(
      await bea.page.evaluate(([code, token]) => window.page.join(code, 'Bea', token), [code, token] as const),
    ).toMatchObject({ reason: null })
    await isBack(before)
    expect(await bea.page.evaluate(() => window.page.resumeToken())).not.toBe(token)
    await bea.page.evaluate(() => window.page.same())
  })
})

describe('a host', () => {
  it('whose tab is frozen finds all their guests back when it thaws', { tags: ['long'] }, async () => {
    const before = await runAndRest(bea)
    const seen = (await states(bea)).length
    const thaw = await freeze(host)
    await expect.poll(async () => (await states(bea)).slice(seen)).toEqual(['reconnecting'])
    const thawedAt = Date.now()
    await thaw()
    await expect.poll(async () => (await states(bea)).slice(seen)).toEqual(['reconnecting', 'playing'])
    console.log(`host frozen: back ${Date.now() - thawedAt} ms after the thaw`)
    await isBack(before)
  })
})

describe('a host whose page crashes', () => {
  it('is said to be gone, by whoever waits for them, long before they give up', { tags: ['long'] }, async () => {
    const [ann, bob] = [await harness.open(), await harness.open()]
    await ann.page.evaluate(() => window.page.create('Ann'))
    const code = await ann.page.evaluate(() => window.page.code())
    expect(await bob.page.evaluate((code) => window.page.join(code, 'Bob'), code)).toMatchObject({ reason: null })
    const cdp = await ann.page.context().newCDPSession(ann.page)
    cdp.send('Page.crash').catch(() => {})
    await expect.poll(() => bob.page.evaluate(() => window.page.causes())).toEqual(['unknown', 'host-gone'])
    expect(await states(bob)).toEqual(['reconnecting'])
    await bob.page.evaluate(() => window.page.leave())
    await bob.page.close()
  })
})

describe('a page that the browser’s cache brings back', { tags: ['long'] }, () => {
  it('is in its seat again as a guest’s, and knows as the host’s that its lobby is over', async () => {
    // Other browsers that Playwright starts keep no pages.
    await using desktop = await startHarness({
      root: 'test/browser/fixtures/lobby',
      realTabs: true,
      plugins: [starwire({ iceServers: [], secret: 'a secret of the tests, long enough' })],
    })
    const [ann, dan] = [await desktop.open(), await desktop.open()]
    await ann.page.evaluate(() => window.page.create('Ann'))
    const code = await ann.page.evaluate(() => window.page.code())
    expect(await dan.page.evaluate((code) => window.page.join(code, 'Dan'), code)).toMatchObject({ reason: null })
    await ann.page.evaluate(() => window.page.start())
    await dan.page.waitForFunction(() => window.page.own() !== null, null, { polling: 20 })
    const before = await runAndRest(dan)
    const goAndReturn = async ({ page }: TestPage, meanwhile: () => Promise<void>) => {
      await page.evaluate(() =>
        window.addEventListener('pageshow', (event) => Object.assign(window, { shown: event.persisted })),
      )
      await page.goto('about:blank')
      await meanwhile()
      await page.goBack({ waitUntil: 'commit' })
      await page.waitForFunction(() => (window as unknown as { shown: boolean }).shown, null, { polling: 20 })
    }
    await goAndReturn(dan, () => expect.poll(() => shown(ann)).toEqual(['host mine', 'away']))
    await expect.poll(() => states(dan)).toEqual(['playing', 'reconnecting', 'playing'])
    await expect.poll(() => own(dan)).toEqual(before)
    await goAndReturn(ann, () => expect.poll(() => states(dan)).toContain('ended'))
    expect(await states(ann)).toEqual(['playing', 'ended'])
    expect(await ann.page.evaluate(() => window.page.ended())).toMatchObject({ reason: 'host-left' })
    // Vite's own socket is cut by the cache.
    const complaints = [ann, dan].flatMap((one) => one.complaints)
    expect(complaints.filter((complaint) => !complaint.includes('Back-Forward Cache'))).toEqual([])
  })
})

describe('the end of it all', () => {
  it('leaves no connection, worker, timer or listener behind, however often the connection was lost', async () => {
    const live = ({ page }: TestPage) => page.evaluate(() => window.page.live())
    const fresh = await harness.open()
    // Chromium itself keeps the odd closed connection for good on a busy machine; none may be open.
    const { created: _, connections: __, ...idle } = await live(fresh)
    await fresh.page.close()
    await host.page.evaluate(() => window.page.leave())
    await expect.poll(() => states(bea)).toContain('ended')
    await expect.poll(() => Promise.all([live(host), live(bea)]), { interval: 200 }).toMatchObject([idle, idle])
  })
})

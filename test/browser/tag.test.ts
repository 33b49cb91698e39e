import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { starwire } from '../../net/vite.ts'
import { type Harness, startHarness, type TestPage } from './harness.ts'

let harness: Harness

beforeAll(async () => {
  harness = await startHarness({
    root: 'test/browser/fixtures/tag',
    plugins: [starwire({ iceServers: [], secret: 'a secret of the tests, long enough' })],
  })
})
afterAll(() => harness.close())

/** The runners as a page draws them. */
function runners({ page }: TestPage): Promise<{ x: number; y: number; mine: boolean }[]> {
  return page.evaluate(() => {
    const { session } = window as unknown as {
      session: { view(now: number): { all(type: string): Iterable<{ x: number; y: number; mine: boolean }> } }
    }
    return [...session.view(performance.now()).all('runner')].map(({ x, y, mine }) => ({ x, y, mine }))
  })
}

describe('the game of the README', () => {
  it('plays in two real pages: what one does the other sees', { tags: ['long'] }, async () => {
    const host = await harness.open('/')
    await host.page.waitForFunction(() => document.getElementById('code')?.textContent)
    const code = await host.page.textContent('#code')
    expect(code).toMatch(/^[0-9A-Z]{5}$/)
    const guest = await harness.open(`/?name=Bea#${code}`)
    await guest.page.waitForFunction(() => document.getElementById('code')?.textContent)
    await host.page.click('#start')
    await host.page.waitForFunction(() => 'session' in window)
    await guest.page.waitForFunction(() => 'session' in window)
    await expect.poll(async () => (await runners(guest)).length, { timeout: 10_000 }).toBe(2)

    // Neither stands on the other, so that "it" is not passed on before anybody has moved.
    const [one, other] = await runners(guest)
    expect([one!.x, one!.y]).not.toEqual([other!.x, other!.y])

    await guest.page.bringToFront()
    await guest.page.keyboard.down('ArrowRight')
    await expect.poll(async () => (await runners(guest)).find(({ mine }) => mine)?.x, { timeout: 10_000 }).toBe(800)
    await guest.page.keyboard.up('ArrowRight')
    await expect.poll(async () => (await runners(host)).find(({ mine }) => !mine)?.x, { timeout: 10_000 }).toBe(800)
    harness.assertQuiet()
  })
})

/** The built page without its server: it opens from what its service worker kept, and practice plays. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Production, startProduction } from './production.ts'

let production: Production
beforeAll(async () => {
  production = await startProduction('.cache/offline')
}, 300_000)
afterAll(() => production?.close())

describe('the page', { tags: ['long'] }, () => {
  it('opens without its server and flies against bots, once it has been open with it', async () => {
    const { page, violations } = await production.open('/?debug&renderer=canvas')
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}))
    await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
    expect(await violations()).toEqual([])

    await production.stopServer()
    await page.reload()
    await page.getByRole('button', { name: 'Practice with bots' }).click()
    await page.waitForFunction(() => {
      type Debug = { stats(): { entities: { presented: number; predicted: number } } | null }
      const entities = (window as unknown as { starwire?: Debug }).starwire?.stats()?.entities
      return entities && entities.presented + entities.predicted > 3 && document.querySelector('canvas')
    })
    expect(await page.evaluate(() => location.hash)).toBe('')
  })
})

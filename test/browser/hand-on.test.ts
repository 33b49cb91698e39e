/** Handing a lobby's link on in a real page: the QR code as it is drawn, read back from the picture, and the share sheet. */
import jsQR from 'jsqr'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, startHarness } from './harness.ts'
import { goHome } from './page-screens.ts'

let harness: Harness
let page: Page
beforeAll(async () => {
  harness = await startHarness({ root: 'test/browser/fixtures/page' })
  page = (await harness.open('/')).page
  await page.emulateMedia({ reducedMotion: 'reduce' })
})
afterEach(() => harness.assertQuiet())
afterAll(() => harness?.close())

/** What a decoder reads on a picture of the screen, as a phone before it would. */
async function readScreen(): Promise<string | null> {
  const picture = (await page.screenshot()).toString('base64')
  const { width, height, pixels } = await page.evaluate(async (picture) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob())
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
    if (!pen) throw new Error('This browser draws no canvas.')
    pen.drawImage(bitmap, 0, 0)
    const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height)
    let pixels = ''
    for (let i = 0; i < data.length; i += 8192) pixels += String.fromCharCode(...data.subarray(i, i + 8192))
    return { width: bitmap.width, height: bitmap.height, pixels: btoa(pixels) }
  }, picture)
  return jsQR(new Uint8ClampedArray(Buffer.from(pixels, 'base64')), width, height)?.data ?? null
}

describe('the link of a lobby', { tags: ['long'] }, () => {
  it('is read by a camera from the screen, on a laptop and on phones, in the lobby and in the match', async () => {
    await goHome(page)
    await page.getByRole('button', { name: 'Create lobby' }).click()
    const link = await page.getByRole('textbox', { name: 'Link for friends' }).inputValue()
    for (const [width, height] of [
      [1280, 720],
      [390, 844],
      [844, 390],
      [320, 568],
    ] as const) {
      await page.setViewportSize({ width, height })
      await page.getByRole('button', { name: 'QR code' }).click()
      const dialog = page.getByRole('dialog', { name: 'Lobby K7M2P' })
      await dialog.getByRole('img').waitFor()
      expect(await readScreen(), `${width}×${height}`).toBe(link)
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
    }
    await page.evaluate(() => window.fake?.begin())
    await page.locator('.stage canvas').waitFor()
    await page.getByRole('button', { name: '1 pilot' }).click()
    await page.getByRole('button', { name: 'QR code' }).click()
    await page.getByRole('dialog').getByRole('img').waitFor()
    expect(await readScreen()).toBe(link)
    await page.getByRole('button', { name: 'Close' }).click()
  })

  it('goes to the share sheet with a press, and says so when the browser refuses', async () => {
    await goHome(page)
    await page.evaluate(() => {
      const given: ShareData[] = []
      Object.assign(window, { given })
      navigator.share = async (data) => {
        if (given.push(data ?? {}) > 1) throw new DOMException('no', 'NotAllowedError')
      }
    })
    await page.getByRole('button', { name: 'Create lobby' }).click()
    const link = await page.getByRole('textbox', { name: 'Link for friends' }).inputValue()
    const share = page.getByRole('button', { name: 'Share the link' })
    await share.click()
    await page.waitForFunction(() => (window as unknown as { given: ShareData[] }).given.length === 1)
    expect(await page.evaluate(() => (window as unknown as { given: ShareData[] }).given[0]?.url)).toBe(link)
    await share.click()
    await page.getByRole('alert').filter({ hasText: 'Copy the link instead' }).waitFor()
  })
})

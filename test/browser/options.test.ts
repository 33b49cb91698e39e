/** The options in a real page: by keyboard alone, kept over a reload, acting in the match; and what axe finds on the screens around the arena. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, startHarness } from './harness.ts'
import { barriersOf, goHome, screens } from './page-screens.ts'

let harness: Harness
let page: Page
beforeAll(async () => {
  harness = await startHarness({ root: 'test/browser/fixtures/page' })
  page = (await harness.open('/')).page
  await page.emulateMedia({ reducedMotion: 'reduce' })
  // Nothing here waits for a network: what is not there in this time does not come, on a busy machine either.
  page.setDefaultTimeout(10_000)
})
afterEach(() => harness.assertQuiet())
afterAll(() => harness?.close())

const dialog = () => page.getByRole('dialog', { name: 'Options' })
const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem('dogstar.options') ?? 'null'))

describe('the options', { tags: ['long'] }, () => {
  it('are opened, changed and closed by the keyboard alone, which stays inside while they are open', async () => {
    await goHome(page)
    await page.getByRole('button', { name: 'Options' }).focus()
    await page.keyboard.press('Enter')
    await dialog().waitFor()
    for (let i = 0; i < 90; i++) {
      await page.keyboard.press('Tab')
      // Between the last control and the first one, the browser's own frame has its turn.
      const inside = await page.evaluate(
        () => document.activeElement?.closest('dialog') !== null || document.activeElement === document.body,
      )
      expect(inside, `after ${i + 1} times Tab`).toBe(true)
    }
    await page.getByRole('slider', { name: 'Shake' }).focus()
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft')
    await page.getByRole('checkbox', { name: 'Left-handed touch' }).focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'hidden' })
    expect(await kept()).toMatchObject({ shake: 0.8, leftHanded: true })
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Options')
    await page.reload()
    await page.getByRole('button', { name: 'Options' }).click()
    expect(await page.getByRole('checkbox', { name: 'Left-handed touch' }).isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Everything as it comes' }).click()
    expect(await page.getByRole('checkbox', { name: 'Left-handed touch' }).isChecked()).toBe(false)
    await page.keyboard.press('Escape')
  })

  it('bind another key, refuse one of the browser or the page, and are left by Escape twice', async () => {
    await goHome(page)
    await page.getByRole('button', { name: 'Options' }).click()
    await page.getByRole('button', { name: 'Fire: change Space' }).click()
    await page.keyboard.press('F5')
    await dialog().getByText('belongs to the page or the browser').waitFor()
    await page.keyboard.press('KeyK')
    await page.getByRole('button', { name: 'Fire: change K' }).waitFor()
    await page.getByRole('button', { name: 'Dash: add a key' }).click()
    await page.keyboard.press('Escape')
    await dialog().getByText('Left as it was').waitFor()
    await page.getByRole('button', { name: 'Dash: change Left Shift' }).click()
    await page.mouse.click(600, 400, { button: 'right' })
    await page.getByRole('button', { name: 'Dash: change Right click' }).waitFor()
    expect((await kept()).bindings).toMatchObject({
      fire: expect.arrayContaining(['KeyK']),
      thrust: expect.not.arrayContaining(['Mouse2']),
    })
    await page.getByRole('button', { name: 'Fire: remove K' }).click()
    await dialog().getByText('does nothing now').waitFor()
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'hidden' })
  })

  it('hear the key that comes right after the button, before the browser draws the next picture', async () => {
    await goHome(page)
    // With the keys as Dogstar comes.
    await page.reload()
    await page.getByRole('button', { name: 'Options' }).click()
    await dialog().waitFor()
    const isHeard = await page.getByRole('button', { name: 'Fire: change Space' }).evaluate(async (button) => {
      ;(button as HTMLElement).click()
      // A task later, as the next event of a keyboard is; no frame is drawn meanwhile.
      const { port1, port2 } = new MessageChannel()
      await new Promise((resolve) => {
        port1.onmessage = resolve
        port2.postMessage(null)
      })
      const key = new KeyboardEvent('keydown', { code: 'F5', key: 'F5', bubbles: true, cancelable: true })
      button.dispatchEvent(key)
      return key.defaultPrevented
    })
    expect(isHeard).toBe(true)
    await dialog().getByText('belongs to the page or the browser').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'hidden' })
  })

  it('bind a button of a gamepad that is pressed, not one that was down already', async () => {
    await goHome(page)
    await page.evaluate(() => {
      const pads = [
        {
          mapping: 'standard',
          axes: [0, 0],
          buttons: Array.from({ length: 17 }, (_, i) => ({ pressed: i === 4, value: 0 })),
        },
      ]
      navigator.getGamepads = () => pads as unknown as Gamepad[]
      Object.assign(window, { pads })
    })
    await page.getByRole('button', { name: 'Options' }).click()
    await page.getByRole('button', { name: 'Fire: add a button' }).click()
    await page.evaluate(() => {
      const { pads } = window as unknown as { pads: { buttons: { pressed: boolean }[] }[] }
      pads[0]!.buttons[9]!.pressed = true
    })
    await page.getByRole('button', { name: 'Fire: change Start' }).waitFor()
    expect((await kept()).bindings.fire).not.toContain('Pad4')
    await page.keyboard.press('Escape')
  })

  it('are reached in the match, whose keys they keep, and lead back to it', async () => {
    await goHome(page)
    await page.getByRole('button', { name: 'Practice with bots' }).click()
    await page.locator('.stage canvas').waitFor()
    await page.getByRole('button', { name: 'Options' }).click()
    await dialog().waitFor()
    await page.getByRole('radio', { name: 'Largest' }).check()
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize)).toBe('20.8px')
    await page.getByRole('button', { name: 'Done' }).click()
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe('stage')
  })
})

describe('axe finds nothing serious', { tags: ['long'] }, () => {
  it('in the options', async () => {
    await goHome(page)
    await page.getByRole('button', { name: 'Options' }).click()
    await dialog().waitFor()
    expect(await barriersOf(page)).toEqual([])
    await page.keyboard.press('Escape')
  })

  it('beside the QR code', async () => {
    await goHome(page)
    await page.getByRole('button', { name: 'Create lobby' }).click()
    await page.getByRole('button', { name: 'QR code' }).click()
    await page.getByRole('dialog').getByRole('img').waitFor()
    expect(await barriersOf(page)).toEqual([])
    await page.keyboard.press('Escape')
  })

  it.each(Object.keys(screens))('on %s', async (name) => {
    await goHome(page)
    await screens[name]?.(page)
    expect(await barriersOf(page)).toEqual([])
  })
})

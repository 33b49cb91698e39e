/** Every screen of the page at every size: nothing outside, nothing covered, no text on another. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, startHarness } from './harness.ts'
import { cutsOf, faultsAt, goHome, screens, sizes } from './page-screens.ts'

let harness: Harness
let page: Page
beforeAll(async () => {
  harness = await startHarness({ root: 'test/browser/fixtures/page' })
  page = (await harness.open('/')).page
  // The sky would be drawn anew in every frame, without a graphics card, at eight sizes.
  await page.emulateMedia({ reducedMotion: 'reduce' })
})
afterAll(() => harness?.close())

async function faultsOf(name: string, at: readonly (readonly [number, number])[]): Promise<string[]> {
  await goHome(page)
  await screens[name]?.(page)
  return faultsAt(at, page, name)
}

describe('everything that can be pressed or read is there, and large enough for a finger', () => {
  /** The fullest screens, where there is least room. */
  const tight = sizes.filter(([width, height]) => width * height < 400_000)
  const full = [
    'invited',
    'lobby, host of 10',
    'lobby, guest among 10',
    'playing, 10, roster open',
    'lobby, after a match, all unfolded',
    'playing, talking',
    'lobby, leave?',
    'playing, lost: host-gone',
    'failed: with a report',
  ]

  it.each(full)('on phones: %s', async (name) => {
    expect(await faultsOf(name, tight)).toEqual([])
  })

  it.each(Object.keys(screens))('on every screen at every size: %s', { tags: ['long'] }, async (name) => {
    expect(await faultsOf(name, sizes)).toEqual([])
  })
})

describe('what a phone cuts out of its screen', { tags: ['long'] }, () => {
  const phones = [
    { width: 844, height: 390, insets: { top: 0, left: 47, bottom: 21, right: 47 } },
    { width: 390, height: 844, insets: { top: 47, left: 0, bottom: 34, right: 0 } },
  ]
  const clear = Object.keys(screens).filter(
    (name) => !/^failed: (?!with)|^own|^mistyped|^password|of 2$|among 2$|, 2,/.test(name),
  )

  it.each([...clear, 'options'])('lies over no control: %s', async (name) => {
    await goHome(page)
    await (name === 'options' ? page.getByRole('button', { name: 'Options' }).click() : screens[name]?.(page))
    const devtools = await page.context().newCDPSession(page)
    const cuts: string[] = []
    for (const { width, height, insets } of phones) {
      await devtools.send('Emulation.setSafeAreaInsetsOverride' as never, { insets } as never)
      await page.setViewportSize({ width, height })
      for (const cut of await page.evaluate(cutsOf, insets)) cuts.push(`${width}×${height}: ${cut}`)
    }
    await devtools.send('Emulation.setSafeAreaInsetsOverride' as never, { insets: {} } as never)
    await devtools.detach()
    expect(cuts).toEqual([])
  })
})

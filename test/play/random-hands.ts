/**
 * Hands that do anything: keys, mouse, fingers, buttons, other sizes, the back button, a reload. In: a page and chance. Out: how much was done.
 * They never wait for anything to be there: what a person does too early or twice is what they are for.
 */
import type { Page } from 'playwright-core'

/** From a seed, 0 up to 1 (mulberry32): the same hands again, as far as real pages allow. */
export function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const KEYS = [
  ...['KeyW', 'KeyA', 'KeyS', 'KeyD', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'Space', 'Space', 'KeyE', 'Shift', 'Tab'],
  ...['KeyR', 'Digit1', 'Digit2', 'Digit3', 'Digit4', 'KeyM', 'KeyB', 'KeyV', 'KeyN', 'Enter', 'Escape', 'F2'],
]

const SIZES = [
  [1280, 720],
  [390, 844],
  [844, 390],
  [320, 568],
] as const

/** What is typed into fields. */
const WORDS = ['Ann', 'سلام', '👨‍👩‍👧‍👦', 'x'.repeat(300), '', '<b>hi</b>', 'K7M2S', '  ']

/** Most at a time that a button which is pressed may take to be there, ms. */
const PATIENCE_MS = 300

export interface Hands {
  /** One thing. Rejects only where the page is gone. */
  act(): Promise<void>
  readonly acts: number
}

/** `codes`: of lobbies that other hands are in, which may be joined. */
export function randomHands(page: Page, chance: () => number, codes: () => readonly string[]): Hands {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T
  const keys = async (): Promise<void> => {
    const held = Array.from({ length: 1 + Math.floor(chance() * 3) }, () => pick(KEYS))
    for (const key of held) await page.keyboard.down(key)
    await page.waitForTimeout(chance() * 400)
    for (const key of held) await page.keyboard.up(key)
  }
  const mouse = async (): Promise<void> => {
    const { width, height } = page.viewportSize() ?? { width: 640, height: 400 }
    await page.mouse.move(chance() * width, chance() * height)
    await page.mouse.click(chance() * width, chance() * height, {
      button: chance() < 0.8 ? 'left' : 'right',
      delay: chance() * 200,
    })
  }
  /** Anything that can be pressed, but for files, which open a window of the system. */
  const press = async (): Promise<void> => {
    const all = await page
      .locator('button:visible, summary:visible, input:visible:not([type=file]), select:visible')
      .all()
    if (all.length === 0) return
    const one = pick(all)
    const kind = await one.evaluate((element) =>
      element.matches('input:not([type]), input[type=text]') ? 'text' : element.localName,
    )
    if (kind === 'text') await one.fill(pick(WORDS), { timeout: PATIENCE_MS })
    else if (kind === 'select') await one.selectOption({ index: Math.floor(chance() * 3) }, { timeout: PATIENCE_MS })
    else await one.click({ timeout: PATIENCE_MS, force: chance() < 0.2 })
  }
  const play = async (): Promise<void> => {
    const code = pick(['', ...codes()])
    if (code !== '') await page.evaluate((hash) => location.replace(hash), code)
    await page.keyboard.press('Enter')
  }
  const elsewhere = async (): Promise<void> => {
    const where = chance()
    if (where < 0.3) await page.goBack({ timeout: 5000, waitUntil: 'commit' })
    else if (where < 0.5) await page.reload({ timeout: 20_000 })
    else {
      const [width, height] = pick(SIZES)
      await page.setViewportSize({ width, height })
    }
  }
  /** Most of the time in a match is flown, and buttons are pressed seldom: one of them leaves. */
  const any = async (): Promise<() => Promise<void>> => {
    const isFlying = await page.locator('.stage').isVisible()
    const roll = chance()
    if (isFlying) return roll < 0.7 ? keys : roll < 0.9 ? mouse : roll < 0.98 ? press : elsewhere
    return roll < 0.5 ? press : roll < 0.7 ? play : roll < 0.85 ? keys : roll < 0.95 ? mouse : elsewhere
  }
  let acts = 0
  return {
    get acts() {
      return acts
    },
    async act() {
      acts++
      try {
        await (await any())()
      } catch (error) {
        // It went away under the finger, or was covered: so it is for people, too.
        if (page.isClosed()) throw error
      }
    },
  }
}

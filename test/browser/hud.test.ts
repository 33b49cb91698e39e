/** The display over the arena, measured on every size and shape of screen: nothing may lie over anything else. */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Harness, startHarness } from './harness.ts'

/** Screens, from the smallest phone to a large monitor; some phones lie on their side. */
const screens = [
  [320, 568],
  [360, 740],
  [390, 844],
  [412, 915],
  [568, 320],
  [667, 375],
  [844, 390],
  [640, 480],
  [820, 1180],
  [1024, 768],
  [1180, 820],
  [1280, 720],
  [1920, 1080],
  [2560, 1440],
  [3840, 2160],
] as const
/** The page's bar above the stage takes so many pixels of the screen. */
const BAR = 44

interface Box {
  readonly part: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** What stands on the display in the middle of a fight, or when a round is over. */
type Moment = 'fight' | 'death' | 'over'

let harness: Harness
let context: BrowserContext
let page: Page

// One page for all: it is turned from one screen into the other, and at last into one that is touched.
beforeAll(async () => {
  harness = await startHarness({ root: 'test/browser/fixtures/dogstar' })
  context = await harness.browser.newContext({ viewport: { width: 640, height: 480 } })
  // Everything is compiled for the first page.
  context.setDefaultNavigationTimeout(120_000)
  ;({ page } = await harness.open('/?bots=9&still&names=long&renderer=canvas', context))
  await page.waitForFunction(() => document.querySelectorAll('.scores li').length === 10)
}, 180_000)
afterAll(() => harness?.close())

/** Has the display drawn for a phase, then stops the page's frames: what a test shows stays until it is measured. */
async function show(phase: 'playing' | 'over'): Promise<void> {
  await page.evaluate((phase) => {
    const { world, hear, go } = window.dogstar
    go()
    Object.assign(world.globals, { phase, endsAt: world.tick + 36_000, winner: world.players[1], decided: 'rocks' })
    const [me, other] = world.players
    for (let i = 0; i < 6; i++)
      hear('destroyed', { whom: i % 2 ? me : other, by: i % 2 ? other : me, x: 0, y: 0, cause: 'rock' })
  }, phase)
  await page.waitForFunction(
    (shown) => document.querySelector<HTMLElement>('.board')?.hidden === !shown,
    phase === 'over',
  )
  await page.evaluate(() => window.dogstar.stop())
}

/** What is seen now, with everything that can be there in that moment, and lines for so many pilots. */
function measure(moment: Moment, pilots: number): Promise<Box[]> {
  return page.evaluate(
    ([moment, pilots]) => {
      for (const rows of ['.scores li', '.board tbody tr'])
        for (const [i, row] of document.querySelectorAll<HTMLElement>(rows).entries()) row.hidden = i >= pilots
      const seen = (part: string): HTMLElement => document.querySelector<HTMLElement>(`.dogstar-hud ${part}`)!
      seen('.gauges').hidden = moment === 'death'
      seen('.back').hidden = moment !== 'death'
      seen('.told').hidden = false
      seen('.told').textContent = 'Wolfgang Amadeus Wim got you'
      seen('.back').textContent = 'Next ship in 3'
      seen('.ledger').hidden = moment !== 'death'
      seen('.ledger').textContent = 'Wolfgang Amadeus Wim 60 · Rocks and walls 30 · Bo 10'
      seen('.hint').classList.remove('gone')
      const boxes: Box[] = []
      const root = document.querySelector('.dogstar')!
      const parts =
        '.clock, .scores, .radar, .gauges, .mute, .told, .ledger, .back, .hint, .board, .fire, .dash, .stick'
      for (const element of root.querySelectorAll<HTMLElement>(`${parts}, .feed li`)) {
        // The gauge of the dash and its button share a name.
        if (element.closest('.gauge') || !element.checkVisibility({ visibilityProperty: true })) continue
        // Of lines across the stage the text counts, of all others the box.
        const range = document.createRange()
        range.selectNodeContents(element)
        const text = element.matches('.told, .ledger, .back, .hint, .clock')
        const { left, top, right, bottom } = (text ? range : element).getBoundingClientRect()
        boxes.push({ part: element.className.split(' ')[0] || 'line of the feed', left, top, right, bottom })
      }
      return boxes
    },
    [moment, pilots] as const,
  )
}

/** Pairs of parts of which one covers the other, and parts that reach out of the screen. */
function faultsOf(boxes: readonly Box[], width: number, height: number): string[] {
  const faults: string[] = []
  for (const [i, a] of boxes.entries()) {
    if (a.left < 0 || a.top < 0 || a.right > width + 0.5 || a.bottom > height + 0.5) faults.push(`${a.part} is cut off`)
    for (const b of boxes.slice(i + 1))
      if (a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5)
        faults.push(`${a.part} and ${b.part} overlap`)
  }
  return faults
}

describe('the display, for whoever does not see it, or not as drawn', () => {
  /** Gives this page's ship so many hit points. */
  const setHp = (hp: number) =>
    page.evaluate((hp) => {
      const { world } = window.dogstar
      Object.assign(window.dogstar.ship()!, { hp, hitAt: world.tick })
    }, hp)

  it('names the arena, and the values of hull and dash, without telling them at every frame', {
    tags: ['long'],
  }, async () => {
    await page.getByRole('img', { name: 'The arena' }).waitFor()
    const hull = page.getByRole('meter', { name: 'Hull' })
    await setHp(40)
    await expect.poll(() => hull.getAttribute('aria-valuenow')).toBe('40')
    expect(await hull.getAttribute('aria-valuemin')).toBe('0')
    expect(await hull.getAttribute('aria-valuemax')).toBe('100')
    expect(await hull.getAttribute('aria-valuetext')).toBe('40 of 100, fair')
    await expect.poll(() => page.getByRole('meter', { name: 'Dash' }).getAttribute('aria-valuetext')).toBe('ready')
    const frames = await page.evaluate(async () => {
      let told = 0
      new MutationObserver((changes) => {
        told += changes.filter(({ attributeName }) => attributeName === 'aria-valuenow').length
      }).observe(document.querySelector('[role=meter]')!, { attributes: true })
      let frames = 0
      for (; told < 3; frames++) {
        Object.assign(window.dogstar.ship()!, { hp: 50 + (frames % 30), hitAt: window.dogstar.world.tick })
        await new Promise(requestAnimationFrame)
      }
      return frames
    })
    // Three values are two seconds apart, and a frame is a tenth of a second at the most.
    expect(frames).toBeGreaterThanOrEqual(20)
  })

  it('interrupts once for a lost ship, not at every second until the next', { tags: ['long'] }, async () => {
    const heard = await page.evaluate(async () => {
      const { world, hear } = window.dogstar
      const [me] = world.players
      const record = world.player(me!)
      const heard: string[] = []
      const regions = [...document.querySelectorAll<HTMLElement>('[aria-live=assertive], [role=alert]')]
      const before = new Map(regions.map((region) => [region, region.innerText]))
      new MutationObserver(() => {
        for (const region of regions) {
          const text = region.innerText.trim()
          if (text && text !== before.get(region)) heard.push(text)
          before.set(region, text)
        }
      }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
      world.remove(window.dogstar.ship()!)
      Object.assign(record, { ship: null, respawnAt: world.tick + 180 })
      hear('destroyed', { whom: me, by: null, x: 0, y: 0, cause: 'rock' })
      // Until the next ship has come and the line in the middle is gone.
      while (record.ship === null || !document.querySelector<HTMLElement>('.told')!.hidden)
        await new Promise(requestAnimationFrame)
      return heard
    })
    expect(heard).toEqual(['You hit a rock'])
  })

  it('says how a round ended, and what decided it, when the reader has a moment', async () => {
    await page.evaluate(() => {
      const { world } = window.dogstar
      Object.assign(world.globals, {
        phase: 'over',
        endsAt: world.tick + 36_000,
        winner: world.players[0],
        decided: 'rocks',
      })
    })
    await page
      .getByRole('status')
      .filter({ hasText: 'Round over. You win the round! Rocks decided it: others shot down as many ships.' })
      .waitFor({ state: 'attached' })
    expect(await page.locator('.board th').allInnerTexts()).not.toContain('')
    await page.evaluate(() => {
      Object.assign(window.dogstar.world.globals, { phase: 'playing' })
    })
    await page.locator('.board').waitFor({ state: 'hidden' })
  })

  it('shows a blow as hard as it was, and shows it without motion to those who want none', {
    tags: ['long'],
  }, async () => {
    const edge = async (damage: number): Promise<{ from: number; to: number; shown: boolean }> => {
      await setHp(100)
      await page.waitForFunction(() => document.querySelector('.hurt')!.getAnimations().length === 0)
      // A frame with the whole hull, so that the next is a blow.
      await page.evaluate(() => new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame)))
      await setHp(100 - damage)
      const handle = await page.waitForFunction(() => {
        const edge = document.querySelector('.hurt')!
        const [animation] = edge.getAnimations()
        if (!animation) return null
        const [first, last] = (animation.effect as KeyframeEffect).getKeyframes()
        return {
          from: Number(first!.opacity),
          to: Number(last!.opacity),
          shown: edge.checkVisibility({ visibilityProperty: true }),
        }
      })
      return (await handle.jsonValue())!
    }
    const light = await edge(5)
    const hard = await edge(45)
    expect(light.from).toBeGreaterThan(0.1)
    expect(hard.from).toBeGreaterThan(2 * light.from)
    expect(hard.to).toBe(0)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const calm = await edge(45)
    await page.emulateMedia({ reducedMotion: null })
    expect(calm).toEqual({ from: hard.from, to: hard.from, shown: true })
  })

  it('keeps the two bars apart where the system chooses the colours', async () => {
    await page.emulateMedia({ forcedColors: 'active' })
    const looks = await page.evaluate(() =>
      ['.hull .fill', '.dash .fill', '.hull .track'].map((part) => {
        const { backgroundColor, backgroundImage } = getComputedStyle(document.querySelector(`.gauge${part}`)!)
        return `${backgroundColor} ${backgroundImage}`
      }),
    )
    await page.emulateMedia({ forcedColors: null })
    expect(new Set(looks).size).toBe(3)
  })

  it('reaches the sound with the Tab key, and works it with the space bar without a shot', async () => {
    await page.evaluate(() => {
      const before = document.createElement('button')
      before.id = 'before'
      before.style.position = 'fixed'
      document.body.prepend(before)
      before.focus()
    })
    await page.keyboard.press('Tab')
    const mute = page.getByRole('button', { name: 'Mute' })
    expect(await mute.evaluate((button) => button === document.activeElement)).toBe(true)
    const muted = await mute.getAttribute('aria-pressed')
    await page.keyboard.press('Space')
    expect(await mute.getAttribute('aria-pressed')).not.toBe(muted)
    expect(await page.evaluate(() => [...window.dogstar.world.all('bullet')].length)).toBe(0)
    await page.evaluate(() => document.querySelector('#before')!.remove())
  })

  it('takes the key hints away from everybody once they are gone', async () => {
    const visibility = await page.evaluate(() => {
      const hint = document.querySelector('.hint')!
      hint.classList.add('gone')
      for (const fading of hint.getAnimations()) fading.finish()
      return getComputedStyle(hint).visibility
    })
    expect(visibility).toBe('hidden')
    harness.assertQuiet()
  })
})

async function touch(): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new PointerEvent('pointerdown', { pointerType: 'touch' })))
}

describe('the display over the arena', () => {
  for (const touched of [false, true])
    it(`lays nothing over anything else, ${touched ? 'touched' : 'with a mouse'}, with 2 and 10 pilots, on any screen`, {
      tags: ['long'],
    }, async () => {
      if (touched) await touch()
      const faults: string[] = []
      for (const phase of ['playing', 'over'] as const) {
        await show(phase)
        for (const [width, height] of screens) {
          await page.setViewportSize({ width, height: height - BAR })
          for (const moment of phase === 'over' ? (['over'] as const) : (['fight', 'death'] as const))
            for (const pilots of [2, 10]) {
              const boxes = await measure(moment, pilots)
              const has = (part: string): boolean => boxes.some((box) => box.part === part)
              expect({ clock: has('clock'), mute: has('mute'), fire: has('fire'), board: has('board') }).toEqual({
                clock: true,
                mute: true,
                fire: touched,
                board: moment === 'over',
              })
              for (const fault of faultsOf(boxes, width, height - BAR))
                faults.push(`${width}x${height}, ${moment}, ${pilots} pilots: ${fault}`)
            }
        }
        await page.setViewportSize({ width: 640, height: 480 })
      }
      await page.evaluate(() => window.dogstar.go())
      expect([...new Set(faults)]).toEqual([])
      harness.assertQuiet()
    })

  it('grows with the screen as the arena does, and keeps the sound’s button large enough for a finger', {
    tags: ['long'],
  }, async () => {
    const lines = new Map<string, number>()
    await page.evaluate(() => window.dogstar.stop())
    for (const touched of [false, true]) {
      await page.evaluate(
        (touched) => document.querySelector('.dogstar')!.classList.toggle('dogstar-touched', touched),
        touched,
      )
      for (const [width, height] of screens) {
        await page.setViewportSize({ width, height: height - BAR })
        const { mute, line } = await page.evaluate(() => {
          const size = (part: string): DOMRect =>
            document.querySelector(`.dogstar-hud ${part}`)!.getBoundingClientRect()
          return { mute: size('.mute'), line: size('.scores li').height }
        })
        const least = touched ? 44 : 24
        expect(mute.width).toBeGreaterThanOrEqual(least)
        expect(mute.height).toBeGreaterThanOrEqual(least)
        if (!touched) lines.set(`${width}x${height}`, line)
      }
    }
    const normal = lines.get('1280x720')!
    expect(lines.get('1920x1080')! / normal).toBeGreaterThan(1.4)
    expect(lines.get('2560x1440')! / normal).toBeGreaterThan(1.9)
    await page.setViewportSize({ width: 640, height: 480 })
    await page.evaluate(() => window.dogstar.go())
  })

  it('keeps clear of what a phone cuts out of its screen, but not of what the page keeps clear of already', async () => {
    const devtools = await context.newCDPSession(page)
    const insets = { top: 30, left: 47, bottom: 21, right: 47 }
    await devtools.send('Emulation.setSafeAreaInsetsOverride' as never, { insets } as never)
    await page.setViewportSize({ width: 844, height: 390 })
    // As the page does: its bar lies below the cut, and the stage below the bar.
    await page.evaluate(() => {
      Object.assign(document.querySelector<HTMLElement>('#game')!.style, {
        height: 'calc(100% - 74px)',
        transform: 'translateY(74px)',
      })
    })
    for (const phase of ['playing', 'over'] as const) {
      await show(phase)
      const boxes = await measure(phase === 'over' ? 'over' : 'fight', 10)
      expect(faultsOf(boxes, 844, 390)).toEqual([])
      for (const { part, left, right, bottom } of boxes) {
        expect({ part, side: left >= insets.left && right <= 844 - insets.right }).toEqual({ part, side: true })
        expect({ part, below: bottom <= 390 - insets.bottom }).toEqual({ part, below: true })
      }
      // The bar is the distance; the cut does not count twice.
      expect(Math.min(...boxes.map(({ top }) => top))).toBeLessThan(74 + insets.top)
    }
  })
})

declare global {
  interface Window {
    dogstar: {
      world: {
        tick: number
        players: readonly number[]
        globals: object
        player(id: number): { ship: number | null }
        all(type: string): Iterable<object>
        remove(entity: object): void
      }
      /** This page's. */
      ship(): object | null
      hear(event: string, payload: object): void
      stop(): void
      go(): void
    }
  }
}

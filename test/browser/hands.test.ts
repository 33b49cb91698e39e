/** The hands of a player in a real page: keys that were changed, the mouse, a gamepad that comes and goes, and thumbs of either hand. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { defaultBindings } from '../../game/hands/bindings.ts'
import { type Harness, startHarness } from './harness.ts'

interface Pad {
  connected: boolean
  mapping: string
  axes: number[]
  buttons: { pressed: boolean; value: number }[]
  vibrationActuator: object
}
interface Handled {
  /** The input of the last frame. */
  input: Record<string, number | boolean | string>
  /** Inputs with a dash so far. */
  dashes: number
  pads: (Pad | null)[]
  rumbles: { duration: number; strongMagnitude: number }[]
}

let harness: Harness
let page: Page
beforeAll(async () => {
  harness = await startHarness({ root: 'test/browser/fixtures/dogstar' })
  const context = await harness.browser.newContext({ viewport: { width: 844, height: 390 }, hasTouch: true })
  ;({ page } = await harness.open('/?bots=1&renderer=canvas', context))
  await page.waitForFunction(() => window.dogstar.ship() !== null)
  await page.evaluate(() => {
    const { session } = window.dogstar as unknown as { session: { input(values: Handled['input']): void } }
    const handled: Handled = { input: {}, dashes: 0, pads: [], rumbles: [] }
    const send = session.input
    session.input = (values) => {
      handled.input = values
      if (values.dash) handled.dashes++
      send(values)
    }
    navigator.getGamepads = () => handled.pads as unknown as Gamepad[]
    Object.assign(window, { handled })
  })
}, 180_000)
beforeEach(() =>
  page.evaluate(() => {
    window.preferences = {}
    Object.assign((window as unknown as { handled: Handled }).handled, { dashes: 0, pads: [], rumbles: [] })
  }),
)
afterEach(() => harness.assertQuiet())
afterAll(() => harness?.close())

/** Waits until the game gave the rules such an input. */
async function given(
  wanted: Partial<Record<'turn' | 'thrust' | 'brake' | 'fire', number | boolean | 'left' | 'right'>>,
) {
  await page.waitForFunction((wanted) => {
    const { input } = (window as unknown as { handled: Handled }).handled
    return Object.entries(wanted).every(([name, value]) => {
      if (value === 'left') return Number(input[name]) < 0
      if (value === 'right') return Number(input[name]) > 0
      return input[name] === value
    })
  }, wanted)
}

const dashed = (times: number) =>
  page.waitForFunction((times) => (window as unknown as { handled: Handled }).handled.dashes === times, times)

/** Puts this page's ship into the middle, at rest, with its nose to the right. */
const atRest = () =>
  page.evaluate(() => {
    const ship = window.dogstar.ship()
    if (ship) Object.assign(ship, { angle: 0, spin: 0, vx: 0, vy: 0 })
  })

function plug(pad: Partial<Pad> & { down?: number[] }): Promise<void> {
  return page.evaluate(({ down = [], ...pad }) => {
    const { handled } = window as unknown as { handled: Handled }
    const buttons = Array.from({ length: 17 }, (_, i) => ({
      pressed: down.includes(i),
      value: down.includes(i) ? 1 : 0,
    }))
    const playEffect = async (_: string, effect: Handled['rumbles'][number]) => handled.rumbles.push(effect)
    handled.pads = [
      null,
      { connected: true, mapping: 'standard', axes: [0, 0, 0, 0], buttons, vibrationActuator: { playEffect }, ...pad },
    ]
  }, pad)
}

describe('the keyboard', { tags: ['long'] }, () => {
  it('does what the player bound to it, and no longer what it did before', async () => {
    await page.keyboard.down('w')
    await given({ thrust: true })
    await page.evaluate((bindings) => {
      window.preferences = { bindings: { ...bindings, thrust: ['KeyI'], dash: ['KeyW'] } }
    }, defaultBindings)
    await given({ thrust: false })
    await page.keyboard.up('w')
    await page.keyboard.press('w')
    await dashed(1)
    await page.keyboard.down('i')
    await given({ thrust: true, turn: 0 })
    await page.keyboard.up('i')
    await given({ thrust: false })
  })
})

describe('the mouse', { tags: ['long'] }, () => {
  it('turns the ship to where it points after a press, fires and thrusts, and gives the ship back to the keys', async () => {
    await atRest()
    await page.mouse.move(422, 380)
    await given({ turn: 0 })
    await page.mouse.down()
    await given({ fire: true })
    await page.mouse.up()
    await given({ fire: false })
    await atRest()
    await given({ turn: 'right' })
    await atRest()
    await page.mouse.move(422, 10)
    await given({ turn: 'left' })
    await page.mouse.down({ button: 'right' })
    await given({ thrust: true })
    await page.mouse.up({ button: 'right' })
    await page.keyboard.press('ArrowRight', { delay: 60 })
    await given({ turn: 0, thrust: false })
  })

  it('does not turn it where the player does not want that', async () => {
    await page.evaluate(() => {
      window.preferences = { mouseAim: false }
    })
    await atRest()
    await page.mouse.click(422, 380)
    await page.mouse.move(422, 370)
    await page.mouse.down()
    await given({ fire: true, turn: 0 })
    await page.mouse.up()
  })
})

describe('a gamepad', { tags: ['long'] }, () => {
  it('flies by its stick and buttons, and lets go of all of them when it is unplugged', async () => {
    await atRest()
    await plug({ axes: [0, 1, 0, 0], down: [7] })
    await given({ turn: 'right', thrust: true, fire: true })
    await plug({ axes: [0.1, 0.1, 0, 0], down: [1] })
    await dashed(1)
    await given({ turn: 0, thrust: false, fire: false })
    await plug({ axes: [0, 1, 0, 0], down: [7, 13] })
    await given({ brake: true, fire: true })
    await page.evaluate(() => {
      ;(window as unknown as { handled: Handled }).handled.pads = []
    })
    await given({ turn: 0, thrust: false, fire: false, brake: false })
  })

  it('alone votes for any mode after a round, and does not fly meanwhile', async () => {
    const phase = (phase: 'over' | 'playing') =>
      page.evaluate((phase) => {
        const { world } = window.dogstar
        Object.assign(world.globals, { phase, mode: 'free', endsAt: world.tick + 36_000 })
      }, phase)
    const aimed = (place: number) =>
      page.waitForFunction(
        (place) => document.querySelectorAll('.ballot button')[place]?.classList.contains('aimed') ?? false,
        place,
      )
    /** Lets the game look at what was plugged in. */
    const looked = async (change: () => Promise<void>) => {
      await change()
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    }
    const voted = (mode: string) =>
      page.waitForFunction((mode) => (window as unknown as { handled: Handled }).handled.input.vote === mode, mode)
    await plug({ down: [7] })
    await given({ fire: true })
    // Held when the vote begins: no choice.
    await plug({ down: [15] })
    await given({ turn: 'right' })
    await phase('over')
    await page.locator('.ballot').waitFor()
    await aimed(0)
    await given({ turn: 0 })
    const steps: [mode: string, step: Parameters<typeof plug>[0], place: number][] = [
      ['teams', { down: [15] }, 1],
      ['beacon', { axes: [0, 1, 0, 0] }, 3],
      ['last', { axes: [-1, 0, 0, 0] }, 2],
      ['free', { down: [12] }, 0],
    ]
    for (const [mode, step, place] of steps) {
      await looked(() => plug({}))
      await plug(step)
      await aimed(place)
      await given({ turn: 0, thrust: false })
      await plug({ down: [0] })
      await voted(mode)
    }
    await page.waitForFunction(() => document.querySelector('.ballot [aria-pressed="true"].aimed'))
    await phase('playing')
    await plug({ down: [0] })
    await given({ thrust: true })
    await voted('none')
  })

  it('without the standard mapping flies by its stick and by the axis of its D-pad', async () => {
    await plug({ mapping: '', axes: [0, 0, 0, 0, 0, 0, 0, 0, 0, -0.428] })
    await given({ turn: 'right' })
    await plug({ mapping: '', axes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 3.28] })
    await given({ turn: 0 })
  })

  it('is shaken by a blow when the player flies with it, and not where they do not want that', async () => {
    await plug({ axes: [0, 1, 0, 0] })
    await given({ turn: 'right' })
    const hit = () =>
      page.evaluate(() => {
        const { hear, world } = window.dogstar
        hear('hit', { whom: world.players[0], by: world.players[1], x: 0, y: 0, damage: 15 })
        return (window as unknown as { handled: Handled }).handled.rumbles.length
      })
    expect(await hit()).toBeGreaterThan(0)
    await page.evaluate(() => {
      window.preferences = { rumble: false }
      ;(window as unknown as { handled: Handled }).handled.rumbles = []
    })
    expect(await hit()).toBe(0)
  })
})

describe('thumbs', { tags: ['long'] }, () => {
  it('of either hand have the stick below the one that is to fly', async () => {
    await page.touchscreen.tap(600, 100)
    const places = () =>
      page.evaluate(() => {
        const middle = (part: string): number => {
          const box = document.querySelector(`.dogstar-touch ${part}`)!.getBoundingClientRect()
          return Math.round(box.left + box.width / 2)
        }
        return { stick: middle('.stick'), fire: middle('.fire'), dash: middle('.dash') }
      })
    const right = await places()
    expect(right.stick).toBeLessThan(300)
    expect(right.fire).toBeGreaterThan(600)
    await page.evaluate(() => {
      window.preferences = { leftHanded: true }
    })
    await page.waitForFunction(() => document.querySelector('.dogstar-left-handed'))
    const left = await places()
    expect(left.stick).toBe(844 - right.stick)
    expect(left.fire).toBe(844 - right.fire)
    // The wish is no mirror image: a thumb to the right flies to the right.
    await atRest()
    const devtools = await page.context().newCDPSession(page)
    const at = (type: string, x: number, y: number) =>
      devtools.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints: [{ x, y }] })
    await at('touchStart', left.stick, 300)
    await at('touchMove', left.stick + 10, 380)
    await given({ turn: 'right', thrust: true })
    const knob = await page.evaluate(() => {
      const box = document.querySelector('.dogstar-touch .knob')!.getBoundingClientRect()
      return { x: box.left + box.width / 2, y: box.top + box.height / 2 }
    })
    expect(knob.x).toBeGreaterThan(left.stick)
    expect(knob.y).toBeGreaterThan(320)
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await given({ turn: 0, thrust: false })
  })
})

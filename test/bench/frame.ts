/**
 * What a frame of a full fight costs the page's main thread: 16 ships, 200 bullets, drawn by WebGL at 1280x720. The graphics card's part is left
 * out: calls that draw are counted, and done by nobody. Nothing is sent: the page steps the whole match itself, as a host's does, which is told apart. And
 * whether the page's memory stands still over ten rounds.
 */
import type { Page } from 'playwright-core'
import type { DogstarSession } from '../../game/scenes/parts.ts'
import { startHarness } from '../browser/harness.ts'
import { type Bench, measured, median, quantile, type Row } from './bench.ts'

const CASE = '16 ships, 200 bullets'
const SHIPS = 16
/** Issue 14, ms. */
const MAX_MS = 6
const FRAMES = 600
const WARM_UP_FRAMES = 120
const ROUNDS = 10
/** Share of the heap after the first rounds by which it may be larger after all: what the engine keeps of its own. */
const MAX_GROWTH = 1.1

interface Counted {
  /** Milliseconds of each frame: of all that runs in it, and of the match's own ticks. */
  readonly frames: number[]
  readonly ticks: number[]
  readonly draws: number[]
  readonly bullets: number[]
}

interface Fixture {
  readonly session: DogstarSession
  readonly world: {
    readonly tick: number
    readonly globals: { phase: string; endsAt: number; readonly startsAt: number }
    all(type: string): Iterable<{ hp: number; readonly owner: number; readonly x: number; readonly y: number }>
    spawn(type: string, values: object): void
  }
}

export const frame: Bench = {
  summary: `ms of the main thread for a frame of ${CASE}, calls that draw, and the heap over ${ROUNDS} rounds`,
  async run(): Promise<Row[]> {
    await using harness = await startHarness({
      root: 'test/browser/fixtures/dogstar',
      flags: ['--enable-unsafe-swiftshader', '--use-angle=swiftshader', '--js-flags=--expose-gc'],
    })
    const context = await harness.browser.newContext({ viewport: { width: 1280, height: 720 } })
    const page = await context.newPage()
    await page.addInitScript(countFrames)
    await page.goto(`${harness.origin}/?bots=${SHIPS - 1}&renderer=webgl&autopilot&goal=10000`)
    await page.waitForFunction(
      (wanted) => (window as unknown as { counted: Counted }).counted.frames.length >= wanted,
      WARM_UP_FRAMES + FRAMES,
      { timeout: 120_000, polling: 500 },
    )
    const counted = await page.evaluate(() => (window as unknown as { counted: Counted }).counted)
    const [frames, ticks, draws, bullets] = [counted.frames, counted.ticks, counted.draws, counted.bullets].map(
      (each) => each.slice(WARM_UP_FRAMES),
    ) as [number[], number[], number[], number[]]
    const drawn = frames.map((ms, i) => ms - (ticks[i] ?? 0))
    const heap = await heapOverRounds(page)
    return [
      measured('main thread per frame p50', CASE, median(frames), 'ms', 'lower', MAX_MS),
      measured('main thread per frame p95', CASE, quantile(frames, 0.95), 'ms', 'lower'),
      measured('of it the match’s ticks p50', CASE, median(ticks), 'ms', 'lower'),
      measured('of it the picture p50', CASE, median(drawn), 'ms', 'lower'),
      measured('calls that draw p50', CASE, median(draws), '', 'lower'),
      measured('bullets p50', CASE, median(bullets), '', 'higher'),
      measured('heap after ten rounds ÷ after two', CASE, heap, '×', 'lower', MAX_GROWTH),
    ]
  },
}

/** Runs in the page before anything of its own: measures its frames, and keeps the fight at its size. */
function countFrames(): void {
  const counted: Counted = { frames: [], ticks: [], draws: [], bullets: [] }
  let draws = 0
  let ticking = 0
  for (const Context of [WebGLRenderingContext, WebGL2RenderingContext])
    for (const name of ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced'] as const)
      if (name in Context.prototype)
        Object.defineProperty(Context.prototype, name, { value: () => void draws++, writable: true })
  let watched: Fixture | null = null
  const watch = (fixture: Fixture): void => {
    watched = fixture
    const view = fixture.session.view.bind(fixture.session)
    Object.assign(fixture.session, {
      view(now: number) {
        const began = performance.now()
        const seen = view(now)
        ticking += performance.now() - began
        return seen
      },
    })
  }
  const keepFight = ({ world }: Fixture): number => {
    const ships = [...world.all('ship')]
    for (const ship of ships) ship.hp = 80
    let bullets = [...world.all('bullet')].length
    // As if all fired a salvo, each another way.
    for (; bullets < 200 && ships.length > 0; bullets++) {
      const { owner, x, y } = ships[bullets % ships.length] as (typeof ships)[number]
      const [vx, vy] = [Math.round(860 * Math.cos(bullets)), Math.round(860 * Math.sin(bullets))]
      world.spawn('bullet', { owner, x: x + vx / 20, y: y + vy / 20, vx, vy, until: world.tick + 66 })
    }
    return bullets
  }
  const request = window.requestAnimationFrame.bind(window)
  let spent = 0
  let open = false
  window.requestAnimationFrame = (callback) =>
    request((now) => {
      // All callbacks of one frame count together: the first of them opens it, a task behind the frame closes it.
      if (!open) {
        open = true
        const fixture = (window as unknown as { dogstar?: Fixture }).dogstar
        if (fixture && watched !== fixture) watch(fixture)
        const bullets = fixture ? keepFight(fixture) : 0
        setTimeout(() => {
          open = false
          if (fixture) {
            counted.frames.push(spent)
            counted.ticks.push(ticking)
            counted.draws.push(draws)
            counted.bullets.push(bullets)
          }
          spent = 0
          ticking = 0
          draws = 0
        })
      }
      const began = performance.now()
      callback(now)
      spent += performance.now() - began
    })
  Object.assign(window, { counted })
}

/** The heap after ten rounds, which are cut short, for each byte of it after the first two. */
async function heapOverRounds(page: Page): Promise<number> {
  const sizes: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    await page.evaluate(() => {
      const { world } = (window as unknown as { dogstar: Fixture }).dogstar
      world.globals.endsAt = world.tick + 1
    })
    await page.waitForFunction(
      () => {
        const { world } = (window as unknown as { dogstar: Fixture }).dogstar
        if (world.globals.phase === 'over') world.globals.endsAt = Math.min(world.globals.endsAt, world.tick + 60)
        return world.globals.phase === 'playing' && world.tick > world.globals.startsAt + 60
      },
      null,
      { polling: 200, timeout: 60_000 },
    )
    sizes.push(
      await page.evaluate(() => {
        const { counted } = window as unknown as { counted: Counted }
        for (const list of Object.values(counted)) (list as number[]).length = 0
        ;(window as unknown as { gc(): void }).gc()
        return (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize
      }),
    )
  }
  return (sizes.at(-1) ?? 0) / (sizes[1] ?? 1)
}

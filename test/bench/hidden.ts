/** Whether a host whose tab is behind another keeps its pace: the steps of its world, and what a guest gets of them. */
import type { TestPage } from '../browser/harness.ts'
import { type Bench, measured, type Row } from './bench.ts'
import { benchPages } from './pages.ts'

const SECONDS = 60
/** Past the five minutes after which Chromium wakes a hidden page's timers once a minute. */
const FULL_SECONDS = 400
/** What the host would have been without anything hidden, on this machine, today. */
const COMPARE_SECONDS = 10
/** Ticks a second of the game. */
const RATE = 60

export const hidden: Bench = {
  summary: `steps per second and longest gap of a host in a hidden tab, ${SECONDS} s (--full: ${FULL_SECONDS} s)`,
  async run({ full, seconds }) {
    const hiddenSeconds = seconds ?? (full ? FULL_SECONDS : SECONDS)
    await using tabs = await benchPages({ realTabs: true })
    const host = await tabs.open()
    const code = await host.page.evaluate(() => window.bench.host())
    const guest = await tabs.open()
    await host.page.bringToFront()
    await becomes(host, 'visible')
    // A tab behind another draws no frames, so the guest joins while it is in front.
    const rows: Row[] = []
    const inFront = await measure(host, null, Math.min(COMPARE_SECONDS, hiddenSeconds))
    rows.push(
      measured('host steps per second', 'in front', inFront.steps.perSecond, 'steps/s', 'higher'),
      measured('longest gap between steps', 'in front', inFront.steps.longestGap, 'ms', 'lower'),
    )
    await guest.page.bringToFront()
    await becomes(host, 'hidden')
    await guest.page.evaluate((code) => window.bench.join(code), code)
    const behind = await measure(host, guest, hiddenSeconds)
    tabs.assertQuiet()
    const name = `hidden ${hiddenSeconds} s`
    rows.push(
      measured('host steps per second', name, behind.steps.perSecond, 'steps/s', 'higher', 0.99 * RATE),
      measured('longest gap between steps', name, behind.steps.longestGap, 'ms', 'lower', 100),
      measured(
        'longest time without news at a guest',
        name,
        behind.arrivals?.longestGap ?? Number.NaN,
        'ms',
        'lower',
        250,
      ),
      measured('times the host or guest was late', name, behind.late, 'count', 'lower', 0),
    )
    return rows
  },
}

function becomes({ page }: TestPage, state: DocumentVisibilityState): Promise<unknown> {
  return page.waitForFunction((state) => window.bench.visibility() === state, state, { polling: 100 })
}

/** Time passes only in here. */
async function measure(host: TestPage, guest: TestPage | null, seconds: number) {
  const pages = guest ? [host, guest] : [host]
  const from = await Promise.all(pages.map(({ page }) => page.evaluate(() => window.bench.now())))
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  const steps = await host.page.evaluate((from) => window.bench.steps(from), from[0] ?? 0)
  const arrivals = guest && (await guest.page.evaluate((from) => window.bench.arrivals(from), from[1] ?? 0))
  return { steps, arrivals, late: guest ? await guest.page.evaluate(() => window.bench.late()) : 0 }
}

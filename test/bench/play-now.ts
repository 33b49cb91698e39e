/**
 * How soon somebody flies who presses `Play now` on the built page, with its server on loopback and nobody else there: from the press to the first
 * frame with their own ship. `cold`: the press comes as soon as the button is there; `read`: after the page has loaded the rest.
 */
import { type Production, startProduction } from '../browser/production.ts'
import { type Bench, measured, median, type Row } from './bench.ts'

/** Issue 14. */
const MAX_MS = 1500
const RUNS = 5

export const playNow: Bench = {
  summary: `ms from Play now to the own ship in the picture, built page, server on loopback, ${RUNS} times each`,
  hasRuns: true,
  async run({ runs }) {
    const production = await startProduction('.cache/play-now')
    try {
      const rows: Row[] = []
      for (const kind of ['read', 'cold'] as const) {
        const times: number[] = []
        for (let run = 0; run < (runs ?? RUNS); run++) times.push(await timeOf(production, kind))
        rows.push(
          measured('median', kind, median(times), 'ms', 'lower', MAX_MS),
          measured('slowest', kind, Math.max(...times), 'ms', 'lower'),
        )
      }
      return rows
    } finally {
      await production.close()
    }
  },
}

async function timeOf(production: Production, kind: 'read' | 'cold'): Promise<number> {
  const { page } = await production.open('/?renderer=canvas')
  try {
    const button = page.getByRole('button', { name: 'Play now' })
    await button.waitFor()
    if (kind === 'read') await page.waitForLoadState('networkidle')
    // Pressed and timed inside of the page: a command from outside takes its own time.
    return await button.evaluate(
      (element) =>
        new Promise<number>((resolve) => {
          const pressed = performance.now()
          requestAnimationFrame(function look() {
            const gauges = document.querySelector<HTMLElement>('.dogstar-hud .gauges')
            // Shown with the first frame in which the pilot has a ship.
            if (gauges && !gauges.hidden) resolve(performance.now() - pressed)
            else requestAnimationFrame(look)
          })
          ;(element as HTMLElement).click()
        }),
    )
  } finally {
    await page.context().close()
  }
}

/** How long a player waits in Dogstar's own page, as built and served: from pressing "Join" to the arena drawn. */
import { type OpenPage, startProduction } from '../browser/production.ts'
import { type Bench, measured, median } from './bench.ts'

const JOINS = 10

/** Presses "Join" and waits, inside the page, for the first frame after the session knows a ship. */
function joinAndWait({ page }: OpenPage): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        type Debug = { stats(): { entities: { presented: number; predicted: number } } | null }
        const button = [...document.querySelectorAll('button')].find(
          ({ textContent }) => textContent?.trim() === 'Join',
        )
        if (!button) return reject(new Error('The page has no button "Join".'))
        const pressed = performance.now()
        button.click()
        const look = (): void => {
          const entities = (window as unknown as { starwire?: Debug }).starwire?.stats()?.entities
          const drawn = entities && entities.predicted + entities.presented > 0 && document.querySelector('canvas')
          // The frame that finds it drawn comes after the one that drew it.
          if (drawn) resolve(performance.now() - pressed)
          else requestAnimationFrame(look)
        }
        look()
      }),
  )
}

export const page: Bench = {
  summary: `pressing "Join" to the first frame of the arena, ${JOINS} fresh browsers into a running match, page as built`,
  async run({ full }) {
    const production = await startProduction('.cache/bench')
    try {
      const host = await production.open('/?debug&renderer=canvas')
      await host.page.getByRole('textbox', { name: 'Your name' }).fill('Host')
      await host.page.getByRole('button', { name: 'Create lobby' }).click()
      await host.page.getByRole('button', { name: 'Start game' }).click()
      const code = await host.page.evaluate(() => location.hash)
      const waits: number[] = []
      for (let i = 0; i < (full ? 3 * JOINS : JOINS); i++) {
        const guest = await production.open(`/?debug&renderer=canvas${code}`)
        await guest.page.getByRole('textbox', { name: 'Your name' }).fill('Guest')
        waits.push(await joinAndWait(guest))
        await guest.page.context().close()
      }
      return [
        measured('"Join" to first frame of the arena, median', 'loopback', median(waits), 'ms', 'lower'),
        measured('"Join" to first frame of the arena, longest', 'loopback', Math.max(...waits), 'ms', 'lower'),
      ]
    } finally {
      await production.close()
    }
  },
}

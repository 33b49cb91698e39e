/**
 * `npm run bench -- migration`: what warm heirs cost a host, in virtual time; and how soon a match goes on when its host is gone, in four
 * real pages, each a player's own browser, over a UDP relay. Each event is played again and again, each time in a new lobby.
 */
import { type Bench, measured, type Row } from '../bench.ts'
import { costRows } from './costs.ts'
import { FourPages } from './four-pages.ts'
import { pageCases } from './page-rows.ts'

export const migration: Bench = {
  summary: 'what warm heirs cost a host, and how soon four real pages play again when it is gone',
  cases: ['costs', ...pageCases.keys()],
  hasRuns: true,
  async run({ seconds, only, runs }) {
    const rows: Row[] = only === null || only === 'costs' ? costRows(seconds ?? 5) : []
    const played = [...pageCases].filter(([name]) => only === null || only === name)
    if (played.length === 0) return rows
    await using pages = await FourPages.open()
    for (const [name, measure] of played) {
      const began = performance.now()
      console.error(name)
      try {
        rows.push(...(await measure(pages, runs)))
      } catch (error) {
        // The other cases are played all the same.
        console.error(error)
        await pages.reset()
        rows.push(measured('case that failed', name, 1, 'count', 'lower', 0))
      }
      console.error(`  ${((performance.now() - began) / 1000).toFixed(0)} s`)
    }
    return rows
  },
}

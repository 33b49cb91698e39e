/**
 * `npm run play -- --random [--minutes N] [--pages N] [--seed N]`: random input in real pages of the built game, which share lobbies. Ends with one
 * line that says how much was done and what any page complained about; the exit code is 1 where one did.
 * `npm run play -- --rounds` plays a whole short round of each mode in four pages on a bad network, step by step (rounds.ts). `--from MODE`: without
 * those before; `--only MODE`: that one alone.
 * `npm run play -- --pictures` renews README's picture, the clip and the icons (pictures.ts).
 */
import { parseArgs } from 'node:util'
import { MODES, type Mode } from '../../game/rules/balance.ts'
import { startProduction } from '../browser/production.ts'
import { renewPictures } from './pictures.ts'
import { chanceOf, type Hands, randomHands } from './random-hands.ts'
import { beginStory, type Step, stepsFrom, stepsOf } from './rounds.ts'

const HELP =
  'npm run play -- --random [--minutes 10] [--pages 4] [--seed 1], or npm run play -- --rounds [--from free | --only free], or npm run play -- --pictures'

/** A page that does not answer for so long hangs, ms. */
const HANGS_MS = 30_000

export async function runCommandLine(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      random: { type: 'boolean' },
      rounds: { type: 'boolean' },
      from: { type: 'string', default: 'free' },
      only: { type: 'string' },
      pictures: { type: 'boolean' },
      minutes: { type: 'string', default: '10' },
      pages: { type: 'string', default: '4' },
      seed: { type: 'string', default: '1' },
    },
  })
  if (values.pictures) {
    await renewPictures()
    return 0
  }
  if (values.rounds) {
    const from = MODES.find((mode) => mode === (values.only ?? values.from))
    if (from) return playRounds(from, values.only === undefined ? stepsFrom(from) : stepsOf(from))
    console.error(HELP)
    return 2
  }
  const [minutes, pages, seed] = [Number(values.minutes), Number(values.pages), Number(values.seed)]
  if (!values.random || !(minutes > 0) || !Number.isInteger(pages) || pages < 1 || !Number.isInteger(seed)) {
    console.error(HELP)
    return 2
  }
  const { acts, complaints } = await playRandomly(minutes, pages, seed)
  for (const complaint of complaints) console.error(complaint)
  const verdict = complaints.length === 0 ? 'no error on any console' : `${complaints.length} errors`
  console.log(`${pages} pages, ${minutes} minutes, ${acts} inputs, seed ${seed}: ${verdict}`)
  return complaints.length === 0 ? 0 : 1
}

/** The exit code: 1 from the first step that fails, since each begins where the one before has ended. */
async function playRounds(from: Mode, steps: readonly Step[]): Promise<number> {
  const story = await beginStory(from)
  try {
    for (const { title, run } of steps) {
      const began = performance.now()
      await run(story)
      console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${title}`)
    }
    return 0
  } catch (error) {
    console.error(error)
    for (const complaint of await story.four.complaints().catch(() => [])) console.error(complaint)
    for (const line of await story.four.picture().catch(() => [])) console.error(line)
    return 1
  } finally {
    await story.four.end()
  }
}

async function playRandomly(
  minutes: number,
  pages: number,
  seed: number,
): Promise<{ acts: number; complaints: readonly string[] }> {
  const production = await startProduction('.cache/play-random')
  const complaints: string[] = []
  const open = await Promise.all(Array.from({ length: pages }, () => production.open('/?renderer=canvas')))
  const codes = new Set<string>()
  const ends = Date.now() + minutes * 60_000
  const all: Hands[] = []
  try {
    await Promise.all(
      open.map(async ({ page }, i) => {
        // What is not there at once is not waited for; only a page that answers nothing at all hangs.
        page.setDefaultTimeout(2000)
        page.on('dialog', (dialog) => void dialog.accept().catch(() => {}))
        page.on('crash', () => complaints.push(`page ${i + 1}: it crashed`))
        const hands = randomHands(page, chanceOf(seed * 1000 + i), () => [...codes].slice(-3))
        all.push(hands)
        while (Date.now() < ends) {
          if (!(await inTime(hands.act()))) {
            complaints.push(`page ${i + 1}: it hangs after ${hands.acts} inputs`)
            return
          }
          const { hash } = new URL(page.url())
          if (hash.length === 6) codes.add(hash)
        }
      }),
    )
    for (const [i, page] of open.entries()) {
      for (const complaint of page.complaints) complaints.push(`page ${i + 1}: ${complaint}`)
      const violations = await page.violations()
      for (const violation of violations) complaints.push(`page ${i + 1}: forbidden by its policy: ${violation}`)
    }
  } finally {
    await production.close()
  }
  return { acts: all.reduce((sum, hands) => sum + hands.acts, 0), complaints }
}

/** Whether it ended before the page counts as one that hangs. */
async function inTime(act: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), HANGS_MS)
  })
  const done = act.then(() => true as const)
  return Promise.race([done, late]).finally(() => clearTimeout(timer))
}

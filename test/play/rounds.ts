/**
 * An evening of four people: a whole short round of each mode with four bots on a bad network, with votes, a reload, somebody who watches, a host
 * who is gone, and a rematch. Each step begins where the last one left the pages. Nothing here waits for time: each wait is for what is to be seen.
 */
import { errors, type Page } from 'playwright-core'
import { english } from '../../game/languages/english.ts'
import { LIVES, MODES, type Mode, TICK_RATE } from '../../game/rules/balance.ts'
import { NAMES, openFour, PILOTS } from './four-pilots.ts'
import type { Outcome, Seen } from './round-watch.ts'

/** Of the settings in the lobby. */
const SHORT = { Round: '1 min', 'First to': '200', 'Bots fill up to': String(PILOTS), 'These bots fly': 'Hard' }
/** Ticks of a minute, its countdown, and the pauses before and after it, and as many again. */
const ROUND_TICKS = 2 * 90 * TICK_RATE
/** No page's match stands still for so long, ms: a change of hosts takes a few seconds. */
const STANDS_MS = 60_000
/** Looks of a page, ten a second: for so long nobody is out by chance as the round ends. */
const OUT_LOOKS = 30

export interface Step {
  readonly title: string
  /** The round that it belongs to; null: whichever is played. */
  readonly mode: Mode | null
  run(story: Story): Promise<void>
}

interface Story {
  readonly four: Awaited<ReturnType<typeof openFour>>
  /** What is played first. */
  readonly from: Mode
}

export async function beginStory(from: Mode = 'free'): Promise<Story> {
  return { four: await openFour(), from }
}

/** Those of a story that begins with this mode. */
export function stepsFrom(from: Mode): readonly Step[] {
  return steps.filter(({ mode }) => mode === null || MODES.indexOf(mode) >= MODES.indexOf(from))
}

/** Those of a story that plays this mode alone. */
export function stepsOf(only: Mode): readonly Step[] {
  return steps.filter(({ mode }) => mode === null || mode === only)
}

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()

/** @throws Error with what is wrong. */
function demand(isSo: boolean, wrong: string): void {
  if (!isSo) throw new Error(wrong)
}

/**
 * The page sees it, while its match goes on. `sees` runs in the page. A busy machine may take its time: what fails is a page whose match stands
 * still, or that played for longer than a round takes.
 */
async function see<Given>(page: Page, what: string, sees: (given: Given) => unknown, given: Given): Promise<void> {
  const began = await tickOf(page)
  for (let before = began; ; ) {
    const seen = page.waitForFunction(sees as (given: unknown) => unknown, given, { polling: 100, timeout: STANDS_MS })
    if (await seen.then(Boolean, isLate)) return
    const tick = await tickOf(page)
    if (tick === before) throw new Error(`A page never saw ${what}: its match stands still.`)
    if (tick - began > ROUND_TICKS) throw new Error(`A page never saw ${what}, and played on for longer than a round.`)
    before = tick
  }
}

/** False: it took too long. @throws anything else. */
function isLate(error: unknown): false {
  if (error instanceof errors.TimeoutError) return false
  throw error
}

function tickOf(page: Page): Promise<number> {
  return page.evaluate(() => window.starwire?.world()?.tick ?? 0)
}

/** The round that is on or was last, as this page has it. */
function roundOf(page: Page): Promise<{ round: number; scores: Record<number, number> }> {
  return page.evaluate(() => {
    const world = window.starwire?.world()
    const scores = (world?.players ?? []).map(({ id, fields }) => [id, Number(fields.score)])
    return { round: Number(world?.globals?.fields.round), scores: Object.fromEntries(scores) as Record<number, number> }
  })
}

function modeOf(page: Page): Promise<unknown> {
  return page.evaluate(() => window.starwire?.world()?.globals?.fields.mode)
}

/** All pages see the next round of this mode, whichever number it has. */
async function begins({ four }: Story, mode: Mode): Promise<void> {
  const isOn = (mode: string): boolean => window.starwire?.world()?.globals?.fields.mode === mode
  await Promise.all(four.pages.map((page) => see(page, `a round of ${mode}`, isOn, mode)))
}

/** Follows the round that is on to its end, of which all pages must tell the same. Then all vote for `next`. */
async function playOut({ four }: Story, next: Mode): Promise<{ seen: readonly Seen[]; outcome: Outcome }> {
  const { pages } = four
  const [first] = pages
  if (!first) throw new Error('Nobody is here.')
  await see(first, 'a round', () => window.starwire?.world()?.globals?.fields.phase === 'playing', null)
  const { round } = await roundOf(first)
  const isRematch = (await modeOf(first)) === next
  const key = isRematch ? 'KeyR' : `Digit${MODES.indexOf(next) + 1}`
  const { name } = english.modes[next]
  await Promise.all(pages.map((page, i) => page.evaluate(wishFor, { key, name, onTable: i === pages.length - 1 })))
  const isOver = (round: number): boolean => (window.rounds?.[round]?.outcome ?? null) !== null
  await Promise.all(pages.map((page) => see(page, `the end of round ${round}`, isOver, round)))
  // What they wrote down of it is complete once the next one is on.
  const isNext = (round: number): boolean => window.rounds?.[round + 1] !== undefined
  await Promise.all(pages.map((page) => see(page, `round ${round + 1}`, isNext, round)))
  const seen: Seen[] = []
  for (const page of pages) {
    const each = await page.evaluate((round) => window.rounds?.[round] ?? null, round)
    if (each) seen.push(each)
  }
  const outcomes = seen.map(({ outcome }) => JSON.stringify(outcome))
  demand(new Set(outcomes).size === 1, `the pages have several ends of round ${round}:\n${outcomes.join('\n')}`)
  const outcome = seen[0]?.outcome
  if (!outcome) throw new Error(`Nobody has seen the end of round ${round}.`)
  await Promise.all(pages.map((page) => page.evaluate(() => delete window.wish)))
  return { seen, outcome }
}

/** Runs in the page: from now on it votes so. */
function wishFor(wish: NonNullable<Window['wish']>): void {
  window.wish = wish
}

const steps: readonly Step[] = [
  {
    title: 'four people meet in a lobby by its code, bots fill the seats up to eight, and the first round begins',
    mode: null,
    async run(story) {
      const { four } = story
      const ann = await four.open('Ann', '')
      await ann.getByRole('textbox', { name: 'Your name' }).fill('Ann')
      await press(ann, 'Create lobby')
      await ann.waitForFunction(() => location.hash.length === 6)
      const hash = await ann.evaluate(() => location.hash)
      await ann.locator('summary', { hasText: 'The match' }).click()
      for (const [row, choice] of Object.entries({ Mode: english.modes[story.from].name, ...SHORT }))
        await ann
          .getByRole('group', { name: row })
          .locator('label', { has: ann.getByText(choice, { exact: true }) })
          .click()
      for (const name of NAMES.slice(1)) {
        const page = await four.open(name, hash)
        await page.getByRole('textbox', { name: 'Your name' }).fill(name)
        await press(page, 'Join')
        await page.getByText(`${PILOTS} of 16`).waitFor()
      }
      for (const page of four.pages)
        for (const name of NAMES) await page.locator('.member .name', { hasText: name }).waitFor()
      const bots = await ann.locator('.member .tag', { hasText: 'bot' }).count()
      demand(bots === PILOTS - NAMES.length, `there are ${bots} bots`)
      four.spoilNetwork()
      await press(ann, 'Start game')
      await begins(story, story.from)
    },
  },
  {
    title: 'a round of free for all is played to its end, which all pages show alike, and all vote for two teams',
    mode: 'free',
    async run(story) {
      const { seen, outcome } = await playOut(story, 'teams')
      for (const { flew, ships } of seen) {
        demand(flew, 'a page had no ship')
        demand(ships > PILOTS / 2, `a page saw ${ships} ships at most`)
      }
      demand(outcome.winner !== null, 'nobody won among eight')
      await begins(story, 'teams')
    },
  },
  {
    title:
      'somebody reloads while two teams fight, and has the same seat; the round ends alike for all, who vote for the last ship',
    mode: 'teams',
    async run(story) {
      const cid = story.four.page('Cid')
      const me = () => cid.evaluate(() => (window as unknown as Playing).starwire?.session?.me ?? null)
      const before = await me()
      await cid.reload()
      await see(cid, 'the match again', () => window.starwire?.world()?.globals, null)
      demand((await me()) === before, 'another seat after the reload')
      const { standings, winningTeam, teamScores } = (await playOut(story, 'last')).outcome
      for (const team of ['sirius', 'procyon'])
        demand(standings.filter((pilot) => pilot.team === team).length === PILOTS / 2, `${team} has not four pilots`)
      const [sirius, procyon] = teamScores
      const better = sirius > procyon ? 'sirius' : procyon > sirius ? 'procyon' : winningTeam
      demand(winningTeam === better, `${winningTeam} won with ${sirius} to ${procyon}`)
      await begins(story, 'last')
    },
  },
  {
    title: 'the edge closes, whoever is out watches the others, and one is left; all vote for the beacon',
    mode: 'last',
    async run(story) {
      const { seen, outcome } = await playOut(story, 'beacon')
      for (const { out, watched } of seen) demand(out < OUT_LOOKS || watched, 'a page was out and was shown nobody')
      const hurt = outcome.standings.filter(({ lives }) => lives < LIVES).length
      demand(hurt > PILOTS / 2, `only ${hurt} have lost a ship`)
      await begins(story, 'beacon')
    },
  },
  {
    title: 'somebody goes to watch, and a bot takes their seat until they play again',
    mode: 'beacon',
    async run({ four }) {
      const dee = four.page('Dee')
      await press(dee, `${PILOTS} pilots`)
      await press(dee, 'Watch')
      await dee.locator('.watch .line p').waitFor()
      for (const page of four.pages) await page.getByRole('button', { name: `${PILOTS} pilots`, exact: true }).waitFor()
      await press(dee, 'Play')
      await dee.locator('.watch .line p').waitFor({ state: 'hidden' })
      for (const page of four.pages) await page.getByRole('button', { name: `${PILOTS} pilots`, exact: true }).waitFor()
    },
  },
  {
    title:
      'the host is gone: another page hosts, all points count on, and the round ends alike for the three, who have a rematch',
    mode: 'beacon',
    async run(story) {
      const { four } = story
      const ben = four.page('Ben')
      const hash = await ben.evaluate(() => location.hash)
      const before = await roundOf(ben)
      const tick = await tickOf(ben)
      // What no heir holds yet is lost with the host. Heirs of a host that draws beside three others may be seconds behind.
      await see(four.page('Ann'), 'that its heirs hold those points', isHeldSince, { tick, rate: TICK_RATE })
      await four.close('Ann')
      const hosts = () => window.starwire?.stats()?.role === 'host'
      await Promise.any(four.pages.map((page) => see(page, 'itself host', hosts, null)))
      // Not always Ann by name: on pages that draw beside two others, who hosts next may be too slow, and is gone before some have sat down there.
      for (const page of four.pages)
        await see(page, 'who hosts now', () => window.told?.some((text) => /hosts? now/.test(text)), null)
      for (const page of four.pages) demand((await page.evaluate(() => location.hash)) === hash, 'the code is another')
      const after = await roundOf(ben)
      demand(after.round >= before.round, `round ${before.round} became ${after.round}`)
      if (after.round === before.round)
        for (const [id, score] of Object.entries(before.scores))
          demand(
            (after.scores[Number(id)] ?? 0) >= score,
            `pilot ${id} had ${score} points, and after the change ${after.scores[Number(id)] ?? 'no seat'}`,
          )
      await playOut(story, 'beacon')
      await begins(story, 'beacon')
      // One short round may end before anybody gets through to it.
      const wasHeld = () => Object.values(window.rounds ?? {}).some(({ holders }) => holders.length > 0)
      await see(ben, 'anybody with the beacon', wasHeld, null)
    },
  },
  {
    title: 'the host leads all back to the lobby, where the result is told',
    mode: null,
    async run({ four }) {
      const roles = await Promise.all(four.pages.map((page) => page.evaluate(() => window.starwire?.stats()?.role)))
      const host = four.pages[roles.indexOf('host')]
      if (!host) throw new Error('Nobody hosts.')
      await host.getByRole('button', { name: /pilots$/ }).click()
      await host.getByRole('region', { name: 'Players' }).getByRole('button', { name: 'Back to the lobby' }).click()
      await host.getByRole('dialog').getByRole('button', { name: 'Back to the lobby' }).click()
      for (const page of four.pages) await page.getByText('Last match').waitFor()
    },
  },
  {
    title: 'no page complains in all that time',
    mode: null,
    async run({ four }) {
      const complaints = await four.complaints()
      demand(complaints.length === 0, complaints.join('\n'))
    },
  },
]

/** Runs in the page of the host: whether each heir's world is newer than this tick. */
function isHeldSince({ tick, rate }: { tick: number; rate: number }): boolean {
  const stats = window.starwire?.stats()
  const heirs = (stats?.role === 'host' && stats.migration?.heirs) || []
  const isNewer = (ageMs: number | null): boolean => ageMs !== null && (stats?.tick ?? 0) - (ageMs / 1000) * rate > tick
  return heirs.length > 0 && heirs.every(({ ageMs }) => isNewer(ageMs))
}

interface Playing {
  readonly starwire?: { readonly session: { readonly me: number } | null }
}

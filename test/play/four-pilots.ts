/** Four people in a lobby of Dogstar, in real pages of the built game, with bots and a bad network between them. */
import type { Page } from 'playwright-core'
import type { LinkConditions } from '../../net/testing.ts'
import { type OpenPage, type Production, startProduction } from '../browser/production.ts'
import { startRelay, type UdpRelay } from '../browser/relay.ts'
import { relayPage } from '../browser/relayed-page.ts'
import { flyByKeys } from './page-pilot.ts'
import { watchRounds } from './round-watch.ts'

/** Each way: 100 ms round trip between host and guest, and 2 % loss. */
const NETWORK: LinkConditions = { latencyMs: 50, loss: 0.02 }
/** Four pages draw on two cores, so each draws little, and 10 times a second. */
const VIEWPORT = { width: 480, height: 320 }
/** A page that draws beside three others is slow to answer, ms. */
const PATIENCE_MS = 45_000
const FOLDER = '.cache/play-rounds'
export const NAMES = ['Ann', 'Ben', 'Cid', 'Dee'] as const
type Name = (typeof NAMES)[number]
/** Pilots in all: bots fill the other seats. */
export const PILOTS = 8

export interface FourPilots {
  /** Those who are here. The first one hosts. */
  readonly pages: readonly Page[]
  page(name: Name): Page
  /** Closes the page, as a crash or a closed window does. */
  close(name: Name): Promise<void>
  /** From now on the network is as bad as it is to be. A handshake that is lost takes seconds, so they join before. */
  spoilNetwork(): void
  /** What any page complained about so far, those that are gone too. */
  complaints(): Promise<string[]>
  /** Leaves a picture of each page in the folder of the build, and says what the page shows. For whoever looks into a failure. */
  picture(): Promise<string[]>
  end(): Promise<void>
}

/** Opens the host's page; `join` opens the others, with the code in their address. */
export async function openFour(): Promise<FourPilots & { open(name: Name, hash: string): Promise<Page> }> {
  const production: Production = await startProduction(FOLDER)
  const relay: UdpRelay = startRelay()
  const all = new Map<Name, OpenPage>()
  const gone = new Set<Name>()
  const here = (): [Name, OpenPage][] => [...all].filter(([name]) => !gone.has(name))
  return {
    get pages() {
      return here().map(([, { page }]) => page)
    },
    page(name) {
      const opened = all.get(name)
      if (!opened) throw new Error(`${name} has no page yet.`)
      return opened.page
    },
    async open(name, hash) {
      const opened = await production.open(`/?debug&renderer=canvas${hash}`, VIEWPORT, async (page) => {
        page.setDefaultTimeout(PATIENCE_MS)
        page.on('dialog', (dialog) => void dialog.accept().catch(() => {}))
        await relayPage(relay, name, page)
        await page.addInitScript(drawSeldom)
        await page.addInitScript(flyByKeys)
        await page.addInitScript(watchRounds)
      })
      all.set(name, opened)
      return opened.page
    },
    async close(name) {
      gone.add(name)
      await all.get(name)?.page.context().close()
    },
    spoilNetwork() {
      for (const name of NAMES) relay.page(name).setConditions(NETWORK)
    },
    async complaints() {
      const violations = await Promise.all(
        here().map(async ([name, { violations }]) => (await violations()).map((text) => `${name}: forbidden: ${text}`)),
      )
      return [
        ...[...all].flatMap(([name, { complaints }]) => complaints.map((text) => `${name}: ${text}`)),
        ...violations.flat(),
      ]
    },
    picture: () =>
      Promise.all(
        here().map(async ([name, { page }]) => {
          await page.screenshot({ path: `${FOLDER}/${name}.png` })
          const shown = await page.evaluate(tellPage)
          return `${name}: ${shown} (${FOLDER}/${name}.png)`
        }),
      ),
    async end() {
      await production.close()
      relay.close()
    },
  }
}

/** Runs in the page. */
function tellPage(): string {
  const stats = window.starwire?.stats()
  const globals = window.starwire?.world()?.globals
  const text = document.body.innerText.replace(/\s+/g, ' ').slice(0, 300)
  return JSON.stringify({ role: stats?.role, tick: stats?.tick, told: window.told, globals: globals?.fields, text })
}

/** Runs in the page, before anything of its own. Ticks and links have clocks of their own. */
function drawSeldom(): void {
  const FRAME_MS = 100
  window.requestAnimationFrame = (draw) => window.setTimeout(() => draw(performance.now()), FRAME_MS)
  window.cancelAnimationFrame = (frame) => clearTimeout(frame)
}

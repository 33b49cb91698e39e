/** Two browsers of two people in one match of Dogstar, in its page as built and served, with a UDP relay between them. */

import type { WorldReport } from 'starwire'
import type { LinkConditions } from '../../../net/testing.ts'
import { type OpenPage, type Production, startProduction } from '../../browser/production.ts'
import { startRelay, type UdpRelay } from '../../browser/relay.ts'
import { DECIDE_MS, PHASE_MS } from './flight.ts'
import { holdKeys } from './pilot.ts'
import { type Probe, type Probed, startProbe } from './probe.ts'
import type { Recording } from './recording.ts'

const VIEWPORT = { width: 640, height: 400 }
/** Where the page talks with the signalling server. */
const SIGNALING = /\/starwire(\?|$)/

export interface RealMatch {
  readonly host: OpenPage
  readonly guest: OpenPage
  readonly relay: UdpRelay
  close(): Promise<void>
}

/** What `prepare` puts on the page before anything of its own runs. */
interface Prepared {
  readonly startProbe: typeof startProbe
  readonly holdKeys: typeof holdKeys
  /** Runs after each beat of any of the page's worker clocks. */
  onBeat: (() => void) | null
  probe: Probe
}

/**
 * Opens both pages, has the second join the first, and starts the match. Only the join has a perfect network: a handshake
 * that is lost takes seconds, and a path that grows longer within a match is another thing than a long one.
 */
export async function openMatch(conditions: LinkConditions): Promise<RealMatch> {
  const production = await startProduction('.cache/bench')
  const relay = startRelay()
  const close = async (): Promise<void> => {
    await production.close()
    relay.close()
  }
  try {
    const host = await openPage(production, relay, 'a')
    await host.page.getByRole('textbox', { name: 'Your name' }).fill('Host')
    await host.page.getByRole('button', { name: 'Create lobby' }).click()
    await host.page.waitForFunction(() => location.hash.length === 6)
    const code = await host.page.evaluate(() => location.hash)
    const guest = await openPage(production, relay, 'b', code)
    await guest.page.getByRole('textbox', { name: 'Your name' }).fill('Guest')
    await guest.page.getByRole('button', { name: 'Join', exact: true }).click()
    await host.page.getByText('Guest').first().waitFor()
    relay.setConditions(conditions)
    await host.page.getByRole('button', { name: 'Start game' }).click()
    for (const { page } of [host, guest])
      await page.waitForFunction(() => document.querySelector('.dogstar canvas') && window.starwire?.stats()?.tick)
    return { host, guest, relay, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function openPage(production: Production, relay: UdpRelay, side: 'a' | 'b', code = ''): Promise<OpenPage> {
  const opened = await production.open('/', VIEWPORT)
  const { page } = opened
  await page.routeWebSocket(SIGNALING, (socket) => {
    const server = socket.connectToServer()
    let order = Promise.resolve()
    socket.onMessage((text) => {
      order = order.then(async () => server.send(await relay.rewrite(side, String(text))))
    })
    server.onMessage((text) => socket.send(text))
  })
  await page.addInitScript(`window.bench = { startProbe: ${startProbe}, holdKeys: ${holdKeys}, onBeat: null }`)
  await page.addInitScript(hearBeats)
  // The routes and scripts above are of the next document.
  await page.goto(`${production.origin}/?debug&renderer=canvas${code}`)
  return opened
}

/** Runs in the page, before anything of its own: the clock that the host ticks on is a worker of it. */
function hearBeats(): void {
  const { bench } = window as unknown as { bench: Prepared }
  window.Worker = class extends Worker {
    constructor(...given: ConstructorParameters<typeof Worker>) {
      super(...given)
      // This listener is the first: the page's own has run when the timer rings.
      this.addEventListener('message', () => setTimeout(() => bench.onBeat?.()))
    }
  }
}

/** From now on all that is drawn in the page is written down, and its pilot flies. */
export async function startFlight({ page }: OpenPage, index: number): Promise<void> {
  await page.evaluate(
    ([decideMs, offset]) => {
      const { bench, starwire } = window as unknown as {
        bench: Prepared
        starwire: { session: Probed['session']; world(tick?: number): WorldReport }
      }
      const { session } = starwire
      const now = (): number => performance.now()
      const hosts = session.stats().role === 'host'
      const truth = hosts ? (tick?: number) => starwire.world(tick) : null
      const probe = bench.startProbe({ session, now, clockOffset: performance.timeOrigin, truth })
      bench.probe = probe
      bench.onBeat = () => probe.beat()
      const held = new Set<string>()
      const hold = (code: string, down: boolean): void => {
        if (held.has(code) === down) return
        if (down) held.add(code)
        else held.delete(code)
        window.dispatchEvent(new KeyboardEvent(down ? 'keydown' : 'keyup', { code, cancelable: true }))
      }
      setInterval(() => {
        const { side, thrust, fire } = bench.holdKeys(now() + offset, probe.recording.frames.at(-1))
        probe.steer(side)
        hold('ArrowLeft', side < 0)
        hold('ArrowRight', side > 0)
        hold('ArrowUp', thrust)
        hold('Space', fire)
      }, decideMs)
    },
    [DECIDE_MS, index * PHASE_MS] as const,
  )
}

export function takeRecording({ page }: OpenPage): Promise<Recording> {
  return page.evaluate(() => (window as unknown as { bench: Prepared }).bench.probe.recording)
}

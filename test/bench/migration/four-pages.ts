/**
 * Four pages of four people, their lobby server in a process of its own that can be killed, and the UDP relay that all connections of the
 * pages go through. There is no relay at the lobby server: it would carry a match past the UDP relay's cuts.
 */
import { constants, setPriority } from 'node:os'
import { type Harness, startHarness, type TestPage } from '../../browser/harness.ts'
import { startRelay, type UdpRelay } from '../../browser/relay.ts'
import { type ServerProcess, startServer } from '../service/processes.ts'
import type { MigrationPage } from './page/main.ts'

declare global {
  interface Window {
    migration: MigrationPage
  }
}

/** Ann hosts first. */
export const NAMES = ['Ann', 'Bea', 'Cid', 'Dan'] as const
export type Name = (typeof NAMES)[number]

/** Loads of a machine that does much else. */
const PATIENCE_MS = 30_000
const LOOK_MS = 50
/** The match finds its pace, and heirs are told some seconds of it. */
const SETTLE_MS = 1000

export type Page = TestPage['page']

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The clock of the pages. */
export const clock = (): number => performance.timeOrigin + performance.now()

export class FourPages {
  readonly relay: UdpRelay = startRelay()
  private readonly harness: Harness
  private server: ServerProcess
  private readonly pages = new Map<Name, TestPage>()

  private constructor(harness: Harness, server: ServerProcess) {
    this.harness = harness
    this.server = server
  }

  static async open(): Promise<FourPages> {
    const harness = await startHarness({ root: 'test/bench/migration/page' })
    // The relay in this process is the network. Delayed by busy pages, it would be taken for a slow one. Only the administrator may.
    try {
      setPriority(constants.priority.PRIORITY_HIGH)
    } catch {}
    return new FourPages(harness, await startServer('direct'))
  }

  page(name: Name): Page {
    const page = this.pages.get(name)
    if (!page) throw new Error(`${name} has no page.`)
    return page.page
  }

  /** A lobby of all four, whose ships fly. Returns when another page could host at once, and all have their links to it. */
  async play(): Promise<void> {
    for (const name of NAMES) this.relay.page(name).setConditions({})
    for (const name of NAMES) if (!this.pages.has(name)) await this.openPage(name)
    const { url } = this.server
    const [host, ...guests] = NAMES
    const code = await this.page(host).evaluate(([name, url]) => window.migration.host(name, url), [host, url] as const)
    for (const name of guests)
      await this.page(name).evaluate(([code, name, url]) => window.migration.join(code, name, url), [
        code,
        name,
        url,
      ] as const)
    await this.page(host).evaluate(() => window.migration.start())
    await Promise.all(NAMES.map((name) => this.page(name).evaluate(() => window.migration.fly())))
    let states: Awaited<ReturnType<FourPages['state']>>[] = []
    await this.until(
      () => `nobody is ready to host next: ${JSON.stringify(states)}`,
      async () => {
        states = await Promise.all(NAMES.map((name) => this.state(name)))
        const links = states.reduce((sum, { links }) => sum + links, 0)
        const flies = states.every((state) => state.flies)
        return flies && states[0]?.isReady === true && links >= 2 * (guests.length - 1)
      },
    )
    await pause(SETTLE_MS)
  }

  state(name: Name) {
    return this.page(name).evaluate(() => window.migration.state())
  }

  /** Everybody leaves, the host last. */
  async end(): Promise<void> {
    const hosts: Name[] = []
    for (const name of this.pages.keys()) {
      const { hosting } = await this.state(name)
      if (hosting) hosts.push(name)
      else await this.page(name).evaluate(() => window.migration.end())
    }
    await pause(LOOK_MS)
    for (const name of hosts) await this.page(name).evaluate(() => window.migration.end())
  }

  /** The page is gone; the next `play` opens another one for them. */
  async forget(name: Name): Promise<void> {
    const page = this.pages.get(name)
    this.pages.delete(name)
    await page?.page.context().close()
  }

  /** After a run that failed: no page is left, and a lobby server is there. */
  async reset(): Promise<void> {
    for (const name of this.names) await this.forget(name).catch(() => {})
    if (this.server.child.exitCode !== null || this.server.child.signalCode !== null) await this.restartServer()
  }

  /** Those who have a page. */
  get names(): Name[] {
    return [...this.pages.keys()]
  }

  async until(otherwise: () => string, holds: () => Promise<boolean>): Promise<void> {
    const giveUpAt = performance.now() + PATIENCE_MS
    while (!(await holds())) {
      if (performance.now() > giveUpAt) throw new Error(`After ${PATIENCE_MS / 1000} s ${otherwise()}.`)
      await pause(LOOK_MS)
    }
  }

  /** Ends the lobby server as a machine that loses its power does. */
  async killServer(): Promise<void> {
    const { child } = this.server
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  /** Another process in its place, which knows of nothing. */
  async restartServer(): Promise<void> {
    this.server = await startServer('direct', String(this.server.port))
  }

  private async openPage(name: Name): Promise<void> {
    const context = await this.harness.newContext()
    const opened = await this.harness.open('/', context)
    await this.relay.expose(name, opened.page)
    this.pages.set(name, opened)
  }

  /** What pages complained about, but for the lobby server, which is killed on purpose. */
  get complaints(): string[] {
    return [...this.pages.values()].flatMap(({ complaints }) => complaints.filter((text) => text.startsWith('error:')))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const complaint of this.complaints) console.error(complaint)
    await this.harness.close()
    this.relay.close()
    this.server.child.kill('SIGKILL')
  }
}

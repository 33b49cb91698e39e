/** The page and its server as `npm start` runs them, for browser tests: built once, on a port of their own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { findChromium } from '../../.ci/chromium.mjs'
import { flags } from './harness.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

export interface OpenPage {
  readonly page: Page
  /** Page errors and console errors so far. */
  readonly complaints: string[]
  /** What the page did against its Content-Security-Policy since it began to load. */
  violations(): Promise<string[]>
}

export interface Production {
  readonly origin: string
  readonly browser: Browser
  /** Opens a page in a context of its own, as another person's browser would. `prepare`: before it loads anything. */
  open(
    path: string,
    viewport?: { width: number; height: number },
    prepare?: (page: Page) => Promise<void>,
  ): Promise<OpenPage>
  /** Ends the server alone: the browser and its pages stay. */
  stopServer(): Promise<void>
  close(): Promise<void>
}

/** An insecure origin, as a phone on the same network sees it. */
const insecureOrigin = '--host-resolver-rules=MAP starwire.test 127.0.0.1'

export interface ProductionOptions {
  /** Flags of Chromium beside those of every run. */
  readonly further?: readonly string[]
  /** Runs in each page before anything of its own. */
  readonly first?: () => void
}

/** `folder`: where the build goes, one of its own for tests that run beside each other. */
export async function startProduction(
  folder = '.cache/play',
  { further = [], first = () => {} }: ProductionOptions = {},
): Promise<Production> {
  for (const mode of ['page', 'server']) {
    const vite = spawnSync(
      process.execPath,
      [
        'node_modules/vite/bin/vite.js',
        'build',
        '--mode',
        mode,
        '--outDir',
        `${folder}/${mode}`,
        '--emptyOutDir',
        '--logLevel',
        'error',
      ],
      { cwd: repository, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'production' } },
    )
    if (vite.status !== 0) throw new Error(`The ${mode} did not build:\n${vite.stdout}${vite.stderr}`)
  }
  const env = {
    ...process.env,
    PORT: '0',
    STARWIRE_STUN: 'none',
    // Both answer then: the root, and what a proxy leaves of its prefix.
    STARWIRE_BASE: '/dogstar/',
    STARWIRE_SECRET: 'a secret of the tests, long enough',
  }
  const server = spawn(process.execPath, [`${repository}/${folder}/server/server.js`], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const origin = (await addressOf(server)).replace('localhost', '127.0.0.1')
  const executablePath = process.env.CHROMIUM ?? findChromium()
  if (!executablePath) throw new Error('No Chromium found: set CHROMIUM to its path, or run `npm test` once as root.')
  const browser = await chromium.launch({ executablePath, args: [...flags, insecureOrigin, ...further] })
  return {
    origin,
    browser,
    async open(path, viewport = { width: 640, height: 400 }, prepare = async () => {}) {
      const context = await newContext(browser, viewport)
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`))
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`console: ${message.text()}`)
      })
      await page.addInitScript(listenForViolations)
      await page.addInitScript(first)
      await prepare(page)
      await page.goto(new URL(path, origin).href)
      return { page, complaints, violations: () => page.evaluate(() => (window as unknown as Listening).violations) }
    },
    stopServer: () => stopServer(server),
    async close() {
      await browser.close()
      await stopServer(server)
    },
  }
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = once(server, 'exit')
  server.kill()
  await ended
}

interface Listening {
  violations: string[]
}

/** Runs in the page, before anything of its own does. */
function listenForViolations(): void {
  const violations: string[] = []
  ;(window as unknown as Listening).violations = violations
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile }) =>
    violations.push(`${effectiveDirective}: ${blockedURI} in ${sourceFile}`),
  )
}

async function newContext(browser: Browser, viewport: { width: number; height: number }): Promise<BrowserContext> {
  // The sky stands still: without a GPU, four pages whose sky moves leave no time for what is tested.
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' })
  // Gives host candidates on a machine without a default route.
  await context.grantPermissions(['microphone']).catch(() => {})
  return context
}

async function addressOf(server: ChildProcess): Promise<string> {
  if (!server.stdout) throw new Error('The server has no output to read.')
  for await (const line of createInterface({ input: server.stdout })) {
    const address = /http:\/\/localhost:\d+/.exec(line)?.[0]
    if (address) return address
  }
  throw new Error('The server ended before it said where it listens.')
}

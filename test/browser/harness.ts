/**
 * Real pages for the browser tests: one Chromium, one server over a folder of fixtures, and a list of everything
 * that a page complained about. `await using` or `close()` ends all of it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { build, type InlineConfig, type PluginOption, preview } from 'vite'
import { findChromium } from '../../.ci/chromium.mjs'
import { slimPackages } from '../../.ci/slim-packages.mjs'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** What every run needs; each line names what happens without it. */
export const flags = [
  // Chromium refuses to start as root.
  '--no-sandbox',
  // Candidates would be random .local names, which need multicast to resolve; and each window would load two pages for
  // the suggestions of its address bar.
  '--disable-features=WebRtcHideLocalIpsWithMdns,WebUIOmniboxPopup,WebUIOmniboxAimPopup',
  // On a machine with loopback only there would be no candidates at all; goes with the microphone permission below.
  '--allow-loopback-in-peer-connection',
  // Nothing but the test talks to the network.
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--no-first-run',
  // /dev/shm is 64 MB in containers.
  '--disable-dev-shm-usage',
  // No machine of tests has a graphics card; drawing is cheaper without an emulated one.
  '--disable-gpu',
]

export interface HarnessOptions {
  /** Folder that is served, relative to the repository, e.g. `test/browser/fixtures/star`. */
  root: string
  /** Further flags of Chromium, e.g. `--js-flags=--expose-gc`. */
  flags?: string[]
  /**
   * Tabs that hide when another comes to the front. Otherwise every page believes that it is in front, because
   * Playwright emulates focus in browsers that it launches.
   */
  realTabs?: boolean
  /** Further plugins of Vite, e.g. the signalling server's. */
  plugins?: PluginOption[]
}

export interface TestPage {
  readonly page: Page
  /** Page errors and console errors so far. */
  readonly complaints: string[]
  /** Takes a complaint off the list that the test provokes on purpose. */
  expectComplaint(pattern: RegExp): void
}

export interface Harness {
  /** E.g. `http://127.0.0.1:40123`. */
  readonly origin: string
  readonly browser: Browser
  /** Pages of one context share storage and BroadcastChannels, as tabs of one browser do. */
  newContext(): Promise<BrowserContext>
  /** Opens a page and waits until it has loaded. `path` is relative to the fixture folder. */
  open(path?: string, context?: BrowserContext): Promise<TestPage>
  /** @throws Error that lists what any page complained about since the last call. Call it after each test. */
  assertQuiet(): void
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startHarness(options: HarnessOptions): Promise<Harness> {
  const executablePath = process.env.CHROMIUM ?? findChromium()
  if (!executablePath) throw new Error('No Chromium found: set CHROMIUM to its path, or run `npm test` once as root.')
  const { origin, stop } = await servePages(options)

  const args = [...flags, ...(options.flags ?? [])]
  const { browser, end } = options.realTabs
    ? await launchRealTabs(executablePath, args)
    : await launch(executablePath, args)
  const pages: { url: string; complaints: string[] }[] = []
  let sharedContext: BrowserContext | null = null

  const newContext = async (): Promise<BrowserContext> => {
    const context = options.realTabs ? browser.contexts()[0] : await browser.newContext()
    if (!context) throw new Error('The browser has no window.')
    await context.grantPermissions(['microphone'], { origin })
    return context
  }

  const close = async (): Promise<void> => {
    await end().finally(stop)
  }

  return {
    origin,
    browser,
    newContext,
    async open(path = '/', context) {
      sharedContext ??= await newContext()
      const page = await (context ?? sharedContext).newPage()
      const complaints: string[] = []
      pages.push({ url: path, complaints })
      page.on('pageerror', (error) => complaints.push(`error: ${error.stack ?? error.message}`))
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(`console: ${message.text()} (${message.location().url})`)
      })
      await page.goto(new URL(path, origin).href)
      return {
        page,
        complaints,
        expectComplaint(pattern) {
          const index = complaints.findIndex((complaint) => pattern.test(complaint))
          if (index < 0)
            throw new Error(`No page complaint matches ${pattern}: ${complaints.join('\n') || 'none at all'}`)
          complaints.splice(index, 1)
        },
      }
    },
    assertQuiet() {
      const all = pages.flatMap(({ url, complaints }) => complaints.splice(0).map((text) => `${url}: ${text}`))
      if (all.length > 0) throw new Error(`Pages complained:\n${all.join('\n')}`)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/**
 * Builds the pages of a folder and serves them. Served one by one from their sources, the hundred modules of each page
 * would take longer than most tests do. It is no build for production: what developers are told is in it.
 */
async function servePages({ root, plugins }: HarnessOptions): Promise<{ origin: string; stop(): Promise<void> }> {
  const at = (path: string): string => `${repository}/${path}`
  await mkdir(at('.cache'), { recursive: true })
  const outDir = await mkdtemp(at('.cache/pages-'))
  const pages = (await readdir(at(root))).filter((name) => name.endsWith('.html'))
  const config: InlineConfig = {
    configFile: false,
    root: at(root),
    mode: 'development',
    logLevel: 'error',
    publicDir: false,
    resolve: {
      alias: [
        { find: /^starwire$/, replacement: at('net/index.ts') },
        { find: /^starwire\/(.+)$/, replacement: at('net/$1.ts') },
      ],
    },
    plugins: [slimPackages(repository), plugins ?? []],
    build: { outDir, minify: false, rollupOptions: { input: pages.map((name) => at(`${root}/${name}`)) } },
    preview: { host: '127.0.0.1', port: 0 },
  }
  const remove = () => rm(outDir, { recursive: true, force: true })
  try {
    await build(config)
    const server = await preview(config)
    const address = server.httpServer.address()
    if (!address || typeof address === 'string') throw new Error('The server of the pages has no port.')
    return {
      origin: `http://127.0.0.1:${address.port}`,
      stop: () => server.close().finally(remove),
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function launch(executablePath: string, args: string[]): Promise<{ browser: Browser; end(): Promise<void> }> {
  const browser = await chromium.launch({ executablePath, args })
  return { browser, end: () => browser.close() }
}

/** A browser that we start ourselves and steer from outside, with none of Playwright's own settings. */
async function launchRealTabs(executablePath: string, args: string[]): ReturnType<typeof launch> {
  const profile = await mkdtemp(join(tmpdir(), 'starwire-browser-'))
  const child = spawn(
    executablePath,
    ['--headless', '--remote-debugging-port=0', `--user-data-dir=${profile}`, ...args, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const browser = await chromium.connectOverCDP(await debuggerAddress(child), { noDefaults: true })
  return {
    browser,
    async end() {
      await browser.close()
      const exited = once(child, 'exit')
      if (child.exitCode === null && child.kill()) await exited
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function debuggerAddress(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('The browser has no stderr to read.')
  const lines = createInterface({ input: child.stderr })
  for await (const line of lines) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1]
    if (!address) continue
    // Read on, or the browser stops when its pipe is full.
    child.stderr.resume()
    return address
  }
  throw new Error('The browser ended before it said where it listens.')
}

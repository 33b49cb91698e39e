/** Real Chromium inside the lab's namespaces: each browser stands at a place, and loads the lab's page from its signalling server. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { findChromium } from '../../.ci/chromium.mjs'
import { slimPackages } from '../../.ci/slim-packages.mjs'
import { NO_RELAY_PORT, pageOrigin, SIGNALING_PORT, type SignalingPort } from './addresses.ts'
import type { LabHost } from './internet.ts'
import type { LabPage } from './page/main.ts'

declare global {
  interface Window {
    lab: LabPage
  }
}

/** Builds the page into a folder, as pages are built for players. */
export async function buildPage(outDir: string): Promise<void> {
  const root = resolve('test/lab/page')
  await build({
    ...{ configFile: false, root, logLevel: 'error', publicDir: false },
    plugins: [slimPackages(resolve('.'))],
    resolve: {
      alias: [
        { find: /^starwire$/, replacement: resolve('net/index.ts') },
        { find: /^starwire\/(.+)$/, replacement: resolve('net/$1.ts') },
      ],
    },
    build: { outDir, emptyOutDir: true },
  })
}

export interface LabBrowser {
  /** A new page, loaded from the signalling server at this port. Default: the one with a relay. */
  open(port?: SignalingPort): Promise<Page>
  close(): Promise<void>
}

/** `folder`: for the program that starts Chromium there. @throws Error when there is no Chromium. */
export async function openBrowser({ namespace }: LabHost, folder: string): Promise<LabBrowser> {
  const chromiumPath = findChromium()
  if (!chromiumPath) throw new Error('No Chromium found: set CHROMIUM to its path.')
  const starter = join(folder, `chromium-${namespace}`)
  writeFileSync(starter, `#!/bin/sh\nexec ip netns exec ${namespace} '${chromiumPath}' "$@"\n`)
  chmodSync(starter, 0o755)
  const browser: Browser = await chromium.launch({
    executablePath: starter,
    args: [
      // Chromium refuses to start as root.
      '--no-sandbox',
      `--unsafely-treat-insecure-origin-as-secure=${([SIGNALING_PORT, NO_RELAY_PORT] as const).map((port) => pageOrigin(port)).join(',')}`,
      ...['--disable-background-networking', '--disable-component-update', '--no-first-run'],
      ...['--disable-dev-shm-usage', '--disable-gpu'],
    ],
  })
  return {
    async open(port = SIGNALING_PORT) {
      const page = await browser.newPage()
      const trouble: string[] = []
      page.on('pageerror', (error) => trouble.push(String(error)))
      page.on('requestfailed', (request) => trouble.push(`${request.url()}: ${request.failure()?.errorText}`))
      page.on('response', (response) => response.ok() || trouble.push(`${response.url()}: ${response.status()}`))
      await page.goto(`${pageOrigin(port)}/`)
      await page
        .waitForFunction(() => window.lab !== undefined)
        .catch((error: unknown) => {
          throw new Error(`The lab's page did not start: ${trouble.join('; ') || String(error)}`)
        })
      return page
    },
    close: () => browser.close(),
  }
}

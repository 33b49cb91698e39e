/** The rules come to the same, to the bit, in engines of several makers. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Plugin } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findFirefox } from '../../.ci/firefox.mjs'
import type { Mode } from '../../game/rules/balance.ts'
import { outcomes } from '../game/outcome.ts'
import { type Harness, startHarness } from './harness.ts'

const SEED = 16

interface Told {
  readonly browser: string
  readonly outcomes: Record<Mode, string>
}

/** Who waits for the next page that tells. */
let hear: (told: Told) => void = () => {}

/** A server for pages that nobody drives: what they post is heard here. */
const listener: Plugin = {
  name: 'outcome-listener',
  configurePreviewServer({ middlewares }) {
    middlewares.use('/told', async (request: IncomingMessage, response) => {
      hear(JSON.parse(await text(request)) as Told)
      response.end()
    })
  },
}

/** The next page that tells, opened by `open`. */
async function toldBy(open: () => Promise<unknown>): Promise<Told> {
  const told = new Promise<Told>((resolve) => {
    hear = resolve
  })
  await open()
  return told
}

describe('the same seed and inputs', { tags: ['long'] }, () => {
  let harness: Harness
  let expected: Record<Mode, string>
  beforeAll(async () => {
    harness = await startHarness({ root: 'test/browser/fixtures/outcome', plugins: [listener] })
    expected = outcomes(SEED)
  })
  afterAll(() => harness?.close())

  it('come to the same world in Chromium as in Node, in every mode', async () => {
    const told = await toldBy(() => harness.open(`/?seed=${SEED}`))
    expect(told.browser).toContain('Chrome')
    expect(told.outcomes).toEqual(expected)
    expect(new Set(Object.values(expected)).size).toBe(4)
    harness.assertQuiet()
  }, 120_000)

  const firefox = findFirefox()
  // Without one, `npm run test:long` has said so, with the command that installs it.
  if (firefox)
    it('come to the same world in Firefox', async () => {
      const profile = await mkdtemp(join(tmpdir(), 'starwire-firefox-'))
      let browser: ChildProcess | null = null
      try {
        const told = await toldBy(async () => {
          const args = ['--headless', '--no-remote', '--profile', profile, `${harness.origin}/?seed=${SEED}`]
          // Firefox refuses a home that belongs to somebody else, as that of root under sudo does.
          browser = spawn(firefox, args, { stdio: 'ignore', env: { ...process.env, HOME: profile } })
          await once(browser, 'spawn')
        })
        expect(told.browser).toContain('Firefox')
        expect(told.outcomes).toEqual(expected)
      } finally {
        await end(browser)
        await rm(profile, { recursive: true, force: true, maxRetries: 5 })
      }
    }, 180_000)
})

async function end(browser: ChildProcess | null): Promise<void> {
  if (browser === null || browser.exitCode !== null) return
  const ended = once(browser, 'exit')
  browser.kill()
  await ended
}

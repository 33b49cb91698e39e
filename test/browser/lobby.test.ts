/** The lobby in real pages, over the page's own signalling server and WebRTC: what players do, and what goes wrong. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { reasonSentences } from '../../net/errors/sentences.ts'
import { starwire } from '../../net/vite.ts'
import type { LobbyPage } from './fixtures/lobby/main.ts'
import { type Harness, startHarness, type TestPage } from './harness.ts'

declare global {
  interface Window {
    page: LobbyPage
  }
}

let harness: Harness
let host: TestPage
let bea: TestPage
let cleo: TestPage

beforeAll(async () => {
  harness = await startHarness({
    root: 'test/browser/fixtures/lobby',
    flags: ['--js-flags=--expose-gc'],
    plugins: [starwire({ iceServers: [], secret: 'a secret of the tests, long enough' })],
  })
  host = await harness.open()
  bea = await harness.open()
  cleo = await harness.open()
})
afterAll(() => harness?.close())
afterEach(() => harness.assertQuiet())

/** Opens a lobby on the host's page; the one before it ends. */
async function open(maxPlayers = 8): Promise<string> {
  expect(await host.page.evaluate((n) => window.page.create('Ann', n), maxPlayers)).toMatchObject({ reason: null })
  return host.page.evaluate(() => window.page.code())
}
const join = ({ page }: TestPage, code: string, name: string) =>
  page.evaluate(([code, name]) => window.page.join(code, name), [code, name] as const)
const names = ({ page }: TestPage) => page.evaluate(() => window.page.names())
const ended = async ({ page }: TestPage) => {
  await page.waitForFunction(() => window.page.ended(), null, { polling: 20 })
  return page.evaluate(() => window.page.ended())
}
const places = async ({ page }: TestPage) => (await page.evaluate(() => window.page.runners())).places
const playing = (pages: TestPage[], runners = pages.length) =>
  Promise.all(
    pages.map(({ page }) =>
      page.waitForFunction((n) => window.page.runners().places.length === n, runners, { polling: 20 }),
    ),
  )
const run = ({ page }: TestPage, x: -1 | 0 | 1) => page.evaluate((x) => window.page.run(x), x)

/** A match of host, Bea and whoever else is given. */
async function match(...others: TestPage[]): Promise<string> {
  const code = await open()
  for (const [i, guest] of [bea, ...others].entries())
    expect(await join(guest, code, ['Bea', 'Cleo'][i] ?? 'Dan')).toMatchObject({ reason: null })
  expect(await host.page.evaluate(() => window.page.start())).toBeNull()
  await playing([host, bea, ...others])
  return code
}

/** Bea runs and the host's page sees it; the host runs and Bea's page sees it. */
async function othersPlayOn(): Promise<void> {
  const steps = ({ page }: TestPage, name: string) => page.evaluate((name) => window.page.steps()[name] ?? 0, name)
  const seen = [
    [host, 'Bea', await steps(host, 'Bea')],
    [bea, 'Ann', await steps(bea, 'Ann')],
  ] as const
  await run(host, 1)
  await run(bea, -1)
  // More than what may have been on the way when it was looked at first.
  for (const [page, name, before] of seen) await expect.poll(() => steps(page, name)).toBeGreaterThan(before + 40)
  await run(host, 0)
  await run(bea, 0)
}

describe('joining', () => {
  it('says how far it is, in any case of the code, and shows names as text', async () => {
    const code = await open()
    expect(await join(bea, ` ${code.toLowerCase()} `, '<b>Bea</b><img src=x>')).toMatchObject({
      reason: null,
      stages: ['finding the lobby', 'contacting the host', 'connecting'],
    })
    expect(await join(cleo, code, 'x'.repeat(10_000))).toMatchObject({ reason: null })
    const shown = ['Ann', '&lt;b&gt;Bea&lt;/b&gt;&lt;img src=x', 'x'.repeat(20)]
    for (const [i, page] of [host, bea, cleo].entries()) {
      await expect.poll(() => page.page.evaluate(() => window.page.shown().map(([text]) => text))).toEqual(shown)
      const marks = await page.page.evaluate(() => window.page.shown().map(([, title]) => title))
      expect(marks).toEqual(['host', '', ''].map((mark, seat) => (seat === i ? `${mark} mine`.trim() : mark)))
    }
    await bea.page.evaluate(() => window.page.setReady(true))
    await expect.poll(() => host.page.evaluate(() => window.page.shown()[1]?.[1])).toBe('ready')
  })

  it.each([
    ['that is too short', 'no', 'bad-code'],
    ['that is empty', '', 'bad-code'],
    ['of letters that no code has', 'AEIOU', 'bad-code'],
    ['that is markup', '<b>x</b>', 'bad-code'],
    ['of 10,000 characters', 'x'.repeat(10_000), 'bad-code'],
    ['that nobody has', '22222', 'not-found'],
  ] as const)('with a code %s ends at once, in words', async (_name, code, reason) => {
    expect(await join(bea, code, 'Bea')).toMatchObject({ reason, sentence: reasonSentences[reason] })
  })

  it.each<[string, () => void]>([
    ['is missing', () => void Reflect.deleteProperty(window, 'RTCPeerConnection')],
    [
      'is blocked',
      () =>
        void Object.assign(window, {
          RTCPeerConnection: class {
            constructor() {
              throw new Error('blocked')
            }
          },
        }),
    ],
  ])('and hosting, where WebRTC %s, end at once with that, and no code is given', async (_how, take) => {
    const code = await open()
    const without = await harness.open()
    await without.page.evaluate(take)
    const sentence = reasonSentences['no-webrtc']
    expect(await join(without, code, 'Bea')).toMatchObject({ reason: 'no-webrtc', sentence, stages: [] })
    expect(await without.page.evaluate(() => window.page.create('Bea'))).toMatchObject({
      reason: 'no-webrtc',
      sentence,
    })
    await without.page.close()
  })

  it('a full lobby ends with full, and works once there is a seat', async () => {
    const code = await open(2)
    expect(await join(bea, code, 'Bea')).toMatchObject({ reason: null })
    expect(await join(cleo, code, 'Cleo')).toMatchObject({ reason: 'full', sentence: 'This lobby is full.' })
    await bea.page.evaluate(() => window.page.leave())
    await expect.poll(() => names(host)).toEqual(['Ann'])
    expect(await join(cleo, code, 'Cleo')).toMatchObject({ reason: null })
    expect(await names(host)).toEqual(['Ann', 'Cleo'])
  })

  it.each([
    [
      'version',
      'version=2',
      'version-mismatch',
      /this page runs yard version 2.+ the host runs yard version 1, declared [0-9a-f]{8}, rules [0-9a-f]{8}$/,
    ],
    [
      'set of rules',
      'rules=changed',
      'version-mismatch',
      /this page runs yard version 1.+, rules changed; the host runs yard version 1/,
    ],
    ['game', 'id=golf', 'other-game', /this page runs golf version 1.+ the host runs yard version 1/],
  ] as const)(
    'from a page of another %s ends with both sides’ game, version and hash',
    async (_, query, reason, detail) => {
      const code = await open()
      const other = await harness.open(`/?${query}`)
      expect(await join(other, code, 'Old')).toMatchObject({
        reason,
        sentence: reasonSentences[reason],
        detail: expect.stringMatching(detail),
      })
      expect(await names(host)).toEqual(['Ann'])
      await other.page.close()
    },
  )

  it('by link while the game runs plays at once', async () => {
    const code = await match()
    const late = await harness.open(`/?name=Late#${code}`)
    await playing([host, bea, late], 3)
    expect(await names(late)).toEqual(['Ann', 'Bea', 'Late'])
    await run(late, 1)
    await expect.poll(async () => (await places(bea))[2]).not.toBe(400)
    await late.page.close({ runBeforeUnload: true })
    // It might be a reload, so the seat is kept; the host need not wait.
    await expect
      .poll(() => host.page.evaluate(() => window.page.shown().at(-1)), { timeout: 4000 })
      .toEqual(['Late', 'away'])
    expect(await host.page.evaluate(() => window.page.kick('Late'))).toBeNull()
    await playing([host, bea], 2)
    await othersPlayOn()
  })
})

describe('people in a running match', () => {
  it('talk, and send each other files that arrive to the byte, directly and through the host, while they play', {
    tags: ['long'],
  }, async () => {
    await match(cleo)
    await host.page.evaluate(() => window.page.say('<b>hello</b> https://example.com'))
    await bea.page.evaluate(() => window.page.say('hi'))
    const said = ['joined Bea', 'joined Cleo', 'match-started', 'Ann: <b>hello</b> https://example.com', 'Bea: hi']
    for (const { page } of [host, bea, cleo])
      await expect.poll(async () => (await page.evaluate(() => window.page.chat())).toSorted()).toEqual(said.toSorted())
    const megabyte = 1_000_000
    const direct = await host.page.evaluate((size) => window.page.share('Bea', size), megabyte)
    const through = await cleo.page.evaluate((size) => window.page.share('Bea', size), megabyte)
    const back = await bea.page.evaluate((size) => window.page.share('Ann', size), megabyte)
    expect([direct.end, through.end, back.end]).toEqual(['done', 'done', 'done'])
    const about = { end: 'done', name: 'noise.bin', type: 'application/x-noise' }
    expect(await bea.page.evaluate(() => window.page.received())).toEqual([
      { ...about, hash: direct.hash },
      { ...about, hash: through.hash },
    ])
    expect(await host.page.evaluate(() => window.page.received())).toEqual([{ ...about, hash: back.hash }])
    await othersPlayOn()
  })
})

describe('a lobby that plays again', () => {
  it('ends the match for everybody without an error, keeps its people, and a late joiner is in the next one', {
    tags: ['long'],
  }, async () => {
    const code = await match()
    expect(await bea.page.evaluate(() => window.page.finish())).toBe('not-host')
    expect(await host.page.evaluate(() => window.page.finish())).toBeNull()
    for (const { page } of [host, bea]) {
      await page.waitForFunction(() => window.page.matchesEnded().length === 1, null, { polling: 20 })
      expect(await page.evaluate(() => [window.page.matchesEnded(), window.page.ended()])).toEqual([['over'], null])
      expect(await page.evaluate(() => window.page.names())).toEqual(['Ann', 'Bea'])
    }
    expect(await join(cleo, code, 'Cleo')).toMatchObject({ reason: null })
    expect(await host.page.evaluate(() => window.page.start())).toBeNull()
    await playing([host, bea, cleo])
    await othersPlayOn()
    expect(await bea.page.evaluate(() => window.page.states())).toEqual(['playing', 'lobby', 'playing'])
  })
})

describe('going', () => {
  it('by a kick is told to the one, and seen by the others; they cannot come back at once, though they reload', {
    tags: ['long'],
  }, async () => {
    const code = await match(cleo)
    expect(await cleo.page.evaluate(() => [window.page.start(), window.page.kick('Ann')])).toEqual([
      'not-host',
      'not-host',
    ])
    expect(await host.page.evaluate(() => window.page.kick('Cleo'))).toBeNull()
    expect(await ended(cleo)).toMatchObject({ reason: 'kicked' })
    await playing([host, bea], 2)
    expect(await names(bea)).toEqual(['Ann', 'Bea'])
    expect(await join(cleo, code, 'Cleo')).toMatchObject({ reason: 'kicked' })
    await cleo.page.reload()
    expect(await join(cleo, code, 'Dora')).toMatchObject({ reason: 'kicked' })
    await playing([host, bea], 2)
    await othersPlayOn()
  })

  it('and coming again, three times, leaves one player and one runner', { tags: ['long'] }, async () => {
    const code = await match(cleo)
    for (let i = 0; i < 3; i++) {
      await cleo.page.evaluate(() => window.page.leave())
      expect(await ended(cleo)).toMatchObject({ reason: null })
      await playing([host, bea], 2)
      expect(await join(cleo, code, 'Cleo')).toMatchObject({ reason: null })
      await playing([host, bea, cleo])
    }
    expect(await names(host)).toEqual(['Ann', 'Bea', 'Cleo'])
    await othersPlayOn()
  })

  it('of the host, by its page being closed, is told to everybody at once', async () => {
    const away = await harness.open()
    expect(await away.page.evaluate(() => window.page.create('Zoe'))).toMatchObject({ reason: null })
    const code = await away.page.evaluate(() => window.page.code())
    await join(bea, code, 'Bea')
    await away.page.evaluate(() => window.page.start())
    await playing([away, bea])
    const closedAt = Date.now()
    await away.page.close({ runBeforeUnload: true })
    const end = await ended(bea)
    expect(end).toMatchObject({ reason: 'host-left' })
    console.log(`the host's page was closed: told after ${end!.at - closedAt} ms`)
    // It was said, not guessed from silence: then they would have dialled first.
    expect(await bea.page.evaluate(() => window.page.states())).toEqual(['playing', 'ended'])
    expect(await join(bea, code, 'Bea')).toMatchObject({ reason: 'not-found' })
  })

  it('of the host, by its page being killed, is noticed by its silence', { tags: ['long'] }, async () => {
    const victim = await harness.open()
    // Where seats are kept its guests would dial it for a while.
    expect(await victim.page.evaluate(() => window.page.create('Zoe', 8, 0))).toMatchObject({ reason: null })
    const code = await victim.page.evaluate(() => window.page.code())
    await join(bea, code, 'Bea')
    await victim.page.evaluate(() => window.page.start())
    await playing([victim, bea])
    const cdp = await victim.page.context().newCDPSession(victim.page)
    const killedAt = Date.now()
    cdp.send('Page.crash').catch(() => {})
    const end = await ended(bea)
    expect(end).toMatchObject({ reason: 'host-left' })
    console.log(`the host's page was killed: told after ${end!.at - killedAt} ms`)
    expect(end!.at - killedAt).toBeGreaterThan(4000)
  })
})

describe('a hostile guest of a running match', () => {
  it.each(['state', 'bulk'] as const)('on the %s lane is dropped, and the others play on', async (lane) => {
    const code = await match()
    const attack = cleo.page.evaluate(([code, lane]) => window.page.attack(code, lane), [code, lane] as const)
    await othersPlayOn()
    const { reason, sent } = await attack
    console.log(`hostile on ${lane}: ${reason} after ${sent} messages`)
    expect(reason).toBe('kicked')
    await expect.poll(() => names(host)).toEqual(['Ann', 'Bea'])
    await playing([host, bea], 2)
    await othersPlayOn()
    expect(await host.page.evaluate(() => window.page.state())).toBe('playing')
  })
})

describe('rules that throw', () => {
  it('on one client end it there with rules-failed, and the others play on', { tags: ['long'] }, async () => {
    await match(cleo)
    await cleo.page.evaluate(() => window.page.breakRules(true))
    expect(await ended(cleo)).toMatchObject({ reason: 'rules-failed' })
    await cleo.page.evaluate(() => window.page.breakRules(false))
    cleo.expectComplaint(/the rules broke, as the test wants/)
    await playing([host, bea], 2)
    await othersPlayOn()
  })

  it('on the host end it for everybody, with rules-failed', async () => {
    await match(cleo)
    await host.page.evaluate(() => window.page.breakRules(true))
    for (const page of [host, bea, cleo]) expect(await ended(page)).toMatchObject({ reason: 'rules-failed' })
    await host.page.evaluate(() => window.page.breakRules(false))
    host.expectComplaint(/the rules broke, as the test wants/)
  })
})

describe('the end', () => {
  it('leaves no connection, worker, timer or listener behind, on either side', async () => {
    const counts = () => Promise.all([host, bea].map(({ page }) => page.evaluate(() => window.page.live())))
    const fresh = await harness.open()
    // Chromium itself keeps the odd closed connection for good on a busy machine; none may be open.
    const { created: _, connections: __, ...idle } = await fresh.page.evaluate(() => window.page.live())
    await fresh.page.close()
    await match()
    expect((await counts()).map(({ workers }) => workers > 0)).toEqual([true, true])
    await host.page.evaluate(() => window.page.leave())
    expect(await ended(bea)).toMatchObject({ reason: 'host-left' })
    await expect.poll(counts, { timeout: 20_000, interval: 200 }).toMatchObject([idle, idle])
  })
})

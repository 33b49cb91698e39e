/** The star in real tabs: WebRTC as Chromium does it, with signalling over a BroadcastChannel. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { MAX_HEAD_BYTES } from '../../net/transport/bulk-frames.ts'
import { LOW_WATER_BYTES } from '../../net/transport/link.ts'
import { starwire } from '../../net/vite.ts'
import { MAX_STATE_BYTES } from '../../net/wire/lanes.ts'
import type { Face } from './fixtures/star/face.ts'
import type { JoinOptions, Star, Trouble } from './fixtures/star/main.ts'
import { type Harness, startHarness, type TestPage } from './harness.ts'

declare global {
  interface Window {
    star: Star
    face: Face
  }
}

let harness: Harness
let host: TestPage
let guest: TestPage

beforeAll(async () => {
  harness = await startHarness({
    root: 'test/browser/fixtures/star',
    flags: ['--js-flags=--expose-gc'],
    plugins: [starwire({ iceServers: [] })],
  })
  host = await harness.open()
  guest = await harness.open()
})
afterAll(() => harness?.close())
afterEach(() => harness.assertQuiet())

let lobbies = 0
/** A lobby of its own for each test; its code is the last five characters. */
async function openLobby(): Promise<string> {
  const channel = `star-${String(++lobbies).padStart(5, '0')}`
  await host.page.evaluate((channel) => window.star.host(channel), channel)
  return channel
}
const join = ({ page }: TestPage, channel: string, name: string, options: JoinOptions = {}) =>
  page.evaluate(([channel, name, options]) => window.star.join(channel, name, options), [
    channel,
    name,
    options,
  ] as const)
const closed = async ({ page }: TestPage, name: string) => {
  await page.waitForFunction((name) => window.star.heard(name)?.closed, name, { polling: 20 })
  return page.evaluate((name) => window.star.heard(name)!, name)
}
/** One guest, connected. */
async function connect(name = 'ann'): Promise<string> {
  const channel = await openLobby()
  expect(await join(guest, channel, name)).toMatchObject({ reason: null })
  await host.page.waitForFunction((name) => window.star.heard(name), name, { polling: 20 })
  return channel
}

describe('two tabs', () => {
  it('connect, and say how far they are', async () => {
    const channel = await openLobby()
    const { ms, stages, reason } = await join(guest, channel, 'ann')
    expect(reason).toBeNull()
    expect(stages).toEqual(['finding the lobby', 'contacting the host', 'connecting'])
    console.log(`connected in ${ms.toFixed(0)} ms`)
    expect(await host.page.evaluate(() => window.star.hostState())).toMatchObject({ connecting: 0, rejectedSignals: 0 })
  })

  it('have an unreliable, unordered state channel and a reliable, ordered bulk channel, on either side', async () => {
    for (const { page } of [host, guest]) await page.evaluate(() => window.star.keepConnections())
    await connect()
    for (const { page } of [host, guest]) {
      expect(await page.evaluate(() => window.star.rawChannelFacts())).toEqual([
        { id: 0, ordered: false, maxRetransmits: 0, maxPacketLifeTime: null, negotiated: true, readyState: 'open' },
        { id: 1, ordered: true, maxRetransmits: null, maxPacketLifeTime: null, negotiated: true, readyState: 'open' },
      ])
      expect(await page.evaluate(() => window.star.describe('ann'))).toEqual({
        kind: 'webrtc',
        route: 'direct',
        lanes: {
          state: { ordered: false, maxRetransmits: 0, readyState: 'open' },
          bulk: { ordered: true, maxRetransmits: null, readyState: 'open' },
        },
      })
    }
  })

  it.each([
    ['state', [1, 2, 3, 1, 1, 64, MAX_STATE_BYTES, 1, MAX_STATE_BYTES, MAX_STATE_BYTES - 1]],
    ['bulk', [1, 1, 2, 0x8000, 3_000_000, 1, 100_000, 3]],
  ] as const)('keep the boundaries of messages on the %s lane', async (lane, sizes) => {
    await connect()
    await guest.page.evaluate(([lane, sizes]) => window.star.sendAll('ann', lane, [...sizes]), [lane, sizes] as const)
    await host.page.waitForFunction((n) => window.star.heard('ann')!.messages.length >= n, sizes.length, {
      polling: 20,
    })
    const { messages } = (await host.page.evaluate(() => window.star.heard('ann')))!
    const expected = sizes.map((size) => ({ lane, size, intact: true }))
    if (lane === 'bulk') expect(messages).toEqual(expected)
    else expect(messages.toSorted((a, b) => a.size - b.size)).toEqual(expected.toSorted((a, b) => a.size - b.size))
  })

  it('lose nothing to the guard at a game’s pace, two full packets a tick', { tags: ['long'] }, async () => {
    await connect()
    const sent = await host.page.evaluate(() => window.star.stream('ann', 60, 120, 2, 1128))
    console.log(`guard at 60 Hz x 2 x 1128 B: ${sent} of 240 sent`)
    // Without bursts it would be half of them; a busy machine skips a few.
    expect(sent).toBeGreaterThan(150)
    const received = () => guest.page.evaluate(() => window.star.stats('ann').state.receivedMessages)
    await expect.poll(received).toBe(sent)
  })

  it('send 2 MB as fast as they leave the page, with no more than the mark and one message waiting, in order', {
    tags: ['long'],
  }, async () => {
    await connect()
    // Each size is another, so that the order shows.
    const sizes = Array.from({ length: 128 }, (_, i) => 16_000 + i)
    const most = await host.page.evaluate((sizes) => window.star.sendDrained('ann', 'bulk', sizes), sizes)
    console.log(`2 MB awaiting drained: at most ${most} bytes waited`)
    expect(most).toBeLessThanOrEqual(LOW_WATER_BYTES.bulk + 16_127 + 16 * MAX_HEAD_BYTES)
    // It was full, or the test says nothing.
    expect(most).toBeGreaterThan(LOW_WATER_BYTES.bulk)
    await guest.page.waitForFunction((n) => window.star.heard('ann')!.messages.length >= n, sizes.length, {
      polling: 20,
    })
    const { messages } = (await guest.page.evaluate(() => window.star.heard('ann')))!
    expect(messages).toEqual(sizes.map((size) => ({ lane: 'bulk', size, intact: true })))
    const state = await host.page.evaluate(() => window.star.sendDrained('ann', 'state', Array(40).fill(1128)))
    expect(state).toBeLessThanOrEqual(MAX_STATE_BYTES)
    expect(await host.page.evaluate(() => window.star.drainedWhenClosed('ann'))).toBe('closed')
  })

  it('are told why a guest may not join', async () => {
    const channel = await openLobby()
    expect(await join(guest, channel, 'mallory')).toMatchObject({ reason: 'banned' })
    expect(await join(guest, 'star-XXXXX', 'ann', { deadlineMs: 400 })).toMatchObject({ reason: 'host-silent' })
  })
})

describe('leaving', () => {
  it('carries a kick with its reason, after all that was said before', { tags: ['long'] }, async () => {
    await connect()
    await host.page.evaluate(async () => {
      await window.star.sendAll('ann', 'bulk', [200_000, 200_000, 5])
      window.star.close('ann', 'kicked')
    })
    const heard = await closed(guest, 'ann')
    expect(heard.closed?.reason).toBe('kicked')
    expect(heard.messages.map(({ size }) => size)).toEqual([200_000, 200_000, 5])
    expect((await closed(host, 'ann')).closed?.reason).toBe('kicked')
    expect(await host.page.evaluate(() => window.star.hostState())).toMatchObject({ peers: 0 })
  })

  it('is heard at once when a page is left, on either side', async () => {
    const leaver = await harness.open()
    const channel = await openLobby()
    await join(leaver, channel, 'bob')
    await host.page.waitForFunction(() => window.star.heard('bob'), null, { polling: 20 })
    const left = await host.page.evaluate(() => window.star.now())
    await leaver.page.goto('about:blank')
    const bob = await closed(host, 'bob')
    expect(bob).toMatchObject({ closed: { reason: 'away' }, liveness: [] })
    console.log(`guest's page left: heard after ${bob.closed!.atMs - left} ms`)

    const otherHost = await harness.open()
    await otherHost.page.evaluate(() => window.star.host('star-OTHER'))
    await join(guest, 'star-OTHER', 'cleo')
    await otherHost.page.close({ runBeforeUnload: true })
    expect(await closed(guest, 'cleo')).toMatchObject({ closed: { reason: 'host-left' }, liveness: [] })
  })

  it('is noticed without a goodbye: late after 1 s of silence, gone after 5 s', { tags: ['long'] }, async () => {
    const victim = await harness.open()
    const channel = await openLobby()
    await join(victim, channel, 'dave')
    await host.page.waitForFunction(() => window.star.heard('dave'), null, { polling: 20 })
    const cdp = await victim.page.context().newCDPSession(victim.page)
    const killed = await host.page.evaluate(() => window.star.now())
    cdp.send('Page.crash').catch(() => {})
    const heard = await closed(host, 'dave')
    expect(heard.closed?.reason).toBe('lost')
    expect(heard.liveness.map(({ state }) => state)).toEqual(['late', 'gone'])
    const [late, gone] = heard.liveness.map(({ atMs }) => atMs - killed)
    console.log(`killed: late after ${late} ms, gone after ${gone} ms`)
    expect(late).toBeGreaterThan(600)
    expect(gone).toBeGreaterThan(4500)
  })
})

describe('a page whose thread stalls', () => {
  it('is late for the others, blames nobody when it wakes, and is alive again', { tags: ['long'] }, async () => {
    const sleeper = await harness.open()
    const channel = await openLobby()
    await join(sleeper, channel, 'eve')
    await host.page.waitForFunction(() => window.star.heard('eve'), null, { polling: 20 })
    const stalled = sleeper.page.evaluate(() => window.star.stall(2500))
    await host.page.waitForFunction(() => window.star.heard('eve')!.liveness.length === 2, null, { polling: 20 })
    expect(await host.page.evaluate(() => window.star.heard('eve')!.liveness.map(({ state }) => state))).toEqual([
      'late',
      'alive',
    ])
    await stalled
    expect(await sleeper.page.evaluate(() => window.star.heard('eve'))).toMatchObject({ liveness: [], closed: null })
    await sleeper.page.close()
  })
})

describe('a join that cannot work', () => {
  const cases: [Trouble, string, RegExp][] = [
    ['candidates are lost', 'no-route', /nothing within \d+ ms; candidates here: host; there: none; TURN offered: no/],
    ['the host is not heard', 'host-silent', /no answer to the offer; nothing within/],
    ['descriptions are garbage', 'host-silent', /no answer to the offer/],
    ['offers ask for video', 'host-silent', /no answer to the offer/],
    ['texts are cut', 'host-silent', /no answer to the offer/],
  ]
  it.each(cases)('says why when %s', async (trouble, reason, detail) => {
    const channel = await openLobby()
    const result = await join(guest, channel, 'ann', { trouble, deadlineMs: 600 })
    expect(result).toMatchObject({ reason, detail: expect.stringMatching(detail) })
    // The host is as it was, and takes the next guest.
    expect(await join(guest, channel, 'ann')).toMatchObject({ reason: null })
  })

  it('says that TURN was offered, and survives ICE servers that a browser refuses', async () => {
    const channel = await openLobby()
    const turn = { urls: 'turn:127.0.0.1:9', username: 'a', credential: 'b' }
    const unreachable = await join(guest, channel, 'ann', {
      trouble: 'the host is not heard',
      iceServers: [turn],
      deadlineMs: 500,
    })
    expect(unreachable.detail).toMatch(/TURN offered: yes/)
    const refused = await join(guest, channel, 'ann', { iceServers: [{ urls: 'nonsense' }] })
    expect(refused).toMatchObject({ reason: 'no-route', detail: expect.stringMatching(/ERR_PC_CONSTRUCTOR/) })
  })
})

describe('a hostile peer', () => {
  it('does no harm with random bytes, giant frames, texts and channels of its own, and is counted', async () => {
    await guest.page.evaluate(() => window.star.keepConnections())
    await connect('mallet')
    const sent = await guest.page.evaluate(() => {
      const sizes = [29, 1100]
      return {
        empty: window.star.rawSend('state', [0, 0, 0]) + window.star.rawSend('bulk', [0, 0]),
        texts: window.star.rawSend('bulk', ['', 'hello', '\u0001', '\u0010\u0010', '{}', '\u0000', '\u001f']),
        big: window.star.rawSend('state', [1161, 5000]),
        random: window.star.rawSend('bulk', sizes),
      }
    })
    await host.page.waitForFunction(() => window.star.stats('mallet').bulk.rejected >= 11, null, {
      polling: 20,
    })
    await host.page.waitForFunction(() => window.star.stats('mallet').state.rejected >= 4, null, { polling: 20 })
    expect(sent).toMatchObject({ empty: 5, texts: 7, big: 2, random: 2 })
    expect(await host.page.evaluate(() => window.star.stats('mallet'))).toMatchObject({
      bulk: { rejected: 11, receivedMessages: 0 },
      state: { receivedMessages: 0 },
    })
    expect(await guest.page.evaluate(() => window.star.rawChannels(3))).toBe(3)
    // Still an ordinary link for who behaves again.
    await guest.page.evaluate(() => window.star.sendAll('mallet', 'bulk', [77]))
    await host.page.waitForFunction(() => window.star.heard('mallet')!.messages.at(-1)?.size === 77, null, {
      polling: 20,
    })
    // Who goes on is dropped.
    await guest.page.evaluate(() => window.star.rawChannels(40))
    expect((await closed(host, 'mallet')).closed?.reason).toBe('kicked')
  })
})

describe('two hundred connections in one page', () => {
  /** What is alive in a fresh page after `run`, beyond what was before, when it has stopped becoming less. */
  async function leftBy(run: (page: TestPage['page']) => Promise<unknown>) {
    const { page } = await harness.open()
    const live = () => page.evaluate(() => window.star.live())
    const before = await live()
    await run(page)
    const seen: string[] = []
    // The browser takes closed connections apart in tasks of its own, so not the first collection finds them all free.
    await expect
      .poll(
        async () => {
          seen.push(JSON.stringify(await live()))
          return seen.length > 3 && new Set(seen.slice(-3)).size === 1
        },
        { timeout: 20_000, interval: 100 },
      )
      .toBe(true)
    const after = await live()
    await page.close()
    return { ...after, connections: after.connections - before.connections, idle: before }
  }

  it('leave no more behind than a page that opens and closes bare ones, though their links are kept', {
    tags: ['long'],
  }, async () => {
    // Chromium forgets to free some closed connections that nobody refers to: of 200 bare ones 0 to 4 on a quiet machine, up
    // to 73 on a busy one. So chance decides one comparison, while what we kept ourselves would be there in each.
    for (let round = 1; ; round++) {
      const ours = await leftBy((page) => page.evaluate(() => window.star.openAndClose(100, 10)))
      const { created, connections, idle, ...rest } = ours
      const { created: _, connections: __, ...nothing } = idle
      expect(rest).toEqual(nothing)
      // One more was made to see whether this page can make any.
      expect(created).toBe(201)
      if (connections === 0) return
      const bare = await leftBy((page) => page.evaluate(() => window.star.openAndClosePlain(100, 10)))
      console.log(`closed connections left, of 200: ${connections} of ours, ${bare.connections} bare ones`)
      if (connections <= bare.connections) return
      expect(round, 'rounds in which ours left more behind').toBeLessThan(5)
    }
  })
})

describe('the worker clock', () => {
  it('keeps 60 ticks a second', { tags: ['long'] }, async () => {
    const [timers, { kind, ms }] = await Promise.all([
      host.page.evaluate(() => window.star.pageTimers()),
      host.page.evaluate(() => window.star.clock(60, 120)),
    ])
    expect(kind).toBe('worker')
    expect(ms).toBeGreaterThan(1900)
    // As many as a timer of the page that asks for one every 16 ms, however busy the machine is.
    expect((120 * 1000) / ms / timers).toBeGreaterThan(0.75)
  })

  it('falls back to a timer where the page’s policy forbids workers, and a star works there too', async () => {
    const strict = await harness.open('/no-workers.html')
    const channel = await openLobby()
    expect(await join(strict, channel, 'fay')).toMatchObject({ reason: null })
    expect(await strict.page.evaluate(() => window.star.clock(60, 30))).toMatchObject({ kind: 'timer' })
    await strict.page.close()
    while (strict.complaints.length > 0) strict.expectComplaint(/Content.Security.Policy/)
  })
})

describe('a hidden tab', () => {
  it('hosts on: 60 ticks a second, and its guests never call it late', { tags: ['long'] }, async () => {
    await using desktop = await startHarness({ root: 'test/browser/fixtures/star', realTabs: true })
    const hidden = await desktop.open()
    await hidden.page.evaluate(() => window.star.host('star-HIDE1'))
    const visible = await desktop.open()
    await visible.page.bringToFront()
    await hidden.page.waitForFunction(() => document.visibilityState === 'hidden', null, { polling: 100 })
    expect(await join(visible, 'star-HIDE1', 'gil')).toMatchObject({ reason: null })
    const [timers, { kind, ms }] = await Promise.all([
      hidden.page.evaluate(() => window.star.pageTimers()),
      hidden.page.evaluate(() => window.star.clock(60, 150)),
    ])
    console.log(`hidden: page timers ${timers}/s, worker clock ${(150_000 / ms).toFixed(1)}/s`)
    expect(timers).toBeLessThan(10)
    expect(kind).toBe('worker')
    expect((150 * 1000) / ms).toBeGreaterThan(3 * timers)
    expect(await visible.page.evaluate(() => window.star.heard('gil'))).toMatchObject({ liveness: [], closed: null })
    desktop.assertQuiet()
  })
})

describe('the face starwire/star', () => {
  it('takes two strangers from a code to their first words, over the page’s own server', {
    tags: ['long'],
  }, async () => {
    const [ann, bob, cleo] = [
      await harness.open('/face.html'),
      await harness.open('/face.html'),
      await harness.open('/face.html'),
    ]
    const code = await ann.page.evaluate(() => window.face.create())
    expect(code).toMatch(/^[0-9A-Z]{5}$/)
    expect(await bob.page.evaluate((code) => window.face.join(code.toLowerCase(), 'bob'), code)).toEqual([
      'finding the lobby',
      'contacting the host',
      'connecting',
      code,
    ])
    await expect.poll(() => bob.page.evaluate(() => window.face.said)).toEqual(['host on bulk: welcome, bob'])
    await expect.poll(() => ann.page.evaluate(() => window.face.said)).toEqual(['bob on state: hello'])
    expect((await cleo.page.evaluate(() => window.face.join('no', 'cleo'))).at(-1)).toBe('bad-code')
    expect((await cleo.page.evaluate(() => window.face.join('22222', 'cleo'))).at(-1)).toBe('not-found')
    await ann.page.close({ runBeforeUnload: true })
    await expect.poll(() => bob.page.evaluate(() => window.face.said.at(-1))).toBe('host closed: host-left')
    await bob.page.close()
    await cleo.page.close()
  })
})

/** Voice in real pages with Chromium's fake microphone, which plays a tone: heard at the other side, silent when it should be. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { starwire } from '../../net/vite.ts'
import { fakeMicrophone } from './fixtures/tone.ts'
import type { VoicePage } from './fixtures/voice/main.ts'
import { type Harness, startHarness, type TestPage } from './harness.ts'

declare global {
  interface Window {
    voice: VoicePage
  }
}

const TONE_HZ = 1000
/** Levels at the tone's frequency, in dB: what is heard is near −10, silence of Opus below −100. */
const HEARD = -40
const SILENT = -80
/** The browser's filters take a steady tone for noise. */
const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }

const microphone = fakeMicrophone(TONE_HZ)
let harness: Harness
let ann: TestPage
let bea: TestPage

beforeAll(async () => {
  harness = await startHarness({
    root: 'test/browser/fixtures/voice',
    flags: [...microphone.flags, '--js-flags=--expose-gc'],
    plugins: [starwire({ iceServers: [] })],
  })
  ann = await harness.open()
  bea = await harness.open()
})
afterAll(async () => {
  await harness?.close()
  microphone.remove()
})
afterEach(() => harness.assertQuiet())

const level = ({ page }: TestPage) => page.evaluate((hz) => window.voice.levelAt(hz), TONE_HZ)
const heard = (page: TestPage) => expect.poll(() => level(page)).toBeGreaterThan(HEARD)
const silent = (page: TestPage) => expect.poll(() => level(page)).toBeLessThan(SILENT)
const live = async ({ page }: TestPage) => {
  const { tracks, contexts, open } = await page.evaluate(() => window.voice.live())
  return { tracks, contexts, open }
}

/** All that a page has running, timers for one time left out: they come and go. */
const running = async ({ page }: TestPage) => {
  const { created, connections, channels, timeouts, ...kept } = await page.evaluate(() => window.voice.live())
  return kept
}
const NOTHING = {
  open: 0,
  intervals: 0,
  workers: 0,
  sockets: 0,
  objectUrls: 0,
  pagehideListeners: 0,
  tracks: 0,
  contexts: 0,
}

const joinVoice = async ({ page }: TestPage) =>
  expect(await page.evaluate((plain) => window.voice.joinVoice(plain), PLAIN)).toBeNull()

/** Ann and Bea are in a lobby, and in voice. */
async function talk(): Promise<void> {
  for (const { page } of [ann, bea]) await page.evaluate(() => window.voice.keepConnections())
  const code = await ann.page.evaluate(() => window.voice.create('Ann'))
  await bea.page.evaluate((code) => window.voice.join(code, 'Bea'), code)
  for (const page of [ann, bea]) await joinVoice(page)
}

/** Both leave, the host first, whom the other follows as host; neither keeps a track, a context or a connection. */
async function part(): Promise<void> {
  for (const page of [ann, bea]) {
    await page.page.evaluate(() => window.voice.leave())
    await expect.poll(() => live(page)).toEqual({ tracks: 0, contexts: 0, open: 0 })
  }
}

/** What a page's connections say of themselves, the lobby's first. */
const security = ({ page }: TestPage) => page.evaluate(() => window.voice.security())

describe('two players in voice', () => {
  it('hear each other’s tone, do not hear whom they mute, and nothing after one has left', {
    tags: ['long'],
  }, async () => {
    await talk()
    await heard(ann)
    await heard(bea)
    await expect
      .poll(() => ann.page.evaluate(() => window.voice.members()))
      .toEqual([
        ['Ann', 'none', true],
        ['Bea', 'connected', true],
      ])
    await bea.page.evaluate(() => window.voice.muteMe(true))
    await silent(ann)
    await bea.page.evaluate(() => window.voice.muteMe(false))
    await heard(ann)
    await ann.page.evaluate(() => window.voice.mute('Bea', true))
    await silent(ann)
    await ann.page.evaluate(() => window.voice.mute('Bea', false))
    await heard(ann)
    await heard(bea)
    await bea.page.evaluate(() => window.voice.leaveVoice())
    await silent(ann)
    expect(await live(bea)).toEqual({ tracks: 0, contexts: 0, open: 1 })
    await expect.poll(() => live(ann)).toEqual({ tracks: 1, contexts: 1, open: 1 })
    await part()
  })

  it('are connected by DTLS 1.2 or later and SRTP, with the certificates that were signalled, and talk in Opus as asked', {
    tags: ['long'],
  }, async () => {
    await talk()
    await heard(ann)
    const [anns, beas] = [await security(ann), await security(bea)]
    expect(anns.map(({ sections }) => sections)).toEqual(['application', 'audio video'])
    for (const own of [...anns, ...beas]) {
      expect(own.dtls).toBe('connected')
      // As on the wire, where versions count down: FEFD is 1.2, FEFC 1.3.
      expect(['FEFD', 'FEFC']).toContain(own.tlsVersion)
      expect(own.dtlsCipher).toMatch(/^TLS_.*(GCM|POLY1305)/)
      expect(own.own).toMatch(/^sha-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
      expect([own.own, own.theirs]).toEqual([own.ownSignalled, own.theirsSignalled])
    }
    for (const [i, { own, theirs }] of anns.entries()) expect([theirs, own]).toEqual([beas[i]?.own, beas[i]?.theirs])
    // Media have another certificate than the lobby's link, so they are a connection of their own.
    expect(new Set([...anns, ...beas].map(({ own }) => own)).size).toBe(4)
    for (const page of [anns, beas]) expect(page[1]?.srtpCipher).toMatch(/AES|AEAD/)
    console.log(`media: TLS version ${anns[1]?.tlsVersion}, ${anns[1]?.dtlsCipher}, SRTP ${anns[1]?.srtpCipher}`)
    const codecs = await ann.page.evaluate(() => window.voice.codecs())
    expect(codecs).toEqual([expect.stringMatching(/(?=.*maxaveragebitrate=24000)(?=.*usedtx=1)/)])
    await part()
  })

  it('who leave and join again, a hundred times voice and a hundred times the lobby, and are kicked at last, leave nothing behind', {
    tags: ['long'],
    timeout: 240_000,
  }, async () => {
    await talk()
    await heard(ann)
    const before = { ann: await running(ann), bea: await running(bea) }
    for (let i = 0; i < 100; i++) {
      await bea.page.evaluate(() => window.voice.leaveVoice())
      expect(await live(bea)).toEqual({ tracks: 0, contexts: 0, open: 1 })
      await joinVoice(bea)
      if (i % 20 === 0) await heard(ann)
    }
    const code = await ann.page.evaluate(() => window.voice.code())
    for (let i = 0; i < 100; i++) {
      await bea.page.evaluate(() => window.voice.leave())
      if (i % 20 === 0) await expect.poll(() => running(bea)).toEqual(NOTHING)
      await bea.page.evaluate((code) => window.voice.join(code, 'Bea'), code)
      await joinVoice(bea)
      if (i % 20 === 0) await heard(ann)
    }
    await heard(ann)
    await expect.poll(async () => ({ ann: await running(ann), bea: await running(bea) })).toEqual(before)
    await ann.page.evaluate(() => window.voice.kick('Bea'))
    await silent(ann)
    await expect.poll(() => running(bea)).toEqual(NOTHING)
    await expect.poll(() => live(ann)).toEqual({ tracks: 1, contexts: 1, open: 0 })
    await ann.page.evaluate(() => window.voice.leave())
    await expect.poll(() => running(ann)).toEqual(NOTHING)
  })
})

describe('two players in video', { tags: ['long'] }, () => {
  it('get each other’s pictures, small and only while they want them', async () => {
    const code = await ann.page.evaluate(() => window.voice.create('Ann'))
    await bea.page.evaluate((code) => window.voice.join(code, 'Bea'), code)
    expect(await ann.page.evaluate(() => window.voice.joinVideo({ width: 320 }))).toBeNull()
    expect(await bea.page.evaluate(() => window.voice.joinVideo({ camera: false }))).toBeNull()
    const frames = async () => (await bea.page.evaluate(() => window.voice.shown())).frames
    await expect.poll(() => bea.page.evaluate(() => window.voice.show('Ann'))).toBe(true)
    const before = await frames()
    await expect.poll(frames).toBeGreaterThan(before + 15)
    expect(await bea.page.evaluate(() => window.voice.shown())).toMatchObject({ width: 320, height: 240 })
    expect(await ann.page.evaluate(() => window.voice.show('Bea'))).toBe(false)
    await bea.page.evaluate(() => window.voice.accept('Ann', false))
    expect(await bea.page.evaluate(() => window.voice.show('Ann'))).toBe(false)
    await bea.page.evaluate(() => window.voice.accept('Ann', true))
    await expect.poll(() => bea.page.evaluate(() => window.voice.show('Ann'))).toBe(true)
    const again = await frames()
    await expect.poll(frames).toBeGreaterThan(again + 5)
    await part()
  })
})

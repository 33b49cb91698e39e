/** Voice in three real pages whose host goes: the others go on talking over the connections that they have, and with who comes after. */
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
/** The browser's filters take a steady tone for noise. */
const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }

const microphone = fakeMicrophone(TONE_HZ)
let harness: Harness

beforeAll(async () => {
  harness = await startHarness({
    root: 'test/browser/fixtures/voice',
    flags: microphone.flags,
    plugins: [starwire({ iceServers: [] })],
  })
})
afterAll(async () => {
  await harness?.close()
  microphone.remove()
})
afterEach(() => harness.assertQuiet())

/** A page in a browser of its own, since one renderer is killed. */
const open = async (): Promise<TestPage> => {
  const opened = await harness.open('/', await harness.newContext())
  await opened.page.evaluate(() => window.voice.keepConnections())
  return opened
}
const joinVoice = async ({ page }: TestPage) =>
  expect(await page.evaluate((plain) => window.voice.joinVoice(plain), PLAIN)).toBeNull()
const hears = ({ page }: TestPage, others: number) =>
  expect.poll(() => page.evaluate((hz) => window.voice.loud(hz), TONE_HZ)).toBe(others)
const certificates = ({ page }: TestPage) => page.evaluate(() => window.voice.certificates())

async function kill({ page }: TestPage): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const crashed = new Promise<void>((resolve) => page.once('crash', () => resolve()))
  session.send('Page.crash').catch(() => {})
  await crashed
}

describe.each(['is killed', 'leaves'])('when a host in voice %s', { tags: ['long'] }, (how) => {
  it('the others hear each other all the time, mute, leave and join by the new host, and talk with who comes late', async () => {
    const [ann, bea, cleo] = [await open(), await open(), await open()]
    const code = await ann.page.evaluate(() => window.voice.create('Ann'))
    await bea.page.evaluate((code) => window.voice.join(code, 'Bea'), code)
    await cleo.page.evaluate((code) => window.voice.join(code, 'Cleo'), code)
    for (const page of [ann, bea, cleo]) await joinVoice(page)
    for (const page of [ann, bea, cleo]) await hears(page, 2)
    // So that one sound is left at each of the others, to listen to.
    await ann.page.evaluate(() => window.voice.muteMe(true))
    for (const page of [bea, cleo]) {
      await hears(page, 1)
      await page.page.evaluate((hz) => window.voice.listen(hz), TONE_HZ)
    }
    await expect.poll(() => ann.page.evaluate(() => window.voice.hasHeir())).toBe(true)
    const before = { bea: await certificates(bea), cleo: await certificates(cleo) }

    if (how === 'is killed') await kill(ann)
    else await ann.page.evaluate(() => window.voice.leave())
    for (const { page } of [bea, cleo])
      await expect.poll(() => page.evaluate(() => window.voice.hostName())).not.toBe('Ann')

    const dan = await open()
    await dan.page.evaluate((code) => window.voice.join(code, 'Dan'), code)
    await joinVoice(dan)
    for (const page of [bea, cleo, dan]) await hears(page, 2)
    for (const { page } of [bea, cleo]) {
      const { looks, heard, gapMs } = (await page.evaluate(() => window.voice.listened()))!
      console.log(`a host ${how}: heard at ${heard} of ${looks} looks, longest gap ${gapMs.toFixed(0)} ms`)
      expect(heard / looks).toBeGreaterThan(0.95)
    }
    // Nothing of the old host is left: each has a connection to the two others, one of them the same as before.
    for (const { page } of [bea, cleo, dan])
      await expect.poll(() => page.evaluate(() => window.voice.calls()), { timeout: 40_000 }).toBe(2)
    const kept = (now: unknown[], old: unknown[]) => now.filter((certificate) => old.includes(certificate)).length
    expect(kept(await certificates(bea), before.bea)).toBe(1)
    expect(kept(await certificates(cleo), before.cleo)).toBe(1)

    await cleo.page.evaluate(() => window.voice.muteMe(true))
    for (const page of [bea, dan]) await hears(page, 1)
    await cleo.page.evaluate(() => window.voice.muteMe(false))
    for (const page of [bea, dan]) await hears(page, 2)
    await cleo.page.evaluate(() => window.voice.leaveVoice())
    for (const page of [bea, dan]) await hears(page, 1)
    await hears(cleo, 0)
    await joinVoice(cleo)
    for (const page of [bea, cleo, dan]) await hears(page, 2)
    for (const { page } of [bea, cleo, dan]) {
      await page.evaluate(() => window.voice.leave())
      await page.close()
    }
    if (how === 'leaves') await ann.page.close()
  }, 180_000)
})

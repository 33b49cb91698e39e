/** Tracks beside a link of a star in real pages: a tone of Chromium's fake microphone is heard at the other side. */
import { expect, it } from 'vitest'
import { starwire } from '../../net/vite.ts'
import type { TracksPage } from './fixtures/star/tracks.ts'
import { fakeMicrophone } from './fixtures/tone.ts'
import { startHarness } from './harness.ts'

declare global {
  interface Window {
    tracks: TracksPage
  }
}

const TONE_HZ = 1000

it('are heard by the guest of a star, not by the host who is sent none, and no more when they end', {
  tags: ['long'],
}, async () => {
  const microphone = fakeMicrophone(TONE_HZ)
  await using harness = await startHarness({
    root: 'test/browser/fixtures/star',
    flags: microphone.flags,
    plugins: [starwire({ iceServers: [] })],
  })
  const { page: host } = await harness.open('/tracks.html')
  const { page: guest } = await harness.open('/tracks.html')
  const code = await host.evaluate(() => window.tracks.host())
  await guest.evaluate((code) => window.tracks.join(code), code)
  await host.evaluate(() => window.tracks.talk())
  const level = (page: typeof host) => page.evaluate((hz) => window.tracks.levelAt(hz), TONE_HZ)
  await expect.poll(() => level(guest)).toBeGreaterThan(-40)
  expect(await level(host)).toBe(-200)
  for (const page of [host, guest]) expect(await page.evaluate(() => window.tracks.state())).toBe('connected')
  await host.evaluate(() => window.tracks.stop())
  await expect.poll(() => level(guest)).toBe(-200)
  harness.assertQuiet()
  microphone.remove()
})

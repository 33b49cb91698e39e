/** Tracks beside a link of a star in real pages: a tone of Chromium's fake microphone is heard at the other side. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { starwire } from '../../net/vite.ts'
import type { TracksPage } from './fixtures/star/tracks.ts'
import { writeTone } from './fixtures/tone.ts'
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
  const folder = mkdtempSync(join(tmpdir(), 'starwire-tone-'))
  writeTone(join(folder, 'tone.wav'), TONE_HZ)
  await using harness = await startHarness({
    root: 'test/browser/fixtures/star',
    flags: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${join(folder, 'tone.wav')}`,
      '--autoplay-policy=no-user-gesture-required',
    ],
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
  rmSync(folder, { recursive: true, force: true })
})

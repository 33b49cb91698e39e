/**
 * What players do together besides playing, by the hands of two players in real pages with Chromium's fake devices: talk, be seen, fly a
 * picture, offer an arena and play in it. One goes on from where the other ended.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { WorldReport } from 'starwire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { arenaText } from '../../game/arenas/arena-file.ts'
import { exampleArenas } from '../../game/arenas/examples.ts'
import { measureSound, type SoundMeter } from './fixtures/sound-meter.ts'
import { writeTone } from './fixtures/tone.ts'
import { type OpenPage, type Production, startProduction } from './production.ts'

const TONE_HZ = 1000
/** Levels at the tone's frequency, in dB: what is heard is near −10, silence of Opus below −100. */
const HEARD = -40
const SILENT = -80

const folder = mkdtempSync(join(tmpdir(), 'dogstar-tone-'))
let production: Production
let ann: OpenPage
let bea: OpenPage

beforeAll(async () => {
  writeTone(join(folder, 'tone.wav'), TONE_HZ)
  production = await startProduction('.cache/talk', {
    further: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${join(folder, 'tone.wav')}`,
    ],
    first: measureSound,
  })
  const path = '/?debug&renderer=canvas'
  ann = await production.open(path, { width: 1280, height: 720 })
  await ann.page.getByRole('textbox', { name: 'Your name' }).fill('Ann')
  await press(ann.page, 'Create lobby')
  await ann.page.getByText('Link for friends').waitFor()
  bea = await production.open(path + (await ann.page.evaluate(() => location.hash)), { width: 390, height: 844 })
  await bea.page.getByRole('textbox', { name: 'Your name' }).fill('Bea')
  await press(bea.page, 'Join')
  await ann.page.locator('.roster').getByText('Bea').waitFor()
}, 180_000)
afterAll(async () => {
  await production?.close()
  rmSync(folder, { recursive: true, force: true })
})

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const choose = (page: Page, name: string) => page.getByRole('radio', { name }).click()
const unfold = (page: Page, title: string) => page.locator('summary').getByText(title, { exact: true }).click()
const meter = <T>({ page }: OpenPage, read: (sound: SoundMeter) => T): Promise<T> =>
  page.evaluate(`(${read})(window.sound)`)
const heard = (by: OpenPage) => expect.poll(() => meter(by, (sound) => sound.level(1000))).toBeGreaterThan(HEARD)
const silent = (by: OpenPage) => expect.poll(() => meter(by, (sound) => sound.level(1000))).toBeLessThan(SILENT)
const live = (of: OpenPage) => expect.poll(() => meter(of, (sound) => sound.live()))
/** What a page's roster shows of Ann's voice. */
const annsMark = ({ page }: OpenPage) =>
  expect.poll(() => page.locator('.member', { hasText: 'Ann' }).locator('.voice-mark .unseen').allTextContents())

describe('two players', { tags: ['long'] }, () => {
  it('ask for no microphone before they join, then hear each other, and see who speaks', async () => {
    for (const one of [ann, bea]) await unfold(one.page, 'Voice and video')
    await live(ann).toBe(0)
    await choose(ann.page, 'Always on')
    await press(ann.page, 'Join voice')
    await live(ann).toBe(1)
    await choose(bea.page, 'Only listen')
    await press(bea.page, 'Join voice')
    await heard(bea)
    await live(bea).toBe(0)
    await annsMark(bea).toEqual(['speaking'])
  })

  it('are silent while muted, and by the key to talk unless it is held, also when V is typed', async () => {
    await press(ann.page, 'Mute me')
    await silent(bea)
    await annsMark(bea).toEqual(['in voice'])
    await press(ann.page, 'Unmute me')
    await heard(bea)
    await choose(ann.page, 'Hold to talk')
    await silent(bea)
    await ann.page.getByRole('textbox', { name: 'Message' }).focus()
    await ann.page.keyboard.down('v')
    expect(await ann.page.locator('.talk-button.held').count()).toBe(0)
    await ann.page.keyboard.up('v')
    await ann.page.locator('h1').focus()
    await ann.page.keyboard.down('v')
    await heard(bea)
    await ann.page.keyboard.up('v')
    await silent(bea)
  })

  it('may mute one of them and be as loud as each likes', async () => {
    await choose(ann.page, 'Always on')
    await heard(bea)
    await press(bea.page, 'More about \u2068Ann\u2069')
    await bea.page.getByRole('slider', { name: 'Volume of their voice' }).fill('0')
    await silent(bea)
    await bea.page.getByRole('slider', { name: 'Volume of their voice' }).fill('100')
    await heard(bea)
    await press(bea.page, 'Mute')
    await silent(bea)
    await press(bea.page, 'Unmute')
    await heard(bea)
  })

  it('see each other only if they want to, their own face as in a mirror', async () => {
    await press(ann.page, 'Show my camera')
    await live(ann).toBe(2)
    expect(await bea.page.locator('video').count()).toBe(0)
    await press(bea.page, 'Only watch')
    const picture = bea.page.locator('.tile video')
    await picture.waitFor()
    const frames = () => picture.evaluate((video: HTMLVideoElement) => video.getVideoPlaybackQuality().totalVideoFrames)
    const before = await frames()
    await expect.poll(frames).toBeGreaterThan(before + 15)
    expect(await picture.evaluate((video) => getComputedStyle(video).transform)).toBe('none')
    const own = ann.page.locator('.tile.mine video')
    expect(await own.evaluate((video) => getComputedStyle(video).transform)).toBe('matrix(-1, 0, 0, 1, 0, 0)')
    await press(bea.page, 'Do not show Ann')
    await expect.poll(() => picture.count()).toBe(0)
    await press(bea.page, 'Show Ann')
    await picture.waitFor()
    await press(ann.page, 'Leave video')
    await live(ann).toBe(1)
    await press(bea.page, 'Leave video')
  })

  it('fly pictures that the other page has drawn anew, and none that is no picture', async () => {
    await unfold(bea.page, 'Picture on your ship')
    const field = bea.page.getByLabel('A PNG, JPEG or WebP file')
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')
    await field.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: svg })
    await bea.page.getByText('This is no picture that a ship can carry').waitFor()
    await field.setInputFiles({ name: 'b.png', mimeType: 'image/png', buffer: readFileSync('public/icon-512.png') })
    const seen = ann.page.locator('.member', { hasText: 'Bea' }).locator('canvas.portrait')
    await seen.waitFor()
    // No address of anything that was sent is on the page.
    expect(await ann.page.locator('[src^="blob:"], [src^="data:"], .portrait img').count()).toBe(0)
    await press(ann.page, 'More about \u2068Bea\u2069')
    await press(ann.page, 'Hide their picture')
    await expect.poll(() => seen.count()).toBe(0)
    await press(ann.page, 'Show their picture')
    await seen.waitFor()
  })

  it('play in an arena that the guest has offered and the host has looked at', async () => {
    const duel = exampleArenas.find(({ name }) => name === 'Duel')!
    const mine = { ...duel, name: 'Bea’s own', rocks: duel.rocks.slice(0, 3) }
    await unfold(bea.page, 'Arena')
    await bea.page.getByLabel('Or one of your own').setInputFiles({
      name: 'mine.arena.json',
      mimeType: 'application/json',
      buffer: Buffer.from(arenaText(mine)),
    })
    await press(bea.page, 'Offer it to the host')
    await ann.page.getByText('an offer').click()
    const offered = ann.page.locator('.arena-card canvas')
    await offered.waitFor()
    await press(bea.page, 'Take it back')
    await offered.waitFor({ state: 'detached' })
    await press(bea.page, 'Offer it to the host')
    await offered.waitFor()
    await press(ann.page, 'Play it next')
    await press(ann.page, 'Start game')
    const rocks = ({ page }: OpenPage) =>
      page.evaluate(() => {
        const { starwire } = window as unknown as { starwire: { world(): WorldReport | null } }
        const all = starwire.world()?.entities.filter(({ type }) => type === 'asteroid') ?? []
        return all.map(({ fields: { x, y, size } }) => [x, y, size] as number[]).sort(([a], [b]) => a! - b!)
      })
    const drawn = mine.rocks.map(({ x, y, size }) => [x, y, size]).sort(([a], [b]) => a! - b!)
    for (const one of [ann, bea]) await expect.poll(() => rocks(one), { timeout: 30_000 }).toEqual(drawn)
  })

  it('go on talking in the match, each voice from its ship, and the kicked player’s microphone is off', async () => {
    await heard(bea)
    await ann.page.locator('.voice-button.speaking').waitFor()
    await bea.page.getByRole('button', { name: /^Voice/ }).click()
    await choose(bea.page, 'Always on')
    await live(bea).toBe(1)
    await heard(ann)
    await ann.page.getByRole('button', { name: /pilots/ }).click()
    await press(ann.page, 'More about \u2068Bea\u2069')
    await press(ann.page, 'Kick \u2068Bea\u2069')
    await live(bea).toBe(0)
    await silent(ann)
    await ann.page.getByRole('button', { name: /^Voice/ }).click()
    await press(ann.page, 'Leave voice')
    await live(ann).toBe(0)
    for (const one of [ann, bea]) expect([one.complaints, await one.violations()]).toEqual([[], []])
  })

  it('on a page without https read that their browser gives no microphone there', async () => {
    const origin = production.origin.replace('127.0.0.1', 'starwire.test')
    await ann.page.goto(`${origin}/?renderer=canvas`)
    await press(ann.page, 'Practice with bots')
    await ann.page.getByRole('button', { name: /^Voice/ }).click()
    await press(ann.page, 'Join voice')
    await ann.page.getByText('work only on pages that begin with https').waitFor()
    await live(ann).toBe(0)
  })
})

/**
 * `npm run play -- --pictures`: renews what the repository shows of the game, from the game itself. README's picture (docs/dogstar.jpg), a clip of ten
 * seconds (docs/dogstar.webm), and the icons of the page in all sizes, from public/icon.svg.
 *
 * The match is flown by bots and by a pilot at the keys (page-pilot.ts). Of some time of it the moment and the ten seconds are taken in which most is to be
 * seen. Each run gives another picture, so look at it before it is committed.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import type { WorldReport } from 'starwire'
import { type Production, startProduction } from '../browser/production.ts'
import { flyByKeys } from './page-pilot.ts'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

const PICTURE = { width: 1280, height: 720 }
/** Of the clip: as wide as README is, and no more than a megabyte in all. */
const CLIP = { width: 854, height: 480 }
const CLIP_SECONDS = 10
const CLIP_BITS_PER_SECOND = 700_000
/** How long the match runs before something is taken: then the hint of the keys is gone, and the fight is on. */
const WARM_MS = 11_000
/** How long is looked for the best picture, and filmed for the best ten seconds. */
const LOOKS_MS = 40_000

declare global {
  interface Window {
    /** How lively the picture is now (`watchLiveliness`). */
    lively?: number
  }
}

export async function renewPictures(): Promise<void> {
  const production = await startProduction('.cache/play-pictures')
  try {
    await renewIcons(production)
    await takePicture(production)
    await takeClip(production)
  } finally {
    await production.close()
  }
}

/** A page in a match, flown by keys. */
async function fight(production: Production, size: { width: number; height: number }): Promise<Page> {
  const { page } = await production.open('/?debug&renderer=canvas', size, async (page) => {
    await page.addInitScript(flyByKeys)
    await page.addInitScript(watchLiveliness)
  })
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ann')
  await page.getByRole('button', { name: 'Play now' }).click()
  await page.locator('.dogstar-hud .gauges:not([hidden])').waitFor()
  await page.addStyleTag({ content: '.debug { display: none }' })
  await page.waitForTimeout(WARM_MS)
  return page
}

/**
 * Runs in the page: counts what there is to see around the own ship, ships most, then explosions of the last moment, then shots. Nothing while
 * there is no own ship.
 */
function watchLiveliness(): void {
  const HALF = { width: 600, height: 330 }
  const BURNS_MS = 700
  /** When ships that were seen went. */
  let burnt: number[] = []
  let before = new Set<number>()
  setInterval(() => {
    const { world, session } = window.starwire as unknown as {
      world(): WorldReport | null
      session: { me: number } | null
    }
    const { players, entities } = world() ?? { players: [], entities: [] }
    const { ship } = players.find(({ id }) => id === session?.me)?.fields ?? {}
    const own = entities.find(({ id }) => id === ship)
    if (!own) {
      window.lively = 0
      return
    }
    const isSeen = ({ fields }: { fields: Readonly<Record<string, unknown>> }): boolean =>
      Math.abs(Number(fields.x) - Number(own.fields.x)) < HALF.width &&
      Math.abs(Number(fields.y) - Number(own.fields.y)) < HALF.height
    const seen = (type: string) => entities.filter((each) => each.type === type && isSeen(each))
    const now = performance.now()
    const there = new Set(entities.map(({ id }) => Number(id)))
    const gone = [...before].filter((id) => !there.has(id))
    burnt = [...burnt, ...gone.map(() => now)].filter((at) => now - at < BURNS_MS)
    const ships = seen('ship')
    before = new Set(ships.map(({ id }) => Number(id)))
    window.lively = 2 * (ships.length - 1) + 3 * burnt.length + seen('missile').length + seen('bullet').length / 3
  }, 50)
}

async function takePicture(production: Production): Promise<void> {
  const page = await fight(production, PICTURE)
  const until = performance.now() + LOOKS_MS
  let best: { readonly lively: number; readonly picture: Buffer } | null = null
  while (performance.now() < until) {
    const least: number = (best?.lively ?? 0) + 1
    const lively = await page
      .waitForFunction((least) => (window.lively ?? 0) >= least && window.lively, least, { polling: 30, timeout: 2000 })
      .then((handle) => handle.jsonValue())
      .catch(() => null)
    if (lively) best = { lively, picture: await page.screenshot({ type: 'jpeg', quality: 72 }) }
  }
  if (!best) throw new Error('Nothing happened that is worth a picture: run it again.')
  await writeFile(at('docs/dogstar.jpg'), best.picture)
  await page.context().close()
}

interface Shot {
  /** JPEG, base64. */
  readonly data: string
  /** Seconds. */
  readonly at: number
  readonly lively: number
}

/** What the browser draws, arena and display, frame by frame; a second page turns the best ten seconds of it into a film. */
async function takeClip(production: Production): Promise<void> {
  const page = await fight(production, CLIP)
  const shots: Shot[] = []
  let lively = 0
  const cdp = await page.context().newCDPSession(page)
  cdp.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    shots.push({ data, at: metadata.timestamp ?? 0, lively })
    void cdp.send('Page.screencastFrameAck', { sessionId }).catch(() => {})
  })
  await cdp.send('Page.startScreencast', { format: 'jpeg', quality: 80, maxWidth: CLIP.width, maxHeight: CLIP.height })
  const until = performance.now() + LOOKS_MS
  while (performance.now() < until) {
    lively = await page.evaluate(() => window.lively ?? 0)
    await page.waitForTimeout(100)
  }
  await cdp.send('Page.stopScreencast')
  await page.context().close()
  const encoder = await production.browser.newPage()
  const film = await encoder.evaluate(encode, {
    shots: bestOf(shots),
    ...CLIP,
    bitsPerSecond: CLIP_BITS_PER_SECOND,
  })
  await writeFile(at('docs/dogstar.webm'), Buffer.from(film, 'base64'))
  await encoder.close()
}

/** The ten seconds in which most is to be seen. */
function bestOf(shots: readonly Shot[]): readonly Shot[] {
  const windows = shots
    .map((first) => shots.filter(({ at }) => at >= first.at && at < first.at + CLIP_SECONDS))
    .filter((some) => (some.at(-1)?.at ?? 0) - (some[0]?.at ?? 0) > CLIP_SECONDS - 0.5)
  const meanOf = (some: readonly Shot[]): number => some.reduce((sum, { lively }) => sum + lively, 0) / some.length
  return windows.reduce((best, some) => (best.length > 0 && meanOf(best) >= meanOf(some) ? best : some), [])
}

/** Runs in the page: shows the frames at their pace, and records them. */
async function encode(given: {
  shots: readonly Shot[]
  width: number
  height: number
  bitsPerSecond: number
}): Promise<string> {
  const { shots, width, height, bitsPerSecond } = given
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  const pen = canvas.getContext('2d')
  const images = await Promise.all(
    shots.map(async ({ data }) => createImageBitmap(await (await fetch(`data:image/jpeg;base64,${data}`)).blob())),
  )
  const recorder = new MediaRecorder(canvas.captureStream(), {
    mimeType: 'video/webm;codecs=vp9',
    videoBitsPerSecond: bitsPerSecond,
  })
  const parts: Blob[] = []
  recorder.ondataavailable = ({ data }) => parts.push(data)
  const ended = new Promise((resolve) => {
    recorder.onstop = resolve
  })
  recorder.start()
  const first = shots[0]?.at ?? 0
  const began = performance.now()
  for (const [i, image] of images.entries()) {
    const due = ((shots[i]?.at ?? first) - first) * 1000
    while (performance.now() - began < due) await new Promise((resolve) => setTimeout(resolve, 4))
    pen?.drawImage(image, 0, 0, width, height)
  }
  recorder.stop()
  await ended
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer())
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** The corners are cut by whoever shows the maskable one, as much as a fifth: so it fills all, and what it shows is smaller. */
function maskable(svg: string): string {
  return svg
    .replace('rx="112"', '')
    .replace(/(<rect [^>]*\/>)([\s\S]*)<\/svg>/, '$1<g transform="translate(51.2 51.2) scale(0.8)">$2</g></svg>')
}

async function renewIcons(production: Production): Promise<void> {
  const svg = await readFile(at('public/icon.svg'), 'utf8')
  const page = await production.browser.newPage()
  const draw = async (name: string, size: number, drawing: string): Promise<void> => {
    await page.setViewportSize({ width: size, height: size })
    await page.setContent(`<style>html, body { margin: 0; background: none } svg { display: block }</style>${drawing}`)
    await page.locator('svg').evaluate((element, side) => {
      element.setAttribute('width', String(side))
      element.setAttribute('height', String(side))
    }, size)
    await page.screenshot({ path: at(`public/${name}.png`), omitBackground: true })
  }
  for (const size of [32, 192, 512]) await draw(`icon-${size}`, size, svg)
  // Apple rounds the corners itself, and shows black where there is nothing.
  await draw('icon-180', 180, svg.replace('rx="112"', ''))
  await draw('icon-maskable-512', 512, maskable(svg))
  await page.close()
}

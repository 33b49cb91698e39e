/**
 * `npm run play -- --pictures`: renews what the repository shows of the game, from the game itself. README's picture (docs/dogstar.jpg), a clip of ten
 * seconds (docs/dogstar.webm), and the icons of the page in all sizes, from public/icon.svg.
 *
 * The match is flown by bots and by hands that hold fire and turn; each run gives another picture, so look at it before it is committed.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import type { WorldReport } from 'starwire'
import { type Production, startProduction } from '../browser/production.ts'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

const PICTURE = { width: 1280, height: 720 }
/** Of the clip: as wide as README is, and no more than a megabyte in all. */
const CLIP = { width: 854, height: 480 }
const CLIP_SECONDS = 10
const CLIP_BITS_PER_SECOND = 700_000
/** How long a fight is waited for. */
const FIGHT_MS = 45_000
/** How long the match runs before something is taken: then the fight is on. */
const WARM_MS = 9000

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

/** A page in a match, and what lets go of its keys. */
async function fight(
  production: Production,
  size: { width: number; height: number },
): Promise<{ page: Page; land(): void }> {
  const { page } = await production.open('/?debug&renderer=canvas', size)
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ann')
  await page.getByRole('button', { name: 'Play now' }).click()
  await page.locator('.dogstar-hud .gauges:not([hidden])').waitFor()
  await page.keyboard.down('Space')
  await page.keyboard.down('KeyW')
  let flies = true
  const turn = async (): Promise<void> => {
    for (let i = 0; flies; i++) {
      const key = i % 2 === 0 ? 'KeyD' : 'KeyA'
      await page.keyboard.down(key)
      await page.waitForTimeout(180 + (i % 5) * 60)
      await page.keyboard.up(key)
      if (i % 4 === 3) await page.keyboard.press('KeyE', { delay: 100 })
      await page.waitForTimeout(350)
    }
  }
  void turn().catch(() => {})
  await page.addStyleTag({ content: '.debug { display: none }' })
  await page.waitForTimeout(WARM_MS)
  await page.waitForFunction(isWorthIt, null, { polling: 50, timeout: FIGHT_MS }).catch(() => {})
  return {
    page,
    land() {
      flies = false
    },
  }
}

/** Runs in the page: whether the own ship has a foe near it, and both are away from the walls. */
function isWorthIt(): boolean {
  const { starwire } = window as unknown as {
    starwire: { world(): WorldReport | null }
  }
  const ships = (starwire.world()?.entities ?? [])
    .filter(({ type }) => type === 'ship')
    .map(({ fields, predicted }) => ({ x: Number(fields.x), y: Number(fields.y), mine: predicted }))
  const own = ships.find(({ mine }) => mine)
  if (!own || own.x < 700 || own.x > 2300 || own.y < 400 || own.y > 1600) return false
  return ships.some(({ x, y, mine }) => !mine && Math.hypot(x - own.x, y - own.y) < 380)
}

async function takePicture(production: Production): Promise<void> {
  const { page, land } = await fight(production, PICTURE)
  // The hint of the keys is gone by then.
  await page.locator('.dogstar-hud .hint.gone').waitFor({ state: 'attached' })
  await page.screenshot({ path: at('docs/dogstar.jpg'), type: 'jpeg', quality: 72 })
  land()
  await page.context().close()
}

interface Shot {
  /** JPEG, base64. */
  readonly data: string
  /** Seconds. */
  readonly at: number
}

/** What the browser draws, arena and display, frame by frame; a second page turns it into a film. */
async function takeClip(production: Production): Promise<void> {
  const { page, land } = await fight(production, CLIP)
  const shots: Shot[] = []
  const cdp = await page.context().newCDPSession(page)
  cdp.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    shots.push({ data, at: metadata.timestamp ?? 0 })
    void cdp.send('Page.screencastFrameAck', { sessionId }).catch(() => {})
  })
  await cdp.send('Page.startScreencast', { format: 'jpeg', quality: 80, maxWidth: CLIP.width, maxHeight: CLIP.height })
  await page.waitForTimeout(CLIP_SECONDS * 1000)
  await cdp.send('Page.stopScreencast')
  land()
  await page.context().close()
  const encoder = await production.browser.newPage()
  const film = await encoder.evaluate(encode, { shots, ...CLIP, bitsPerSecond: CLIP_BITS_PER_SECOND })
  await writeFile(at('docs/dogstar.webm'), Buffer.from(film, 'base64'))
  await encoder.close()
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

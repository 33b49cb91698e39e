/**
 * A picture for a ship: an image of anybody, drawn anew at 128 pixels. In: a file, and how large it may be. Out: a canvas of this page's own
 * making, or a sentence why not. What was sent is never shown itself: no address of it is made, and it is gone once it is drawn.
 */
import { texts } from '../../../game/languages/language.ts'
import { readImageHead } from './image-head.ts'

/** Side of the square. */
export const EMBLEM_SIZE = 128

export interface EmblemLimits {
  readonly bytes: number
  /** Of the longer side, in pixels. */
  readonly side: number
}

/** Of a file that this player picks: what a phone's camera makes. */
export const PICKED: EmblemLimits = { bytes: 16 * 1024 * 1024, side: 8192 }
/** Of what another page sends: it has drawn it at 128 pixels already, which 64 KiB hold even without any compression. */
export const SENT: EmblemLimits = { bytes: 96 * 1024, side: 512 }

export type EmblemFault = 'too-large' | 'not-an-image' | 'animated' | 'too-many-pixels' | 'broken'

export const emblemSentences: Record<EmblemFault, () => string> = {
  'too-large': () => texts.pictures.tooLarge(PICKED.bytes / 1024 / 1024),
  'not-an-image': () => texts.pictures.notAnImage,
  animated: () => texts.pictures.animated,
  'too-many-pixels': () => texts.pictures.tooManyPixels(PICKED.side),
  broken: () => texts.pictures.broken,
}

/** What of the browser is used. Tests bring their own. */
export interface EmblemPlatform {
  /** Rejects for what is no image. The picture has at most this size, cropped by whoever draws it. */
  decode(blob: Blob): Promise<ImageBitmap>
  newCanvas(): HTMLCanvasElement
}

const thisPage: EmblemPlatform = {
  decode: (blob) => createImageBitmap(blob),
  newCanvas: () => document.createElement('canvas'),
}

export type Emblem =
  | { readonly canvas: HTMLCanvasElement; readonly fault: null }
  | { readonly canvas: null; readonly fault: EmblemFault }

export async function makeEmblem(file: Blob, limits: EmblemLimits, page = thisPage): Promise<Emblem> {
  const fault = (why: EmblemFault): Emblem => ({ canvas: null, fault: why })
  if (file.size > limits.bytes) return fault('too-large')
  try {
    const bytes = new Uint8Array(await file.arrayBuffer())
    const head = readImageHead(bytes)
    if (!head) return fault('not-an-image')
    if (head.animated) return fault('animated')
    if (head.width === 0 || head.height === 0) return fault('broken')
    if (Math.max(head.width, head.height) > limits.side) return fault('too-many-pixels')
    // By its own bytes, never by the type that its sender named.
    const image = await page.decode(new Blob([bytes], { type: `image/${head.kind}` }))
    try {
      const canvas = drawRound(image, page)
      return canvas ? { canvas, fault: null } : fault('broken')
    } finally {
      image.close()
    }
  } catch {
    return fault('broken')
  }
}

/** The middle of the picture, in a circle. */
function drawRound(image: ImageBitmap, page: EmblemPlatform): HTMLCanvasElement | null {
  const side = Math.min(image.width, image.height)
  const canvas = page.newCanvas()
  canvas.width = EMBLEM_SIZE
  canvas.height = EMBLEM_SIZE
  const pen = canvas.getContext('2d')
  if (!pen || side === 0) return null
  pen.imageSmoothingQuality = 'high'
  pen.beginPath()
  pen.arc(EMBLEM_SIZE / 2, EMBLEM_SIZE / 2, EMBLEM_SIZE / 2, 0, 2 * Math.PI)
  pen.clip()
  const [left, top] = [(image.width - side) / 2, (image.height - side) / 2]
  pen.drawImage(image, left, top, side, side, 0, 0, EMBLEM_SIZE, EMBLEM_SIZE)
  return canvas
}

/** The picture as a file, to be sent or kept. Null where the browser makes none. */
export function fileOfEmblem(canvas: HTMLCanvasElement): Promise<Blob | null> {
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PictureDesk } from '../../../src/files/pictures/desk.ts'
import {
  type EmblemFault,
  type EmblemPlatform,
  emblemSentences,
  makeEmblem,
  PICKED,
  SENT,
} from '../../../src/files/pictures/emblem.ts'
import { readImageHead } from '../../../src/files/pictures/image-head.ts'
import { NO_PICTURE, PICTURE_FILE } from '../../../src/files/pictures/picture-file.ts'
import { FakeLobby } from '../../browser/fixtures/page/fake-doors.ts'

const text = (string: string): number[] => [...string].map((character) => character.charCodeAt(0))
const be = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255)
const chunk = (name: string, contents: readonly number[]): number[] => [
  ...be(contents.length),
  ...text(name),
  ...contents,
  ...[0, 0, 0, 0],
]
const bytesOf = (...parts: (readonly number[])[]): Uint8Array<ArrayBuffer> => Uint8Array.from(parts.flat())

const pngHead = [0x89, ...text('PNG\r\n'), 0x1a, 0x0a]
const png = (width: number, height: number, more: readonly number[] = []) =>
  bytesOf(pngHead, chunk('IHDR', [...be(width), ...be(height), 8, 6, 0, 0, 0]), more, chunk('IDAT', [1, 2, 3]))
const jpeg = (width: number, height: number) =>
  bytesOf(
    [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2],
    [0xff, 0xc0, 0, 11, 8, height >> 8, height & 255, width >> 8, width & 255, 1, 1, 1, 0],
  )
const webp = (kind: string, contents: readonly number[]) =>
  bytesOf(text('RIFF'), [0, 0, 0, 0], text('WEBP'), text(kind), [0, 0, 0, 0], contents, Array(20).fill(0))
const moving = chunk('acTL', [0, 0, 0, 2, 0, 0, 0, 0])
const gif = bytesOf(text('GIF89a'), [64, 0, 64, 0, 0, 0, 0])

/** A browser whose decoder counts, and whose canvases are no more than named. */
function fakePage(size: { width: number; height: number } | null = { width: 128, height: 128 }) {
  const decoded: Blob[] = []
  let open = 0
  const pen = new Proxy({}, { get: () => () => {}, set: () => true })
  const page: EmblemPlatform = {
    async decode(blob) {
      decoded.push(blob)
      if (!size) throw new DOMException('The source image could not be decoded.', 'InvalidStateError')
      open++
      return { ...size, close: () => open-- } as unknown as ImageBitmap
    },
    newCanvas: () =>
      ({
        getContext: () => pen,
        toBlob: (done: (blob: Blob) => void) => done(new Blob([png(128, 128)])),
        toDataURL: () => 'data:image/png;base64,',
      }) as unknown as HTMLCanvasElement,
  }
  return { page, decoded, stillOpen: () => open }
}

const hostile: readonly (readonly [string, Uint8Array<ArrayBuffer>, EmblemFault])[] = [
  ['empty', bytesOf(), 'not-an-image'],
  ['an SVG', bytesOf(text('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')), 'not-an-image'],
  ['HTML', bytesOf(text('<!doctype html><script>alert(1)</script>')), 'not-an-image'],
  ['a film', bytesOf([0, 0, 0, 24], text('ftypmp42'), Array(40).fill(0)), 'not-an-image'],
  ['a PNG of eight bytes', bytesOf(pngHead), 'not-an-image'],
  ['a PNG without pixels', png(9, 9).slice(0, 40), 'not-an-image'],
  [
    'a PNG whose chunks never end',
    bytesOf(pngHead, chunk('IHDR', Array(13).fill(9)), Array(80).fill(255)),
    'not-an-image',
  ],
  ['a PNG that moves', png(64, 64, moving), 'animated'],
  ['a GIF', gif, 'animated'],
  ['a WebP that moves', webp('VP8X', [2, 0, 0, 0, 63, 0, 0, 63, 0, 0]), 'animated'],
  ['a PNG of a billion pixels', png(32_768, 32_768), 'too-many-pixels'],
  ['a PNG that is narrow and endless', png(1, 0xffff_ffff), 'too-many-pixels'],
  ['a JPEG of a billion pixels', jpeg(65_535, 20_000), 'too-many-pixels'],
  ['a WebP of a billion pixels', webp('VP8X', [0, 0, 0, 0, 255, 255, 255, 255, 255, 255]), 'too-many-pixels'],
  ['a PNG of no size', png(0, 9), 'broken'],
]

describe('a picture of somebody else', () => {
  it.each(hostile)('that is %s is refused before the browser’s decoder sees it', async (_name, bytes, fault) => {
    const { page, decoded } = fakePage()
    expect(await makeEmblem(new Blob([bytes], { type: 'image/png' }), SENT, page)).toEqual({ canvas: null, fault })
    expect(decoded).toEqual([])
    expect(emblemSentences[fault]()).toMatch(/^[A-Z].*\.$/)
  })

  it('is not read when it is too large, however small its sender says that its pixels are', async () => {
    const { page, decoded } = fakePage()
    const large = new Blob([png(9, 9), new Uint8Array(SENT.bytes)])
    large.arrayBuffer = () => Promise.reject(new Error('It was read.'))
    expect((await makeEmblem(large, SENT, page)).fault).toBe('too-large')
    expect(decoded).toEqual([])
  })

  it('is decoded as what its bytes are, whatever type was named, and nothing of the decoder stays', async () => {
    const { page, decoded, stillOpen } = fakePage()
    for (const [bytes, type] of [
      [png(128, 128), 'image/png'],
      [jpeg(100, 90), 'image/jpeg'],
      [webp('VP8 ', [0, 0, 0, 0, 0, 0, 128, 0, 128, 0]), 'image/webp'],
      [webp('VP8L', [0x2f, 0x7f, 0xc0, 0x1f, 0x10]), 'image/webp'],
    ] as const) {
      expect((await makeEmblem(new Blob([bytes], { type: 'image/svg+xml' }), SENT, page)).fault).toBe(null)
      expect(decoded.at(-1)?.type).toBe(type)
    }
    expect(stillOpen()).toBe(0)
  })

  it('is broken when the decoder says so, or gives no pixels', async () => {
    for (const size of [null, { width: 0, height: 9 }]) {
      const { page, stillOpen } = fakePage(size)
      expect((await makeEmblem(new Blob([png(64, 64)]), SENT, page)).fault).toBe('broken')
      expect(stillOpen()).toBe(0)
    }
  })

  it('never throws while its head is read, whatever its bytes are', () => {
    const begun = fc.constantFrom(pngHead, [0xff, 0xd8], [...text('RIFF'), 0, 0, 0, 0, ...text('WEBP')], text('GIF8'))
    fc.assert(
      fc.property(begun, fc.uint8Array({ maxLength: 80 }), (head, rest) => {
        const read = readImageHead(bytesOf(head, [...rest]))
        if (read) expect(read.width >= 0 && read.height >= 0).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('pictures in a lobby', () => {
  const file = new Blob([png(128, 128)], { type: 'image/png' })

  function deskIn() {
    const lobby = new FakeLobby('K7M2P', 'Ann', true)
    const bea = lobby.add('Bea')
    let now = 0
    const desk = new PictureDesk(lobby, fakePage().page, () => now)
    lobby.on('file', (offer) => desk.hear(offer))
    const wait = (ms: number) => {
      now += ms
    }
    return { lobby, bea, desk, wait }
  }
  const shown = ({ desk, bea }: ReturnType<typeof deskIn>) => expect.poll(() => desk.pictureOf(bea)).not.toBe(null)

  it('are shown once they are drawn anew, and not of whom this page hides, mutes, or of anybody when it hides all', async () => {
    const all = deskIn()
    const { lobby, bea, desk } = all
    lobby.offer(bea, PICTURE_FILE, file)
    expect(desk.pictureOf(bea)).toBe(null)
    await shown(all)
    desk.hide(bea, true)
    expect(desk.pictureOf(bea)).toBe(null)
    desk.hide(bea, false)
    lobby.mute(bea, true)
    expect(desk.pictureOf(bea)).toBe(null)
    lobby.mute(bea, false)
    desk.hideAll(true)
    expect(desk.pictureOf(bea)).toBe(null)
    desk.hideAll(false)
    expect(desk.pictureOf(bea)).not.toBe(null)
  })

  it('go with their player, and when their player flies without one', async () => {
    const all = deskIn()
    const { lobby, bea, desk } = all
    lobby.offer(bea, PICTURE_FILE, file)
    await shown(all)
    lobby.offer(bea, NO_PICTURE, new Blob(['-']))
    expect(desk.pictureOf(bea)).toBe(null)
    const next = deskIn()
    next.lobby.offer(next.bea, PICTURE_FILE, file)
    next.lobby.remove(next.bea)
    // Whoever comes after it is drawn after it.
    const cid = next.lobby.add('Cid')
    next.lobby.offer(cid, PICTURE_FILE, file)
    await expect.poll(() => next.desk.hasPicture(cid)).toBe(true)
    expect(next.desk.hasPicture(next.bea)).toBe(false)
  })

  it('come from one player one at a time, no more often than in 2 s, and no larger than pages send them', async () => {
    const all = deskIn()
    const { lobby, bea, desk, wait } = all
    expect(lobby.offer(bea, PICTURE_FILE, file, SENT.bytes + 1).answer).toBe('declined')
    const flood = Array.from({ length: 100 }, () => lobby.offer(bea, PICTURE_FILE, file).answer)
    expect(flood).toEqual(['accepted', ...Array(99).fill('declined')])
    await shown(all)
    wait(1999)
    expect(lobby.offer(bea, PICTURE_FILE, file).answer).toBe('declined')
    wait(1)
    expect(lobby.offer(bea, PICTURE_FILE, file).answer).toBe('accepted')
    await shown(all)
    expect(desk.hasPicture(bea)).toBe(true)
  })

  it('keep the one before when a bad one follows', async () => {
    const all = deskIn()
    const { lobby, bea, desk, wait } = all
    lobby.offer(bea, PICTURE_FILE, file)
    await shown(all)
    const before = desk.pictureOf(bea)
    wait(5000)
    lobby.offer(bea, PICTURE_FILE, new Blob(['<svg/>']))
    await new Promise((done) => setImmediate(done))
    expect(desk.pictureOf(bea)).toBe(before)
  })

  it('of this player go to each person once, also to those who come later, never to bots, and are taken back', async () => {
    const { lobby, bea, desk } = deskIn()
    lobby.addBot('ace')
    await desk.pick(new Blob([png(4000, 3000)]))
    expect(desk.mine).not.toBe(null)
    const cid = lobby.add('Cid')
    lobby.change(bea, { ready: true })
    expect(lobby.shared.map(({ player, name }) => [player, name])).toEqual([
      [bea, PICTURE_FILE],
      [cid, PICTURE_FILE],
    ])
    expect(lobby.shared[0]!.file.size).toBeLessThan(SENT.bytes)
    lobby.remove(cid)
    desk.remove()
    expect([desk.mine, lobby.shared.at(-1)!.name, lobby.shared.length]).toEqual([null, NO_PICTURE, 3])
  })

  it('of this player are sent again to who was away, whose page may have been loaded anew', async () => {
    const { lobby, bea, desk } = deskIn()
    await desk.pick(new Blob([png(64, 64)]))
    lobby.change(bea, { presence: 'late' })
    lobby.change(bea, { presence: 'away' })
    expect(lobby.shared.length).toBe(1)
    lobby.change(bea, { presence: 'here' })
    expect(lobby.shared.map(({ player }) => player)).toEqual([bea, bea])
  })

  it('of this player are refused with a sentence, and the one before stays', async () => {
    const { desk } = deskIn()
    await desk.pick(new Blob([png(64, 64)]))
    const before = desk.mine
    await desk.pick(new Blob([png(PICKED.side + 1, 64)]))
    expect([desk.mine, desk.sentence]).toEqual([before, emblemSentences['too-many-pixels']()])
    await desk.pick(new Blob([gif]))
    expect(desk.sentence).toBe(emblemSentences.animated())
  })
})

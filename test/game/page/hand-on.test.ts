/** Handing a lobby's link on: the QR code as a reader sees it, and what the share sheet answers. */
import jsQR from 'jsqr'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { qrOutlineOf } from '../../../src/hand-on/qr-dialog.tsx'
import { canShare, shareLink } from '../../../src/hand-on/share-sheet.ts'

/** Pixels of a module. */
const SCALE = 4

/** Draws the outline as a browser does, bar by bar, and reads it back with another library. */
function readBack(link: string): string | null {
  const { size, path } = qrOutlineOf(link)
  const side = size * SCALE
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255)
  for (const [, x, y, width, back] of path.matchAll(/M(\d+) (\d+)h(\d+)v1H(\d+)z/g)) {
    expect(back).toBe(x)
    for (let row = 0; row < SCALE; row++) {
      const start = (Number(y) * SCALE + row) * side + Number(x) * SCALE
      for (let i = start; i < start + Number(width) * SCALE; i++) pixels.fill(0, i * 4, i * 4 + 3)
    }
  }
  return jsQR(pixels, side, side)?.data ?? null
}

describe('the QR code of a link', () => {
  it.each([
    'http://192.168.1.20:8080/#K7M2P',
    'https://play.example.org/dogstar/#D3RWX',
    `https://${'a'.repeat(60)}.example.org/${'folder/'.repeat(20)}?debug#K7M2P`,
    'https://spiel.example/straße/ünïcode#K7M2P',
  ])('is read back by a decoder: %s', (link) => {
    expect(readBack(link)).toBe(link)
  })

  it('has four modules of empty space on every side, which readers ask for', () => {
    const { size, path } = qrOutlineOf('http://192.168.1.20:8080/#K7M2P')
    const bars = [...path.matchAll(/M(\d+) (\d+)h(\d+)/g)].map((bar) => bar.slice(1).map(Number))
    for (const [x = 0, y = 0, width = 0] of bars) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(4)
      expect(Math.max(x + width, y + 1)).toBeLessThanOrEqual(size - 4)
    }
  })
})

describe('the share sheet', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('is offered only where the browser has one', () => {
    vi.stubGlobal('navigator', {})
    expect(canShare()).toBe(false)
    vi.stubGlobal('navigator', { share: async () => {} })
    expect(canShare()).toBe(true)
  })

  it('gets the link, and tells somebody who closed it from a browser that refused', async () => {
    const share = vi.fn(async () => {})
    vi.stubGlobal('navigator', { share })
    expect(await shareLink('https://play.example.org/#K7M2P', 'K7M2P')).toBe('shared')
    expect(share).toHaveBeenCalledWith(expect.objectContaining({ url: 'https://play.example.org/#K7M2P' }))
    share.mockRejectedValueOnce(new DOMException('closed', 'AbortError'))
    expect(await shareLink('https://play.example.org/#K7M2P', 'K7M2P')).toBe('closed')
    share.mockRejectedValueOnce(new DOMException('no', 'NotAllowedError'))
    expect(await shareLink('https://play.example.org/#K7M2P', 'K7M2P')).toBe('failed')
  })
})

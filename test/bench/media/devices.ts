/** What microphone and camera of the pages are: files that Chromium plays, so that no page spends time on making sound and pictures. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededStream } from '../../../net/platform/seeded-chance.ts'
import { writeTone } from '../../browser/fixtures/tone.ts'

const TONE_HZ = 1000
const WIDTH = 160
const HEIGHT = 120
const FRAMES_PER_SECOND = 15
/** Four seconds, then again. */
const FRAMES = 60
/** So many blocks of 16 by 16 change in each frame: more than 150 kbit/s can show, so that encoders need all that they may have. */
const BLOCKS = 12
const BLOCK = 16

export interface FakeDevices {
  /** For Chromium. */
  readonly flags: string[]
  remove(): void
}

export function fakeDevices(): FakeDevices {
  const folder = mkdtempSync(join(tmpdir(), 'starwire-media-'))
  writeTone(join(folder, 'tone.wav'), TONE_HZ)
  writeFileSync(join(folder, 'blocks.y4m'), movingBlocks())
  return {
    flags: [
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${join(folder, 'tone.wav')}`,
      `--use-file-for-fake-video-capture=${join(folder, 'blocks.y4m')}`,
    ],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** YUV4MPEG2, 4:2:0. */
function movingBlocks(): Buffer {
  const random = seededStream(1, 1)
  const planes = Buffer.alloc((WIDTH * HEIGHT * 3) / 2, 128)
  const parts = [Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_PER_SECOND}:1 Ip A1:1 C420jpeg\n`)]
  for (let frame = 0; frame < FRAMES; frame++) {
    for (let block = 0; block < BLOCKS; block++) {
      const [left, top] = [Math.floor(random() * (WIDTH - BLOCK)), Math.floor(random() * (HEIGHT - BLOCK))]
      const level = Math.floor(random() * 256)
      for (let y = top; y < top + BLOCK; y++) planes.fill(level, y * WIDTH + left, y * WIDTH + left + BLOCK)
    }
    parts.push(Buffer.from('FRAME\n'), Buffer.from(planes))
  }
  return Buffer.concat(parts)
}

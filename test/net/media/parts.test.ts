/** The pure parts of voice: places, settings of Opus, who speaks. */
import { describe, expect, it } from 'vitest'
import { heardFrom } from '../../../net/media/hearing.ts'
import { withOpusSettings } from '../../../net/media/opus-settings.ts'
import { SpeechDetector } from '../../../net/media/speech-detector.ts'

describe('a voice from a place', () => {
  const here = { x: 0, y: 0 }
  it.each([
    [
      { x: 0, y: 0 },
      { pan: 0, gain: 1 },
    ],
    [
      { x: 50, y: 0 },
      { pan: 0.4, gain: 1 },
    ],
    [
      { x: -100, y: 0 },
      { pan: -0.8, gain: 1 },
    ],
    [
      { x: 0, y: 550 },
      { pan: 0, gain: 0.5 },
    ],
    [
      { x: 5000, y: 0 },
      { pan: 0.8, gain: 0 },
    ],
    [
      { x: Number.NaN, y: 0 },
      { pan: 0, gain: 1 },
    ],
    [
      { x: Number.POSITIVE_INFINITY, y: 0 },
      { pan: 0, gain: 1 },
    ],
    [null, { pan: 0, gain: 1 }],
  ])('%j is heard as %j', (place, heard) => {
    expect(heardFrom(here, place)).toEqual(heard)
  })

  it('near the listener is no division by nothing', () => {
    expect(heardFrom(here, here, { near: 0, far: 1 })).toEqual({ pan: 0, gain: 1 })
  })
})

describe('the settings of Opus', () => {
  const sdp = 'm=audio 9 X 111 9\r\na=rtpmap:9 G722/8000\r\na=rtpmap:111 opus/48000/2\r\n'
  it('are added to what stands there', () => {
    expect(withOpusSettings(`${sdp}a=fmtp:111 minptime=10;useinbandfec=0\r\na=x\r\n`)).toBe(
      `${sdp}a=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=24000;usedtx=1;stereo=0\r\na=x\r\n`,
    )
  })

  it('stand in a line of their own where there is none', () => {
    expect(withOpusSettings(`${sdp}a=x\r\n`)).toBe(
      `${sdp}a=fmtp:111 maxaveragebitrate=24000;usedtx=1;useinbandfec=1;stereo=0\r\na=x\r\n`,
    )
  })

  it('change nothing where Opus is not offered', () => {
    expect(withOpusSettings('m=audio 9 X 9\r\na=rtpmap:9 G722/8000\r\n')).not.toContain('fmtp')
  })
})

describe('who speaks', () => {
  it('is said at once, and taken back when it was quiet for a while', () => {
    const speech = new SpeechDetector()
    expect([speech.look(0.005, 0), speech.speaking]).toEqual([false, false])
    expect([speech.look(0.05, 50), speech.speaking]).toEqual([true, true])
    expect([speech.look(0, 300), speech.speaking]).toEqual([false, true])
    expect([speech.look(0, 350), speech.speaking]).toEqual([true, false])
  })
})

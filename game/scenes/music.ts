/**
 * The music: four layers over four chords, made of oscillators and noise. How much of it is heard, and how fast it goes, follows the tension of
 * the fight. In: the frame's tension. It is written a quarter of a second ahead, in each frame: a page that is not drawn plays none.
 */
import { hiss, type Studio, tone } from './synth.ts'

/** Beats a minute, at rest and when it is tightest. */
const SLOWEST = 88
const FASTEST = 132
/** Seconds that are written ahead: more than a frame of a slow phone. */
const AHEAD = 0.25
/** Steps of a bar: sixteenths. */
const STEPS = 16
/** Hertz of the lowest tone of each bar: A, F, C, G, in the order of a thousand songs. */
const ROOTS = [55, 43.65, 65.41, 49]
/** Of the chord above the root, minor on A, major else. */
const MINOR = [1, 1.2, 1.5]
const MAJOR = [1, 1.26, 1.5]
/** How fast the music follows, per second: a shot is no reason for another song. */
const FOLLOWS = 0.6
/** Tension from which each layer is heard. */
const BASS_FROM = 0.2
const HAT_FROM = 0.4
const LEAD_FROM = 0.62

export interface Music {
  /** Once a frame. `tension` 0 to 1. */
  play(tension: number, seconds: number): void
}

/** `out`: where the music goes; its gain is the player's volume. */
export function makeMusic(studio: Studio, out: AudioNode): Music {
  const { context } = studio
  let heard = 0
  let step = 0
  let nextAt = 0
  return {
    play(tension, seconds) {
      heard += (tension - heard) * Math.min(1, seconds * FOLLOWS)
      const now = context.currentTime
      // After a pause it goes on from here, and does not catch up.
      if (nextAt < now) nextAt = now + 0.05
      while (nextAt < now + AHEAD) {
        writeStep(studio, out, step, heard, nextAt - now)
        step = (step + 1) % (STEPS * ROOTS.length)
        nextAt += 60 / (SLOWEST + (FASTEST - SLOWEST) * heard) / 4
      }
    },
  }
}

function writeStep(studio: Studio, out: AudioNode, step: number, tension: number, delay: number): void {
  const bar = Math.floor(step / STEPS)
  const root = ROOTS[bar] ?? 55
  const chord = bar === 0 ? MINOR : MAJOR
  const beat = step % STEPS
  if (beat === 0)
    for (const [i, ratio] of chord.entries())
      tone(studio, out, {
        type: 'sine',
        from: root * 2 * ratio,
        to: root * 2 * ratio,
        seconds: 2.6,
        volume: 0.16,
        delay: delay + i * 0.02,
      })
  if (tension > BASS_FROM && beat % (tension > 0.7 ? 2 : 4) === 0)
    tone(studio, out, { type: 'triangle', from: root, to: root * 0.99, seconds: 0.24, volume: 0.5 * tension, delay })
  if (tension > HAT_FROM && beat % 4 === 2)
    hiss(studio, out, { from: 9000, to: 5000, seconds: 0.05, volume: 0.16 * tension, delay })
  if (tension > LEAD_FROM && beat % 2 === 1) {
    const pitch = root * 8 * (chord[(step * 5) % chord.length] ?? 1)
    tone(studio, out, { type: 'triangle', from: pitch, to: pitch, seconds: 0.14, volume: 0.14 * tension, delay })
  }
}

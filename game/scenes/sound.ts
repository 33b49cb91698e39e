/** Sounds made of noise and oscillators. Where a page has no AudioContext, or may not use it, there is silence. */

import { makeMusic } from './music.ts'
import { hiss, makeStudio, type Studio, tone } from './synth.ts'

export type SoundName =
  | 'shot'
  | 'hit'
  | 'explosion'
  | 'bump'
  | 'dash'
  | 'win'
  | 'beam'
  | 'missile'
  | 'shield'
  | 'pickup'
  | 'mark'
  | 'kill'
  | 'tick'
  | 'go'

export interface Sound {
  /** `volume` 0 to 1; 0 is not played. `pan`: -1 at the left to 1 at the right. */
  play(name: SoundName, volume?: number, pan?: number): void
  /** Once a frame: the music goes on. `tension` 0 to 1. */
  playMusic(tension: number, seconds: number): void
  muted: boolean
  /** Whether the player wants no music. */
  musicOff: boolean
  destroy(): void
}

/** 0 to 1 each, as the player chose. */
export interface Volumes {
  readonly effects: number
  readonly music: number
}

const silence: Sound = { play: () => {}, playMusic: () => {}, muted: true, musicOff: true, destroy: () => {} }

/** Overall loudness: sixteen guns at once must not clip. */
const MASTER = 0.22
/** Of the music beside the effects at the same volume: a shot is heard over it. */
const MUSIC = 0.5
/** Sounds at once; more would only be noise, and cost time on a phone. */
const VOICES = 14
/** How far to one side a sound goes: both ears hear what is in the picture. */
const WIDEST = 0.8
/** Hertz that are left of a sound at the edge of hearing: what is far is dull. */
const DULLEST = 700
const BRIGHTEST = 18_000
const mutedKey = 'dogstar-muted'
const musicKey = 'dogstar-music-off'

/** `volumes` is asked in every frame. */
export function makeSound(volumes: () => Volumes = () => ({ effects: 1, music: 0.5 })): Sound {
  if (typeof AudioContext === 'undefined') return silence
  let context: AudioContext
  try {
    context = new AudioContext({ latencyHint: 'interactive' })
  } catch {
    return silence
  }
  const studio = makeStudio(context)
  const effects = channel(context)
  const tunes = channel(context)
  const music = makeMusic(studio, tunes)
  let voices = 0

  // Browsers start it with a gesture only.
  const wake = (): void => {
    if (context.state === 'suspended') context.resume().catch(() => {})
  }
  window.addEventListener('pointerdown', wake)
  window.addEventListener('keydown', wake)

  const sound: Sound = {
    muted: remembered(mutedKey),
    musicOff: remembered(musicKey),
    play(name, volume = 1, pan = 0) {
      effects.gain.value = MASTER * volumes().effects
      if (sound.muted || context.state !== 'running' || volume < 0.02 || voices >= VOICES) return
      if (effects.gain.value === 0) return
      voices++
      const seconds = voice(studio, placed(context, effects, volume, pan), name, volume)
      window.setTimeout(() => voices--, seconds * 1000)
    },
    playMusic(tension, seconds) {
      const volume = sound.muted || sound.musicOff ? 0 : volumes().music
      // What is written ahead is silenced, too.
      tunes.gain.value = MASTER * MUSIC * volume
      if (volume > 0 && context.state === 'running') music.play(tension, seconds)
    },
    destroy() {
      window.removeEventListener('pointerdown', wake)
      window.removeEventListener('keydown', wake)
      context.close().catch(() => {})
    },
  }
  return sound
}

function channel(context: AudioContext): GainNode {
  const gain = context.createGain()
  gain.gain.value = 0
  gain.connect(context.destination)
  return gain
}

/** Where a sound comes from: at a side, and the duller the farther. */
function placed(context: AudioContext, out: AudioNode, volume: number, pan: number): AudioNode {
  const side = context.createStereoPanner()
  side.pan.value = Math.max(-WIDEST, Math.min(WIDEST, pan))
  side.connect(out)
  if (volume > 0.8) return side
  const distance = context.createBiquadFilter()
  distance.type = 'lowpass'
  distance.frequency.value = DULLEST + (BRIGHTEST - DULLEST) * volume ** 1.5
  distance.connect(side)
  return distance
}

/** Storage can be forbidden; then the choice lasts as long as the page. */
function remembered(key: string): boolean {
  try {
    return localStorage.getItem(key) === '1'
  } catch {
    return false
  }
}

/** Keeps what the sound's two switches say. */
export function rememberSwitches({ muted, musicOff }: Sound): void {
  try {
    localStorage.setItem(mutedKey, muted ? '1' : '0')
    localStorage.setItem(musicKey, musicOff ? '1' : '0')
  } catch {
    // Then not.
  }
}

/** Starts one sound; returns how many seconds it lasts. */
function voice(studio: Studio, out: AudioNode, name: SoundName, volume: number): number {
  switch (name) {
    case 'shot':
      return tone(studio, out, { type: 'square', from: 920, to: 190, seconds: 0.11, volume: 0.22 * volume })
    case 'hit':
      tone(studio, out, { type: 'triangle', from: 320, to: 90, seconds: 0.12, volume: 0.5 * volume })
      return hiss(studio, out, { from: 2400, to: 700, seconds: 0.1, volume: 0.35 * volume })
    case 'explosion':
      tone(studio, out, { type: 'sine', from: 130, to: 28, seconds: 0.8, volume: 1.1 * volume })
      return hiss(studio, out, { from: 1300, to: 60, seconds: 0.95, volume: 1.2 * volume })
    case 'bump':
      return tone(studio, out, { type: 'sine', from: 150, to: 50, seconds: 0.16, volume: 0.7 * volume })
    case 'dash':
      return hiss(studio, out, { from: 500, to: 3200, seconds: 0.28, volume: 0.5 * volume })
    case 'beam':
      tone(studio, out, { type: 'sawtooth', from: 1900, to: 240, seconds: 0.3, volume: 0.26 * volume })
      return hiss(studio, out, { from: 6000, to: 900, seconds: 0.25, volume: 0.35 * volume })
    case 'missile':
      tone(studio, out, { type: 'sawtooth', from: 90, to: 260, seconds: 0.45, volume: 0.25 * volume })
      return hiss(studio, out, { from: 300, to: 2600, seconds: 0.6, volume: 0.7 * volume })
    case 'shield':
      tone(studio, out, { type: 'sine', from: 240, to: 720, seconds: 0.35, volume: 0.4 * volume })
      return tone(studio, out, { type: 'sine', from: 360, to: 1080, seconds: 0.4, volume: 0.25 * volume, delay: 0.05 })
    case 'pickup':
      tone(studio, out, { type: 'triangle', from: 660, to: 660, seconds: 0.12, volume: 0.4 * volume })
      return tone(studio, out, {
        type: 'triangle',
        from: 990,
        to: 990,
        seconds: 0.2,
        volume: 0.4 * volume,
        delay: 0.09,
      })
    case 'mark':
      return tone(studio, out, { type: 'square', from: 1500, to: 1300, seconds: 0.05, volume: 0.14 * volume })
    case 'kill':
      tone(studio, out, { type: 'triangle', from: 700, to: 700, seconds: 0.1, volume: 0.45 * volume })
      return tone(studio, out, {
        type: 'triangle',
        from: 1050,
        to: 1050,
        seconds: 0.22,
        volume: 0.45 * volume,
        delay: 0.08,
      })
    case 'tick':
      return tone(studio, out, { type: 'triangle', from: 440, to: 440, seconds: 0.14, volume: 0.4 * volume })
    case 'go':
      return tone(studio, out, { type: 'triangle', from: 880, to: 880, seconds: 0.4, volume: 0.5 * volume })
    case 'win':
      for (const [i, pitch] of [523, 659, 784, 1047].entries())
        tone(studio, out, {
          type: 'triangle',
          from: pitch,
          to: pitch,
          seconds: 0.5,
          volume: 0.4 * volume,
          delay: i * 0.12,
        })
      return 0.9
  }
}

/** Sounds made of noise and oscillators. Where a page has no AudioContext, or may not use it, there is silence. */

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
  /** `volume` 0 to 1; 0 is not played. */
  play(name: SoundName, volume?: number): void
  muted: boolean
  destroy(): void
}

const silence: Sound = { play: () => {}, muted: true, destroy: () => {} }

/** Overall loudness: sixteen guns at once must not clip. */
const MASTER = 0.22
/** Sounds at once; more would only be noise, and cost time on a phone. */
const VOICES = 14
const storageKey = 'dogstar-muted'

export function makeSound(): Sound {
  if (typeof AudioContext === 'undefined') return silence
  let context: AudioContext
  try {
    context = new AudioContext({ latencyHint: 'interactive' })
  } catch {
    return silence
  }
  const master = context.createGain()
  master.gain.value = MASTER
  master.connect(context.destination)
  const noise = makeNoise(context)
  let voices = 0

  // Browsers start it with a gesture only.
  const wake = (): void => {
    if (context.state === 'suspended') context.resume().catch(() => {})
  }
  window.addEventListener('pointerdown', wake)
  window.addEventListener('keydown', wake)

  const sound: Sound = {
    muted: remembered(),
    play(name, volume = 1) {
      if (sound.muted || context.state !== 'running' || volume < 0.02 || voices >= VOICES) return
      voices++
      const seconds = voice(context, noise, master, name, volume)
      window.setTimeout(() => voices--, seconds * 1000)
    },
    destroy() {
      window.removeEventListener('pointerdown', wake)
      window.removeEventListener('keydown', wake)
      context.close().catch(() => {})
    },
  }
  return sound
}

/** Storage can be forbidden; then the choice lasts as long as the page. */
function remembered(): boolean {
  try {
    return localStorage.getItem(storageKey) === '1'
  } catch {
    return false
  }
}

export function rememberMuted(muted: boolean): void {
  try {
    localStorage.setItem(storageKey, muted ? '1' : '0')
  } catch {
    // Then not.
  }
}

function makeNoise(context: AudioContext): AudioBuffer {
  const buffer = context.createBuffer(1, context.sampleRate, context.sampleRate)
  const samples = buffer.getChannelData(0)
  for (let i = 0; i < samples.length; i++) samples[i] = Math.random() * 2 - 1
  return buffer
}

/** Starts one sound; returns how many seconds it lasts. */
function voice(context: AudioContext, noise: AudioBuffer, out: AudioNode, name: SoundName, volume: number): number {
  switch (name) {
    case 'shot':
      return tone(context, out, 'square', 920, 190, 0.11, 0.22 * volume)
    case 'hit':
      tone(context, out, 'triangle', 320, 90, 0.12, 0.5 * volume)
      return hiss(context, noise, out, 2400, 700, 0.1, 0.35 * volume)
    case 'explosion':
      tone(context, out, 'sine', 130, 28, 0.8, 1.1 * volume)
      return hiss(context, noise, out, 1300, 60, 0.95, 1.2 * volume)
    case 'bump':
      return tone(context, out, 'sine', 150, 50, 0.16, 0.7 * volume)
    case 'dash':
      return hiss(context, noise, out, 500, 3200, 0.28, 0.5 * volume)
    case 'beam':
      tone(context, out, 'sawtooth', 1900, 240, 0.3, 0.26 * volume)
      return hiss(context, noise, out, 6000, 900, 0.25, 0.35 * volume)
    case 'missile':
      tone(context, out, 'sawtooth', 90, 260, 0.45, 0.25 * volume)
      return hiss(context, noise, out, 300, 2600, 0.6, 0.7 * volume)
    case 'shield':
      tone(context, out, 'sine', 240, 720, 0.35, 0.4 * volume)
      return tone(context, out, 'sine', 360, 1080, 0.4, 0.25 * volume, 0.05)
    case 'pickup':
      tone(context, out, 'triangle', 660, 660, 0.12, 0.4 * volume)
      return tone(context, out, 'triangle', 990, 990, 0.2, 0.4 * volume, 0.09)
    case 'mark':
      return tone(context, out, 'square', 1500, 1300, 0.05, 0.14 * volume)
    case 'kill':
      tone(context, out, 'triangle', 700, 700, 0.1, 0.45 * volume)
      return tone(context, out, 'triangle', 1050, 1050, 0.22, 0.45 * volume, 0.08)
    case 'tick':
      return tone(context, out, 'triangle', 440, 440, 0.14, 0.4 * volume)
    case 'go':
      return tone(context, out, 'triangle', 880, 880, 0.4, 0.5 * volume)
    case 'win':
      for (const [i, pitch] of [523, 659, 784, 1047].entries())
        tone(context, out, 'triangle', pitch, pitch, 0.5, 0.4 * volume, i * 0.12)
      return 0.9
  }
}

function tone(
  context: AudioContext,
  out: AudioNode,
  type: OscillatorType,
  from: number,
  to: number,
  seconds: number,
  volume: number,
  delay = 0,
): number {
  const start = context.currentTime + delay
  const oscillator = context.createOscillator()
  oscillator.type = type
  oscillator.frequency.setValueAtTime(from, start)
  oscillator.frequency.exponentialRampToValueAtTime(Math.max(1, to), start + seconds)
  oscillator.connect(envelope(context, out, start, seconds, volume))
  oscillator.start(start)
  oscillator.stop(start + seconds)
  return seconds
}

function hiss(
  context: AudioContext,
  noise: AudioBuffer,
  out: AudioNode,
  from: number,
  to: number,
  seconds: number,
  volume: number,
): number {
  const start = context.currentTime
  const source = context.createBufferSource()
  source.buffer = noise
  source.loop = true
  const filter = context.createBiquadFilter()
  filter.type = 'lowpass'
  filter.frequency.setValueAtTime(from, start)
  filter.frequency.exponentialRampToValueAtTime(to, start + seconds)
  source.connect(filter)
  filter.connect(envelope(context, out, start, seconds, volume))
  source.start(start, Math.random())
  source.stop(start + seconds)
  return seconds
}

function envelope(context: AudioContext, out: AudioNode, start: number, seconds: number, volume: number): GainNode {
  const gain = context.createGain()
  gain.gain.setValueAtTime(volume, start)
  gain.gain.exponentialRampToValueAtTime(0.001, start + seconds)
  gain.connect(out)
  return gain
}

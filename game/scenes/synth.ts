/** What all sounds are made of: a tone that glides, and noise behind a filter that closes. Both fade by themselves. */

export interface Studio {
  readonly context: AudioContext
  /** A second of white noise. */
  readonly noise: AudioBuffer
}

/** One sound. Frequencies in hertz, glided from `from` to `to`. */
export interface Note {
  readonly from: number
  readonly to: number
  readonly seconds: number
  /** Gain at its start. */
  readonly volume: number
  /** Seconds until it begins. Default 0. */
  readonly delay?: number
}

export function makeStudio(context: AudioContext): Studio {
  const noise = context.createBuffer(1, context.sampleRate, context.sampleRate)
  const samples = noise.getChannelData(0)
  for (let i = 0; i < samples.length; i++) samples[i] = Math.random() * 2 - 1
  return { context, noise }
}

/** Starts a tone; returns how many seconds it lasts. */
export function tone({ context }: Studio, out: AudioNode, { type, ...note }: Note & { type: OscillatorType }): number {
  const start = context.currentTime + (note.delay ?? 0)
  const oscillator = context.createOscillator()
  oscillator.type = type
  glide(oscillator.frequency, note, start)
  oscillator.connect(envelope(context, out, start, note))
  oscillator.start(start)
  oscillator.stop(start + note.seconds)
  return note.seconds
}

/** Starts noise below a frequency that glides; returns how many seconds it lasts. */
export function hiss({ context, noise }: Studio, out: AudioNode, note: Note): number {
  const start = context.currentTime + (note.delay ?? 0)
  const source = context.createBufferSource()
  source.buffer = noise
  source.loop = true
  const filter = context.createBiquadFilter()
  filter.type = 'lowpass'
  glide(filter.frequency, note, start)
  source.connect(filter)
  filter.connect(envelope(context, out, start, note))
  source.start(start, Math.random())
  source.stop(start + note.seconds)
  return note.seconds
}

function glide(parameter: AudioParam, { from, to, seconds }: Note, start: number): void {
  parameter.setValueAtTime(from, start)
  parameter.exponentialRampToValueAtTime(Math.max(1, to), start + seconds)
}

function envelope(context: AudioContext, out: AudioNode, start: number, { volume, seconds }: Note): GainNode {
  const gain = context.createGain()
  gain.gain.setValueAtTime(volume, start)
  gain.gain.exponentialRampToValueAtTime(0.001, start + seconds)
  gain.connect(out)
  return gain
}

/**
 * The sound of this page: each voice through a strip of its own, with volume, place and a meter, into one output. The own
 * microphone has a strip that goes nowhere but into its meter.
 *
 * Invariants: after `close` the AudioContext is closed, nothing plays, and no listener waits.
 */
import type { Cancel, Platform } from '../platform/platform.ts'
import type { MediaPlatform } from './media-platform.ts'

/** Samples of one look at the level: 21 to 43 ms of sound, about as long as two looks are apart. */
const METER_SAMPLES = 2048

/** A context that may play starts within so many ms, also on a busy machine. */
const START_MS = 1000

/** A jump in volume clicks; this time constant, in s, makes a slope of it. */
const SLOPE_S = 0.03

export interface Strip {
  /** Root mean square of the sound before the volume, 0 to 1. */
  level(): number
  set(gain: number, pan: number): void
  close(): void
}

export interface MixerOptions {
  readonly media: MediaPlatform
  readonly platform: Pick<Platform, 'onWake' | 'after'>
  /** The browser plays nothing before the player acts. Told once for each time. */
  blocked(): void
}

export class Mixer {
  private readonly options: MixerOptions
  private readonly context: AudioContext
  private readonly strips = new Set<Strip>()
  private readonly samples = new Float32Array(METER_SAMPLES)
  private stopAwaiting: Cancel | null = null
  private readonly stopWaking: Cancel
  private readonly cancelStart: Cancel

  /** Null where there is no sound. */
  static open(options: MixerOptions): Mixer | null {
    try {
      const context = options.media.newAudioContext()
      return context && new Mixer(options, context)
    } catch {
      return null
    }
  }

  private constructor(options: MixerOptions, context: AudioContext) {
    this.options = options
    this.context = context
    context.onstatechange = () => this.noteState()
    this.stopWaking = options.platform.onWake(() => this.resume())
    this.cancelStart = options.platform.after(START_MS, () => this.noteState())
    this.resume()
  }

  private resume(): void {
    if (this.isSilent) this.context.resume().catch(() => {})
  }

  /** A voice from afar. */
  addVoice(track: MediaStreamTrack): Strip {
    const stream = this.options.media.newStream(track)
    const stopPlaying = this.options.media.playSilently(stream)
    const { context } = this
    const source = context.createMediaStreamSource(stream)
    const meter = this.newMeter()
    const gain = context.createGain()
    const panner = context.createStereoPanner()
    source.connect(meter).connect(gain).connect(panner).connect(context.destination)
    return this.keep({
      level: () => this.levelOf(meter),
      set: (volume, pan) => {
        gain.gain.setTargetAtTime(volume, context.currentTime, SLOPE_S)
        panner.pan.setTargetAtTime(pan, context.currentTime, SLOPE_S)
      },
      close: () => {
        for (const node of [source, meter, gain, panner]) node.disconnect()
        stopPlaying()
      },
    })
  }

  /** This page's own microphone, for its meter alone. */
  addOwn(track: MediaStreamTrack): Strip {
    const source = this.context.createMediaStreamSource(this.options.media.newStream(track))
    const meter = this.newMeter()
    source.connect(meter)
    return this.keep({
      level: () => this.levelOf(meter),
      set: () => {},
      close: () => {
        for (const node of [source, meter]) node.disconnect()
      },
    })
  }

  close(): void {
    for (const strip of [...this.strips]) strip.close()
    this.stopWaking()
    this.cancelStart()
    this.stopAwaiting?.()
    this.stopAwaiting = null
    this.context.onstatechange = null
    this.context.close().catch(() => {})
  }

  private keep(strip: Strip): Strip {
    const kept: Strip = {
      ...strip,
      close: () => {
        if (this.strips.delete(kept)) strip.close()
      },
    }
    this.strips.add(kept)
    return kept
  }

  private newMeter(): AnalyserNode {
    const meter = this.context.createAnalyser()
    meter.fftSize = METER_SAMPLES
    return meter
  }

  /** `suspended` before the player acts, `interrupted` in Safari while a call has the sound. */
  private get isSilent(): boolean {
    return this.context.state !== 'running' && this.context.state !== 'closed'
  }

  /** While there is no sound, the player's next act brings it. */
  private noteState(): void {
    if (!this.isSilent) {
      this.stopAwaiting?.()
      this.stopAwaiting = null
    } else if (!this.stopAwaiting) {
      this.stopAwaiting = this.options.media.onGesture(() => this.resume())
      this.options.blocked()
    }
  }

  private levelOf(meter: AnalyserNode): number {
    meter.getFloatTimeDomainData(this.samples)
    let sum = 0
    for (const sample of this.samples) sum += sample * sample
    return Math.sqrt(sum / this.samples.length)
  }
}

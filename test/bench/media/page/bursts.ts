/** Bursts of a tone: what makes them, and what notes when each begins, by the clock that all pages of the machine share. */
import { clock } from '../../files/page/watched.ts'

const TONE_HZ = 1000
const BURST_S = 0.1
/** Far longer than any mouth is from an ear. */
export const BURST_EVERY_MS = 700
/** Half of the loudness of a burst is 0.25, silence of Opus below 0.001. */
const LOUD = 0.05
const LOOK_MS = 5
/** 43 ms at 48 kHz: more than between two looks. */
const WINDOW = 2048

/** Notes in `onsets` when sound begins behind this node. Looks at samples, so that a late look makes no late onset. */
export function noteOnsets(context: AudioContext, node: AudioNode, onsets: number[]): () => void {
  const meter = context.createAnalyser()
  meter.fftSize = WINDOW
  node.connect(meter)
  const samples = new Float32Array(WINDOW)
  let quietSince = 0
  const timer = setInterval(() => {
    meter.getFloatTimeDomainData(samples)
    const now = clock()
    const first = samples.findIndex((sample) => Math.abs(sample) > LOUD)
    if (first < 0) {
      quietSince ||= now
      return
    }
    // The loud part reaches into this window from the left while a burst goes on.
    if (quietSince && first > 0) onsets.push(now - ((WINDOW - first) / context.sampleRate) * 1000)
    quietSince = 0
  }, LOOK_MS)
  return () => {
    clearInterval(timer)
    node.disconnect(meter)
  }
}

/** A track with bursts, or a steady tone, in place of a microphone. */
export function toneTrack(onsets: number[] | null): MediaStreamTrack {
  const context = new AudioContext()
  const tone = context.createOscillator()
  const gain = context.createGain()
  const out = context.createMediaStreamDestination()
  tone.frequency.value = TONE_HZ
  gain.gain.value = onsets ? 0 : 0.5
  tone.connect(gain).connect(out)
  tone.start()
  const stopNoting = onsets ? noteOnsets(context, gain, onsets) : () => {}
  const timer = setInterval(() => {
    if (!onsets) return
    gain.gain.setValueAtTime(0.5, context.currentTime)
    gain.gain.setValueAtTime(0, context.currentTime + BURST_S)
  }, BURST_EVERY_MS)
  const [track] = out.stream.getAudioTracks()
  if (!track) throw new Error('This browser makes no track of sound.')
  return stoppedWith(track, () => {
    stopNoting()
    clearInterval(timer)
    void context.close()
  })
}

/** What made the track stops with it, or it would cost CPU in all that is measured later. */
function stoppedWith(track: MediaStreamTrack, release: () => void): MediaStreamTrack {
  const stop = track.stop.bind(track)
  track.stop = () => {
    stop()
    release()
  }
  return track
}

/**
 * The loaded part of `lobby.voice`: the own microphone, the strips of the others, who speaks.
 *
 * Invariants: between `stop` and the next `begin` no track lives, no AudioContext is open, no clock runs. A player whom this
 * page mutes has no strip.
 */
import { showError } from '../platform/show-error.ts'
import type { Clock } from '../platform/worker-clock.ts'
import type { PlayerId } from '../world/ids.ts'
import { Capture } from './capture.ts'
import { checkHearing, heardFrom } from './hearing.ts'
import type { LoadedVoice, OwnMedia } from './media-parts.ts'
import type { Wish } from './media-peer-connection.ts'
import type { MediaPlatform } from './media-platform.ts'
import { Mixer, type Strip } from './mixer.ts'
import { VOICE_BITS_PER_SECOND } from './opus-settings.ts'
import { SpeechDetector } from './speech-detector.ts'
import type { MediaProblem, MediaRefusal, Place, VoiceOptions } from './types.ts'

/** Looks at levels and places in a second: a sign of who speaks may be 50 ms late. */
const LOOKS_PER_SECOND = 20

interface Heard {
  readonly strip: Strip
  readonly speech: SpeechDetector
}

/** From `begin` to `stop`. */
interface Call {
  readonly options: VoiceOptions
  readonly mixer: Mixer
  /** Null: this page only listens. */
  readonly microphone: Capture | null
  readonly clock: Clock
  readonly heard: Map<PlayerId, Heard>
}

export class VoiceCall implements LoadedVoice {
  private readonly media: OwnMedia
  private readonly page: MediaPlatform
  private call: Call | null = null
  private talking = false
  private brokenPosition = false

  constructor(media: OwnMedia, page: MediaPlatform) {
    this.media = media
    this.page = page
  }

  async begin(options: VoiceOptions): Promise<MediaRefusal | null> {
    checkHearing(options.hearing ?? {})
    this.stop()
    if (!this.media.engine?.canConnect) return 'not-supported'
    // Before anything is waited for: sound may be played only soon after the player has acted.
    const mixer = this.openMixer()
    if (!mixer) return 'not-supported'
    const call: Call = {
      options,
      mixer,
      microphone: options.listenOnly ? null : this.newMicrophone(options),
      clock: this.media.context.platform.startClock(LOOKS_PER_SECOND, (now) => this.look(now)),
      heard: new Map(),
    }
    this.call = call
    this.brokenPosition = false
    const refusal = await call.microphone?.open(options.device ?? null)
    if (this.call !== call) return 'left'
    return refusal ?? this.media.takePart('voice')
  }

  stop(): void {
    const { call } = this
    this.call = null
    this.talking = false
    if (!call) return
    call.clock.stop()
    call.microphone?.close()
    call.mixer.close()
  }

  async useDevice(device: string | null): Promise<MediaRefusal | null> {
    return this.call?.microphone?.open(device) ?? 'not-on'
  }

  talk(isDown: boolean): void {
    this.talking = isDown
    this.openOrShut()
  }

  /** What is sent and wanted of a player's sound. */
  wish(player: PlayerId): Wish {
    const { call } = this
    const isHere = call !== null && this.media.participants.voice.includes(player)
    return {
      sends: isHere && call.microphone !== null,
      track: call?.microphone?.track ?? null,
      bitsPerSecond: VOICE_BITS_PER_SECOND,
      receives: isHere && !this.media.context.muted.has(player),
    }
  }

  isSpeaking(player: PlayerId): boolean {
    return this.call?.heard.get(player)?.speech.speaking ?? false
  }

  /** The sound of a player arrives now, or none. */
  received(player: PlayerId, track: MediaStreamTrack | null): void {
    this.setStrip(player, track && this.call ? this.call.mixer.addVoice(track) : null)
    this.place(player)
  }

  /** Volumes may be others. */
  placeAll(): void {
    for (const player of this.call?.heard.keys() ?? []) this.place(player)
  }

  openOrShut(): void {
    const track = this.call?.microphone?.track
    if (track) track.enabled = !this.media.voice.mutedMe && (this.call?.options.pushToTalk !== true || this.talking)
  }

  private openMixer(): Mixer | null {
    const { platform } = this.media.context
    return Mixer.open({ media: this.page, platform, blocked: () => this.tell('sound-blocked') })
  }

  private newMicrophone(options: VoiceOptions): Capture {
    const { echoCancellation = true, noiseSuppression = true, autoGainControl = true } = options
    const constraints = { echoCancellation, noiseSuppression, autoGainControl, channelCount: 1 }
    return new Capture('audio', constraints, this.page, {
      track: (track) => this.microphoneChanged(track),
      problem: (problem) => this.tell(problem),
    })
  }

  private microphoneChanged(track: MediaStreamTrack | null): void {
    const { me } = this.media.context
    if (!this.call || me === null) return
    this.openOrShut()
    this.setStrip(me, track && this.call.mixer.addOwn(track))
    this.media.engine?.update()
  }

  private setStrip(player: PlayerId, strip: Strip | null): void {
    const { heard } = this.call ?? {}
    const before = heard?.get(player)
    before?.strip.close()
    heard?.delete(player)
    if (strip) heard?.set(player, { strip, speech: new SpeechDetector() })
    if (before?.speech.speaking) this.tellSpeaking(player, false)
  }

  private look(now: number): void {
    for (const [player, { strip, speech }] of this.call?.heard ?? []) {
      if (speech.look(strip.level(), now)) this.tellSpeaking(player, speech.speaking)
      if (this.call?.options.position) this.place(player)
    }
  }

  private tellSpeaking(player: PlayerId, speaking: boolean): void {
    this.media.voice.changed()
    this.media.voice.emitter.emit('speaking', { player, speaking })
  }

  private place(player: PlayerId): void {
    const { me } = this.media.context
    const strip = this.call?.heard.get(player)?.strip
    if (!strip || player === me || me === null) return
    const { pan, gain } = heardFrom(this.positionOf(me), this.positionOf(player), this.call?.options.hearing)
    strip.set(gain * (this.media.voice.volumes.get(player) ?? 1), pan)
  }

  /** The game's own function. An error in it is shown once, and all are heard from the middle from then on. */
  private positionOf(player: PlayerId): Place | null {
    const { position } = this.call?.options ?? {}
    if (!position || this.brokenPosition) return null
    try {
      return position(player)
    } catch (error) {
      this.brokenPosition = true
      showError(error)
      return null
    }
  }

  private tell(problem: MediaProblem): void {
    this.media.voice.emitter.emit('problem', { problem, player: null })
  }
}

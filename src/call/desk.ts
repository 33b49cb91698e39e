/**
 * What this page does in voice and video, and what it tells the player of it: one desk for each lobby, for the lobby's screen and the
 * match alike. In: what the player asks. Out: calls of `lobby.voice` and `lobby.video`, and a sentence where one failed.
 *
 * Invariants: nothing is joined that the player did not ask for. Whatever ends the call, the desk shows what the library says.
 */

import type { MediaDevice, MediaProblemNews, MediaRefusal, PlayerId } from 'starwire'
import { texts } from '../../game/languages/language.ts'
import type { PageLobby } from '../doors/doors.ts'
import { perLobby } from '../doors/per-lobby.ts'
import { rememberedVoiceMode, rememberVoiceMode, type VoiceMode } from '../doors/remembered.ts'
import { nothing, type Said } from '../words/said.ts'
import { placeIn } from './ears.ts'

/**
 * In units of the arena, which measures 3600 from corner to corner: a voice is full within a dogfight, and faint, but never lost,
 * at the other end.
 */
const HEARING = { near: 350, far: 4200 } as const

/** Refusals after which a player may still listen. */
const ABOUT_DEVICES: ReadonlySet<MediaRefusal> = new Set([
  'no-permission',
  'no-device',
  'device-busy',
  'insecure-context',
  'not-supported',
])

/** What is told of one of the two. */
interface Told {
  sentence: Said
  /** Whether the microphone or the camera is what failed: then one may take part without. */
  aboutDevice: boolean
}

export class CallDesk {
  readonly lobby: PageLobby
  mode: VoiceMode = rememberedVoiceMode()
  /** Whether voices come from their ships. */
  byDistance = true
  /** Whether the key or the button to talk is down. */
  talking = false
  microphones: readonly MediaDevice[] = []
  cameras: readonly MediaDevice[] = []
  microphone = ''
  camera = ''
  readonly told: { voice: Told; video: Told } = { voice: untold(), video: untold() }
  private readonly listeners = new Set<() => void>()

  constructor(lobby: PageLobby) {
    this.lobby = lobby
    const { voice, video } = lobby
    const changed = () => this.tell()
    voice.on('state', (state) => {
      if (state === 'off') this.talking = false
      changed()
    })
    voice.on('members', changed)
    video.on('state', changed)
    video.on('members', changed)
    voice.on('problem', (news) => this.hearProblem('voice', news))
    video.on('problem', (news) => this.hearProblem('video', news))
  }

  /** Returns what ends it. */
  subscribe(changed: () => void): () => void {
    this.listeners.add(changed)
    return () => this.listeners.delete(changed)
  }

  /** Joins voice, or joins it anew where another mode is asked for. In a click: the browser asks for the microphone. */
  async joinVoice(mode: VoiceMode = this.mode): Promise<void> {
    const { voice } = this.lobby
    voice.leave()
    this.setMode(mode)
    this.told.voice.sentence = nothing
    const refusal = await voice.join({
      pushToTalk: mode === 'push',
      listenOnly: mode === 'listen',
      hearing: HEARING,
      position: (player) => (this.byDistance ? placeIn(this.lobby, player) : null),
      ...(this.microphone !== '' && { device: this.microphone }),
    })
    this.hearRefusal('voice', refusal)
    await this.listDevices()
  }

  setMode(mode: VoiceMode): void {
    this.mode = mode
    rememberVoiceMode(mode)
    this.tell()
  }

  leaveVoice(): void {
    this.lobby.voice.leave()
    this.told.voice = untold()
    this.tell()
  }

  talk(isDown: boolean): void {
    if (this.talking === isDown || (isDown && !this.canTalk)) return
    this.talking = isDown
    this.lobby.voice.talk(isDown)
    this.tell()
  }

  /** Whether the key to talk does something now. */
  get canTalk(): boolean {
    return this.lobby.voice.state === 'on' && this.mode === 'push'
  }

  muteMe(isMuted: boolean): void {
    this.lobby.voice.muteMe(isMuted)
    this.tell()
  }

  setByDistance(byDistance: boolean): void {
    this.byDistance = byDistance
    this.tell()
  }

  setVolume(player: PlayerId, volume: number): void {
    this.lobby.voice.setVolume(player, volume)
  }

  async joinVideo(camera: boolean): Promise<void> {
    const { video } = this.lobby
    video.leave()
    this.told.video.sentence = nothing
    const refusal = await video.join({ camera, ...(this.camera !== '' && { device: this.camera }) })
    this.hearRefusal('video', refusal)
    await this.listDevices()
  }

  leaveVideo(): void {
    this.lobby.video.leave()
    this.told.video = untold()
    this.tell()
  }

  async useMicrophone(device: string): Promise<void> {
    this.microphone = device
    this.tell()
    if (this.lobby.voice.state === 'on') this.hearRefusal('voice', await this.lobby.voice.useDevice(device || null))
  }

  async useCamera(device: string): Promise<void> {
    this.camera = device
    this.tell()
    if (this.lobby.video.state === 'on') this.hearRefusal('video', await this.lobby.video.useDevice(device || null))
  }

  /** Browsers tell the names of devices only once one of them was allowed, so it is asked again after each join. */
  async listDevices(): Promise<void> {
    const { voice, video } = this.lobby
    const [microphones, cameras] = await Promise.all([voice.devices(), video.devices()])
    this.microphones = microphones
    this.cameras = cameras
    if (!microphones.some(({ id }) => id === this.microphone)) this.microphone = ''
    if (!cameras.some(({ id }) => id === this.camera)) this.camera = ''
    this.tell()
  }

  private hearRefusal(kind: 'voice' | 'video', refusal: MediaRefusal | null): void {
    // Who left knows it.
    const isTold = refusal !== null && refusal !== 'left' && refusal !== 'ended'
    this.told[kind].sentence = isTold ? () => texts.mediaRefusals[refusal] : nothing
    this.told[kind].aboutDevice = isTold && ABOUT_DEVICES.has(refusal)
    this.tell()
  }

  private hearProblem(kind: 'voice' | 'video', { problem, player }: MediaProblemNews): void {
    const name = this.lobby.roster.find(({ id }) => id === player)?.name
    const sentence: Said = () => texts.mediaProblems[problem]
    this.told[kind] = { sentence: name === undefined ? sentence : () => `${name}: ${sentence()}`, aboutDevice: false }
    this.tell()
    if (problem.startsWith('device')) void this.listDevices()
  }

  private tell(): void {
    for (const changed of this.listeners) changed()
  }
}

function untold(): Told {
  return { sentence: nothing, aboutDevice: false }
}

/** The match's screen goes on with what the lobby's began. */
export const deskOf = perLobby((lobby) => new CallDesk(lobby))

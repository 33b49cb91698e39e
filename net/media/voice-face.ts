/** `lobby.voice`: what of it needs nothing that is loaded on demand. The rest is voice-call.ts. */
import { Emitter } from '../platform/emitter.ts'
import { checkKinds, checkNames, checkObject } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import type { OwnMedia, OwnVoice } from './media-parts.ts'
import type { MediaDevice, MediaRefusal, MediaState, Voice, VoiceEvents, VoiceMember, VoiceOptions } from './types.ts'

const EVENTS: readonly (keyof VoiceEvents)[] = ['state', 'members', 'speaking', 'problem']
const OPTIONS: { readonly [K in keyof Required<VoiceOptions>]: true } = {
  pushToTalk: true,
  listenOnly: true,
  device: true,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  position: true,
  hearing: true,
}
const MAX_VOLUME = 2

export class VoiceFace implements Voice, OwnVoice {
  state: MediaState = 'off'
  members: readonly VoiceMember[] = []
  mutedMe = false
  readonly emitter = new Emitter<VoiceEvents>()
  readonly volumes = new Map<PlayerId, number>()
  private readonly media: OwnMedia
  /** Of the newest `join` or `leave`: an older join ends. */
  private turn = 0

  constructor(media: OwnMedia) {
    this.media = media
  }

  async join(options: VoiceOptions = {}): Promise<MediaRefusal | null> {
    checkVoiceOptions(options)
    const { context } = this.media
    if (context.ended) return 'ended'
    if (context.me === null) return 'no-player'
    if (this.state === 'on') return null
    const turn = ++this.turn
    this.enter('joining')
    let refusal: MediaRefusal | null = 'left'
    try {
      refusal = await this.begin(options, turn)
    } finally {
      if (turn === this.turn) {
        if (refusal) this.stop()
        else this.enter('on')
        this.changed()
      }
    }
    if (turn === this.turn) return refusal
    return context.ended ? 'ended' : 'left'
  }

  private async begin(options: VoiceOptions, turn: number): Promise<MediaRefusal | null> {
    const engine = await this.media.load()
    if (turn !== this.turn) return 'left'
    return engine ? engine.voice.begin(options) : 'load-failed'
  }

  leave(): void {
    this.turn++
    this.stop()
    this.changed()
  }

  private stop(): void {
    this.media.engine?.voice.stop()
    this.media.leave('voice')
    this.enter('off')
  }

  muteMe(isMuted: boolean): void {
    if (typeof isMuted !== 'boolean') throw new TypeError('voice.muteMe: write true or false.')
    this.mutedMe = isMuted
    this.media.engine?.voice.openOrShut()
    this.changed()
  }

  talk(isDown: boolean): void {
    this.media.engine?.voice.talk(isDown)
  }

  setVolume(player: PlayerId, volume: number): MediaRefusal | null {
    if (!(volume >= 0 && volume <= MAX_VOLUME))
      throw new RangeError(`voice.setVolume: a volume is 0 to ${MAX_VOLUME}, not ${String(volume)}.`)
    if (!this.media.context.has(player)) return 'no-such-player'
    this.volumes.set(player, volume)
    this.media.engine?.update()
    this.changed()
    return null
  }

  async devices(): Promise<readonly MediaDevice[]> {
    const engine = await this.media.load()
    return engine?.devices('audio') ?? []
  }

  async useDevice(device: string | null): Promise<MediaRefusal | null> {
    if (device !== null && typeof device !== 'string')
      throw new TypeError('voice.useDevice: write the id of a device, or null for the browser’s own choice.')
    return this.media.engine?.voice.useDevice(device) ?? 'not-on'
  }

  on<Name extends keyof VoiceEvents>(event: Name, heard: (value: VoiceEvents[Name]) => void): () => void {
    checkNames('voice.on', { [event]: heard }, EVENTS)
    return this.emitter.on(event, heard)
  }

  // What follows is for the lobby and for the loaded part.

  /** Shows the members as they are now. */
  changed(): void {
    const { context, participants } = this.media
    for (const player of this.volumes.keys()) if (!context.has(player)) this.volumes.delete(player)
    const members = participants.voice.map((player) => this.memberOf(player))
    const isSame = members.length === this.members.length && members.every((member, i) => same(member, this.members[i]))
    if (isSame) return
    this.members = members
    this.emitter.emit('members', members)
  }

  /** The place in voice is gone. */
  dropped(): void {
    if (this.state !== 'off') this.leave()
  }

  private memberOf(player: PlayerId): VoiceMember {
    const { context, engine } = this.media
    const mine = player === context.me
    return {
      player,
      mine,
      speaking: engine?.voice.isSpeaking(player) ?? false,
      connection: mine ? 'none' : (engine?.connectionOf(player) ?? 'none'),
      muted: mine ? this.mutedMe : context.muted.has(player),
      volume: this.volumes.get(player) ?? 1,
    }
  }

  private enter(state: MediaState): void {
    if (this.state === state) return
    this.state = state
    this.emitter.emit('state', state)
  }
}

function same(a: VoiceMember, b: VoiceMember | undefined): boolean {
  return b !== undefined && Object.entries(a).every(([key, value]) => b[key as keyof VoiceMember] === value)
}

/** @throws TypeError for what is no option of `voice.join`. */
function checkVoiceOptions(options: VoiceOptions): void {
  checkNames('voice.join', options, Object.keys(OPTIONS))
  checkKinds('voice.join', options, {
    pushToTalk: 'boolean',
    listenOnly: 'boolean',
    device: 'string',
    echoCancellation: 'boolean',
    noiseSuppression: 'boolean',
    autoGainControl: 'boolean',
    position: 'function',
  })
  if (options.hearing !== undefined) checkObject('voice.join: hearing is', options.hearing, ['near', 'far'])
}

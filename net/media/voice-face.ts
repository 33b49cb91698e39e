/** `lobby.voice`: what of it needs nothing that is loaded on demand. The rest is voice-call.ts. */
import { Emitter } from '../platform/emitter.ts'
import { checkKinds, checkNames, checkObject } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import { MediaFace, sameMembers } from './media-face.ts'
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

export class VoiceFace extends MediaFace implements Voice, OwnVoice {
  members: readonly VoiceMember[] = []
  mutedMe = false
  readonly emitter = new Emitter<VoiceEvents>()
  readonly volumes = new Map<PlayerId, number>()

  constructor(media: OwnMedia) {
    super(media, 'voice')
  }

  async join(options: VoiceOptions = {}): Promise<MediaRefusal | null> {
    checkVoiceOptions(options)
    return this.takePart((engine) => engine.voice.begin(options))
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
    if (this.media.context.ended) return 'ended'
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
    if (this.media.context.ended) return 'ended'
    return this.media.engine?.voice.useDevice(device) ?? 'not-on'
  }

  on<Name extends keyof VoiceEvents>(event: Name, heard: (value: VoiceEvents[Name]) => void): () => void {
    checkNames('voice.on', { [event]: heard }, EVENTS)
    return this.emitter.on(event, heard)
  }

  // What follows is for the lobby and for the loaded part.

  changed(): void {
    const { context, participants } = this.media
    for (const player of this.volumes.keys()) if (!context.has(player)) this.volumes.delete(player)
    const members = participants.voice.map((player) => this.memberOf(player))
    if (sameMembers(members, this.members)) return
    this.members = members
    this.emitter.emit('members', members)
  }

  protected tellState(state: MediaState): void {
    this.emitter.emit('state', state)
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

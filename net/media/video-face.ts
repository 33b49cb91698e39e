/** `lobby.video`: what of it needs nothing that is loaded on demand. The rest is video-call.ts. */
import { Emitter } from '../platform/emitter.ts'
import { checkKinds, checkNames } from '../world/given.ts'
import type { PlayerId } from '../world/ids.ts'
import { MediaFace, sameMembers } from './media-face.ts'
import type { OwnMedia, OwnVideo } from './media-parts.ts'
import type { MediaDevice, MediaRefusal, MediaState, Video, VideoEvents, VideoMember, VideoOptions } from './types.ts'

const EVENTS: readonly (keyof VideoEvents)[] = ['state', 'members', 'problem']
const OPTIONS: { readonly [K in keyof Required<VideoOptions>]: true } = { camera: true, device: true, width: true }
const MIN_WIDTH = 160
const MAX_WIDTH = 320

export class VideoFace extends MediaFace implements Video, OwnVideo {
  members: readonly VideoMember[] = []
  readonly emitter = new Emitter<VideoEvents>()
  readonly refused = new Set<PlayerId>()

  constructor(media: OwnMedia) {
    super(media, 'video')
  }

  async join(options: VideoOptions = {}): Promise<MediaRefusal | null> {
    checkNames('video.join', options, Object.keys(OPTIONS))
    checkKinds('video.join', options, { camera: 'boolean', device: 'string' })
    const { width = MIN_WIDTH } = options
    if (!(Number.isInteger(width) && width >= MIN_WIDTH && width <= MAX_WIDTH))
      throw new RangeError(`video.join: width is ${MIN_WIDTH} to ${MAX_WIDTH}, not ${String(width)}.`)
    return this.takePart((engine) => engine.video.begin(options))
  }

  accept(player: PlayerId, isAccepted: boolean): MediaRefusal | null {
    if (typeof isAccepted !== 'boolean') throw new TypeError('video.accept: write true or false behind the player.')
    if (this.media.context.ended) return 'ended'
    if (!this.media.context.has(player)) return 'no-such-player'
    if (isAccepted) this.refused.delete(player)
    else this.refused.add(player)
    this.media.engine?.update()
    this.changed()
    return null
  }

  async devices(): Promise<readonly MediaDevice[]> {
    const engine = await this.media.load()
    return engine?.devices('video') ?? []
  }

  async useDevice(device: string | null): Promise<MediaRefusal | null> {
    if (device !== null && typeof device !== 'string')
      throw new TypeError('video.useDevice: write the id of a device, or null for the browser’s own choice.')
    if (this.media.context.ended) return 'ended'
    return this.media.engine?.video.useDevice(device) ?? 'not-on'
  }

  on<Name extends keyof VideoEvents>(event: Name, heard: (value: VideoEvents[Name]) => void): () => void {
    checkNames('video.on', { [event]: heard }, EVENTS)
    return this.emitter.on(event, heard)
  }

  // What follows is for the lobby and for the loaded part.

  changed(): void {
    const { context, participants } = this.media
    for (const player of this.refused) if (!context.has(player)) this.refused.delete(player)
    const members = participants.video.map((player) => this.memberOf(player))
    if (sameMembers(members, this.members)) return
    this.members = members
    this.emitter.emit('members', members)
  }

  protected tellState(state: MediaState): void {
    this.emitter.emit('state', state)
  }

  private memberOf(player: PlayerId): VideoMember {
    const { context, engine } = this.media
    const mine = player === context.me
    return {
      player,
      mine,
      stream: engine?.video.streamOf(player) ?? null,
      connection: mine ? 'none' : (engine?.connectionOf(player) ?? 'none'),
      accepted: !this.refused.has(player),
    }
  }
}

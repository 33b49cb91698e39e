/**
 * The connections of this page for media: one pair with each player who takes part in something that this page takes part in.
 * In go the lists of participants, signals, and what this page sends and wants; out go signals, states and tracks.
 */
import type { Chance, Timers } from '../platform/platform.ts'
import type { PeerConnectionConstructor } from '../transport/webrtc.ts'
import type { PlayerId } from '../world/ids.ts'
import type { Participants } from './media-messages.ts'
import type { TrackKind, Wishes } from './media-peer-connection.ts'
import { Pair } from './pair.ts'
import type { MediaConnection } from './types.ts'

export interface MeshOptions {
  readonly me: PlayerId
  readonly PeerConnection: PeerConnectionConstructor
  iceServers(): readonly RTCIceServer[]
  /** As `MediaPeerConnectionOptions` has it. */
  readonly isPrivate: boolean
  readonly platform: Timers & Chance
  say(to: PlayerId, text: string): void
  /** What this page does with a player. */
  wishes(player: PlayerId): Wishes
  state(player: PlayerId, state: MediaConnection): void
  received(player: PlayerId, kind: TrackKind, track: MediaStreamTrack | null): void
}

export class Mesh {
  /** Signals of players with whom this page has nothing to do. */
  dropped = 0
  private readonly options: MeshOptions
  private readonly pairs = new Map<PlayerId, Pair>()
  /** Of this page, from when it takes part in anything until it takes part in nothing. */
  private life: number | null = null

  constructor(options: MeshOptions) {
    this.options = options
  }

  /** Who takes part, or what this page wants, has changed. */
  update(participants: Participants): void {
    const { me } = this.options
    const lists = Object.values(participants).filter((list) => list.includes(me))
    if (lists.length === 0) this.life = null
    const others = new Set(lists.flat().filter((player) => player !== me))
    for (const player of [...this.pairs.keys()]) if (!others.has(player)) this.end(player)
    for (const [player, pair] of this.pairs) pair.want(this.options.wishes(player))
    for (const player of others) if (!this.pairs.has(player)) this.begin(player)
  }

  hear(from: PlayerId, text: string): void {
    const pair = this.pairs.get(from)
    if (pair) pair.hear(text)
    else this.dropped++
  }

  stateOf(player: PlayerId): MediaConnection {
    return this.pairs.get(player)?.state ?? 'none'
  }

  statsOf(player: PlayerId): Promise<RTCStatsReport | null> {
    return this.pairs.get(player)?.stats() ?? Promise.resolve(null)
  }

  wake(): void {
    for (const pair of this.pairs.values()) pair.wake()
  }

  private begin(player: PlayerId): void {
    const { me, PeerConnection, platform, iceServers, isPrivate, say, wishes, state, received } = this.options
    const pair = new Pair(
      {
        ...{ PeerConnection, platform, iceServers, isPrivate, calls: me > player, life: this.ownLife() },
        say: (text) => say(player, text),
        state: (now) => state(player, now),
        received: (kind, track) => received(player, kind, track),
      },
      wishes(player),
    )
    this.pairs.set(player, pair)
    state(player, pair.state)
  }

  private end(player: PlayerId): void {
    const pair = this.pairs.get(player)
    this.pairs.delete(player)
    pair?.close()
    this.options.state(player, 'none')
  }

  private ownLife(): number {
    this.life ??= new Uint32Array(this.options.platform.randomBytes(4).buffer)[0] ?? 0
    return this.life
  }
}

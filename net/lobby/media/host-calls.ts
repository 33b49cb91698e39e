/**
 * Voice and video on the host's page: it tells all who takes part, and forwards signals between them (`net/media/host-media.ts`).
 * The host's own player takes part as a guest does, without a link between.
 */
import { HostMedia } from '../../media/host-media.ts'
import type { LobbyMedia } from '../../media/lobby-media.ts'
import type { MediaRequest, SignalRequest } from '../../media/media-messages.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { GuestHearers } from '../host/guest-hearers.ts'
import type { HostContext } from '../host/host-context.ts'
import type { HostMessage } from '../messages.ts'

export class HostCalls {
  readonly hears = {
    media: ({ player }, message) => {
      this.media.request(player, message)
      return true
    },
    signal: ({ player }, message) => this.media.signal(player, message) !== 'flood',
  } satisfies Partial<GuestHearers>
  private readonly context: HostContext
  /** Of this page. */
  private readonly own: LobbyMedia
  private readonly media: HostMedia

  constructor(context: HostContext, own: LobbyMedia) {
    const { members, seating, news, platform } = context
    this.context = context
    this.own = own
    this.media = new HostMedia({
      // Of a host that this page goes on for.
      participants: own.told,
      timers: platform,
      reaches: (player) => player === members.me || seating.peerOf(player) !== null,
      changed: () => news.changed('participants'),
      forward: (to, from, text) => {
        if (to === members.me) own.hear({ kind: 'signalled', from, text })
        else seating.peerOf(to)?.tell({ kind: 'signalled', from, text })
      },
    })
  }

  /** What a newcomer has to be told; null: nobody takes part. */
  get news(): HostMessage | null {
    return this.media.isAnybody ? { kind: 'participants', ...this.media.participants } : null
  }

  /** Everybody hears who takes part now. */
  tell(): void {
    const { participants } = this.media
    this.context.seating.tellAll({ kind: 'participants', ...participants })
    this.own.hear({ kind: 'participants', ...participants })
  }

  /** The host's own player says something. */
  say(message: MediaRequest | SignalRequest): boolean {
    const { me } = this.context.members
    if (me === null) return false
    if (message.kind === 'media') this.media.request(me, message)
    else this.media.signal(me, message)
    return true
  }

  /** The player's seat is free. */
  forget(player: PlayerId): void {
    this.media.forget(player)
  }
}

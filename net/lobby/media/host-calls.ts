/**
 * Voice and video on the host's page: it tells all who takes part, and forwards signals between them (`net/media/host-media.ts`).
 * The host's own player takes part as a guest does, without a link between.
 */
import { HostMedia } from '../../media/host-media.ts'
import type { LobbyMedia } from '../../media/lobby-media.ts'
import type { MediaRequest, SignalRequest } from '../../media/media-messages.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { GuestMessageHandlers } from '../host/guest-message-handlers.ts'
import type { HostContext } from '../host/host-context.ts'
import type { HostMessage } from '../messages.ts'

export class HostCalls {
  readonly handlers = {
    media: ({ player }, message) => {
      this.media.request(player, message)
      return true
    },
    signal: ({ player }, message) => this.media.signal(player, message) !== 'flood',
  } satisfies Partial<GuestMessageHandlers>
  private readonly context: HostContext
  /** Voice and video of the host's own player. */
  private readonly own: LobbyMedia
  private readonly media: HostMedia

  constructor(context: HostContext, own: LobbyMedia) {
    const { members, seating, news, platform } = context
    this.context = context
    this.own = own
    this.media = new HostMedia({
      // Those of the host before, when this page takes over; else nobody.
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

  /** For a guest who comes: who takes part. Null when nobody does. */
  get forNewcomer(): HostMessage | null {
    return this.media.isAnybody ? { kind: 'participants', ...this.media.participants } : null
  }

  /** Tells all guests, and this page, who takes part now. */
  tell(): void {
    const { participants } = this.media
    this.context.seating.tellAll({ kind: 'participants', ...participants })
    this.own.hear({ kind: 'participants', ...participants })
  }

  /** A request of the host's own player. */
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

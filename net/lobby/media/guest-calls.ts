/** Voice and video on a guest's page: passes messages between the host and this page's media. */
import type { LobbyMedia } from '../../media/lobby-media.ts'
import type { MediaRequest, SignalRequest } from '../../media/media-messages.ts'
import type { HostMessageHandlers } from '../guest/host-message-handlers.ts'

export class GuestCalls {
  readonly handlers = {
    participants: (message) => {
      this.own.hear(message)
      return true
    },
    signalled: (message) => {
      this.own.hear(message)
      return true
    },
  } satisfies Partial<HostMessageHandlers>
  readonly say: (message: MediaRequest | SignalRequest) => boolean
  /** Voice and video of this page's player. */
  private readonly own: LobbyMedia

  /** `say`: false when the host cannot be reached now. */
  constructor(own: LobbyMedia, say: (message: MediaRequest | SignalRequest) => boolean) {
    this.own = own
    this.say = say
  }
}

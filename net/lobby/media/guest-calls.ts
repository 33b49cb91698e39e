/** Voice and video on a guest's page: what the host tells of them, and what this page says to the host. */
import type { LobbyMedia } from '../../media/lobby-media.ts'
import type { MediaRequest, SignalRequest } from '../../media/media-messages.ts'
import type { HostHearers } from '../guest/host-hearers.ts'

export class GuestCalls {
  readonly hears = {
    participants: (message) => {
      this.own.hear(message)
      return true
    },
    signalled: (message) => {
      this.own.hear(message)
      return true
    },
  } satisfies Partial<HostHearers>
  readonly say: (message: MediaRequest | SignalRequest) => boolean
  /** Of this page. */
  private readonly own: LobbyMedia

  /** `say`: false when the host cannot be reached now. */
  constructor(own: LobbyMedia, say: (message: MediaRequest | SignalRequest) => boolean) {
    this.own = own
    this.say = say
  }
}

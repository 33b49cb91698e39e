/**
 * A guest who goes to watch or plays again. The page asks, and the host answers with another seat or declines. Until then the running
 * match neither sends nor reads packets, which would count for the wrong seat.
 */
import type { Timers } from '../../platform/platform.ts'
import type { HostMessageHandlers } from '../guest/host-message-handlers.ts'
import type { GuestMessage, HostMessage } from '../messages.ts'
import type { Outcome } from '../role.ts'
import { SeatChange } from './seat-change.ts'

export type GivenSeat = Extract<HostMessage, { kind: 'seat' }>

/** What this needs of the match's client: to stop until the seat is known, and to go on in the same seat. */
interface SeatedClient {
  awaitSeat(): void
  keepSeat(): void
}

export interface GuestSpectatorsOptions {
  readonly timers: Timers
  readonly members: { readonly watches: boolean }
  /** False: the link is lost, and this page dials. */
  isLinked(): boolean
  tell(message: GuestMessage): void
  /** Null: no match runs. */
  client(): SeatedClient | null
  /** The host has given this guest another seat. */
  moved(seat: GivenSeat): void
  /** The host does not answer: this page takes the link for lost. */
  unanswered(): void
}

export class GuestSpectators {
  readonly handlers = {
    seat: (seat) => {
      if (!this.isUnderWay) return false
      this.options.moved(seat)
      this.end(null)
      return true
    },
    declined: ({ refusal }) => {
      if (!this.isUnderWay) return false
      this.options.client()?.keepSeat()
      this.end(refusal)
      return true
    },
  } satisfies Partial<HostMessageHandlers>
  private readonly options: GuestSpectatorsOptions
  private readonly change: SeatChange

  constructor(options: GuestSpectatorsOptions) {
    this.options = options
    this.change = new SeatChange(options.timers)
  }

  /** Whether the host is asked and has not answered. */
  get isUnderWay(): boolean {
    return this.change.isUnderWay
  }

  async spectate(spectates: boolean): Promise<Outcome> {
    const { members, isLinked, tell, client, unanswered } = this.options
    if (!isLinked()) return 'reconnecting'
    if (members.watches === spectates && !this.isUnderWay) return null
    const ask = (): void => {
      client()?.awaitSeat()
      tell({ kind: 'spectate', spectate: spectates })
    }
    return this.change.begin(ask, unanswered)
  }

  /** The request has ended. Null: the guest has the other seat. */
  end(outcome: Outcome): void {
    this.change.end(outcome)
  }
}

/**
 * A guest who goes to watch or plays again: the page asks, and the host answers with another seat or declines. Until then the
 * running match waits, since what it says and hears would be taken for the wrong seat.
 */
import type { Timers } from '../../platform/platform.ts'
import type { HostHearers } from '../guest/host-hearers.ts'
import type { GuestMessage, HostMessage } from '../messages.ts'
import type { Outcome } from '../role.ts'
import { SeatChange } from './seat-change.ts'

export type GivenSeat = Extract<HostMessage, { kind: 'seat' }>

/** The client of the match that runs, as far as it waits for a seat. */
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
  readonly hears = {
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
  } satisfies Partial<HostHearers>
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

  /** The wish has ended: null, and the guest has the other seat, or why not. */
  end(outcome: Outcome): void {
    this.change.end(outcome)
  }
}

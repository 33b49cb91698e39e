/**
 * One guest as the host's page knows them: the link, the seat once they have one, and the budget of what they may send. Nothing
 * that a guest sends is trusted. Malformed and excess messages are counted, and too many of them end the link.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Cancel, Timers } from '../../platform/platform.ts'
import type { Link } from '../../transport/link.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { GuestMarks } from '../admission/guest-marks.ts'
import {
  decodeGuestMessage,
  encodeMessage,
  type ForeignHello,
  type GuestMessage,
  type Hello,
  type HostMessage,
  isSignal,
} from '../messages.ts'
import { isMigrationMessage } from '../migration/migration-messages.ts'
import { SEAT_CHANGE_BURST, SECONDS_PER_SEAT_CHANGE } from '../spectators/seat-change-limits.ts'

/** A guest whose link is open has this long to say hello. An honest page says it at once. */
const HELLO_DEADLINE_MS = 5000
/** A guest who is asked for the password has this long: a slow phone computes its key for a second or two. */
const GUESS_DEADLINE_MS = 10_000
/** A guest is dropped after so many messages that make no sense. */
const MAX_NONSENSE = 20
/** Lobby messages of one guest: so many at once, refilled at so many a second. Nobody clicks faster. */
const MESSAGE_BURST = 30
const MESSAGES_PER_SECOND = 10
/** Messages about migration: signals of two connections to heirs at once, and twice a second how the page is. */
const MIGRATION_PER_SECOND = 20
const MIGRATION_BURST = 200
/** Messages about the member's own data. An honest page sends two a second; after a stall they come all at once. */
const DATA_PER_SECOND = 3
const DATA_BURST = 15

export class GuestPeer {
  readonly link: Link
  /** Identifies the guest when they come again without a token. */
  marks: GuestMarks
  /** Null until the guest sits, and again when another link has taken the seat over. */
  player: PlayerId | null = null
  /** The player at the other end of the link, as the host before says. Null: only a token tells. */
  vouched: PlayerId | null = null
  /** What the guest chose in their hello; null: nothing. */
  firstChoice: PlainValues | null = null
  readonly dataBudget = new TokenBucket(DATA_PER_SECOND, DATA_BURST)
  private readonly timers: Timers
  private readonly budget = new TokenBucket(MESSAGES_PER_SECOND, MESSAGE_BURST)
  private readonly migrationBudget = new TokenBucket(MIGRATION_PER_SECOND, MIGRATION_BURST)
  /** The hello of a guest who is asked for the password; null before, and once they answer. */
  asked: { readonly hello: Hello; readonly salt: string } | null = null
  /** Changes between playing and watching. */
  readonly seatChanges = new TokenBucket(1 / SECONDS_PER_SEAT_CHANGE, SEAT_CHANGE_BURST)
  private stopWaiting: Cancel
  private nonsense = 0

  constructor(link: Link, marks: GuestMarks, timers: Timers) {
    this.link = link
    this.marks = marks
    this.timers = timers
    this.stopWaiting = timers.after(HELLO_DEADLINE_MS, () => link.close('lost'))
  }

  /** The guest has a seat, is refused, or is gone: no deadline runs any more. */
  stopTimer(): void {
    this.stopWaiting()
  }

  /** Asks the guest for the password. Their hello is kept until they answer. */
  ask(hello: Hello, salt: string): void {
    this.asked = { hello, salt }
    this.stopWaiting()
    this.stopWaiting = this.timers.after(GUESS_DEADLINE_MS, () => this.link.close('lost'))
    this.tell({ kind: 'ask', salt })
  }

  tell(message: HostMessage): void {
    this.link.send('bulk', encodeMessage(message))
  }

  /** Reads a message of the bulk lane. Null when it is malformed or over the budget; both are counted as nonsense. */
  read(bytes: Uint8Array): GuestMessage | ForeignHello | null {
    // Media signals have a budget of their own (`media/host-media.ts`): one join of voice sends more of them than this one allows.
    const budget = isMigrationMessage(bytes) ? this.migrationBudget : this.budget
    const isAllowed = isSignal(bytes) || budget.available(this.timers.now()) >= 1
    if (isAllowed && !isSignal(bytes)) budget.spend(1)
    const message = isAllowed ? decodeGuestMessage(bytes) : null
    if (!message) this.countNonsense()
    return message
  }

  /** A state packet that is for nobody. One whom another host seated may still send some that are for that host. */
  countStray(): void {
    if (this.vouched === null) this.countNonsense()
  }

  /** The guest said what makes no sense, or not now. */
  countNonsense(): void {
    if (++this.nonsense >= MAX_NONSENSE) this.link.close('kicked')
  }
}

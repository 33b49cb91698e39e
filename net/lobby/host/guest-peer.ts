/**
 * One guest as the host's page knows them: the link, the seat once they have one, and how much they may say. Nothing that a
 * guest sends is trusted: a guest who sends too much, or what is no message, is counted, then dropped.
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
  type HostMessage,
  isSignal,
} from '../messages.ts'

/** A guest whose link is open has this long to say hello. An honest page says it at once. */
const HELLO_DEADLINE_MS = 5000
/** A guest who is asked for the password has this long: a slow phone computes its key for a second or two. */
const GUESS_DEADLINE_MS = 10_000
/** Messages of one guest that make no sense before they are dropped. */
const MAX_NONSENSE = 20
/** Lobby messages of one guest: so many at once, refilled at so many a second. Nobody clicks faster. */
const MESSAGE_BURST = 30
const MESSAGES_PER_SECOND = 10

const DATA_PER_SECOND = 3
const DATA_BURST = 15
/** Changes between playing and watching: so many at once, then one in so many seconds. */
const MOVE_BURST = 4
const SECONDS_PER_MOVE = 10

export type Hello = Extract<GuestMessage, { kind: 'hello' }>

export class GuestPeer {
  readonly link: Link
  /** By what the guest is known again when they come without a token. */
  marks: GuestMarks
  /** Null until the guest sits, and again when another link has taken the seat over. */
  player: PlayerId | null = null
  /** What the guest chose in their hello; null: nothing. */
  firstChoice: PlainValues | null = null
  /** Messages about the guest's own data. An honest page sends two a second; a stall of some seconds brings them all at once. */
  readonly dataBudget = new TokenBucket(DATA_PER_SECOND, DATA_BURST)
  private readonly timers: Timers
  private readonly budget = new TokenBucket(MESSAGES_PER_SECOND, MESSAGE_BURST)
  /** The hello of a guest who is asked for the password; null before, and once they answer. */
  asked: { readonly hello: Hello; readonly salt: string } | null = null
  /** How often they may change between playing and watching: each time costs a player's life, and the whole world once more. */
  readonly moves = new TokenBucket(1 / SECONDS_PER_MOVE, MOVE_BURST)
  private stopWaiting: Cancel
  private nonsense = 0

  constructor(link: Link, marks: GuestMarks, timers: Timers) {
    this.link = link
    this.marks = marks
    this.timers = timers
    this.stopWaiting = timers.after(HELLO_DEADLINE_MS, () => link.close('lost'))
  }

  /** The hello has come, or the link is gone: the deadline is void. */
  stopTimer(): void {
    this.stopWaiting()
  }

  /** The guest may sit once they know the password. */
  ask(hello: Hello, salt: string): void {
    this.asked = { hello, salt }
    this.stopWaiting()
    this.stopWaiting = this.timers.after(GUESS_DEADLINE_MS, () => this.link.close('lost'))
    this.tell({ kind: 'ask', salt })
  }

  tell(message: HostMessage): void {
    this.link.send('bulk', encodeMessage(message))
  }

  /** A message on the bulk lane; null when it is none or one too many, which is counted. */
  read(bytes: Uint8Array): GuestMessage | ForeignHello | null {
    // Whoever forwards signals counts them: one join of voice brings more of them than a guest says otherwise.
    const isAllowed = isSignal(bytes) || this.budget.available(this.timers.now()) >= 1
    if (isAllowed && !isSignal(bytes)) this.budget.spend(1)
    const message = isAllowed ? decodeGuestMessage(bytes) : null
    if (!message) this.countNonsense()
    return message
  }

  /** The guest said what makes no sense, or not now. */
  countNonsense(): void {
    if (++this.nonsense >= MAX_NONSENSE) this.link.close('kicked')
  }
}

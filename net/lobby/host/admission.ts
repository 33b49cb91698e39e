/**
 * Who may come in: the same game, nobody banned or kicked a moment ago, nobody new while the lobby is locked, and a free seat.
 * Asked twice: by signalling before a guest connects, and at the hello, since several guests may have been admitted to one
 * free seat. What a guest says of itself may be a lie.
 *
 * Invariant: locks, bans and kicks are about newcomers. Who has the token of a seat that is reserved for them comes back.
 */
import type { Timers } from '../../platform/platform.ts'
import type { Reason } from '../../wire/reasons.ts'
import { sameHash } from '../../world/game.ts'
import { type GameIdentity, readJoinNote } from '../join-note.ts'
import { type Ban, Bans } from './bans.ts'
import { type RecentKick, RecentKicks } from './recent-kicks.ts'
import type { Roster } from './roster.ts'

/** By what a guest who shows no token is known again. */
export interface GuestMarks {
  /** What the guest's browser calls itself in this lobby; null when it does not say. */
  readonly browser: string | null
  /** A mark of the guest's address in this lobby, where the operator of signalling gives hosts one. */
  readonly address: string | null
}

/** Nothing is known of a guest. */
export const NO_MARKS: GuestMarks = { browser: null, address: null }

/** What another host has to know to admit as this one does. Plain data. */
export interface AdmissionState {
  readonly locked: boolean
  readonly bans: readonly Ban[]
  readonly kicks: readonly RecentKick[]
}

/** Why somebody may not come in. */
export interface Denial {
  readonly reason: Reason
  /** What the host wrote for them. */
  readonly text?: string
}

export class Admission {
  /** Whether newcomers are refused. */
  locked: boolean
  readonly bans: Bans
  private readonly game: GameIdentity
  private readonly roster: Roster
  private readonly timers: Timers
  private readonly kicks: RecentKicks

  /** `state`: of a host that this page goes on for. */
  constructor(game: GameIdentity, roster: Roster, timers: Timers, state?: AdmissionState) {
    this.game = game
    this.roster = roster
    this.timers = timers
    this.locked = state?.locked ?? false
    this.bans = new Bans(state?.bans)
    this.kicks = new RecentKicks(state?.kicks, timers.now())
  }

  save(): AdmissionState {
    return { locked: this.locked, bans: this.bans.all, kicks: this.kicks.save(this.timers.now()) }
  }

  /** Whether a guest may connect. `note` is the text that the guest gave to signalling. Null admits. */
  beforeConnecting(note: string, marks: GuestMarks): Reason | null {
    const guest = readJoinNote(note, this.game)
    if (guest === 'newcomer') return this.newcomer(marks)?.reason ?? null
    // The hello shows whether they have a seat: the token is not for the signalling server's eyes.
    return guest === 'returner' ? null : guest
  }

  /** Whether a hello with this hash is of the same game. Null admits. */
  sameGame(hash: string): Denial | null {
    return sameHash(this.game.hash, hash) ? null : { reason: 'version-mismatch' }
  }

  /** Whether a guest without a seat may take one. Null admits. */
  newcomer(marks: GuestMarks): Denial | null {
    const unwanted = this.unwanted(marksOf(marks))
    if (unwanted) return unwanted
    if (this.locked) return { reason: 'locked' }
    return this.roster.full ? { reason: 'full' } : null
  }

  /** Why a token leads to no seat. */
  voidToken(token: string, marks: GuestMarks): Denial {
    return this.unwanted([token, ...marksOf(marks)]) ?? { reason: 'seat-lost' }
  }

  private unwanted(marks: readonly string[]): Denial | null {
    const ban = this.bans.find(marks)
    if (ban) return { reason: 'banned', ...(ban.text !== null && { text: ban.text }) }
    const now = this.timers.now()
    return marks.some((mark) => this.kicks.has(mark, now)) ? { reason: 'kicked' } : null
  }

  /** Keeps a kicked guest out for a while, by the tokens of the seat and by the browser. */
  keepOut(tokens: readonly string[], { browser }: GuestMarks): void {
    this.kicks.add(browser === null ? tokens : [...tokens, browser], this.timers.now())
  }

  /** Keeps a guest out for the life of the lobby, by the tokens of the seat and by all that they are known by. */
  ban(name: string, text: string | null, tokens: readonly string[], marks: GuestMarks): void {
    this.bans.add({ name, text, marks: [...tokens, ...marksOf(marks)] })
  }
}

/** As texts of which none can be taken for another kind's. Tokens are hexadecimal, and longer than a browser's name. */
function marksOf({ browser, address }: GuestMarks): string[] {
  return [...(browser === null ? [] : [browser]), ...(address === null ? [] : [`address ${address}`])]
}

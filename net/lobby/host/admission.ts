/**
 * Who may come in: the same game, a free seat, not kicked a moment ago. Asked twice: by signalling before a guest connects,
 * and at the hello, since several guests may have been admitted to one free seat. What a guest says of itself may be a lie.
 */
import type { Timers } from '../../platform/platform.ts'
import type { Reason } from '../../wire/reasons.ts'
import { sameHash } from '../../world/game.ts'
import { type GameIdentity, readJoinNote } from '../join-note.ts'
import { RecentKicks } from './recent-kicks.ts'
import type { Roster } from './roster.ts'

export class Admission {
  private readonly game: GameIdentity
  private readonly roster: Roster
  private readonly timers: Timers
  private readonly kicks = new RecentKicks()

  constructor(game: GameIdentity, roster: Roster, timers: Timers) {
    this.game = game
    this.roster = roster
    this.timers = timers
  }

  /** Whether a guest may connect. `note` is the text that the guest gave to signalling. Null admits. */
  beforeConnecting(note: string, browser: string | null): Reason | null {
    const guest = readJoinNote(note, this.game)
    if (guest === 'newcomer') return this.newcomer(browser)
    // The hello shows whether they have a seat: the token is not for the signalling server's eyes.
    return guest === 'returner' ? null : guest
  }

  /** Whether a hello with this hash is of the same game. Null admits. */
  sameGame(hash: string): Reason | null {
    return sameHash(this.game.hash, hash) ? null : 'version-mismatch'
  }

  /** Whether a guest without a seat may take one. Null admits. */
  newcomer(browser: string | null): Reason | null {
    if (this.isKicked(browser)) return 'kicked'
    return this.roster.full ? 'full' : null
  }

  /** Why a token leads to no seat. */
  reasonOfVoidToken(token: string, browser: string | null): Reason {
    return this.isKicked(token) || this.isKicked(browser) ? 'kicked' : 'seat-lost'
  }

  private isKicked(mark: string | null): boolean {
    return this.kicks.has(mark, this.timers.now())
  }

  /** Keeps a kicked guest out for a while, by the tokens of the seat and by the browser. */
  keepOut(tokens: readonly string[], browser: string | null): void {
    this.kicks.add(browser === null ? tokens : [...tokens, browser], this.timers.now())
  }
}

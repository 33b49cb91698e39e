/**
 * Who may come in: the same game, nobody banned or kicked a moment ago, nobody new while the lobby is locked, who knows the
 * password, and to a free seat.
 * Asked twice: by signalling before a guest connects, and at the hello, since several guests may have been admitted to one
 * free seat. What a guest says of itself may be a lie.
 *
 * Invariant: lock, password, bans and kicks are about newcomers. Who has the token of a seat that is reserved for them comes back.
 */

import type { Platform } from '../../platform/platform.ts'
import type { Reason } from '../../wire/reasons.ts'
import { sameHash } from '../../world/game-hash.ts'
import { type GameIdentity, readJoinNote } from '../join-note.ts'
import type { Roster } from '../members/roster.ts'
import { type Ban, Bans } from './bans.ts'
import { MAX_FORMER_CODES } from './browser-mark.ts'
import { browserMarks, type GuestMarks, marksOf } from './guest-marks.ts'
import { PasswordGuard, type PasswordVerifier } from './password-guard.ts'
import { type RecentKick, RecentKicks } from './recent-kicks.ts'

/** What another host has to know to admit as this one does. Plain data. */
export interface AdmissionState {
  readonly locked: boolean
  readonly password: PasswordVerifier | null
  readonly bans: readonly Ban[]
  readonly kicks: readonly RecentKick[]
  /** Codes that led here before and are lost, the last one last. */
  readonly formerCodes: readonly string[]
}

/** Why somebody may not come in. */
export interface Denial {
  readonly reason: Reason
  /** What the host wrote for them. */
  readonly text?: string
  /** Before that, another try is in vain. */
  readonly retryAfterSeconds?: number
  /** Nobody more may play, and they may watch. */
  readonly canSpectate?: true
}

export class Admission {
  /** Whether newcomers are refused. */
  locked: boolean
  readonly bans: Bans
  readonly password: PasswordGuard
  private readonly game: GameIdentity
  private readonly roster: Roster
  private readonly platform: Platform
  private readonly kicks: RecentKicks
  private formerCodes: readonly string[]

  /** `state`: of a host that this page goes on for. */
  constructor(game: GameIdentity, roster: Roster, platform: Platform, state?: AdmissionState) {
    this.game = game
    this.roster = roster
    this.platform = platform
    this.locked = state?.locked ?? false
    this.bans = new Bans(state?.bans)
    this.password = new PasswordGuard(platform, state?.password)
    this.kicks = new RecentKicks(state?.kicks, platform.now())
    this.formerCodes = state?.formerCodes ?? []
  }

  save(): AdmissionState {
    const { locked, bans, password, kicks, platform, formerCodes } = this
    return { locked, password: password.save(), bans: bans.all, kicks: kicks.save(platform.now()), formerCodes }
  }

  /** Whether a guest may connect. `note` is the text that the guest gave to signalling. Null admits. */
  beforeConnecting(note: string, marks: GuestMarks): Reason | null {
    const guest = readJoinNote(note, this.game)
    if (guest === 'newcomer' || guest === 'spectator')
      return this.newcomer(marks, guest === 'spectator')?.reason ?? null
    // The hello shows whether they have a seat: the token is not for the signalling server's eyes.
    return guest === 'returner' ? null : guest
  }

  /** Whether a hello with this hash is of the same game. Null admits. */
  sameGame(hash: string): Denial | null {
    return sameHash(this.game.hash, hash) ? null : { reason: 'version-mismatch' }
  }

  /** Whether a guest without a seat may take one, to play or to watch. Null admits. */
  newcomer(marks: GuestMarks, spectates: boolean): Denial | null {
    const unwanted = this.unwanted(marksOf(marks))
    if (unwanted) return unwanted
    if (this.locked) return { reason: 'locked' }
    return this.roster.isFull(spectates) ? this.full() : null
  }

  /** There is no seat. */
  full(): Denial {
    return { reason: 'full', ...(!this.roster.isFull(true) && { canSpectate: true }) }
  }

  /** The lobby has another code than this one from now on. */
  codeLost(code: string): void {
    this.formerCodes = [...this.formerCodes, code].slice(-MAX_FORMER_CODES)
  }

  /**
   * Codes for which a newcomer is asked what their browser called itself: it has another name for each code, and a ban or a kick
   * holds under a new code, too. Empty when there is nobody to keep out.
   */
  get askedCodes(): readonly string[] {
    const keepsOut = this.bans.all.length > 0 || this.kicks.save(this.platform.now()).length > 0
    return keepsOut ? this.formerCodes : []
  }

  /** A guest who was asked for the password shows a key. Null admits. */
  async guess(key: string, marks: GuestMarks): Promise<Denial | null> {
    const outcome = await this.password.guess(key, marks)
    if (outcome === 'right') return null
    if (outcome === 'wrong') return { reason: 'wrong-password' }
    return { reason: 'rate-limited', retryAfterSeconds: outcome.waitSeconds }
  }

  /** Why a token leads to no seat. */
  voidToken(token: string, marks: GuestMarks): Denial {
    return this.unwanted([token, ...marksOf(marks)]) ?? { reason: 'seat-lost' }
  }

  private unwanted(marks: readonly string[]): Denial | null {
    const ban = this.bans.find(marks)
    if (ban) return { reason: 'banned', ...(ban.text !== null && { text: ban.text }) }
    const now = this.platform.now()
    return marks.some((mark) => this.kicks.has(mark, now)) ? { reason: 'kicked' } : null
  }

  /** Keeps a kicked guest out for a while, by the tokens of the seat and by the browser. */
  keepOut(tokens: readonly string[], marks: GuestMarks): void {
    this.kicks.add([...tokens, ...browserMarks(marks)], this.platform.now())
  }

  /** Keeps a guest out for the life of the lobby, by the tokens of the seat and by all that they are known by. */
  ban(name: string, text: string | null, tokens: readonly string[], marks: GuestMarks): void {
    this.bans.add({ name, text, marks: [...tokens, ...marksOf(marks)] })
  }
}

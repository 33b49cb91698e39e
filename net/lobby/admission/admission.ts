/**
 * Who may come in. A newcomer needs the same game, a lobby that is not locked, the password, a free seat, and no ban or recent kick.
 * Asked twice: before a guest connects, and again at the hello, because several guests may have been admitted to one free seat. What
 * a guest says of themself may be a lie.
 *
 * Invariant: lock, password, bans and kicks hold for newcomers only. A guest with the token of a reserved seat comes back.
 */

import { TokenBucket } from '../../congestion/token-bucket.ts'
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

/** Connections that are made only to tell a banned guest the host's text: so many at once, then one in ten seconds. */
const TEXT_BURST = 4
const TEXTS_PER_SECOND = 0.1

/** What a host who takes over needs to admit as this one does. Plain data. */
export interface AdmissionState {
  readonly locked: boolean
  readonly password: PasswordVerifier | null
  readonly bans: readonly Ban[]
  readonly kicks: readonly RecentKick[]
  /** Codes that this lobby had before and lost; the newest last. */
  readonly formerCodes: readonly string[]
}

/** Why a guest may not come in. */
export interface Denial {
  readonly reason: Reason
  /** What the host wrote for them. */
  readonly text?: string
  /** An earlier try is refused as well. */
  readonly retryAfterSeconds?: number
  /** No seat to play is left, but one to watch. */
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
  private readonly texts = new TokenBucket(TEXTS_PER_SECOND, TEXT_BURST)
  /** Of tokens: marks of another host's bans and kicks are hashes. Null: there are none. */
  hashOf: ((token: string) => string) | null = null

  /** `state`: that of the host before, when this page takes over. */
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

  /**
   * Whether a guest may connect. `note` is the text that the guest gave to signalling. Null admits. A banned guest for whom the host
   * wrote a text connects too, and reads it at the hello: signalling must not see it. Beyond a budget they are refused without it.
   */
  beforeConnecting(note: string, marks: GuestMarks): Reason | null {
    const guest = readJoinNote(note, this.game)
    if (guest === 'newcomer' || guest === 'spectator') {
      const denial = this.newcomer(marks, guest === 'spectator')
      if (denial?.text !== undefined && this.texts.take(this.platform.now())) return null
      return denial?.reason ?? null
    }
    // Whether they have a seat is checked at the hello: the signalling server must not see the token.
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

  /** The refusal when no seat is free. */
  full(): Denial {
    return { reason: 'full', ...(!this.roster.isFull(true) && { canSpectate: true }) }
  }

  /** This code is lost, and the lobby has another one. */
  codeLost(code: string): void {
    this.formerCodes = [...this.formerCodes, code].slice(-MAX_FORMER_CODES)
  }

  /**
   * Former codes under which a newcomer is asked for the names of their browser. A browser has another name under each code, and bans
   * and kicks hold under the new code, too. Empty when nobody is banned or was kicked a moment ago.
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

  /** The refusal for tokens that lead to no seat. */
  voidTokens(tokens: readonly string[], marks: GuestMarks): Denial {
    const hashes = this.hashOf ? tokens.map(this.hashOf) : []
    return this.unwanted([...tokens, ...hashes, ...marksOf(marks)]) ?? { reason: 'seat-lost' }
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

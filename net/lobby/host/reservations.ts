/**
 * Reservations of seats: the tokens that lead players back, how long a seat waits, and how often its player may come back. Who
 * sits in a seat is kept in the roster, not here.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Cancel, Chance, Timers } from '../../platform/platform.ts'
import type { PlayerId } from '../../world/ids.ts'
import { randomHex } from '../random-hex.ts'

/** A player may come back so many times at once, then once in so many seconds: each return costs the host a full snapshot. */
const RETURN_BURST = 6
const SECONDS_PER_RETURN = 10

interface Reservation {
  /** The valid tokens: the one given last, and the one shown last, since the answer to it may have been lost. */
  tokens: string[]
  readonly returns: TokenBucket
  /** Stops the timer that runs while the player is away. */
  stopTimer: Cancel
}

/** A reservation as plain data. */
export interface ReservationState {
  readonly player: PlayerId
  readonly tokens: readonly string[]
}

export class Reservations {
  /** How long a seat waits for its player, at most. 0: not at all. */
  readonly seconds: number
  private readonly platform: Timers & Chance
  private readonly reservations = new Map<PlayerId, Reservation>()
  private readonly players = new Map<string, PlayerId>()
  /** For reservations of another host, of whose tokens this page has only hashes. Null: there are none. */
  hashOf: ((token: string) => string) | null = null

  /** `saved`: those of the host before, when this page takes over. */
  constructor(seconds: number, platform: Timers & Chance, saved: readonly ReservationState[] = []) {
    this.seconds = seconds
    this.platform = platform
    for (const { player, tokens } of saved) {
      this.reservations.set(player, { ...newReservation(), tokens: [...tokens] })
      for (const token of tokens) this.players.set(token, player)
    }
  }

  save(): ReservationState[] {
    return [...this.reservations].map(([player, { tokens }]) => ({ player, tokens: [...tokens] }))
  }

  has(player: PlayerId): boolean {
    return this.reservations.has(player)
  }

  /** A player has a seat from now on. Returns the token that leads back to it. */
  open(player: PlayerId): string {
    const reservation = newReservation()
    this.reservations.set(player, reservation)
    return this.newToken(player, reservation, [])
  }

  /** The player whose seat a token leads to; null when it is void. */
  playerOf(token: string): PlayerId | null {
    return this.players.get(token) ?? (this.hashOf && this.players.get(this.hashOf(token))) ?? null
  }

  /** All tokens that lead to a player's seat. */
  tokensOf(player: PlayerId): readonly string[] {
    return this.reservations.get(player)?.tokens ?? []
  }

  /** The player is back by this token. Returns the next one; null when they come too often, and the seat then goes on waiting. */
  redeem(player: PlayerId, token: string): string | null {
    const reservation = this.reservations.get(player)
    if (!reservation?.returns.take(this.platform.now())) return null
    reservation.stopTimer()
    return this.newToken(player, reservation, [token])
  }

  /** The player is back, or stays, and shows no token: as `redeem` with the one that was given last. */
  renew(player: PlayerId): string | null {
    const [token = ''] = this.tokensOf(player)
    return this.redeem(player, token)
  }

  /** The player has another seat. Returns its token. The token before leads there, too, since the answer may be lost. */
  move(from: PlayerId, to: PlayerId): string | null {
    const reservation = this.reservations.get(from)
    if (!reservation) return null
    this.reservations.delete(from)
    this.reservations.set(to, reservation)
    return this.newToken(to, reservation, reservation.tokens.slice(0, 1))
  }

  private newToken(player: PlayerId, reservation: Reservation, kept: readonly string[]): string {
    for (const old of reservation.tokens) this.players.delete(old)
    const token = randomToken(this.platform)
    reservation.tokens = [token, ...kept]
    for (const valid of reservation.tokens) this.players.set(valid, player)
    return token
  }

  /** The player's link is gone. Calls `expired` unless they come back within `seconds`. */
  wait(player: PlayerId, seconds: number, expired: () => void): void {
    const reservation = this.reservations.get(player)
    if (!reservation) return
    reservation.stopTimer()
    reservation.stopTimer = this.platform.after(Math.min(seconds, this.seconds) * 1000, expired)
  }

  /** The seat is free: its tokens lead nowhere. */
  cancel(player: PlayerId): void {
    const reservation = this.reservations.get(player)
    reservation?.stopTimer()
    for (const token of reservation?.tokens ?? []) this.players.delete(token)
    this.reservations.delete(player)
  }

  clear(): void {
    for (const player of [...this.reservations.keys()]) this.cancel(player)
  }
}

function newReservation(): Reservation {
  return { tokens: [], returns: new TokenBucket(1 / SECONDS_PER_RETURN, RETURN_BURST), stopTimer: () => {} }
}

/** 128 bits: neither guessing nor the time of a comparison helps an attacker. */
function randomToken(chance: Chance): string {
  return randomHex(chance, 16)
}

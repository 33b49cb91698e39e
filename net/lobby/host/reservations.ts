/**
 * Reservations of seats: the tokens that lead a player back, how long a seat waits for them, and how often they may come
 * back. What a seat is and who sits in it is not known here.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import type { Cancel, Chance, Timers } from '../../platform/platform.ts'
import type { PlayerId } from '../../world/ids.ts'

/** A player comes back so often at once, and then once in so many seconds: each return costs the host the whole world. */
const RETURN_BURST = 6
const SECONDS_PER_RETURN = 10

interface Reservation {
  /** What leads back: the token given last and the one presented last, for the answer to that may have been lost. */
  tokens: string[]
  readonly returns: TokenBucket
  /** Of the timer that runs while the player is away. */
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

  /** `saved`: of a host that this page goes on for. */
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

  /** Whose seat a token leads to. */
  playerOf(token: string): PlayerId | null {
    return this.players.get(token) ?? null
  }

  /** All tokens that lead to a player's seat. */
  tokensOf(player: PlayerId): readonly string[] {
    return this.reservations.get(player)?.tokens ?? []
  }

  /** The player is back by this token. Returns the next one; null when they come too often, and the seat then goes on waiting. */
  redeem(player: PlayerId, token: string): string | null {
    const reservation = this.reservations.get(player)
    if (!reservation || reservation.returns.available(this.platform.now()) < 1) return null
    reservation.returns.spend(1)
    reservation.stopTimer()
    return this.newToken(player, reservation, [token])
  }

  /** The player has another seat. Returns the token that leads there; the one before does, too, for the answer may be lost. */
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

  /** The player's link is gone. Calls `expired` unless they are back within `seconds`. */
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

/** 128 bits: there is nothing to gain from guessing, nor from how long a comparison takes. */
function randomToken(chance: Chance): string {
  return Array.from(chance.randomBytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

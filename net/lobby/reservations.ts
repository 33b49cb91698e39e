/**
 * Which seats are held for whom: the tokens that lead back to a seat, how long it waits, and how often its player may
 * come back. What a seat is and who sits in it is not known here.
 */
import type { Cancel, Chance, Timers } from '../platform/platform.ts'
import type { PlayerId } from '../world/ids.ts'

/** A player comes back so often at once, and then once in so many seconds: each return costs the host the whole world. */
const RETURN_BURST = 6
const SECONDS_PER_RETURN = 10

interface Held {
  /** What leads back: the token given last and the one presented last, for the answer to that may have been lost. */
  tokens: string[]
  returns: number
  returnsAt: number
  /** Runs while the player is away. */
  stopTimer: Cancel
}

export class Reservations {
  /** How long a seat waits for its player, at most. */
  readonly seconds: number
  private readonly platform: Timers & Chance
  private readonly held = new Map<PlayerId, Held>()
  private readonly players = new Map<string, PlayerId>()

  constructor(seconds: number, platform: Timers & Chance) {
    this.seconds = seconds
    this.platform = platform
  }

  /** The token of a player who has just sat down. */
  seat(player: PlayerId, now: number): string {
    this.held.set(player, { tokens: [], returns: RETURN_BURST, returnsAt: now, stopTimer: () => {} })
    return this.newToken(player, [])
  }

  /** Whose seat a token leads to. */
  playerOf(token: string): PlayerId | null {
    return this.players.get(token) ?? null
  }

  /** All that leads to a player's seat. */
  tokensOf(player: PlayerId): readonly string[] {
    return this.held.get(player)?.tokens ?? []
  }

  /** The player is back by this token: his new one. Null when he comes too often; his seat then goes on waiting. */
  comeBack(player: PlayerId, token: string, now: number): string | null {
    const seat = this.held.get(player)
    if (!seat) return null
    const refilled = (now - seat.returnsAt) / 1000 / SECONDS_PER_RETURN
    seat.returns = Math.min(RETURN_BURST, seat.returns + refilled)
    seat.returnsAt = now
    if (seat.returns < 1) return null
    seat.returns--
    seat.stopTimer()
    return this.newToken(player, [token])
  }

  private newToken(player: PlayerId, kept: readonly string[]): string {
    const seat = this.held.get(player)
    const token = randomToken(this.platform)
    for (const old of seat?.tokens ?? []) this.players.delete(old)
    if (seat) seat.tokens = [token, ...kept]
    for (const valid of [token, ...kept]) this.players.set(valid, player)
    return token
  }

  /** The player's link is gone: `over` is called unless he is back within `seconds`. */
  wait(player: PlayerId, seconds: number, over: () => void): void {
    const seat = this.held.get(player)
    if (!seat) return
    seat.stopTimer()
    seat.stopTimer = this.platform.after(Math.min(seconds, this.seconds) * 1000, over)
  }

  /** The seat is free: its tokens lead nowhere. */
  forget(player: PlayerId): void {
    const seat = this.held.get(player)
    seat?.stopTimer()
    for (const token of seat?.tokens ?? []) this.players.delete(token)
    this.held.delete(player)
  }

  clear(): void {
    for (const player of [...this.held.keys()]) this.forget(player)
  }
}

/** 128 bits: there is nothing to gain from guessing, nor from how long a comparison takes. */
function randomToken(chance: Chance): string {
  return Array.from(chance.randomBytes(16), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

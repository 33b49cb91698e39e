/**
 * The first moments of a host that goes on with another host's match. In goes the time. Nothing is sent meanwhile.
 *
 * First it waits, for at most one round trip, until the followers have sent their inputs again. Then it runs the ticks from the saved
 * one up to the present, in slices of a frame, with those inputs. What is too far back to be run is skipped: the host's time is then
 * so much earlier, which followers are told (`Rebase.shiftTicks`).
 */
import { MAX_PREDICTION_SECONDS } from '../clock/client-clock.ts'
import type { HostSession } from '../session/host.ts'

/** No longer than this the followers' inputs are waited for, ms. Most round trips between players are shorter. */
export const MAX_INPUT_WAIT_MS = 150
/** So much of the match is run again: the age of the heir's world, and the second that its players have predicted on. */
const MAX_CATCH_UP_SECONDS = 1.5
/** So much more where a follower has seen it already: games with large opaque fields go on from four seconds ago. */
const MAX_SEEN_SECONDS = 5

export interface GoingOnOptions {
  readonly session: HostSession
  readonly now: number
  /** The old host's time at `now`, in ticks, as this page estimates it. */
  readonly hostTick: number
  /** The newest tick that this page has of the old host. */
  readonly newestTick: number
  /** How long followers' inputs are waited for, ms. Default 150. */
  readonly waitMs?: number
}

export class GoingOn {
  /** By how many ticks the match's time is set: 0 or below. */
  readonly shiftTicks: number
  private readonly session: HostSession
  private readonly waitsUntil: number
  private readonly oldHostTick: number
  private readonly startedAt: number
  private waits = true
  /** How many ticks may still be run to catch up. */
  private left: number
  private presentTick: number

  constructor({ session, now, hostTick, newestTick, waitMs = MAX_INPUT_WAIT_MS }: GoingOnOptions) {
    const { tickRate } = session.game
    const { tick } = session.world
    const waited = Math.max(0, Math.min(MAX_INPUT_WAIT_MS, waitMs))
    this.session = session
    this.startedAt = now
    this.waitsUntil = now + waited
    this.oldHostTick = hostTick
    this.left = Math.round(MAX_CATCH_UP_SECONDS * tickRate)
    // Followers have predicted up to a second, and stand there until they hear of this host.
    const most = Math.min(newestTick + MAX_PREDICTION_SECONDS * tickRate, tick + this.left - (waited * tickRate) / 1000)
    this.presentTick = Math.max(tick, Math.min(hostTick, most))
    this.shiftTicks = Math.min(0, this.presentTick - hostTick)
    session.goOnAt(now, this.presentTick)
    this.followerHas(newestTick)
  }

  /**
   * A follower has the world of this tick from the old host. The first snapshot is to be newer, so that nobody's world goes back. A
   * tick that the old host cannot have reached counts for nothing.
   */
  followerHas(tick: number): void {
    const { session } = this
    if (!(tick <= this.oldHostTick) || tick + 1 <= this.presentTick) return
    const more = tick + 1 - this.presentTick
    const max = MAX_SEEN_SECONDS * session.game.tickRate
    this.presentTick = Math.min(tick + 1, session.world.tick + max)
    this.left = Math.min(max, this.left + Math.ceil(more))
    session.goOnAt(this.startedAt, this.presentTick)
  }

  /** Whether the match has come to the present: from now on it is like any other. */
  advance(now: number): boolean {
    if (this.waits && now < this.waitsUntil && !this.hasAllInputs) return false
    this.waits = false
    this.left = this.session.catchUp(now, this.left)
    return this.left === 0
  }

  /** Whether everybody who plays on has sent their inputs to this host. */
  private get hasAllInputs(): boolean {
    for (const { connected, spectates, bot, inputs } of this.session.clients.values())
      if (connected && !spectates && bot === null && inputs.newest === null) return false
    return true
  }
}

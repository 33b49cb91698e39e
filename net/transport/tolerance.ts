/**
 * How many frames that no honest peer sends a link bears before it drops the peer. Without a limit, a stranger could keep
 * this page's thread busy for as long as they like. Pure: time comes in as an argument.
 */
import { TokenBucket } from '../congestion/token-bucket.ts'

/** Refused messages and channels. An honest peer sends none; a few may come of a version that is newer than this one. */
const REFUSED_BURST = 20
const REFUSED_PER_SECOND = 1

/**
 * Heartbeats. An honest peer sends four a second while it has nothing else to say; a network or a stalled page may hold
 * back those of five seconds, after which the link is closed anyway. Four times as many may come.
 */
const BEATS_BURST = 80
const BEATS_PER_SECOND = 16

export class Tolerance {
  private readonly refusals = new TokenBucket(REFUSED_PER_SECOND, REFUSED_BURST)
  private readonly beats = new TokenBucket(BEATS_PER_SECOND, BEATS_BURST)

  /** Something was refused. False when that was once too often. */
  refused(nowMs: number): boolean {
    return this.refusals.take(nowMs)
  }

  /** A heartbeat came. False when it is one too many, so that it counts as refused. */
  beat(nowMs: number): boolean {
    return this.beats.take(nowMs)
  }
}

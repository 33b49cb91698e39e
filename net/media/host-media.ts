/**
 * The host's part of voice and video: it keeps who takes part, and forwards signals between those who do. In go requests of
 * members; out go lists for everybody and signals for one member. It never looks into a signal.
 *
 * Invariants: at most 8 take part in each. A signal goes only from one participant to another one of the same kind, and
 * nobody's signals cost the host more than a budget.
 */
import { TokenBucket } from '../congestion/token-bucket.ts'
import type { Timers } from '../platform/platform.ts'
import type { PlayerId } from '../world/ids.ts'
import { MAX_PARTICIPANTS, type MediaRequest, NOBODY, type Participants, type SignalRequest } from './media-messages.ts'

/**
 * Signals of one member, in count. To join with 7 others costs 4 each at worst: a hello, a description, two batches of
 * addresses. A camera that goes on and off costs one each.
 */
const SIGNAL_BURST = 120
const SIGNALS_PER_SECOND = 20
/** The same in UTF-16 units: 7 descriptions of the longest kind and as much again. Above it, a member eats the host's uplink. */
const UNIT_BURST = 160_000
const UNITS_PER_SECOND = 16_000

export interface HostMediaOptions {
  /** Those of the host before, when this page takes over. Default: nobody takes part. */
  readonly participants?: Participants
  readonly timers: Timers
  /** Whether a member's page can be told something now. */
  reaches(player: PlayerId): boolean
  /** The lists have changed, or were asked for: tell everybody. */
  changed(): void
  forward(to: PlayerId, from: PlayerId, text: string): void
}

/**
 * - `done`: it was done, or it is no longer of use and was dropped.
 * - `flood`: more than an honest page says.
 */
export type MediaOutcome = 'done' | 'flood'

export class HostMedia {
  participants: Participants
  /** Signals that went to nobody, for whoever looks for a fault. */
  dropped = 0
  private readonly options: HostMediaOptions
  private readonly signals = new Map<PlayerId, TokenBucket>()
  private readonly units = new Map<PlayerId, TokenBucket>()

  constructor(options: HostMediaOptions) {
    this.options = options
    this.participants = options.participants ?? NOBODY
  }

  get isAnybody(): boolean {
    const { voice, video } = this.participants
    return voice.length + video.length > 0
  }

  /** A member says where they take part. */
  request(player: PlayerId, { voice, video }: Omit<MediaRequest, 'kind'>): void {
    const before = this.participants
    this.participants = {
      voice: changedList(before.voice, player, voice),
      video: changedList(before.video, player, video),
    }
    // Told also when nothing changed: a member who asked and is not in the list learns that it is full.
    this.options.changed()
  }

  signal(from: PlayerId, { to, text }: Omit<SignalRequest, 'kind'>): MediaOutcome {
    if (!this.mayForward(from, text.length)) {
      this.dropped++
      return 'flood'
    }
    // One of the two may just have left, so this does not count against the sender.
    if (from === to || !this.meet(from, to) || !this.options.reaches(to)) this.dropped++
    else this.options.forward(to, from, text)
    return 'done'
  }

  /** The player's seat is free: the next one in it is somebody else. */
  forget(player: PlayerId): void {
    this.signals.delete(player)
    this.units.delete(player)
    const { voice, video } = this.participants
    if (voice.includes(player) || video.includes(player)) this.request(player, { voice: false, video: false })
  }

  private meet(a: PlayerId, b: PlayerId): boolean {
    return Object.values(this.participants).some((list) => list.includes(a) && list.includes(b))
  }

  private mayForward(from: PlayerId, length: number): boolean {
    const now = this.options.timers.now()
    const signals = bucketOf(this.signals, from, SIGNALS_PER_SECOND, SIGNAL_BURST)
    const units = bucketOf(this.units, from, UNITS_PER_SECOND, UNIT_BURST)
    if (signals.available(now) < 1 || units.available(now) < length) return false
    signals.spend(1)
    units.spend(length)
    return true
  }
}

function bucketOf(
  buckets: Map<PlayerId, TokenBucket>,
  player: PlayerId,
  perSecond: number,
  burst: number,
): TokenBucket {
  const bucket = buckets.get(player) ?? new TokenBucket(perSecond, burst)
  buckets.set(player, bucket)
  return bucket
}

/** The list with or without a player. A full list takes nobody. */
function changedList(list: readonly PlayerId[], player: PlayerId, isIn: boolean): PlayerId[] {
  if (!isIn) return list.filter((other) => other !== player)
  return list.includes(player) || list.length >= MAX_PARTICIPANTS ? [...list] : [...list, player]
}

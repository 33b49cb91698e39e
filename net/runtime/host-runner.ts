/** Drives the host's session over links: packets in, ticks, snapshots out. Time comes in as an argument; the owner has the timers. */

import type { BotIdentity } from '../bots/bot-identity.ts'
import { MonotonicTime } from '../clock/monotonic-time.ts'
import { TokenBucket } from '../congestion/token-bucket.ts'
import type { Heirs } from '../migration/heirs.ts'
import type { BuiltSnapshot } from '../replication/snapshot-builder.ts'
import type { HostSession } from '../session/host.ts'
import type { MigrationReport } from '../session/migration-report.ts'
import { RateMeter } from '../session/rates.ts'
import type { Link } from '../transport/link.ts'
import type { Lane, LaneStats } from '../wire/lanes.ts'
import { countDefect, isOfKind, PacketKind } from '../wire/packet.ts'
import type { PlainValues } from '../world/complete-values.ts'
import type { PlayerId } from '../world/ids.ts'
import type { GoingOn } from './going-on.ts'
import { refusedBy } from './refused-by.ts'

/** State packets of one player that may come at once, in seconds of play: a network may hold back a stall of four seconds. */
const BURST_SECONDS = 4
/** The allowance refills at twice the rate of an honest client, which sends one packet a tick. */
const REFILL_FACTOR = 2

export interface HostRunnerHandlers {
  /** The rules threw: the match is over for everybody. */
  failed(error: unknown): void
  /** A player sent too much that no honest client sends: drop their link. */
  hostile(player: PlayerId): void
}

interface Attached {
  readonly link: Link
  /** State packets that may still come. A player who sends more goes into debt; their packets are dropped until it is paid. */
  readonly allowance: TokenBucket
  /**
   * The rest of a tick's packets when it has more than the link takes in one moment (the state lane's guard). They count as sent and
   * go with the next tick. Those that the link does not take then count as lost on the way.
   */
  waiting: Uint8Array[]
  /** The same of an heir's stream. */
  heirWaiting: Uint8Array[]
  /** Since when the first of them waits, ms; null: none does. */
  heirWaitsSince: number | null
}

const nothingWaits = (): Pick<Attached, 'waiting' | 'heirWaiting' | 'heirWaitsSince'> => ({
  waiting: [],
  heirWaiting: [],
  heirWaitsSince: null,
})

/**
 * An heir's packet that has waited for so long goes before the next snapshot to that page, ms. A link that takes one packet in 100 ms, since its
 * queue never empties, would take snapshots alone, and a match would go back by seconds.
 */
const HEIR_WAITS_MS = 100

export class HostRunner {
  readonly session: HostSession
  readonly up = new RateMeter()
  readonly down = new RateMeter()
  readonly snapshotSizes = new RateMeter()
  /** The warm heirs of the match. Whoever loads the code for it sets them; null: the match ends with this page. */
  heirs: Heirs | null = null
  /** Asked before each tick whether this host may run it: one that its players may have voted out stands still. Null: it may. */
  mayRun: (() => boolean) | null = null
  private readonly attached = new Map<PlayerId, Attached>()
  private readonly handlers: HostRunnerHandlers
  private readonly time = new MonotonicTime()
  private failed = false
  /** Refused messages of links that are gone. */
  private refusedBefore = 0

  /** The match was another host's, and has not come to the present yet; null: it has. */
  private going: GoingOn | null
  /** This host has handed over: it runs no tick any more, confirms nothing, and only tells the heirs its last one. */
  private stopped = false

  /** `going`: how the match of another host goes on (`takeOver`). Default: the match is this host's own. */
  constructor(session: HostSession, handlers: HostRunnerHandlers, going: GoingOn | null = null) {
    this.session = session
    this.handlers = handlers
    this.going = going
  }

  /** Whether the match of another host is still on its way to the present. Nothing is sent meanwhile. */
  get isGoingOn(): boolean {
    return this.going !== null
  }

  /** A follower has the world of this tick from the old host: their first snapshot is to be newer. */
  followerHas(tick: number): void {
    this.going?.followerHas(tick)
  }

  /**
   * Hands over: this host never ticks again, and nobody's input is confirmed any more. Returns the tick that it stopped at, which
   * heirs are sent at once. `tick` is to be called on for a second, which tells it again to heirs who do not have it yet.
   */
  stop(at: number): number {
    this.stopped = true
    if (this.heirs && !this.session.failure) this.sendToHeirs(this.heirs, at, this.time.timeAt(at))
    return this.session.world.tick
  }

  /**
   * A player with a link takes part from the next tick on. Each has one link at a time: an earlier one is closed.
   * `choice`: the values that a new player's record begins with. `spectates`: they receive snapshots and have no player.
   */
  attach(player: PlayerId, link: Link, choice?: PlainValues, spectates = false): void {
    const { tickRate } = this.session.game
    const allowance = new TokenBucket(REFILL_FACTOR * tickRate, BURST_SECONDS * tickRate)
    const before = this.attached.get(player)
    if (before?.link !== link) this.letGo(player)
    this.attached.set(player, { link, allowance, ...nothingWaits() })
    if (before && before.link !== link) before.link.close('replaced')
    this.session.join(player, choice, { spectates })
  }

  /** Over the same link, a player becomes a spectator in another seat, or a spectator a player. */
  reseat(from: PlayerId, to: PlayerId, spectates: boolean, choice?: PlainValues): void {
    const attached = this.attached.get(from)
    if (!attached) return
    this.attached.delete(from)
    this.attached.set(to, { ...attached, ...nothingWaits() })
    this.session.reseat(from, to, spectates, choice)
  }

  /** A bot plays from the next tick on, until `remove`. */
  addBot(player: PlayerId, bot: BotIdentity, choice?: PlainValues): void {
    this.session.addBot(player, bot, choice)
  }

  /** A link is gone (default: the player's own); the seat stays until `remove`. Nothing happens when the player has another by now. */
  detach(player: PlayerId, link = this.attached.get(player)?.link): void {
    if (this.attached.get(player)?.link !== link) return
    this.letGo(player)
    this.session.leave(player)
  }

  /** The player leaves for good. The rules remove what is theirs. */
  remove(player: PlayerId): void {
    this.letGo(player)
    this.session.expire(player)
  }

  private letGo(player: PlayerId): void {
    const attached = this.attached.get(player)
    if (attached) this.refusedBefore += refusedBy(attached.link)
    this.attached.delete(player)
  }

  /** How many messages the links of all players refused so far, because no honest peer sends them. */
  get refused(): number {
    return [...this.attached.values()].reduce((sum, { link }) => sum + refusedBy(link), this.refusedBefore)
  }

  /**
   * State-lane bytes of an attached player. Valid packets cost time, too: a player who sends more than their share is not
   * heard, then dropped.
   */
  receive(player: PlayerId, bytes: Uint8Array, at: number): void {
    const now = this.time.timeAt(at)
    const from = this.attached.get(player)
    if (!from || (this.stopped && !isOfKind(PacketKind.heirAck, bytes))) return
    this.down.add(at, bytes.length)
    const isAllowed = from.allowance.available(now) >= 1
    from.allowance.spend(1)
    if (isAllowed) {
      if (!this.hear(player, bytes, now)) this.handlers.hostile(player)
      return
    }
    const { malformed, game } = this.session
    countDefect(malformed, 'flood')
    if (from.allowance.debt > BURST_SECONDS * game.tickRate) this.handlers.hostile(player)
  }

  /** Acks of an heir are for its stream; all else is for the match. False: the sender is hostile. */
  private hear(player: PlayerId, bytes: Uint8Array, now: number): boolean {
    const heard = isOfKind(PacketKind.heirAck, bytes) ? (this.heirs?.receive(player, bytes) ?? null) : null
    return heard ?? this.session.receive(player, bytes, now)
  }

  /** How old the heirs are and what they cost; null while there is none. */
  migrationReport(at: number): MigrationReport | null {
    return this.heirs?.report(this.time.timeAt(at)) ?? null
  }

  /** The lanes of the first guest's real connection; null while nobody but the host's own player is here. */
  guestLanes(own: PlayerId): Record<Lane, LaneStats> | null {
    for (const [player, { link }] of this.attached) if (player !== own) return link.stats()
    return null
  }

  /**
   * Sends the packets that links did not take in the tick before. Returns the players who had some, and those whose link takes none now: their
   * turn is not used up, and a newer snapshot goes as soon as it does.
   */
  private sendWaiting(at: number): Set<PlayerId> {
    const busy = new Set<PlayerId>()
    for (const [player, to] of this.attached) {
      if (to.link.isStateHeld) busy.add(player)
      if (to.waiting.length === 0) continue
      busy.add(player)
      for (const bytes of to.waiting) if (!this.send(to, bytes, at)) break
      to.waiting = []
    }
    return busy
  }

  private send({ link }: Attached, bytes: Uint8Array, at: number): boolean {
    if (link.send('state', bytes) !== 'sent') return false
    this.up.add(at, bytes.length)
    this.snapshotSizes.add(at, bytes.length)
    return true
  }

  /**
   * Sends the packets of a tick in order. Where the link does not take the first, the tick is dropped: the next one is
   * newer. Once the first has left, the client waits for all of them: what the link does not take follows.
   */
  private sendTick(player: PlayerId, packets: readonly BuiltSnapshot[], at: number, now: number): void {
    const to = this.attached.get(player)
    if (!to) return
    for (const packet of packets) {
      const sent = to.waiting.length === 0 && this.send(to, packet.bytes, at)
      if (!sent && packet.packetIndex === 0) return
      if (!sent) to.waiting.push(packet.bytes)
      this.session.packetSent(player, packet, now)
    }
  }

  tick(at: number): void {
    const now = this.time.timeAt(at)
    if (!this.stopped && this.isPresent(now)) {
      this.session.advance(now)
      this.session.sending.safeTick = this.heirs?.safeTick ?? Number.POSITIVE_INFINITY
      this.sendStarving(at)
      const busy = this.sendWaiting(at)
      for (const { player, packets } of this.session.buildSnapshots(now, busy)) this.sendTick(player, packets, at, now)
    }
    if (this.heirs && !this.going && !this.session.failure) this.sendToHeirs(this.heirs, at, now)
    if (this.session.failure && !this.failed) {
      this.failed = true
      this.handlers.failed(this.session.failure.error)
    }
  }

  /** Whether the match is in the present, so that its ticks are told as they run. */
  private isPresent(now: number): boolean {
    if (this.going?.advance(now)) this.going = null
    return this.going === null
  }

  /**
   * After the snapshots, which matter more. What the link does not take at once follows with the next ticks, and until then nothing new
   * is built for that heir. A part that is lost costs its tick, and no more.
   */
  private sendToHeirs(heirs: Heirs, at: number, now: number): void {
    const busy = new Set<PlayerId>()
    for (const [player, to] of this.attached) {
      this.sendHeirWaiting(to, at)
      if (to.heirWaiting.length > 0) busy.add(player)
    }
    for (const { heir, sent } of heirs.build(now, busy, this.stopped)) {
      const to = this.attached.get(heir)
      if (!to) continue
      for (const { lane, bytes } of sent) {
        if (lane === 'state') to.heirWaiting.push(bytes)
        else if (to.link.send('bulk', bytes) === 'sent') this.up.add(at, bytes.length)
      }
      this.sendHeirWaiting(to, at)
    }
  }

  private sendStarving(at: number): void {
    for (const to of this.attached.values())
      if (to.heirWaitsSince !== null && at - to.heirWaitsSince >= HEIR_WAITS_MS) this.sendHeirWaiting(to, at)
  }

  private sendHeirWaiting(to: Attached, at: number): void {
    const { link, heirWaiting } = to
    const before = heirWaiting.length
    while (heirWaiting[0] && link.send('state', heirWaiting[0]) === 'sent') {
      this.up.add(at, heirWaiting[0].length)
      heirWaiting.shift()
    }
    if (heirWaiting.length === 0) to.heirWaitsSince = null
    else if (heirWaiting.length < before || to.heirWaitsSince === null) to.heirWaitsSince = at
  }
}

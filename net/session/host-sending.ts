/**
 * What the host sends: when each client is sent a snapshot, how much may be in it, and what was in those that left.
 *
 * A tick's snapshots are built (`build`), sent by whoever drives the session, then noted (`packetSent`). What is not noted
 * was never sent: the next snapshot tells it again.
 */

import type { Allowance, Downlink } from '../congestion/downlink.ts'
import { FAST_CLIENTS, FAST_SNAPSHOT_RATE, SLOW_SNAPSHOT_RATE } from '../congestion/limits.ts'
import { SharedUplink } from '../congestion/shared-uplink.ts'
import { describeOversized, OVERSIZED_SNAPSHOTS } from '../replication/oversized.ts'
import { type BuiltSnapshot, type InputFacts, SnapshotBuilder } from '../replication/snapshot-builder.ts'
import { Trajectories } from '../replication/trajectories.ts'
import { holdMsOf } from '../wire/hold.ts'
import { MAX_STATE_BYTES } from '../wire/lanes.ts'
import { MARGIN_PER_TICK } from '../wire/snapshot-head.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import type { World } from '../world/world.ts'
import type { HostClient, HostResult } from './host-client.ts'
import { HELD_RESULT_SECONDS, PARAMETER_SECONDS, SPECTATOR_SNAPSHOT_RATE } from './limits.ts'
import type { ReceivingReport, SendingReport } from './types.ts'

/** The packets for one client after a tick. */
export interface ClientSnapshots {
  readonly player: PlayerId
  readonly packets: readonly BuiltSnapshot[]
}

export interface HostSendingOptions {
  readonly world: World
  readonly clients: ReadonlyMap<PlayerId, HostClient>
  readonly epoch: number
  /** A player whose inputs wait as long as others' take to get here; null: nobody's do. */
  readonly fairPlayer: PlayerId | null
  /** Whether the host has no player of its own. */
  readonly headless: boolean
  /** Hears what is too much for the wire. */
  readonly warn: (problem: string) => void
}

export class HostSending {
  /** The newest tick that snapshots were made of. */
  lastSnapshotTick: number
  /** What happened up to this tick outlives this host, since an heir has it. All does where there is no heir. */
  safeTick = Number.POSITIVE_INFINITY
  /** This page is too slow for all that it does: it sends half as many snapshots. */
  isSparing = false
  private readonly options: HostSendingOptions
  private readonly world: World
  private readonly clients: ReadonlyMap<PlayerId, HostClient>
  private readonly trajectories: Trajectories
  private readonly builder: SnapshotBuilder
  private readonly uplink = new SharedUplink()
  private learnedAt: number
  private fairPlayer: PlayerId | null

  constructor(options: HostSendingOptions) {
    const { world, clients } = options
    this.options = options
    this.world = world
    this.clients = clients
    this.trajectories = new Trajectories(world.game)
    this.builder = new SnapshotBuilder(world, this.trajectories)
    this.lastSnapshotTick = world.tick
    this.learnedAt = world.tick
    this.fairPlayer = options.fairPlayer
  }

  /** A client has another seat. */
  reseat(from: PlayerId, to: PlayerId): void {
    if (this.fairPlayer === from) this.fairPlayer = to
  }

  /** Before each tick. */
  beforeTick(): void {
    this.trajectories.observe(this.world)
  }

  /** After each tick, which these entities did not survive. */
  afterTick(lost: readonly EntityId[]): void {
    this.trajectories.removed(lost, this.world.tick)
  }

  /** All but the bots, which have no link. */
  private get people(): HostClient[] {
    return [...this.clients.values()].filter(({ bot }) => bot === null)
  }

  /** Snapshots a second to players whose path carries so many. Spectators do not count. */
  get snapshotRate(): number {
    let players = 0
    for (const { spectates } of this.people) if (!spectates) players++
    const rate = players <= FAST_CLIENTS ? FAST_SNAPSHOT_RATE : SLOW_SNAPSHOT_RATE
    return this.isSparing ? rate / 2 : rate
  }

  /**
   * For each client whose turn it is, the packets of this tick, to be sent in order; when one is not sent, those behind it
   * are dropped. Nothing is due for those who are `busy` with packets of an earlier tick. What `relevant` throws comes
   * through: it is one of the rules.
   */
  build(now: number, busy: ReadonlySet<PlayerId>): ClientSnapshots[] {
    const built: ClientSnapshots[] = []
    const { snapshotRate } = this
    this.measurePaths(now, snapshotRate)
    for (const client of this.people) {
      const free = client.connected && !client.awaited && !busy.has(client.player)
      const allowance = free ? client.downlink.claimTurn(this.world.tick, now, rateFor(client, snapshotRate)) : null
      if (!allowance) continue
      if (built.length === 0) this.begin()
      built.push({ player: client.player, packets: this.buildFor(client, allowance, now) })
    }
    return built
  }

  private begin(): void {
    const { tick, game } = this.world
    this.lastSnapshotTick = tick
    this.trajectories.update(this.world)
    if (tick - this.learnedAt >= PARAMETER_SECONDS * game.tickRate) {
      this.learnedAt = tick
      this.builder.learn()
    }
    this.delayFairPlayer()
  }

  private buildFor(client: HostClient, { budgetBytes, interval }: Allowance, now: number): BuiltSnapshot[] {
    const { player, spectates, baselines, events } = client
    return this.builder.build({
      ...{ player, spectates },
      baselines,
      facts: this.factsFor(client, now),
      events,
      results: this.resultsFor(client),
      epoch: this.options.epoch,
      interval,
      now,
      budgetBytes,
      // What a client predicts goes in packets as full as can be: the sooner they are all there.
      limitBytes: MAX_STATE_BYTES,
    })
  }

  /**
   * Results are told once an heir has their tick, so that another host goes on with them; after a while also without, and another host
   * may then decide otherwise.
   */
  private resultsFor({ results }: HostClient): readonly HostResult[] {
    const { tick, game } = this.world
    const held = results.findIndex(
      (result) => result.tick > this.safeTick && tick - result.tick < HELD_RESULT_SECONDS * game.tickRate,
    )
    return held < 0 ? results : results.slice(0, held)
  }

  /** What a client is told of its own packets. */
  private factsFor({ inputs, inputArrivedAt, handicapTicks, commandAck }: HostClient, now: number): InputFacts {
    return {
      inputAck: inputs.newest,
      holdMs: holdMsOf(now - inputArrivedAt),
      margin: Math.round((inputs.shortestWait - handicapTicks) * MARGIN_PER_TICK),
      starved: inputs.recentStarvedTicks,
      commandAck,
    }
  }

  /** A packet of `build` has left. */
  packetSent(player: PlayerId, packet: BuiltSnapshot, now: number): void {
    const client = this.clients.get(player)
    if (!client) return
    const { sequence, tick, interval, changes, parameters, leftOver, bytes } = packet
    client.inputs.reported()
    client.downlink.packetSent(now, sequence, bytes.length, leftOver)
    client.rewindCheck.sent(sequence, tick, interval)
    client.baselines.packetSent({ changes, parameters, sentAt: now })
    this.noteSize(client, packet)
  }

  private noteSize(client: HostClient, { oversized, leftOver }: BuiltSnapshot): void {
    if (leftOver !== 'next') client.oversized = 0
    if (!oversized) return
    client.oversized++
    if (client.oversized === OVERSIZED_SNAPSHOTS) this.options.warn(describeOversized(client.player, oversized))
  }

  /** Inputs of guests take half their round trip to get here. The fair player's inputs wait for as long as the median guest's. */
  private delayFairPlayer(): void {
    const { fairPlayer } = this
    const own = fairPlayer === null ? undefined : this.clients.get(fairPlayer)
    if (!own || own.spectates) return
    const trips: number[] = []
    for (const { player, spectates, connected, baselines } of this.people)
      if (player !== own.player && connected && !spectates) trips.push(baselines.roundTrip.ms)
    const medianMs = trips.sort((a, b) => a - b)[trips.length >> 1] ?? 0
    own.handicapTicks = medianMs / 2 / (1000 / this.world.game.tickRate)
  }

  /** Finds the queues on the paths to the clients. */
  private measurePaths(now: number, snapshotRate: number): void {
    const decreased: Downlink[] = []
    let all = 0
    for (const client of this.people) {
      if (!client.connected) continue
      all++
      if (client.downlink.update(now, rateFor(client, snapshotRate))) decreased.push(client.downlink)
    }
    // The host's own player has no network.
    this.uplink.update(now, decreased, this.options.headless ? all : all - 1)
  }

  /** How each client is sent to, and why not more. */
  sendingTo(now: number): Map<PlayerId, SendingReport> {
    return new Map(this.people.map(({ player, downlink }) => [player, downlink.report(now)]))
  }

  /** How each client's inputs come. */
  receivingFrom(): Map<PlayerId, ReceivingReport> {
    return new Map(
      this.people.map(({ player, baselines, inputs: { recent } }) => [
        player,
        { rttMs: baselines.roundTrip.ms, lateShare: recent.lateShare, waitTicks: recent.waitTicks },
      ]),
    )
  }
}

function rateFor({ spectates }: HostClient, snapshotRate: number): number {
  return spectates ? Math.min(SPECTATOR_SNAPSHOT_RATE, snapshotRate) : snapshotRate
}

/**
 * Builds one client's snapshot of a tick: its events, exactly what it predicts, and of the rest what matters most, until
 * the packet or the client's budget is full. Building notes nothing about the client but clean slots and priorities: what
 * was built is plain data. The session sends it, and then tells `Baselines.packetSent`.
 */
import type { LeftOver } from '../congestion/downlink.ts'
import type { Layout } from '../wire/layout.ts'
import { ENVELOPE_BYTES, encodePacket, PacketKind } from '../wire/packet.ts'
import { firstParameters, ParameterLearner, type Parameters } from '../wire/parameters.ts'
import { advanceSequence } from '../wire/sequence.ts'
import { MAX_PARTS, type SnapshotHead } from '../wire/snapshot-head.ts'
import { SnapshotWriter } from '../wire/snapshot-writer.ts'
import type { WireEvent, WireResult } from '../wire/snapshots.ts'
import type { PlayerId } from '../world/ids.ts'
import type { World } from '../world/world.ts'
import type { Baselines } from './baselines.ts'
import { writeExact, writePresented } from './choose-changes.ts'
import { gatherExact, gatherPresented, type PendingChange, raisePriorities } from './pending-changes.ts'
import type { Trajectories } from './trajectories.ts'

/** What events and results may take of a packet, in bytes: a storm of them must not starve the world. */
export const EVENT_BYTES = 400

/** What the head of a packet tells a client about its own packets. */
export type ReceivedFacts = Pick<SnapshotHead, 'inputAck' | 'holdMs' | 'margin' | 'starved' | 'commandAck'>

export interface SnapshotRequest {
  readonly player: PlayerId
  /** Whether the client is a spectator's. Default false. */
  readonly spectates?: boolean
  readonly baselines: Baselines
  readonly facts: ReceivedFacts
  /** Events and answers to commands that the client has not acked, oldest first. */
  readonly events: readonly WireEvent[]
  readonly results: readonly WireResult[]
  readonly epoch: number
  /** Ticks between snapshots. */
  readonly interval: number
  readonly now: number
  /** What the presented section may take, in bytes; the rest is never cut. */
  readonly budgetBytes: number
  /** The longest packet, in bytes. */
  readonly limitBytes: number
}

/** One packet of a tick, built and not yet sent. */
export interface BuiltSnapshot {
  readonly bytes: Uint8Array
  readonly sequence: number
  readonly tick: number
  /** Which of the tick's packets it is, from 0. */
  readonly part: number
  /** Ticks until the next snapshot. */
  readonly interval: number
  /** The exact changes, then the presented ones. */
  readonly changes: readonly PendingChange[]
  readonly exactCount: number
  /** The coding parameters that its sections were written with. */
  readonly parameters: Parameters
  readonly leftOver: LeftOver
  /** Set in the last packet that a tick may have, when the exact changes did not fit into all of them. */
  readonly oversized: Oversized | null
}

/** More exact changes than the packets of one tick can hold. */
export interface Oversized {
  /** The types that they are of, one for each. */
  readonly types: readonly string[]
  /** How many of them did fit. */
  readonly fitted: number
}

export class SnapshotBuilder {
  private readonly world: World
  private readonly trajectories: Trajectories
  private readonly writer: SnapshotWriter
  private readonly learner: ParameterLearner
  /** The coding parameters of packets that are built now. */
  private parameters: Parameters

  constructor(world: World, trajectories: Trajectories) {
    const { parameterCounts } = trajectories.sections
    this.world = world
    this.trajectories = trajectories
    this.writer = new SnapshotWriter(world.game)
    this.learner = new ParameterLearner(parameterCounts)
    this.parameters = firstParameters(parameterCounts)
  }

  /** From now on the coding parameters are those that suit best what was built so far. */
  learn(): void {
    this.parameters = this.learner.suggest(this.parameters)
  }

  /**
   * The packets of this tick for one client: one, or several when what it predicts does not fit into one. They are sent in
   * order; when one is not sent, those behind it are dropped. `Trajectories.cut` comes first.
   */
  build(request: SnapshotRequest): BuiltSnapshot[] {
    const { exact, presented } = this.gather(request)
    const packets: BuiltSnapshot[] = []
    let from = 0
    do {
      const packet = this.buildPart(request, packets.length, exact, from, presented)
      packets.push(packet)
      from += packet.exactCount
    } while (from < exact.length && packets.length < MAX_PARTS)
    return packets
  }

  /** What the client has to hear, the exact and the presented changes. */
  private gather({ player, spectates = false, baselines, now }: SnapshotRequest): {
    exact: readonly PendingChange[]
    presented: readonly PendingChange[]
  } {
    const { world, trajectories } = this
    const view = { world, trajectories, player, spectates, baselines }
    const exact = gatherExact(view)
    const overduePackets = baselines.overduePackets(now)
    baselines.markOverdueDirty(overduePackets)
    const presented = gatherPresented(view, overduePackets)
    baselines.noteClean(exact.clean)
    baselines.noteClean(presented.clean)
    raisePriorities(presented.changes)
    return { exact: exact.changes, presented: presented.changes }
  }

  /**
   * One packet: of the exact changes from the place `from` on as many as fit; after the last of them, of the presented
   * ones what matters most.
   */
  private buildPart(
    request: SnapshotRequest,
    part: number,
    exact: readonly PendingChange[],
    from: number,
    presented: readonly PendingChange[],
  ): BuiltSnapshot {
    const writer = this.writer
    const parameters = this.parameters
    const { tick } = this.world
    const limitBits = (request.limitBytes - ENVELOPE_BYTES) * 8
    const start = this.startOf(request, part)
    writer.begin(start)
    writer.messages(part === 0 ? request.events : [], part === 0 ? request.results : [], EVENT_BYTES * 8)
    writer.parameters()
    const taken = writeExact(writer, from === 0 ? exact : exact.slice(from), limitBits)
    const fitted = from + taken.length
    const last = fitted === exact.length
    const shown = writePresented(writer, last ? presented : [], last ? request.budgetBytes * 8 : 0, limitBits)
    const complete = last && shown.length === presented.length
    const body = writer.finish({ complete, last })
    writer.residuals.teach(this.learner)
    return {
      bytes: encodePacket({ kind: PacketKind.snapshot, epoch: request.epoch, tick, body }),
      sequence: start.head.sequence,
      tick,
      part,
      interval: request.interval,
      changes: taken.length === 0 ? shown : shown.length === 0 ? taken : [...taken, ...shown],
      parameters,
      leftOver: !last ? 'next' : complete ? 'none' : 'wait',
      oversized: !last && part === MAX_PARTS - 1 ? { types: exact.map((change) => this.typeOf(change)), fitted } : null,
      exactCount: taken.length,
    }
  }

  private typeOf({ layout }: PendingChange): string {
    return (this.trajectories.sections.all[layout] as Layout).type.name
  }

  private startOf({ player, baselines, facts, interval }: SnapshotRequest, part: number) {
    const { baselineAge } = baselines
    const { inputAck, holdMs, margin, starved, commandAck } = facts
    const head: SnapshotHead = {
      sequence: advanceSequence(baselines.sequence, part),
      baselineAge: baselineAge === null ? null : baselineAge + part,
      // Both are known once the packet is written.
      complete: false,
      last: false,
      part,
      inputAck,
      holdMs,
      margin,
      starved,
      commandAck,
      interval,
    }
    return {
      tick: this.world.tick,
      receiver: player,
      head,
      baseParameters: baselines.parameters,
      firstParameters: baselines.firstParameters,
      parameters: this.parameters,
    }
  }
}

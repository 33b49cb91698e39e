/**
 * Builds one client's snapshot of a tick: its events, the exact state of what it predicts, and of the rest what matters most,
 * until the packet or the client's budget is full. The result is plain data. The session sends it, and then calls
 * `Baselines.packetSent`. Until then building changes nothing at the client's `Baselines` but clean marks and priorities.
 */
import type { LeftOver } from '../congestion/downlink.ts'
import type { Layout } from '../wire/layout.ts'
import { ENVELOPE_BYTES, encodePacket, PacketKind } from '../wire/packet.ts'
import { firstParameters, ParameterLearner, type Parameters } from '../wire/parameters.ts'
import { advanceSequence } from '../wire/sequence.ts'
import { MAX_PACKETS_PER_TICK, type SnapshotHead } from '../wire/snapshot-head.ts'
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

/** What the head of a snapshot tells a client about its own inputs and commands. */
export type InputFacts = Pick<SnapshotHead, 'inputAck' | 'holdMs' | 'margin' | 'starved' | 'commandAck'>

export interface SnapshotRequest {
  readonly player: PlayerId
  /** Whether the client is a spectator's. Default false. */
  readonly spectates?: boolean
  readonly baselines: Baselines
  readonly facts: InputFacts
  /** Events and answers to commands that the client has not acked, oldest first. */
  readonly events: readonly WireEvent[]
  readonly results: readonly WireResult[]
  readonly epoch: number
  /** Ticks between snapshots. */
  readonly interval: number
  readonly now: number
  /** How many bytes the presented section may take. The rest of the packet is never left out. */
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
  readonly packetIndex: number
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

  /** Chooses the coding parameters that would have suited best what was built so far. */
  learn(): void {
    this.parameters = this.learner.suggest(this.parameters)
  }

  /**
   * The packets of this tick for one client: one, or several when what it predicts does not fit into one. They are sent in
   * order; when one is not sent, those behind it are dropped. Call `Trajectories.update` first.
   */
  build(request: SnapshotRequest): BuiltSnapshot[] {
    const { exact, presented } = this.gather(request)
    const packets: BuiltSnapshot[] = []
    let from = 0
    do {
      const packet = this.buildPacket(request, packets.length, exact, from, presented)
      packets.push(packet)
      from += packet.exactCount
    } while (from < exact.length && packets.length < MAX_PACKETS_PER_TICK)
    return packets
  }

  /** The changes that the client has not acked, of both sections. */
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
   * One packet: as many of the exact changes as fit, beginning with the one at index `from`. The packet that has the last
   * of them also has the presented changes that matter most.
   */
  private buildPacket(
    request: SnapshotRequest,
    packetIndex: number,
    exact: readonly PendingChange[],
    from: number,
    presented: readonly PendingChange[],
  ): BuiltSnapshot {
    const writer = this.writer
    const parameters = this.parameters
    const { tick } = this.world
    const limitBits = (request.limitBytes - ENVELOPE_BYTES) * 8
    const start = this.startOf(request, packetIndex)
    writer.begin(start)
    writer.messages(packetIndex === 0 ? request.events : [], packetIndex === 0 ? request.results : [], EVENT_BYTES * 8)
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
      packetIndex,
      interval: request.interval,
      changes: taken.length === 0 ? shown : shown.length === 0 ? taken : [...taken, ...shown],
      parameters,
      leftOver: !last ? 'next' : complete ? 'none' : 'wait',
      oversized:
        !last && packetIndex === MAX_PACKETS_PER_TICK - 1
          ? { types: exact.map((change) => this.typeOf(change)), fitted }
          : null,
      exactCount: taken.length,
    }
  }

  private typeOf({ layout }: PendingChange): string {
    return (this.trajectories.sections.all[layout] as Layout).type.name
  }

  private startOf({ player, baselines, facts, interval }: SnapshotRequest, packetIndex: number) {
    const { baselineAge } = baselines
    const { inputAck, holdMs, margin, starved, commandAck } = facts
    const head: SnapshotHead = {
      sequence: advanceSequence(baselines.sequence, packetIndex),
      baselineAge: baselineAge === null ? null : baselineAge + packetIndex,
      // Both are known once the packet is written.
      complete: false,
      last: false,
      packetIndex,
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

/** A host and one client of it over the real codec, with acks that come late and packets that may be lost. */

import { unpack } from 'msgpackr'
import { type HostClient, newHostClient } from '../../../net/session/host-client.ts'
import { buildSnapshots } from '../../../net/session/snapshot-builder.ts'
import { type ReadSnapshot, SnapshotReader } from '../../../net/session/snapshot-reader.ts'
import { ConfirmedWorld } from '../../../net/sync/confirmed.ts'
import { Trajectories } from '../../../net/sync/trajectories.ts'
import type { SnapshotAck } from '../../../net/wire/inputs.ts'
import { MAX_STATE_BYTES } from '../../../net/wire/link.ts'
import { decodePacket } from '../../../net/wire/packet.ts'
import { firstParameters, ParameterLearner, type Parameters } from '../../../net/wire/parameters.ts'
import type { EntityId, PlayerId } from '../../../net/world/ids.ts'
import { playerId } from '../../../net/world/ids.ts'
import type { Run } from '../worlds/scenarios.ts'

/** What a bin 16 can carry: "uncut", for figures that shall not depend on the packet's limit. */
export const UNCUT_BYTES = 65_000
/** Ticks between snapshots at 20 a second. */
export const EVERY = 3
const KEEP_TICKS = 120
/** How long a join may take before its snapshots count as cut. */
const JOIN_MS = 1000

/** The host's part that is done once for all clients. */
export class BenchHost {
  readonly trajectories: Trajectories
  readonly learner: ParameterLearner
  parameters: Parameters
  private readonly run: Run
  private present = new Set<EntityId>()

  constructor(run: Run) {
    this.run = run
    this.trajectories = new Trajectories(run.game)
    const counts = this.trajectories.sections.parameterCounts
    this.learner = new ParameterLearner(counts)
    this.parameters = firstParameters(counts)
  }

  /** Runs one tick of the world. */
  tick(): void {
    const { trajectories } = this
    const run = this.run
    trajectories.observe(run.world)
    run.tick()
    const present = new Set(run.world.records.keys())
    trajectories.removed(
      [...this.present].filter((id) => !present.has(id)),
      run.world.tick,
    )
    this.present = present
    if (run.world.tick % run.game.tickRate === 0) this.parameters = this.learner.suggest(this.parameters)
  }
}

export interface ChannelOptions {
  readonly player: PlayerId
  readonly ackMs: number
  /** Whether the snapshot sent at this moment is lost. */
  readonly lost: (now: number) => boolean
  readonly limitBytes: number
  /** The default bucket of 24 kB/s, or none. */
  readonly bucket: boolean
}

/** One client. */
export class BenchChannel {
  readonly client: HostClient
  readonly reader: SnapshotReader
  readonly confirmed = new ConfirmedWorld(KEEP_TICKS)
  readonly sizes: number[] = []
  cut = 0
  sent = 0
  private readonly host: BenchHost
  private readonly run: Run
  private readonly options: ChannelOptions
  private readonly acks: { readonly at: number; readonly ack: SnapshotAck }[] = []

  constructor(host: BenchHost, run: Run, options: ChannelOptions) {
    this.host = host
    this.run = run
    this.options = options
    this.client = newHostClient(run.game, options.player, 0)
    this.reader = new SnapshotReader(run.game, options.player)
  }

  /** Takes the acks that have come by now. */
  hear(now: number): void {
    for (let first = this.acks[0]; first && first.at <= now + 1e-6; first = this.acks[0]) {
      this.acks.shift()
      this.client.replication.acknowledge(first.ack, now)
    }
  }

  /** Encodes this tick's packets, as they would be sent. */
  encode(now: number): Uint8Array[] {
    const { run, client, options } = this
    const host = this.host
    // An input of 100 ms round trip and two ticks of slack, as a steady client's.
    client.inputs.newest = run.world.tick + 8
    client.inputArrivedAt = now - 8
    const packets: Uint8Array[] = []
    const request = {
      world: run.world,
      trajectories: host.trajectories,
      learner: host.learner,
      parameters: host.parameters,
      client,
      epoch: 1,
      interval: EVERY,
      now,
      budgetBytes: options.bucket ? client.bucket.available(now) : UNCUT_BYTES,
      limitBytes: options.limitBytes,
    }
    for (const { bytes, settle } of buildSnapshots(request)) {
      settle(true)
      packets.push(bytes)
    }
    return packets
  }

  /** Decodes packets as the client does. */
  decode(packets: readonly Uint8Array[], now: number): (ReadSnapshot | null)[] {
    return packets.map((bytes) => {
      const packet = bytes.length <= MAX_STATE_BYTES ? decodePacket(bytes) : unpackUncut(bytes)
      const read = packet && this.reader.read(packet.tick, packet.body, now)
      return read && typeof read !== 'string' ? read : null
    })
  }

  /** One snapshot: encode, lose or deliver, acknowledge. Returns what arrived. */
  exchange(now: number): (ReadSnapshot | null)[] {
    this.hear(now)
    const packets = this.encode(now)
    this.sizes.push(packets.reduce((sum, { length }) => sum + length, 0))
    this.sent++
    const arrived = packets.filter(() => !this.options.lost(now))
    const reads = this.decode(arrived, now)
    for (const read of reads) if (read) this.confirmed.apply(this.run.world.tick, read.news)
    const last = reads[reads.length - 1]
    // A join's full state needs several packets and is no snapshot of play.
    if (last && !last.snapshot.head.complete && now > JOIN_MS) this.cut++
    this.acknowledge(now)
    return reads
  }

  /** The client sends an ack, which arrives later. */
  acknowledge(now: number): void {
    const ack = this.reader.ack(now)
    if (ack) this.acks.push({ at: now + this.options.ackMs, ack })
  }
}

/** An uncut packet is one that no link would carry, so the real decoder refuses it; any MessagePack decoder reads it. */
function unpackUncut(bytes: Uint8Array): { tick: number; body: Uint8Array } {
  const [, , tick, body] = unpack(bytes.slice()) as [number, number, number, Uint8Array]
  return { tick, body }
}

/** Whose client a scenario is looked at through. Worlds without players are looked at by a guest who owns nothing. */
export function viewers(run: Run, most: number): PlayerId[] {
  return run.players.length > 0 ? run.players.slice(0, most) : [playerId(0, 1)]
}

export { MAX_STATE_BYTES }

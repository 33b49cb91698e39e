/** A host and one client of it over the real codec, with acks that come late and packets that may be lost or overtaken. */

import { unpack } from 'msgpackr'
import { CLIENT_BURST_BYTES, CLIENT_BYTES_PER_SECOND } from '../../../net/congestion/limits.ts'
import { TokenBucket } from '../../../net/congestion/token-bucket.ts'
import { ConfirmedWorld } from '../../../net/replication/confirmed-world.ts'
import { SnapshotBuilder } from '../../../net/replication/snapshot-builder.ts'
import { type ReadSnapshot, SnapshotReader } from '../../../net/replication/snapshot-reader.ts'
import { Trajectories } from '../../../net/replication/trajectories.ts'
import { type HostClient, newHostClient } from '../../../net/session/host-client.ts'
import type { SnapshotAck } from '../../../net/wire/inputs.ts'
import { MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import type { AnyGame } from '../../../net/world/game.ts'
import { type EntityId, type PlayerId, playerId } from '../../../net/world/ids.ts'
import type { World } from '../../../net/world/world.ts'
import { readPacket } from '../../net/wire/read.ts'
import type { Run } from '../worlds/scenarios.ts'
import { countWrong, TruthLog } from './truth.ts'

/** What a bin 16 can carry: "uncut", for figures that shall not depend on the packet's limit. */
export const UNCUT_BYTES = 65_000
/** Ticks between snapshots at 20 a second. */
export const EVERY = 3
const KEEP_TICKS = 120
/** How long a join may take before its snapshots count as cut. */
const JOIN_MS = 1000

export interface HostOptions {
  /** The codec's view of the game, where it is not the game itself: what a step of the codec brings is seen without it. */
  readonly game?: AnyGame
  /** Whether the coding parameters follow what is sent; else they stay what everybody starts with. Default true. */
  readonly learns?: boolean
}

/** The host's part that is done once for all clients. */
export class BenchHost {
  readonly run: Run
  readonly game: AnyGame
  /** The run's world, as one of `game`. */
  readonly world: World
  readonly trajectories: Trajectories
  readonly builder: SnapshotBuilder
  readonly truths = new TruthLog()
  private readonly learns: boolean
  private present = new Set<EntityId>()

  constructor(run: Run, { game = run.game, learns = true }: HostOptions = {}) {
    this.run = run
    this.game = game
    this.world = game === run.game ? run.world : Object.create(run.world, { game: { value: game } })
    this.learns = learns
    this.trajectories = new Trajectories(game)
    this.builder = new SnapshotBuilder(this.world, this.trajectories)
  }

  /** Runs one tick of the world. */
  tick(): void {
    this.beforeTick()
    this.run.tick()
    this.afterTick()
  }

  /** For hosts that share a world. */
  beforeTick(): void {
    this.trajectories.observe(this.world)
  }

  afterTick(): void {
    const { world, trajectories } = this
    const present = new Set(world.records.keys())
    trajectories.removed(
      [...this.present].filter((id) => !present.has(id)),
      world.tick,
    )
    this.present = present
    if (this.learns && world.tick % this.game.tickRate === 0) this.builder.learn()
  }

  /** Before the snapshots of a tick. */
  cut(): void {
    this.trajectories.update(this.world)
    this.truths.keep(this.run.world)
  }
}

export interface ChannelOptions {
  readonly player: PlayerId
  /** From a packet's arrival to that of its ack. */
  readonly ackMs: number
  /** Whether the snapshot sent at this moment is lost. */
  readonly lost: (now: number) => boolean
  /** Whether the ack sent at this moment is lost; there is one in each of the client's packets, 60 a second. */
  readonly ackLost: (now: number) => boolean
  /** By how much the next snapshot comes late, in ms. */
  readonly lateMs: () => number
  readonly limitBytes: number
  /** The default bucket of 24 kB/s, or none. */
  readonly bucket: boolean
}

/** A perfect link, and nothing cut. */
export const plainChannel: Omit<ChannelOptions, 'player'> = {
  ackMs: 100,
  lost: () => false,
  ackLost: () => false,
  lateMs: () => 0,
  limitBytes: UNCUT_BYTES,
  bucket: false,
}

/** A packet that came, and what the client read in it: null for what it could not use. */
export interface Arrival {
  readonly tick: number
  readonly bytes: Uint8Array
  readonly body: Uint8Array
  readonly read: ReadSnapshot | null
}

/** One client. */
export class BenchChannel {
  client: HostClient
  readonly reader: SnapshotReader
  readonly confirmed = new ConfirmedWorld(KEEP_TICKS)
  /** Bytes by snapshot, all packets of a tick together, and by packet. */
  readonly sizes: number[] = []
  readonly packetSizes: number[] = []
  /** Of the snapshots that came after joining, those that had to leave something out. */
  cut = 0
  whole = 0
  /** Wrong states, and packets that the client took for none. */
  wrong = 0
  private readonly host: BenchHost
  private readonly options: ChannelOptions
  /** The default one; what a narrow path would make of it is another bench's subject. */
  private readonly bucket = new TokenBucket(CLIENT_BYTES_PER_SECOND, CLIENT_BURST_BYTES)
  private readonly flying: { readonly at: number; readonly packets: readonly Uint8Array[] }[] = []
  private readonly acks: { readonly at: number; readonly ack: SnapshotAck }[] = []

  constructor(host: BenchHost, options: ChannelOptions) {
    this.host = host
    this.options = options
    this.client = newHostClient(host.game, options.player, 0)
    this.reader = new SnapshotReader(host.game, options.player)
  }

  /** Takes the acks that have come by now. */
  hear(now: number): void {
    for (let first = this.acks[0]; first && first.at <= now + 1e-6; first = this.acks[0]) {
      this.acks.shift()
      this.client.baselines.acknowledge(first.ack, now)
    }
  }

  /** Encodes this tick's packets, as they would be sent. */
  encode(now: number): Uint8Array[] {
    const { client, options, host } = this
    const { player, baselines, events, results, commandAck } = client
    // An input of 100 ms round trip and two ticks of slack, as a steady client's.
    const facts = {
      inputAck: host.world.tick + 8,
      holdMs: 8,
      margin: client.inputs.shortestWait * 16,
      starved: 0,
      commandAck,
    }
    const built = host.builder.build({
      ...{ player, baselines, facts, events, results, now },
      epoch: 1,
      interval: EVERY,
      budgetBytes: options.bucket ? this.bucket.available(now) : UNCUT_BYTES,
      limitBytes: options.limitBytes,
    })
    return built.map(({ bytes, changes, parameters }) => {
      baselines.packetSent({ changes, parameters, sentAt: now })
      this.bucket.spend(bytes.length)
      return bytes
    })
  }

  /** Decodes packets as the client does. */
  decode(packets: readonly Uint8Array[], now: number): Arrival[] {
    return packets.map((bytes) => {
      const packet = bytes.length <= MAX_STATE_BYTES ? readPacket(bytes) : unpackUncut(bytes)
      if (!packet) throw new Error('A packet came out malformed.')
      const read = this.reader.read(packet.tick, packet.body, now)
      if (read === 'snapshot') this.wrong++
      return { ...packet, bytes, read: typeof read === 'string' ? null : read }
    })
  }

  /** One tick of the link: hears, sends if it is time, takes what arrives, and acknowledges. Checks every state. */
  step(now: number, sends: boolean): Arrival[] {
    this.hear(now)
    if (sends) this.send(now)
    const arrivals = this.takeArrived(now)
    this.apply(arrivals)
    for (const arrival of arrivals) {
      if (!arrival.read) continue
      this.wrong += countWrong(this.host.truths, this.confirmed, arrival, this.options.player, !this.isVariant)
      const { head } = arrival.read.snapshot
      // A join's full state needs several packets and is no snapshot of play.
      if (!head.last || now <= JOIN_MS) continue
      if (head.complete) this.whole++
      else this.cut++
    }
    this.acknowledge(now)
    return arrivals
  }

  /** Takes what was read into the world as the client knows it. */
  apply(arrivals: readonly Arrival[]): void {
    for (const { tick, read } of arrivals) if (read) this.confirmed.apply(tick, read.changes)
    if (arrivals.length > 0) this.confirmed.forget()
  }

  private get isVariant(): boolean {
    return this.host.game !== this.host.run.game
  }

  private send(now: number): void {
    const packets = this.encode(now)
    for (const { length } of packets) this.packetSizes.push(length)
    this.sizes.push(packets.reduce((sum, { length }) => sum + length, 0))
    const { lost, lateMs } = this.options
    const arrived = packets.filter(() => !lost(now))
    if (arrived.length > 0) this.flying.push({ at: now + lateMs(), packets: arrived })
  }

  private takeArrived(now: number): Arrival[] {
    const arrivals: Arrival[] = []
    for (let i = 0; i < this.flying.length; i++) {
      const next = this.flying[i]
      if (!next || next.at > now + 1e-6) continue
      this.flying.splice(i--, 1)
      arrivals.push(...this.decode(next.packets, now))
    }
    return arrivals
  }

  /** The client sends an ack, which arrives later. */
  acknowledge(now: number): void {
    const ack = this.reader.ack(now)
    if (ack && !this.options.ackLost(now)) this.acks.push({ at: now + this.options.ackMs, ack })
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

/**
 * A host's recording, run again: the nearest key frame before the wanted tick is loaded, and the ticks after it run with what
 * they ran with then. The same rules give the same world, to the bit.
 *
 * The bytes may be a stranger's. What breaks a rule, and rules that throw, end the track at the tick before.
 */

import { HostRewind, maxRewindTicks } from '../prediction/host-rewind.ts'
import type { TickRecord } from '../session/host.ts'
import type { ReplayFailure } from '../session/recordings.ts'
import { BitReader } from '../wire/bits.ts'
import type { AnyGame } from '../world/game.ts'
import type { RecordedTick } from '../world/history.ts'
import { MAX_SEATS, type PlayerId } from '../world/ids.ts'
import { copyRow, type RecordCopy, type Row } from '../world/record.ts'
import { loadWorld } from '../world/save.ts'
import { runTick } from '../world/tick.ts'
import { type Emitted, World } from '../world/world.ts'
import type { FileHead, HostChunk } from './file.ts'
import { readPast } from './key-frame.ts'
import { TickReader } from './tick-codec.ts'
import type { Track } from './track.ts'
import { hashWorld } from './world-hash.ts'

const DAMAGED = 'The bytes of this tick are damaged.'

export class HostTrack implements Track {
  readonly world: World
  readonly firstTick: number
  failure: ReplayFailure | null = null
  emitted: readonly Emitted[] = []
  private readonly game: AnyGame
  private readonly chunks: readonly HostChunk[]
  private readonly lastRecorded: number
  private readonly keepTicks: number
  /** The states of the last ticks, the oldest first, without a gap. */
  private past: RecordedTick[] = []
  private readonly seen = new Map<PlayerId, { readonly inputs: { seenTick: number } }>()
  private inputs: ReadonlyMap<PlayerId, Row> = new Map()
  /** The chunk that the world stands in; null: the world is not to be used. */
  private index: number | null = null
  private reader: TickReader

  /** `chunks`: at least one. */
  constructor(game: AnyGame, { seed, options, settings }: FileHead, chunks: readonly HostChunk[]) {
    this.game = game
    this.chunks = chunks
    this.world = new World({ game, seed, options, settings, predicting: null })
    this.keepTicks = maxRewindTicks(this.world.dt) + 2
    this.world.rewind = new HostRewind(this.world, { stateAt: (tick) => this.stateAt(tick) }, this.seen)
    const [first, last] = [chunks[0] as HostChunk, chunks[chunks.length - 1] as HostChunk]
    this.firstTick = first.firstTick - 1
    this.lastRecorded = last.firstTick + last.ticks - 1
    this.reader = new TickReader(game, new BitReader(first.inputs))
  }

  /** Whether the first tick can be shown. To be called once, before all else. */
  begin(): boolean {
    return this.load(0)
  }

  get tick(): number {
    return this.world.tick
  }

  get lastTick(): number {
    return this.failure ? this.failure.tick - 1 : this.lastRecorded
  }

  go(tick: number): void {
    for (;;) {
      const to = Math.max(this.firstTick, Math.min(tick, this.lastTick))
      const index = this.chunkOf(to)
      if (this.index === null || to < this.tick || index > this.index + 1) {
        // A key frame that is damaged ends the track before its chunk.
        if (!this.load(index)) {
          this.fail((this.chunks[index] as HostChunk).firstTick, DAMAGED)
          continue
        }
      }
      while (this.tick < to && this.advance()) {}
      if (this.index !== null) return
    }
  }

  /** The chunk that runs a tick; the first for the tick before it. */
  private chunkOf(tick: number): number {
    let [low, high] = [0, this.chunks.length - 1]
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.chunks[middle] as HostChunk).firstTick <= tick) low = middle
      else high = middle - 1
    }
    return low
  }

  private load(index: number): boolean {
    const { firstTick, world, past, inputs } = this.chunks[index] as HostChunk
    this.index = null
    const states = readPast(this.game, firstTick - 1, past)
    if (!states || loadWorld(this.world, world) !== null || this.tick !== firstTick - 1) return false
    this.past = states
    if (states.at(-1)?.tick !== this.tick) this.record()
    this.index = index
    this.reader = new TickReader(this.game, new BitReader(inputs))
    this.emitted = []
    this.inputs = new Map()
    this.seen.clear()
    return true
  }

  /** Runs the next tick. False when it cannot be run: then the world is not to be used. */
  private advance(): boolean {
    const tick = this.tick + 1
    const chunk = this.chunks[this.index as number] as HostChunk
    if (tick >= chunk.firstTick + chunk.ticks) {
      this.index = (this.index as number) + 1
      this.reader = new TickReader(this.game, new BitReader((this.chunks[this.index] as HostChunk).inputs))
    }
    const record = this.reader.read(tick)
    if (!record || this.world.players.length + record.run.joined.length > 2 * MAX_SEATS) return this.fail(tick, DAMAGED)
    this.noteSeen(record.seen)
    try {
      runTick(this.world, tick, record.run)
    } catch (error) {
      return this.fail(tick, error)
    }
    this.inputs = record.run.inputs
    this.emitted = this.world.emitted
    this.record()
    return true
  }

  /** A rewind keeps its records for as long as its client is the same object: made anew in each tick, they took most of its time. */
  private noteSeen(seen: TickRecord['seen']): void {
    for (const player of this.seen.keys()) if (!seen.has(player)) this.seen.delete(player)
    for (const [player, seenTick] of seen) {
      const known = this.seen.get(player)
      if (known) known.inputs.seenTick = seenTick
      else this.seen.set(player, { inputs: { seenTick } })
    }
  }

  private fail(tick: number, error: unknown): false {
    this.index = null
    this.failure = { tick, error }
    return false
  }

  private record(): void {
    const records: RecordCopy[] = []
    for (const type of this.game.schema.types)
      if (type.role !== 'input')
        for (const record of this.world.list(type))
          records.push({ type, id: record.id, owner: record.owner, row: copyRow(record) })
    this.past.push({ tick: this.tick, records })
    if (this.past.length > this.keepTicks) this.past.shift()
  }

  /** As `History.stateAt`: before the oldest, the oldest. */
  private stateAt(tick: number): RecordedTick | null {
    const [first] = this.past
    if (!first) return null
    return this.past[Math.max(0, Math.min(this.past.length - 1, Math.floor(tick) - first.tick))] ?? null
  }

  recordsAt(tick: number): readonly RecordCopy[] | null {
    const then = this.stateAt(tick)
    return then?.tick === tick ? then.records : null
  }

  inputOf(player: PlayerId): Row | null {
    return this.inputs.get(player) ?? null
  }

  hash(): number {
    return hashWorld(this.world)
  }

  get recordedHash(): number | null {
    const chunk = this.chunks[this.chunkOf(this.tick)] as HostChunk
    return chunk.hashes[this.tick - chunk.firstTick] ?? null
  }
}

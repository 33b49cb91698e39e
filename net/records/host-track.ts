/**
 * A host's recording, run again: loads the nearest key frame before the wanted tick, and runs the ticks after it with their recorded inputs.
 * The same rules give the same world, to the bit.
 *
 * The bytes may be a stranger's. Malformed bytes, and rules that throw, end the track at the tick before.
 */

import { HostRewind, maxRewindTicks } from '../prediction/host-rewind.ts'
import type { TickRecord } from '../session/host.ts'
import type { ReplayFailure } from '../session/recordings.ts'
import { BitReader } from '../wire/bits.ts'
import type { Emitted } from '../world/emitted.ts'
import type { AnyGame } from '../world/game.ts'
import type { RecordedTick } from '../world/history.ts'
import { MAX_SEATS, type PlayerId } from '../world/ids.ts'
import { copyRow, type RecordCopy, type Row } from '../world/record.ts'
import { loadWorld } from '../world/save.ts'
import { runTick } from '../world/tick.ts'
import { World } from '../world/world.ts'
import type { FileHead, HostChunk } from './file.ts'
import { type KeyFrame, readPast, takeKeyFrame } from './key-frame.ts'
import { TickReader } from './tick-codec.ts'
import type { Track } from './track.ts'
import { hashWorld } from './world-hash.ts'

/** Marks that are kept, one for each second that was run: about 20 kB each. */
const MAX_MARKS = 256

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
  /** The chunk that the world is in; null: the world is not valid. */
  private index: number | null = null
  /** What the ticks of the chunk `opened` ran with. */
  private records: TickRecord[] = []
  private opened = -1
  private readonly marks = new Map<number, KeyFrame>()
  /** Whether the run began at a key frame of the chunk that it is in. */
  private isMarking = false

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
  }

  /** Loads the first tick. Call it once, first. False: the recording cannot be shown. */
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
      // A key frame that is damaged ends the track before its chunk.
      if (!this.standBefore(to, index)) this.fail((this.chunks[index] as HostChunk).firstTick, DAMAGED)
      else while (this.tick < to && this.advance()) {}
      if (this.index !== null) return
    }
  }

  /** Loads the world from which the fewest ticks have to run: the present one, a mark, or the chunk's key frame. */
  private standBefore(to: number, index: number): boolean {
    if (this.index !== null && (to === this.tick || to === this.tick + 1)) return true
    const isHere = index === this.index && this.tick < to
    const marked = this.markBefore(to, index)
    if (isHere && (marked === null || marked <= this.tick)) return true
    return this.load(index, marked)
  }

  /** The newest tick of a chunk at or before `to` that has a mark. */
  private markBefore(to: number, index: number): number | null {
    const { firstTick } = this.chunks[index] as HostChunk
    for (let tick = to; tick >= firstTick; tick--) if (this.marks.has(tick)) return tick
    return null
  }

  /** Keeps the world of every second as a mark, for shorter seeks. */
  private mark(): void {
    const { firstTick } = this.chunks[this.index as number] as HostChunk
    if (!this.isMarking || (this.tick + 1 - firstTick) % this.game.tickRate !== 0 || this.marks.has(this.tick)) return
    const [oldest] = this.marks.keys()
    if (this.marks.size >= MAX_MARKS && oldest !== undefined) this.marks.delete(oldest)
    this.marks.set(this.tick, takeKeyFrame(this.world, { stateAt: (tick) => this.stateAt(tick) }))
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

  /** `marked`: the tick of a mark; null for the chunk's own key frame. */
  private load(index: number, marked: number | null = null): boolean {
    const chunk = this.chunks[index] as HostChunk
    const frame = marked === null ? chunk : (this.marks.get(marked) as KeyFrame)
    const tick = marked ?? chunk.firstTick - 1
    this.index = null
    const states = readPast(this.game, tick, frame.past)
    if (!states || loadWorld(this.world, frame.world) !== null || this.tick !== tick) return false
    this.past = states
    if (states.at(-1)?.tick !== tick) this.record()
    this.openChunk(index)
    this.isMarking = true
    this.emitted = []
    this.inputs = this.records[tick - chunk.firstTick]?.run.inputs ?? new Map()
    this.seen.clear()
    return true
  }

  /** Reads the recorded inputs of a chunk's ticks, up to the first malformed bytes. */
  private openChunk(index: number): void {
    this.index = index
    if (this.opened === index) return
    const { firstTick, ticks, inputs } = this.chunks[index] as HostChunk
    const reader = new TickReader(this.game, new BitReader(inputs))
    this.opened = index
    this.records = []
    for (let i = 0; i < ticks; i++) {
      const record = reader.read(firstTick + i)
      if (!record) return
      this.records.push(record)
    }
  }

  /** Runs the next tick. False when it cannot be run: the world is then not valid. */
  private advance(): boolean {
    const tick = this.tick + 1
    const index = this.chunkOf(tick)
    if (index !== this.index) {
      this.openChunk(index)
      // Under other rules this may be another world by now: no seek may begin from it.
      this.isMarking = false
    }
    const record = this.records[tick - (this.chunks[index] as HostChunk).firstTick]
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
    this.mark()
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

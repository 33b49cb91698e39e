/**
 * Host → client: the world after a tick, as one client may know it. The order is the order of importance: clocks and
 * acks, events and results, then exactly what the client predicts, then as much of the rest as fits.
 */
import type { AnyGame, CommandType, EventType } from '../world/game.ts'
import { MAX_ORDINAL, type PlayerId } from '../world/ids.ts'
import type { Row } from '../world/record.ts'
import type { GoneReason } from '../world/types.ts'
import { BitReader, BitWriter, bitsFor } from './bits.ts'
import { ChangeReader } from './change-reader.ts'
import { ChangeWriter } from './change-writer.ts'
import type { Held, SectionContext, SlotChange } from './changes.ts'
import { readOptionalPlayer, writeOptionalPlayer } from './identity.ts'
import { messageIdentity, readMessage, writeMessage } from './messages.ts'
import type { Parameters, Residuals } from './parameters.ts'
import { type Sections, sectionsOf } from './sections.ts'
import { amendSnapshotHead, readSnapshotHead, type SnapshotHead, writeSnapshotHead } from './snapshot-head.ts'
import type { RecordState } from './states.ts'

export interface WireEvent {
  /** Counts the events to this client from 1. */
  readonly number: number
  readonly type: EventType
  readonly tick: number
  readonly owner: PlayerId | null
  readonly ordinal: number
  readonly row: Row
}

export interface WireResult {
  readonly id: number
  readonly type: CommandType
  readonly row: Row
}

/** One slot's news, to be written: what the receiver has of it, and what it is to have. */
export type WireChange = {
  readonly layout: number
  readonly slot: number
  readonly team: boolean
} & (
  | { readonly state: RecordState; readonly base: RecordState | null; readonly reason: null; readonly goneAt: null }
  | { readonly state: null; readonly base: null; readonly reason: GoneReason; readonly goneAt: number }
)

export interface Snapshot {
  readonly head: SnapshotHead
  readonly events: readonly WireEvent[]
  readonly results: readonly WireResult[]
  readonly parameters: Parameters
  /** Indices of layouts are among all of the game's sections. */
  readonly exact: readonly SlotChange[]
  readonly presented: readonly SlotChange[]
}

const EVENT_AGE = 2
const ORDINAL = 0

export interface SnapshotWriterOptions {
  readonly game: AnyGame
  readonly tick: number
  readonly receiver: PlayerId
  readonly head: SnapshotHead
  /** What the receiver has with the baseline; null when that is not known. */
  readonly baseParameters: Parameters | null
  /** What it starts with. */
  readonly firstParameters: Parameters
  readonly parameters: Parameters
  /** Takes the numbers of what is written, without what was taken back. */
  readonly residuals: Residuals
}

/** What one tick of one client is written in, one after the other: nothing else is begun before `finish`. */
const scratch = new BitWriter(1280)

/** Writes one snapshot, part after part. */
export class SnapshotWriter {
  private readonly w = scratch
  private readonly options: SnapshotWriterOptions
  private readonly sections: Sections
  private readonly writer: ChangeWriter

  constructor(options: SnapshotWriterOptions) {
    const { game, tick, receiver, head, parameters, residuals } = options
    this.options = options
    this.sections = sectionsOf(game)
    const context = sectionContext(this.sections, tick, receiver, head, parameters, residuals)
    this.writer = new ChangeWriter(this.w, context)
    this.w.rewind(0)
    residuals.length = 0
    writeSnapshotHead(this.w, options.game, options.tick, options.head)
  }

  get bitLength(): number {
    return this.w.bitLength
  }

  /**
   * Events and results, the oldest first, as many as fit into `limitBits` more; the first of all goes whatever it takes,
   * or one longer than the limit would stop all after it. Returns how many of each.
   */
  messages(
    events: readonly WireEvent[],
    results: readonly WireResult[],
    limitBits: number,
  ): { events: number; results: number } {
    const limit = this.w.bitLength + limitBits
    const written = { events: 0, results: 0 }
    for (const event of events) {
      if (!this.piece(written.events === 0 ? Number.POSITIVE_INFINITY : limit, () => this.event(event))) break
      written.events++
    }
    this.w.flag(false)
    for (const result of results) {
      const first = written.events + written.results === 0
      if (!this.piece(first ? Number.POSITIVE_INFINITY : limit, () => this.result(result))) break
      written.results++
    }
    this.w.flag(false)
    return written
  }

  private piece(limit: number, write: () => void): boolean {
    const before = this.w.bitLength
    this.w.flag(true)
    write()
    if (this.w.bitLength <= limit) return true
    this.w.rewind(before)
    return false
  }

  private event({ number, type, tick, owner, ordinal, row }: WireEvent): void {
    const { w } = this
    const { game } = this.options
    w.unsigned(number)
    w.bits(type.index, bitsFor(game.schema.events.length - 1))
    w.rice(this.options.tick - tick, EVENT_AGE)
    writeOptionalPlayer(w, messageIdentity(game, this.options.tick), owner)
    w.rice(ordinal, ORDINAL)
    writeMessage(w, game, this.options.tick, type.fields, row)
  }

  private result({ id, type, row }: WireResult): void {
    const { game, tick } = this.options
    this.w.unsigned(id)
    this.w.bits(type.index, bitsFor(game.schema.commands.length - 1))
    writeMessage(this.w, game, tick, type.result, row)
  }

  /** What has to be known before the sections: how their numbers are coded. */
  parameters(): void {
    const { w } = this
    const { parameters, baseParameters, firstParameters } = this.options
    w.flag(parameters !== baseParameters)
    if (parameters === baseParameters) return
    w.flag(baseParameters === null)
    const from = baseParameters ?? firstParameters
    for (const [layout, values] of parameters.entries()) {
      const before = from[layout] ?? values
      const changed = values.some((value, i) => value !== before[i])
      w.flag(changed)
      if (!changed) continue
      for (const [i, value] of values.entries()) {
        w.flag(value !== before[i])
        if (value !== before[i]) w.bits(value, 5)
      }
    }
  }

  /**
   * A section's changes, sorted by layout and slot. False once the packet is longer than `limitBits`: what is written is
   * then of no use.
   */
  section(
    part: 'exact' | 'presented',
    changes: readonly WireChange[],
    limitBits: number = Number.POSITIVE_INFINITY,
  ): boolean {
    const { w, writer } = this
    const { exact, all } = this.sections
    const end = part === 'exact' ? exact.length : all.length
    let next = 0
    for (let index = part === 'exact' ? 0 : exact.length; index < end; index++) {
      const from = next
      while (next < changes.length && (changes[next] as WireChange).layout === index) next++
      w.flag(next > from)
      if (next === from) continue
      writer.begin(index)
      writer.count(next - from)
      for (let i = from; i < next; i++) {
        const change = changes[i] as WireChange
        writeChange(writer, change.slot, change)
        if (w.bitLength > limitBits) return false
      }
    }
    return w.bitLength <= limitBits
  }

  /** Bits of one change alone, without its place in the list. */
  measure(change: WireChange): number {
    const { w } = this
    const before = this.mark()
    this.writer.begin(change.layout)
    writeChange(this.writer, 0, change)
    const bits = w.bitLength - before.bitLength
    this.rewind(before)
    return bits
  }

  /** Where the writing stands, to go back to. */
  mark(): WriterMark {
    return { bitLength: this.w.bitLength, residuals: this.options.residuals.length }
  }

  rewind({ bitLength, residuals }: WriterMark): void {
    this.w.rewind(bitLength)
    this.options.residuals.length = residuals
  }

  /** The packet's body: a view that holds until the next packet is begun. */
  finish(head: Pick<SnapshotHead, 'complete' | 'last'>): Uint8Array {
    amendSnapshotHead(this.w, head)
    return this.w.view()
  }
}

export interface WriterMark {
  readonly bitLength: number
  readonly residuals: number
}

function writeChange(writer: ChangeWriter, slot: number, change: WireChange): void {
  if (!change.state) writer.gone(slot, change.reason, change.goneAt)
  else if (change.base) writer.delta(slot, change.base, change.state, change.team)
  else writer.full(slot, change.state, change.team)
}

function sectionContext(
  { all: layouts, seatBits }: Sections,
  tick: number,
  receiver: PlayerId,
  { baselineAge, interval }: SnapshotHead,
  parameters: Parameters,
  residuals: Residuals | null,
): SectionContext {
  const since = tick - (baselineAge ?? 0) * interval
  return { seatBits, tick, since, layouts, parameters, receiver, residuals }
}

/** What a reader has to have of earlier snapshots. */
export interface SnapshotBaselines {
  readonly firstParameters: Parameters
  /** What this side held with the packet that another builds on; null when that is not known here any more. */
  heldBefore(head: SnapshotHead): Held | null
}

/** The snapshot; `malformed` for bytes that are none; `missing` when it builds on what this side does not have. */
export function decodeSnapshot(
  game: AnyGame,
  receiver: PlayerId,
  tick: number,
  body: Uint8Array,
  baselines: SnapshotBaselines,
): Snapshot | 'malformed' | 'missing' {
  const r = new BitReader(body)
  const head = readSnapshotHead(r, game, tick)
  if (!head) return 'malformed'
  const events: WireEvent[] = []
  while (r.flag()) {
    const event = readEvent(r, game, tick)
    if (event === null || !r.ok) return 'malformed'
    events.push(event)
  }
  const results: WireResult[] = []
  while (r.flag()) {
    const result = readResult(r, game, tick)
    if (result === null || !r.ok) return 'malformed'
    results.push(result)
  }
  const held = baselines.heldBefore(head)
  if (!held) return 'missing'
  const parameters = readParameters(r, baselines.firstParameters, held.parameters)
  if (!parameters) return 'malformed'
  const sections = sectionsOf(game)
  const reader = new ChangeReader(r, sectionContext(sections, tick, receiver, head, parameters, null), held)
  const first = sections.exact.length
  const exact = reader.section(0, first)
  const presented = exact && reader.section(first, sections.all.length)
  if (reader.missing) return 'missing'
  if (!exact || !presented || !r.finished()) return 'malformed'
  return { head, events, results, parameters, exact, presented }
}

function readParameters(r: BitReader, first: Parameters, base: Parameters): Parameters | null {
  if (!r.flag()) return r.ok ? base : null
  const from = r.flag() ? first : base
  const parameters = from.map((before) => {
    if (!r.flag()) return before
    return before.map((value) => (r.flag() ? r.bits(5) : value))
  })
  return r.ok ? parameters : null
}

function readEvent(r: BitReader, game: AnyGame, tick: number): WireEvent | null {
  const number = r.unsigned()
  const type = game.schema.events[r.bits(bitsFor(game.schema.events.length - 1))]
  const age = r.rice(EVENT_AGE)
  const owner = readOptionalPlayer(r, messageIdentity(game, tick))
  const ordinal = r.rice(ORDINAL)
  if (!type || age > tick || ordinal > MAX_ORDINAL || number < 1) return null
  const row = readMessage(r, game, tick, type.fields)
  return row && { number, type, tick: tick - age, owner, ordinal, row }
}

function readResult(r: BitReader, game: AnyGame, tick: number): WireResult | null {
  const id = r.unsigned()
  const type = game.schema.commands[r.bits(bitsFor(game.schema.commands.length - 1))]
  if (!type || id < 1) return null
  const row = readMessage(r, game, tick, type.result)
  return row && { id, type, row }
}

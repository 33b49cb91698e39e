/**
 * Writes snapshots (packet kind 1), one after the other. Each is written in the order of importance: `begin` (clocks and
 * acks), `messages` (events and results), `parameters`, `section` twice, `finish`. A section that came out too long is
 * erased: `mark` before it, `rewind` after it.
 */
import type { AnyGame } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'
import { BitWriter, bitsFor } from './bits.ts'
import { ChangeWriter } from './change-writer.ts'
import { estimateBaselineTick, type WireChange } from './changes.ts'
import { writeOptionalPlayer } from './identity.ts'
import { messageIdentity, writeMessage } from './messages.ts'
import { type Parameters, Residuals } from './parameters.ts'
import { type Sections, sectionsOf } from './sections.ts'
import { amendSnapshotHead, type SnapshotHead, writeSnapshotHead } from './snapshot-head.ts'
import { EVENT_AGE, EVENT_ORDINAL, type WireEvent, type WireResult } from './snapshots.ts'

/** What a packet is written from: its head, and how its numbers are coded. */
export interface SnapshotStart {
  readonly tick: number
  readonly receiver: PlayerId
  readonly head: SnapshotHead
  /** The parameters that the receiver has with the baseline; null when they are not known. */
  readonly baseParameters: Parameters | null
  /** The parameters that every receiver starts with. */
  readonly firstParameters: Parameters
  /** The parameters that this packet's sections are coded with. */
  readonly parameters: Parameters
}

/** A position in the packet, to rewind to. */
export interface WriterMark {
  readonly bitLength: number
  readonly residuals: number
}

export class SnapshotWriter {
  /** The numbers written so far, without those that were rewound. The host learns the coding parameters from them. */
  readonly residuals = new Residuals()
  private readonly w = new BitWriter(1280)
  private readonly game: AnyGame
  private readonly sections: Sections
  private readonly changes: ChangeWriter
  private start: SnapshotStart | null = null
  private tick = 0

  constructor(game: AnyGame) {
    this.game = game
    this.sections = sectionsOf(game)
    this.changes = new ChangeWriter(this.w, this.sections, this.residuals)
  }

  /** Begins a packet. The view that `finish` returned before is no longer valid. */
  begin(start: SnapshotStart): void {
    const { tick, receiver, head, parameters } = start
    this.start = start
    this.tick = tick
    this.w.rewind(0)
    this.residuals.length = 0
    this.changes.beginPacket(tick, estimateBaselineTick(tick, head), receiver, parameters)
    writeSnapshotHead(this.w, this.game, tick, head)
  }

  get bitLength(): number {
    return this.w.bitLength
  }

  /**
   * Writes events and results, the oldest first, as many as fit into `limitBits` more. The very first is written whatever
   * its length; otherwise one that is longer than the limit would block all behind it. Returns how many of each were written.
   */
  messages(
    events: readonly WireEvent[],
    results: readonly WireResult[],
    limitBits: number,
  ): { events: number; results: number } {
    const limit = this.w.bitLength + limitBits
    const written = { events: 0, results: 0 }
    for (const event of events) {
      if (!this.tryWrite(written.events === 0 ? Number.POSITIVE_INFINITY : limit, () => this.event(event))) break
      written.events++
    }
    this.w.flag(false)
    for (const result of results) {
      const first = written.events + written.results === 0
      if (!this.tryWrite(first ? Number.POSITIVE_INFINITY : limit, () => this.result(result))) break
      written.results++
    }
    this.w.flag(false)
    return written
  }

  /** Writes one message, and erases it when the packet is longer than `limit` then. Returns whether it stays. */
  private tryWrite(limit: number, write: () => void): boolean {
    const before = this.w.bitLength
    this.w.flag(true)
    write()
    if (this.w.bitLength <= limit) return true
    this.w.rewind(before)
    return false
  }

  private event({ number, type, tick, owner, ordinal, row }: WireEvent): void {
    const { w, game } = this
    w.unsigned(number)
    w.bits(type.index, bitsFor(game.schema.events.length - 1))
    w.rice(this.tick - tick, EVENT_AGE)
    writeOptionalPlayer(w, messageIdentity(game, this.tick), owner)
    w.rice(ordinal, EVENT_ORDINAL)
    writeMessage(w, game, this.tick, type.fields, row)
  }

  private result({ id, type, row }: WireResult): void {
    const { w, game } = this
    w.unsigned(id)
    w.bits(type.index, bitsFor(game.schema.commands.length - 1))
    writeMessage(w, game, this.tick, type.result, row)
  }

  /** Writes the coding parameters of the sections, as a change to those that the receiver has. */
  parameters(): void {
    const { w } = this
    const start = this.start
    if (!start) throw new Error('Call begin first.')
    const { parameters, baseParameters, firstParameters } = start
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
   * Writes a section's changes, sorted by layout and slot. Stops and returns false once the packet is longer than
   * `limitBits`: the caller then rewinds.
   */
  section(
    section: 'exact' | 'presented',
    changes: readonly WireChange[],
    limitBits: number = Number.POSITIVE_INFINITY,
  ): boolean {
    const { w } = this
    const { exact, all } = this.sections
    const end = section === 'exact' ? exact.length : all.length
    let next = 0
    for (let index = section === 'exact' ? 0 : exact.length; index < end; index++) {
      const from = next
      while (next < changes.length && (changes[next] as WireChange).layout === index) next++
      w.flag(next > from)
      if (next === from) continue
      this.changes.beginLayout(index)
      this.changes.count(next - from)
      for (let i = from; i < next; i++) {
        const change = changes[i] as WireChange
        this.changes.write(change.slot, change)
        if (w.bitLength > limitBits) return false
      }
    }
    return w.bitLength <= limitBits
  }

  /** How many bits one change takes, without its gap in the list. */
  measure(change: WireChange): number {
    const before = this.mark()
    this.changes.beginLayout(change.layout)
    this.changes.write(0, change)
    const bits = this.w.bitLength - before.bitLength
    this.rewind(before)
    return bits
  }

  mark(): WriterMark {
    return { bitLength: this.w.bitLength, residuals: this.residuals.length }
  }

  rewind({ bitLength, residuals }: WriterMark): void {
    this.w.rewind(bitLength)
    this.residuals.length = residuals
  }

  /** Fills in what was not known at `begin`. Returns the packet's body: a view that is valid until the next `begin`. */
  finish(head: Pick<SnapshotHead, 'complete' | 'last'>): Uint8Array {
    amendSnapshotHead(this.w, head)
    return this.w.view()
  }
}

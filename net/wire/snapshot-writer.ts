/**
 * Writes snapshots (packet kind 1), one after the other, in the order of importance: `begin` (clocks and acks), `messages`
 * (events and results), `parameters`, `section` twice, `finish`. A section that came out too long is taken back with
 * `mark` and `rewind`.
 */
import type { AnyGame } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'
import { BitWriter, bitsFor } from './bits.ts'
import { ChangeWriter } from './change-writer.ts'
import { sectionSince, type WireChange } from './changes.ts'
import { writeOptionalPlayer } from './identity.ts'
import { messageIdentity, writeMessage } from './messages.ts'
import { type Parameters, Residuals } from './parameters.ts'
import { type Sections, sectionsOf } from './sections.ts'
import { amendSnapshotHead, type SnapshotHead, writeSnapshotHead } from './snapshot-head.ts'
import { EVENT_AGE, EVENT_ORDINAL, type WireEvent, type WireResult } from './snapshots.ts'

/** What a packet begins with, and how its numbers are coded. */
export interface SnapshotStart {
  readonly tick: number
  readonly receiver: PlayerId
  readonly head: SnapshotHead
  /** What the receiver has with the baseline; null when that is not known. */
  readonly baseParameters: Parameters | null
  /** What it starts with. */
  readonly firstParameters: Parameters
  /** What this packet's sections are coded with. */
  readonly parameters: Parameters
}

/** A place in the packet to go back to. */
export interface WriterMark {
  readonly bitLength: number
  readonly residuals: number
}

export class SnapshotWriter {
  /** The numbers of the packet so far, without what was taken back: the host learns from them. */
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

  /** Begins a packet. What `finish` gave of the one before is no longer valid. */
  begin(start: SnapshotStart): void {
    const { tick, receiver, head, parameters } = start
    this.start = start
    this.tick = tick
    this.w.rewind(0)
    this.residuals.length = 0
    this.changes.beginPacket(tick, sectionSince(tick, head), receiver, parameters)
    writeSnapshotHead(this.w, this.game, tick, head)
  }

  get bitLength(): number {
    return this.w.bitLength
  }

  /**
   * Events and results, the oldest first, as many as fit into `limitBits` more. The first of all goes whatever it takes,
   * or one longer than the limit would stop all after it. Returns how many of each were written.
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

  /** How the numbers of the sections are coded: as a change to what the receiver has. */
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
   * A section's changes, sorted by layout and slot. False once the packet is longer than `limitBits`: what is written is
   * then of no use.
   */
  section(
    part: 'exact' | 'presented',
    changes: readonly WireChange[],
    limitBits: number = Number.POSITIVE_INFINITY,
  ): boolean {
    const { w } = this
    const { exact, all } = this.sections
    const end = part === 'exact' ? exact.length : all.length
    let next = 0
    for (let index = part === 'exact' ? 0 : exact.length; index < end; index++) {
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

  /** Bits of one change alone, without its place in the list. */
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

  /** The packet's body, with what was not known when it was begun: a view that is valid until the next packet is begun. */
  finish(head: Pick<SnapshotHead, 'complete' | 'last'>): Uint8Array {
    amendSnapshotHead(this.w, head)
    return this.w.view()
  }
}

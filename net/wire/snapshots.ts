/**
 * Host → client: the world after a tick, as one client may know it. The order is the order of importance: clocks and
 * acks, events and results, then exactly what the client predicts, then what went, then as much of the rest as fits.
 */
import type { AnyGame, CommandType, EventType } from '../world/game.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import type { Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import type { GoneReason } from '../world/types.ts'
import { BitReader, BitWriter, bitsFor } from './bits.ts'
import {
  type Grid,
  type Knows,
  knowsPublic,
  type RecordHead,
  readFields,
  readHead,
  readPlayer,
  readRecordId,
  writeFields,
  writeHead,
  writePlayer,
  writeRecordId,
} from './records.ts'

export interface SnapshotHead {
  /** Counts the packets to this client, modulo 2^16. */
  readonly sequence: number
  /** Nothing was left out: what is not mentioned has not changed since what this client acknowledged. */
  readonly complete: boolean
  /** Which of the tick's packets this is, and whether it is the last: the exact part may need several. 0 to 15. */
  readonly part: number
  readonly last: boolean
  /** The newest input received of this client, by its tick. */
  readonly inputAck: number | null
  /** How long ago it arrived, in whole ms, at most 1000. */
  readonly holdMs: number
  /** Ticks by which the client's newest input was early (positive) or late, in 16ths. */
  readonly margin: number
  /** How many of the last 64 ticks had to do without an input of this client. */
  readonly starved: number
  /** The newest snapshot whose ack has arrived, or null: what deltas may build on. */
  readonly ackSeen: number | null
  /** All commands up to this number have been received. */
  readonly commandAck: number
  /** Ticks between snapshots as sent now: 2 at 30 a second. 1 to 31. */
  readonly interval: number
}

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

export interface WireRecord extends RecordHead {
  readonly row: Row
}

export interface Tombstone {
  readonly id: EntityId
  /** The first tick without it. */
  readonly tick: number
  readonly reason: GoneReason
}

export interface Snapshot {
  readonly head: SnapshotHead
  readonly events: readonly WireEvent[]
  readonly results: readonly WireResult[]
  readonly exact: readonly WireRecord[]
  readonly tombstones: readonly Tombstone[]
  readonly presented: readonly WireRecord[]
}

/** The part of a snapshot that a record stands in. */
export type Part = 'exact' | 'presented'

/** Only entities are coarse where they are merely drawn; `step` computes with the rest. */
function gridOf(type: RecordType, part: Part): Grid {
  return part === 'presented' && type.role === 'entity' ? 'presented' : 'exact'
}

/** What a receiver may know of a record. */
export function knowsAs(receiver: PlayerId, owner: PlayerId | null, sameTeam: boolean): Knows {
  return (audience) => {
    switch (audience) {
      case 'all':
        return true
      case 'owner':
        return owner === receiver
      case 'team':
        return sameTeam
      case 'nobody':
        return false
    }
  }
}

/** Writes one snapshot piece by piece; a piece that would pass the limit is taken back and refused. */
export class SnapshotWriter {
  private readonly w = new BitWriter(1280)
  private readonly game: AnyGame
  private readonly tick: number
  private readonly limitBits: number

  /** `limitBytes`: the most the body may take. */
  constructor(game: AnyGame, tick: number, limitBytes: number, head: SnapshotHead) {
    this.game = game
    this.tick = tick
    // Five lists have to be ended whatever happens.
    this.limitBits = limitBytes * 8 - 5
    const { w } = this
    w.bits(head.sequence, 16)
    w.flag(head.complete)
    w.bits(head.part, 4)
    w.flag(head.last)
    w.flag(head.inputAck !== null)
    if (head.inputAck !== null) w.signed(head.inputAck - tick)
    w.unsigned(head.holdMs)
    w.signed(head.margin)
    w.bits(head.starved, 7)
    w.flag(head.ackSeen !== null)
    if (head.ackSeen !== null) w.bits(head.ackSeen, 16)
    w.unsigned(head.commandAck)
    w.bits(head.interval, 5)
  }

  get bitLength(): number {
    return this.w.bitLength
  }

  /** The snapshot turned out to leave something out, or not to be the tick's last packet. */
  amend({ complete, last }: Pick<SnapshotHead, 'complete' | 'last'>): void {
    this.w.patch(16, complete)
    this.w.patch(21, last)
  }

  event(event: WireEvent): boolean {
    return this.piece((w) => {
      w.unsigned(event.number)
      w.bits(event.type.index, bitsFor(this.game.schema.events.length - 1))
      w.unsigned(this.tick - event.tick)
      writePlayer(w, event.owner)
      w.unsigned(event.ordinal)
      writeFields(w, this.tick, event.type.fields, event.row, 'exact', knowsPublic)
    })
  }

  result({ id, type, row }: WireResult): boolean {
    return this.piece((w) => {
      w.unsigned(id)
      w.bits(type.index, bitsFor(this.game.schema.commands.length - 1))
      writeFields(w, this.tick, type.result, row, 'exact', knowsPublic)
    })
  }

  record(record: WireRecord, part: Part, knows: Knows): boolean {
    return this.piece((w) => {
      writeHead(w, this.game, this.tick, record)
      writeFields(w, this.tick, record.type, record.row, gridOf(record.type, part), knows)
    })
  }

  tombstone({ id, tick, reason }: Tombstone): boolean {
    return this.piece((w) => {
      writeRecordId(w, this.tick, id)
      w.unsigned(this.tick - tick)
      w.flag(reason === 'out of view')
    })
  }

  /** Ends the list of events, of results, of exact records, of tombstones, of presented records: five times in all. */
  endList(): void {
    this.w.flag(false)
  }

  finish(): Uint8Array {
    return this.w.finish()
  }

  private piece(write: (w: BitWriter) => void): boolean {
    const before = this.w.bitLength
    this.w.flag(true)
    write(this.w)
    if (this.w.bitLength <= this.limitBits) return true
    this.w.rewind(before)
    return false
  }
}

/** Null for bytes that are no snapshot of this game for `receiver`. */
export function decodeSnapshot(game: AnyGame, receiver: PlayerId, tick: number, body: Uint8Array): Snapshot | null {
  const r = new BitReader(body)
  const head = readSnapshotHead(r, tick)
  const snapshot: Snapshot = {
    head,
    events: readList(r, () => readEvent(r, game, tick)),
    results: readList(r, () => readResult(r, game, tick)),
    exact: readList(r, () => readRecord(r, game, tick, receiver, 'exact')),
    tombstones: readList(r, () => readTombstone(r, tick)),
    presented: readList(r, () => readRecord(r, game, tick, receiver, 'presented')),
  }
  return r.finished() && head.interval > 0 ? snapshot : null
}

function readSnapshotHead(r: BitReader, tick: number): SnapshotHead {
  const sequence = r.bits(16)
  const complete = r.flag()
  const part = r.bits(4)
  const last = r.flag()
  return {
    sequence,
    complete,
    part,
    last,
    inputAck: r.flag() ? Math.max(0, tick + r.signed()) : null,
    holdMs: Math.min(r.unsigned(), 1000),
    margin: r.signed(),
    starved: r.bits(7),
    ackSeen: r.flag() ? r.bits(16) : null,
    commandAck: r.unsigned(),
    interval: r.bits(5),
  }
}

function readList<T>(r: BitReader, read: () => T | null): T[] {
  const list: T[] = []
  while (r.flag()) {
    const item = read()
    if (item === null || !r.ok) {
      r.fail()
      break
    }
    list.push(item)
  }
  return list
}

function readEvent(r: BitReader, game: AnyGame, tick: number): WireEvent | null {
  const number = r.unsigned()
  const type = game.schema.events[r.bits(bitsFor(game.schema.events.length - 1))]
  const age = r.unsigned()
  const owner = readPlayer(r)
  const ordinal = r.unsigned()
  if (!type || age > tick) return null
  return { number, type, tick: tick - age, owner, ordinal, row: readFields(r, tick, type.fields, 'exact', knowsPublic) }
}

function readResult(r: BitReader, game: AnyGame, tick: number): WireResult | null {
  const id = r.unsigned()
  const type = game.schema.commands[r.bits(bitsFor(game.schema.commands.length - 1))]
  if (!type) return null
  return { id, type, row: readFields(r, tick, type.result, 'exact', knowsPublic) }
}

function readRecord(r: BitReader, game: AnyGame, tick: number, receiver: PlayerId, part: Part): WireRecord | null {
  const head = readHead(r, game, tick)
  if (!head) return null
  const row = readFields(r, tick, head.type, gridOf(head.type, part), knowsAs(receiver, head.owner, false))
  return { ...head, row }
}

function readTombstone(r: BitReader, tick: number): Tombstone | null {
  const id = readRecordId(r, tick)
  const age = r.unsigned()
  const hidden = r.flag()
  if (id === null || age > tick) return null
  return { id, tick: tick - age, reason: hidden ? 'out of view' : 'destroyed' }
}

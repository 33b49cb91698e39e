/**
 * A run of world states as bits: each state is written against the one before. What moves evenly costs one bit a record.
 * Used for the states that a key frame brings along, and for what a guest's page showed.
 *
 * In go copies of records on the simulation's grid, in the order of types and of ids. Out come equal copies. Inputs are
 * left out, and so is opaque state: a read record has what `create` of the field gives.
 */

import type { BitReader, BitWriter } from '../wire/bits.ts'
import type { AnyGame } from '../world/game.ts'
import { simSteps } from '../world/grid.ts'
import { type EntityId, MAX_RECORDS, type PlayerId } from '../world/ids.ts'
import { fromMessagePack, toMessagePack } from '../world/message-pack.ts'
import { initialNumbers, initialObjects, type RecordCopy, type Row } from '../world/record.ts'
import { fitsIdentity, fitsNumber, fitsObject } from '../world/save.ts'
import type { NumberField, ObjectField, RecordType } from '../world/schema.ts'

/** Longest text or list of one field, bytes: 255 numbers of nine bytes each and their heads fit. */
const MAX_OBJECT_BYTES = 4096
/** The mean size of a field's changes follows the newest ones by this share. */
const ADAPTATION = 1 / 16
/** Sizes above it need no longer parameter. */
const MAX_RICE = 40

/** The last state of a record: each side keeps the same. */
interface Tracked {
  readonly type: RecordType
  readonly id: EntityId
  readonly owner: PlayerId | null
  /** By column, in steps of the simulation's grid. */
  readonly steps: Float64Array
  /** By how many steps each moved in the newest state. */
  readonly deltas: Float64Array
  readonly objects: unknown[]
}

/** Only these move evenly. All other values are expected to stay. */
function moves({ kind }: NumberField): boolean {
  return kind === 'fixed' || kind === 'angle'
}

function track(type: RecordType, id: EntityId, owner: PlayerId | null): Tracked {
  const steps = Float64Array.from(initialNumbers(type), (value, column) =>
    simSteps(type.numbers[column] as NumberField, value),
  )
  return { type, id, owner, steps, deltas: new Float64Array(steps.length), objects: initialObjects(type) }
}

/** The records that are tracked, by type, in the order of ids; and how far each field's values stray from what is expected. */
class Track {
  readonly types: readonly RecordType[]
  readonly records: Tracked[][]
  private readonly sizes: Float64Array[]

  constructor({ schema: { types } }: AnyGame) {
    this.types = types.filter(({ role }) => role !== 'input')
    this.records = types.map(() => [])
    this.sizes = types.map(({ numbers }) => new Float64Array(numbers.length).fill(1))
  }

  /** Rice's parameter for the next residue of a field. */
  parameter({ index }: RecordType, column: number): number {
    const mean = (this.sizes[index] as Float64Array)[column] as number
    let bits = 0
    // No logarithm: engines differ in its last bits.
    for (let rest = mean; rest >= 1 && bits < MAX_RICE; rest /= 2) bits++
    return bits
  }

  learn({ index }: RecordType, column: number, residue: number): void {
    const sizes = this.sizes[index] as Float64Array
    sizes[column] = (sizes[column] as number) + (Math.abs(residue) - (sizes[column] as number)) * ADAPTATION
  }
}

export class StateWriter {
  private readonly track: Track

  constructor(game: AnyGame) {
    this.track = new Track(game)
  }

  /** `records`: sorted by type, then by id. */
  write(w: BitWriter, records: readonly RecordCopy[]): void {
    let next = 0
    for (const type of this.track.types) {
      while (next < records.length && (records[next] as RecordCopy).type.index < type.index) next++
      const first = next
      while (records[next]?.type === type) next++
      this.writeType(w, type, records.slice(first, next))
    }
  }

  private writeType(w: BitWriter, type: RecordType, records: readonly RecordCopy[]): void {
    const kept: Tracked[] = []
    const newcomers: RecordCopy[] = []
    let next = 0
    for (const tracked of this.track.records[type.index] ?? []) {
      while (next < records.length && (records[next] as RecordCopy).id < tracked.id)
        newcomers.push(records[next++] as RecordCopy)
      const record = records[next]
      const stays = record?.id === tracked.id && record.owner === tracked.owner
      w.flag(stays)
      if (!stays) continue
      next++
      this.writeChange(w, tracked, record.row)
      kept.push(tracked)
    }
    while (next < records.length) newcomers.push(records[next++] as RecordCopy)
    w.unsigned(newcomers.length)
    for (const { id, owner, row } of newcomers) {
      const tracked = track(type, id, owner)
      w.unsigned(id)
      w.unsigned(owner ?? 0)
      this.writeChange(w, tracked, row)
      kept.push(tracked)
    }
    this.track.records[type.index] = kept.sort((a, b) => a.id - b.id)
  }

  /** One bit says that all is as expected. */
  private writeChange(w: BitWriter, tracked: Tracked, row: Row): void {
    const { type, steps, deltas } = tracked
    const start = w.bitLength
    let changed = false
    w.flag(true)
    for (const field of type.numbers) {
      const { column } = field
      const now = simSteps(field, row.numbers[column] as number)
      const moved = now - (steps[column] as number)
      const residue = moved - (deltas[column] as number)
      w.flag(residue !== 0)
      if (residue !== 0) {
        changed = true
        w.signedRice(residue, this.track.parameter(type, column))
        this.track.learn(type, column, residue)
      }
      steps[column] = now
      deltas[column] = moves(field) ? moved : 0
    }
    for (const field of type.objects)
      changed = writeObject(w, field, tracked.objects, row.objects[field.column]) || changed
    if (changed) return
    w.rewind(start)
    w.flag(false)
  }
}

/** Returns whether it changed. */
function writeObject(w: BitWriter, { kind, column }: ObjectField, held: unknown[], value: unknown): boolean {
  if (kind === 'opaque') return false
  const bytes = toMessagePack(value)
  const same = isSameBytes(bytes, toMessagePack(held[column]))
  w.flag(!same)
  if (same) return false
  held[column] = Array.isArray(value) ? value.slice() : value
  w.unsigned(bytes.length)
  w.raw(bytes)
  return true
}

function isSameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

export class StateReader {
  private readonly track: Track

  constructor(game: AnyGame) {
    this.track = new Track(game)
  }

  /** The next state, sorted by type, then by id; null when the bits are none. Every record costs a bit at least. */
  read(r: BitReader): RecordCopy[] | null {
    const copies: RecordCopy[] = []
    for (const type of this.track.types) {
      if (!this.readType(r, type)) return null
      for (const { id, owner, steps, objects } of this.track.records[type.index] ?? []) {
        const numbers = steps.map((step, column) => step * (type.numbers[column] as NumberField).simStep + 0)
        copies.push({ type, id, owner, row: { numbers, objects: [...objects] } })
      }
    }
    return copies
  }

  private readType(r: BitReader, type: RecordType): boolean {
    const kept: Tracked[] = []
    for (const tracked of this.track.records[type.index] ?? []) {
      if (!r.flag()) continue
      if (!this.readChange(r, tracked)) return false
      kept.push(tracked)
    }
    const ids = new Set(kept.map(({ id }) => id))
    const count = r.unsigned()
    if (!r.ok || kept.length + count > MAX_RECORDS) return false
    for (let i = 0; i < count; i++) {
      const id = r.unsigned()
      const owner = r.unsigned()
      if (!r.ok || ids.has(id as EntityId) || !fitsIdentity(type, id, owner)) return false
      ids.add(id as EntityId)
      const tracked = track(type, id as EntityId, owner === 0 ? null : (owner as PlayerId))
      if (!this.readChange(r, tracked)) return false
      kept.push(tracked)
    }
    this.track.records[type.index] = kept.sort((a, b) => a.id - b.id)
    return r.ok
  }

  private readChange(r: BitReader, { type, steps, deltas, objects }: Tracked): boolean {
    const changed = r.flag()
    for (const field of type.numbers) {
      const { column } = field
      let residue = 0
      if (changed && r.flag()) {
        residue = r.signedRice(this.track.parameter(type, column))
        this.track.learn(type, column, residue)
      }
      const moved = (deltas[column] as number) + residue
      const now = (steps[column] as number) + moved
      if (moved !== 0 && !fitsNumber(field, now * field.simStep + 0)) return false
      steps[column] = now
      deltas[column] = moves(field) ? moved : 0
    }
    if (changed) for (const field of type.objects) if (!readObject(r, field, objects)) return false
    return r.ok
  }
}

function readObject(r: BitReader, field: ObjectField, objects: unknown[]): boolean {
  if (field.kind === 'opaque' || !r.flag()) return r.ok
  const length = r.unsigned()
  if (!r.ok || length > MAX_OBJECT_BYTES) return false
  try {
    objects[field.column] = fromMessagePack(r.raw(length))
  } catch {
    return false
  }
  return r.ok && fitsObject(field, objects[field.column])
}

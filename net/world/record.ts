/**
 * A record: the globals, a player's record, an input or an entity. Its numbers stand in one row, so that copying,
 * rounding and comparing are loops; the developer sees properties with the names of the fields.
 */

import { fromNumber, toNumber } from './grid.ts'
import type { EntityId, PlayerId } from './ids.ts'
import type { CompiledField, NumberField, ObjectField, RecordType } from './schema.ts'
import { fitText } from './text.ts'

/** What a record asks of whoever holds it. */
export interface Holder {
  /** Whether `referee` is running (or nobody): authority fields may be written. */
  readonly refereeing: boolean
  exists(id: EntityId): boolean
  /** A write that the rules do not allow; the sentence is for the developer. */
  refuse(problem: string): void
}

export interface Row {
  readonly numbers: Float64Array
  readonly objects: unknown[]
}

/** A record's row by itself, with what names it: a copy, out of any world. */
export interface RecordCopy {
  readonly type: RecordType
  readonly id: EntityId
  readonly owner: PlayerId | null
  readonly row: Row
}

export class GameRecord implements Row {
  readonly id: EntityId
  readonly owner: PlayerId | null
  readonly numbers: Float64Array
  readonly objects: unknown[]
  /** The parts of the type, under a name no field can have. */
  readonly $type: RecordType
  $holder: Holder
  /** False for what this machine only knows from others: writes are dropped. */
  $writable = true
  $alive = true
  /** Set by views: whether this page's player owns it. */
  $mine = false

  constructor(type: RecordType, holder: Holder, id: EntityId, owner: PlayerId | null, row?: Row) {
    this.$type = type
    this.$holder = holder
    this.id = id
    this.owner = owner
    this.numbers = row?.numbers ?? initialNumbers(type)
    this.objects = row?.objects ?? initialObjects(type)
  }

  get type(): string {
    return this.$type.name
  }

  get mine(): boolean {
    return this.$mine
  }
}

export function initialNumbers(type: RecordType): Float64Array {
  const numbers = new Float64Array(type.numbers.length)
  for (const field of type.numbers) numbers[field.slot] = field.initial
  return numbers
}

export function initialObjects(type: RecordType): unknown[] {
  return type.objects.map((field) => (field.kind === 'opaque' ? field.opaque?.create() : copyObject(field.initial)))
}

/** Lists are the developer's to change, so every copy of a row has its own; text and opaque state are shared. */
function copyObject(value: unknown): unknown {
  return Array.isArray(value) ? value.slice() : value
}

export function copyRow(row: Row): Row {
  return { numbers: row.numbers.slice(), objects: row.objects.length === 0 ? [] : row.objects.map(copyObject) }
}

export function assignRow(to: Row, from: Row): void {
  to.numbers.set(from.numbers)
  for (let i = 0; i < from.objects.length; i++) to.objects[i] = copyObject(from.objects[i])
}

/** The classes of records, one per type: properties on the prototype, no code made from text. */
const classes = new WeakMap<RecordType, typeof GameRecord>()

export function recordClass(type: RecordType): typeof GameRecord {
  const known = classes.get(type)
  if (known) return known
  const made = class extends GameRecord {}
  for (const field of type.fields) Object.defineProperty(made.prototype, field.name, property(type, field))
  classes.set(type, made)
  return made
}

function property(type: RecordType, field: CompiledField): PropertyDescriptor {
  const path = `${type.name}.${field.name}`
  if (field.store === 'object') return { enumerable: true, ...objectProperty(path, field) }
  return { enumerable: true, ...numberProperty(path, field) }
}

function mayWrite(record: GameRecord, field: CompiledField, path: string): boolean {
  if (!record.$writable || !record.$alive) return false
  if (field.authority && !record.$holder.refereeing) {
    record.$holder.refuse(`${path} is written in step, but only referee may write it`)
    return false
  }
  return true
}

function numberProperty(path: string, field: NumberField): PropertyDescriptor {
  const { slot } = field
  function set(this: GameRecord, value: unknown): void {
    if (!mayWrite(this, field, path)) return
    const number = toNumber(field, value)
    if (Number.isNaN(number)) this.$holder.refuse(`${path} cannot be ${String(value)}; it keeps its old value`)
    else this.numbers[slot] = number
  }
  switch (field.kind) {
    case 'int':
    case 'fixed':
    case 'angle':
    case 'tick':
      return {
        get(this: GameRecord) {
          return this.numbers[slot]
        },
        set,
      }
    case 'entity':
      return {
        get(this: GameRecord) {
          const id = this.numbers[slot] as EntityId
          return id !== 0 && this.$holder.exists(id) ? id : null
        },
        set,
      }
    default:
      return {
        get(this: GameRecord) {
          return fromNumber(field, this.numbers[slot] ?? 0)
        },
        set,
      }
  }
}

function objectProperty(path: string, field: ObjectField): PropertyDescriptor {
  const { slot } = field
  return {
    get(this: GameRecord) {
      return this.objects[slot]
    },
    set(this: GameRecord, value: unknown) {
      if (!mayWrite(this, field, path)) return
      const right =
        field.kind === 'string' ? typeof value === 'string' : field.kind === 'list' ? Array.isArray(value) : true
      if (right) this.objects[slot] = typeof value === 'string' ? fitText(value, field.max) : copyObject(value)
      else this.$holder.refuse(`${path} cannot be ${String(value)}; it keeps its old value`)
    },
  }
}

/** Writes what the developer gave at a spawn, an event or a command; fields left out keep their initial value. */
export function assignInit(record: GameRecord, init: Readonly<Record<string, unknown>>): void {
  for (const field of record.$type.fields) {
    const value = init[field.name]
    if (value !== undefined) (record as unknown as Record<string, unknown>)[field.name] = value
  }
}

/** The row as plain values by field name, as inspectors and events show it; `shows` may leave fields out. */
export function plainValues(
  type: RecordType,
  row: Row,
  shows?: (field: CompiledField) => boolean,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const field of type.fields) {
    if (shows && !shows(field)) continue
    values[field.name] =
      field.store === 'number' ? fromNumber(field, row.numbers[field.slot] ?? 0) : copyObject(row.objects[field.slot])
  }
  return values
}

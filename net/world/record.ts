/**
 * A record: the globals, a player's record, an input or an entity. Its numbers stand in one row, so that copying,
 * rounding and comparing are loops; the developer sees properties with the names of the fields.
 */

import { checkObject } from './given.ts'
import { fromNumber, toNumber } from './grid.ts'
import type { EntityId, PlayerId } from './ids.ts'
import { type Inspect, inspectCustom, inspectedAs } from './inspect.ts'
import type { CompiledField, NumberField, ObjectField, RecordType } from './schema.ts'
import { fitText } from './text.ts'

/** What a record asks of whoever holds it. */
export interface Holder {
  /** Whether `referee` is running (or nobody): authority fields may be written. */
  readonly refereeing: boolean
  /** Whether fields that never leave the host are here: then they are shown like the others. */
  readonly seesHidden: boolean
  exists(id: EntityId): boolean
  /** A write that the rules do not allow; the sentence is for the developer. */
  refuse(problem: string): void
  /** Why a record cannot be written, for the sentence; null where a write is dropped on purpose. */
  whyReadOnly(record: GameRecord): string | null
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

/**
 * Its fields, and of an entity what names it, are properties of the object itself, so that it is copied and logged as
 * what the game knows of it; all that is the library's is not enumerable.
 */
export class GameRecord implements Row {
  declare readonly id: EntityId
  declare readonly type: string
  declare readonly owner: PlayerId | null
  declare readonly numbers: Float64Array
  declare readonly objects: unknown[]
  /** The parts of the type, under a name no field can have. */
  declare readonly $type: RecordType
  declare readonly $holder: Holder
  /** False for what this machine only knows from others: writes are dropped. */
  declare $writable: boolean
  declare $alive: boolean

  constructor(type: RecordType, holder: Holder, id: EntityId, owner: PlayerId | null, row?: Row) {
    const layout = layoutOf(type, holder.seesHidden)
    layout.id.value = id
    layout.owner.value = owner
    layout.numbers.value = row?.numbers ?? initialNumbers(type)
    layout.objects.value = row?.objects ?? initialObjects(type)
    layout.$holder.value = holder
    Object.defineProperties(this, layout.all)
  }

  /** Whether this page's player owns it: of records that are drawn. */
  get mine(): boolean {
    return false
  }

  /** Makes it one that is drawn. */
  set $mine(mine: boolean) {
    Object.defineProperty(this, 'mine', { value: mine, enumerable: true })
  }

  get $drawn(): boolean {
    return Object.hasOwn(this, 'mine')
  }

  /** The same as plain data. Opaque state is left out: only its own `save` knows how to write it. */
  toJSON(): Record<string, unknown> {
    const plain = { ...this } as unknown as Record<string, unknown>
    for (const { name, kind } of this.$type.objects) if (kind === 'opaque') delete plain[name]
    return plain
  }

  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return inspectedAs(this.$type.name, { ...this }, options, inspect)
  }
}

/** What a record has no property for ends here: it is told of, since the world would not keep it. */
const unknownFields = new Proxy(
  {},
  {
    set(_target, name, value, record: GameRecord) {
      // A page may hang its own on what it draws; symbols are nobody's fields.
      if (typeof name === 'symbol' || record.$drawn)
        return Reflect.defineProperty(record, name, { value, writable: true, enumerable: true, configurable: true })
      record.$holder.refuse(unknownField(record.$type, name))
      return true
    },
  },
)
Object.setPrototypeOf(GameRecord.prototype, unknownFields)

function unknownField(type: RecordType, name: string): string {
  const names = type.fields.map((field) => field.name).join(', ')
  return `${type.name}.${name} is written, but ${type.name} has no such field, so nothing keeps it: ${names ? `it has ${names}` : 'it has none'}`
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

/** The properties of a type's records. The values of one record are put in just before it is made of them. */
interface Layout {
  readonly all: PropertyDescriptorMap
  readonly id: PropertyDescriptor
  readonly owner: PropertyDescriptor
  readonly numbers: PropertyDescriptor
  readonly objects: PropertyDescriptor
  readonly $holder: PropertyDescriptor
}

/** One where hidden fields are shown, and one where they are not. */
const layouts = { hidden: new WeakMap<RecordType, Layout>(), shown: new WeakMap<RecordType, Layout>() }

function layoutOf(type: RecordType, seesHidden: boolean): Layout {
  const known = layouts[seesHidden ? 'shown' : 'hidden']
  let layout = known.get(type)
  if (!layout) {
    layout = newLayout(type, seesHidden)
    known.set(type, layout)
  }
  return layout
}

function newLayout(type: RecordType, seesHidden: boolean): Layout {
  // Globals, players and inputs are one of a kind: their identity is no news.
  const enumerable = type.role === 'entity'
  const id: PropertyDescriptor = { value: 0, enumerable }
  const owner: PropertyDescriptor = { value: null, enumerable }
  const numbers: PropertyDescriptor = { value: null }
  const objects: PropertyDescriptor = { value: null }
  const $holder: PropertyDescriptor = { value: null }
  const all: PropertyDescriptorMap = { id, type: { value: type.name, enumerable }, owner, numbers, objects, $holder }
  all.$type = { value: type }
  all.$writable = { value: true, writable: true }
  all.$alive = { value: true, writable: true }
  for (const field of type.fields)
    all[field.name] = { ...property(type, field), enumerable: seesHidden || field.audience !== 'nobody' }
  return { all, id, owner, numbers, objects, $holder }
}

function property(type: RecordType, field: CompiledField): PropertyDescriptor {
  const path = `${type.name}.${field.name}`
  return field.store === 'object' ? objectProperty(path, field) : numberProperty(path, field)
}

function mayWrite(record: GameRecord, field: CompiledField, path: string): boolean {
  if (!record.$alive) return false
  if (!record.$writable) {
    const why = record.$holder.whyReadOnly(record)
    if (why !== null) record.$holder.refuse(`${path} is written ${why}`)
    return false
  }
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

/** What an entity says of itself. One that is copied from another gets its own of each. */
const IDENTITY = ['id', 'type', 'owner', 'mine']

/**
 * Writes what the developer gave at a spawn, an event or a command; fields left out keep their initial value. Throws a
 * TypeError for what is no object.
 */
export function assignInit(record: GameRecord, init: Readonly<Record<string, unknown>>): void {
  const type = record.$type
  checkObject(`The ${type.name} was given`, init, type.names)
  for (const field of type.fields) {
    const value = init[field.name]
    if (value !== undefined) (record as unknown as Record<string, unknown>)[field.name] = value
  }
  for (const name of Object.keys(init))
    if (!type.names.has(name) && !(type.role === 'entity' && IDENTITY.includes(name)))
      record.$holder.refuse(unknownField(type, name))
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

/**
 * A record: the globals, a player's record, an input or an entity. Its values stand in a row (an array of numbers, an array
 * of objects), so copying, rounding and comparing are loops. The developer sees properties with the names of the fields.
 */

import { checkObject } from './given.ts'
import { fromNumber, toNumber } from './grid.ts'
import type { EntityId, PlayerId } from './ids.ts'
import { type Inspect, inspectCustom, inspectedAs } from './inspect.ts'
import type { CompiledField, NumberField, ObjectField, RecordType } from './schema.ts'
import { fitText } from './text.ts'

/** What a record asks of the world that holds it. */
export interface Holder {
  /** Whether authority fields may be written: `referee` runs, or no rule does. */
  readonly refereeing: boolean
  /** Whether hidden fields are here, as they are on the host: then they are shown like the others. */
  readonly seesHidden: boolean
  exists(id: EntityId): boolean
  /** Tells the developer of a write that the rules do not allow. */
  refuse(problem: string): void
  /** Why a record cannot be written, as part of a sentence. Null where a write is dropped on purpose, without a word. */
  whyReadOnly(record: GameRecord): string | null
}

export interface Row {
  readonly numbers: Float64Array
  readonly objects: unknown[]
}

/** A copy of a record that belongs to no world. */
export interface RecordCopy {
  readonly type: RecordType
  readonly id: EntityId
  readonly owner: PlayerId | null
  readonly row: Row
}

/**
 * Fields, and an entity's id, type and owner, are own enumerable properties: `{ ...record }` and logs show what the game
 * knows. The library's own properties are not enumerable.
 */
export class GameRecord implements Row {
  declare readonly id: EntityId
  declare readonly type: string
  declare readonly owner: PlayerId | null
  declare readonly numbers: Float64Array
  declare readonly objects: unknown[]
  /** Names that begin with $ cannot be names of fields. */
  declare readonly $type: RecordType
  declare readonly $holder: Holder
  /** False for records that this machine only receives: writes are dropped. */
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

  /** In a view: whether this page's player owns it. */
  get mine(): boolean {
    return false
  }

  /** Makes this a record of a view. */
  set $mine(mine: boolean) {
    Object.defineProperty(this, 'mine', { value: mine, enumerable: true })
  }

  get $drawn(): boolean {
    return Object.hasOwn(this, 'mine')
  }

  /** The fields as plain data. Opaque state is left out: only its own `save` can write it. */
  toJSON(): Record<string, unknown> {
    const plain = { ...this } as unknown as Record<string, unknown>
    for (const { name, kind } of this.$type.objects) if (kind === 'opaque') delete plain[name]
    return plain
  }

  [inspectCustom](_depth: number, options: object, inspect: Inspect): string {
    return inspectedAs(this.$type.name, { ...this }, options, inspect)
  }
}

/** Catches writes to fields that the type does not have. The world would not keep them, so the developer is told. */
const unknownFields = new Proxy(
  {},
  {
    set(_target, name, value, record: GameRecord) {
      // A page may add its own properties to what it draws. Symbols are never fields.
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
  for (const field of type.numbers) numbers[field.column] = field.initial
  return numbers
}

export function initialObjects(type: RecordType): unknown[] {
  return type.objects.map((field) => (field.kind === 'opaque' ? field.opaque?.create() : copyObject(field.initial)))
}

/** The developer may change a list in place, so each copy of a row has its own list. Text and opaque state are shared. */
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

/** Property descriptors of a type's records, made once. The values of a record are put in just before it is created. */
interface Layout {
  readonly all: PropertyDescriptorMap
  readonly id: PropertyDescriptor
  readonly owner: PropertyDescriptor
  readonly numbers: PropertyDescriptor
  readonly objects: PropertyDescriptor
  readonly $holder: PropertyDescriptor
}

/** By type: with hidden fields shown, and without. */
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
  // There is one globals, one record and one input per player: their ids tell nothing.
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
  const { column } = field
  function set(this: GameRecord, value: unknown): void {
    if (!mayWrite(this, field, path)) return
    const number = toNumber(field, value)
    if (Number.isNaN(number)) this.$holder.refuse(`${path} cannot be ${String(value)}; it keeps its old value`)
    else this.numbers[column] = number
  }
  switch (field.kind) {
    case 'int':
    case 'fixed':
    case 'angle':
    case 'tick':
      return {
        get(this: GameRecord) {
          return this.numbers[column]
        },
        set,
      }
    case 'entity':
      return {
        get(this: GameRecord) {
          const id = this.numbers[column] as EntityId
          return id !== 0 && this.$holder.exists(id) ? id : null
        },
        set,
      }
    default:
      return {
        get(this: GameRecord) {
          return fromNumber(field, this.numbers[column] ?? 0)
        },
        set,
      }
  }
}

function objectProperty(path: string, field: ObjectField): PropertyDescriptor {
  const { column } = field
  return {
    get(this: GameRecord) {
      return this.objects[column]
    },
    set(this: GameRecord, value: unknown) {
      if (!mayWrite(this, field, path)) return
      const right =
        field.kind === 'string' ? typeof value === 'string' : field.kind === 'list' ? Array.isArray(value) : true
      if (right) this.objects[column] = typeof value === 'string' ? fitText(value, field.max) : copyObject(value)
      else this.$holder.refuse(`${path} cannot be ${String(value)}; it keeps its old value`)
    },
  }
}

/** What identifies an entity. A spawn from a copy (`{ ...other }`) ignores these: the new entity has its own. */
const IDENTITY = ['id', 'type', 'owner', 'mine']

/**
 * Writes the values that were given at a spawn, an event or a command. Fields that are left out keep their initial value.
 * @throws TypeError for what is no object.
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

/** The row as plain values by field name. Fields for which `shows` is false are left out. */
export function plainValues(
  type: RecordType,
  row: Row,
  shows?: (field: CompiledField) => boolean,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const field of type.fields) {
    if (shows && !shows(field)) continue
    values[field.name] =
      field.store === 'number'
        ? fromNumber(field, row.numbers[field.column] ?? 0)
        : copyObject(row.objects[field.column])
  }
  return values
}

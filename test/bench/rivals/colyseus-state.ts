/**
 * A game's state as a Colyseus room would declare it: one map per type of entity, keyed by a short text, every field
 * the narrowest integer that holds it.
 */
import { Decoder, Encoder, MapSchema, type Schema, schema, t } from '@colyseus/schema'
import type { NumberField } from '../../../net/world/schema.ts'
import type { Snapshot, WireEntity } from './snapshots.ts'

/** A whole-number field of a type of entity. */
export interface IntField {
  readonly name: string
  readonly min: number
  readonly max: number
}

/** An instance of such a type: its fields by name. */
export type Instance = Schema & Record<string, number>

export interface Room {
  readonly encoder: Encoder
  /** One map per type, in their order. */
  readonly maps: readonly MapSchema<Instance>[]
  make(type: number): Instance
}

export interface RoomTypes {
  openServer(): Room
  /** The same state at a client, filled by `decode`. */
  openClient(): { readonly maps: readonly MapSchema<Instance>[]; decode(bytes: Uint8Array): void }
}

// The default of 16 kB would be grown, with a warning, by the full state of a large scenario.
Encoder.BUFFER_SIZE = 256 * 1024

export function roomTypes(
  types: readonly { readonly name: string; readonly fields: readonly IntField[] }[],
): RoomTypes {
  const classes = types.map(({ name, fields }) => {
    const definition = Object.fromEntries(fields.map((field) => [field.name, integer(field)]))
    return schema(definition, name) as unknown as new () => Instance
  })
  const names = types.map(({ name }) => `${name}s`)
  const State = schema(
    Object.fromEntries(classes.map((Class, i) => [names[i] ?? '', t.map(Class)])),
    'State',
  ) as unknown as new () => Schema & Record<string, MapSchema<Instance>>
  const mapsOf = (state: Record<string, MapSchema<Instance>>): MapSchema<Instance>[] =>
    names.map((name) => state[name] ?? new MapSchema<Instance>())
  return {
    openServer() {
      const state = new State()
      return {
        encoder: new Encoder(state),
        maps: mapsOf(state),
        make(type) {
          const Class = classes[type]
          if (!Class) throw new RangeError(`There is no type ${type}.`)
          return new Class()
        },
      }
    },
    openClient() {
      const state = new State()
      const decoder = new Decoder(state)
      return {
        get maps() {
          return mapsOf(state)
        },
        decode(bytes) {
          decoder.decode(bytes)
        },
      }
    },
  }
}

function integer({ min, max }: IntField) {
  if (min >= 0) return max <= 0xff ? t.uint8() : max <= 0xffff ? t.uint16() : t.uint32()
  if (min >= -0x80 && max <= 0x7f) return t.int8()
  return min >= -0x8000 && max <= 0x7fff ? t.int16() : t.int32()
}

/** The text under which an entity stands in its map. */
export function mapKey(key: number): string {
  return String(key)
}

/**
 * Brings a room up to a snapshot, as rooms usually do: instances are found in their map by their text (with a `Map` of
 * one's own instead, the encode of a large scenario takes a fifth less). `make` fills new ones, `update` those that stay.
 */
export function bringUp(
  room: Room,
  { entities, gone }: Snapshot,
  make: (entity: WireEntity, instance: Instance) => void,
  update: (entity: WireEntity, instance: Instance) => void,
): void {
  for (const { key, type } of gone) room.maps[type]?.delete(mapKey(key))
  for (const entity of entities) {
    const map = room.maps[entity.type]
    const known = map?.get(mapKey(entity.key))
    if (known) {
      update(entity, known)
      continue
    }
    const instance = room.make(entity.type)
    make(entity, instance)
    map?.set(mapKey(entity.key), instance)
  }
}

/**
 * A function that assigns an entity's fields (those at `which`; default all) rounded to whole wire steps, compiled as
 * if written by hand for that type: a loop over names made the whole encode twice as slow.
 */
export function assigner(
  fields: readonly NumberField[],
  which: readonly number[] = fields.map((_, i) => i),
): (instance: Instance, exact: Float64Array) => void {
  const lines = which.map((i) => {
    const { name = '', wireMin = 0, wireMax = 0, wrap = 0 } = fields[i] ?? {}
    if (wrap === 0) return `instance.${name} = Math.round(exact[${i}])`
    return `q = Math.round(exact[${i}]); instance.${name} = q > ${wireMax} ? ${wireMin} : q`
  })
  return new Function('instance', 'exact', `let q\n${lines.join('\n')}`) as ReturnType<typeof assigner>
}

/** The bytes of everything that changed since the last call, as the sender's own copy. */
export function encodePatch({ encoder }: Room): Uint8Array {
  const bytes = encoder.encode().slice()
  encoder.discardChanges()
  return bytes
}

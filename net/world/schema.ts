/**
 * The tables that a definition is compiled to (compile-type.ts): for each type of record its fields, each with its column in a
 * row, its two grids and its audience. All generic code (rounding, saving, the wire, presentation) reads these tables.
 */
import type { OpaqueOptions } from './fields.ts'
import type { Prediction } from './game-shape.ts'

export type Audience = 'all' | 'owner' | 'team' | 'nobody'

export interface CompiledBase {
  readonly name: string
  /** Position among the type's fields, in the order of the definition. */
  readonly index: number
  /** Only `referee` writes it. */
  readonly authority: boolean
  readonly audience: Audience
}

/** A field whose value is one number in the record's row. */
export interface NumberField extends CompiledBase {
  readonly store: 'number'
  readonly kind: 'int' | 'fixed' | 'angle' | 'bool' | 'button' | 'enum' | 'player' | 'entity' | 'tick'
  /** Index into `Row.numbers`. */
  readonly column: number
  /** The value is a whole number of `simStep` between `simMin` and `simMax` after each tick. */
  readonly simStep: number
  readonly simMin: number
  readonly simMax: number
  /** On the wire's grid the value is a whole number of `wireStep` between `wireMin` and `wireMax`. */
  readonly wireStep: number
  readonly wireMin: number
  readonly wireMax: number
  /** Length of the range where it wraps around, else 0. */
  readonly wrap: number
  /** Column of the rate per second that moves it, or −1. */
  readonly rate: number
  readonly initial: number
  readonly names: readonly string[]
  /** Seats of the game: a player field can name one of them. */
  readonly seats: number
}

/** A field whose value is an object: text, a list, opaque state. */
export interface ObjectField extends CompiledBase {
  readonly store: 'object'
  readonly kind: 'string' | 'list' | 'opaque'
  /** Index into `Row.objects`. */
  readonly column: number
  /** Text: most UTF-8 bytes. List: most values. */
  readonly max: number
  /** List: the field of each value. */
  readonly of: NumberField | null
  readonly opaque: OpaqueOptions<unknown> | null
  readonly initial: string | readonly unknown[] | null
}

export type CompiledField = NumberField | ObjectField

export type RecordRole = 'globals' | 'player' | 'input' | 'entity' | 'message'

export interface RecordType {
  /** Position in `Schema.types`; −1 for messages (events, commands), which are not replicated as state. */
  readonly index: number
  readonly name: string
  readonly role: RecordRole
  readonly predict: Prediction
  /** Most entities of this type at once; null: not declared. */
  readonly max: number | null
  readonly fields: readonly CompiledField[]
  readonly numbers: readonly NumberField[]
  readonly objects: readonly ObjectField[]
  /** The names of all fields. */
  readonly names: ReadonlySet<string>
}

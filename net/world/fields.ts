/**
 * The kinds of field, as the developer writes them: `t.int(0, 9)`. Each returns a description with its type; schema.ts
 * checks and compiles the descriptions.
 */
import type { EntityId, PlayerId } from './ids.ts'

declare const valueType: unique symbol
declare const access: unique symbol

/**
 * Who writes a field. `predicted`: `step`, everywhere. `authority`: only `referee`. `hidden`: only `referee`, and clients never see
 * it. `chosen`: the player, in the lobby; during the match only `referee`.
 */
export type FieldAccess = 'predicted' | 'authority' | 'hidden' | 'chosen'

/** Options of every field. */
export interface FieldOptions<T> {
  /** `'referee'`: only `referee` writes it, `step` can read it. Default: `step` writes it, and clients predict it. */
  readonly by?: 'referee'
  /**
   * Who receives it. Default: everybody. `'owner'`: the entity's owner. `'team'`: players whose record has the same `team` as
   * the owner's. `'nobody'`: no client; only `referee` can use it.
   */
  readonly to?: 'owner' | 'team' | 'nobody'
  /** The value of a new record. Default: 0 or the nearest in range, false, '', the first name of an enum, null, []. */
  readonly default?: T
}

/** Options of the fields that a player may choose. */
export interface ChoiceOptions<T> extends FieldOptions<T> {
  /**
   * Only in `player`. `true`: each player chooses the value in the lobby, by `lobby.choose`, where everybody sees it. Their record
   * begins each match with it. `default` is the choice of who has not chosen. Default: `false`.
   */
  readonly chosen?: boolean
}

export interface NumberOptions extends ChoiceOptions<number> {
  /** Values out of range wrap around instead of clamping; `max` equals `min`. */
  readonly wrap?: boolean
  /** The name of the field that holds this one's rate of change per second, for presentation between snapshots. */
  readonly rate?: string
}

export interface FixedOptions extends NumberOptions {
  readonly min: number
  readonly max: number
  /** The step of the wire's grid, in the field's unit: other players see the value within one such step. */
  readonly step: number
  /** The step of the simulation's grid, to which the field is rounded after each tick. Default 1/4096, or `step` if that is smaller. */
  readonly sim?: number
}

export interface AngleOptions extends ChoiceOptions<number> {
  /** Wire steps per turn: a power of two from 4 to 65536. Default 1024. The simulation has 65536. */
  readonly steps?: number
  readonly rate?: string
}

export interface OpaqueOptions<T> {
  create(): T
  save(value: T): Uint8Array
  load(bytes: Uint8Array): T
}

export type FieldSpec =
  | { readonly kind: 'int'; readonly min: number; readonly max: number; readonly options: NumberOptions }
  | { readonly kind: 'fixed'; readonly options: FixedOptions }
  | { readonly kind: 'angle'; readonly options: AngleOptions }
  | { readonly kind: 'bool'; readonly options: ChoiceOptions<boolean> }
  | { readonly kind: 'button'; readonly options: Record<string, never> }
  | { readonly kind: 'enum'; readonly values: readonly string[]; readonly options: ChoiceOptions<string> }
  | { readonly kind: 'player'; readonly options: FieldOptions<never> }
  | { readonly kind: 'entity'; readonly options: FieldOptions<never> }
  | { readonly kind: 'tick'; readonly options: FieldOptions<number> }
  | { readonly kind: 'string'; readonly max: number; readonly options: ChoiceOptions<string> }
  | {
      readonly kind: 'list'
      readonly of: FieldSpec
      readonly max: number
      readonly options: ChoiceOptions<readonly unknown[]>
    }
  | { readonly kind: 'opaque'; readonly options: OpaqueOptions<unknown> & { readonly to?: 'nobody' } }

/** A field that holds a `T` and is written by `A`. `t` makes it, `defineGame` reads it. */
export type Field<T, A extends FieldAccess = FieldAccess> = FieldSpec & {
  readonly [valueType]?: (value: T) => T
  readonly [access]?: A
}

export type AnyField = FieldSpec
export type Fields = { readonly [name: string]: AnyField }

export type ValueOf<F> = F extends { readonly [valueType]?: (value: infer T) => unknown } ? T : never
export type AccessOf<F> = F extends { readonly [access]?: infer A } ? A : never

type AccessBy<O> = O extends { to: 'nobody' }
  ? 'hidden'
  : O extends { chosen: true }
    ? 'chosen'
    : O extends { by: 'referee' }
      ? 'authority'
      : 'predicted'

/** The field types. Each takes its options last. */
export const t = {
  /** A whole number from `min` to `max`. Written values are rounded. */
  int<const O extends NumberOptions = Record<never, never>>(
    min: number,
    max: number,
    options?: O,
  ): Field<number, AccessBy<O>> {
    return { kind: 'int', min, max, options: options ?? {} }
  },
  /** A number on a grid: fine in the simulation (`sim`), coarse on the wire (`step`). */
  fixed<const O extends FixedOptions>(options: O): Field<number, AccessBy<O>> {
    return { kind: 'fixed', options }
  },
  /** An angle in radians, kept in [−π, π). */
  angle<const O extends AngleOptions = Record<never, never>>(options?: O): Field<number, AccessBy<O>> {
    return { kind: 'angle', options: options ?? {} }
  },
  bool<const O extends ChoiceOptions<boolean> = Record<never, never>>(options?: O): Field<boolean, AccessBy<O>> {
    return { kind: 'bool', options: options ?? {} }
  },
  /** A press, only in `input`: true for one tick. A press that arrives late is merged into the next input; none is lost. */
  button(): Field<boolean, 'predicted'> {
    return { kind: 'button', options: {} }
  },
  /** One of the given names. */
  enum<const V extends readonly string[], const O extends ChoiceOptions<V[number]> = Record<never, never>>(
    values: V,
    options?: O,
  ): Field<V[number], AccessBy<O>> {
    return { kind: 'enum', values, options: options ?? {} }
  },
  /** A player, or null. */
  player<const O extends FieldOptions<never> = Record<never, never>>(options?: O): Field<PlayerId | null, AccessBy<O>> {
    return { kind: 'player', options: options ?? {} }
  },
  /** A reference to an entity by its id. It reads null when the entity is gone. */
  entity<const O extends FieldOptions<never> = Record<never, never>>(options?: O): Field<EntityId | null, AccessBy<O>> {
    return { kind: 'entity', options: options ?? {} }
  },
  /** A tick of the match, 0 to 2^26 − 1. */
  tick<const O extends FieldOptions<number> = Record<never, never>>(options?: O): Field<number, AccessBy<O>> {
    return { kind: 'tick', options: options ?? {} }
  },
  /** Text of at most `max` UTF-8 bytes (1 to 255). Longer text is truncated between two characters. */
  string<const O extends ChoiceOptions<string> = Record<never, never>>(
    max: number,
    options?: O,
  ): Field<string, AccessBy<O>> {
    return { kind: 'string', max, options: options ?? {} }
  },
  /** At most `max` (1 to 255) values of one kind. A longer list is truncated. */
  list<T, const O extends ChoiceOptions<readonly T[]> = Record<never, never>>(
    of: Field<T>,
    max: number,
    options?: O,
  ): Field<T[], AccessBy<O>> {
    return { kind: 'list', of, max, options: options ?? {} }
  },
  /** State of something foreign, such as a physics engine. Only `referee` uses it; it is saved, but never sent to a client. */
  opaque<T>(options: OpaqueOptions<T>): Field<T, 'hidden'> {
    return { kind: 'opaque', options: options as OpaqueOptions<unknown> }
  },
}

/**
 * Records as the developer sees them: globals, players and entities, as `step` reads and writes them, as `referee` does, and as
 * a page draws them. All types are inferred from the definition of the game.
 */

import type { AccessOf, Fields, ValueOf } from './fields.ts'
import type { GameShape } from './game-shape.ts'
import type { EntityId, PlayerId } from './ids.ts'

export type Values<F extends Fields> = {
  -readonly [K in keyof F]: ValueOf<F[K]>
}

export type ReadonlyValues<F extends Fields> = {
  readonly [K in keyof F]: ValueOf<F[K]>
}

/** The fields that are not hidden. */
export type Visible<F extends Fields> = {
  [K in keyof F as AccessOf<F[K]> extends 'hidden' ? never : K]: F[K]
}

type Writable<F extends Fields> = {
  -readonly [K in keyof F as AccessOf<F[K]> extends 'predicted' ? K : never]: ValueOf<F[K]>
}

type Authority<F extends Fields> = {
  readonly [K in keyof F as AccessOf<F[K]> extends 'authority' ? K : never]: ValueOf<F[K]>
}

export interface Identity<Name extends string = string> {
  readonly id: EntityId
  readonly type: Name
  /** The player it belongs to, or null. */
  readonly owner: PlayerId | null
}

declare const hidden: unique symbol

/**
 * The type of a field `to: 'nobody'` in `step`: it cannot be used, and the compiler's message shows the sentence. It is a
 * function type, because the compiler also complains when a function is used as a condition. Texts and lists are no
 * function, since a function has a `length`.
 */
export type HiddenField<Value, Sentence extends string> = Value extends string | readonly unknown[]
  ? { readonly [hidden]: Sentence }
  : ((sentence: Sentence) => never) & { readonly [hidden]: Sentence }
type Hidden<F extends Fields> = {
  readonly [K in keyof F as AccessOf<F[K]> extends 'hidden' ? K : never]: HiddenField<
    ValueOf<F[K]>,
    `${K & string} is to: 'nobody', so step cannot see it: only referee can`
  >
}

declare const undeclared: unique symbol

/** Types of groups that the definition leaves out. The compiler's message shows the name. */
export type ThisGameDeclaresNoGlobals = { readonly [undeclared]?: never }
export type ThisGameDeclaresNoPlayerFields = { readonly [undeclared]?: never }
export type ThisGameDeclaresNoOptions = { readonly [undeclared]?: never }
export type ThisGameDeclaresNoSettings = { readonly [undeclared]?: never }
export type ThisGameDeclaresNoChoices = { readonly [undeclared]?: never }

/** `T`; where there are no fields, the type whose name says so. */
type OrNone<F extends Fields, T, None> = [keyof F] extends [never] ? None : T

/** Globals, player record, options and settings: as `referee` writes them, as views show them, and as `step` reads them. */
export type WrittenGlobals<G extends GameShape> = OrNone<G['globals'], Values<G['globals']>, ThisGameDeclaresNoGlobals>
export type SeenGlobals<G extends GameShape> = OrNone<
  G['globals'],
  ReadonlyValues<Visible<G['globals']>>,
  ThisGameDeclaresNoGlobals
>
export type WrittenPlayer<G extends GameShape> = OrNone<
  G['player'],
  Values<G['player']>,
  ThisGameDeclaresNoPlayerFields
>
export type SeenPlayer<G extends GameShape> = OrNone<
  G['player'],
  ReadonlyValues<Visible<G['player']>>,
  ThisGameDeclaresNoPlayerFields
>
export type SeenOptions<G extends GameShape> = OrNone<
  G['options'],
  ReadonlyValues<G['options']>,
  ThisGameDeclaresNoOptions
>
export type SeenSettings<G extends GameShape> = OrNone<
  G['settings'],
  ReadonlyValues<G['settings']>,
  ThisGameDeclaresNoSettings
>

/** The fields of the players' record that players choose. */
export type Chosen<F extends Fields> = {
  [K in keyof F as AccessOf<F[K]> extends 'chosen' ? K : never]: F[K]
}

/** What a player may choose: values for the fields that are `chosen`. */
export type Choice<G extends GameShape> = Values<Chosen<G['player']>>

/** What a player chose: every field that is `chosen`. */
export type SeenChoice<G extends GameShape> = string extends keyof G['player']
  ? Readonly<Record<string, unknown>>
  : OrNone<Chosen<G['player']>, ReadonlyValues<Chosen<G['player']>>, ThisGameDeclaresNoChoices>

export type StepGlobals<G extends GameShape> = OrNone<
  G['globals'],
  ReadonlyValues<Visible<G['globals']>> & Hidden<G['globals']>,
  ThisGameDeclaresNoGlobals
>
export type StepPlayer<G extends GameShape> = OrNone<
  G['player'],
  ReadonlyValues<Visible<G['player']>> & Hidden<G['player']>,
  ThisGameDeclaresNoPlayerFields
>

/** An entity as `step` sees it: authority fields are read-only, hidden ones cannot be used. */
export type StepEntity<G extends GameShape, Name extends keyof G['entities'] & string> = Identity<Name> &
  Writable<G['entities'][Name]['fields']> &
  Authority<G['entities'][Name]['fields']> &
  Hidden<G['entities'][Name]['fields']>

/** An entity as `referee` sees it: all fields can be written. */
export type RefereeEntity<G extends GameShape, Name extends keyof G['entities'] & string> = Identity<Name> &
  Values<G['entities'][Name]['fields']>

/** An entity as it is drawn. It is the same object in every frame, and its values change: read them, do not keep them. */
export type ViewEntity<G extends GameShape, Name extends keyof G['entities'] & string> = Identity<Name> & {
  /** Whether it belongs to this page's player. */
  readonly mine: boolean
} & ReadonlyValues<Visible<G['entities'][Name]['fields']>>

/**
 * Why an entity is no longer drawn. `destroyed`: the rules removed it. `out of view`: it is no longer `relevant` to this player.
 * `denied`: this page predicted its spawn, and the host disagreed, for example because an input came too late. Show no
 * hit for it.
 */
export type GoneReason = 'destroyed' | 'out of view' | 'denied'

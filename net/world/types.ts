/** What the developer's code sees: the definition of a game and the faces of its world, inferred from one another. */
import type { AccessOf, AnyField, Fields, ValueOf } from './fields.ts'
import type { EntityId, PlayerId } from './ids.ts'

/** Whose entities a client steps ahead of the host: its own, everybody's (a ball), or nobody's. */
export type Prediction = 'owner' | 'all' | 'none'

export interface EntityDefinition<F extends Fields = Fields> {
  readonly fields: F
  readonly predict: Prediction
  /** Entities of it that may be there at once, 1 to 65,536. Default: none is declared. */
  readonly max?: number
}

/**
 * When a client hears of an event. `'predicted'`: at once on the page of the player whose doing it is, and taken back if the
 * host has it otherwise; `'now'`: as it arrives; `'presentation'`: when the drawn world reaches its tick, so that it is heard
 * as it is seen.
 */
export type EventTiming = 'predicted' | 'now' | 'presentation'

export interface EventDefinition<F extends Fields = Fields> {
  readonly fields: F
  readonly timing: EventTiming
}

/** What a command does with numbers out of range, and with texts and lists that are too long. */
export type OutOfRange = 'clamp' | 'reject'

export interface CommandDefinition<F extends Fields = Fields, R extends AnyField = AnyField> {
  readonly fields: F
  readonly result: R
  /** Default `'clamp'`. */
  readonly outOfRange?: OutOfRange
}

type EntityMap = { readonly [name: string]: EntityDefinition }
type EventMap = { readonly [name: string]: EventDefinition }
type CommandMap = { readonly [name: string]: CommandDefinition }

/** The shape of a game: everything about it that is data. */
export interface GameShape {
  readonly input: Fields
  readonly entities: EntityMap
  readonly globals: Fields
  readonly player: Fields
  readonly options: Fields
  readonly events: EventMap
  readonly commands: CommandMap
}

export type Values<F extends Fields> = { -readonly [K in keyof F]: ValueOf<F[K]> }
export type ReadonlyValues<F extends Fields> = { readonly [K in keyof F]: ValueOf<F[K]> }

/** The fields that are not hidden. */
export type Visible<F extends Fields> = { [K in keyof F as AccessOf<F[K]> extends 'hidden' ? never : K]: F[K] }
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
 * What stands for a field `to: 'nobody'` in `step`: nothing that can be used. The sentence is for the compiler's message. A
 * function, since the compiler tells of one that is used as a condition, too; but not where the value has a length.
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

/** What a game has of a group that its definition leaves out: the name says it in the compiler's message. */
export type ThisGameDeclaresNoGlobals = { readonly [undeclared]?: never }
export type ThisGameDeclaresNoPlayerFields = { readonly [undeclared]?: never }
export type ThisGameDeclaresNoOptions = { readonly [undeclared]?: never }
/** `T`, or where the fields are none, the type whose name says so. */
type OrNone<F extends Fields, T, None> = [keyof F] extends [never] ? None : T

/** The globals, a player's record and the options: as `referee` writes them, as all read them, and as `step` does. */
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

/** An entity as `referee` sees it: everything, to be written. */
export type RefereeEntity<G extends GameShape, Name extends keyof G['entities'] & string> = Identity<Name> &
  Values<G['entities'][Name]['fields']>

/** An entity as it is drawn. The same object stands for the same entity in every frame; read it, do not keep its values. */
export type ViewEntity<G extends GameShape, Name extends keyof G['entities'] & string> = Identity<Name> & {
  /** Whether it belongs to this page's player. */
  readonly mine: boolean
} & ReadonlyValues<Visible<G['entities'][Name]['fields']>>

/**
 * Why an entity went: removed in the game, or no longer `relevant` to this player. `denied`: this page had predicted that
 * it was spawned, and for the host it never was, as when an input came too late: nothing was hit, nothing is to be shown.
 */
export type GoneReason = 'destroyed' | 'out of view' | 'denied'

/**
 * Whose doing an event is, and whom it is for. Left out, it is for everybody. What is not for a player is never sent to
 * their page, nor is the id of an entity in the payload that `relevant` hides from them: it is null there.
 */
export interface EmitOptions<G> {
  /**
   * Whose doing the event is: their page reads `mine`, and hears of it on arrival where others wait for the drawn world.
   * What `step` emits of a `'predicted'` type is predicted by the owner's page alone. Default null: the host's.
   */
  readonly owner?: PlayerId | null
  /**
   * Whom it is for: a player, several, the owner, the players with the owner's `team`, or those of a team. As the teams
   * are when it is emitted. Default: everybody.
   */
  readonly to?: PlayerId | readonly PlayerId[] | 'owner' | 'team' | { readonly team: TeamOf<G> }
  /**
   * Where it happens: it is for those alone to whom `relevant` shows this entity after the tick (or as it was when it
   * was removed, for two seconds), and for the event's owner. With `to`, for those who are both. Default: nowhere.
   */
  readonly at?: Identity
}

/** The values of the players' field `team`; nothing where they have none. */
type TeamOf<G> = G extends { readonly player: { readonly team: infer F } }
  ? F extends AnyField
    ? ValueOf<F>
    : never
  : G extends GameShape
    ? never
    : unknown

type Init<F extends Fields> = Partial<Values<F>>

/** An entity as a player saw it. */
export type SeenEntity<G extends GameShape, Name extends keyof G['entities'] & string> = Identity<Name> &
  ReadonlyValues<Visible<G['entities'][Name]['fields']>>

/** A moment of the world, to be read only. */
export interface SeenWorld<G extends GameShape> {
  /** The tick that others are seen at, with its fraction. */
  readonly tick: number
  /** In id order, the player's own first. */
  all<Name extends keyof G['entities'] & string>(type: Name): Iterable<SeenEntity<G, Name>>
  get<Name extends keyof G['entities'] & string>(type: Name, id: EntityId | null): SeenEntity<G, Name> | null
}

/** What `step` can do. The same code runs on the host for everybody and on a client for what it predicts. */
export interface StepWorld<G extends GameShape> {
  readonly tick: number
  /** Seconds per tick. */
  readonly dt: number
  /** What was fixed when the lobby was created. */
  readonly options: SeenOptions<G>
  readonly globals: StepGlobals<G>
  /** Everybody who has a seat, in the order of their ids. */
  readonly players: readonly PlayerId[]
  player(id: PlayerId): StepPlayer<G>
  /** All entities of a type in id order, without those removed meanwhile; spawns of the loop's own body come next time. */
  all<Name extends keyof G['entities'] & string>(type: Name): Iterable<StepEntity<G, Name>>
  get<Name extends keyof G['entities'] & string>(type: Name, id: EntityId | null): StepEntity<G, Name> | null
  /** The input of a player at this tick: the newest known of somebody else, neutral of nobody. */
  inputOf(player: PlayerId | null): ReadonlyValues<G['input']>
  /**
   * The world as this player saw it when they gave their input of this tick: others where they were drawn on their screen, their
   * own as it is now. It looks back at most 300 ms or 5 ticks, whichever is longer, and to what the host can have shown them. For a shot
   * test what it hits here, then change the real entity by its id. Reading it is all that can be done with it.
   */
  asSeenBy(player: PlayerId | null): SeenWorld<G>
  /**
   * A new entity, visible at once. `step` needs an owner, because the owner's client predicts it. Of a type that is at its
   * `max`, and on a client of what it does not predict, it stays out of the world: it can be written, and `get` does not find it.
   * @throws RangeError when there are 65,536 of a type without `max`, or `step` spawns more than 256 for one player in a tick.
   */
  spawn<Name extends keyof G['entities'] & string>(
    type: Name,
    init: { readonly owner: PlayerId } & Init<G['entities'][Name]['fields']>,
  ): StepEntity<G, Name>
  /** Removes an entity, given itself or by its id; nothing happens when it is gone already. */
  remove(entity: Identity | EntityId): void
  /** @throws TypeError for an unknown event or option, and for what is no payload: it would be told to everybody. */
  emit<Name extends keyof G['events'] & string>(
    event: Name,
    payload: Values<G['events'][Name]['fields']>,
    options?: EmitOptions<G>,
  ): void
  /** A number in [0, 1) that depends only on the match, the tick, `n` and the entity: the same on every machine and replay. */
  random(n: number, entity?: Identity | EntityId): number
}

export interface ReceivedCommand<G extends GameShape, Name extends keyof G['commands'] & string> {
  readonly from: PlayerId
  readonly payload: ReadonlyValues<G['commands'][Name]['fields']>
  /** Answers the client's promise; a command without a reply at the end of its tick answers with the result's default. */
  reply(result: ValueOf<G['commands'][Name]['result']>): void
}

/** What `referee` can do: all of `step`'s, and what only the host decides. */
export interface RefereeWorld<G extends GameShape>
  extends Omit<StepWorld<G>, 'globals' | 'player' | 'all' | 'get' | 'spawn'> {
  readonly globals: WrittenGlobals<G>
  /** Players who took a seat at this tick: each once, for as long as he has the seat. */
  readonly joined: readonly PlayerId[]
  /**
   * Players whose connection ended at this tick. Most are back soon, after a reload or in a new network: they stay among
   * `players`, with their record, their entities and a neutral input, for the resume time. Who is named in `gone` at the
   * same tick left for good.
   */
  readonly left: readonly PlayerId[]
  /**
   * Players who give up their seat at this tick, for good: they said goodbye, were kicked, or did not return in time. Each
   * was named in `left` at this tick or before. Their records and entities are there until the end of this tick, then
   * they are removed. Whoever comes back later is another player, named in `joined`.
   */
  readonly gone: readonly PlayerId[]
  /**
   * Players of an earlier `left` who are back in their seat at this tick, not named in `joined` again. Rules that took
   * something away at `left` give it back here; rules that wait for `gone` need not look.
   */
  readonly returned: readonly PlayerId[]
  player(id: PlayerId): WrittenPlayer<G>
  all<Name extends keyof G['entities'] & string>(type: Name): Iterable<RefereeEntity<G, Name>>
  get<Name extends keyof G['entities'] & string>(type: Name, id: EntityId | null): RefereeEntity<G, Name> | null
  /** As `step`'s, with its `max` and what it throws; an owner is not needed. */
  spawn<Name extends keyof G['entities'] & string>(
    type: Name,
    init: { readonly owner?: PlayerId | null } & Init<G['entities'][Name]['fields']>,
  ): RefereeEntity<G, Name>
  commands<Name extends keyof G['commands'] & string>(name: Name): Iterable<ReceivedCommand<G, Name>>
  /** A number in [0, 1) that no client can know: chance that must not be foreseen. */
  secret(): number
}

/** The rules: code, and the numbers that say how it runs. */
export interface GameRules<G extends GameShape> {
  /** Names the game to the lobby; players of different games never meet. 1 to 40 characters of a–z, 0–9 and `-`. */
  readonly id: string
  /** Raise it when the rules change in a way that players must not mix. */
  readonly version: number
  /**
   * Names the sources of the rules, so that players of different rules do not meet: 1 to 40 letters, digits, dots, dashes
   * or underscores. Default: what the Vite plugin (`starwire/vite`) finds; without it "unstated", and then only what is
   * declared here is compared: schema, rates, options, `id` and `version`.
   */
  readonly rulesHash?: string
  /** 1 to 64. */
  readonly maxPlayers: number
  /** Ticks per second, 10 to 120. Default 60. */
  readonly tickRate?: number
  /**
   * Runs everywhere: on the host for everybody, on a client for what it predicts. None of the rules may be async or return
   * a promise, which a tick cannot wait for: `defineGame` refuses it, or the match ends as `rules-failed`.
   */
  step(world: StepWorld<G>): void
  /** Runs on the host only: spawning, scoring, chance, secrets. */
  referee?(world: RefereeWorld<G>): void
  /**
   * How much an entity matters to a player when a snapshot is full: default 1. 0 hides it, with the events at it and its
   * id in others. So does whatever is no finite number, `true` and `false` as well, and in development the console says so.
   * It is asked of an entity that was removed as well, for events of its last tick.
   */
  relevant?(
    entity: { readonly [K in keyof G['entities'] & string]: RefereeEntity<G, K> }[keyof G['entities'] & string],
    player: PlayerId,
    world: RefereeWorld<G>,
  ): number
}

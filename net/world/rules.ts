/** The rules as the developer writes them: `step`, `referee`, `relevant` and `mayChoose`, and the world that each is given. */

import type { AnyField, Fields, ValueOf } from './fields.ts'
import type { GameShape } from './game-shape.ts'
import type { EntityId, PlayerId } from './ids.ts'
import type {
  Identity,
  ReadonlyValues,
  RefereeEntity,
  SeenChoice,
  SeenOptions,
  SeenSettings,
  StepEntity,
  StepGlobals,
  StepPlayer,
  Values,
  Visible,
  WrittenGlobals,
  WrittenPlayer,
} from './record-types.ts'

/**
 * Who caused an event, and who is told. Default: everybody is told. A page is never sent an event that is not for its
 * player. Ids of entities in the payload that `relevant` hides from a player are null on their page.
 */
export interface EmitOptions<G> {
  /**
   * The player who caused it. On their page `mine` is true, and the event is told on arrival where others wait for the drawn
   * world. Events of a `'predicted'` type that `step` emits are predicted by the owner's page alone. Default null: the host.
   */
  readonly owner?: PlayerId | null
  /**
   * Who is told: a player, several, the owner, the players with the owner's `team`, or the players of a team. Teams count as
   * they are at the emit. Default: everybody.
   */
  readonly to?: PlayerId | readonly PlayerId[] | 'owner' | 'team' | { readonly team: TeamOf<G> }
  /**
   * The entity where it happens. Only players are told to whom `relevant` shows this entity after the tick, and the event's
   * owner. An entity that was removed counts for two seconds as it was. With `to`, both conditions hold. Default: none.
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

/** An entity of a rewound world. */
export type SeenEntity<G extends GameShape, Name extends keyof G['entities'] & string> = Identity<Name> &
  ReadonlyValues<Visible<G['entities'][Name]['fields']>>

/** The world at an earlier moment. It can only be read. */
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
  /** The game's options, fixed when the lobby was created. */
  readonly options: SeenOptions<G>
  /** The lobby's settings as they were when the match began. */
  readonly settings: SeenSettings<G>
  readonly globals: StepGlobals<G>
  /** Everybody who has a seat, in the order of their ids. */
  readonly players: readonly PlayerId[]
  player(id: PlayerId): StepPlayer<G>
  /** All entities of a type in id order, without those removed meanwhile; spawns of the loop's own body come next time. */
  all<Name extends keyof G['entities'] & string>(type: Name): Iterable<StepEntity<G, Name>>
  get<Name extends keyof G['entities'] & string>(type: Name, id: EntityId | null): StepEntity<G, Name> | null
  /** A player's input at this tick. Of other players a client uses the newest that it knows. Null gives neutral input. */
  inputOf(player: PlayerId | null): ReadonlyValues<G['input']>
  /**
   * The world as this player saw it when they gave their input of this tick: other entities where their screen drew them, their
   * own as they are now. It goes back at most 300 ms or 5 ticks, whichever is longer, and only to states that the host can
   * have shown them. For a shot, test here what it hits, then change the real entity by its id. It can only be read.
   */
  asSeenBy(player: PlayerId | null): SeenWorld<G>
  /**
   * A new entity, visible at once. In `step` it needs an owner, because the owner's client predicts it. If its type is at its
   * `max`, or if this client does not predict it, the entity is not in the world: you can write to it, `get` does not find it.
   * @throws RangeError when there are 65,536 of a type without `max`, or `step` spawns more than 256 for one player in a tick.
   */
  spawn<Name extends keyof G['entities'] & string>(
    type: Name,
    init: { readonly owner: PlayerId } & Init<G['entities'][Name]['fields']>,
  ): StepEntity<G, Name>
  /** Removes an entity, given itself or by its id. Nothing happens when it is gone already. */
  remove(entity: Identity | EntityId): void
  /** @throws TypeError for an unknown event or option, and for a payload that is no object. */
  emit<Name extends keyof G['events'] & string>(
    event: Name,
    payload: Values<G['events'][Name]['fields']>,
    options?: EmitOptions<G>,
  ): void
  /** A number in [0, 1) from the match's seed, the tick, `n` and the entity: the same on every machine and in every replay. */
  random(n: number, entity?: Identity | EntityId): number
}

export interface ReceivedCommand<G extends GameShape, Name extends keyof G['commands'] & string> {
  readonly from: PlayerId
  readonly payload: ReadonlyValues<G['commands'][Name]['fields']>
  /** Answers the client's promise. A command without a reply at the end of its tick is answered with the result's default. */
  reply(result: ValueOf<G['commands'][Name]['result']>): void
}

/** What `referee` can do: everything that `step` can, and what only the host decides. */
export interface RefereeWorld<G extends GameShape>
  extends Omit<StepWorld<G>, 'globals' | 'player' | 'all' | 'get' | 'spawn'> {
  readonly globals: WrittenGlobals<G>
  /** Players who took a seat at this tick. Each player is named once, however often they lose and regain their connection. */
  readonly joined: readonly PlayerId[]
  /**
   * Players whose connection ended at this tick. Most are back soon, after a reload or on a new network. For the resume time
   * they stay among `players`, with their record, their entities and a neutral input. Players who are also named in `gone`
   * left for good.
   */
  readonly left: readonly PlayerId[]
  /**
   * Players who lose their seat at this tick, for good: they said goodbye, were kicked, or did not return in time. Each was
   * named in `left` at this tick or before. Their records and entities are removed at the end of this tick. A person who
   * comes back later is a new player, named in `joined`.
   */
  readonly gone: readonly PlayerId[]
  /**
   * Players of an earlier `left` who are back in their seat at this tick. They are not named in `joined` again. Rules that
   * took something away at `left` give it back here. Rules that only use `gone` can ignore it.
   */
  readonly returned: readonly PlayerId[]
  player(id: PlayerId): WrittenPlayer<G>
  all<Name extends keyof G['entities'] & string>(type: Name): Iterable<RefereeEntity<G, Name>>
  get<Name extends keyof G['entities'] & string>(type: Name, id: EntityId | null): RefereeEntity<G, Name> | null
  /** As in `step`, but the owner may be left out. */
  spawn<Name extends keyof G['entities'] & string>(
    type: Name,
    init: { readonly owner?: PlayerId | null } & Init<G['entities'][Name]['fields']>,
  ): RefereeEntity<G, Name>
  commands<Name extends keyof G['commands'] & string>(name: Name): Iterable<ReceivedCommand<G, Name>>
  /** A number in [0, 1) that no client can predict. */
  secret(): number
}

/** The rules: code, and the numbers that say how it runs. */
export interface GameRules<G extends GameShape> {
  /** The game's name for the lobby: 1 to 40 characters of a–z, 0–9 and `-`. Players of different games never meet. */
  readonly id: string
  /** Raise it when old and new rules must not meet in one match. */
  readonly version: number
  /**
   * Hash of the rules' sources, so that pages with different rules do not meet: 1 to 40 letters, digits, dots, dashes or
   * underscores. Default: the hash that the Vite plugin (`starwire/vite`) makes. Without it "unstated": then only what is
   * declared here is compared, which is schema, rates, options, `id` and `version`.
   */
  readonly rulesHash?: string
  /** 1 to 64. */
  readonly maxPlayers: number
  /** Ticks per second, 10 to 120. Default 60. */
  readonly tickRate?: number
  /**
   * Runs everywhere: on the host for everybody, on a client for what it predicts. No rule may be async or return a promise,
   * because a tick cannot wait: `defineGame` refuses it, or the match ends with `rules-failed`.
   */
  step(world: StepWorld<G>): void
  /** Runs on the host only: spawning, scoring, chance, secrets. */
  referee?(world: RefereeWorld<G>): void
  /**
   * How much an entity matters to a player when a snapshot is full. Default 1. 0 hides it, together with events at it and its
   * id in other events. Any value that is no finite number hides it, too, and in development the console says so. It is
   * also called for entities that were removed, because of events of their last tick. `player` is null for spectators: what this
   * shows then, anybody may see who comes to watch. What throws for null hides from them.
   */
  relevant?(
    entity: {
      readonly [K in keyof G['entities'] & string]: RefereeEntity<G, K>
    }[keyof G['entities'] & string],
    player: PlayerId | null,
    world: RefereeWorld<G>,
  ): number
  /**
   * Whether a member of the lobby may have this choice, such as a team that is not full. Asked on the host's page when the member
   * chooses. Default: everything in range is allowed. What throws is refused.
   */
  mayChoose?(asked: AskedChoice<G>): boolean
}

/** Somebody asks for a choice in the lobby. */
export interface AskedChoice<G extends GameShape> {
  readonly member: PlayerId
  /** What the member would have: every field that is `chosen`, with those that they ask for. */
  readonly choice: SeenChoice<G>
  /** All who play, with what they have, and the member. Who only watches takes nothing away. */
  readonly roster: readonly { readonly id: PlayerId; readonly choice: SeenChoice<G> }[]
  readonly settings: SeenSettings<G>
}

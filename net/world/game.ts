/** A game as data: checks a definition, compiles it, and keeps its types for everything that is made from it. */

import type { BotSelf } from './bot-types.ts'
import type { EventTiming, GameShape, OutOfRange } from './game-shape.ts'
import type { PlayerId } from './ids.ts'
import type { RecordType } from './schema.ts'

export interface EventType {
  readonly name: string
  readonly index: number
  readonly timing: EventTiming
  readonly fields: RecordType
}

export interface CommandType {
  readonly name: string
  readonly index: number
  readonly fields: RecordType
  /** One field, `result`. */
  readonly result: RecordType
  readonly outOfRange: OutOfRange
}

export interface Schema {
  /** All types of record: globals, player, input, then the entities in the order of the definition. */
  readonly types: readonly RecordType[]
  readonly globals: RecordType
  readonly player: RecordType
  readonly input: RecordType
  readonly entities: ReadonlyMap<string, RecordType>
  readonly options: RecordType
  readonly settings: RecordType
  /** The fields of `player` that players choose in the lobby. */
  readonly choice: RecordType
  readonly events: readonly EventType[]
  readonly eventsByName: ReadonlyMap<string, EventType>
  readonly commands: readonly CommandType[]
  readonly commandsByName: ReadonlyMap<string, CommandType>
  /** What each bot remembers. */
  readonly memory: RecordType
  /** The kinds of bots. */
  readonly bots: ReadonlySet<string>
}

declare const shape: unique symbol

/** A defined game of any shape. All code of the library takes this type. */
export interface AnyGame {
  readonly id: string
  readonly version: number
  readonly maxPlayers: number
  /** Ticks per second. */
  readonly tickRate: number
  readonly schema: Schema
  readonly rules: {
    step(world: unknown): void
    referee?(world: unknown): void
    relevant?(entity: unknown, player: PlayerId | null, world: unknown): number
    mayChoose?(asked: unknown): unknown
    readonly bots?: { readonly [kind: string]: (view: unknown, me: BotSelf, memory: unknown) => unknown }
  }
  /**
   * Two pages can play together if their hashes match (`sameHash`): the hash of what is declared, "-", and the hash of the
   * rules' sources or "unstated". The first parts must be equal, the second ones too if both are stated.
   */
  readonly hash: string
}

/** A defined game. Give it to `createLobby` and `joinLobby`; its contents are for the library. */
export interface Game<G extends GameShape = GameShape> extends AnyGame {
  readonly [shape]?: (game: G) => G
}

/** The shape of a defined game: `Session<ShapeOf<typeof tag>>`. */
export type ShapeOf<T> = T extends Game<infer G> ? G : never

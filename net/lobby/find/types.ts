/** What `findLobbies` and `quickMatch` take and give. */
import type { ListedValues, Obstacle } from '../../signaling/listing.ts'
import type { Hidable, ListOrder } from '../../signaling/listing-messages.ts'
import type { JoinStage } from '../../signaling/signals.ts'
import type { Game } from '../../world/game.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { CreateOptions, JoinOptions, LobbyOptions } from '../option-types.ts'

/** One lobby of the public list, as it was when the page of the list was made. Counts are its host's word. */
export interface FoundLobby {
  /** For `joinLobby`. */
  readonly code: string
  /** One clean line. A player wrote it: show it as text, in an element of its own (`<bdi>`). */
  readonly title: string
  /** The name of the host's player; null for a host without one. As the title. */
  readonly host: string | null
  /** What the game listed besides the title. */
  readonly values: ListedValues
  /** Of the game, as `defineGame` has it. */
  readonly version: number
  readonly players: number
  readonly maxPlayers: number
  readonly spectators: number
  /** A match runs; who joins comes late. */
  readonly playing: boolean
  readonly locked: boolean
  /** A password is asked for. */
  readonly hasPassword: boolean
  /** Why this page cannot join; null when nothing is known to stand in the way. */
  readonly obstacle: Obstacle | null
  /**
   * The measured round trip to the host's page by way of the lobby server, in ms; null when it was not measured, or the
   * page did not answer. It is the sum of two legs, each the quickest of several echoes: this page to the server, and the
   * server to the host's page, not older than 5 s. The connection of a match does not go through the server. So its round
   * trip is mostly lower: never below the difference of the legs, and about the sum when the server stands between the two. It is
   * higher only where the direct way is a detour, as over a TURN server far away. A busy page answers late: up to a frame
   * (16 ms) is its own doing. Nobody learns anybody's address by it.
   */
  readonly pingMs: number | null
}

export interface FoundLobbies {
  readonly lobbies: readonly FoundLobby[]
  /** For the next page; null when this is the last. Lobbies that change meanwhile may be missed or come twice. */
  readonly cursor: string | null
}

/** Where and in whose time `findLobbies` works; as for `joinLobby`. */
type WayOptions = Pick<LobbyOptions, 'signaling' | 'WebSocket' | 'platform' | 'signal'>

export interface FindOptions<G extends GameShape> extends WayOptions {
  /** The game, of which lobbies are listed. */
  readonly game: Game<G>
  /** Only lobbies of this version of the game. Default: all; those that this page cannot join are marked. */
  readonly version?: number
  /** Only lobbies that were listed with each of these values, equal in kind. At most eight. Default: all. */
  readonly filter?: ListedValues
  /**
   * `players` (the default): most players first. `newest`: the one listed last first. In both, lobbies that can be joined come before
   * full and locked ones, and those before other builds of the game.
   */
  readonly sort?: ListOrder
  /** What to leave out. Default: nothing. */
  readonly hide?: readonly Hidable[]
  /** Lobbies of this page, 1 to 50. A page may hold fewer when titles are long. Default 20. */
  readonly limit?: number
  /** Where the page before ended. Default: the first page. */
  readonly cursor?: string | null
  /** To how many of the first lobbies that can be joined the round trip is measured, 0 to 10. Default 10. */
  readonly pings?: number
}

/** How far a quick match has come, for the player's eyes. */
export type QuickMatchStage = 'looking for a match' | JoinStage | 'opening a lobby'

export interface QuickMatchOptions<G extends GameShape>
  extends Omit<JoinOptions<G>, 'resume' | 'password' | 'spectate' | 'onProgress'> {
  /** Only lobbies that were listed with each of these values; a lobby that is made has them. Default: none. */
  readonly filter?: ListedValues
  /** The title of a lobby that is made. Default: the player's name. */
  readonly title?: string
  /** More for a lobby that is made, as `createLobby` takes it. */
  readonly create?: Omit<CreateOptions<G>, keyof LobbyOptions | 'listed' | 'offline' | 'password' | 'player'>
  readonly onProgress?: (stage: QuickMatchStage) => void
}

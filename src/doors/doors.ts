/**
 * The one boundary between the page and what it opens: the library and the game. `main.tsx` hands in the real ones, the
 * test fixture fakes. Nothing else in src/ imports either as a value, but for `starwire`'s reasons and its ways to read codes and
 * names, and the game's words, colours, pure rules and tables of what hands can do (`game/looks`, `game/rules`, `game/hands`, `game/languages`).
 */
import type {
  CreateOptions,
  FoundLobby,
  JoinOptions,
  Lobby,
  Member,
  Place,
  PlayerId,
  QuickMatchOptions,
  Session,
} from 'starwire'
import type { Preferences } from '../../game/hands/preferences.ts'
import type { MatchResult } from '../../game/result.ts'
import type { DogstarShape } from '../../game/rules/shape.ts'

/** What the page does with a lobby. */
export type PageLobby = Pick<
  Lobby<DogstarShape>,
  | 'code'
  | 'codeState'
  | 'state'
  | 'reconnecting'
  | 'paused'
  | 'roster'
  | 'settings'
  | 'changeSettings'
  | 'maxPlayers'
  | 'maxSpectators'
  | 'me'
  | 'hosting'
  | 'resumeToken'
  | 'chat'
  | 'muted'
  | 'on'
  | 'setReady'
  | 'start'
  | 'finish'
  | 'handOver'
  | 'playOn'
  | 'kick'
  | 'addBot'
  | 'choose'
  | 'say'
  | 'mute'
  | 'voice'
  | 'share'
  | 'setMyData'
  | 'video'
  | 'spectate'
  | 'open'
  | 'renewCode'
  | 'locked'
  | 'hasPassword'
  | 'bans'
  | 'hostText'
  | 'ban'
  | 'unban'
  | 'lock'
  | 'setPassword'
  | 'setMaxPlayers'
  | 'listing'
  | 'list'
  | 'leave'
>

/** Somebody in the lobby. */
export type PageMember = Member<DogstarShape>

/** A lobby as a door opens it, with the match that is played in it. */
export type OpenedLobby = PageLobby & Pick<Lobby<DogstarShape>, 'session'>

/** What the page does with a running match: look at it. The game plays it. */
export type PageSession = Pick<Session<DogstarShape>, 'stats' | 'world' | 'on'>

/** How the game draws, from the page's address: for slow machines and for tests. */
export interface LookOptions {
  readonly renderer?: 'auto' | 'canvas'
}

export interface GameOptions extends LookOptions {
  /** The name of anybody who is or was in the lobby. */
  nameOf(player: PlayerId): string
  /** Whether they speak now. */
  speaks(player: PlayerId): boolean
  /** The picture for their ship; null: none. */
  pictureOf(player: PlayerId): HTMLCanvasElement | null
  /** How this player flies, sees and hears, as it is now. */
  preferences(): Preferences
}

export interface RunningGame {
  /** Where a player's ship is drawn, in the arena's units; null without a ship. */
  placeOf(player: PlayerId): Place | null
  /** Stops drawing and hearing keys, and takes its elements out of the page. */
  destroy(): void
}

export interface Doors {
  createLobby(
    options: Pick<CreateOptions<DogstarShape>, 'name' | 'choice' | 'listed' | 'offline'>,
  ): Promise<OpenedLobby>
  joinLobby(code: string, options: JoinOptions<DogstarShape>): Promise<OpenedLobby>
  /** Joins the public lobby that fits best, or makes one. */
  quickMatch(
    options: Pick<QuickMatchOptions<DogstarShape>, 'name' | 'choice' | 'title' | 'signal' | 'onProgress'>,
  ): Promise<OpenedLobby>
  /** The public lobbies, those that can be joined first. */
  findLobbies(signal: AbortSignal): Promise<readonly FoundLobby[]>
  /** Fetches what draws the game. Called with the first step towards a lobby, so that the start screen stays light and the match starts at once. */
  loadGame(): Promise<(session: Session<DogstarShape>, parent: HTMLElement, options: GameOptions) => RunningGame>
  /** How the match stood when it ended; null when there is nothing to tell. */
  resultOf(session: Session<DogstarShape>): MatchResult | null
}

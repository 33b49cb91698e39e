/**
 * The one boundary between the page and what it opens: the library and the game. `main.tsx` hands in the real ones, the
 * test fixture fakes; nothing else in src/ imports either as a value, but for `starwire`'s reasons and its ways to read codes and names.
 */
import type { GameShape, JoinOptions, Lobby, PlayerId, Session } from 'starwire'

/** What the page does with a lobby; which game is played in it does not matter here. */
export type PageLobby = Pick<
  Lobby<GameShape>,
  | 'code'
  | 'codeState'
  | 'state'
  | 'reconnecting'
  | 'roster'
  | 'maxPlayers'
  | 'me'
  | 'hosting'
  | 'resumeToken'
  | 'chat'
  | 'muted'
  | 'on'
  | 'setReady'
  | 'start'
  | 'finish'
  | 'kick'
  | 'say'
  | 'mute'
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

/** A lobby as a door opens it, with the match that is played in it. */
export type OpenedLobby<G extends GameShape> = PageLobby & Pick<Lobby<G>, 'session'>

/** What the page does with a running match: look at it. The game plays it. */
export type PageSession = Pick<Session<GameShape>, 'stats' | 'world' | 'on'>

/** How the game draws, from the page's address: for slow machines and for tests. */
export interface LookOptions {
  readonly renderer?: 'auto' | 'canvas'
}

export interface GameOptions extends LookOptions {
  /** The name of anybody who is or was in the lobby. */
  nameOf(player: PlayerId): string
}

export interface RunningGame {
  /** Stops drawing and hearing keys, and takes its elements out of the page. */
  destroy(): void
}

export interface Doors<G extends GameShape> {
  createLobby(options: { readonly name: string }): Promise<OpenedLobby<G>>
  joinLobby(code: string, options: JoinOptions): Promise<OpenedLobby<G>>
  /** Fetches what draws the game. Called when a lobby opens, so that the start screen stays light and the match starts at once. */
  loadGame(): Promise<(session: Session<G>, parent: HTMLElement, options: GameOptions) => RunningGame>
}

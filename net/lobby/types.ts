/** What players do before, during and after a match: the lobby as the developer sees it. */
import type { Session } from '../session/types.ts'
import type { JoinStage } from '../transport/signals.ts'
import type { Reason } from '../wire/reasons.ts'
import type { PlayerId } from '../world/ids.ts'
import type { GameShape, Values } from '../world/types.ts'

/** `connecting` is over once `createLobby` or `joinLobby` has resolved. */
export type LobbyState = 'lobby' | 'playing' | 'ended'

export interface Member {
  readonly id: PlayerId
  /** 1 to 20 characters, different from everybody else's. */
  readonly name: string
  /** Whether the match runs in this member's page. */
  readonly host: boolean
  readonly ready: boolean
  readonly mine: boolean
  /** `late`: nothing heard for a second. */
  readonly presence: 'here' | 'late'
}

export interface LobbyOptions {
  /** The player's name; trimmed, cut to 20 characters, numbered when somebody has it. Empty gives "Player". */
  readonly name: string
  /** Where the signalling server is: a ws:// or wss:// address. Default: the page's own origin. */
  readonly signaling?: string
  /** ICE servers in place of those that the signalling server hands out. */
  readonly iceServers?: RTCIceServer[]
  /**
   * Whether checks for developers run: each tick twice, writes that are not allowed, slow rules. They double the cost of
   * a tick. Default: unless `process.env.NODE_ENV` is 'production'.
   */
  readonly development?: boolean
}

export interface CreateOptions<G extends GameShape> extends LobbyOptions {
  /** The game's options, fixed for the life of the lobby. */
  readonly options?: Partial<Values<G['options']>>
  /** At most the game's own `maxPlayers`, the host included. */
  readonly maxPlayers?: number
  /** Whether the host's own inputs act as late as those of the median guest, so that hosting is no advantage. Default false. */
  readonly fairHost?: boolean
}

export interface JoinOptions extends LobbyOptions {
  /** How far the join has come, for the player's eyes. */
  readonly onProgress?: (stage: JoinStage) => void
}

/** Why something was not done. */
export type Refusal = 'not-host' | 'already-playing' | 'ended' | 'no-such-player' | 'not-yourself'

export interface LobbyEvents {
  /** Somebody came, went, changed name or readiness. */
  roster: readonly Member[]
  state: LobbyState
  /** The lobby is over for this page, with the reason; null after `leave`. */
  ended: Reason | null
}

/** A lobby, the same for the host and for guests. */
export interface Lobby<G extends GameShape> {
  readonly code: string
  readonly state: LobbyState
  readonly roster: readonly Member[]
  readonly maxPlayers: number
  readonly me: PlayerId
  /** Whether this page hosts: for what the host alone may do in the lobby. Game code never needs it. */
  readonly hosting: boolean
  on<Name extends keyof LobbyEvents>(event: Name, heard: (value: LobbyEvents[Name]) => void): () => void
  /** Says that this player is ready; never a condition for `start`. */
  setReady(ready: boolean): void
  /** Starts the match. Returns why not, for everybody but the host. */
  start(): Refusal | null
  /** Removes a player. Returns why not. */
  kick(player: PlayerId): Refusal | null
  /** Leaves; for the host, closes the lobby for everybody. */
  leave(): void
  /** The match: resolves when the host starts, at once for a late joiner; rejects with a StarwireError when the lobby ends first. The same session at every call. */
  session(): Promise<Session<G>>
}

/** What `createLobby` and `joinLobby` take, as the developer sees it. */

import type { MediaPlatform } from '../media/types.ts'
import type { Platform } from '../platform/platform.ts'
import type { JoinStage } from '../signaling/signals.ts'
import type { WebSocketConstructor } from '../signaling/socket.ts'
import type { Privacy } from '../star/attempt.ts'
import type { TransportOptions } from '../transport/peer-connection.ts'
import type { PeerConnectionConstructor } from '../transport/webrtc.ts'
import type { GameShape } from '../world/game-shape.ts'
import type { Choice, Values } from '../world/record-types.ts'
import type { VetChat } from './chat/types.ts'
import type { Listed } from './find/listed-types.ts'

export interface LobbyOptions {
  /**
   * The player's name, as `cleanName` makes it. Numbered when somebody present has it, or one that looks the same ("Аnn"
   * with a Cyrillic А beside "Ann" becomes "Аnn 2").
   */
  readonly name: string
  /**
   * Where the signalling server is: a ws:, wss:, http: or https: address, or one relative to the page, as `starwire` for a
   * page that may stand in any folder of its host. Default: `/starwire` on the page's own origin.
   */
  readonly signaling?: string
  /** ICE servers in place of those that the signalling server hands out. */
  readonly iceServers?: RTCIceServer[]
  /**
   * Gives `createLobby` or `joinLobby` up while it is under way: sockets and connections are closed, it rejects with the
   * signal's reason, and a seat asked for by `resume` stays kept. Once it has resolved the signal does nothing: use `leave`.
   */
  readonly signal?: AbortSignal
  /** What opens the socket to the signalling server. Default: the page's own. For Node: that of the package `ws`. */
  readonly WebSocket?: WebSocketConstructor
  /** What connects players. Default: the page's own. For Node see `starwire/node`. */
  readonly RTCPeerConnection?: PeerConnectionConstructor
  /** How pages connect: `{ peerConnection }` makes one attempt. Default: WebRTC. */
  readonly transport?: TransportOptions
  /**
   * `relay-only`: other players never learn this page's address, by the match, voice or video. It connects through TURN where signalling
   * hands that out, else through the relay of signalling, both slower than a direct connection; voice and video need TURN then. The
   * operator sees the address all the same. Default: connections are direct where they can be, and show it.
   */
  readonly privacy?: Privacy
  /** Whose time, timers, chance and page events it goes by. Default: this page's. For simulations: a page in virtual time. */
  readonly platform?: Platform
  /** Whose microphone, camera and sound voice and video use. Default: this page's. For tests. */
  readonly mediaPlatform?: MediaPlatform
  /**
   * Whether checks for developers run: each tick twice, writes that are not allowed, slow rules. They double the cost of
   * a tick. Default: unless `process.env.NODE_ENV` is 'production'.
   */
  readonly development?: boolean
}

export interface HostingOptions {
  /**
   * Whether this page may become the host when another host leaves or hands over. Default true; phones and connections that are paid by
   * the byte are then chosen last.
   */
  readonly mayHost?: boolean
  /**
   * The game's own filter of the chat, for when this page hosts: returns the text that all will see, or null for none. Default: what
   * players say is told. An error in it drops the message and is shown.
   */
  readonly vetChat?: VetChat
}

export interface CreateOptions<G extends GameShape> extends LobbyOptions, HostingOptions {
  /**
   * `off`: the lobby ends with this page. Default: when this page leaves or hands over, another one goes on as the host with the same
   * players, match and code. That page then knows what the rules hide from its player, as a host's does.
   */
  readonly migration?: 'off'
  /** The game's options, fixed for the life of the lobby. */
  readonly options?: Partial<Values<G['options']>>
  /** What the host's player chooses. */
  readonly choice?: Partial<Choice<G>>
  /** The settings that the lobby begins with. Those that are left out have their defaults. */
  readonly settings?: Partial<Values<G['settings']>>
  /** At most the game's own `maxPlayers`, the host included. */
  readonly maxPlayers?: number
  /**
   * How long the seat and the entities of a guest are kept whose link is lost or whose page is closed or reloaded: 0
   * (not at all) to 3600 seconds. Nobody else gets the seat meanwhile. Default 60: a phone call, a tunnel, a change of
   * network or a reload fit in, and a full lobby does not wait long for somebody who closed the page. Before the match, a
   * page that was closed or reloaded has 15 s of it.
   */
  readonly resumeSeconds?: number
  /**
   * Whether the lobby begins without a server: no socket, no code, no WebRTC needed. `open` gets a code later. Default false.
   */
  readonly offline?: boolean
  /**
   * How many may watch without playing, 0 to 64; a game of more than 56 players has seats for fewer. They do not count as players. Each
   * costs the host's uplink two thirds of what a player does. Default 8; 0: nobody.
   */
  readonly maxSpectators?: number
  /** Asked of newcomers: as `setPassword`. 1 to 128 characters. Default null: none. */
  readonly password?: string | null
  /** Whether this page plays, too. With `false` (see `HeadlessOptions`) it only hosts. Default true. */
  readonly player?: true
  /** Whether the host's own inputs act as late as those of the median guest, so that hosting is no advantage. Default false. */
  readonly fairHost?: boolean
  /**
   * Whether anybody finds the lobby with `findLobbies`, and under which title and values. Default: only who has the code. What
   * comes of it is in `lobby.listing`; a lobby whose listing is refused works all the same. `lobby.list` changes it.
   */
  readonly listed?: Listed
  /**
   * Whether players may send each other files, and how large they may be, in bytes: all of them pass the host's page. Default
   * `{ maxBytes: 67108864 }`.
   */
  readonly files?: false | { readonly maxBytes: number }
}

/** Of a host without a player of its own: every seat is a guest's. */
export interface HeadlessOptions<G extends GameShape>
  extends Omit<CreateOptions<G>, 'name' | 'choice' | 'fairHost' | 'player'> {
  readonly player: false
}

export interface JoinOptions<G extends GameShape = GameShape> extends LobbyOptions, HostingOptions {
  /**
   * Comes to watch: a member who is no player. They see what `relevant` shows for null, get events that are for all, and no private
   * fields of anybody. Default false. With a valid `resume` it does not count: the seat is what it was.
   */
  readonly spectate?: boolean
  /** What a new player chooses, for who joins into a running match. What `mayChoose` does not allow is left at its default. */
  readonly choice?: Partial<Choice<G>>
  /** How far the join has come, for the player's eyes. */
  readonly onProgress?: (stage: JoinStage) => void
  /**
   * The `resumeToken` of a lobby that this page, before it was reloaded, had joined: leads back to the same seat and what
   * belongs to it. One that is void, from another lobby, or older than the host keeps seats, is as none: a new seat.
   */
  readonly resume?: string | null
  /**
   * For a lobby that asks for one; else it is not used. Without it, or with a wrong one, the join fails as `wrong-password`: ask
   * the player, and join again. Who guesses too often reads `rate-limited`, with `retryAfterSeconds`.
   */
  readonly password?: string | null
}

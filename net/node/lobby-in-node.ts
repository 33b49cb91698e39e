/** Hosts or joins a lobby in a Node process: the same lobby as in pages, with WebRTC and WebSocket for Node. */
import { WebSocket } from 'ws'
import { createLobby } from '../lobby/create.ts'
import { joinLobby } from '../lobby/join.ts'
import type { HeadlessOptions, JoinOptions, LobbyOptions } from '../lobby/option-types.ts'
import type { HeadlessLobby, Lobby } from '../lobby/types.ts'
import type { WebSocketConstructor } from '../signaling/socket.ts'
import type { Game } from '../world/game.ts'
import type { GameShape } from '../world/game-shape.ts'
import { checkKinds } from '../world/given.ts'
import { type NativePeerOptions, nativePeers } from './native-peer.ts'

/** Options that this file sets itself. */
type Brought = 'WebSocket' | 'RTCPeerConnection' | 'transport' | 'mediaPlatform'

export interface NodeHostOptions<G extends GameShape>
  extends Omit<HeadlessOptions<G>, Brought | 'player' | 'signaling'>,
    NativePeerOptions {
  /** Where the signalling server is, in full: `wss://my-game.example/starwire`, or with https. Left out only with `offline`. */
  readonly signaling?: string
}

export interface NodeJoinOptions<G extends GameShape = GameShape>
  extends Omit<JoinOptions<G>, Brought | 'signaling'>,
    NativePeerOptions {
  /** Where the signalling server is, in full: `wss://my-game.example/starwire`, or with https. */
  readonly signaling: string
}

/**
 * Opens a lobby with this process as its host, without a player of its own: every seat is a guest's. Bots of the game play here
 * (`lobby.addBot`). The lobby keeps the process alive until `leave`.
 * @throws as `createLobby` with `player: false`; StarwireError (rejects) `no-webrtc` without the package node-datachannel.
 */
export async function hostInNode<G extends GameShape>(
  game: Game<G>,
  options: NodeHostOptions<G>,
): Promise<HeadlessLobby<G>> {
  if (options.offline !== true) checkKinds('hostInNode', { signaling: asked(options) }, { signaling: 'string' })
  const { ways, rest } = await inNode(options)
  return createLobby(game, { ...rest, ...ways, player: false })
}

/**
 * Joins a lobby from a Node process as a player like any other: for tests of load, and for players that are programs.
 * @throws as `joinLobby`; StarwireError (rejects) `no-webrtc` without the package node-datachannel.
 */
export async function joinInNode<G extends GameShape>(
  game: Game<G>,
  code: string,
  options: NodeJoinOptions<G>,
): Promise<Lobby<G>> {
  checkKinds('joinInNode', { signaling: asked(options) }, { signaling: 'string' })
  const { ways, rest } = await inNode(options)
  return joinLobby(game, code, { ...rest, ...ways })
}

/** The address, or null when it is missing, which the check then refuses: in Node there is no page whose origin could be the default. */
function asked({ signaling = null }: { readonly signaling?: string | null }): unknown {
  return signaling
}

async function inNode<O extends NativePeerOptions>(
  options: O,
): Promise<{
  ways: Required<Pick<LobbyOptions, 'WebSocket' | 'transport'>>
  rest: Omit<O, keyof NativePeerOptions>
}> {
  const { ports, bindAddress, ...rest } = options
  const peerConnection = await nativePeers({
    ...(ports !== undefined && { ports }),
    ...(bindAddress !== undefined && { bindAddress }),
  })
  return { ways: { WebSocket: WebSocket as unknown as WebSocketConstructor, transport: { peerConnection } }, rest }
}

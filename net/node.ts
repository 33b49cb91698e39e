/**
 * `starwire/node`: hosts and joins lobbies in a Node process. It needs the package `node-datachannel` beside starwire, which brings
 * WebRTC for Node.
 *
 * ```ts
 * const lobby = await hostInNode(tag, { signaling: 'wss://my-game.example/starwire' })
 * console.log(lobby.code)
 * runRoom(lobby, { minPlayers: 2 })
 * ```
 */

export { loadGame } from './node/load-game.ts'
export { hostInNode, joinInNode, type NodeHostOptions, type NodeJoinOptions } from './node/lobby-in-node.ts'
export { type NativePeerOptions, nativePeers } from './node/native-peer.ts'
export { type RoomOptions, runRoom } from './node/room.ts'

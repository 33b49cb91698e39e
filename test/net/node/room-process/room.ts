/** A process that hosts a lobby in Node until it is killed: it prints the code, and begins a match as soon as two players are there. */
import { hostInNode, runRoom } from 'starwire/node'
import { yard } from '../../../sim/lobbies/player.ts'

export async function runCommandLine([signaling = '']: string[]): Promise<number> {
  const lobby = await hostInNode(yard, { signaling, iceServers: [], bindAddress: '127.0.0.1' })
  console.log(`code ${lobby.code}`)
  runRoom(lobby, { minPlayers: 2 })
  await new Promise((resolve) => lobby.on('ended', resolve))
  return 0
}

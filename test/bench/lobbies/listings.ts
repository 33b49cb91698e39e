/** The lobbies that the benchmark of lists looks for, and the hosts that list them: sockets that say what a host's page says. */
import { WebSocket } from 'ws'
import { buildOf } from '../../../net/lobby/find/own-listing.ts'
import type { Listing, LobbyFacts } from '../../../net/signaling/listing.ts'
import type { ClientMessage } from '../../../net/signaling/protocol.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'

export const LISTED = 1000
/** Lobbies of one page, as `findLobbies` asks for when it is not told. */
export const PAGE = 20
/** Lobbies of one group: a filter by it gives a page whose hosts nobody has measured yet. */
export const PER_GROUP = 10

const listingOf = (i: number): Listing => ({
  ...buildOf(tag),
  ...{ title: `Lobby ${i}`, host: `Player ${i}`, values: { mode: 'duel', group: Math.floor(i / PER_GROUP) } },
})
const factsOf = (i: number): LobbyFacts => ({
  ...{ players: 1 + (i % 7), maxPlayers: 8, spectators: 0, playing: false, locked: false, hasPassword: false },
})

/** Opens and lists this many lobbies. `awayMs`: how long each host takes to answer an echo. */
export async function listLobbies(url: string, count: number, awayMs: () => number): Promise<{ close(): void }> {
  const sockets: WebSocket[] = []
  for (let i = 0; i < count; i++) sockets.push(await listLobby(url, i, awayMs))
  return {
    close() {
      for (const socket of sockets) socket.terminate()
    },
  }
}

function listLobby(url: string, i: number, awayMs: () => number): Promise<WebSocket> {
  const socket = new WebSocket(url)
  const say = (message: ClientMessage): void => socket.send(JSON.stringify(message))
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('open', () => say({ type: 'host', protocol: 1 }))
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as { type: string; nonce: string; refusal: string | null }
      if (message.type === 'hosting') say({ type: 'list', serial: 1, listing: listingOf(i), facts: factsOf(i) })
      if (message.type === 'listed') {
        if (message.refusal === null) resolve(socket)
        else reject(new Error(`lobby ${i} is not listed: ${message.refusal}`))
      }
      if (message.type === 'echo') {
        const answer = (): void => say({ type: 'echoed', nonce: message.nonce })
        if (awayMs() > 0) setTimeout(answer, awayMs())
        else answer()
      }
      if (message.type === 'error') reject(new Error(`lobby ${i}: ${String(data)}`))
    })
  })
}

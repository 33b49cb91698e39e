/**
 * A signalling server in a process of its own, as an operator runs it, and beside it the least that anybody could do: a plain
 * HTTP endpoint that gives a JSON of the same lobbies. Says its port, and ends with its input.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSignalingServer } from '../../../net/server.ts'
import { LISTED, PAGE } from './listings.ts'

/** Everything here is one address: no budget may stand in the way of what is measured. */
const NO_LIMIT = 1_000_000

/** As the endpoint keeps them: what a page of the list says of each lobby. */
const rows = Array.from({ length: LISTED }, (_, i) => ({
  ...{
    code: 'K7QX2',
    version: 1,
    order: i,
    title: `Lobby ${i}`,
    host: `Player ${i}`,
    values: { mode: 'duel', group: i },
  },
  ...{ players: 1 + (i % 7), maxPlayers: 8, spectators: 0, playing: false, locked: false, hasPassword: false },
  obstacle: null,
}))

export async function runCommandLine(): Promise<number> {
  const server = createServer((_, response) => {
    const page = rows.filter(({ values }) => values.mode === 'duel').sort((a, b) => b.players - a.players)
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify({ type: 'found', lobbies: page.slice(0, PAGE), cursor: '0.7.20' }))
  })
  const limits = {
    ...{ socketsPerAddress: NO_LIMIT, lobbiesPerAddress: NO_LIMIT, lobbiesPerMinute: NO_LIMIT },
    ...{ listedPerAddress: NO_LIMIT, findsPerMinute: NO_LIMIT },
  }
  const signaling = createSignalingServer({ iceServers: [], secret: 'a secret of the benchmarks, long enough', limits })
  signaling.attach(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  console.log(`port ${(server.address() as AddressInfo).port}`)
  process.stdin.resume()
  await new Promise((resolve) => process.stdin.once('end', resolve))
  await signaling.close()
  server.closeAllConnections()
  server.close()
  return 0
}

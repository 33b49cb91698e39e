/**
 * A process that hosts: a signalling server, and a star that sends to each guest at each tick. Prints `url URL CODE`; for each line on
 * its input the figures since the last one, as JSON; ends with its input.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { thisPage } from '../../../../net/platform/platform.ts'
import { createSignalingServer, defaultLimits } from '../../../../net/server.ts'
import type { WebSocketConstructor } from '../../../../net/signaling/socket.ts'
import { createStar } from '../../../../net/star.ts'
import { HZ, MESSAGE_BYTES, peersOf } from '../peers.ts'

export interface RoomFigures {
  /** Milliseconds between the beginnings of two ticks. */
  readonly gaps: readonly number[]
  readonly received: number
  readonly skipped: number
  readonly peers: number
  /** Share of one core. */
  readonly cpu: number
}

export async function runCommandLine([kind = '', guests = '']: string[]): Promise<number> {
  const server = createServer()
  const signaling = createSignalingServer({
    secret: 'a secret of the benchmark, long enough',
    limits: { ...defaultLimits, joinsPerMinute: 1000 },
  })
  signaling.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/starwire`
  let received = 0
  let skipped = 0
  let gaps: number[] = []
  const star = await createStar({
    url,
    WebSocket: WebSocket as unknown as WebSocketConstructor,
    transport: { peerConnection: await peersOf(kind) },
    iceServers: [],
    maxPeers: Number(guests),
    onPeer: ({ link }) => link.listen({ message: () => void received++, closed: () => {} }),
  })
  const bytes = new Uint8Array(MESSAGE_BYTES)
  let before = performance.now()
  const clock = thisPage.startClock(HZ, () => {
    const now = performance.now()
    gaps.push(now - before)
    before = now
    for (const { link } of star.peers.values()) if (link.send('state', bytes) !== 'sent') skipped++
  })
  console.log(`url ${url} ${star.code}`)
  let cpu = process.cpuUsage()
  let since = performance.now()
  for await (const _ of createInterface({ input: process.stdin })) {
    const { user, system } = process.cpuUsage(cpu)
    const share = (user + system) / 1000 / (performance.now() - since)
    const figures: RoomFigures = { gaps, received, skipped, peers: star.peers.size, cpu: share }
    console.log(JSON.stringify(figures))
    gaps = []
    received = 0
    skipped = 0
    cpu = process.cpuUsage()
    since = performance.now()
  }
  clock.stop()
  star.close()
  process.exit(0)
}

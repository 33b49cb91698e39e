/**
 * One server process for a benchmark, told by its arguments: `starwire [redis-url]`, `direct [port]`, `peerjs`, or `bare`, which takes
 * WebSockets and says nothing. It talks with the benchmark over Node's channel: says its port, and on request its memory and the CPU time that it took.
 *
 * `direct`: for pages of any origin, which connect directly or not at all. With a port it takes the place of one that was killed.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { PeerServer } from 'peer'
import { WebSocketServer } from 'ws'
import { connectRedis } from '../../../net/redis.ts'
import { createSignalingServer, type SignalingServerOptions } from '../../../net/server.ts'

/** Everything here is one address: no budget may stand in the way of what is measured. */
const NO_LIMIT = 1_000_000_000

export interface Figures {
  readonly cpuMs: number
  readonly rssBytes: number
  readonly heapBytes: number
  readonly lagP99Ms: number
  readonly sockets: number
}

export async function runCommandLine([kind = 'starwire', of]: string[]): Promise<number> {
  const server = await startOf(kind, of)
  const lag = monitorEventLoopDelay({ resolution: 5 })
  lag.enable()
  const say = (message: object): void => void process.send?.(message)
  process.on('message', async (request) => {
    if (request === 'stop') {
      await server.stop()
      process.disconnect()
      // PeerJS's server keeps timers that nothing ends.
      process.exit(0)
    }
    if (request === 'collect') globalThis.gc?.()
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed, external } = process.memoryUsage()
    const figures: Figures = {
      ...{ cpuMs: (user + system) / 1000, rssBytes: rss, heapBytes: heapUsed + external },
      ...{ lagP99Ms: lag.percentile(99) / 1e6, sockets: server.sockets() },
    }
    lag.reset()
    say({ figures })
  })
  say({ port: server.port })
  await new Promise((resolve) => process.once('disconnect', resolve))
  return 0
}

interface Running {
  readonly port: number
  sockets(): number
  stop(): Promise<unknown>
}

function startOf(kind: string, of: string | undefined): Promise<Running> {
  if (kind === 'peerjs') return startPeerJs()
  if (kind === 'bare') return startBare()
  if (kind === 'direct') return startStarwire({ allowedOrigins: '*', relay: false }, Number(of ?? 0))
  return startStarwire({}, 0, of === undefined ? null : connectRedis({ url: of }))
}

async function startStarwire(
  options: SignalingServerOptions,
  port: number,
  redis: ReturnType<typeof connectRedis> | null = null,
): Promise<Running> {
  const http = createServer()
  const limits = {
    ...{ socketsPerAddress: NO_LIMIT, lobbiesPerAddress: NO_LIMIT, lobbiesPerMinute: NO_LIMIT },
    ...{ joinsPerMinute: NO_LIMIT, lobbies: NO_LIMIT, attemptsPerLobby: NO_LIMIT },
    ...{ messagesPerSecond: NO_LIMIT, redialsPerAddress: NO_LIMIT },
  }
  while (redis && !(await redis.isReady())) await new Promise((resolve) => setTimeout(resolve, 20))
  const signaling = createSignalingServer({
    ...{ iceServers: [], secret: 'a secret of the benchmarks, long enough', limits, trustProxy: true },
    ...{ ...options, ...(redis && { redis }) },
  })
  signaling.attach(http)
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', 8192, resolve))
  return {
    port: (http.address() as AddressInfo).port,
    sockets: () => signaling.stats().sockets,
    async stop() {
      await signaling.close()
      http.close()
      http.closeAllConnections()
      redis?.close()
    },
  }
}

function startPeerJs(): Promise<Running> {
  return new Promise((resolve) => {
    PeerServer({ port: 0, host: '127.0.0.1', concurrent_limit: NO_LIMIT }, (http) => {
      resolve({
        port: (http.address() as AddressInfo).port,
        sockets: () => 0,
        async stop() {
          http.close()
          http.closeAllConnections()
        },
      })
    })
  })
}

async function startBare(): Promise<Running> {
  const http = createServer()
  const acceptor = new WebSocketServer({ server: http, clientTracking: false, perMessageDeflate: false })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', 8192, resolve))
  return {
    port: (http.address() as AddressInfo).port,
    sockets: () => 0,
    async stop() {
      acceptor.close()
      http.close()
      http.closeAllConnections()
    },
  }
}

/** What the signalling tests share: a server on a free port, clients, bare sockets, a clock that is moved by hand. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { connectSignaling, type SignalingOptions } from '../../../net/signaling/client.ts'
import type { ServerMessage } from '../../../net/signaling/protocol.ts'
import {
  createSignalingServer,
  type SignalingServer,
  type SignalingServerOptions,
} from '../../../net/signaling/server/server.ts'
import { type ServerPlatform, thisProcess } from '../../../net/signaling/server/server-platform.ts'
import type { Attempt, GuestRequest, HostSignalHandlers } from '../../../net/signaling/signals.ts'
import type { WebSocketConstructor } from '../../../net/signaling/socket.ts'
import type { Reason } from '../../../net/wire/reasons.ts'
import { asGuest, asHost, type BareSocket, bareSocket } from './bare-socket.ts'
import { guestHandlers, hostHandlers, newGuest, newHost, type RecordedGuest, type RecordedHost } from './recorded.ts'

export { type BareSocket, reasonOf } from './bare-socket.ts'

/** Releases something after the test, whatever its outcome, the newest first. */
export function afterwards(release: () => unknown): void {
  onTestFinished(async () => void (await release()))
}

/** Waits for a condition, not for a time. */
export async function until(condition: () => unknown, what: string, withinMs = 4_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}

export interface ManualClock extends ServerPlatform {
  advance(ms: number): void
}

/** Stands still unless it is advanced; the server then sweeps when the test says so. */
export function manualClock(start = Date.now()): ManualClock {
  let time = start
  return {
    now: () => time,
    after: () => () => {},
    randomBytes: thisProcess.randomBytes,
    advance(ms) {
      time += ms
    },
  }
}

export interface Running {
  signaling: SignalingServer
  http: Server
  port: number
  url: string
  stop(): Promise<void>
}

export async function startServer(options: SignalingServerOptions = {}, port = 0): Promise<Running> {
  const http = createServer((_, response) => response.end('page'))
  const signaling = createSignalingServer({ iceServers: [], secret: 'a secret for tests', log: () => {}, ...options })
  signaling.attach(http)
  await new Promise<void>((resolve) => http.listen(port, '127.0.0.1', resolve))
  const bound = (http.address() as AddressInfo).port
  let stopped: Promise<void> | null = null
  const stop = async () => {
    await signaling.close()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  }
  const running: Running = {
    signaling,
    http,
    port: bound,
    url: `ws://127.0.0.1:${bound}/starwire`,
    stop: () => {
      stopped ??= stop()
      return stopped
    },
  }
  afterwards(running.stop)
  return running
}

/** A `ws` socket that the test can cut like a pulled cable. */
export class TestWebSocket extends WebSocket {
  static readonly all: TestWebSocket[] = []
  constructor(url: string) {
    super(url)
    TestWebSocket.all.push(this)
  }
}

export const wsConstructor = TestWebSocket as unknown as WebSocketConstructor

export function clientOf(url: string, options: SignalingOptions = {}) {
  return connectSignaling({ url, WebSocket: wsConstructor, firstRetryMs: 10, longestRetryMs: 50, ...options })
}

export interface TestHost extends RecordedHost {
  /** The socket at the time of creation. */
  socket: TestWebSocket
}

export async function host(
  url: string,
  answer: (attempt: Attempt, info: string) => Reason | null = () => null,
  more: Partial<HostSignalHandlers> = {},
  options: SignalingOptions = {},
): Promise<TestHost> {
  const made = newHost() as TestHost
  made.signals = await clientOf(url, options).host(hostHandlers(made, answer, more))
  made.socket = TestWebSocket.all.at(-1)!
  afterwards(() => made.signals.close())
  return made
}

export async function join(
  url: string,
  code: string,
  info = 'guest',
  options: SignalingOptions = {},
  made = newGuest() as RecordedGuest,
  request: GuestRequest = {},
): Promise<RecordedGuest> {
  made.signals = await clientOf(url, options).guest(
    code,
    info,
    guestHandlers(made),
    (stage) => made.stages.push(stage),
    request,
  )
  afterwards(() => made.signals.close())
  return made
}

export interface RealSocket extends BareSocket {
  readonly socket: WebSocket
}

export async function bare(url: string, headers: Record<string, string> = {}): Promise<RealSocket> {
  const socket = new WebSocket(url, { headers })
  const made = bareSocket(socket, until)
  socket.on('message', (data) => made.heard.push(JSON.parse(String(data)) as ServerMessage))
  socket.on('error', () => {})
  afterwards(() => socket.terminate())
  await new Promise((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return { ...made, socket }
}

export const bareHost = async (url: string) => asHost(await bare(url))

export const bareGuest = async (url: string, lobbyHost: BareSocket, code: string) =>
  asGuest(await bare(url), lobbyHost, code)

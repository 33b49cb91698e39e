/** What the signalling tests in virtual time share: servers, clients and bare sockets of one world, which ends with the test. */
import { onTestFinished } from 'vitest'
import { VirtualPage } from '../../../net/platform/virtual-page.ts'
import { VirtualTime } from '../../../net/platform/virtual-time.ts'
import { connectSignaling, type SignalingOptions } from '../../../net/signaling/client.ts'
import type { ServerMessage } from '../../../net/signaling/protocol.ts'
import {
  startVirtualServer,
  type VirtualServer,
  type VirtualServerOptions,
} from '../../../net/signaling/server/virtual-server.ts'
import type { Attempt, GuestRequest, HostSignalHandlers } from '../../../net/signaling/signals.ts'
import type { WebSocketLike } from '../../../net/signaling/socket.ts'
import { VirtualInternet } from '../../../net/signaling/virtual-sockets.ts'
import type { Reason } from '../../../net/wire/reasons.ts'
import {
  type BareSocket as AnyBareSocket,
  asGuest,
  asHost,
  bareSocket,
  reasonOf as reasonItRejectsWith,
} from './bare-socket.ts'
import { guestHandlers, hostHandlers, newGuest, newHost, type RecordedGuest, type RecordedHost } from './recorded.ts'

interface World {
  readonly time: VirtualTime
  readonly internet: VirtualInternet
  drawn: number
}

let world: World | null = null

/** The world of the running test. */
export function theWorld(): World {
  if (world === null) {
    const time = new VirtualTime()
    world = { time, internet: new VirtualInternet(time, 1), drawn: 0 }
    onTestFinished(() => {
      world = null
    })
  }
  return world
}

/** Lets so much time pass. */
export async function pass(ms: number): Promise<void> {
  const { time } = theWorld()
  await time.runTo(time.now + ms)
}

/** Lets time pass until a condition holds. */
export async function until(condition: () => unknown, what: string, withinMs = 4_000): Promise<void> {
  const { time } = theWorld()
  if (!(await time.runUntil(() => Boolean(condition()), time.now + withinMs)))
    throw new Error(`waited in vain: ${what}`)
}

/** Lets time pass until a promise is settled. */
export async function settled<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false
  const settle = (): void => {
    isSettled = true
  }
  promise.then(settle, settle)
  await until(() => isSettled, 'a promise', 60_000)
  return promise
}

export interface Running extends VirtualServer {
  readonly url: string
}

/** At the url of one that has stopped, or at a new one. */
export function startServer(
  options: Partial<VirtualServerOptions> = {},
  url = `ws://server-${theWorld().drawn}/starwire`,
): Running {
  const { time, internet } = theWorld()
  const seed = ++theWorld().drawn
  const server = startVirtualServer({ time, internet, url, seed, secret: 'a secret for tests', ...options })
  return Object.assign(server, { url })
}

export interface Place {
  /** As the server sees it. Default: the same for all, as behind one NAT. */
  readonly address?: string
  /** One way, ms. Default 1. */
  readonly latencyMs?: number
}

export function newPage({ address = 'one address', latencyMs = 1 }: Place = {}) {
  const { time, internet } = theWorld()
  const page = new VirtualPage(time, ++theWorld().drawn)
  return { page, WebSocket: internet.webSocketOf(page, { address, latencyMs, jitterMs: 0 }) }
}

export interface TestHost extends RecordedHost {
  page: VirtualPage
}

export async function host(
  url: string,
  answer: (attempt: Attempt, info: string) => Reason | null = () => null,
  more: Partial<HostSignalHandlers> = {},
): Promise<TestHost> {
  const { page, WebSocket } = newPage()
  const made = { page, ...newHost() } as TestHost
  const opening = connectSignaling({ url, WebSocket, platform: page }).host(hostHandlers(made, answer, more))
  made.signals = await settled(opening)
  return made
}

export interface TestGuest extends RecordedGuest {
  page: VirtualPage
}

export async function join(
  url: string,
  code: string,
  info = 'guest',
  options: SignalingOptions = {},
  made = newGuest() as TestGuest,
  request: GuestRequest = {},
): Promise<TestGuest> {
  const { page, WebSocket } = newPage()
  made.page = page
  const signaling = connectSignaling({ url, WebSocket, platform: page, ...options })
  made.signals = await settled(
    signaling.guest(code, info, guestHandlers(made), (stage) => made.stages.push(stage), request),
  )
  return made
}

/** The reason with which a promise rejects; time passes until then. */
export const reasonOf = (promise: Promise<unknown>): Promise<string> => settled(reasonItRejectsWith(promise))

/** A socket without our client: says what it likes, right or wrong. */
export interface BareSocket extends AnyBareSocket {
  page: VirtualPage
  socket: WebSocketLike
}

export async function bare(url: string, place: Place = {}): Promise<BareSocket> {
  const { page, WebSocket } = newPage(place)
  const socket = new WebSocket(url)
  const made = bareSocket(textsOnly(socket), until)
  socket.addEventListener('message', ({ data }) => made.heard.push(JSON.parse(String(data)) as ServerMessage))
  await until(() => socket.readyState === 1, 'an open socket')
  return { ...made, page, socket }
}

/** In virtual time there are texts alone. */
const textsOnly = (socket: WebSocketLike) => ({
  send: (text: string | Uint8Array) => socket.send(String(text)),
  get readyState() {
    return socket.readyState
  },
})

export const bareHost = async (url: string, place: Place = {}) => asHost(await bare(url, place))

export const bareGuest = async (url: string, lobbyHost: AnyBareSocket, code: string, place: Place = {}) =>
  asGuest(await bare(url, place), lobbyHost, code)

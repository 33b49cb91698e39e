/**
 * The signalling server: lobbies by code, and the relay of signals until two pages have a connection of their own. It
 * sees no game data, keeps nothing on disk, and may stop and start again without a running lobby losing its code.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type ErrorCode, errorCodes, type IceServer, SIGNALING_PATH } from '../protocol.ts'
import { type AllowedOrigins, addressOf, originAllowed } from './address.ts'
import { type Connection, type Context, fail, parseEnvelope, send, textOf } from './connection.ts'
import { farewell, hearOtherSide, hearPage } from './dispatch.ts'
import { renewLease } from './hosting.ts'
import { iceServersFromEnvironment } from './ice.ts'
import { lookForHost } from './joining.ts'
import * as limit from './limits.ts'
import { createMemoryStore } from './memory-store.ts'
import type { LobbyStore } from './store.ts'

export interface SignalingServerOptions {
  /** Given to every page. Default: from the environment, as `iceServersFromEnvironment`; `[]` for none. */
  iceServers?: IceServer[] | ((now: number) => IceServer[])
  /** Which pages may connect. Default `same-host`: those that this host served, and programs that are no page. */
  allowedOrigins?: AllowedOrigins
  /**
   * Signs host tokens. Default: STARWIRE_SECRET, or a random one with a warning: then a lobby does not survive a
   * restart of the server. All processes of one service share one secret.
   */
  secret?: string
  /** Caps and rates; what is not given has its default. */
  limits?: Partial<limit.SignalingLimits>
  /** Where lobbies are kept. Default: in memory, for a service of one process. */
  store?: LobbyStore
  /** True behind one proxy that sets X-Forwarded-For: limits then count by its last entry. Default false. */
  trustProxy?: boolean
  /** Hears what an operator should know, in sentences. Default: warnings go to the console. */
  log?: (level: 'info' | 'warn', sentence: string) => void
  /** Time for tests: `now` in ms since 1970, never going back; `every` repeats until its result is called. */
  clock?: Clock
}

export interface Clock {
  now(): number
  every(ms: number, run: () => void): () => void
}

export interface SignalingStats {
  /** Open sockets. */
  sockets: number
  /** Sockets that host a lobby. */
  hosts: number
  /** Sockets that are joining or have joined. */
  guests: number
  /** How often each kind of error was answered. */
  errors: Record<ErrorCode, number>
  /** Sockets cut without a word: reading too slowly, not answering pings, flooding. */
  cut: { slow: number; silent: number; flood: number }
  /** Upgrades refused before a socket existed: by origin, by sockets of one address, by sockets in all. */
  turnedAway: { origin: number; address: number; full: number }
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** What `attach` needs of a server: node:http's, node:https's and Vite's have it. */
export interface UpgradingServer {
  on(event: 'upgrade', listener: UpgradeListener): unknown
  off(event: 'upgrade', listener: UpgradeListener): unknown
}

export interface SignalingServer {
  /** Serves the path `/starwire` of this server and leaves its other upgrades alone. The result detaches again. */
  attach(server: UpgradingServer): () => void
  /** For a server of another kind: takes an upgrade if its path is `/starwire`, else returns false. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Looks at every socket once: pings, cuts the silent ones, helps waiting guests. Runs by itself every second. */
  sweep(): void
  stats(): SignalingStats
  /** Closes every socket and detaches. Hosts come back by themselves when a server is there again. */
  close(): Promise<void>
}

const realClock: Clock = {
  // Never goes back, unlike Date.now, and yet is the time of day, for the tokens.
  now: () => performance.timeOrigin + performance.now(),
  every(ms, run) {
    const timer = setInterval(run, ms)
    timer.unref()
    return () => clearInterval(timer)
  },
}

function warnOnConsole(level: 'info' | 'warn', sentence: string): void {
  if (level === 'warn') console.warn(`starwire: ${sentence}`)
}

function chooseSecret(given: string | undefined, log: (level: 'warn', sentence: string) => void): string {
  const secret = given ?? process.env.STARWIRE_SECRET
  if (secret === '') throw new Error('The secret for host tokens is empty: set STARWIRE_SECRET to a long random text.')
  if (secret !== undefined) return secret
  log('warn', 'STARWIRE_SECRET is not set, so lobbies lose their codes when this server restarts.')
  return randomBytes(32).toString('base64url')
}

/**
 * Makes a signalling server; `attach` it to an HTTP server.
 * @throws Error with a sentence for the operator when the environment's STARWIRE_ settings are wrong.
 */
export function createSignalingServer(options: SignalingServerOptions = {}): SignalingServer {
  const { allowedOrigins = 'same-host', trustProxy = false, log = warnOnConsole, clock = realClock } = options
  const limits = { ...limit.defaultLimits, ...options.limits }
  const store = options.store ?? createMemoryStore({ maxLobbies: limits.lobbies, now: clock.now })
  const ice = options.iceServers ?? iceServersFromEnvironment(process.env)
  const errors = Object.fromEntries(errorCodes.map((code) => [code, 0])) as Record<ErrorCode, number>
  const cut = { slow: 0, silent: 0, flood: 0 }
  const turnedAway = { origin: 0, address: 0, full: 0 }
  const context: Context = {
    store,
    limits,
    may: limit.createLimiter(limits),
    secret: chooseSecret(options.secret, log),
    now: clock.now,
    iceServers: () => (typeof ice === 'function' ? ice(clock.now()) : ice),
    count(what) {
      if (what === 'slow' || what === 'silent' || what === 'flood') cut[what]++
      else errors[what]++
    },
  }

  const thisProcess = randomBytes(6).toString('base64url')
  const connections = new Map<string, Connection>()
  const socketsOf = new Map<string, number>()
  const detachers = new Set<() => void>()
  const acceptor = new WebSocketServer({ noServer: true, maxPayload: limit.MAX_FRAME_BYTES, clientTracking: false })

  /** Messages of one socket are worked on in order, also when the store takes its time. */
  function inTurn(connection: Connection, work: () => Promise<void>): void {
    connection.waiting++
    connection.turn = connection.turn
      .then(work)
      .catch((error: unknown) => {
        log('warn', `The lobby store failed: ${error instanceof Error ? error.message : String(error)}`)
        fail(context, connection, 'unavailable')
      })
      .finally(() => {
        connection.waiting--
      })
  }

  function deliver(to: string, text: string): boolean {
    const connection = connections.get(to)
    const envelope = parseEnvelope(text)
    if (connection === undefined || envelope === null) return false
    inTurn(connection, () => hearOtherSide(context, connection, envelope))
    return true
  }
  const listening = store.listen(thisProcess, deliver)
  listening.catch((error: unknown) => log('warn', `The lobby store cannot be listened to: ${String(error)}`))

  function welcome(socket: WebSocket, from: string): void {
    const now = clock.now()
    const address = `${thisProcess}.${randomBytes(12).toString('base64url')}`
    const connection: Connection = {
      address,
      socket,
      from,
      role: null,
      epoch: 0,
      heardAt: now,
      spokeAt: now,
      pingedAt: now,
      expelled: false,
      waiting: 0,
      turn: Promise.resolve(),
    }
    connections.set(address, connection)
    socketsOf.set(from, (socketsOf.get(from) ?? 0) + 1)
    socket.on('message', (data, isBinary) => {
      connection.heardAt = clock.now()
      connection.spokeAt = connection.heardAt
      if (connection.waiting < limit.MAX_WAITING_MESSAGES) {
        inTurn(connection, () => hearPage(context, connection, textOf(data), isBinary))
        return
      }
      context.count('flood')
      socket.terminate()
    })
    socket.on('pong', () => {
      connection.heardAt = clock.now()
      inTurn(connection, () => renewLease(context, connection))
    })
    // ws closes the socket itself after an error; a message above MAX_FRAME_BYTES comes as one.
    socket.on('error', (error: Error & { code?: string }) => {
      context.count(error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? 'too-large' : 'bad-message')
    })
    socket.on('close', () => {
      connections.delete(address)
      const left = (socketsOf.get(from) ?? 1) - 1
      if (left > 0) socketsOf.set(from, left)
      else socketsOf.delete(from)
      inTurn(connection, () => farewell(context, connection))
    })
  }

  function turnAway(socket: Duplex, why: keyof typeof turnedAway, status: string): void {
    turnedAway[why]++
    socket.on('error', () => {})
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  }

  function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (request.url?.split('?')[0] !== SIGNALING_PATH) return false
    const from = addressOf(request, trustProxy)
    if (!originAllowed(request, allowedOrigins)) turnAway(socket, 'origin', '403 Forbidden')
    else if ((socketsOf.get(from) ?? 0) >= limits.socketsPerAddress)
      turnAway(socket, 'address', '429 Too Many Requests')
    else if (connections.size >= limits.sockets) turnAway(socket, 'full', '503 Service Unavailable')
    else acceptor.handleUpgrade(request, socket, head, (accepted) => welcome(accepted, from))
    return true
  }

  function sweep(): void {
    const now = clock.now()
    for (const connection of connections.values()) {
      if (now - connection.heardAt >= limit.LEASE_MS) {
        context.count('silent')
        connection.socket.terminate()
        continue
      }
      if (connection.role === null && now - connection.spokeAt >= limit.IDLE_MS) {
        fail(context, connection, 'idle')
        connection.socket.close(1008, 'idle')
        continue
      }
      if (now - connection.pingedAt >= limit.PING_EVERY_MS) {
        connection.pingedAt = now
        if (connection.socket.readyState === connection.socket.OPEN) connection.socket.ping()
        send(context, connection, { type: 'beat' })
      }
      if (connection.waiting === 0) inTurn(connection, () => lookForHost(context, connection))
    }
  }
  const stopSweeping = clock.every(limit.SWEEP_EVERY_MS, sweep)

  return {
    handleUpgrade,
    sweep,
    attach(server) {
      server.on('upgrade', handleUpgrade)
      const detach = () => {
        server.off('upgrade', handleUpgrade)
        detachers.delete(detach)
      }
      detachers.add(detach)
      return detach
    },
    stats() {
      const roles = [...connections.values()].map(({ role }) => role?.kind)
      return {
        sockets: connections.size,
        hosts: roles.filter((kind) => kind === 'host').length,
        guests: roles.filter((kind) => kind === 'guest').length,
        errors: { ...errors },
        cut: { ...cut },
        turnedAway: { ...turnedAway },
      }
    },
    async close() {
      stopSweeping()
      for (const detach of [...detachers]) detach()
      const closing = [...connections.values()].map(async (connection) => {
        const { socket } = connection
        const closed = new Promise((resolve) => socket.once('close', resolve))
        socket.close(1001, 'the server stops')
        socket.terminate()
        await closed
        await connection.turn
      })
      await Promise.all(closing)
      await (await listening)()
    },
  }
}

/**
 * The signalling server: lobbies by code, and the relay of signals until two pages have a connection of their own. It
 * sees no game data, keeps nothing on disk, and may stop and start again without a running lobby losing its code.
 */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { type ErrorCode, errorCodes, type IceServer, type ServerMessage, SIGNALING_PATH } from '../protocol.ts'
import { payerOf } from './address.ts'
import { readBase } from './base.ts'
import { createBudget, type Payer } from './budget.ts'
import {
  type Connection,
  type Context,
  errorSentences,
  expel,
  fail,
  parseEnvelope,
  retryAfter,
  send,
  textOf,
} from './connection.ts'
import { farewell, hearOtherSide, hearPage } from './dispatch.ts'
import { FULL_RETRY_MS, renewLease } from './hosting.ts'
import { iceServersFromEnvironment } from './ice.ts'
import { endOverdueAttempt, lookForHost } from './joining.ts'
import * as limit from './limits.ts'
import { createMemoryStore } from './memory-store.ts'
import { type AllowedOrigins, originRules, refusalLog } from './origins.ts'
import { answerPlainly, isPlainRequest } from './plain-request.ts'
import type { LobbyStore } from './store.ts'

export interface SignalingServerOptions {
  /** Given to every page. Default: from the environment, as `iceServersFromEnvironment`; `[]` for none. */
  iceServers?: IceServer[] | ((now: number) => IceServer[])
  /**
   * Which pages may connect: a list of origins such as `https://my-game.example`, in which `same-host` stands for the
   * pages that this host served. Default `same-host`. Programs that are no page may always.
   */
  allowedOrigins?: AllowedOrigins
  /**
   * The names by which pages may reach this server, `.example.org` for all below one. Default: any, and then a page of
   * another site can reach a server in a private network by a name of its own that points there (DNS rebinding). IP
   * addresses and localhost are always allowed.
   */
  allowedHosts?: readonly string[]
  /**
   * The prefix that a proxy in front leaves in the path, such as `/dogstar/`: then `/dogstar/starwire` is served as well
   * as `/starwire`. Default: none.
   */
  base?: string
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
  /**
   * Upgrades that were refused: by origin, by the name of this host, by sockets of one address, by sockets in all, and by
   * a path that nobody serves.
   */
  turnedAway: { origin: number; host: number; address: number; full: number; path: number }
  /** Sockets closed because another one of their address came and there was no room. */
  gaveWay: number
}

type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** What `attach` needs of a server: node:http's, node:https's and Vite's have it. */
export interface UpgradingServer {
  on(event: 'upgrade', listener: UpgradeListener): unknown
  off(event: 'upgrade', listener: UpgradeListener): unknown
  /** Missing in a server that is none of Node's: its other upgrades are then left alone. */
  // biome-ignore lint/complexity/noBannedTypes: what others have added may be any function, and Node says no more.
  listeners?(event: 'upgrade'): Function[]
  emit?(event: 'request', request: IncomingMessage, response: ServerResponse): unknown
}

export interface SignalingServer {
  /**
   * Serves the path `/starwire` of this server. Other upgrades are left to the server's other listeners, and closed when
   * there are none. The result detaches again.
   */
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

/** Upgrade listeners and sockets of all signalling servers here: several may share an HTTP server, with other prefixes. */
const attached = new WeakSet<object>()
const taken = new WeakSet<Duplex>()

/** What is answered to an upgrade that is refused, where it is told in a message and where there is no more room for one. */
const refusals = {
  origin: { code: 'refused-origin', status: '403 Forbidden' },
  host: { code: 'refused-origin', status: '403 Forbidden' },
  address: { code: 'too-many-sockets', status: '429 Too Many Requests' },
  full: { code: 'server-full', status: '503 Service Unavailable' },
} as const

function end(socket: Duplex, status: string): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  // Who does not close their half, too, would keep the descriptor.
  socket.once('finish', () => socket.destroy())
}

function sum(numbers: Iterable<number>): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}

/** The paths that are served. @throws Error with a sentence when the base cannot be one. */
function pathsOf(base = '/'): ReadonlySet<string> {
  return new Set([SIGNALING_PATH, `${readBase(base)}${SIGNALING_PATH.slice(1)}`])
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
  const rules = originRules(allowedOrigins, options.allowedHosts)
  const paths = pathsOf(options.base)
  const tellRefusal = refusalLog(log)
  const limits = { ...limit.defaultLimits, ...options.limits }
  const store = options.store ?? createMemoryStore({ maxLobbies: limits.lobbies, now: clock.now })
  const ice = options.iceServers ?? iceServersFromEnvironment(process.env)
  const errors = Object.fromEntries(errorCodes.map((code) => [code, 0])) as Record<ErrorCode, number>
  const cut = { slow: 0, silent: 0, flood: 0 }
  const turnedAway = { origin: 0, host: 0, address: 0, full: 0, path: 0 }
  let gaveWay = 0
  const budget = createBudget(limits, clock.now)
  const lookups = new Map<string, Promise<unknown>>()
  const context: Context = {
    store,
    limits,
    budget,
    secret: chooseSecret(options.secret, log),
    now: clock.now,
    iceServers: () => (typeof ice === 'function' ? ice(clock.now()) : ice),
    async oneAtATime(address, run) {
      const mine = (lookups.get(address) ?? Promise.resolve()).then(run, run)
      lookups.set(address, mine)
      try {
        return await mine
      } finally {
        if (lookups.get(address) === mine) lookups.delete(address)
      }
    },
    hostsOf: (address) => [...socketsOf(address)].filter(({ role }) => role?.kind === 'host').length,
    count(what) {
      if (what === 'slow' || what === 'silent' || what === 'flood') cut[what]++
      else errors[what]++
    },
  }

  const thisProcess = randomBytes(6).toString('base64url')
  const connections = new Map<string, Connection>()
  /** The sockets of each address, oldest first. */
  const byAddress = new Map<string, Set<Connection>>()
  const noSockets: ReadonlySet<Connection> = new Set()
  /** Refused sockets that are open to be told why, by address. */
  const told = new Map<string, number>()
  const detachers = new Set<() => void>()
  // The types of ws do not know the newest of its options yet.
  const acceptorOptions: ServerOptions & { closeTimeout: number; maxFragments: number } = {
    noServer: true,
    maxPayload: limit.MAX_FRAME_BYTES,
    maxFragments: limit.MAX_FRAGMENTS,
    closeTimeout: limit.CLOSE_WITHIN_MS,
    clientTracking: false,
  }
  const acceptor = new WebSocketServer(acceptorOptions)

  function socketsOf(address: string): ReadonlySet<Connection> {
    return byAddress.get(address) ?? noSockets
  }

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

  function welcome(socket: WebSocket, from: Payer): void {
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
      pongsDue: 0,
      waiting: 0,
      turn: Promise.resolve(),
    }
    connections.set(address, connection)
    const siblings = byAddress.get(from.address) ?? new Set()
    byAddress.set(from.address, siblings.add(connection))
    socket.on('message', (data, isBinary) => {
      connection.heardAt = clock.now()
      connection.spokeAt = connection.heardAt
      if (connection.waiting < limit.MAX_WAITING_MESSAGES) {
        inTurn(connection, () => hearPage(context, connection, textOf(data), isBinary))
        return
      }
      cutFlood(socket)
    })
    // ws answers each ping by itself; no browser sends any.
    socket.on('ping', () => {
      connection.heardAt = clock.now()
      if (budget.take('frames', address) > 0) cutFlood(socket)
    })
    socket.on('pong', () => {
      connection.heardAt = clock.now()
      if (connection.pongsDue === 0) {
        if (budget.take('frames', address) > 0) cutFlood(socket)
        return
      }
      connection.pongsDue--
      inTurn(connection, () => renewLease(context, connection))
    })
    // ws closes the socket itself after an error; a message above MAX_FRAME_BYTES comes as one.
    socket.on('error', (error: Error & { code?: string }) => {
      const isTooLarge =
        error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' || error.code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS'
      context.count(isTooLarge ? 'too-large' : 'bad-message')
    })
    socket.on('close', () => {
      connections.delete(address)
      const left = byAddress.get(from.address)
      left?.delete(connection)
      if (left?.size === 0) byAddress.delete(from.address)
      inTurn(connection, () => farewell(context, connection))
    })
  }

  function cutFlood(socket: WebSocket): void {
    context.count('flood')
    socket.terminate()
  }

  /** A page sees no HTTP status of a refused WebSocket, so it is accepted, told and closed; while that is not too much. */
  function turnAway(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    { address }: Payer,
    why: 'origin' | 'host' | 'address' | 'full',
  ): void {
    turnedAway[why]++
    const ofAddress = told.get(address) ?? 0
    const isMuch = ofAddress >= limit.MAX_TOLD_PER_ADDRESS || sum(told.values()) >= limit.MAX_TOLD
    if (isMuch) return end(socket, refusals[why].status)
    acceptor.handleUpgrade(request, socket, head, (accepted) => {
      told.set(address, (told.get(address) ?? 0) + 1)
      accepted.on('error', () => {})
      accepted.on('close', () => {
        const left = (told.get(address) ?? 1) - 1
        if (left > 0) told.set(address, left)
        else told.delete(address)
      })
      const { code } = refusals[why]
      context.count(code)
      const wait = why === 'address' || why === 'full' ? retryAfter(FULL_RETRY_MS) : {}
      const message: ServerMessage = { type: 'error', code, message: errorSentences[code], ...wait }
      accepted.send(JSON.stringify(message))
      accepted.close(1008, code)
    })
  }

  /** Whether a socket of this address gave way: the oldest that has said nothing yet, else the oldest guest; no host. */
  function giveWay(from: Payer): boolean {
    const sockets = [...socketsOf(from.address)].filter(({ expelled }) => !expelled)
    const weakest = sockets.find(({ role }) => role === null) ?? sockets.find(({ role }) => role?.kind === 'guest')
    if (weakest === undefined) return false
    gaveWay++
    context.count('too-many-sockets')
    send(context, weakest, {
      type: 'error',
      code: 'too-many-sockets',
      message: errorSentences['too-many-sockets'],
      ...retryAfter(FULL_RETRY_MS),
    })
    expel(weakest, 'too many sockets')
    return true
  }

  function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (taken.has(socket)) return true
    if (!paths.has(request.url?.split('?')[0] ?? '')) return false
    taken.add(socket)
    const from = payerOf(request, trustProxy)
    const refused = rules.refusal(request)
    // Those that were told to go are about to; were they counted, a flood of them would keep others out.
    const open = [...socketsOf(from.address)].filter(({ expelled }) => !expelled).length
    if (refused !== null) {
      tellRefusal(refused, request)
      turnAway(request, socket, head, from, refused)
    } else if (connections.size >= limits.sockets) turnAway(request, socket, head, from, 'full')
    else if (open >= limits.socketsPerAddress && !giveWay(from)) turnAway(request, socket, head, from, 'address')
    else acceptor.handleUpgrade(request, socket, head, (accepted) => welcome(accepted, from))
    return true
  }

  function sweep(): void {
    const now = clock.now()
    budget.tidy()
    for (const connection of connections.values()) {
      if (now - connection.heardAt >= limit.LEASE_MS) {
        context.count('silent')
        connection.socket.terminate()
        continue
      }
      if (connection.role === null && now - connection.spokeAt >= limit.IDLE_MS) {
        if (!connection.expelled) {
          fail(context, connection, 'idle')
          expel(connection, 'idle')
        }
        continue
      }
      if (now - connection.pingedAt >= limit.PING_EVERY_MS) {
        connection.pingedAt = now
        if (connection.socket.readyState === connection.socket.OPEN) {
          connection.pongsDue++
          connection.socket.ping()
        }
        send(context, connection, { type: 'beat' })
      }
      if (connection.waiting === 0) inTurn(connection, () => lookForHost(context, connection))
      if (connection.role?.kind === 'guest') inTurn(connection, () => endOverdueAttempt(context, connection))
    }
  }
  const stopSweeping = clock.every(limit.SWEEP_EVERY_MS, sweep)

  return {
    handleUpgrade,
    sweep,
    attach(server) {
      const upgrade: UpgradeListener = (request, socket, head) => {
        if (handleUpgrade(request, socket, head)) return
        const all = server.listeners?.('upgrade') ?? []
        if (all.at(-1) !== upgrade || !all.every((listener) => attached.has(listener))) return
        if (server.emit && isPlainRequest(request))
          return answerPlainly(request, socket, (...given) => server.emit?.('request', ...given))
        // Node closes it no more once there is a listener, so it would stay open for ever.
        turnedAway.path++
        end(socket, '404 Not Found')
      }
      attached.add(upgrade)
      server.on('upgrade', upgrade)
      const detach = () => {
        server.off('upgrade', upgrade)
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
        gaveWay,
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

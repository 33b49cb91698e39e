/**
 * The signalling server for Node: binds the core, and the relay's, to HTTP and WebSocket, with what the operator has set. It
 * sees game data only where it relays, keeps nothing on disk, and may stop and start again without a running lobby losing its code.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ServerOptions, WebSocketServer } from 'ws'
import type { Cancel } from '../../platform/platform.ts'
import { MAX_RELAY_MESSAGE_BYTES } from '../../transport/relay/relay-frames.ts'
import { type IceServer, RELAY_SUFFIX, SIGNALING_PATH } from '../protocol.ts'
import { payerOf } from './address.ts'
import type { Refusal } from './answers.ts'
import { readBase } from './base.ts'
import { SignalingCore } from './core.ts'
import type { CoreStats } from './counters.ts'
import { iceServersFromEnvironment } from './ice.ts'
import {
  CLOSE_WITHIN_MS,
  DRAIN_WITHIN_MS,
  defaultLimits,
  MAX_FRAGMENTS,
  MAX_FRAME_BYTES,
  type SignalingLimits,
} from './limits.ts'
import { allowAll, type ListingFilter } from './listing-filter.ts'
import { createMemoryStore } from './memory-store.ts'
import { type AllowedOrigins, originRules, refusalLog } from './origins.ts'
import { randomName } from './random-names.ts'
import type { RedisService } from './redis/redis-service.ts'
import { announceRelay, isPeerUrl, otherProcesses, PEER_HEADER } from './relay/other-process.ts'
import { RelayCore, type RelayStats } from './relay/relay-core.ts'
import { listenToRelay, relaySocket } from './relay/ws-relay-socket.ts'
import { type ServerPlatform, thisProcess } from './server-platform.ts'
import type { LobbyStore } from './store.ts'
import { type Tokens, tokensOf } from './tokens.ts'
import { TurnAway } from './turn-away.ts'
import { attachTo, type UpgradingServer } from './upgrades.ts'
import { listenTo, serverSocket } from './ws-socket.ts'

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
  limits?: Partial<SignalingLimits>
  /** For a service of many processes: `connectRedis` of `starwire/redis`. They share one `secret`. Default: one process alone. */
  redis?: Pick<RedisService, 'store' | 'budget' | 'isReady'>
  /** Where lobbies are kept, if not in Redis. Default: in memory, for a service of one process. */
  store?: LobbyStore
  /**
   * Looks at what a public lobby wants to be called before it is listed: its title, the host's name and the values that the
   * game chose. It may change or refuse them. Default: all that is clean is listed.
   */
  listingFilter?: ListingFilter
  /**
   * Whether a host is given a mark of each guest's address, by which its bans and its budget of wrong passwords know the
   * address again: salted, another in each lobby, and no way back to the address. Everybody behind one router has the same.
   * Default false.
   */
  addressMarks?: boolean
  /**
   * Whether this server carries the packets of pages that cannot reach each other, within `limits`. Default: STARWIRE_RELAY, 0 or
   * 1; without it true for one process alone, and with `redis` when there is a `peerUrl`. A pair of pages meets at one process only:
   * with several and no `peerUrl`, a balancer must lead all sockets of a lobby to the same one.
   */
  relay?: boolean
  /**
   * Where other processes of the service reach this one for its relay, such as `ws://10.0.0.7:8080`: directly, not through the balancer.
   * Default: STARWIRE_PEER_URL; without it, other processes do not.
   */
  peerUrl?: string
  /** True behind one proxy that sets X-Forwarded-For: limits then count by its last entry. Default false. */
  trustProxy?: boolean
  /** Hears what an operator should know, in sentences. Default: warnings go to the console. */
  log?: (level: 'info' | 'warn', sentence: string) => void
  /** Time and chance for tests. Default: those of this process. */
  platform?: ServerPlatform
}

export interface SignalingStats extends CoreStats {
  /**
   * Upgrades that were refused: by origin, by the name of this host, by sockets of one address, by sockets in all, because this
   * process stops, and by a path that nobody serves.
   */
  turnedAway: Record<Refusal | 'path', number>
  /** Null when this server relays nothing. */
  relay: RelayStats | null
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
  /** Whether this process takes pages: it does not stop, and its store answers. */
  isReady(): Promise<boolean>
  /**
   * Takes no pages any more, and tells those that host to open a socket elsewhere; a balancer leads them to other processes.
   * Resolves when none is left, or after so many ms (default 30,000). `close` ends what is left.
   */
  drain(withinMs?: number): Promise<void>
  /** Closes every socket and detaches. Hosts come back by themselves when a server is there again. */
  close(): Promise<void>
}

function warnOnConsole(level: 'info' | 'warn', sentence: string): void {
  if (level === 'warn') console.warn(`starwire: ${sentence}`)
}

/** The paths that are served. @throws Error with a sentence when the base cannot be one. */
function pathsOf(base = '/'): ReadonlySet<string> {
  return new Set([SIGNALING_PATH, `${readBase(base)}${SIGNALING_PATH.slice(1)}`])
}

/** Characters of a secret that the server makes for itself: 256 bits of chance and a bit. */
const SECRET_LENGTH = 43

function chooseSecret(
  given: string | undefined,
  log: (level: 'warn', sentence: string) => void,
  platform: ServerPlatform,
): string {
  const secret = given ?? process.env.STARWIRE_SECRET
  if (secret === '') throw new Error('The secret for host tokens is empty: set STARWIRE_SECRET to a long random text.')
  if (secret !== undefined) return secret
  log('warn', 'STARWIRE_SECRET is not set, so lobbies lose their codes when this server restarts.')
  return randomName(platform, SECRET_LENGTH)
}

/** @throws Error with a sentence for the operator when it is no address. */
function relayUrlFrom({ peerUrl }: SignalingServerOptions): string | null {
  const text = (peerUrl ?? process.env.STARWIRE_PEER_URL ?? '').trim()
  if (text === '') return null
  if (isPeerUrl(text)) return `${text.replace(/\/+$/, '')}${SIGNALING_PATH}${RELAY_SUFFIX}`
  throw new Error(
    `STARWIRE_PEER_URL is "${text}": write where other processes reach this one, as ws://host:port or wss://host:port.`,
  )
}

function isRelayOn({ relay, redis }: SignalingServerOptions, peerUrl: string | null): boolean {
  if (relay !== undefined) return relay
  const text = process.env.STARWIRE_RELAY?.trim() || (redis && peerUrl === null ? '0' : '1')
  if (text !== '0' && text !== '1')
    throw new Error(`STARWIRE_RELAY is "${text}": set it to 0 for no relay, or leave it out.`)
  return text === '1'
}

interface Cores {
  readonly core: SignalingCore
  readonly relay: RelayCore | null
  readonly tokens: Tokens
  /** Other processes are told no longer where this one is. */
  readonly stopAnnouncing: Cancel
}

function createCores(options: SignalingServerOptions): Cores {
  const { log = warnOnConsole, platform = thisProcess } = options
  const limits = { ...defaultLimits, ...options.limits }
  const now = (): number => platform.now()
  const ice = options.iceServers ?? iceServersFromEnvironment(process.env)
  const tokens = tokensOf(chooseSecret(options.secret, log, platform))
  const store = options.redis?.store ?? options.store ?? createMemoryStore({ maxLobbies: limits.lobbies, now })
  const warn = (sentence: string): void => log('warn', sentence)
  const peerUrl = relayUrlFrom(options)
  const openOnward = peerUrl === null ? undefined : otherProcesses({ store, tokens, now, warn })
  const relay = isRelayOn(options, peerUrl) ? new RelayCore({ platform, limits, tokens, openOnward }) : null
  const isReached = relay !== null && peerUrl !== null
  const stopAnnouncing = isReached ? announceRelay({ store, platform, warn }, relay.process, peerUrl) : () => {}
  const core = new SignalingCore({
    ...{ platform, limits, log, tokens, relay, store },
    commonBudget: options.redis?.budget(limits, tokens.groupOf),
    listingFilter: options.listingFilter ?? allowAll,
    addressMarks: options.addressMarks,
    iceServers: () => (typeof ice === 'function' ? ice(now()) : ice),
  })
  return { core, relay, tokens, stopAnnouncing }
}

/** `maxPayload`: at a message larger than this many bytes the connection is cut, before it is read. */
function createAcceptor(maxPayload: number): WebSocketServer {
  // The types of ws do not know the newest of its options yet.
  const options: ServerOptions & { closeTimeout: number; maxFragments: number } = {
    noServer: true,
    maxPayload,
    maxFragments: MAX_FRAGMENTS,
    closeTimeout: CLOSE_WITHIN_MS,
    clientTracking: false,
  }
  return new WebSocketServer(options)
}

/** Sockets that a signalling server of this process has taken: several may hear of the same upgrade. */
const taken = new WeakSet<Duplex>()

/**
 * Makes a signalling server; `attach` it to an HTTP server.
 * @throws Error with a sentence for the operator when the environment's STARWIRE_ settings are wrong.
 */
export function createSignalingServer(options: SignalingServerOptions = {}): SignalingServer {
  const { allowedOrigins = 'same-host', trustProxy = false, log = warnOnConsole } = options
  const rules = originRules(allowedOrigins, options.allowedHosts)
  const paths = pathsOf(options.base)
  const tellRefusal = refusalLog(log)
  const { platform = thisProcess } = options
  const { core, relay, tokens, stopAnnouncing } = createCores(options)
  const acceptor = createAcceptor(MAX_FRAME_BYTES)
  const relayAcceptor = createAcceptor(MAX_RELAY_MESSAGE_BYTES)
  const turnAway = new TurnAway(acceptor, (code) => core.count(code))
  const turnedAway = { origin: 0, host: 0, address: 0, full: 0, stopping: 0, path: 0 }
  const detachers = new Set<() => void>()

  /** Another process of this service asks for its page. */
  function markFromPeer(request: IncomingMessage, process: string): string | null {
    const header = request.headers[PEER_HEADER]
    const claim = typeof header === 'string' ? tokens.readPeer(header, platform.now()) : null
    return claim?.process === process ? claim.from : null
  }

  function handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (taken.has(socket)) return true
    const path = request.url?.split('?')[0] ?? ''
    const isForRelay = relay !== null && path.endsWith(RELAY_SUFFIX)
    if (!paths.has(isForRelay ? path.slice(0, -RELAY_SUFFIX.length) : path)) return false
    taken.add(socket)
    const from = payerOf(request, trustProxy)
    // Whoever asks for the relay is counted by a mark of their address, also when another process asks for them.
    const peer = isForRelay ? markFromPeer(request, relay.process) : null
    const foreign = peer === null ? rules.refusal(request) : null
    if (foreign !== null) tellRefusal(foreign, request)
    const mark = peer ?? (isForRelay ? tokens.groupOf(from.address) : '')
    const refusal = foreign ?? (isForRelay ? relay.refusal(mark) : core.refusal(from))
    if (refusal === null && isForRelay) {
      relayAcceptor.handleUpgrade(request, socket, head, (accepted) =>
        listenToRelay(accepted, relay.accept(relaySocket(accepted), mark)),
      )
    } else if (refusal === null) {
      acceptor.handleUpgrade(request, socket, head, (accepted) =>
        listenTo(accepted, core.accept(serverSocket(accepted), from)),
      )
    } else {
      turnedAway[refusal]++
      turnAway.refuse(request, socket, head, from.address, refusal)
    }
    return true
  }

  return {
    handleUpgrade,
    sweep() {
      core.sweep()
      relay?.sweep()
    },
    attach(server) {
      const stop = attachTo(server, handleUpgrade, () => turnedAway.path++)
      const detach = () => {
        stop()
        detachers.delete(detach)
      }
      detachers.add(detach)
      return detach
    },
    stats: () => ({ ...core.stats(), turnedAway: { ...turnedAway }, relay: relay?.stats() ?? null }),
    isReady: async () => !core.isStopping && ((await options.redis?.isReady()) ?? true),
    async drain(withinMs = DRAIN_WITHIN_MS) {
      await Promise.all([core.drain(withinMs), relay?.drain(withinMs)])
    },
    async close() {
      for (const detach of [...detachers]) detach()
      stopAnnouncing()
      relay?.close()
      await core.close()
    },
  }
}

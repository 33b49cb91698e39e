/**
 * A signalling server in virtual time: the core at a url of a simulated internet. It stops as a process that is told to,
 * or vanishes as a machine whose power is cut; started again with the same secret, it takes lobbies back.
 */
import { VirtualPage } from '../../platform/virtual-page.ts'
import type { VirtualTime } from '../../platform/virtual-time.ts'
import type { IceServer } from '../protocol.ts'
import type { VirtualInternet } from '../virtual-sockets.ts'
import { refusalMessage, refusals } from './answers.ts'
import { type CoreStats, SignalingCore } from './core.ts'
import { defaultLimits, type SignalingLimits } from './limits.ts'
import { allowAll, type ListingFilter } from './listing-filter.ts'
import { createMemoryStore } from './memory-store.ts'
import type { ServerPlatform } from './server-platform.ts'
import type { SocketEvents } from './server-socket.ts'
import type { LobbyStore } from './store.ts'
import { tokensOf } from './tokens.ts'

export interface VirtualServerOptions {
  readonly time: VirtualTime
  readonly internet: VirtualInternet
  readonly url: string
  /** Of the names and codes that it draws. */
  readonly seed: number
  readonly secret: string
  readonly limits?: Partial<SignalingLimits>
  /** Default: in memory, gone with the server. */
  readonly store?: LobbyStore
  /** Default: all that is clean is listed. */
  readonly listingFilter?: ListingFilter
  /** Default: hosts are given none. */
  readonly addressMarks?: boolean
  /** Default: none. */
  readonly iceServers?: () => IceServer[]
  readonly log?: (level: 'info' | 'warn', sentence: string) => void
}

export interface VirtualServer {
  /** Looks at every socket now. It does so by itself every second. */
  sweep(): void
  stats(): CoreStats
  /** Timers that the server has asked for. */
  readonly timers: number
  /** The process takes nobody any more and tells its pages to move; resolves when it is empty, or after so many ms. */
  drain(withinMs: number): Promise<void>
  /** The process is told to stop: pages hear that their sockets close. Resolves when virtual time has gone on. */
  stop(): Promise<void>
  /** The machine is gone: nobody hears anything. */
  vanish(): void
}

/** Virtual time 0 as a date, the first of January 2030: tokens say until when they are good. */
const EPOCH_MS = 1_893_456_000_000

const nothing: SocketEvents = { message() {}, ping() {}, pong() {}, failed() {}, closed() {} }

export function startVirtualServer(options: VirtualServerOptions): VirtualServer {
  const { time, internet, url, listingFilter = allowAll, iceServers = () => [], log = () => {} } = options
  const machine = new VirtualPage(time, options.seed)
  const platform: ServerPlatform = {
    now: () => EPOCH_MS + time.now,
    after: (ms, run) => machine.after(ms, run),
    randomBytes: (count) => machine.randomBytes(count),
  }
  const limits = { ...defaultLimits, ...options.limits }
  const now = (): number => platform.now()
  const store = options.store ?? createMemoryStore({ maxLobbies: limits.lobbies, now })
  const tokens = tokensOf(options.secret)
  const { addressMarks } = options
  const core = new SignalingCore({ platform, limits, store, tokens, listingFilter, addressMarks, iceServers, log })
  const stopListening = internet.listen(url, (socket, address) => {
    const from = { address, wider: null }
    const refusal = core.refusal(from)
    if (refusal === null) return awake(core.accept(socket, from))
    const { code } = refusals[refusal]
    core.count(code)
    socket.send(refusalMessage(refusal))
    socket.close(1008, code)
    return nothing
  })

  /** A machine without power hears nothing. */
  function awake(events: SocketEvents): SocketEvents {
    return {
      message: (text, isBinary) => machine.task(() => events.message(text, isBinary)),
      ping: () => machine.task(() => events.ping()),
      pong: () => machine.task(() => events.pong()),
      failed: (error) => machine.task(() => events.failed(error)),
      closed: () => machine.task(() => events.closed()),
    }
  }

  return {
    get timers() {
      return machine.pending.timers
    },
    sweep: () => core.sweep(),
    stats: () => core.stats(),
    drain(withinMs) {
      stopListening()
      return core.drain(withinMs)
    },
    stop() {
      stopListening()
      return core.close()
    },
    vanish() {
      stopListening()
      machine.kill()
    },
  }
}

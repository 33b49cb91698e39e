/**
 * A signalling server in virtual time: the core at a url of a simulated internet, and the relay's behind it where it is wanted. It stops as a process that is told to,
 * or vanishes as a machine whose power is cut; started again with the same secret, it takes lobbies back.
 */
import { VirtualPage } from '../../platform/virtual-page.ts'
import type { VirtualTime } from '../../platform/virtual-time.ts'
import type { IceServer } from '../protocol.ts'
import { relayUrl } from '../relay-stream.ts'
import type { VirtualInternet, VirtualSocketEvents } from '../virtual-sockets.ts'
import { refusalMessage, refusals } from './answers.ts'
import { SignalingCore } from './core.ts'
import type { CoreStats } from './counters.ts'
import { defaultLimits, type SignalingLimits } from './limits.ts'
import { allowAll, type ListingFilter } from './listing-filter.ts'
import { createMemoryStore } from './memory-store.ts'
import type { OpenOnward } from './relay/other-process.ts'
import { RelayCore, type RelayStats } from './relay/relay-core.ts'
import type { ServerPlatform } from './server-platform.ts'
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
  /** Whether it relays packets of pages that cannot reach each other. Default false. */
  readonly relay?: boolean
  /** How its relay reaches those of other processes; where it can, a drained one leads its pairs there. Default: there are none. */
  readonly openOnward?: OpenOnward
  /** Default: none. */
  readonly iceServers?: () => IceServer[]
  readonly log?: (level: 'info' | 'warn', sentence: string) => void
}

export interface VirtualServer {
  /** Looks at every socket now. It does so by itself every second. */
  sweep(): void
  stats(): CoreStats
  /** Null when it relays nothing. */
  relayStats(): RelayStats | null
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

const nothing: VirtualSocketEvents = { message() {}, pong() {}, closed() {} }

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
  const { addressMarks, openOnward } = options
  const relay = options.relay ? new RelayCore({ platform, limits, tokens, openOnward }) : null
  const core = new SignalingCore({
    platform,
    limits,
    store,
    tokens,
    listingFilter,
    addressMarks,
    iceServers,
    log,
    relay,
  })
  const stopRelay =
    relay &&
    internet.listen(relayUrl(url), (socket, address) => {
      const refusal = relay.refusal(address)
      if (refusal !== null) {
        socket.close(1008, refusal)
        return nothing
      }
      const events = relay.accept(socket, address)
      return awake({ message: events.message, pong: events.alive, closed: events.closed })
    })
  const stopSignaling = internet.listen(url, (socket, address) => {
    const from = { address, wider: null }
    const refusal = core.refusal(from)
    if (refusal === null) {
      const events = core.accept(socket, from)
      const message = (text: string | Uint8Array): void =>
        typeof text === 'string' ? events.message(text, false) : events.message('', true)
      return awake({ message, pong: events.pong, closed: events.closed })
    }
    const { code } = refusals[refusal]
    core.count(code)
    socket.send(refusalMessage(refusal))
    socket.close(1008, code)
    return nothing
  })

  function stopListening(): void {
    stopSignaling()
    stopRelay?.()
  }

  /** A machine without power hears nothing. */
  function awake(events: VirtualSocketEvents): VirtualSocketEvents {
    return {
      message: (message) => machine.task(() => events.message(message)),
      pong: () => machine.task(() => events.pong()),
      closed: () => machine.task(() => events.closed()),
    }
  }

  return {
    get timers() {
      return machine.pending.timers
    },
    sweep() {
      core.sweep()
      relay?.sweep()
    },
    stats: () => core.stats(),
    relayStats: () => relay?.stats() ?? null,
    async drain(withinMs) {
      stopListening()
      await Promise.all([core.drain(withinMs), relay?.drain(withinMs)])
    },
    stop() {
      stopListening()
      relay?.close()
      return core.close()
    },
    vanish() {
      stopListening()
      machine.kill()
    },
  }
}

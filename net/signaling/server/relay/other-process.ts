/**
 * The way to a relay of another process of the service. A balancer leads a page to any process, and its ticket names one: this process
 * opens a socket to that one and carries the page's bytes there, directly and not through the store.
 *
 * Out: an open socket at the other process, or null. Invariants: sockets go only where a process of this service said that it is reached. The
 * other process knows by a signature that a process asks, and counts by the page's address, of which it is told a mark.
 */
import { WebSocket } from 'ws'
import type { Cancel } from '../../../platform/platform.ts'
import { MAX_RELAY_MESSAGE_BYTES } from '../../../transport/relay/relay-frames.ts'
import type { ServerPlatform } from '../server-platform.ts'
import type { LobbyStore } from '../store.ts'
import type { Tokens } from '../tokens.ts'
import { ANNOUNCED_MS, PEER_TOKEN_MS } from './relay-limits.ts'
import type { RelaySocket, RelaySocketEvents } from './relay-socket.ts'
import { listenToRelay, relaySocket } from './ws-relay-socket.ts'

/** The header by which a process shows that it is one. */
export const PEER_HEADER = 'starwire-peer'

/** From opening a socket to another process to its answer: both stand in one network. */
const OPEN_WITHIN_MS = 3_000

/** A socket to another process that is open. Its events are told from `listen` on, none is lost before. */
export interface Onward {
  readonly socket: RelaySocket
  listen(events: RelaySocketEvents): void
}

/** Opens a socket to the relay of `process` for a page of this address; null when that process is not reached. Never rejects. */
export type OpenOnward = (process: string, addressMark: string) => Promise<Onward | null>

export interface OtherProcessOptions {
  readonly store: Pick<LobbyStore, 'whereIs'>
  readonly tokens: Pick<Tokens, 'signPeer'>
  now(): number
  warn(sentence: string): void
}

export function otherProcesses({ store, tokens, now, warn }: OtherProcessOptions): OpenOnward {
  return async (process, from) => {
    try {
      const url = await store.whereIs(process)
      if (url === null || !isPeerUrl(url)) return null
      const token = tokens.signPeer({ process, from, expiresAt: Math.round(now() + PEER_TOKEN_MS) })
      return await opened(url, token)
    } catch (error) {
      warn(`Another process cannot be reached for its relay: ${error instanceof Error ? error.message : String(error)}`)
      return null
    }
  }
}

export interface AnnouncingOptions {
  readonly store: Pick<LobbyStore, 'announce'>
  readonly platform: Pick<ServerPlatform, 'after'>
  warn(sentence: string): void
}

/** Tells other processes where this one is reached, again and again. The result ends that. */
export function announceRelay({ store, platform, warn }: AnnouncingOptions, process: string, url: string): Cancel {
  let cancel: Cancel = () => {}
  let isOver = false
  const again = (): void => {
    store
      .announce(process, url, ANNOUNCED_MS)
      .catch((error: unknown) => warn(`The relay cannot be announced: ${String(error)}`))
      .finally(() => {
        if (!isOver) cancel = platform.after(ANNOUNCED_MS / 3, again)
      })
  }
  again()
  return () => {
    isOver = true
    cancel()
  }
}

function opened(url: string, token: string): Promise<Onward> {
  const socket = new WebSocket(url, {
    ...{ headers: { [PEER_HEADER]: token }, maxPayload: MAX_RELAY_MESSAGE_BYTES },
    ...{ perMessageDeflate: false, handshakeTimeout: OPEN_WITHIN_MS, followRedirects: false },
  })
  return new Promise((resolve, reject) => {
    // Of no use once it is open; without a listener an error would end the process.
    socket.on('error', reject)
    socket.once('open', () => {
      resolve({ socket: relaySocket(socket), listen: (events) => listenToRelay(socket, events) })
    })
  })
}

/** Whether this is the address of a WebSocket, without a name or a password in it. */
export function isPeerUrl(text: string): boolean {
  try {
    const { protocol, username, password, hash } = new URL(text)
    return (protocol === 'ws:' || protocol === 'wss:') && `${username}${password}${hash}` === ''
  } catch {
    return false
  }
}

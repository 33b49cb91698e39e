/** One socket as the server sees it, what it may be (a host, a guest, nothing yet), and what all of them share. */
import type { ErrorCode, IceServer } from '../protocol.ts'
import type { Budget, Payer } from './budget.ts'
import type { SignalingLimits } from './limits.ts'
import type { ServerPlatform } from './server-platform.ts'
import type { ServerSocket } from './server-socket.ts'
import type { Address, Lobby, LobbyStore } from './store.ts'
import type { Tokens } from './tokens.ts'

export interface HostRole {
  readonly kind: 'host'
  readonly lobby: Lobby
  /** The guests that this socket heard of, oldest first. Those gone stay a while, to tell a late signal from a wrong one. */
  readonly guests: Map<Address, KnownGuest>
}

export interface KnownGuest {
  readonly epoch: number
  readonly since: number
  /** Stands for the guest's address, which no other process needs to know. */
  readonly group: string
  gone: boolean
}

export interface GuestRole {
  readonly kind: 'guest'
  readonly code: string
  readonly lobbyId: string
  readonly epoch: number
  readonly info: string
  /** The guest's name in its tickets. */
  readonly guest: string
  /** When this attempt began, and when the host admitted it, in ms. */
  readonly since: number
  admittedAt: number
  /** Whether it has sent anything to the host. Until then it may be nobody. */
  hasSignalled: boolean
  phase: 'asking' | 'admitted'
  /** The host's socket that was asked; null when the host was away. A new one is asked again. */
  asked: Address | null
  /** Signals that wait for the host's socket to come back. */
  readonly outbox: string[]
}

export interface Connection {
  /** Also the name by which a host knows this guest. */
  readonly address: Address
  readonly socket: ServerSocket
  /** Whose tokens it spends. */
  readonly from: Payer
  role: HostRole | GuestRole | null
  /** Attempts so far on this socket. */
  epoch: number
  /** When the other side last showed life, a pong included, in ms. */
  heardAt: number
  /** When it last said something, in ms. */
  spokeAt: number
  pingedAt: number
  /** Closed as an offender: messages that it has already sent are dropped. */
  expelled: boolean
  /** Pongs that were asked for and have not come. */
  pongsDue: number
  /** Messages that wait for their turn; they are worked on one after the other. */
  waiting: number
  turn: Promise<void>
}

/** Why a socket was cut: it read too slowly, showed no life, or flooded. */
export type Cut = 'slow' | 'silent' | 'flood'

/** What all connections of one process share. */
export interface Context {
  readonly store: LobbyStore
  readonly limits: SignalingLimits
  readonly budget: Budget
  readonly tokens: Tokens
  readonly platform: ServerPlatform
  /** Runs after everything that this address asked for before: so many lookups at once cannot share one token. */
  oneAtATime<T>(address: string, run: () => Promise<T>): Promise<T>
  /** Sockets of this address that host a lobby. */
  hostsOf(address: string): number
  iceServers(): IceServer[]
  count(what: ErrorCode | Cut): void
}

/** One socket as the server sees it, what it may be (a host, a guest, an heir, a page that looks at the list, nothing yet), and what all of them share. */
import type { Listing, LobbyFacts } from '../listing.ts'
import type { ListingRefusal } from '../listing-messages.ts'
import type { ErrorCode, IceServer } from '../protocol.ts'
import type { Budget, Payer } from './budget.ts'
import type { Post } from './envelope.ts'
import type { SignalingLimits } from './limits.ts'
import type { ListingFilter } from './listing-filter.ts'
import type { RelayCore } from './relay/relay-core.ts'
import type { ServerPlatform } from './server-platform.ts'
import type { ServerSocket } from './server-socket.ts'
import type { Address, LobbyStore, Tenure } from './store.ts'
import type { Tokens } from './tokens.ts'

export interface HostRole {
  readonly kind: 'host'
  readonly tenure: Tenure
  /** The guests that are connecting or have connected, oldest first. */
  readonly guests: Map<Address, KnownGuest>
  /** The guests that are gone, oldest first. They stay a while, to tell a late signal from a wrong one. */
  readonly gone: Set<Address>
  /** Null while the lobby is not listed. */
  listed: HostListing | null
  readonly echo: HostEcho
}

/** What a host's socket keeps of its lobby's entry in the public list. */
export interface HostListing {
  /** As the list shows it; null while the first one is being looked at. */
  listing: Listing | null
  facts: LobbyFacts
}

/** How far the page of a listed host is, measured when somebody asks. */
export interface HostEcho {
  /** What the page is to answer with; null while nothing is under way. */
  nonce: string | null
  sentAt: number
  /** The quickest answer of the last half minute: how long it took, in ms, and when it came. Null before the first. */
  ms: number | null
  measuredAt: number
  /** When the last answer came. */
  answeredAt: number
  /** Sockets that wait for the answer. */
  readonly waiting: Set<Address>
}

/** A page that may take its lobby over, and waits for that. */
export interface HeirRole {
  readonly kind: 'heir'
  readonly code: string
  readonly lobbyId: string
  readonly seat: number
  readonly keyHash: string
  /** When it was given its last pass, in ms. */
  passAt: number
}

/** A page that looks at the public list. */
export interface FinderRole {
  readonly kind: 'finder'
  /** The lobbies of the page that it was given last, by code: these alone it may measure. */
  readonly seen: Map<string, SeenLobby>
}

export interface SeenLobby {
  readonly code: string
  readonly id: string
  readonly holder: Address
}

export interface KnownGuest {
  readonly epoch: number
  readonly since: number
  /** Stands for the guest's address, which no other process needs to know. */
  readonly group: string
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
  /** When the store said that this is the host's socket, in ms. */
  askedAt: number
  /** Whether the guest heard that the host is away. */
  toldAway: boolean
  /** Signals that wait for the host's socket to come back. */
  readonly outbox: string[]
}

export interface Connection {
  /** Also the name by which a host knows this guest. */
  readonly address: Address
  readonly socket: ServerSocket
  /** Whose tokens it spends. */
  readonly from: Payer
  role: HostRole | GuestRole | HeirRole | FinderRole | null
  /** Attempts so far on this socket. */
  epoch: number
  /** When the other side last showed life, a pong included, in ms. */
  heardAt: number
  /** When it last said something, in ms. */
  spokeAt: number
  pingedAt: number
  /** Closed as an offender: messages that it has already sent are dropped. */
  expelled: boolean
  /** This server closes the socket, whatever the reason: that it closes says nothing of the page. */
  closedHere: boolean
  /** Pongs that were asked for and have not come. */
  pongsDue: number
  /** Messages that are worked on, one after the other, the present one included. */
  waiting: number
  /** What is to be done after the present one. */
  readonly queue: Work[]
  /** Resolves when everything so far has been worked on. */
  turn: Promise<void>
}

export type Work = () => Promise<void>

/** Why a socket was cut: it read too slowly, showed no life, or flooded. */
export type Cut = 'slow' | 'silent' | 'flood'

/** What operators count: a lobby begins, its host comes back, an heir becomes its host, a guest is let in. */
export const lobbyEvents = ['created', 'taken-back', 'taken-over', 'admitted'] as const
export type LobbyEvent = (typeof lobbyEvents)[number]

/** What all connections of one process share. */
export interface Context extends Post {
  readonly store: LobbyStore
  readonly limits: SignalingLimits
  readonly budget: Budget
  readonly tokens: Tokens
  readonly platform: ServerPlatform
  /** Runs after everything that this address asked for before: so many lookups at once cannot share one token. */
  oneAtATime<T>(address: string, run: () => Promise<T>): Promise<T>
  /** Does something about this socket later, in turn with its messages, if it is still open then. */
  soon(connection: Connection, ms: number, work: () => Promise<void>): void
  /** Sockets of this address that host a lobby. */
  hostsOf(address: string): number
  /** Sockets of this address whose lobby is listed. */
  listedOf(address: string): number
  readonly listingFilter: ListingFilter
  /** Whether hosts are given marks of their guests' addresses. */
  readonly addressMarks: boolean
  /** Null when this process relays nothing. */
  readonly relay: Pick<RelayCore, 'offer'> | null
  iceServers(): IceServer[]
  count(what: ErrorCode | Cut): void
  /** Something happened to a lobby. */
  note(event: LobbyEvent): void
  /** A listing was refused. */
  countListing(refusal: ListingRefusal): void
  /** Tells the operator. */
  warn(sentence: string): void
}

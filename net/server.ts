/** The face `starwire/server`: the signalling server, for Node. */

export type { Listing, ListingTexts, LobbyFacts } from './signaling/listing.ts'
export type { ListQuery } from './signaling/listing-messages.ts'
export type { IceServer } from './signaling/protocol.ts'
export { SIGNALING_PATH } from './signaling/protocol.ts'
export { countedAddress } from './signaling/server/address.ts'
export { readBase } from './signaling/server/base.ts'
export { DEFAULT_STUN, type IceServers, iceServersFromEnvironment } from './signaling/server/ice.ts'
export { defaultLimits, type SignalingLimits } from './signaling/server/limits.ts'
export { limitsFromEnvironment, limitVariable } from './signaling/server/limits-from-environment.ts'
export type { FilteredListing, ListingFilter } from './signaling/server/listing-filter.ts'
export { createMemoryStore, type MemoryStoreOptions } from './signaling/server/memory-store.ts'
export { type AllowedOrigins, hostRules } from './signaling/server/origins.ts'
export {
  createSignalingServer,
  type SignalingServer,
  type SignalingServerOptions,
  type SignalingStats,
} from './signaling/server/server.ts'
export type { ServerPlatform } from './signaling/server/server-platform.ts'
export type {
  Address,
  ClaimOutcome,
  Heir,
  HeirClaim,
  HeirKey,
  ListedLobby,
  ListPage,
  Lobby,
  LobbyStore,
  Renewal,
  Takeover,
  Tenure,
  Vacancy,
} from './signaling/server/store.ts'
export type { UpgradingServer } from './signaling/server/upgrades.ts'

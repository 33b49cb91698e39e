/** What one address, one socket and one lobby may do, in one place: unit and reason at each number. */
import { BurstyRateLimiter, RateLimiterMemory } from 'rate-limiter-flexible'

export interface SignalingLimits {
  /** Lobbies in all, in the memory store. Each takes about 1 kB with its socket. */
  lobbies: number
  /** Open sockets in all, in this process. */
  sockets: number
  /** Open sockets of one address. A school class or a LAN party shares one address. */
  socketsPerAddress: number
  /** Guests of one lobby that are connecting at the same moment (the last minute); more than any star can hold. */
  attemptsPerLobby: number
  /** Lobbies that one address creates in a minute. */
  lobbiesPerMinute: number
  /** Joins from one address in a minute, wrong codes included. */
  joinsPerMinute: number
  /** Wrong codes from one address in a minute, so that codes cannot be guessed (the arithmetic is in code.ts). */
  wrongCodesPerMinute: number
  /** Messages of one socket in a second, in the long run. */
  messagesPerSecond: number
  /** Messages of one socket above that within ten seconds. Trickle ICE sends 10 to 30 per guest, and eight may join at once. */
  messageBurst: number
  /** Bad messages of one socket in a minute, before it is closed. */
  badMessagesPerMinute: number
}

export const defaultLimits: SignalingLimits = {
  lobbies: 10_000,
  sockets: 20_000,
  socketsPerAddress: 200,
  attemptsPerLobby: 64,
  lobbiesPerMinute: 60,
  joinsPerMinute: 200,
  wrongCodesPerMinute: 20,
  messagesPerSecond: 40,
  messageBurst: 400,
  badMessagesPerMinute: 20,
}

/** A dead host's lobby is gone after this many ms: four pings missed, and below the 15 s that a joining guest waits. */
export const LEASE_MS = 12_000

/** Between two pings, in ms. */
export const PING_EVERY_MS = 3_000

/** Between two looks at all sockets, in ms. */
export const SWEEP_EVERY_MS = 1_000

/** A socket says `host` or `join` within this many ms, or is closed. */
export const IDLE_MS = 10_000

/** How long a token takes a lobby back, in ms: two days, counted from the last time it was handed out. */
export const TOKEN_MS = 48 * 3600_000

/** A socket that reads so slowly that this many bytes wait for it is cut. */
export const MAX_BUFFERED_BYTES = 256 * 1024

/** Messages of one socket that may wait while the store answers; more is a flood. */
export const MAX_WAITING_MESSAGES = 500

/** ws cuts the line, with no word of ours, at a message larger than this many bytes. Up to here the sender gets an error. */
export const MAX_FRAME_BYTES = 64 * 1024

/** An attempt counts against `attemptsPerLobby` for this many ms; by then it has connected or failed. */
export const ATTEMPT_MS = 60_000

/** Signals of one guest that are kept while its host's socket is away. */
export const MAX_OUTBOX = 64

export type Limited = 'lobbies' | 'joins' | 'wrongCodes' | 'messages' | 'badMessages'

/** True when `key` (an address or a socket) may do it once more. */
export type Limiter = (what: Limited, key: string) => Promise<boolean>

export function createLimiter(limits: SignalingLimits): Limiter {
  const perMinute = (points: number) => new RateLimiterMemory({ points, duration: 60 })
  const limiters = {
    lobbies: perMinute(limits.lobbiesPerMinute),
    joins: perMinute(limits.joinsPerMinute),
    wrongCodes: perMinute(limits.wrongCodesPerMinute),
    badMessages: perMinute(limits.badMessagesPerMinute),
    messages: new BurstyRateLimiter(
      new RateLimiterMemory({ points: limits.messagesPerSecond, duration: 1 }),
      new RateLimiterMemory({ points: limits.messageBurst, duration: 10 }),
    ),
  }
  return async (what, key) => {
    try {
      await limiters[what].consume(key)
      return true
    } catch {
      return false
    }
  }
}

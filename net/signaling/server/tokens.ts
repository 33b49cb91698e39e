/**
 * What the server signs: proofs that every process with the secret can check, and that none keeps.
 * A host token says that its owner was given a lobby: a restarted server, which remembers nothing, gives it back by it.
 * An heir's pass says that its owner was an heir a moment ago: who has won the players' votes takes the lobby over by it at a server that
 * remembers nothing.
 * A relay ticket lets a page use the relay, and a peer token a process of the same service reach the relay of another. A ticket says that the host of a lobby let its owner in: with it, a guest may ask again and again for that lobby (limits.ts).
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import { parseCode } from '../code.ts'
import { heirKey } from '../takeover-messages.ts'
import type { HeirKey } from './store.ts'

interface Claim {
  code: string
  /** The lobby's id, as `Lobby.id`. */
  id: string
  /** When the token ends, in ms since 1970. */
  expiresAt: number
}

export interface HostClaim extends Claim {
  /** The epoch in which the owner became the host: a token of an older host takes nothing back. */
  term: number
}

export interface HeirPass extends Claim {
  /** The lobby's epoch when the pass was given: it is good for higher ones. */
  epoch: number
  seat: number
  keyHash: string
  /** The other heirs of then. They are heirs of the lobby that this one takes back, until it names its own. */
  others: readonly HeirKey[]
}

export interface TicketClaim extends Claim {
  /** Tells tickets of one lobby apart: each has an account of its own. */
  guest: string
}

/** Lets one side of a pair use the relay of one process, once. */
export interface RelayClaim extends Claim {
  /** The name of the process that drew the pair. */
  process: string
  pair: string
  side: 'host' | 'guest'
}

/** Says that a process of the service asks another one for its relay, for a page of some address. */
export interface PeerClaim {
  /** The name of the process that is asked. */
  process: string
  /** Stands for the page's address. */
  from: string
  expiresAt: number
}

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const claim = {
  code: v.pipe(
    v.string(),
    v.check((text) => parseCode(text) === text),
  ),
  id: name,
  expiresAt: v.pipe(v.number(), v.safeInteger()),
}
const hostClaim = v.strictObject({ ...claim, term: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) })
const heirPass = v.strictObject({
  ...claim,
  ...heirKey.entries,
  epoch: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  others: v.array(heirKey),
})
const ticketClaim = v.strictObject({ ...claim, guest: name })
const relayClaim = v.strictObject({ ...claim, process: name, pair: name, side: v.picklist(['host', 'guest']) })

const peerClaim = v.strictObject({ process: name, from: name, expiresAt: v.pipe(v.number(), v.safeInteger()) })

/** The label keeps a signature made with the same secret for another purpose from passing for this one. */
type Purpose = 'host token' | 'heir pass' | 'ticket' | 'relay ticket' | 'peer'

function signature(purpose: Purpose, payload: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`starwire ${purpose}\n${payload}`).digest()
}

function sign(purpose: Purpose, claim: { readonly expiresAt: number }, secret: string): string {
  const payload = Buffer.from(JSON.stringify(claim)).toString('base64url')
  return `${payload}.${signature(purpose, payload, secret).toString('base64url')}`
}

/** Null when it is forged, damaged or expired. Never throws. */
function read<T extends { readonly expiresAt: number }>(
  purpose: Purpose,
  schema: v.GenericSchema<unknown, T>,
  text: string,
  secret: string,
  now: number,
): T | null {
  const dot = text.indexOf('.')
  if (dot < 0) return null
  const payload = text.slice(0, dot)
  const given = Buffer.from(text.slice(dot + 1), 'base64url')
  const right = signature(purpose, payload, secret)
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null
  try {
    const claim = v.parse(schema, JSON.parse(Buffer.from(payload, 'base64url').toString()))
    return claim.expiresAt > now ? claim : null
  } catch {
    return null
  }
}

export function signHostToken(claim: HostClaim, secret: string): string {
  return sign('host token', claim, secret)
}

export function readHostToken(token: string, secret: string, now: number): HostClaim | null {
  return read('host token', hostClaim, token, secret, now)
}

export function signTicket(claim: TicketClaim, secret: string): string {
  return sign('ticket', claim, secret)
}

export function readTicket(ticket: string, secret: string, now: number): TicketClaim | null {
  return read('ticket', ticketClaim, ticket, secret, now)
}

/** What the core needs of the secret, so that it knows no cryptography. */
export interface Tokens {
  signHost(claim: HostClaim): string
  readHost(token: string, now: number): HostClaim | null
  signHeir(pass: HeirPass): string
  readHeir(pass: string, now: number): HeirPass | null
  signTicket(claim: TicketClaim): string
  readTicket(ticket: string, now: number): TicketClaim | null
  signRelay(claim: RelayClaim): string
  readRelay(ticket: string, now: number): RelayClaim | null
  signPeer(claim: PeerClaim): string
  readPeer(token: string, now: number): PeerClaim | null
  /** Stands for an address at another process, which can tell many of one address from many addresses, and no more. */
  groupOf(address: string): string
  /**
   * Stands for an address at the host of a lobby: the same for this lobby's life, so that a ban can know it again, and
   * another in each lobby, so that hosts cannot compare theirs.
   */
  markOf(lobbyId: string, address: string): string
}

/** Six bits for each character. Addresses are few enough to be tried out by whoever has the secret, and by nobody else. */
const GROUP_LENGTH = 12
const MARK_LENGTH = 22

export function tokensOf(secret: string): Tokens {
  const digest = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url')
  return {
    signHost: (claim) => signHostToken(claim, secret),
    readHost: (token, now) => readHostToken(token, secret, now),
    signHeir: (pass) => sign('heir pass', pass, secret),
    readHeir: (pass, now) => read('heir pass', heirPass, pass, secret, now),
    signTicket: (claim) => signTicket(claim, secret),
    readTicket: (ticket, now) => readTicket(ticket, secret, now),
    signRelay: (claim) => sign('relay ticket', claim, secret),
    readRelay: (ticket, now) => read('relay ticket', relayClaim, ticket, secret, now),
    signPeer: (claim) => sign('peer', claim, secret),
    readPeer: (token, now) => read('peer', peerClaim, token, secret, now),
    groupOf: (address) => digest(`starwire group\n${address}`).slice(0, GROUP_LENGTH),
    markOf: (lobbyId, address) => digest(`starwire mark\n${lobbyId}\n${address}`).slice(0, MARK_LENGTH),
  }
}

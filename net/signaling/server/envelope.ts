/**
 * What the socket of a guest, a finder or an heir tells a host's socket, and back: one object for each message. Within one process it
 * is handed over as it is. To another process it goes as JSON, through the store. There it is remote data: what is no envelope is
 * dropped.
 */
import * as v from 'valibot'
import { isReason } from '../../errors/sentences.ts'
import type { Reason } from '../../wire/reasons.ts'
import { peerForm } from '../protocol.ts'
import type { Address, LobbyStore } from './store.ts'

/** Every envelope: the lobby it is about, the socket that sent it, and the guest's attempt. */
const about = { lobbyId: v.string(), from: v.string(), epoch: v.number() }

/** By `kind`: read by its own schema alone, as trying one after the other costs more than what is read. */
const envelopes = {
  // From a guest to its host.
  ask: v.strictObject({
    kind: v.literal('ask'),
    ...about,
    info: v.string(),
    group: v.string(),
    mark: v.exactOptional(v.string()),
  }),
  'guest-signal': v.strictObject({ kind: v.literal('guest-signal'), ...about, data: v.string() }),
  gone: v.strictObject({ kind: v.literal('gone'), ...about }),
  /** Back to a guest: its host has another socket by now, and this signal did not reach it. */
  missed: v.strictObject({ kind: v.literal('missed'), ...about, data: v.string() }),
  /** The guest has got a relay; the ticket is the host's. */
  relay: v.strictObject({ kind: v.literal('relay'), ...about, ticket: v.string() }),
  // From a host to one guest.
  admit: v.strictObject({ kind: v.literal('admit'), ...about }),
  refuse: v.strictObject({
    kind: v.literal('refuse'),
    ...about,
    reason: v.custom<Reason>(isReason),
    note: v.exactOptional(v.string()),
  }),
  'host-signal': v.strictObject({ kind: v.literal('host-signal'), ...about, data: v.string() }),
  /** From the host's socket, without asking the page: too many of this address are joining. */
  busy: v.strictObject({ kind: v.literal('busy'), ...about }),
  /** Back to a host: what it sent to `from` came to nothing. */
  undelivered: v.strictObject({
    kind: v.literal('undelivered'),
    ...about,
    error: v.picklist(['stale', 'unknown-peer', 'out-of-order']),
  }),
  /** From a socket that looks at the list to a host: how far is your page? */
  measure: v.strictObject({ kind: v.literal('measure'), ...about }),
  /** Back to that socket: from the host's server to its page and back, in ms; null when the page does not answer. */
  measured: v.strictObject({ kind: v.literal('measured'), ...about, hostMs: v.nullable(v.number()) }),
  /** To a host's old socket: the socket `from` holds the lobby now. */
  replaced: v.strictObject({ kind: v.literal('replaced'), ...about }),
  /** From an heir that claims the lobby to the host: do you live? */
  'prove-alive': v.strictObject({ kind: v.literal('prove-alive'), ...about }),
  // From a host's socket to its heirs.
  'host-gone': v.strictObject({ kind: v.literal('host-gone'), ...about }),
  handed: v.strictObject({ kind: v.literal('handed'), ...about, seat: v.number() }),
  'no-heir': v.strictObject({ kind: v.literal('no-heir'), ...about }),
}
export type Envelope = v.InferOutput<(typeof envelopes)[keyof typeof envelopes]>

/** Null for what another version of the server may send. */
export function parseEnvelope(text: string): Envelope | null {
  try {
    const value: unknown = JSON.parse(text)
    const kind: unknown = Object(value).kind
    if (typeof kind !== 'string' || !Object.hasOwn(envelopes, kind)) return null
    const schema: v.GenericSchema<unknown, Envelope> = envelopes[kind as Envelope['kind']]
    const result = v.safeParse(schema, value, { abortEarly: true })
    return result.success ? result.output : null
  } catch {
    return null
  }
}

/** The two ways to a socket: within this process, and to any. */
export interface Post {
  readonly store: Pick<LobbyStore, 'send'>
  /** Hands a message to a socket of this process; null when the socket is another process's, false when it is gone. */
  hand(to: Address, message: Envelope): boolean | null
}

/** Sends it to a socket of any process. False when nobody is there. */
export async function post({ store, hand }: Post, to: Address, message: Envelope): Promise<boolean> {
  if (!peerForm.test(to)) return false
  return hand(to, message) ?? store.send(to, JSON.stringify(message))
}

/**
 * What the socket of a guest, a finder or an heir tells a host's socket, and back: one object for each message. Within one process it
 * is handed over as it is. To another process it goes as JSON through the store. There it is remote data: what is no envelope is
 * dropped.
 */
import * as v from 'valibot'
import { isReason } from '../../errors/sentences.ts'
import type { Reason } from '../../wire/reasons.ts'
import { peerForm } from '../protocol.ts'
import type { Address, LobbyStore } from './store.ts'

/** Every envelope: the lobby it is about, the socket that sent it, and the guest's attempt. */
const about = { lobbyId: v.string(), from: v.string(), epoch: v.number() }

const envelope = v.variant('kind', [
  // From a guest to its host.
  v.strictObject({
    kind: v.literal('ask'),
    ...about,
    info: v.string(),
    group: v.string(),
    mark: v.exactOptional(v.string()),
  }),
  v.strictObject({ kind: v.literal('guest-signal'), ...about, data: v.string() }),
  v.strictObject({ kind: v.literal('gone'), ...about }),
  /** Back to a guest: its host has another socket by now, and this signal did not reach it. */
  v.strictObject({ kind: v.literal('missed'), ...about, data: v.string() }),
  /** The guest has got a relay; the ticket is the host's. */
  v.strictObject({ kind: v.literal('relay'), ...about, ticket: v.string() }),
  // From a host to one guest.
  v.strictObject({ kind: v.literal('admit'), ...about }),
  v.strictObject({
    kind: v.literal('refuse'),
    ...about,
    reason: v.custom<Reason>(isReason),
    note: v.exactOptional(v.string()),
  }),
  v.strictObject({ kind: v.literal('host-signal'), ...about, data: v.string() }),
  /** From the host's socket, without asking the page: too many of this address are joining. */
  v.strictObject({ kind: v.literal('busy'), ...about }),
  /** Back to a host: what it sent to `from` came to nothing. */
  v.strictObject({
    kind: v.literal('undelivered'),
    ...about,
    error: v.picklist(['stale', 'unknown-peer', 'out-of-order']),
  }),
  /** From a socket that looks at the list to a host: how far is your page? */
  v.strictObject({ kind: v.literal('measure'), ...about }),
  /** Back to that socket: from the host's server to its page and back, in ms; null when the page does not answer. */
  v.strictObject({ kind: v.literal('measured'), ...about, hostMs: v.nullable(v.number()) }),
  /** To a host's old socket: the socket `from` holds the lobby now. */
  v.strictObject({ kind: v.literal('replaced'), ...about }),
  /** From an heir that claims the lobby to the host: do you live? */
  v.strictObject({ kind: v.literal('prove-alive'), ...about }),
  // From a host's socket to its heirs.
  v.strictObject({ kind: v.literal('host-gone'), ...about }),
  v.strictObject({ kind: v.literal('handed'), ...about, seat: v.number() }),
  v.strictObject({ kind: v.literal('no-heir'), ...about }),
])
export type Envelope = v.InferOutput<typeof envelope>

/** Null for what another version of the server may send. */
export function parseEnvelope(text: string): Envelope | null {
  try {
    const result = v.safeParse(envelope, JSON.parse(text))
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

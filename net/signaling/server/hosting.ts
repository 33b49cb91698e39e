/** What a host's socket may say, and what it hears of its guests. */
import type { Reason } from '../../wire/reasons.ts'
import { PROTOCOL_VERSION } from '../protocol.ts'
import { FULL_RETRY_MS, fail, offend, refuseForNow, send } from './answers.ts'
import { bounce } from './bounce.ts'
import type { Connection, Context, HostRole } from './connection.ts'
import { type Envelope, post } from './envelope.ts'
import { ATTEMPT_MS, LEASE_MS, TOKEN_MS } from './limits.ts'
import { measureHost, newEcho } from './measuring.ts'
import { drawCode, randomName } from './random-names.ts'
import type { Address, Heir, Tenure } from './store.ts'

/** How often a taken code is drawn again. Even with 10,000 lobbies only one draw in 500 hits one. */
const DRAWS = 8

/** A guest that gave way to others may ask again after so many ms. By then most of the others are connected. */
export const BUSY_RETRY_MS = 3_000

/** Guests that are gone and that a host's socket remembers. */
const MAX_REMEMBERED = 512

/** Characters of a lobby's id: 128 bits of chance. */
const ID_LENGTH = 22

/** The epoch in which a lobby is created. */
const FIRST_TERM = 1

/** WebSocket's code for a server that cannot go on: try again. */
const COME_BACK = 1012

export async function startHosting(
  context: Context,
  connection: Connection,
  protocol: number,
  token: string | undefined,
): Promise<void> {
  if (connection.role !== null) return offend(context, connection, 'out-of-order')
  if (protocol !== PROTOCOL_VERSION) return offend(context, connection, 'wrong-protocol')
  if (token !== undefined) return takeBack(context, connection, token)
  const tenure = await create(context, connection)
  if (tenure !== null) await becomeHost(context, connection, tenure, null)
}

/** The store has given the lobby to this socket. `previous`: the socket that held it until now. */
export async function becomeHost(
  context: Context,
  connection: Connection,
  tenure: Tenure,
  previous: Address | null,
): Promise<void> {
  const { code, id, holder, term } = tenure
  connection.role = { kind: 'host', tenure, guests: new Map(), gone: new Set(), listed: null, echo: newEcho() }
  const expiresAt = Math.round(context.platform.now() + TOKEN_MS)
  send(context, connection, {
    type: 'hosting',
    code,
    token: context.tokens.signHost({ code, id, term, expiresAt }),
    iceServers: context.iceServers(),
  })
  if (previous !== null && previous !== holder)
    await post(context, previous, { kind: 'replaced', lobbyId: id, from: holder, epoch: term })
}

async function create(context: Context, connection: Connection): Promise<Tenure | null> {
  if (context.hostsOf(connection.from.address) >= context.limits.lobbiesPerAddress) {
    refuseForNow(context, connection, 'too-many-lobbies', FULL_RETRY_MS)
    return null
  }
  const wait = await context.budget.takeOf('lobbies', connection.from)
  if (wait > 0) {
    refuseForNow(context, connection, 'too-many-lobbies', wait)
    return null
  }
  const id = randomName(context.platform, ID_LENGTH)
  for (let draw = 0; draw < DRAWS; draw++) {
    const tenure = { code: drawCode(context.platform), id, holder: connection.address, term: FIRST_TERM }
    const outcome = await context.store.create(tenure, LEASE_MS)
    if (outcome === 'created') {
      context.note('created')
      return tenure
    }
    if (outcome === 'full') break
  }
  refuseForNow(context, connection, 'server-full', FULL_RETRY_MS)
  return null
}

async function takeBack(context: Context, connection: Connection, token: string): Promise<void> {
  const claim = context.tokens.readHost(token, context.platform.now())
  if (claim === null) return offend(context, connection, 'bad-token')
  const { code, id, term } = claim
  const tenure = { code, id, term, holder: connection.address }
  const outcome = await context.store.takeBack(tenure, LEASE_MS)
  if (outcome.outcome === 'held') {
    context.note('taken-back')
    return becomeHost(context, connection, tenure, outcome.previous)
  }
  fail(context, connection, errorOf[outcome.outcome])
}

/** What a host hears that does not get its lobby back. */
const errorOf = { taken: 'code-taken', full: 'server-full', replaced: 'replaced' } as const

export async function answerGuest(
  context: Context,
  connection: Connection,
  answer: { peer: string; epoch: number } & ({ admit: true } | { refuse: Reason; note?: string } | { data: string }),
): Promise<void> {
  const role = connection.role
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  const { peer, epoch } = answer
  const known = role.guests.get(peer)
  if (role.gone.has(peer) || (known !== undefined && known.epoch !== epoch)) return fail(context, connection, 'stale')
  // A guest that asked the host's socket before this one is not in the map: its own process decides.
  const about = { lobbyId: role.tenure.id, from: connection.address, epoch }
  const delivered = await post(
    context,
    peer,
    'admit' in answer
      ? { kind: 'admit', ...about }
      : 'refuse' in answer
        ? {
            kind: 'refuse',
            ...about,
            reason: answer.refuse,
            ...(answer.note === undefined ? {} : { note: answer.note }),
          }
        : { kind: 'host-signal', ...about, data: answer.data },
  )
  if (delivered) return
  if (known !== undefined) fail(context, connection, 'stale')
  else offend(context, connection, 'unknown-peer')
}

export async function hearAsHost(
  context: Context,
  connection: Connection,
  role: HostRole,
  envelope: Envelope,
): Promise<void> {
  if (envelope.lobbyId !== role.tenure.id) return bounce(context, connection.address, envelope, 'unknown-peer')
  switch (envelope.kind) {
    case 'ask':
      return hearAsk(context, connection, role, envelope)
    case 'guest-signal': {
      const { from: peer, epoch, data } = envelope
      return send(context, connection, { type: 'from-guest', peer, epoch, data })
    }
    case 'gone': {
      if (role.guests.get(envelope.from)?.epoch === envelope.epoch) forgetGuest(role, envelope.from)
      return send(context, connection, { type: 'gone', peer: envelope.from, epoch: envelope.epoch })
    }
    case 'undelivered':
      // Messages cross, so a late one is no offence. One to a guest that was never here is.
      if (envelope.error === 'stale' || role.guests.has(envelope.from) || role.gone.has(envelope.from))
        return fail(context, connection, envelope.error)
      return offend(context, connection, envelope.error)
    case 'replaced':
      fail(context, connection, 'replaced')
      connection.role = null
      connection.closedHere = true
      return connection.socket.close(1008, 'replaced')
    case 'prove-alive':
      return send(context, connection, { type: 'prove-alive' })
    case 'relay': {
      const { from: peer, epoch, ticket } = envelope
      return send(context, connection, { type: 'relay-offer', peer, epoch, ticket })
    }
    case 'measure':
      return measureHost(context, connection, role, envelope.from)
    case 'admit':
    case 'refuse':
    case 'host-signal':
    case 'busy':
    case 'missed':
    case 'measured':
    case 'host-gone':
    case 'handed':
    case 'no-heir':
      return bounce(context, connection.address, envelope, 'unknown-peer')
  }
}

async function hearAsk(
  context: Context,
  connection: Connection,
  role: HostRole,
  { from: peer, epoch, info, group, mark }: Extract<Envelope, { kind: 'ask' }>,
): Promise<void> {
  role.guests.delete(peer)
  role.gone.delete(peer)
  role.guests.set(peer, { epoch, since: context.platform.now(), group })
  await makeRoom(context, connection, role)
  send(context, connection, {
    ...{ type: 'asked', peer, epoch, info, iceServers: context.iceServers() },
    ...(mark !== undefined && { mark }),
  })
}

/** When too many guests connect at once, the oldest of the address that has most of them ends. A guest from elsewhere gets through. */
async function makeRoom(context: Context, connection: Connection, role: HostRole): Promise<void> {
  const overdue = context.platform.now() - ATTEMPT_MS
  for (const [peer, { since }] of role.guests) {
    if (since > overdue) break
    forgetGuest(role, peer)
  }
  if (role.guests.size <= context.limits.attemptsPerLobby) return
  const groups = new Map<string, Address[]>()
  for (const [peer, { group }] of role.guests) groups.set(group, [...(groups.get(group) ?? []), peer])
  const largest = [...groups.values()].reduce((most, peers) => (peers.length > most.length ? peers : most), [])
  const [peer] = largest
  const guest = peer === undefined ? undefined : role.guests.get(peer)
  if (peer === undefined || guest === undefined) return
  const { epoch } = guest
  forgetGuest(role, peer)
  send(context, connection, { type: 'gone', peer, epoch })
  await post(context, peer, { kind: 'busy', lobbyId: role.tenure.id, from: connection.address, epoch })
}

/** The guest's attempt is over. */
function forgetGuest({ guests, gone }: HostRole, peer: Address): void {
  guests.delete(peer)
  gone.delete(peer)
  gone.add(peer)
  for (const oldest of gone) {
    if (gone.size <= MAX_REMEMBERED) break
    gone.delete(oldest)
  }
}

/** Called when the host's socket shows life. */
export async function renewLease(context: Context, connection: Connection): Promise<void> {
  if (connection.role?.kind === 'host') await holdOn(context, connection, connection.role, null)
}

/**
 * Renews the lease. `epoch`: the host's own, when its core said it; null when only its socket lives. A renewal never takes
 * a lobby back: the store forgot it, or this process slept, and another may be the host by now. The page comes back by its
 * token, which says in which term it was the host.
 */
export async function holdOn(
  context: Context,
  connection: Connection,
  role: HostRole,
  epoch: number | null,
): Promise<void> {
  const outcome = await context.store.renew(role.tenure, epoch, LEASE_MS)
  if (outcome === 'renewed') return
  if (outcome !== 'lost') fail(context, connection, errorOf[outcome])
  connection.role = null
  connection.closedHere = true
  connection.socket.close(outcome === 'lost' ? COME_BACK : 1008, outcome)
}

/** The host gives the lobby up for good. */
export async function closeLobby(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  connection.role = null
  await context.store.delete(role.tenure)
  for (const [peer, { epoch }] of role.guests) {
    const about = { lobbyId: role.tenure.id, from: connection.address, epoch }
    await post(context, peer, { kind: 'refuse', ...about, reason: 'host-left' })
  }
  connection.socket.close(1000, 'closed')
}

/** The host's socket is gone: the lobby waits for it until the lease ends. Returns the heirs that should hear of it. */
export function releaseLobby(context: Context, role: HostRole, why: 'gone' | 'lost'): Promise<readonly Heir[]> {
  return context.store.release(role.tenure, why)
}

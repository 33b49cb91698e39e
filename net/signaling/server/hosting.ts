/** What a host's socket may say, and what it hears of its guests. */
import type { Reason } from '../../wire/reasons.ts'
import { PROTOCOL_VERSION } from '../protocol.ts'
import { fail, offend, refuseForNow, send } from './answers.ts'
import { bounce } from './bounce.ts'
import type { Connection, Context, HostRole } from './connection.ts'
import { type Envelope, post } from './envelope.ts'
import { ATTEMPT_MS, LEASE_MS, TOKEN_MS } from './limits.ts'
import { listAgain } from './listing.ts'
import { measureHost, newEcho } from './measuring.ts'
import { drawCode, randomName } from './random-names.ts'
import type { Address, Lobby } from './store.ts'

/** How often a taken code is drawn again. Even with 10,000 lobbies only one draw in 500 hits one. */
const DRAWS = 8

/** Room comes back when somebody leaves, and nobody knows when. Another try is worth it after so many ms. */
export const FULL_RETRY_MS = 30_000

/** A guest that gave way to others may ask again after so many ms. By then most of the others are connected. */
export const BUSY_RETRY_MS = 3_000

/** Guests that a host's socket remembers, gone ones included. */
const MAX_REMEMBERED = 512

/** Characters of a lobby's id: 128 bits of chance. */
const ID_LENGTH = 22

export async function startHosting(
  context: Context,
  connection: Connection,
  protocol: number,
  token: string | undefined,
): Promise<void> {
  if (connection.role !== null) return offend(context, connection, 'out-of-order')
  if (protocol !== PROTOCOL_VERSION) return offend(context, connection, 'wrong-protocol')
  const lobby = token === undefined ? await create(context, connection) : await takeBack(context, connection, token)
  if (lobby === null) return
  connection.role = { kind: 'host', lobby, guests: new Map(), listed: null, echo: newEcho() }
  const expiresAt = Math.round(context.platform.now() + TOKEN_MS)
  send(context, connection, {
    type: 'hosting',
    code: lobby.code,
    token: context.tokens.signHost({ code: lobby.code, id: lobby.id, expiresAt }),
    iceServers: context.iceServers(),
  })
}

async function create(context: Context, connection: Connection): Promise<Lobby | null> {
  if (context.hostsOf(connection.from.address) >= context.limits.lobbiesPerAddress) {
    refuseForNow(context, connection, 'too-many-lobbies', FULL_RETRY_MS)
    return null
  }
  const wait = context.budget.takeOf('lobbies', connection.from)
  if (wait > 0) {
    refuseForNow(context, connection, 'too-many-lobbies', wait)
    return null
  }
  const id = randomName(context.platform, ID_LENGTH)
  for (let draw = 0; draw < DRAWS; draw++) {
    const lobby = { code: drawCode(context.platform), id, holder: connection.address }
    const outcome = await context.store.create(lobby, LEASE_MS)
    if (outcome === 'created') return lobby
    if (outcome === 'full') break
  }
  refuseForNow(context, connection, 'server-full', FULL_RETRY_MS)
  return null
}

async function takeBack(context: Context, connection: Connection, token: string): Promise<Lobby | null> {
  const claim = context.tokens.readHost(token, context.platform.now())
  if (claim === null) {
    offend(context, connection, 'bad-token')
    return null
  }
  const lobby = { code: claim.code, id: claim.id, holder: connection.address }
  const outcome = await context.store.takeBack(lobby, LEASE_MS)
  if (outcome.outcome === 'held') {
    if (outcome.previous !== null && outcome.previous !== connection.address) {
      await post(context.store, outcome.previous, {
        kind: 'replaced',
        lobbyId: lobby.id,
        from: connection.address,
        epoch: 0,
      })
    }
    return lobby
  }
  fail(context, connection, outcome.outcome === 'taken' ? 'code-taken' : 'server-full')
  return null
}

export async function answerGuest(
  context: Context,
  connection: Connection,
  answer: { peer: string; epoch: number } & ({ admit: true } | { refuse: Reason; note?: string } | { data: string }),
): Promise<void> {
  const role = connection.role
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  const { peer, epoch } = answer
  const known = role.guests.get(peer)
  if (known !== undefined && (known.gone || known.epoch !== epoch)) return fail(context, connection, 'stale')
  // A guest that asked the host's socket before this one is not in the map: its own process decides.
  const about = { lobbyId: role.lobby.id, from: connection.address, epoch }
  const delivered = await post(
    context.store,
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
  if (envelope.lobbyId !== role.lobby.id) return bounce(context, connection, envelope, 'unknown-peer')
  switch (envelope.kind) {
    case 'ask':
      return hearAsk(context, connection, role, envelope)
    case 'guest-signal': {
      const { from: peer, epoch, data } = envelope
      return send(context, connection, { type: 'from-guest', peer, epoch, data })
    }
    case 'gone': {
      const guest = role.guests.get(envelope.from)
      if (guest !== undefined && guest.epoch === envelope.epoch) guest.gone = true
      return send(context, connection, { type: 'gone', peer: envelope.from, epoch: envelope.epoch })
    }
    case 'undelivered':
      // Messages cross, so a late one is no offence. One to a guest that was never here is.
      if (envelope.error === 'stale' || role.guests.has(envelope.from)) return fail(context, connection, envelope.error)
      return offend(context, connection, envelope.error)
    case 'replaced':
      fail(context, connection, 'replaced')
      connection.role = null
      return connection.socket.close(1008, 'replaced')
    case 'measure':
      return measureHost(context, connection, role, envelope.from)
    case 'admit':
    case 'refuse':
    case 'host-signal':
    case 'busy':
    case 'measured':
      return bounce(context, connection, envelope, 'unknown-peer')
  }
}

async function hearAsk(
  context: Context,
  connection: Connection,
  role: HostRole,
  { from: peer, epoch, info, group }: Extract<Envelope, { kind: 'ask' }>,
): Promise<void> {
  role.guests.delete(peer)
  role.guests.set(peer, { epoch, since: context.platform.now(), group, gone: false })
  await makeRoom(context, connection, role)
  for (const oldest of role.guests.keys()) {
    if (role.guests.size <= MAX_REMEMBERED) break
    role.guests.delete(oldest)
  }
  send(context, connection, { type: 'asked', peer, epoch, info, iceServers: context.iceServers() })
}

/** When too many guests connect at once, the oldest of the address that has most of them ends. A guest from elsewhere gets through. */
async function makeRoom(context: Context, connection: Connection, role: HostRole): Promise<void> {
  const now = context.platform.now()
  const groups = new Map<string, Address[]>()
  let connecting = 0
  for (const [peer, { gone, since, group }] of role.guests) {
    if (gone || now - since >= ATTEMPT_MS) continue
    connecting++
    groups.set(group, [...(groups.get(group) ?? []), peer])
  }
  if (connecting <= context.limits.attemptsPerLobby) return
  const largest = [...groups.values()].reduce((most, peers) => (peers.length > most.length ? peers : most), [])
  const [peer] = largest
  const guest = peer === undefined ? undefined : role.guests.get(peer)
  if (peer === undefined || guest === undefined) return
  const { epoch } = guest
  guest.gone = true
  send(context, connection, { type: 'gone', peer, epoch })
  await post(context.store, peer, { kind: 'busy', lobbyId: role.lobby.id, from: connection.address, epoch })
}

/** Called when the host shows life. */
export async function renewLease(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return
  if (await context.store.renew(role.lobby, LEASE_MS)) return
  // This process slept, or the store forgot. Nobody took the lobby over: this socket would have heard `replaced`.
  const outcome = await context.store.takeBack(role.lobby, LEASE_MS)
  if (outcome.outcome === 'held') return listAgain(context, role)
  fail(context, connection, outcome.outcome === 'taken' ? 'code-taken' : 'server-full')
  connection.role = null
  connection.socket.close(1008, 'lobby lost')
}

/** The host gives the lobby up for good. */
export async function closeLobby(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  connection.role = null
  await context.store.delete(role.lobby)
  for (const [peer, { epoch, gone }] of role.guests) {
    const about = { lobbyId: role.lobby.id, from: connection.address, epoch }
    if (!gone) await post(context.store, peer, { kind: 'refuse', ...about, reason: 'host-left' })
  }
  connection.socket.close(1000, 'closed')
}

/** The host's socket is gone: the lobby waits for it until the lease ends. */
export async function releaseLobby(context: Context, role: HostRole): Promise<void> {
  await context.store.release(role.lobby)
}

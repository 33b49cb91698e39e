/**
 * How a lobby gets another host: what a host's socket says of its life and its heirs, and what an heir's socket says.
 *
 * Invariants: an heir is known by its key alone. Who shows a wrong key learns nothing of the code, and pays as for a wrong
 * one. No claim passes over a host that shows life: it is asked at once, and the store compares its signs of life. A socket
 * that its own server closed is no evidence against a host: it has time to come back.
 */
import { createHash } from 'node:crypto'
import { PROTOCOL_VERSION } from '../protocol.ts'
import type { ClaimRefusal, TakeoverRequest } from '../takeover-messages.ts'
import { fail, offend, refuseForNow, send } from './answers.ts'
import type { Connection, Context, HeirRole, HostRole } from './connection.ts'
import { type Envelope, post } from './envelope.ts'
import { becomeHost, holdOn } from './hosting.ts'
import { LEASE_MS, PROVE_ALIVE_MS, RESERVED_MS, RETURN_MS } from './limits.ts'
import { givePass } from './passes.ts'
import { type Heir, type HeirClaim, type HeirKey, isTakenBy, type Lobby } from './store.ts'

type Request<T extends TakeoverRequest['type']> = Extract<TakeoverRequest, { type: T }>

/** The host's core runs. */
export async function hearAlive(context: Context, connection: Connection, epoch: number): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  await holdOn(context, connection, role, epoch)
}

/** A host asks whether it still is one. */
export async function answerHost(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  await holdOn(context, connection, role, null)
  if (connection.role !== role) return
  const lobby = await context.store.get(role.tenure.code)
  // Somebody else holds it by now, of which this host hears at its next sign of life at the latest.
  if (lobby?.holder !== role.tenure.holder) return
  send(context, connection, { type: 'heard', epoch: lobby.epoch, reserved: lobby.reserved?.epoch ?? null })
}

export async function nameHeirs(
  context: Context,
  connection: Connection,
  { epoch, heirs }: Request<'heirs'>,
): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  const seats = new Set(heirs.map(({ seat }) => seat))
  if (seats.size < heirs.length) return offend(context, connection, 'bad-message', 'Two heirs have one seat.')
  const former = await context.store.setHeirs(role.tenure, epoch, heirs)
  await tellHeirs(context, role, former ?? [], { kind: 'no-heir', epoch })
}

/** The host leaves and says who goes on. */
export async function transferLobby(
  context: Context,
  connection: Connection,
  { seat, epoch }: Request<'transfer'>,
): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  const heirs = await context.store.transfer(role.tenure, seat, epoch)
  if (heirs === null) return fail(context, connection, 'stale')
  connection.role = null
  await tellHeirs(context, role, heirs, { kind: 'handed', epoch, seat })
}

/** The host's socket was closed by its own end. */
export function tellHostGone(context: Context, role: HostRole, heirs: readonly Heir[]): Promise<void> {
  return tellHeirs(context, role, heirs, { kind: 'host-gone', epoch: role.tenure.term })
}

type News = { kind: 'host-gone' | 'no-heir'; epoch: number } | { kind: 'handed'; epoch: number; seat: number }

async function tellHeirs(context: Context, { tenure }: HostRole, heirs: readonly Heir[], news: News): Promise<void> {
  for (const { socket } of heirs) {
    if (socket !== null) await post(context, socket, { ...news, lobbyId: tenure.id, from: tenure.holder })
  }
}

/** An heir shows its key, and is told from now on what happens to the host. */
export async function watchHost(
  context: Context,
  connection: Connection,
  { protocol, code, seat, key }: Request<'watch'>,
): Promise<void> {
  if (connection.role !== null && connection.role.kind !== 'heir') return offend(context, connection, 'out-of-order')
  if (protocol !== PROTOCOL_VERSION) return offend(context, connection, 'wrong-protocol')
  connection.role = null
  const heir = { seat, keyHash: createHash('sha256').update(key).digest('hex') }
  const lobby = await context.oneAtATime(connection.from.address, () => findAsHeir(context, connection, code, heir))
  if (lobby === null) return
  connection.role = { kind: 'heir', code, lobbyId: lobby.id, ...heir, passAt: 0 }
  givePass(context, connection, connection.role, lobby)
}

async function findAsHeir(
  context: Context,
  connection: Connection,
  code: string,
  heir: { seat: number; keyHash: string },
): Promise<Lobby | null> {
  const { budget, store } = context
  // As for guests, before the code is looked up: the answer must not depend on whether it is right.
  const guess = await budget.waitToGuess(connection.from)
  const wait = guess > 0 ? guess : await budget.takeOf('redialsOfAddress', connection.from)
  if (wait > 0) {
    refuseForNow(context, connection, 'too-many-joins', wait)
    return null
  }
  const lobby = await store.attach(code, heir, connection.address)
  if (lobby !== null) return lobby
  await budget.guessedWrong(connection.from, code)
  fail(context, connection, 'not-found')
  return null
}

/** An heir wants to be the host. Messages of this socket wait meanwhile, so that it claims once at a time. */
export async function claimLobby(context: Context, connection: Connection, epoch: number): Promise<void> {
  const claim = await readyToClaim(context, connection, epoch)
  if (claim === null) return
  const outcome = await context.store.claim(claim, LEASE_MS)
  if (outcome.outcome !== 'claimed') return refuseClaim(context, connection, epoch, outcome.outcome)
  context.note('taken-over')
  const { code, id, holder } = claim
  await becomeHost(context, connection, { code, id, holder, term: epoch }, outcome.previous)
}

/** An heir asks for this server's vote. */
export async function reserveLobby(context: Context, connection: Connection, epoch: number): Promise<void> {
  const claim = await readyToClaim(context, connection, epoch)
  if (claim === null) return
  const outcome = await context.store.reserve(claim, RESERVED_MS)
  if (outcome !== 'reserved') return refuseClaim(context, connection, epoch, outcome)
  send(context, connection, { type: 'reserved', epoch })
}

export async function giveLobbyBack(context: Context, connection: Connection, epoch: number): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'heir') return offend(context, connection, 'out-of-order')
  const { code, seat, keyHash } = role
  await context.store.giveBack(code, { seat, keyHash, epoch })
}

export function refuseClaim(context: Context, connection: Connection, epoch: number, why: ClaimRefusal | 'lost'): void {
  send(context, connection, { type: 'claim-refused', epoch, reason: why === 'lost' ? 'not-found' : why })
}

/** The claim of an heir, once the host has had time to show life. Null: it was refused. */
async function readyToClaim(context: Context, connection: Connection, epoch: number): Promise<HeirClaim | null> {
  const { role } = connection
  if (role?.kind !== 'heir') {
    await offend(context, connection, 'out-of-order')
    return null
  }
  const { code, lobbyId: id, seat, keyHash } = role
  const lobby = await context.store.get(code)
  const refusal = lobby === null || lobby.id !== id ? 'not-found' : refusalAtSight(lobby, role, epoch)
  if (lobby === null || refusal !== null) {
    refuseClaim(context, connection, epoch, refusal ?? 'not-found')
    return null
  }
  const { reserved } = lobby
  const isReserved = reserved?.seat === seat && reserved.keyHash === keyHash && reserved.epoch === epoch
  const isTaken = isTakenBy(lobby, { id, epoch, seat, keyHash })
  if (!isReserved && !isTaken) await sleep(context, await askHost(context, connection, lobby, seat))
  return { code, id, seat, keyHash, holder: connection.address, epoch, lives: lobby.lives }
}

/** Nobody makes a host prove its life for a claim that cannot pass. */
function refusalAtSight(lobby: Lobby, { lobbyId: id, seat, keyHash }: HeirRole, epoch: number): ClaimRefusal | null {
  if (isTakenBy(lobby, { id, epoch, seat, keyHash })) return null
  const isOver = lobby.vacancy === 'handed' ? epoch < lobby.epoch : epoch <= lobby.epoch
  if (isOver) return 'replaced'
  const isIn = (keys: readonly HeirKey[]) => keys.some((heir) => heir.seat === seat && heir.keyHash === keyHash)
  return isIn(lobby.heirs) || (lobby.reserved !== null && isIn([lobby.reserved])) ? null : 'no-heir'
}

/** Asks the host whether it lives. Returns how long it has for its answer, or for coming back, in ms. */
async function askHost(context: Context, connection: Connection, lobby: Lobby, seat: number): Promise<number> {
  switch (lobby.vacancy) {
    case 'gone':
      return 0
    case 'handed':
      return lobby.heirs[0]?.seat === seat ? 0 : RETURN_MS
    case 'lost':
      return RETURN_MS
    case null: {
      const ask = { kind: 'prove-alive', lobbyId: lobby.id, from: connection.address, epoch: lobby.epoch } as const
      const isAsked = lobby.holder !== null && (await post(context, lobby.holder, ask))
      // Nobody there: the host's server is gone, which says nothing of the host.
      return isAsked ? PROVE_ALIVE_MS : RETURN_MS
    }
  }
}

export function sleep({ platform }: Context, ms: number): Promise<void> {
  return ms === 0 ? Promise.resolve() : new Promise((resolve) => void platform.after(ms, resolve))
}

/** What an heir's socket hears of its lobby. */
export function hearAsHeir(context: Context, connection: Connection, role: HeirRole, envelope: Envelope): void {
  if (envelope.lobbyId !== role.lobbyId) return
  switch (envelope.kind) {
    case 'host-gone':
      return send(context, connection, { type: 'host-gone' })
    case 'handed':
      return send(context, connection, { type: 'handed', seat: envelope.seat, epoch: envelope.epoch })
    case 'no-heir':
      connection.role = null
      return send(context, connection, { type: 'no-heir' })
    default:
      return
  }
}

/** What a guest's socket may say, and what it hears of its host. */
import { PROTOCOL_VERSION } from '../protocol.ts'
import {
  bounce,
  type Connection,
  type Context,
  type Envelope,
  fail,
  type GuestRole,
  offend,
  post,
  send,
} from './connection.ts'
import { MAX_OUTBOX } from './limits.ts'

export async function startJoining(
  context: Context,
  connection: Connection,
  join: { protocol: number; code: string; info: string },
): Promise<void> {
  if (connection.role?.kind === 'host') return offend(context, connection, 'out-of-order')
  if (join.protocol !== PROTOCOL_VERSION) return offend(context, connection, 'wrong-protocol')
  await endAttempt(context, connection)
  if (!(await context.may('joins', connection.from))) return fail(context, connection, 'too-many-joins')
  const lobby = await context.store.get(join.code)
  if (lobby === null) {
    const mayGuessOn = await context.may('wrongCodes', connection.from)
    return fail(context, connection, mayGuessOn ? 'not-found' : 'too-many-joins')
  }
  const epoch = ++connection.epoch
  const role: GuestRole = {
    kind: 'guest',
    code: join.code,
    lobbyId: lobby.id,
    epoch,
    info: join.info,
    phase: 'asking',
    asked: null,
    outbox: [],
  }
  connection.role = role
  send(context, connection, { type: 'joining', peer: connection.address, epoch, iceServers: context.iceServers() })
  await ask(context, connection, role, lobby.holder)
}

async function ask(context: Context, connection: Connection, role: GuestRole, holder: string | null): Promise<void> {
  const { lobbyId, epoch, info } = role
  role.asked = holder
  if (holder !== null && (await post(context, holder, { kind: 'ask', lobbyId, from: connection.address, epoch, info })))
    return
  role.asked = null
  send(context, connection, { type: 'host-away', epoch })
}

export async function signalHost(context: Context, connection: Connection, epoch: number, data: string): Promise<void> {
  const { role } = connection
  if (role?.kind === 'host' || connection.epoch === 0) return offend(context, connection, 'out-of-order')
  if (role === null || epoch !== role.epoch) return fail(context, connection, 'stale')
  if (role.phase !== 'admitted') return offend(context, connection, 'out-of-order')
  if (role.outbox.length === 0 && (await relay(context, connection, role, data))) return
  // The host's socket is away for a moment; the newest candidates are not worth more than the offer, so they go.
  if (role.outbox.length < MAX_OUTBOX) role.outbox.push(data)
}

async function relay(context: Context, connection: Connection, role: GuestRole, data: string): Promise<boolean> {
  const { code, lobbyId, epoch } = role
  const lobby = await context.store.get(code)
  if (lobby === null || lobby.id !== lobbyId || lobby.holder === null) return false
  return post(context, lobby.holder, { kind: 'guest-signal', lobbyId, from: connection.address, epoch, data })
}

/** Every second while a guest waits: the host may have come back on another socket, or not in time. */
export async function lookForHost(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'guest' || (role.phase === 'admitted' && role.outbox.length === 0)) return
  const lobby = await context.store.get(role.code)
  if (lobby === null || lobby.id !== role.lobbyId) {
    connection.role = null
    return send(context, connection, { type: 'refused', epoch: role.epoch, reason: 'host-silent' })
  }
  if (role.phase === 'asking') {
    if (lobby.holder !== role.asked) await ask(context, connection, role, lobby.holder)
    return
  }
  if (lobby.holder === null) return
  for (let data = role.outbox[0]; data !== undefined; data = role.outbox[0]) {
    if (!(await relay(context, connection, role, data))) return
    role.outbox.shift()
  }
}

/** A guest hears only the lobby it joined, and only of its present attempt: whatever a host claims is checked here. */
export async function hearAsGuest(
  context: Context,
  connection: Connection,
  role: GuestRole,
  envelope: Envelope,
): Promise<void> {
  if (envelope.lobbyId !== role.lobbyId) return bounce(context, connection, envelope, 'unknown-peer')
  if (envelope.epoch !== role.epoch) return bounce(context, connection, envelope, 'stale')
  const { epoch } = role
  switch (envelope.kind) {
    case 'admit':
      if (role.phase === 'admitted') return bounce(context, connection, envelope, 'stale')
      role.phase = 'admitted'
      return send(context, connection, { type: 'admitted', epoch })
    case 'refuse':
      connection.role = null
      return send(context, connection, {
        type: 'refused',
        epoch,
        reason: envelope.reason,
        ...(envelope.note === undefined ? {} : { note: envelope.note }),
      })
    case 'host-signal':
      if (role.phase !== 'admitted') return bounce(context, connection, envelope, 'out-of-order')
      return send(context, connection, { type: 'from-host', epoch, data: envelope.data })
    case 'busy':
      connection.role = null
      return fail(context, connection, 'lobby-busy')
    case 'ask':
    case 'guest-signal':
    case 'gone':
    case 'undelivered':
    case 'replaced':
      return
  }
}

/** The guest starts anew, or its socket is gone. */
export async function endAttempt(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'guest') return
  connection.role = null
  const { code, lobbyId, epoch } = role
  const lobby = await context.store.get(code)
  if (lobby === null || lobby.id !== lobbyId || lobby.holder === null) return
  await post(context, lobby.holder, { kind: 'gone', lobbyId, from: connection.address, epoch })
}

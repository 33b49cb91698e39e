/** What a guest's socket may say, and what it hears of its host. */
import { PROTOCOL_VERSION } from '../protocol.ts'
import { expel, fail, offend, refuseForNow, send } from './answers.ts'
import { bounce } from './bounce.ts'
import type { Connection, Context, GuestRole } from './connection.ts'
import { type Envelope, post } from './envelope.ts'
import { BUSY_RETRY_MS } from './hosting.ts'
import { ATTEMPT_MS, EAGER_MS, HALF_OPEN_MS, HOLDER_KNOWN_MS, LOOK_AGAIN_MS, MAX_OUTBOX, TICKET_MS } from './limits.ts'
import { randomName } from './random-names.ts'
import type { Address, Lobby } from './store.ts'

/** Characters of a guest's name in its tickets: 72 bits of chance. */
const GUEST_NAME_LENGTH = 12

interface Join {
  readonly protocol: number
  readonly code: string
  readonly info: string
  readonly ticket?: string
}

export async function startJoining(context: Context, connection: Connection, join: Join): Promise<void> {
  if (connection.role?.kind === 'host') return offend(context, connection, 'out-of-order')
  if (join.protocol !== PROTOCOL_VERSION) return offend(context, connection, 'wrong-protocol')
  await endAttempt(context, connection)
  const ticket = join.ticket === undefined ? null : context.tokens.readTicket(join.ticket, context.platform.now())
  const isReturning = ticket?.code === join.code
  const lobby = isReturning
    ? await findAgain(context, connection, ticket)
    : await context.oneAtATime(connection.from.address, () =>
        find(context, connection, join.code, join.ticket !== undefined && ticket === null),
      )
  if (lobby === null) return
  const epoch = ++connection.epoch
  const role: GuestRole = {
    kind: 'guest',
    code: join.code,
    lobbyId: lobby.id,
    epoch,
    info: join.info,
    guest: isReturning ? ticket.guest : randomName(context.platform, GUEST_NAME_LENGTH),
    since: context.platform.now(),
    admittedAt: 0,
    hasSignalled: false,
    phase: 'asking',
    asked: null,
    askedAt: 0,
    toldAway: false,
    outbox: [],
  }
  connection.role = role
  send(context, connection, {
    ...{ type: 'joining', peer: connection.address, epoch, iceServers: context.iceServers() },
    at: Math.round(context.platform.now()),
  })
  await ask(context, connection, role, lobby.holder)
}

/**
 * The lobby of a code, for an address that may still ask; null when the guest was told why not.
 * `wasIn`: the guest shows a ticket that this server cannot read. So it was in a lobby of a server with another secret.
 */
async function find(context: Context, connection: Connection, code: string, wasIn: boolean): Promise<Lobby | null> {
  const { budget } = context
  // Before the code is looked up: the answer must not depend on whether it is right.
  const waits = await Promise.all([budget.waitToGuess(connection.from), budget.takeOf('joins', connection.from)])
  const wait = Math.max(...waits)
  if (wait > 0) {
    refuseForNow(context, connection, 'too-many-joins', wait)
    return null
  }
  const lobby = await context.store.get(code)
  if (lobby !== null) return lobby
  await budget.guessedWrong(connection.from, code)
  fail(context, connection, wasIn ? 'forgotten' : 'not-found')
  return null
}

/** As `find`, for a guest that the host let in before. It may ask about this lobby alone, and spends tokens of its own. */
async function findAgain(
  context: Context,
  connection: Connection,
  { code, id, guest }: { code: string; id: string; guest: string },
): Promise<Lobby | null> {
  const { budget } = context
  const wait = budget.take('redials', guest) || (await budget.takeOf('redialsOfAddress', connection.from))
  if (wait > 0) {
    refuseForNow(context, connection, 'too-many-joins', wait)
    return null
  }
  const lobby = await context.store.get(code)
  // Another lobby may have the code by now: this guest was not let into it.
  if (lobby?.id === id) return lobby
  fail(context, connection, 'not-found')
  return null
}

async function ask(context: Context, connection: Connection, role: GuestRole, holder: string | null): Promise<void> {
  const { lobbyId, epoch, info } = role
  noteHolder(context, role, holder)
  const asking = {
    kind: 'ask',
    lobbyId,
    from: connection.address,
    epoch,
    info,
    group: context.tokens.groupOf(connection.from.address),
    ...(context.addressMarks && { mark: context.tokens.markOf(lobbyId, connection.from.address) }),
  } as const
  if (holder !== null && (await post(context, holder, asking))) return
  role.asked = null
  if (!role.toldAway) send(context, connection, { type: 'host-away', epoch })
  role.toldAway = true
  lookSoon(context, connection, role)
}

/** A host that lost its socket is back within a quarter of a second. So it is looked for more often than once a second at first. */
function lookSoon(context: Context, connection: Connection, role: GuestRole): void {
  if (context.platform.now() - role.since >= EAGER_MS) return
  context.soon(connection, LOOK_AGAIN_MS, async () => {
    if (connection.role === role) await lookForHost(context, connection)
  })
}

export async function signalHost(context: Context, connection: Connection, epoch: number, data: string): Promise<void> {
  const { role } = connection
  if (role?.kind === 'host' || connection.epoch === 0) return offend(context, connection, 'out-of-order')
  if (role?.kind !== 'guest' || epoch !== role.epoch) return fail(context, connection, 'stale')
  if (role.phase !== 'admitted') return offend(context, connection, 'out-of-order')
  role.hasSignalled = true
  if (role.outbox.length === 0 && (await relay(context, connection, role, data))) return
  // The host's socket is away for a moment. When there is no room, the newest go: they are worth less than the offer.
  if (role.outbox.length < MAX_OUTBOX) role.outbox.push(data)
}

async function relay(context: Context, connection: Connection, role: GuestRole, data: string): Promise<boolean> {
  const { lobbyId, epoch } = role
  const signal = { kind: 'guest-signal', lobbyId, from: connection.address, epoch, data } as const
  const known = knownHolder(context, role)
  if (known !== null && (await post(context, known, signal))) return true
  const holder = await findHolder(context, role)
  return holder !== null && holder !== known && post(context, holder, signal)
}

/** The host's socket, as the store told it lately; null when it is to be looked up. A signal to one that is over comes back as `missed`. */
function knownHolder({ platform }: Context, { asked, askedAt }: GuestRole): Address | null {
  return platform.now() - askedAt < HOLDER_KNOWN_MS ? asked : null
}

async function findHolder(context: Context, role: GuestRole): Promise<Address | null> {
  const lobby = await context.store.get(role.code)
  const holder = lobby?.id === role.lobbyId ? lobby.holder : null
  noteHolder(context, role, holder)
  return holder
}

function noteHolder({ platform }: Context, role: GuestRole, holder: Address | null): void {
  role.asked = holder
  role.askedAt = platform.now()
}

/** Called every second while a guest waits, and more often at first. The host may have come back on another socket, or its lease may have ended. */
export async function lookForHost(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'guest' || (role.phase === 'admitted' && role.outbox.length === 0)) return
  const lobby = await context.store.get(role.code)
  if (lobby === null || lobby.id !== role.lobbyId) {
    connection.role = null
    // Its host did not come back in time. Not `host-left`, which is final: a host may still take its code back.
    return send(context, connection, { type: 'refused', epoch: role.epoch, reason: 'not-found' })
  }
  if (role.phase === 'asking') {
    if (lobby.holder !== role.asked) await ask(context, connection, role, lobby.holder)
    else if (lobby.holder === null) lookSoon(context, connection, role)
    return
  }
  noteHolder(context, role, lobby.holder)
  if (lobby.holder === null) return
  for (let data = role.outbox[0]; data !== undefined; data = role.outbox[0]) {
    if (!(await relay(context, connection, role, data))) return
    role.outbox.shift()
  }
}

/** A guest hears only the lobby it joined, and only about its present attempt. Hosts may claim anything: it is checked here. */
export async function hearAsGuest(
  context: Context,
  connection: Connection,
  role: GuestRole,
  envelope: Envelope,
): Promise<void> {
  if (envelope.lobbyId !== role.lobbyId) return bounce(context, connection.address, envelope, 'unknown-peer')
  if (envelope.epoch !== role.epoch) return bounce(context, connection.address, envelope, 'stale')
  const { epoch } = role
  switch (envelope.kind) {
    case 'admit':
      if (role.phase === 'admitted') return bounce(context, connection.address, envelope, 'stale')
      role.phase = 'admitted'
      context.note('admitted')
      role.admittedAt = context.platform.now()
      return send(context, connection, { type: 'admitted', epoch, ticket: ticketFor(context, role) })
    case 'refuse':
      connection.role = null
      return send(context, connection, {
        type: 'refused',
        epoch,
        reason: envelope.reason,
        ...(envelope.note === undefined ? {} : { note: envelope.note }),
      })
    case 'host-signal':
      if (role.phase !== 'admitted') return bounce(context, connection.address, envelope, 'out-of-order')
      return send(context, connection, { type: 'from-host', epoch, data: envelope.data })
    case 'missed':
      return hearMissed(context, connection, role, envelope.data)
    case 'busy':
      connection.role = null
      return refuseForNow(context, connection, 'lobby-busy', BUSY_RETRY_MS)
    case 'ask':
    case 'guest-signal':
    case 'relay':
    case 'gone':
    case 'undelivered':
    case 'replaced':
    case 'measure':
    case 'measured':
    case 'prove-alive':
    case 'host-gone':
    case 'handed':
    case 'no-heir':
      return
  }
}

/** A signal came back: the host has another socket by now, or is away for a moment. It goes to the next one. */
function hearMissed(context: Context, connection: Connection, role: GuestRole, data: string): void {
  role.asked = null
  if (role.outbox.length < MAX_OUTBOX) role.outbox.push(data)
  context.soon(connection, LOOK_AGAIN_MS, async () => {
    if (connection.role === role) await lookForHost(context, connection)
  })
}

function ticketFor(context: Context, { code, lobbyId, guest }: GuestRole): string {
  const expiresAt = Math.round(context.platform.now() + TICKET_MS)
  return context.tokens.signTicket({ code, id: lobbyId, guest, expiresAt })
}

/** Called every second. Ends the attempt of a guest that was let in and says nothing, and every attempt that takes too long. */
export async function endOverdueAttempt(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'guest') return
  const now = context.platform.now()
  const isSilent = role.phase === 'admitted' && !role.hasSignalled && now - role.admittedAt >= HALF_OPEN_MS
  if (!isSilent && now - role.since < ATTEMPT_MS) return
  await endAttempt(context, connection)
  fail(context, connection, 'idle')
  expel(connection, 'idle')
}

/** The guest starts anew, or its socket is gone. */
export async function endAttempt(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'guest') return
  connection.role = null
  const { lobbyId, epoch } = role
  const holder = knownHolder(context, role) ?? (await findHolder(context, role))
  if (holder !== null) await post(context, holder, { kind: 'gone', lobbyId, from: connection.address, epoch })
}

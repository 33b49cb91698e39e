/**
 * How far a listed host's page is from this server. A page that looks at the list asks; the server that holds the host's
 * socket sends that page an echo and takes the time until its answer. The text of an echo is random, so no page answers
 * before it is asked.
 *
 * Invariant: whoever asks, and how many, a host's page is sent one echo in `ECHO_EVERY_MS` at most. All who ask meanwhile get
 * the same answer.
 */
import { fail, offend, refuseForNow, send } from './answers.ts'
import type { Connection, Context, FinderRole, HostEcho, HostRole } from './connection.ts'
import { type Envelope, post } from './envelope.ts'
import { ECHO_EVERY_MS, ECHO_MEMORY_MS, ECHO_WITHIN_MS, MAX_ECHO_WAITING } from './limits.ts'
import { randomName } from './random-names.ts'
import type { Address } from './store.ts'

/** Characters of an echo's text: 72 bits of chance. */
const NONCE_LENGTH = 12

export function newEcho(): HostEcho {
  const never = Number.NEGATIVE_INFINITY
  return { nonce: null, sentAt: never, ms: null, measuredAt: never, answeredAt: never, waiting: new Set() }
}

/** A page that has found lobbies asks how far their hosts are. Each code is answered once, in any order. */
export async function measureHosts(context: Context, connection: Connection, codes: readonly string[]): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'finder') return offend(context, connection, 'out-of-order')
  const wait = await context.budget.takeOf('finds', connection.from)
  if (wait > 0) return refuseForNow(context, connection, 'too-many-finds', wait)
  for (const code of codes) {
    const lobby = role.seen.get(code)
    const request = { kind: 'measure', lobbyId: lobby?.id ?? '', from: connection.address, epoch: 0 } as const
    const isAsked = lobby !== undefined && (await post(context, lobby.holder, request))
    if (!isAsked) send(context, connection, { type: 'measured', code, hostMs: null })
  }
}

/** The host's server answers. */
export function hearAsFinder(context: Context, connection: Connection, role: FinderRole, envelope: Envelope): void {
  if (envelope.kind !== 'measured') return
  for (const { code, id } of role.seen.values()) {
    if (id === envelope.lobbyId) send(context, connection, { type: 'measured', code, hostMs: envelope.hostMs })
  }
}

/** Somebody asks how far this socket's page is. */
export async function measureHost(
  context: Context,
  connection: Connection,
  role: HostRole,
  from: Address,
): Promise<void> {
  const { echo } = role
  const now = context.platform.now()
  if (role.listed === null) return tellMs(context, connection, role, [from], null)
  if (echo.ms !== null && now - echo.answeredAt < ECHO_EVERY_MS)
    return tellMs(context, connection, role, [from], echo.ms)
  if (echo.waiting.size >= MAX_ECHO_WAITING) return tellMs(context, connection, role, [from], null)
  echo.waiting.add(from)
  const isUnderWay = echo.nonce !== null && now - echo.sentAt < ECHO_WITHIN_MS
  if (isUnderWay || now - echo.sentAt < ECHO_EVERY_MS) return
  echo.nonce = randomName(context.platform, NONCE_LENGTH)
  echo.sentAt = now
  send(context, connection, { type: 'echo', nonce: echo.nonce })
}

/** The host's page answers an echo. `at`: when the answer came. */
export async function hearEchoed(context: Context, connection: Connection, nonce: string, at: number): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host') return offend(context, connection, 'out-of-order')
  const { echo } = role
  if (echo.nonce === null || echo.nonce !== nonce) return fail(context, connection, 'stale')
  echo.nonce = null
  const ms = at - echo.sentAt
  echo.answeredAt = at
  if (echo.ms === null || ms <= echo.ms || at - echo.measuredAt >= ECHO_MEMORY_MS) {
    echo.ms = ms
    echo.measuredAt = at
  }
  await endWaiting(context, connection, role, echo.ms)
}

/** Called every second: who waits for a page that does not answer is told so. */
export async function endOverdueEcho(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'host' || role.echo.waiting.size === 0) return
  if (context.platform.now() - role.echo.sentAt < ECHO_WITHIN_MS) return
  await endWaiting(context, connection, role, null)
}

function endWaiting(context: Context, connection: Connection, role: HostRole, ms: number | null): Promise<void> {
  const waiting = [...role.echo.waiting]
  role.echo.waiting.clear()
  return tellMs(context, connection, role, waiting, ms)
}

async function tellMs(
  context: Context,
  { address }: Connection,
  { tenure }: HostRole,
  to: readonly Address[],
  ms: number | null,
): Promise<void> {
  for (const each of to)
    await post(context, each, { kind: 'measured', lobbyId: tenure.id, from: address, epoch: 0, hostMs: ms })
}

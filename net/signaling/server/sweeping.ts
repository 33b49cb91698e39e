/** What is done for each socket every second: pings, the end of the silent and the idle, help for guests that wait. */
import { expel, fail, send } from './answers.ts'
import type { Connection, Context } from './connection.ts'
import { endOverdueAttempt, lookForHost } from './joining.ts'
import { IDLE_MS, LEASE_MS, PING_EVERY_MS } from './limits.ts'
import { endOverdueEcho } from './measuring.ts'
import { renewPass } from './passes.ts'
import type { Turns } from './turns.ts'

export function lookAt(context: Context, turns: Turns, connection: Connection): void {
  const now = context.platform.now()
  if (now - connection.heardAt >= LEASE_MS) return cut(context, connection, 'silent')
  const kind = connection.role?.kind
  const isOfUse = kind === 'host' || kind === 'guest' || kind === 'heir'
  if (!isOfUse && now - connection.spokeAt >= IDLE_MS) {
    if (connection.expelled) return
    fail(context, connection, 'idle')
    return expel(connection, 'idle')
  }
  if (now - connection.pingedAt >= PING_EVERY_MS) ping(context, connection, now)
  if (connection.waiting === 0) turns.take(connection, () => lookForHost(context, connection))
  if (connection.role?.kind === 'heir') turns.take(connection, () => renewPass(context, connection))
  if (connection.role?.kind === 'guest') turns.take(connection, () => endOverdueAttempt(context, connection))
  if (connection.role?.kind === 'host' && connection.role.echo.waiting.size > 0)
    turns.take(connection, () => endOverdueEcho(context, connection))
}

/** Cuts the socket, with no word. */
export function cut(context: Context, connection: Connection, why: 'silent' | 'flood'): void {
  context.count(why)
  connection.closedHere = true
  connection.socket.terminate()
}

function ping(context: Context, connection: Connection, now: number): void {
  connection.pingedAt = now
  if (connection.socket.isOpen) {
    connection.pongsDue++
    connection.socket.ping()
  }
  send(context, connection, { type: 'beat' })
}

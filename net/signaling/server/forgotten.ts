/**
 * Heirs of a lobby that this server has forgotten, since it was restarted without a store or the lease ran out: who has won the players'
 * votes keeps the code. In go passes (passes.ts); out comes a lobby with a new host.
 *
 * Invariants: a pass counts only while no host has the lobby: that of before has a second to come back. It is no vote of this server's:
 * half of the players win nothing by it.
 */
import { offend, refuseForNow } from './answers.ts'
import type { Connection, Context } from './connection.ts'
import { becomeHost } from './hosting.ts'
import { LEASE_MS, RETURN_MS } from './limits.ts'
import { claimLobby, refuseClaim, sleep } from './takeover.ts'
import type { HeirPass } from './tokens.ts'

/** An heir that watched at the server of before wants to be the host. */
export async function claimForgotten(
  context: Context,
  connection: Connection,
  epoch: number,
  text: string,
): Promise<void> {
  if (connection.role !== null) return offend(context, connection, 'out-of-order')
  const wait = await context.budget.takeOf('redialsOfAddress', connection.from)
  if (wait > 0) return refuseForNow(context, connection, 'too-many-joins', wait)
  const pass = context.tokens.readHeir(text, context.platform.now())
  if (pass === null) return refuseClaim(context, connection, epoch, 'not-found')
  if (epoch <= pass.epoch) return refuseClaim(context, connection, epoch, 'replaced')
  if ((await context.store.get(pass.code)) === null) await sleep(context, RETURN_MS)
  // Who has gone meanwhile hosts nothing.
  if (!connection.socket.isOpen) return
  const lobby = await context.store.get(pass.code)
  if (lobby !== null) return claimAsHeir(context, connection, epoch, pass)
  const { code, id, seat, keyHash } = pass
  const tenure = { code, id, term: epoch, holder: connection.address }
  const { outcome } = await context.store.takeBack(tenure, LEASE_MS, { seat, keyHash })
  if (outcome !== 'held') return refuseClaim(context, connection, epoch, outcome === 'replaced' ? outcome : 'lost')
  context.note('taken-over')
  await becomeHost(context, connection, tenure, null)
}

/** Somebody has the lobby by now: the claim is one like any other. */
async function claimAsHeir(context: Context, connection: Connection, epoch: number, pass: HeirPass): Promise<void> {
  const { code, id: lobbyId, seat, keyHash } = pass
  connection.role = { kind: 'heir', code, lobbyId, seat, keyHash, passAt: context.platform.now() }
  await claimLobby(context, connection, epoch)
  if (connection.role?.kind === 'heir') connection.role = null
}

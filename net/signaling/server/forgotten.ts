/**
 * Heirs of a lobby that this server has forgotten, since it was restarted without a store or the lease ran out: who has won the players'
 * votes keeps the code. In go passes (passes.ts); out comes a lobby with a new host.
 *
 * Invariants: a pass counts while no host has the lobby: that of before has a second to come back. It counts also against a host who came
 * back of an epoch before that of the pass, as this server has signed that there was a later one, and against a fork, which waits for nobody,
 * where the heir's epoch is one of votes. It is no vote of this server's: half of the players win nothing by it. The other heirs of the pass are heirs
 * of the lobby until its next host names its own: that one may be cut off before it does.
 */
import { isForkEpoch } from '../../session/epochs.ts'
import { EPOCHS_PER_TERM } from '../../session/limits.ts'
import { offend, refuseForNow } from './answers.ts'
import type { Connection, Context } from './connection.ts'
import { becomeHost } from './hosting.ts'
import { LEASE_MS, RETURN_MS } from './limits.ts'
import type { Lobby } from './store.ts'
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
  if (lobby !== null && !isOutdated(lobby, epoch, pass)) return claimAsHeir(context, connection, epoch, pass)
  const { code, id, seat, keyHash, others } = pass
  const tenure = { code, id, term: epoch, holder: connection.address }
  const taken = await context.store.takeBack(tenure, LEASE_MS, { seat, keyHash })
  const { outcome } = taken
  if (outcome !== 'held') return refuseClaim(context, connection, epoch, outcome === 'replaced' ? outcome : 'lost')
  // Said again by the same heir, it may have named its own since. A fork ends with its page.
  if (lobby?.epoch !== epoch && !isForkEpoch(epoch)) await context.store.setHeirs(tenure, epoch, others)
  context.note('taken-over')
  await becomeHost(context, connection, tenure, taken.previous)
}

/** Whether the host of this lobby gives way to an heir of a later one, or as a fork to one who was voted for. */
function isOutdated(lobby: Lobby, epoch: number, pass: HeirPass): boolean {
  if (lobby.id !== pass.id || epoch <= lobby.epoch) return false
  return pass.epoch > lobby.epoch || (isForkEpoch(lobby.epoch) && epoch % EPOCHS_PER_TERM === 0)
}

/** Somebody has the lobby by now: the claim is one like any other. */
async function claimAsHeir(context: Context, connection: Connection, epoch: number, pass: HeirPass): Promise<void> {
  const { code, id: lobbyId, seat, keyHash } = pass
  connection.role = { kind: 'heir', code, lobbyId, seat, keyHash, passAt: context.platform.now() }
  await claimLobby(context, connection, epoch)
  if (connection.role?.kind === 'heir') connection.role = null
}

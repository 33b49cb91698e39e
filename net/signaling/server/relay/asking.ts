/** An admitted guest asks for a relay: the guest and its host get a ticket each, or the guest hears that there is none. */
import { fail, offend, send } from '../answers.ts'
import type { Connection, Context } from '../connection.ts'
import { post } from '../envelope.ts'

export async function askForRelay(context: Context, connection: Connection, epoch: number): Promise<void> {
  const { role, from, address } = connection
  if (role?.kind === 'host' || connection.epoch === 0) return offend(context, connection, 'out-of-order')
  if (role?.kind !== 'guest' || epoch !== role.epoch) return fail(context, connection, 'stale')
  if (role.phase !== 'admitted') return offend(context, connection, 'out-of-order')
  // It is on its way, though it may have no offer for the host: it may want a relay alone.
  role.hasSignalled = true
  const { code, lobbyId } = role
  const none = (): void => send(context, connection, { type: 'no-relay', epoch })
  if (context.budget.take('relays', from.address) > 0) return none()
  const lobby = await context.store.get(code)
  if (lobby === null || lobby.id !== lobbyId || lobby.holder === null) return none()
  const offer = context.relay?.offer({ code, id: lobbyId })
  if (!offer) return none()
  const toHost = { kind: 'relay', lobbyId, from: address, epoch, ticket: offer.host } as const
  if (!(await post(context, lobby.holder, toHost))) return none()
  send(context, connection, { type: 'relay-ticket', epoch, ticket: offer.guest })
}

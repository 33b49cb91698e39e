/** Passes of heirs: by one, the server knows an heir again after a restart without a store. Each is good for two minutes. */
import { send } from './answers.ts'
import type { Connection, Context, HeirRole } from './connection.ts'
import { PASS_EVERY_MS, PASS_MS } from './limits.ts'
import type { Lobby } from './store.ts'

export function givePass(context: Context, connection: Connection, role: HeirRole, { epoch, heirs }: Lobby): void {
  const now = context.platform.now()
  role.passAt = now
  const { code, lobbyId: id, seat, keyHash } = role
  const expiresAt = Math.round(now + PASS_MS)
  const others = heirs.filter((heir) => heir.seat !== seat).map(({ seat, keyHash }) => ({ seat, keyHash }))
  const pass = context.tokens.signHeir({ code, id, seat, keyHash, others, epoch, expiresAt })
  send(context, connection, { type: 'watching', epoch, pass })
}

/** Called every second. Who is an heir no more, or of a lobby that is gone, gets none. */
export async function renewPass(context: Context, connection: Connection): Promise<void> {
  const { role } = connection
  if (role?.kind !== 'heir' || context.platform.now() - role.passAt < PASS_EVERY_MS) return
  role.passAt = context.platform.now()
  const lobby = await context.store.get(role.code)
  if (lobby?.id !== role.lobbyId || connection.role !== role) return
  const isHeir = lobby.heirs.some(({ seat, keyHash }) => seat === role.seat && keyHash === role.keyHash)
  if (isHeir) givePass(context, connection, role, lobby)
}

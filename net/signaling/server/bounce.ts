/** Tells a host that its message reached a socket which is not its guest, or not in this attempt. */
import type { Connection, Context } from './connection.ts'
import { type Envelope, post } from './envelope.ts'

/** Answers messages of hosts only: those of guests are dropped without a word. */
export async function bounce(
  { store }: Context,
  connection: Connection,
  { kind, lobbyId, from, epoch }: Envelope,
  error: 'stale' | 'unknown-peer' | 'out-of-order',
): Promise<void> {
  if (kind !== 'admit' && kind !== 'refuse' && kind !== 'host-signal') return
  await post(store, from, { kind: 'undelivered', lobbyId, from: connection.address, epoch, error })
}

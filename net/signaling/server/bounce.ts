/** Tells a sender that its message reached a socket which is not its guest or its host, or not in this attempt. */
import type { Context } from './connection.ts'
import { type Envelope, post } from './envelope.ts'
import type { Address } from './store.ts'

/** Answers messages of hosts, and gives guests their signals back. The rest of what guests send is dropped without a word. */
export async function bounce(
  context: Context,
  to: Address,
  envelope: Envelope,
  error: 'stale' | 'unknown-peer' | 'out-of-order',
): Promise<void> {
  const { kind, lobbyId, from, epoch } = envelope
  if (kind === 'guest-signal') {
    await post(context, from, { kind: 'missed', lobbyId, from: to, epoch, data: envelope.data })
    return
  }
  if (kind !== 'admit' && kind !== 'refuse' && kind !== 'host-signal') return
  await post(context, from, { kind: 'undelivered', lobbyId, from: to, epoch, error })
}

import type { PlayerId } from '../../world/ids.ts'
import type { GuestMessage } from '../messages.ts'
import type { GuestPeer } from './guest-peer.ts'

/** A guest who has a seat. */
export interface Sender {
  readonly peer: GuestPeer
  readonly player: PlayerId
}

/** What a guest may say once they have a seat. */
type SeatedMessage = Exclude<GuestMessage, { kind: 'hello' | 'guess' }>

/** The host's handler for each kind of message of a guest with a seat. False: no honest page says this, or not now. */
export type GuestMessageHandlers = {
  readonly [Kind in SeatedMessage['kind']]: (from: Sender, message: Extract<GuestMessage, { kind: Kind }>) => boolean
}

import type { HostMessage } from '../messages.ts'

/** What a host may say to a guest who has a seat. */
type SeatedMessage = Exclude<HostMessage, { kind: 'welcome' | 'refused' | 'ask' | 'formerly' }>

/** A guest's handler for each kind of message of its host. False: no honest host says this, or not now. */
export type HostMessageHandlers = {
  readonly [Kind in SeatedMessage['kind']]: (message: Extract<HostMessage, { kind: Kind }>) => boolean
}

/** What hosts, guests and bare sockets of the signalling tests hear, written down: alike in real and in virtual time. */
import type { ServerMessage } from '../../../net/signaling/protocol.ts'
import type {
  Attempt,
  GuestSignalHandlers,
  GuestSignals,
  HostSignalHandlers,
  HostSignals,
  JoinStage,
} from '../../../net/signaling/signals.ts'
import type { Reason } from '../../../net/wire/reasons.ts'

export interface RecordedHost {
  signals: HostSignals
  joins: { attempt: Attempt; info: string }[]
  heard: { attempt: Attempt; data: string }[]
  gone: Attempt[]
  online: boolean[]
  lost: Reason[]
}

export interface RecordedGuest {
  signals: GuestSignals
  heard: string[]
  failed: { reason: Reason; detail: string }[]
  stages: JoinStage[]
}

export const newHost = (): Omit<RecordedHost, 'signals'> => ({ joins: [], heard: [], gone: [], online: [], lost: [] })
export const newGuest = (): Omit<RecordedGuest, 'signals'> => ({ heard: [], failed: [], stages: [] })

/** Handlers that write down what a host hears; `answer` is what it says to whoever asks to join. */
export function hostHandlers(
  into: Omit<RecordedHost, 'signals'>,
  answer: (attempt: Attempt, info: string) => Reason | null,
  more: Partial<HostSignalHandlers>,
): HostSignalHandlers {
  return {
    join: (attempt, info) => {
      into.joins.push({ attempt, info })
      return answer(attempt, info)
    },
    signal: (attempt, data) => into.heard.push({ attempt, data }),
    gone: (attempt) => into.gone.push(attempt),
    online: (isOnline) => into.online.push(isOnline),
    lost: (reason) => into.lost.push(reason),
    ...more,
  }
}

export function guestHandlers(into: Omit<RecordedGuest, 'signals'>): GuestSignalHandlers {
  return {
    signal: (data) => into.heard.push(data),
    failed: (reason, detail) => into.failed.push({ reason, detail }),
  }
}

/** The codes of the errors among these messages. */
export function errorsIn(heard: readonly ServerMessage[]): string[] {
  return heard.flatMap((message) => (message.type === 'error' ? [message.code] : []))
}

/** Takes the first message of this type off the list; it must be there. */
export function takeFirst<T extends ServerMessage['type']>(
  heard: ServerMessage[],
  type: T,
): Extract<ServerMessage, { type: T }> {
  const index = heard.findIndex((message) => message.type === type)
  return heard.splice(index, 1)[0] as Extract<ServerMessage, { type: T }>
}

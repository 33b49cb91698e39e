/**
 * Sockets of tests that say what they like, right or wrong, alike in real time (`support.ts`) and in virtual time
 * (`virtual-support.ts`): only how one opens, and how a test waits, differs.
 */
import type { ClientMessage, ServerMessage } from '../../../net/signaling/protocol.ts'
import { errorsIn, takeFirst } from './recorded.ts'

export interface BareSocket {
  heard: ServerMessage[]
  say(message: ClientMessage): void
  raw(text: string | Uint8Array): void
  /** The codes of the errors it was told. */
  errors(): string[]
  /** Waits for the next message of this type and takes it off the list. */
  next<T extends ServerMessage['type']>(type: T): Promise<Extract<ServerMessage, { type: T }>>
  closed(): boolean
}

/** Waits for a condition, not for a time. */
export type Until = (condition: () => unknown, what: string) => Promise<void>

/** What a bare socket can do, over any kind of WebSocket. */
export function bareSocket(
  socket: { send(text: string | Uint8Array): void; readonly readyState: number },
  until: Until,
): BareSocket {
  const heard: ServerMessage[] = []
  return {
    heard,
    say: (message) => socket.send(JSON.stringify(message)),
    raw: (text) => socket.send(text),
    errors: () => errorsIn(heard),
    async next<T extends ServerMessage['type']>(type: T) {
      await until(() => heard.some((message) => message.type === type), `a message of type ${type}`)
      return takeFirst(heard, type)
    },
    // As WebSocket's CLOSED.
    closed: () => socket.readyState === 3,
  }
}

/** Becomes a host: the same socket with its lobby. */
export async function asHost<T extends BareSocket>(socket: T) {
  socket.say({ type: 'host', protocol: 1 })
  return { ...socket, lobby: await socket.next('hosting') }
}

/** Becomes a guest that was asked about, with the host's view of it. */
export async function asGuest<T extends BareSocket>(socket: T, lobbyHost: BareSocket, code: string) {
  socket.say({ type: 'join', protocol: 1, code, info: 'guest' })
  return { ...socket, joining: await socket.next('joining'), asked: await lobbyHost.next('asked') }
}

/** The reason with which a promise rejects. */
export async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'no error'
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error)
  }
}

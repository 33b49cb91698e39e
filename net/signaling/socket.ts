/**
 * One WebSocket to the signalling server. Typed messages go in and out. It ends in one of three ways, and tells its owner of the first two: the socket never opens, it closes or falls
 * silent, or the owner closes it.
 */
import type { Timers } from '../platform/platform.ts'
import { MAX_MESSAGE_BYTES, utf8Length } from './parse-message.ts'
import { type ClientMessage, parseServerMessage, type ServerMessage } from './protocol.ts'

/** The part of a browser's WebSocket that is used; the `ws` package's has it too. */
export interface WebSocketLike {
  readyState: number
  send(text: string): void
  close(): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

export type WebSocketConstructor = new (url: string) => WebSocketLike

/** What opens a socket: where to, of which kind, and whose time limits it. */
export interface SocketOptions {
  readonly url: string
  readonly WebSocket: WebSocketConstructor
  readonly platform: Timers
}

export interface SocketHandlers {
  open(): void
  message(message: ServerMessage): void
  /** A text that is none of those messages. Default: dropped, for a newer server may say more than this protocol has. */
  other?(text: string): void
  /** Called once, unless the owner closed the socket. */
  closed(detail: string): void
}

export interface SignalingSocket {
  /** False when the socket is not open. */
  send(message: ClientMessage): boolean
  close(): void
}

/** A server that answers at all opens a socket in far less, even over a slow phone. */
const OPEN_TIMEOUT_MS = 8_000

/** The server says something every 3 s. After so long a silence, in ms, the connection counts as dead; a lease lasts as long. */
const SILENCE_MS = 12_000

const OPEN = 1

export function openSocket({ url, WebSocket, platform }: SocketOptions, handlers: SocketHandlers): SignalingSocket {
  let ended = false
  let cancelTimeout = (): void => {}
  let socket: WebSocketLike | null = null

  function end(detail: string | null): void {
    if (ended) return
    ended = true
    cancelTimeout()
    // Closing a socket that never opened makes some browsers write an error; it is the only way to release it.
    socket?.close()
    if (detail !== null) handlers.closed(detail)
  }

  /** Ends the socket unless something else happens first. */
  function endIn(ms: number, detail: string): void {
    cancelTimeout()
    cancelTimeout = platform.after(ms, () => end(detail))
  }

  endIn(OPEN_TIMEOUT_MS, `no answer from ${url} within ${OPEN_TIMEOUT_MS / 1000} s`)
  try {
    socket = new WebSocket(url)
  } catch (error) {
    // A page served by https may not open ws://. The owner hears of it like of any other failure, and not within this call.
    endIn(0, `${url} cannot be opened: ${error instanceof Error ? error.message : String(error)}`)
  }
  socket?.addEventListener('open', () => {
    if (ended) return
    endIn(SILENCE_MS, 'the server fell silent')
    handlers.open()
  })
  socket?.addEventListener('message', ({ data }) => {
    if (ended) return
    endIn(SILENCE_MS, 'the server fell silent')
    if (typeof data !== 'string') return
    const parsed = parseServerMessage(data)
    if ('message' in parsed) handlers.message(parsed.message)
    else handlers.other?.(data)
  })
  // 'close' follows 'error', but not in every environment when the constructor's connection fails.
  socket?.addEventListener('error', () => end(`the connection to ${url} failed`))
  socket?.addEventListener('close', () => end('the server closed the connection'))

  return {
    send(message) {
      if (ended || socket?.readyState !== OPEN) return false
      const text = JSON.stringify(message)
      if (utf8Length(text) > MAX_MESSAGE_BYTES) {
        throw new RangeError(`A signalling message has at most ${MAX_MESSAGE_BYTES} bytes: make the text shorter.`)
      }
      socket.send(text)
      return true
    },
    close: () => end(null),
  }
}

/** One WebSocket to the signalling server, with typed messages, a limit for opening it and an ear for a dead line. */
import {
  type ClientMessage,
  MAX_MESSAGE_BYTES,
  parseServerMessage,
  type ServerMessage,
  utf8Length,
} from './protocol.ts'

/** The part of a browser's WebSocket that is used; the `ws` package's has it too. */
export interface WebSocketLike {
  readyState: number
  send(text: string): void
  close(): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void
}

export type WebSocketConstructor = new (url: string) => WebSocketLike

export interface SocketHandlers {
  open(): void
  message(message: ServerMessage): void
  /** Called once, unless the page closed the socket itself. */
  closed(detail: string): void
}

export interface SignalingSocket {
  /** False when the socket is not open. */
  send(message: ClientMessage): boolean
  close(): void
}

/** A server that answers at all opens a socket in far less, even over a slow phone. */
const OPEN_TIMEOUT_MS = 8_000

/** The server says something every 3 s; so long a silence in ms is a dead line, and the lease's length. */
const SILENCE_MS = 12_000

const OPEN = 1

export function openSocket(url: string, WebSocket: WebSocketConstructor, handlers: SocketHandlers): SignalingSocket {
  let ended = false
  let timer: ReturnType<typeof setTimeout>
  let socket: WebSocketLike | null = null

  function end(detail: string | null): void {
    if (ended) return
    ended = true
    clearTimeout(timer)
    // Closing a socket that never opened makes some browsers write an error; it is the only way to release it.
    socket?.close()
    if (detail !== null) handlers.closed(detail)
  }

  function expect(ms: number, detail: string): void {
    clearTimeout(timer)
    timer = setTimeout(() => end(detail), ms)
  }

  expect(OPEN_TIMEOUT_MS, `no answer from ${url} within ${OPEN_TIMEOUT_MS / 1000} s`)
  try {
    socket = new WebSocket(url)
  } catch (error) {
    // A page served by https may not open ws://; the caller gets to know it like any other failure.
    expect(0, `${url} cannot be opened: ${error instanceof Error ? error.message : String(error)}`)
  }
  socket?.addEventListener('open', () => {
    if (ended) return
    expect(SILENCE_MS, 'the server fell silent')
    handlers.open()
  })
  socket?.addEventListener('message', ({ data }) => {
    if (ended) return
    expect(SILENCE_MS, 'the server fell silent')
    const parsed = typeof data === 'string' ? parseServerMessage(data) : null
    // What a newer server may say beyond this protocol is not for this page.
    if (parsed !== null && 'message' in parsed) handlers.message(parsed.message)
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

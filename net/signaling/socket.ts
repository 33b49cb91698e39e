/**
 * One WebSocket to the signalling server. Typed messages go in and out. It ends in one of three ways, and tells its owner of the first two: the socket never opens, it closes or falls
 * silent, or the owner closes it.
 *
 * A machine that vanishes closes no socket. An owner that wants to know early is told (`doubted`) when a beat of the server is overdue, and the
 * server does not answer an echo either. The echo keeps a page that stalled, and a late beat, from being taken for that.
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
  /** The server may be gone: a beat is overdue, or the owner asked, and no answer came. Told once until something is heard again. */
  doubted?(): void
  /** Called once, unless the owner closed the socket. */
  closed(detail: string): void
}

export interface SignalingSocket {
  /** False when the socket is not open. */
  send(message: ClientMessage): boolean
  /** Asks the server for a sign of life. When none comes, `doubted` is told. */
  ask(): void
  close(): void
}

/** A server that answers at all opens a socket in far less, even over a slow phone. */
const OPEN_TIMEOUT_MS = 8_000

/** The server says something every 3 s. After so long a silence, in ms, the connection counts as dead; a lease lasts as long. */
const SILENCE_MS = 12_000
const FELL_SILENT = 'the server fell silent'

/** A beat of the server is overdue after so long a silence, ms: 3 s, and what a look of the server and a network add. */
const BEAT_OVERDUE_MS = 3_500

/** An answer takes a round trip to the far side of the world, and a long task of this page, ms. */
const ANSWER_WITHIN_MS = 800

const OPEN = 1

export function openSocket({ url, WebSocket, platform }: SocketOptions, handlers: SocketHandlers): SignalingSocket {
  let ended = false
  let cancelTimeout = (): void => {}
  let socket: WebSocketLike | null = null
  /** `fine`: heard a moment ago. `asked`: for a sign of life. `doubted`: none came. */
  let server: 'fine' | 'asked' | 'doubted' = 'fine'

  function end(detail: string | null): void {
    if (ended) return
    ended = true
    cancelTimeout()
    // Closing a socket that never opened makes some browsers write an error; it is the only way to release it.
    socket?.close()
    if (detail !== null) handlers.closed(detail)
  }

  /** Unless something else happens first. */
  function after(ms: number, then: () => void): void {
    cancelTimeout()
    cancelTimeout = platform.after(ms, then)
  }

  function endIn(ms: number, detail: string): void {
    after(ms, () => end(detail))
  }

  function heard(): void {
    server = 'fine'
    if (handlers.doubted) after(BEAT_OVERDUE_MS, ask)
    else endIn(SILENCE_MS, FELL_SILENT)
  }

  function ask(): void {
    if (!handlers.doubted || server !== 'fine' || !send({ type: 'echo', nonce: 'alive' })) return
    server = 'asked'
    after(ANSWER_WITHIN_MS, () => {
      server = 'doubted'
      endIn(SILENCE_MS - BEAT_OVERDUE_MS - ANSWER_WITHIN_MS, FELL_SILENT)
      handlers.doubted?.()
    })
  }

  function send(message: ClientMessage): boolean {
    if (ended || socket?.readyState !== OPEN) return false
    const text = JSON.stringify(message)
    if (utf8Length(text) > MAX_MESSAGE_BYTES) {
      throw new RangeError(`A signalling message has at most ${MAX_MESSAGE_BYTES} bytes: make the text shorter.`)
    }
    socket.send(text)
    return true
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
    heard()
    handlers.open()
  })
  socket?.addEventListener('message', ({ data }) => {
    if (ended) return
    heard()
    if (typeof data !== 'string') return
    const parsed = parseServerMessage(data)
    if ('message' in parsed) handlers.message(parsed.message)
    else handlers.other?.(data)
  })
  // 'close' follows 'error', but not in every environment when the constructor's connection fails.
  socket?.addEventListener('error', () => end(`the connection to ${url} failed`))
  socket?.addEventListener('close', () => end('the server closed the connection'))

  return { send, ask, close: () => end(null) }
}

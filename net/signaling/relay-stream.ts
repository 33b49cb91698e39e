/**
 * A page's socket to the relay: shows its ticket, waits for the other side, and carries binary messages from then on. Text is the
 * server's, bytes are the other page's.
 *
 * Invariant: it ends once: closed by its owner, or `failed` with a sentence. What the server or the other page says never throws.
 */
import type { Cancel, Timers } from '../platform/platform.ts'
import type { MessageStream, MessageStreamEvents } from '../transport/relay/message-stream.ts'
import { RELAY_SUFFIX } from './protocol.ts'
import type { WebSocketConstructor, WebSocketLike } from './socket.ts'

/** The part of a browser's WebSocket that only the relay needs. */
interface BinaryWebSocket extends Omit<WebSocketLike, 'send' | 'addEventListener'> {
  binaryType: string
  readonly bufferedAmount: number
  send(data: string | Uint8Array): void
  addEventListener(type: string, listener: (event: { data: unknown; code?: number }) => void): void
}

export interface RelayStreamOptions {
  /** Of the signalling server. */
  readonly url: string
  readonly WebSocket: WebSocketConstructor
  readonly platform: Pick<Timers, 'after'>
}

/** From opening to the other side: the server closes a pair that is not complete after 10 s. */
const PAIR_WITHIN_MS = 12_000

const OPEN = 1

/** With these codes the server closes a socket because of what a page did: the other one left, or one broke the rules. */
const ENDED_BY_OTHER: ReadonlySet<number> = new Set([1000, 1008])

/** Opens the socket at once. */
export function openRelayStream({ url, WebSocket, platform }: RelayStreamOptions, ticket: string): MessageStream {
  return new RelayStream(relayUrl(url), WebSocket, platform, ticket)
}

/** The relay's path stands behind that of signalling; what stands in the query stays. */
export function relayUrl(signalingUrl: string): string {
  const url = new URL(signalingUrl)
  url.pathname = `${url.pathname.replace(/\/$/, '')}${RELAY_SUFFIX}`
  return url.href
}

class RelayStream implements MessageStream {
  #socket: BinaryWebSocket | null = null
  #events: MessageStreamEvents | null = null
  #isPaired = false
  #isOver = false
  #cancelTimeout: Cancel

  constructor(url: string, WebSocket: WebSocketConstructor, platform: Pick<Timers, 'after'>, ticket: string) {
    this.#cancelTimeout = platform.after(PAIR_WITHIN_MS, () => this.#fail(`the other side did not come to the relay`))
    try {
      this.#socket = new WebSocket(url) as unknown as BinaryWebSocket
    } catch (error) {
      // Not within this call: nobody listens yet.
      this.#cancelTimeout()
      this.#cancelTimeout = platform.after(0, () => this.#fail(`the relay cannot be opened: ${String(error)}`))
      return
    }
    const socket = this.#socket
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', () => !this.#isOver && socket.send(ticket))
    socket.addEventListener('message', ({ data }) => this.#hear(data))
    socket.addEventListener('error', () => this.#fail('the connection to the relay failed', true))
    socket.addEventListener('close', ({ code }) =>
      this.#fail('the relay closed the connection', !ENDED_BY_OTHER.has(code ?? 0)),
    )
  }

  attach(events: MessageStreamEvents): void {
    this.#events = events
  }

  send(message: Uint8Array): void {
    if (this.#socket?.readyState === OPEN && !this.#isOver) this.#socket.send(message)
  }

  get bufferedBytes(): number {
    return this.#isOver ? 0 : (this.#socket?.bufferedAmount ?? 0)
  }

  close(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#events = null
    this.#cancelTimeout()
    this.#socket?.close()
  }

  #fail(detail: string, isRouteOnly = false): void {
    if (this.#isOver) return
    const events = this.#events
    this.close()
    events?.failed(detail, isRouteOnly)
  }

  #hear(data: unknown): void {
    if (this.#isOver) return
    if (typeof data === 'string') return this.#hearServer(data)
    this.#events?.message(data instanceof ArrayBuffer ? new Uint8Array(data) : data)
    // A WebSocket tells nobody that its buffer is low. What comes in is a good moment to look: acknowledgements do.
    this.#events?.drained()
  }

  /** A newer server may say more than this page knows. */
  #hearServer(text: string): void {
    if (this.#isPaired && text === '{"type":"move"}') return this.#events?.ending?.()
    if (this.#isPaired || text !== '{"type":"paired"}') return
    this.#isPaired = true
    this.#cancelTimeout()
    this.#events?.paired()
  }
}

/**
 * Refuses sockets. A page does not see the HTTP status of a refused WebSocket. So the socket is accepted, told why in a
 * message and closed, while not too many are open for that; above, the upgrade is refused.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import { errorMessage, type Refusal, retryAfter } from './answers.ts'
import { FULL_RETRY_MS } from './hosting.ts'
import { MAX_TOLD, MAX_TOLD_PER_ADDRESS } from './limits.ts'

/** The answer to each refusal: the code of a message, and the status where no message is possible. */
const answers = {
  origin: { code: 'refused-origin', status: '403 Forbidden' },
  host: { code: 'refused-origin', status: '403 Forbidden' },
  address: { code: 'too-many-sockets', status: '429 Too Many Requests' },
  full: { code: 'server-full', status: '503 Service Unavailable' },
} as const

export function endUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  // A peer that does not close its own half would keep the descriptor.
  socket.once('finish', () => socket.destroy())
}

export class TurnAway {
  readonly #acceptor: WebSocketServer
  readonly #count: (code: 'refused-origin' | 'too-many-sockets' | 'server-full') => void
  /** Refused sockets that are open, by address. */
  readonly #told = new Map<string, number>()
  #open = 0

  constructor(acceptor: WebSocketServer, count: (code: 'refused-origin' | 'too-many-sockets' | 'server-full') => void) {
    this.#acceptor = acceptor
    this.#count = count
  }

  refuse(request: IncomingMessage, socket: Duplex, head: Buffer, address: string, why: Refusal): void {
    const { code, status } = answers[why]
    const told = this.#told.get(address) ?? 0
    if (told >= MAX_TOLD_PER_ADDRESS || this.#open >= MAX_TOLD) return endUpgrade(socket, status)
    this.#acceptor.handleUpgrade(request, socket, head, (accepted) => {
      this.#change(address, 1)
      accepted.on('error', () => {})
      accepted.on('close', () => this.#change(address, -1))
      this.#count(code)
      const wait = why === 'address' || why === 'full' ? retryAfter(FULL_RETRY_MS) : {}
      accepted.send(JSON.stringify({ ...errorMessage(code), ...wait }))
      accepted.close(1008, code)
    })
  }

  #change(address: string, by: 1 | -1): void {
    this.#open += by
    const count = (this.#told.get(address) ?? 0) + by
    if (count > 0) this.#told.set(address, count)
    else this.#told.delete(address)
  }
}

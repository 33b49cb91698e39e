/**
 * Refuses sockets. A page does not see the HTTP status of a refused WebSocket. So the socket is accepted, told why in a
 * message and closed, while not too many are open for that; above, the upgrade is refused.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import type { ErrorCode } from '../protocol.ts'
import { type Refusal, refusalMessage, refusals } from './answers.ts'
import { MAX_TOLD, MAX_TOLD_PER_ADDRESS } from './limits.ts'

export function endUpgrade(socket: Duplex, status: string): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  // A peer that does not close its own half would keep the descriptor.
  socket.once('finish', () => socket.destroy())
}

export class TurnAway {
  readonly #acceptor: WebSocketServer
  readonly #count: (code: ErrorCode) => void
  /** Refused sockets that are open, by address. */
  readonly #told = new Map<string, number>()
  #open = 0

  constructor(acceptor: WebSocketServer, count: (code: ErrorCode) => void) {
    this.#acceptor = acceptor
    this.#count = count
  }

  refuse(request: IncomingMessage, socket: Duplex, head: Buffer, address: string, why: Refusal): void {
    const { code, status } = refusals[why]
    const told = this.#told.get(address) ?? 0
    if (told >= MAX_TOLD_PER_ADDRESS || this.#open >= MAX_TOLD) return endUpgrade(socket, status)
    this.#acceptor.handleUpgrade(request, socket, head, (accepted) => {
      this.#change(address, 1)
      accepted.on('error', () => {})
      accepted.on('close', () => this.#change(address, -1))
      this.#count(code)
      accepted.send(refusalMessage(why))
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

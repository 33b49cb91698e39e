/**
 * One socket of a page, as the server's core sees it: what it can do, and what is told of it. `ws-socket.ts` makes one of a
 * socket of the package `ws`; simulations have their own.
 */

export interface ServerSocket {
  /** False once either side has begun to close it. */
  readonly isOpen: boolean
  /** Bytes that were sent and have not left this machine. */
  readonly bufferedBytes: number
  send(text: string): void
  /** Asks for a pong, which shows that the other side lives. Browsers answer it without the page. */
  ping(): void
  /** Closes with a word. Messages that the other side sent before may still come. */
  close(code: number, reason: string): void
  /** Cuts the connection, with no word. */
  terminate(): void
}

/** What is told of a socket. `closed` comes once, last, whoever closed it. */
export interface SocketEvents {
  message(text: string, isBinary: boolean): void
  ping(): void
  pong(): void
  /** The other side broke the rules of WebSocket; the socket closes. */
  failed(error: 'too-large' | 'bad-message'): void
  closed(): void
}

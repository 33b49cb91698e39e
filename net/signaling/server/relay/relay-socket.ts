/** One socket of the relay, as the relay's core sees it. `ws-relay-socket.ts` makes one of a socket of the package `ws`; tests have their own. */

export interface RelaySocket {
  /** Bytes that were sent and have not left this machine. */
  readonly bufferedBytes: number
  /** `left` is called when these bytes have left this machine, or never. */
  send(message: Uint8Array | string, left?: () => void): void
  /** Reads nothing until `resume`: TCP then slows the other side down. What was read already may still come. */
  pause(): void
  resume(): void
  /** Asks for a pong. */
  ping(): void
  close(code: number, reason: string): void
  /** Cuts the connection, with no word. */
  terminate(): void
}

/** What is told of a socket. `closed` comes once, last, whoever closed it. */
export interface RelaySocketEvents {
  message(message: Uint8Array | string): void
  /** A ping or a pong. */
  alive(): void
  closed(): void
}

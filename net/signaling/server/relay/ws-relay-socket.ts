/** Binds a socket of the package `ws` to the relay's core. */
import type { RawData, WebSocket } from 'ws'
import type { RelaySocket, RelaySocketEvents } from './relay-socket.ts'

export function relaySocket(socket: WebSocket): RelaySocket {
  return {
    get bufferedBytes() {
      return socket.bufferedAmount
    },
    send: (message, left) => socket.send(message, (error) => error ?? left?.()),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    ping: () => socket.ping(),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  }
}

/** Tells `events` what happens to the socket. */
export function listenToRelay(socket: WebSocket, events: RelaySocketEvents): void {
  socket.on('message', (data, isBinary) => events.message(isBinary ? bytesOf(data) : bytesOf(data).toString()))
  socket.on('ping', () => events.alive())
  socket.on('pong', () => events.alive())
  // ws closes the socket itself after an error, such as a message that is too large.
  socket.on('error', () => {})
  socket.on('close', () => events.closed())
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? Buffer.from(data) : data
}

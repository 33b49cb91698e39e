/** Binds a socket of the package `ws` to the server's core. */
import type { RawData, WebSocket } from 'ws'
import type { ServerSocket, SocketEvents } from './server-socket.ts'

export function serverSocket(socket: WebSocket): ServerSocket {
  return {
    get isOpen() {
      return socket.readyState === socket.OPEN
    },
    get bufferedBytes() {
      return socket.bufferedAmount
    },
    send: (text) => socket.send(text),
    ping: () => socket.ping(),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  }
}

/** Tells `events` what happens to the socket. */
export function listenTo(socket: WebSocket, events: SocketEvents): void {
  socket.on('message', (data, isBinary) => events.message(textOf(data), isBinary))
  // ws answers each ping by itself.
  socket.on('ping', () => events.ping())
  socket.on('pong', () => events.pong())
  // ws closes the socket itself after an error; a message above MAX_FRAME_BYTES comes as one.
  socket.on('error', (error: Error & { code?: string }) => {
    const isTooLarge =
      error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' || error.code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS'
    events.failed(isTooLarge ? 'too-large' : 'bad-message')
  })
  socket.on('close', () => events.closed())
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString()
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString()
}

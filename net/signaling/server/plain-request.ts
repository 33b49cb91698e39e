/**
 * Requests that offer an upgrade to something other than WebSocket, as `Upgrade: h2c` of curl and of Java's client. A server
 * may ignore the offer (RFC 9110, 7.8), but Node 20 hands every upgrade to those who listen for any. Here they are
 * answered as plain requests.
 */
import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A client that takes nothing of the answer for so long is gone. Node's own limits end with the upgrade. */
const SILENT_FOR_MS = 60_000

/** Whether this is such a request: without a body, which nobody could read any more. */
export function isPlainRequest({ method, headers }: IncomingMessage): boolean {
  return (
    !/\bwebsocket\b/i.test(headers.upgrade ?? '') &&
    (method === 'GET' || method === 'HEAD') &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0'
  )
}

/** Has the request answered by `listen`, and closes the connection after it. */
export function answerPlainly(
  request: IncomingMessage,
  socket: Duplex,
  listen: (request: IncomingMessage, response: ServerResponse) => void,
): void {
  const connection = socket as Socket
  connection.on('error', () => {})
  connection.setTimeout(SILENT_FOR_MS, () => connection.destroy())
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(connection)
  response.once('finish', () => {
    response.detachSocket(connection)
    connection.end()
    connection.once('finish', () => connection.destroy())
  })
  listen(request, response)
}

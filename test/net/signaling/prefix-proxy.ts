/** A reverse proxy as an operator puts it in front: one folder of its own address is the server behind. */
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterwards } from './support.ts'

export interface PrefixProxy {
  readonly origin: string
  /** Of the signalling behind it. */
  readonly url: string
}

/** `strips`: the server behind sees paths without the prefix. What is outside of the prefix is not found. */
export async function prefixProxy(port: number, prefix: string, strips: boolean): Promise<PrefixProxy> {
  const sockets = new Set<Duplex>()
  const forward = (incoming: IncomingMessage) => {
    const path = incoming.url ?? ''
    if (!path.startsWith(`${prefix}/`)) return null
    const target = strips ? path.slice(prefix.length) : path
    return request({
      port,
      host: '127.0.0.1',
      method: incoming.method,
      path: target,
      headers: incoming.headers,
      // A connection for each: one that was kept may close at the very moment when the next request is on its way.
      agent: false,
    })
  }
  const proxy = createServer((incoming, outgoing) => {
    const behind = forward(incoming)
    if (!behind) {
      outgoing.writeHead(404).end()
      return
    }
    behind.on('error', () => outgoing.destroy())
    behind.on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(outgoing)
    })
    incoming.pipe(behind)
  })
  proxy.on('upgrade', (incoming, socket) => {
    const behind = forward(incoming)
    if (!behind) return socket.destroy()
    sockets.add(socket)
    behind.on('error', () => socket.destroy())
    behind.on('upgrade', (response, other) => {
      sockets.add(other)
      const headers = Object.entries(response.headers).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${headers.join('')}\r\n`)
      for (const [one, two] of [
        [socket, other],
        [other, socket],
      ] as const) {
        one.on('error', () => two.destroy())
        one.on('close', () => two.destroy())
        one.pipe(two)
      }
    })
    behind.end()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  afterwards(() => {
    for (const socket of sockets) socket.destroy()
    proxy.closeAllConnections()
    proxy.close()
  })
  const bound = (proxy.address() as AddressInfo).port
  return { origin: `http://127.0.0.1:${bound}`, url: `ws://127.0.0.1:${bound}${prefix}/starwire` }
}

/** A balancer for tests and benchmarks: each TCP connection goes to the next server that takes it. */
import { connect, createServer, type Socket } from 'node:net'

export interface Balancer {
  readonly port: number
  close(): Promise<void>
}

export function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    tryNext(socket, turn++, ports.length)
  })
  function tryNext(socket: Socket, at: number, left: number): void {
    if (left === 0) return void socket.destroy()
    const behind = connect(ports[at % ports.length] ?? 0, '127.0.0.1')
    const failed = (): void => tryNext(socket, at + 1, left - 1)
    behind.once('error', failed)
    behind.once('connect', () => {
      behind.off('error', failed)
      behind.on('error', () => socket.destroy())
      behind.on('close', () => socket.destroy())
      socket.on('close', () => behind.destroy())
      socket.pipe(behind).pipe(socket)
    })
  }
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      resolve({
        port: typeof bound === 'object' && bound !== null ? bound.port : 0,
        close: () =>
          new Promise((closed) => {
            for (const socket of open) socket.destroy()
            server.close(() => closed())
          }),
      })
    })
  })
}

/** Starts and asks the server processes of `npm run bench -- service`. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Figures } from './server.ts'

export interface ServerProcess {
  readonly port: number
  readonly url: string
  readonly child: ChildProcess
  /** @param collects memory is looked at after a garbage collection. */
  figures(collects?: boolean): Promise<Figures>
  stop(): Promise<void>
}

export async function startServer(...args: string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--expose-gc', '.ci/run-ts.mjs', 'test/bench/service/server.ts', ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const { port } = (await next(child)) as { port: number }
  return {
    ...{ child, port, url: `ws://127.0.0.1:${port}/starwire` },
    async figures(collects = false) {
      const answer = next(child)
      child.send(collects ? 'collect' : 'look')
      return ((await answer) as { figures: Figures }).figures
    },
    async stop() {
      if (child.connected) child.send('stop')
      await ended
    },
  }
}

function next(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`The server ended (${code}) before it answered.`)))
  })
}

/** A Redis for tests and benchmarks: a process of its own on a free port of this machine, which keeps nothing on disk. */
import { type ChildProcess, spawn } from 'node:child_process'
import { freePort } from '../free-port.ts'

export interface RedisProcess {
  readonly port: number
  readonly url: string
  /** Ends it, as a machine whose power is cut. `start` brings one back that knows nothing. */
  stop(): Promise<void>
  start(): Promise<void>
  /** It stands still, and nobody is told: what is sent to it waits. */
  freeze(): void
  thaw(): void
}

/** Where `npm test` found one. */
const command = process.env.REDIS_SERVER ?? 'redis-server'

/** @param more further options of redis-server, as on its command line. */
export async function startRedis(...more: string[]): Promise<RedisProcess> {
  const port = await freePort()
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...more]
  let child: ChildProcess | null = null
  const start = async (): Promise<void> => {
    child = await started(spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] }))
  }
  await start()
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    start,
    async stop() {
      const stopped = child
      child = null
      if (!stopped || stopped.exitCode !== null) return
      const ended = new Promise((resolve) => stopped.once('exit', resolve))
      stopped.kill('SIGKILL')
      await ended
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  }
}

function started(child: ChildProcess): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`Redis did not start: ${said.slice(-500)}`)))
    child.stdout?.on('data', (chunk) => {
      if (said.includes('Ready to accept connections')) return
      said += String(chunk)
      if (said.includes('Ready to accept connections')) resolve(child)
    })
  })
}

/** Several processes of one service, as operators run them, behind a balancer: one drains, one is killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Balancer, startBalancer } from '../../../bench/service/balancer.ts'
import { host, join, until } from '../support.ts'
import { type RedisProcess, startRedis } from './redis-process.ts'
import { newPrefix } from './support.ts'

const at = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url))
const LOBBIES = 10

let redis: RedisProcess
let dist: string
let balancer: Balancer
const running: ChildProcess[] = []

interface Server {
  readonly child: ChildProcess
  readonly port: number
  readonly metricsPort: number
  output: string
  code: number | null | undefined
}

beforeAll(async () => {
  await mkdir(at('.cache'), { recursive: true })
  dist = await mkdtemp(at('.cache/processes-'))
  await mkdir(`${dist}/page`, { recursive: true })
  await writeFile(`${dist}/page/index.html`, '<title>Dogstar</title>')
  redis = await startRedis()
  await build({
    ...{ configFile: false, logLevel: 'silent', publicDir: false },
    resolve: { alias: { 'starwire/server': at('net/server.ts'), 'starwire/redis': at('net/redis.ts') } },
    build: { ssr: at('src/server.ts'), outDir: `${dist}/server`, target: 'node20' },
  })
}, 60_000)
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await balancer?.close()
  await redis?.stop()
  await rm(dist, { recursive: true, force: true })
})

let ports = 20_000 + (process.pid % 20_000)

async function start(prefix: string): Promise<Server> {
  const metricsPort = ports++
  const child = spawn(process.execPath, [`${dist}/server/server.js`], {
    env: {
      ...process.env,
      ...{ PORT: '0', STARWIRE_SECRET: 'a secret of all processes', STARWIRE_STUN: 'none', STARWIRE_LOG: 'json' },
      ...{ STARWIRE_REDIS: redis.url, STARWIRE_REDIS_PREFIX: prefix, STARWIRE_METRICS: `${metricsPort}` },
    },
  })
  running.push(child)
  const server: Server = { child, port: 0, metricsPort, output: '', code: undefined }
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data) => {
      server.output += String(data)
    })
  child.once('exit', (code) => {
    server.code = code
  })
  await until(() => server.output.includes('listening'), `a process that listens: ${server.output}`, 20_000)
  const { port } = JSON.parse(server.output.split('\n').find((line) => line.includes('listening')) ?? '{}') as Server
  const ready = { ...server, port }
  await untilReady(port)
  return Object.defineProperties(ready, {
    code: { get: () => server.code },
    output: { get: () => server.output },
  })
}

const status = async (url: string): Promise<number> => {
  try {
    return (await fetch(url)).status
  } catch {
    return 0
  }
}

async function untilReady(port: number): Promise<void> {
  let last = 0
  const ask = async (): Promise<void> => {
    last = await status(`http://127.0.0.1:${port}/readyz`)
  }
  await until(() => (last === 200 ? true : void ask()), 'a process that is ready', 10_000)
}

async function behindBalancer() {
  const prefix = newPrefix()
  const first = await start(prefix)
  const second = await start(prefix)
  await balancer?.close()
  balancer = await startBalancer([first.port, second.port])
  const url = `ws://127.0.0.1:${balancer.port}/starwire`
  const hosts = await Promise.all(Array.from({ length: LOBBIES }, () => host(url)))
  return { first, second, url, hosts }
}

test('a process that is killed takes no lobby with it: all are joinable again through the other', async () => {
  const { first, second, url, hosts } = await behindBalancer()
  // Hosts stand at both, and guests come to either.
  const before = await Promise.all(hosts.map(({ signals }) => join(url, signals.code)))
  expect(before).toHaveLength(LOBBIES)
  const metrics = await (await fetch(`http://127.0.0.1:${second.metricsPort}/metrics`)).text()
  expect(Number(/starwire_sockets\{role="host"\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(0)
  expect(metrics).toContain('starwire_ready 1')
  first.child.kill('SIGKILL')
  // Until the system has ended it, it still takes connections.
  await until(() => first.code !== undefined, 'the end of the process')
  await Promise.all(hosts.map(({ signals }) => join(url, signals.code)))
  for (const { lost } of hosts) expect(lost).toEqual([])
  expect(second.output).not.toContain('127.0.0.1')
  second.child.kill('SIGKILL')
}, 60_000)

test('a process that is told to stop leads its hosts to the other, ends by itself, and is not ready meanwhile', async () => {
  const { first, second, url, hosts } = await behindBalancer()
  first.child.kill('SIGTERM')
  await until(() => first.code !== undefined, 'the end of the process', 20_000)
  expect(first.code).toBe(0)
  await Promise.all(hosts.map(({ signals }) => join(url, signals.code)))
  for (const { lost } of hosts) expect(lost).toEqual([])
  const { hosts: here } = (await (await fetch(`http://127.0.0.1:${second.port}/healthz`)).json()) as { hosts: number }
  expect(here).toBe(LOBBIES)
  expect(await status(`http://127.0.0.1:${first.port}/readyz`)).toBe(0)
  second.child.kill('SIGKILL')
}, 60_000)

/**
 * `npm run bench -- service`: what the signalling service takes and stands. Servers run in processes of their own; this one
 * plays their pages. As both share two cores with whatever else runs, servers are compared by the CPU time that they take
 * for a join, and joins per second are of one core that does nothing else.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { WebSocket } from 'ws'
import { connectSignaling } from '../../net/signaling/client.ts'
import type { WebSocketConstructor } from '../../net/signaling/socket.ts'
import { startRedis } from '../net/signaling/redis/redis-process.ts'
import { type Bench, measured, median, quantile, type Row } from './bench.ts'
import { nodeHostRows } from './node/node.ts'
import { startBalancer } from './service/balancer.ts'
import { bareSide, joinFor, type Load, peerJsSide, type Side, starwireSide } from './service/joins.ts'
import { type ServerProcess, startMatches, startServer } from './service/processes.ts'

const LOBBIES = 50
const AT_ONCE = 32
const SECONDS = 5
const FULL_SECONDS = 20
/** For each server, until both sides are compiled; a cold server takes three times the CPU for a join. */
const WARM_UP_JOINS = 1500
/** What is compared is measured so often, in turns. */
const ROUNDS = 4
const IDLE_LOBBIES = 10_000
/** Long enough for three beats and renewals of every lobby. */
const IDLE_SECONDS = 12
const KILLED_LOBBIES = 198
/** Guests come one after the other: 200 joins take about 0.6 s of CPU on both sides together, which no host should have to wait for. */
const GUESTS_COME_WITHIN_MS = 500
/** A match whose packets stop for so long was hurt; they come every 50 ms. */
const HURT_MS = 500

export const service: Bench = {
  summary: `creates and joins per second beside PeerJS's server, memory of ${IDLE_LOBBIES} lobbies, four processes on one Redis, a process that is killed, and a host in Node`,
  cases: ['joins', 'processes', 'idle', 'killed', 'node'],
  async run({ full, seconds, only }) {
    const length = seconds ?? (full ? FULL_SECONDS : SECONDS)
    const parts: Record<string, () => Promise<Row[]>> = {
      joins: () => oneProcess(length),
      processes: () => manyProcesses(length),
      idle: idleLobbies,
      killed: killedProcess,
      node: () => nodeHostRows(seconds),
    }
    const rows: Row[] = []
    for (const [name, part] of Object.entries(parts)) if (only === null || only === name) rows.push(...(await part()))
    return rows
  },
}

interface Measured extends Load {
  /** Of all servers, for one join. */
  readonly cpuMs: number
  readonly createCpuMs: number
  readonly creates: number
  readonly createSeconds: number
}

interface Contender {
  readonly servers: readonly ServerProcess[]
  readonly side: Side
}

/** In turns, so that whatever else this machine does meets all of them alike. */
async function measureInTurns(contenders: readonly Contender[], seconds: number): Promise<Measured[]> {
  const runs = contenders.map((contender) => new Run(contender))
  for (const run of runs) await run.warmUp()
  for (let round = 0; round < ROUNDS; round++) for (const run of runs) await run.join(seconds / ROUNDS)
  const measured: Measured[] = []
  for (const run of runs) measured.push(await run.create())
  for (const { servers } of contenders) for (const server of servers) await server.stop()
  return measured
}

class Run {
  readonly #contender: Contender
  #lobbies: { readonly name: string; close(): void }[] = []
  #cpuMs = 0
  #seconds = 0
  readonly #msOfEach: number[] = []

  constructor(contender: Contender) {
    this.#contender = contender
  }

  async warmUp(): Promise<void> {
    const { servers, side } = this.#contender
    this.#lobbies = await Promise.all(Array.from({ length: LOBBIES }, () => side.create()))
    await joinFor({ joins: WARM_UP_JOINS * servers.length }, side, this.#names, AT_ONCE)
  }

  async join(seconds: number): Promise<void> {
    const before = await this.#cpu()
    const load = await joinFor({ seconds }, this.#contender.side, this.#names, AT_ONCE)
    this.#cpuMs += (await this.#cpu()) - before
    this.#seconds += load.seconds
    this.#msOfEach.push(...load.msOfEach)
  }

  async create(): Promise<Measured> {
    const { side } = this.#contender
    const before = await this.#cpu()
    const createdFrom = performance.now()
    const creates = 20 * AT_ONCE
    for (let i = 0; i < creates; i += AT_ONCE)
      this.#lobbies.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => side.create()))))
    const createSeconds = (performance.now() - createdFrom) / 1000
    const createCpuMs = ((await this.#cpu()) - before) / creates
    for (const lobby of this.#lobbies) lobby.close()
    const joins = this.#msOfEach.length
    const load = { joins, seconds: this.#seconds, msOfEach: this.#msOfEach, cpuMs: this.#cpuMs / joins }
    return { ...load, createCpuMs, creates, createSeconds }
  }

  get #names(): string[] {
    return this.#lobbies.map(({ name }) => name)
  }

  async #cpu(): Promise<number> {
    const figures = await Promise.all(this.#contender.servers.map((server) => server.figures()))
    return figures.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
  }
}

function rowsOf(name: string, of: Measured): Row[] {
  const { joins, seconds, msOfEach, cpuMs, createCpuMs, creates, createSeconds } = of
  return [
    measured('joins per second of one core', name, 1000 / cpuMs, '1/s', 'higher'),
    measured('creates per second of one core', name, 1000 / createCpuMs, '1/s', 'higher'),
    measured('joins per second in this run', name, joins / seconds, '1/s', 'higher'),
    measured('creates per second in this run', name, creates / createSeconds, '1/s', 'higher'),
    measured('join p99', name, quantile(msOfEach, 0.99), 'ms', 'lower'),
    measured('join p50', name, median(msOfEach), 'ms', 'lower'),
    measured('CPU per join', name, cpuMs, 'ms', 'lower'),
  ]
}

async function oneProcess(seconds: number): Promise<Row[]> {
  console.error('one process, and PeerJS’s server')
  const ours = await startServer('starwire')
  const theirs = await startServer('peerjs')
  const none = await startServer('bare')
  const contenders = [
    { servers: [ours], side: starwireSide([ours.url]) },
    { servers: [theirs], side: peerJsSide(theirs.port) },
    { servers: [none], side: bareSide(none.port) },
  ]
  const [own, peerJs, bare] = (await measureInTurns(contenders, 2 * seconds)) as [Measured, Measured, Measured]
  return [
    ...rowsOf('one process', own),
    ...rowsOf('PeerJS server', peerJs),
    measured('joins per second ÷ PeerJS server', 'one process', peerJs.cpuMs / own.cpuMs, 'ratio', 'higher', 2),
    measured('CPU per socket', 'opened and closed, without a message', bare.cpuMs, 'ms', 'lower'),
    measured(
      'joins per second ÷ PeerJS server',
      'opened and closed, without a message',
      peerJs.cpuMs / bare.cpuMs,
      'ratio',
      'higher',
    ),
  ]
}

async function manyProcesses(seconds: number): Promise<Row[]> {
  console.error('one and four processes on one Redis')
  const redis = await startRedis()
  try {
    const contenders = [
      await startTogether(1, redis.url),
      await startTogether(4, redis.url),
      await startTogether(4, redis.url, true),
    ]
    const [one, four, met] = (await measureInTurns(contenders, seconds)) as [Measured, Measured, Measured]
    return [
      ...rowsOf('one process with Redis', one),
      ...rowsOf('four processes', four),
      measured('CPU per join ÷ one process', 'four processes', four.cpuMs / one.cpuMs, 'ratio', 'lower', 1.2),
      measured(
        'CPU per join ÷ one process',
        'four processes, guests at that of their host',
        met.cpuMs / one.cpuMs,
        'ratio',
        'lower',
      ),
    ]
  } finally {
    await redis.stop()
  }
}

/** Processes of one service. */
async function startTogether(count: number, redisUrl: string, meet = false): Promise<Contender> {
  const servers: ServerProcess[] = []
  for (let i = 0; i < count; i++) servers.push(await startServer('starwire', redisUrl))
  const urls = servers.map(({ url }) => url)
  return { servers, side: starwireSide(urls, meet) }
}

async function idleLobbies(): Promise<Row[]> {
  console.error(`${IDLE_LOBBIES} lobbies`)
  const server = await startServer('starwire')
  const side = starwireSide([server.url])
  const first = await side.create()
  const before = await server.figures(true)
  const lobbies: { close(): void }[] = [first]
  const failed: unknown[] = []
  while (lobbies.length < IDLE_LOBBIES && failed.length === 0) {
    const more = await Promise.allSettled(Array.from({ length: 100 }, () => side.create()))
    for (const each of more) {
      if (each.status === 'fulfilled') lobbies.push(each.value)
      else failed.push(each.reason)
    }
  }
  const full = await server.figures(true)
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000))
  const later = await server.figures(true)
  for (const lobby of lobbies) lobby.close()
  await server.stop()
  const count = lobbies.length
  const name = `${IDLE_LOBBIES.toLocaleString('en')} lobbies`
  return [
    measured('memory per idle lobby', name, (later.rssBytes - before.rssBytes) / count / 1000, 'kB', 'lower', 25),
    measured('of it on the heap', name, (later.heapBytes - before.heapBytes) / count / 1000, 'kB', 'lower'),
    measured(`sockets lost in ${IDLE_SECONDS} s`, name, count - later.sockets, 'count', 'lower'),
    measured('event loop lag p99', name, later.lagP99Ms, 'ms', 'lower'),
    measured('CPU while idle', name, ((later.cpuMs - full.cpuMs) / IDLE_SECONDS / 1000) * 100, '% of a core', 'lower'),
    measured('messages per lobby', name, 2 / 3, '1/s', 'lower'),
  ]
}

async function killedProcess(): Promise<Row[]> {
  console.error('a process that is killed')
  const redis = await startRedis()
  const servers = [await startServer('starwire', redis.url), await startServer('starwire', redis.url)] as const
  // Hosts begin at the first process alone; then the balancer leads to whichever is there.
  const balancer = await startBalancer(servers.map(({ port }) => port))
  const url = `ws://127.0.0.1:${balancer.port}/starwire`
  const matches = await startMatches(url)
  const signaling = connectSignaling({ url, WebSocket: WebSocket as unknown as WebSocketConstructor })
  const handlers = { join: () => null, signal() {}, gone() {}, online() {}, lost() {} }
  const hosts = await Promise.all(Array.from({ length: KILLED_LOBBIES }, () => signaling.host(handlers)))
  const codes = [...hosts.map(({ code }) => code), ...matches.codes]
  // Silences count from here: what joining did to the matches is not asked.
  await matches.figures()
  servers[0].child.kill('SIGKILL')
  const killedAt = performance.now()
  const lag = monitorEventLoopDelay({ resolution: 5 })
  lag.enable()
  const guests = codes.map(async (code, i) => {
    await new Promise((resolve) => setTimeout(resolve, (i / codes.length) * GUESTS_COME_WITHIN_MS))
    return untilJoinable(code, url, killedAt, `10.0.0.${i + 1}`)
  })
  const joinable = await Promise.all(guests)
  await new Promise((resolve) => setTimeout(resolve, 2 * HURT_MS))
  const { longestSilences, longestPause } = await matches.figures()
  const hurt = longestSilences.filter((ms) => ms > HURT_MS).length
  for (const each of hosts) each.close()
  await matches.stop()
  await servers[1].stop()
  await balancer.close()
  await redis.stop()
  const name = 'process killed, 200 lobbies'
  return [
    measured('direct matches hurt', name, hurt, 'count', 'lower', 0),
    measured('longest silence of a match', name, Math.max(...longestSilences), 'ms', 'lower'),
    measured('longest pause of the matches’ process', name, longestPause, 'ms', 'lower'),
    measured('longest pause of the hosts’ process', name, lag.max / 1e6, 'ms', 'lower'),
    measured('joinable again p50', name, median(joinable), 'ms', 'lower', 1000),
    measured('joinable again, longest', name, Math.max(...joinable), 'ms', 'lower'),
  ]
}

/**
 * Asks again and again until the lobby's host lets a guest in. Ms since the process was killed. Guests of 200 lobbies have as many
 * addresses: those of one are looked up one after the other, and 200 of one would measure that.
 */
async function untilJoinable(code: string, url: string, since: number, address: string): Promise<number> {
  for (;;) {
    const isIn = await new Promise<boolean>((resolve) => {
      const socket = new WebSocket(url, { headers: { 'x-forwarded-for': address } })
      socket.on('error', () => resolve(false))
      socket.on('close', () => resolve(false))
      socket.on('open', () => socket.send(JSON.stringify({ type: 'join', protocol: 1, code, info: '' })))
      socket.on('message', (data) => {
        const { type, reason } = JSON.parse(String(data)) as { type: string; reason?: string }
        if (type !== 'admitted' && type !== 'refused' && type !== 'error') return
        // A match's host refuses a guest of no game: it was asked, and answered.
        resolve(type === 'admitted' || (type === 'refused' && reason !== 'not-found'))
        socket.close()
      })
    })
    if (isIn) return performance.now() - since
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

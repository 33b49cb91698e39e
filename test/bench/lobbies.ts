/**
 * `npm run bench -- lobbies`: how long a player waits for the list of public lobbies, and for a quick match.
 *
 * The server runs in a process of its own; the hosts are sockets in this one, and each look opens a socket of its own, as
 * `findLobbies` does. Beside it a plain HTTP endpoint of the same server gives a JSON of the same size to as many requests: what no
 * list can be quicker than. Quick matches are real pages of Chromium into a running match; beside them, joins by code.
 */
import { spawn } from 'node:child_process'
import { get } from 'node:http'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { type FindOptions, findLobbies } from '../../net/index.ts'
import type { WebSocketConstructor } from '../../net/signaling/socket.ts'
import { tag } from '../browser/fixtures/tag/tag.ts'
import { type Bench, measured, median, quantile, type Row } from './bench.ts'
import { LISTED, listLobbies, PER_GROUP } from './lobbies/listings.ts'
import { benchPages } from './pages.ts'

const REQUESTS_PER_SECOND = 50
const SECONDS = 10
const FULL_SECONDS = 60
/** Pages with pings: each of other lobbies, whose hosts nobody has measured. */
const PAGES = 40
const PAGES_PER_SECOND = 10
/** As far as hosts are who are far away: half of it to the server, half back. */
const AWAY_MS = 200
const MATCHES = 10

export const lobbies: Bench = {
  summary: `the list of ${LISTED} lobbies at ${REQUESTS_PER_SECOND} requests/s, pages with ten pings, and quick matches of fresh pages into a running match`,
  async run({ full, seconds }) {
    const length = seconds ?? (full ? FULL_SECONDS : SECONDS)
    return [...(await listRows(length)), ...(await matchRows(full ? 3 * MATCHES : MATCHES))]
  },
}

async function listRows(seconds: number): Promise<Row[]> {
  const server = await startServer()
  let awayMs = 0
  const hosts = await listLobbies(`ws://127.0.0.1:${server.port}/starwire`, LISTED, () => awayMs)
  console.error(`${LISTED} lobbies are listed`)
  const look = (more: Partial<FindOptions<never>>) =>
    findLobbies({
      ...{ game: tag, signaling: `ws://127.0.0.1:${server.port}/starwire` },
      ...{ WebSocket: WebSocket as unknown as WebSocketConstructor, ...(more as object) },
    })
  try {
    let group = 0
    const nextPage = async (): Promise<void> => {
      const { lobbies } = await look({ filter: { group: group++ } })
      const isWhole = lobbies.length === PER_GROUP && lobbies.every(({ pingMs }) => pingMs !== null)
      if (!isWhole) throw new Error('A page was found without all of its ten pings.')
    }
    const plain = await times(REQUESTS_PER_SECOND, seconds, () => plainList(server.port))
    const first = await times(REQUESTS_PER_SECOND, seconds, () => look({ pings: 0 }))
    const filtered = await times(REQUESTS_PER_SECOND, seconds, () => look({ pings: 0, filter: { group: -1 } }))
    const near = await times(PAGES_PER_SECOND, PAGES / PAGES_PER_SECOND, nextPage)
    awayMs = AWAY_MS
    const far = await times(PAGES_PER_SECOND, PAGES / PAGES_PER_SECOND, nextPage)
    const rate = `${LISTED.toLocaleString('en')} listed, ${REQUESTS_PER_SECOND} requests/s`
    const listed = `${LISTED.toLocaleString('en')} listed`
    return [
      measured('first page p95', rate, quantile(first, 0.95), 'ms', 'lower', 50),
      measured('first page p50', rate, median(first), 'ms', 'lower'),
      measured('plain HTTP, same size, p95', rate, quantile(plain, 0.95), 'ms', 'lower'),
      measured('plain HTTP, same size, p50', rate, median(plain), 'ms', 'lower'),
      measured('filter that fits nobody p95', rate, quantile(filtered, 0.95), 'ms', 'lower'),
      measured('page with ten pings', listed, quantile(near, 0.95), 'ms', 'lower', 1500),
      measured(`page with ten pings, hosts ${AWAY_MS} ms away`, listed, quantile(far, 0.95), 'ms', 'lower'),
    ]
  } finally {
    hosts.close()
    server.end()
  }
}

/** How long each of so many calls a second took, in ms. A call begins when it is its turn, whether or not earlier ones have ended. */
async function times(perSecond: number, seconds: number, call: () => Promise<unknown>): Promise<number[]> {
  const started = performance.now()
  const calls: Promise<number>[] = []
  for (let i = 0; i < perSecond * seconds; i++) {
    const dueAt = started + (i * 1000) / perSecond
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())))
    const calledAt = performance.now()
    calls.push(call().then(() => performance.now() - calledAt))
  }
  return Promise.all(calls)
}

/** One request over a connection of its own, as each look opens one. */
function plainList(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path: '/list', agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('end', () => {
        JSON.parse(text)
        resolve()
      })
    })
    request.on('error', reject)
  })
}

async function startServer(): Promise<{ port: number; end(): void }> {
  const child = spawn(process.execPath, ['.ci/run-ts.mjs', 'test/bench/lobbies/listed-server.ts'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const port = /^port (\d+)$/.exec(line)?.[1]
    if (port !== undefined) return { port: Number(port), end: () => child.stdin.end() }
  }
  throw new Error('The server ended before it said its port.')
}

async function matchRows(count: number): Promise<Row[]> {
  await using pages = await benchPages()
  const host = await pages.open()
  const code = await host.page.evaluate(() => window.bench.hostListed())
  const matched: number[] = []
  const joined: number[] = []
  for (let i = 0; i < count; i++) {
    for (const way of ['quick', 'code'] as const) {
      const guest = await pages.open()
      const { drawnMs } = await guest.page.evaluate(
        ([way, code]) => (way === 'quick' ? window.bench.quickMatch() : window.bench.join(code)),
        [way, code] as const,
      )
      ;(way === 'quick' ? matched : joined).push(drawnMs)
      await guest.page.evaluate(() => window.bench.leave())
      await guest.page.close()
    }
  }
  pages.assertQuiet()
  return [
    measured('first frame p50', 'quick match', median(matched), 'ms', 'lower', 1200),
    measured('first frame, longest', 'quick match', Math.max(...matched), 'ms', 'lower'),
    measured('first frame p50, joined by code', 'quick match', median(joined), 'ms', 'lower'),
  ]
}

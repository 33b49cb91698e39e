/** The production server: the built page and the signalling on one port. `npm start` builds and runs it. */
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { connectRedis } from 'starwire/redis'
import { countedAddress, createSignalingServer, hostRules } from 'starwire/server'
import { lanAddresses, mayKnowAddresses } from './server/lan.ts'
import { createLog } from './server/log.ts'
import { createMetrics, serveMetrics } from './server/metrics.ts'
import { pathOf, servePageFiles } from './server/page-files.ts'
import { DEFAULT_PORT, readSettings } from './server/settings.ts'

/** Limits for the head of a request and for all of it. Pages ask in one packet, and no request has a body. */
const HEADERS_WITHIN_MS = 10_000
const REQUEST_WITHIN_MS = 15_000
const CHECK_EVERY_MS = 2_000
/** For a browser that takes nothing of its answer. A phone that walks through a tunnel is back by then. */
const SILENT_FOR_MS = 60_000
/** Longer than nginx keeps an idle connection (60 s): the proxy must close first, or a request that it just sends is lost. */
const PROXY_KEEP_ALIVE_MS = 65_000
/** Connections of one address. Above that, new ones are closed at once. */
const MAX_CONNECTIONS_PER_ADDRESS = 1000
/** The same trouble is told once in so many ms. */
const WARN_EVERY_MS = 60_000

/** Stands in dist/server; the page is built beside it. */
const pageFolder = fileURLToPath(new URL('../page', import.meta.url))

function stop(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

let warnedAt = Number.NEGATIVE_INFINITY
function warn(sentence: string): void {
  if (performance.now() - warnedAt < WARN_EVERY_MS) return
  warnedAt = performance.now()
  log.warn(sentence)
}

/**
 * Scripts only from here, so that a chat message can never become one; styles may stand in elements; the worker clock
 * and Phaser's loader use blob: addresses. Safari before 15.4 does not take 'self' for WebSockets, hence the host.
 */
function contentSecurityPolicy(host: string | undefined): string {
  const sockets = host !== undefined && /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : ''
  return [
    "default-src 'self'",
    "script-src 'self'",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self' data: blob:${sockets}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ')
}

function sayText(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers })
  response.end(`${text}\n`)
}

function sayJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(`${JSON.stringify(value)}\n`)
}

function health(): object {
  const { sockets, hosts, guests, heirs, listed, turnedAway, cut, gaveWay, errors, relay } = signaling.stats()
  const happened = Object.fromEntries(Object.entries(errors).filter(([, count]) => count > 0))
  return { ok: true, sockets, hosts, guests, heirs, listed, turnedAway, gaveWay, cut, relay, errors: happened }
}

/** The path below the base, whether or not the proxy in front has taken that away. */
function pathBelowBase(path: string): string {
  return path.startsWith(settings.base) ? path.slice(settings.base.length - 1) : path
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy(request.headers.host))
  response.setHeader('X-Content-Type-Options', 'nosniff')
  // Browsers never send the lobby's code, which stands behind the #. This keeps the rest of the address here, too.
  response.setHeader('Referrer-Policy', 'no-referrer')
  const path = pathOf(request.url)
  if (path === null) return sayText(response, 400, 'This is no address.')
  if (!hosts.allows(request)) return sayText(response, 421, 'This server has another name.')
  // Without the slash, the browser would look for the page's files beside its folder.
  if (`${path}/` === settings.base)
    return sayText(response, 308, 'It is one slash further.', { Location: settings.base })
  const below = pathBelowBase(path)
  if (below === '/healthz') return sayJson(response, 200, health())
  if (below === '/readyz') return void signaling.isReady().then((ok) => sayJson(response, ok ? 200 : 503, { ok }))
  if (below === '/lan.json') {
    // Empty rather than 404: a page at localhost behind a proxy has done nothing wrong.
    const addresses = !settings.trustProxy && mayKnowAddresses(request) ? lanAddresses() : []
    return sayJson(response, 200, { addresses })
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sayText(response, 405, 'This server only gives.', { Allow: 'GET, HEAD' })
  void page(request, response, below)
}

/** Against clients that open connections without end. A page has 6, a class of thirty 180. Behind a proxy all are the proxy's. */
function limitConnections(server: Server): void {
  const open = new Map<string, number>()
  server.on('connection', (socket) => {
    const from = countedAddress(socket.remoteAddress ?? '')
    const count = (open.get(from) ?? 0) + 1
    if (count > MAX_CONNECTIONS_PER_ADDRESS) {
      socket.destroy()
      return
    }
    open.set(from, count)
    socket.once('close', () => {
      const left = (open.get(from) ?? 1) - 1
      if (left > 0) open.set(from, left)
      else open.delete(from)
    })
  })
}

function connectToRedis(to: NonNullable<typeof settings.redis>) {
  if (!process.env.STARWIRE_SECRET)
    throw new Error('STARWIRE_REDIS is set without STARWIRE_SECRET: all processes of a service share one secret.')
  const maxLobbies = settings.limits.lobbies
  return connectRedis({ ...to, warn, ...(maxLobbies !== undefined && { maxLobbies }) })
}

function orStop<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    return stop(error instanceof Error ? error.message : String(error))
  }
}

if (!existsSync(pageFolder)) stop(`There is no built page in ${pageFolder}: run "npm start", which builds it first.`)
const page = servePageFiles(pageFolder)
const settings = orStop(() => readSettings(process.env))
const { port, base, trustProxy, allowedOrigins, allowedHosts, limits, addressMarks } = settings
const log = createLog(settings.log)
const hosts = orStop(() => hostRules(allowedHosts))
const to = settings.redis
const redis = to && orStop(() => connectToRedis(to))
const signaling = orStop(() =>
  createSignalingServer({
    ...{ base, trustProxy, limits, addressMarks },
    ...(redis && { redis }),
    log: (level, sentence) => log[level](sentence),
    ...(allowedOrigins && { allowedOrigins }),
    ...(allowedHosts && { allowedHosts }),
  }),
)
const server = createServer({ connectionsCheckingInterval: CHECK_EVERY_MS }, answer)
server.headersTimeout = HEADERS_WITHIN_MS
server.requestTimeout = REQUEST_WITHIN_MS
server.timeout = SILENT_FOR_MS
if (trustProxy) server.keepAliveTimeout = PROXY_KEEP_ALIVE_MS
signaling.attach(server)
if (!trustProxy) limitConnections(server)

server.on('error', (error: NodeJS.ErrnoException) => {
  // Out of file descriptors, for instance. New connections wait or are turned away; the others go on.
  if (server.listening) return warn(`A connection could not be taken: ${error.message}.`)
  if (error.code === 'EADDRINUSE') {
    const other = port < 65_535 ? port + 1 : DEFAULT_PORT
    stop(`Port ${port} is taken: stop what runs there, or set PORT to another one, for instance ${other}.`)
  }
  if (error.code === 'EACCES')
    stop(`Port ${port} needs more rights than this user has: choose one above 1023 with PORT.`)
  stop(`The server cannot listen on port ${port}: ${error.message}`)
})

server.listen(port, () => {
  const bound = server.address()
  const at = typeof bound === 'object' && bound !== null ? bound.port : port
  if (settings.log === 'json') return log.info('listening', { port: at })
  log.info(`Play here:             http://localhost:${at}${base}`)
  for (const address of lanAddresses()) log.info(`From your network:     http://${address}:${at}${base}`)
  log.info('Stop with Ctrl+C.')
})

const metrics = settings.metrics && serveMetrics(createMetrics(signaling), settings.metrics)
metrics?.on('error', (error) => stop(`The metrics cannot be served (STARWIRE_METRICS): ${error.message}`))

// The reader of the output may go away, and a disk may be full: neither is a reason to end the lobbies.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {})

let stopping = false
/** @param drains pages are led to other processes first. The second signal does not wait. */
async function shutDown(drains: boolean): Promise<void> {
  if (stopping) process.exit(1)
  stopping = true
  // A balancer that asks hears it at once; one that connects is refused.
  server.close()
  if (drains) await signaling.drain()
  await signaling.close()
  server.closeAllConnections()
  metrics?.close()
  metrics?.closeAllConnections()
  redis?.close()
}
process.on('SIGINT', () => shutDown(false))
// Where there are no other processes, pages have nowhere to go.
process.on('SIGTERM', () => shutDown(redis !== undefined))

/** The production server: the built page and the signalling on one port. `npm start` builds and runs it. */
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { networkInterfaces } from 'node:os'
import { fileURLToPath } from 'node:url'
import sirv from 'sirv'
import { createSignalingServer, SIGNALING_PATH } from 'starwire/server'

const DEFAULT_PORT = 8080

/** Stands in dist/server; the page is built beside it. */
const pageFolder = fileURLToPath(new URL('../page', import.meta.url))

function stop(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  return stop(
    `PORT is "${text}", which is no port: set it to a number from 1 to 65535, or leave it out for ${DEFAULT_PORT}.`,
  )
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

function answer(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy(request.headers.host))
  response.setHeader('X-Content-Type-Options', 'nosniff')
  // The lobby's code stands behind the #, which is never sent; this keeps the rest of the address here, too.
  response.setHeader('Referrer-Policy', 'no-referrer')
  if (request.url?.split('?')[0] === '/healthz') {
    response.setHeader('Cache-Control', 'no-store')
    response.setHeader('Content-Type', 'application/json')
    const { sockets, hosts, guests } = signaling.stats()
    response.end(`${JSON.stringify({ ok: true, sockets, hosts, guests })}\n`)
    return
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end()
    return
  }
  page(request, response, () => {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-cache' })
    response.end('There is nothing at this address.\n')
  })
}

function startSignaling() {
  try {
    return createSignalingServer({ trustProxy: process.env.STARWIRE_TRUST_PROXY === '1' })
  } catch (error) {
    return stop(error instanceof Error ? error.message : String(error))
  }
}

function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}

if (!existsSync(pageFolder)) stop(`There is no built page in ${pageFolder}: run "npm start", which builds it first.`)
const page = sirv(pageFolder, {
  etag: true,
  setHeaders(response, path) {
    // Vite puts a hash of the content into the names below assets/; everything else is asked for again each time.
    const isHashed = path.startsWith('/assets/')
    response.setHeader('Cache-Control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
  },
})
const port = readPort(process.env.PORT)
const signaling = startSignaling()
const server = createServer(answer)
signaling.attach(server)
server.on('upgrade', (request, socket) => {
  if (request.url?.split('?')[0] !== SIGNALING_PATH) socket.destroy()
})

server.on('error', (error: NodeJS.ErrnoException) => {
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
  console.log(`Play here:             http://localhost:${at}/`)
  for (const address of lanAddresses()) console.log(`From your network:     http://${address}:${at}/`)
  console.log('Stop with Ctrl+C.')
})

let stopping = false
async function shutDown(): Promise<void> {
  // The second Ctrl+C does not wait.
  if (stopping) process.exit(1)
  stopping = true
  server.close()
  await signaling.close()
  server.closeAllConnections()
}
process.on('SIGINT', shutDown)
process.on('SIGTERM', shutDown)

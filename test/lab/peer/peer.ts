/**
 * A process inside the lab. `signaling SERVICE`: the signalling server. `host`: hosts a running match without a player of its own,
 * prints its code. `join CODE`: joins it, prints how that ended. `stun`: prints what kind of NAT it is behind. `built`: nothing.
 */
import { createServer } from 'node:http'
import { createLobby, joinLobby, StarwireError } from 'starwire'
import { nativePeers } from 'starwire/node'
import { createSignalingServer, iceServersFromEnvironment } from 'starwire/server'
import { WebSocket } from 'ws'
import type { WebSocketConstructor } from '../../../net/signaling/socket.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'
import { SERVERS, SIGNALING_PORT, STUN_PORT, TURN_SECRET } from '../internet.ts'
import { type Joined, SIGNALING_URL } from '../peers.ts'
import { stunMapping } from './stun.ts'

/** How often a guest looks whether there is something to draw, ms: a page's frame. */
const FRAME_MS = 16

export async function runCommandLine([role = '', given = '']: string[]): Promise<number> {
  switch (role) {
    case 'built':
      return 0
    case 'signaling':
      await signaling(given)
      return forever()
    case 'host':
      await host()
      return forever()
    case 'join':
      say(await join(given))
      return forever()
    case 'stun':
      say(await stunMapping([SERVERS.turn.addresses[0], SERVERS.turn.addresses[1]], STUN_PORT))
      process.exit(0)
      break
    default:
      throw new Error(`There is no role "${role}".`)
  }
}

const say = (what: object): void => console.log(JSON.stringify(what))

/** The lab ends this process. */
const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 60_000))

async function signaling(service: string): Promise<void> {
  const { name } = SERVERS.turn
  const server = createServer()
  createSignalingServer({
    secret: 'a secret of the lab, long enough',
    // One address may be behind many joins of a matrix.
    limits: { joinsPerMinute: 1000 },
    iceServers: iceServersFromEnvironment({
      STARWIRE_STUN: `stun:${name}:${STUN_PORT}`,
      ...(service === 'with-turn' && {
        STARWIRE_TURN: `turn:${name}:${STUN_PORT}?transport=udp,turn:${name}:443?transport=tcp`,
        STARWIRE_TURN_SECRET: TURN_SECRET,
      }),
    }),
  }).attach(server)
  server.listen(SIGNALING_PORT, '::', () => say({ listens: true }))
}

/** As `hostInNode` and `joinInNode` connect. */
async function ways() {
  const peerConnection = await nativePeers()
  return {
    signaling: SIGNALING_URL,
    WebSocket: WebSocket as unknown as WebSocketConstructor,
    transport: { peerConnection },
    development: false,
  }
}

async function host(): Promise<void> {
  const lobby = await createLobby(tag, { ...(await ways()), player: false })
  lobby.start()
  say({ code: lobby.code })
}

async function join(code: string): Promise<Joined> {
  const options = await ways()
  const began = performance.now()
  const since = (): number => Math.round(performance.now() - began)
  try {
    const lobby = await joinLobby(tag, code, { ...options, name: 'Guest' })
    const lobbyMs = since()
    const session = await lobby.session()
    while ([...session.view(performance.now()).all('runner')].length === 0)
      await new Promise((done) => setTimeout(done, FRAME_MS))
    const route = lobby.connection?.route ?? null
    return { reason: 'joined', detail: '', route, lobbyMs, ms: since() }
  } catch (error) {
    const ms = since()
    if (!(error instanceof StarwireError)) throw error
    const detail = error.report?.causes.join(', ') || error.detail
    return { reason: error.reason, detail, route: null, lobbyMs: ms, ms }
  }
}

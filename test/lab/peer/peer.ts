/**
 * A process inside the lab. `signaling SERVICE FOLDER`: the signalling server, and the page. `host [PORT]`: hosts a running match without a player of its own,
 * prints its code. `host-drift`: the same with a match of drift.ts; `play CODE`: plays it, and tells for each line of its input what happened. `join CODE [PORT]`: joins it, prints how that ended. `stun`: prints what kind of NAT it is behind. `lines MS`: delays packets
 * (lines.ts); its input names hosts with delays of their own, or `all MS`. `built`: nothing.
 */
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createLobby } from 'starwire'
import { nativePeers } from 'starwire/node'
import { createMemoryStore, createSignalingServer, iceServersFromEnvironment } from 'starwire/server'
import { WebSocket } from 'ws'
import type { WebSocketConstructor } from '../../../net/signaling/socket.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'
import {
  NO_RELAY_PORT,
  pageOrigin,
  SERVERS,
  SIGNALING_PORT,
  type SignalingPort,
  STUN_PORT,
  signalingUrl,
  TURN_SECRET,
} from '../addresses.ts'
import { drift } from '../drift.ts'
import { timedJoin } from '../joining.ts'
import { Playing } from '../playing.ts'
import { runLines } from './lines.ts'
import { stunMapping } from './stun.ts'

export async function runCommandLine([role = '', given = '', more = '']: string[]): Promise<number> {
  switch (role) {
    case 'built':
      return 0
    case 'signaling':
      await signaling(given, more)
      return forever()
    case 'host':
      await host(portOf(given))
      return forever()
    case 'host-drift':
      await hostDrift()
      return forever()
    case 'play':
      await play(given)
      return forever()
    case 'join':
      say(await timedJoin(given, await ways(portOf(more))))
      return forever()
    case 'lines':
      lines(Number(given))
      return forever()
    case 'stun':
      say(await stunMapping([SERVERS.turn.addresses[0], SERVERS.turn.addresses[1]], STUN_PORT))
      process.exit(0)
      break
    default:
      throw new Error(`There is no role "${role}".`)
  }
}

const portOf = (text: string): SignalingPort => (text === String(NO_RELAY_PORT) ? NO_RELAY_PORT : SIGNALING_PORT)

const say = (what: object): void => console.log(JSON.stringify(what))

/** The lab ends this process. */
const forever = (): Promise<never> => new Promise(() => setInterval(() => {}, 60_000))

async function signaling(service: string, pages: string): Promise<void> {
  const { name } = SERVERS.turn
  const iceServers = iceServersFromEnvironment({
    STARWIRE_STUN: `stun:${name}:${STUN_PORT}`,
    ...(service === 'with-turn' && {
      STARWIRE_TURN: `turn:${name}:${STUN_PORT}?transport=udp,turn:${name}:443?transport=tcp`,
      STARWIRE_TURN_SECRET: TURN_SECRET,
    }),
  })
  // A lobby is found at both.
  const store = createMemoryStore({ maxLobbies: 1000, now: Date.now })
  for (const port of [SIGNALING_PORT, NO_RELAY_PORT]) {
    const signaling = createSignalingServer({
      store,
      secret: 'a secret of the lab, long enough',
      // One address may be behind many joins of a matrix.
      limits: { joinsPerMinute: 1000, ...(port === NO_RELAY_PORT && { relayKilobytesPerSecond: 0 }) },
      iceServers,
    })
    // Not on every address of the middle: TURN has the same port.
    for (const address of SERVERS.signaling.addresses) {
      const server = createServer((request, response) => servePage(pages, request, response))
      signaling.attach(server)
      await new Promise<void>((done) => server.listen(port, address, done))
    }
  }
  say({ listens: true })
}

/** The files of the built page; only browsers of the lab ask. */
async function servePage(folder: string, { url }: IncomingMessage, response: ServerResponse): Promise<void> {
  const name = new URL(url ?? '/', pageOrigin(SIGNALING_PORT)).pathname
  const file = join(folder, name === '/' ? 'index.html' : name)
  try {
    const type = file.endsWith('.html') ? 'text/html' : 'text/javascript'
    response.setHeader('content-type', type).end(await readFile(file))
  } catch {
    response.writeHead(404).end()
  }
}

/** The file descriptor that `Internet.openLines` gives. */
const TUN = 3

function lines(delayMs: number): void {
  const own = new Map<string, number>()
  let usual = delayMs
  createInterface({ input: process.stdin }).on('line', (line) => {
    const [address = '', ms] = line.split(' ')
    if (address === 'all') usual = Number(ms)
    else own.set(address, Number(ms))
  })
  runLines({ file: TUN, delayOf: (address) => own.get(address) ?? usual })
  say({ open: true })
}

/** As `hostInNode` and `joinInNode` connect. */
async function ways(port: SignalingPort) {
  const peerConnection = await nativePeers()
  return {
    signaling: signalingUrl(port),
    WebSocket: WebSocket as unknown as WebSocketConstructor,
    transport: { peerConnection },
    development: false,
  }
}

async function hostDrift(): Promise<void> {
  const lobby = await createLobby(drift, { ...(await ways(SIGNALING_PORT)), player: false })
  lobby.start()
  say({ code: lobby.code })
}

async function play(code: string): Promise<void> {
  const playing = await Playing.join(code, await ways(SIGNALING_PORT))
  createInterface({ input: process.stdin }).on('line', () => say(playing.told()))
  say({ joined: true })
}

async function host(port: SignalingPort): Promise<void> {
  const lobby = await createLobby(tag, { ...(await ways(port)), player: false })
  lobby.start()
  say({ code: lobby.code })
}

/**
 * Joins as a server sees them, without pages: a guest opens a socket, gets its offer to a host and the host's answer back, and
 * closes. Alike for our server and for PeerJS's, which has no codes and no host that decides: there a guest names the host.
 */
import { WebSocket } from 'ws'

/** As large as an offer with data channels and some candidates. */
const OFFER = 'o'.repeat(2000)
const ANSWER = 'a'.repeat(2000)

export interface Side {
  /** Creates a lobby; the result closes it. */
  create(): Promise<{ readonly name: string; close(): void }>
  /** One join of the lobby of this name, from the first byte to the answer. */
  join(name: string): Promise<void>
}

interface Hosting {
  readonly type: string
  readonly peer: string
  readonly epoch: number
  readonly code: string
}

/**
 * Hosts at these processes in turn. The guests of each lobby, too, beginning with its host's, as a balancer leads them: of four processes one guest in
 * four comes to its host's. `meet`: all do.
 */
export function starwireSide(urls: readonly string[], meet = false): Side {
  let created = 0
  /** By code: at which process the next guest joins. */
  const next = new Map<string, number>()
  const urlOf = (place: number): string => urls[place % urls.length] ?? ''
  return {
    create() {
      const place = created++
      const socket = open(urlOf(place))
      return new Promise((resolve, reject) => {
        socket.on('error', reject)
        socket.on('open', () => say(socket, { type: 'host', protocol: 1 }))
        socket.on('message', (data) => {
          const { type, peer, epoch, code } = JSON.parse(String(data)) as Hosting
          if (type === 'hosting') {
            next.set(code, place)
            resolve({ name: code, close: () => socket.terminate() })
          }
          if (type === 'asked') say(socket, { type: 'admit', peer, epoch })
          if (type === 'from-guest') say(socket, { type: 'to-guest', peer, epoch, data: ANSWER })
          if (type === 'error') reject(new Error(String(data)))
        })
      })
    },
    join(code) {
      const place = next.get(code) ?? 0
      if (!meet) next.set(code, place + 1)
      const socket = open(urlOf(place))
      return new Promise((resolve, reject) => {
        socket.on('error', reject)
        socket.on('open', () => say(socket, { type: 'join', protocol: 1, code, info: 'bench' }))
        socket.on('message', (data) => {
          const { type, epoch } = JSON.parse(String(data)) as Hosting
          if (type === 'admitted') say(socket, { type: 'to-host', epoch, data: OFFER })
          if (type === 'from-host') resolve(socket.close())
          if (type === 'error' || type === 'refused') reject(new Error(String(data)))
        })
      })
    },
  }
}

export function peerJsSide(port: number): Side {
  let ids = 0
  const openPeer = (id: string): WebSocket =>
    open(`ws://127.0.0.1:${port}/peerjs?key=peerjs&id=${id}&token=${id}&version=1.5.5`)
  return {
    create() {
      const id = `host${++ids}`
      const socket = openPeer(id)
      return new Promise((resolve, reject) => {
        socket.on('error', reject)
        socket.on('message', (data) => {
          const { type, src } = JSON.parse(String(data)) as { type: string; src: string }
          if (type === 'OPEN') resolve({ name: id, close: () => socket.terminate() })
          if (type === 'OFFER') say(socket, { type: 'ANSWER', dst: src, payload: { sdp: ANSWER } })
        })
      })
    },
    join(host) {
      const socket = openPeer(`guest${++ids}`)
      return new Promise((resolve, reject) => {
        socket.on('error', reject)
        socket.on('message', (data) => {
          const { type } = JSON.parse(String(data)) as { type: string }
          if (type === 'OPEN') say(socket, { type: 'OFFER', dst: host, payload: { sdp: OFFER } })
          if (type === 'ANSWER') resolve(socket.close())
          if (type === 'ERROR') reject(new Error(String(data)))
        })
      })
    },
  }
}

/** Sockets that open and close, and say nothing: what a join costs before its first message. */
export function bareSide(port: number): Side {
  const openBare = () => {
    const socket = open(`ws://127.0.0.1:${port}/`)
    return new Promise<WebSocket>((resolve, reject) => socket.on('error', reject).on('open', () => resolve(socket)))
  }
  return {
    async create() {
      const socket = await openBare()
      return { name: '', close: () => socket.terminate() }
    },
    join: async () => (await openBare()).close(),
  }
}

export interface Load {
  readonly joins: number
  readonly seconds: number
  readonly msOfEach: readonly number[]
}

/** So many joins under way at a time, into these lobbies in turn, for so long or so often. */
export async function joinFor(
  { seconds = Number.POSITIVE_INFINITY, joins = Number.POSITIVE_INFINITY }: { seconds?: number; joins?: number },
  side: Side,
  lobbies: readonly string[],
  atOnce: number,
): Promise<Load> {
  const started = performance.now()
  const msOfEach: number[] = []
  let next = 0
  const one = async (): Promise<void> => {
    while (performance.now() - started < seconds * 1000 && next < joins) {
      const at = performance.now()
      await side.join(lobbies[next++ % lobbies.length] ?? '')
      msOfEach.push(performance.now() - at)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return { joins: msOfEach.length, seconds: (performance.now() - started) / 1000, msOfEach }
}

function open(url: string): WebSocket {
  return new WebSocket(url, { perMessageDeflate: false })
}

function say(socket: WebSocket, message: object): void {
  socket.send(JSON.stringify(message))
}

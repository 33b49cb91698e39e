/**
 * Lines between processes over the package `ws`. Messages that gather (`write-pace.ts`) go as one frame: `socket text`, with newlines
 * between, of which JSON has none.
 *
 * Invariants: who shows no token of this service for this process is refused. A line on which nothing comes back is ended by the one that
 * opened it, and one that shows no life by the other. What comes by a line is remote data: whoever hears it checks it.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { Cancel } from '../../../platform/platform.ts'
import { LEASE_MS, PING_EVERY_MS } from '../limits.ts'
import type { ServerPlatform } from '../server-platform.ts'
import type { Address } from '../store.ts'
import type { Tokens } from '../tokens.ts'
import { endUpgrade } from '../turn-away.ts'
import { WritePace } from '../write-pace.ts'
import { PEER_HEADER } from './announcing.ts'
import { LINE_WITHIN_MS, type Line, type OpenLine } from './direct-post.ts'

/** Behind the path of the signalling server: where other processes open their lines. */
export const LINE_SUFFIX = '/process'

/** A frame is sent at this many characters, though the turn goes on. Messages have at most 16 kB, three bytes a character. */
const FRAME_LENGTH = 64 * 1024
const MAX_LINE_FRAME_BYTES = 512 * 1024

/** A line for which so many bytes wait is ended: the other process hangs. It is a second of a busy process. */
const MAX_LINE_BUFFERED_BYTES = 8 * 1024 * 1024

/** Opens lines. Both ends are ours, so frames are masked by zeros, which costs nothing. */
export function wsLines(platform: Pick<ServerPlatform, 'now' | 'after'>): OpenLine {
  return (url, token, closed) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url, {
        ...{ headers: { [PEER_HEADER]: token }, perMessageDeflate: false, followRedirects: false },
        ...{ handshakeTimeout: LINE_WITHIN_MS, generateMask: () => {}, maxPayload: 1 },
      })
      // Of no use once it is open; without a listener an error would end the process.
      socket.on('error', reject)
      socket.once('open', () => {
        const stopPings = pingUntilSilent(socket, platform)
        socket.once('close', () => {
          stopPings()
          closed()
        })
        resolve(batching(socket, platform))
      })
    })
}

function batching(socket: WebSocket, platform: Pick<ServerPlatform, 'now' | 'after'>): Line {
  let frame = ''
  const pace = new WritePace(platform, flush)
  function flush(): void {
    const batch = frame
    frame = ''
    if (batch !== '' && socket.readyState === socket.OPEN) socket.send(batch)
    if (socket.bufferedAmount > MAX_LINE_BUFFERED_BYTES) socket.terminate()
  }
  return {
    send(to: Address, text: string): boolean {
      if (socket.readyState !== socket.OPEN) return false
      pace.gathered()
      frame += `${frame === '' ? '' : '\n'}${to} ${text}`
      if (frame.length >= FRAME_LENGTH) flush()
      return true
    },
    close(): void {
      flush()
      socket.close()
    },
  }
}

function pingUntilSilent(socket: WebSocket, platform: Pick<ServerPlatform, 'after'>): Cancel {
  let isAnswered = true
  let cancel: Cancel = () => {}
  socket.on('pong', () => {
    isAnswered = true
  })
  const again = (): void => {
    cancel = platform.after(PING_EVERY_MS, () => {
      if (!isAnswered) return socket.terminate()
      isAnswered = false
      socket.ping()
      again()
    })
  }
  again()
  return () => cancel()
}

export interface LineServerOptions {
  readonly tokens: Pick<Tokens, 'readPeer'>
  readonly platform: ServerPlatform
  /** The name of this process. */
  readonly process: string
  deliver(to: Address, text: string): void
}

/** Takes the lines that other processes open. */
export class LineServer {
  readonly #options: LineServerOptions
  readonly #acceptor = new WebSocketServer({ noServer: true, maxPayload: MAX_LINE_FRAME_BYTES, clientTracking: true })

  constructor(options: LineServerOptions) {
    this.#options = options
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { tokens, platform, process } = this.#options
    const header = request.headers[PEER_HEADER]
    const claim = typeof header === 'string' ? tokens.readPeer(header, platform.now()) : null
    if (claim?.process !== process) return endUpgrade(socket, '403 Forbidden')
    this.#acceptor.handleUpgrade(request, socket, head, (line) => this.#accept(line))
  }

  close(): void {
    for (const line of this.#acceptor.clients) line.terminate()
  }

  #accept(line: WebSocket): void {
    const { platform } = this.#options
    let cancel: Cancel = () => {}
    const lives = (): void => {
      cancel()
      cancel = platform.after(LEASE_MS, () => line.terminate())
    }
    lives()
    line.on('ping', lives)
    line.on('message', (data) => this.#hear(String(data)))
    // ws closes the socket itself after an error, such as a frame that is too large.
    line.on('error', () => {})
    line.on('close', () => cancel())
  }

  #hear(frame: string): void {
    for (const message of frame.split('\n')) {
      const space = message.indexOf(' ')
      if (space > 0) this.#options.deliver(message.slice(0, space), message.slice(space + 1))
    }
  }
}

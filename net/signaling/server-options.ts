/** Where the signalling server is and what opens a socket to it, as a page says it. */
import { type Platform, thisPage } from '../platform/platform.ts'
import { SIGNALING_PATH } from './protocol.ts'
import type { WebSocketConstructor } from './socket.ts'

export interface ServerOptions {
  /**
   * The signalling server: ws:, wss:, http: or https:, or relative to the page, as `starwire` for a page that may stand in
   * any folder of its host. Default: `/starwire` on the page's own origin.
   */
  url?: string
  /** Default: the page's own. For Node and tests: the `ws` package's. */
  WebSocket?: WebSocketConstructor
  /** Whose time, chance and page events it goes by. Default: this page's. For simulations: a page in virtual time. */
  platform?: Platform
}

/** What `openSocket` needs, with the page's whole platform. */
export interface PageSocketOptions {
  readonly url: string
  readonly WebSocket: WebSocketConstructor
  readonly platform: Platform
}

/** @throws TypeError when there is no url and no page, when the url cannot be one, or when there is no WebSocket. */
export function socketOptions({
  url: given,
  WebSocket = globalThis.WebSocket,
  platform = thisPage,
}: ServerOptions): PageSocketOptions {
  const url = socketUrl(given)
  if (WebSocket === undefined) {
    throw new TypeError("There is no WebSocket here: pass one, for instance the one of the package 'ws'.")
  }
  return { url, WebSocket, platform }
}

function socketUrl(given: string | undefined): string {
  // As every address in the page: beside it, or where its <base> says.
  const page =
    typeof document !== 'undefined' ? document.baseURI : typeof location !== 'undefined' ? location.href : undefined
  if (given === undefined && page === undefined) {
    throw new TypeError('Outside of a page, connectSignaling needs the url of the signalling server.')
  }
  const text = given ?? SIGNALING_PATH
  if (!URL.canParse(text, page)) throw new TypeError(`"${text}" is not the url of a signalling server.`)
  const url = new URL(text, page)
  url.protocol = url.protocol.replace(/^http/, 'ws')
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new TypeError(`"${text}" is not the url of a signalling server: it begins with ws:, wss:, http: or https:.`)
  }
  url.hash = ''
  return url.href
}

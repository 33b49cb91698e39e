/** Signalling over WebSocket, as a page uses it: the two ways in are `host` and `guest` of `Signaling`. */

import { type Platform, thisPage } from '../platform/platform.ts'
import { joinOverSocket } from './guest.ts'
import { hostOverSocket } from './host.ts'
import { SIGNALING_PATH } from './protocol.ts'
import type { Signaling } from './signals.ts'
import type { WebSocketConstructor } from './socket.ts'

export interface SignalingOptions {
  /**
   * The signalling server: ws:, wss:, http: or https:, or relative to the page, as `starwire` for a page that may stand in
   * any folder of its host. Default: `/starwire` on the page's own origin.
   */
  url?: string
  /** How long a join may take until the host has answered, in ms. Default 15,000. */
  joinDeadlineMs?: number
  /** The wait before a host's first try to come back after a drop, in ms; it doubles with each. Default 250. */
  firstRetryMs?: number
  /** The longest wait between two tries, in ms. Default 5,000: two tries fit into the lobby's lease of 12 s. */
  longestRetryMs?: number
  /** Default: the page's own. For Node and tests: the `ws` package's. */
  WebSocket?: WebSocketConstructor
  /** Whose time, chance and page events it goes by. Default: this page's. For simulations: a page in virtual time. */
  platform?: Platform
}

/**
 * Makes the way to a signalling server; nothing is opened before `host` or `guest` is called.
 * @throws TypeError when there is no url and no page, or the url cannot be one.
 */
export function connectSignaling(options: SignalingOptions = {}): Signaling {
  const url = socketUrl(options.url)
  const { joinDeadlineMs = 15_000, firstRetryMs = 250, longestRetryMs = 5_000, platform = thisPage } = options
  const WebSocket = options.WebSocket ?? globalThis.WebSocket
  if (WebSocket === undefined) {
    throw new TypeError("There is no WebSocket here: pass one, for instance the one of the package 'ws'.")
  }
  const socket = { url, WebSocket, platform }
  return {
    host: (handlers, signal) => hostOverSocket({ ...socket, firstRetryMs, longestRetryMs }, handlers, signal),
    guest: async (code, info, handlers, stage, request) =>
      joinOverSocket({ ...socket, joinDeadlineMs }, code, info, handlers, stage, request),
  }
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

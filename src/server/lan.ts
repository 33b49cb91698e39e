/**
 * `lan.json`: by which addresses the network reaches this machine, so that a page opened at `localhost` can put one into
 * the link for friends. Told to pages of this very computer only: to all others a server's inner addresses are no business.
 */
import type { IncomingMessage } from 'node:http'
import { networkInterfaces } from 'node:os'

/** The IPv4 addresses of this machine but its own loopback. */
export function lanAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}

/** What is looked at of a request. */
export interface Asking {
  readonly headers: IncomingMessage['headers']
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** The names of this very computer; what else leads here may be a foreign page whose name was bound to 127.0.0.1. */
const OWN_HOST = /^(localhost|[\w-]+\.localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i
const OWN_ADDRESS = /^(127\.|::1$|::ffff:127\.)/i

/** What proxies leave; behind one everybody comes from this computer. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

/** Whether the page that asks is one of this computer. A server that is told of a proxy before it answers nobody. */
export function mayKnowAddresses({ headers, socket }: Asking): boolean {
  const site = headers['sec-fetch-site']
  return (
    OWN_HOST.test(headers.host ?? '') &&
    OWN_ADDRESS.test(socket.remoteAddress ?? '') &&
    (site === undefined || site === 'same-origin') &&
    !FORWARDED.some((name) => name in headers)
  )
}

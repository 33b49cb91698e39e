/**
 * `lan.json`: the addresses of this machine in its network. A page that was opened at `localhost` puts one into the link for
 * friends. Only pages on this computer are told: nobody else needs to know a server's inner addresses.
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

/** The part of a request that decides. */
export interface Asking {
  readonly headers: IncomingMessage['headers']
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** The names of this computer. A page under another name may be a foreign one, whose name was made to point to 127.0.0.1. */
const OWN_HOST = /^(localhost|[\w-]+\.localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i
const OWN_ADDRESS = /^(127\.|::1$|::ffff:127\.)/i

/** Headers that proxies add. Behind a proxy everybody seems to come from this computer. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip']

/** Whether the page that asks runs on this computer. A server behind a proxy tells nobody. */
export function mayKnowAddresses({ headers, socket }: Asking): boolean {
  const site = headers['sec-fetch-site']
  return (
    OWN_HOST.test(headers.host ?? '') &&
    OWN_ADDRESS.test(socket.remoteAddress ?? '') &&
    (site === undefined || site === 'same-origin') &&
    !FORWARDED.some((name) => name in headers)
  )
}

/** Who is asking: the address that limits count by, and whether the page it comes from may use this server. */
import type { IncomingMessage } from 'node:http'

/**
 * The address to count by. An IPv6 customer has a whole /64, so only those 64 bits count. With `trustProxy` it is the
 * last entry of X-Forwarded-For, the one that the nearest proxy wrote; what stands before it anybody can write.
 */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined
  const list = Array.isArray(forwarded) ? forwarded.join(',') : forwarded
  const last = list?.split(',').at(-1)?.trim()
  return countedAddress(last || request.socket.remoteAddress || 'unknown')
}

export function countedAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const rest = tail === '' ? [] : tail.split(':')
    while (groups.length + rest.length < 8) groups.push('0')
    groups.push(...rest)
  }
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

/** `same-host`: pages that this very host served. A request without Origin comes from no page, so no origin can stop it. */
export type AllowedOrigins = 'same-host' | '*' | readonly string[]

export function originAllowed(request: IncomingMessage, allowed: AllowedOrigins): boolean {
  const origin = request.headers.origin
  if (origin === undefined || allowed === '*') return true
  if (allowed !== 'same-host') return allowed.includes(origin)
  // Host and port only: a proxy that ends TLS makes https of http.
  return URL.canParse(origin) && new URL(origin).host === request.headers.host?.toLowerCase()
}

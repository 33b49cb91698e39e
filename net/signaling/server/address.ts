/** The address that limits count by, in one spelling, however a socket or a proxy writes it. */
import type { IncomingMessage } from 'node:http'
import { isIPv4, isIPv6 } from 'node:net'
import type { Payer } from './budget.ts'

/**
 * Who pays for a request. An IPv6 customer has a whole /64, so only those 64 bits count. With `trustProxy` it is the last
 * entry of X-Forwarded-For, which the nearest proxy wrote; anybody can write the entries before it. An entry that is no
 * address counts as the proxy itself: otherwise each new nonsense would be a new address with a new budget.
 */
export function payerOf(request: IncomingMessage, trustProxy: boolean): Payer {
  const forwarded = trustProxy ? request.headers['x-forwarded-for'] : undefined
  const list = Array.isArray(forwarded) ? forwarded.join(',') : forwarded
  const last = list?.split(',').at(-1)
  const found = (last === undefined ? null : readAddress(last)) ?? readAddress(request.socket.remoteAddress ?? '')
  return found ?? { address: 'unknown', wider: null }
}

/**
 * The address in one spelling; null for a text that is no address. Takes IPv4 and IPv6 with and without a port, brackets, quotes and
 * a zone, and IPv4 inside IPv6 (mapped, compatible, NAT64), in decimal and in hexadecimal.
 */
export function readAddress(text: string): Payer | null {
  const bare = text.trim().replace(/^"(.*)"$/, '$1')
  const host = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(bare)?.[1] ?? /^([^:]*):\d{1,5}$/.exec(bare)?.[1] ?? bare
  const address = host.replace(/%.*$/, '')
  if (isIPv4(address)) return { address, wider: null }
  if (!isIPv6(address)) return null
  const groups = groupsOf(address)
  const inner = ipv4Inside(groups)
  if (inner !== null) return { address: inner, wider: null }
  const hex = groups.map((group) => group.toString(16))
  return { address: `${hex.slice(0, 4).join(':')}::/64`, wider: `${hex.slice(0, 3).join(':')}::/48` }
}

/** One text for each customer; `unknown` for a text that is no address. */
export function countedAddress(text: string): string {
  return readAddress(text)?.address ?? 'unknown'
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const before = partsOf(head)
  if (tail === undefined) return before
  const after = partsOf(tail)
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function partsOf(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [Number.parseInt(part, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}

/** The IPv4 address inside an IPv6 one, if there is one: it is the customer's. All of a NAT64 translator would share one /64. */
function ipv4Inside(groups: readonly number[]): string | null {
  const [g0 = 0, g1 = 0, , , , g5 = 0, g6 = 0, g7 = 0] = groups
  const middleIsZero = groups.slice(2, 5).every((group) => group === 0)
  const mapped = g0 === 0 && g1 === 0 && middleIsZero && (g5 === 0xffff || (g5 === 0 && g6 !== 0))
  const nat64 = g0 === 0x64 && g1 === 0xff9b && middleIsZero && g5 === 0
  return mapped || nat64 ? [g6 >> 8, g6 & 255, g7 >> 8, g7 & 255].join('.') : null
}

/** Where everything is in the lab's internet: its servers by name and port, and the addresses of each host and its router. Plain data. */
import type { Place } from './places.ts'

/** The servers of the lab, by name and by address. The second address of TURN is what STUN needs to tell kinds of NAT apart. */
export const SERVERS = {
  turn: { name: 'turn.sw.test', addresses: ['198.51.100.1', '198.51.100.3', '2001:db8:0:1::1'] },
  signaling: { name: 'play.sw.test', addresses: ['198.51.100.2', '2001:db8:0:1::2'] },
} as const

export const STUN_PORT = 3478
export const SIGNALING_PORT = 443
/** The same signalling server without its relay: there a join takes another route or none. */
export const NO_RELAY_PORT = 444
export type SignalingPort = typeof SIGNALING_PORT | typeof NO_RELAY_PORT
/** Where peers find the signalling server, and browsers the page: without TLS, as the lab has no certificates, and WebRTC needs none. */
export const signalingUrl = (port: SignalingPort): string => `ws://${SERVERS.signaling.name}:${port}/starwire`
export const pageOrigin = (port: SignalingPort): string => `http://${SERVERS.signaling.name}:${port}`
/** Shared by the signalling server and coturn, as an operator sets it. */
export const TURN_SECRET = 'a secret of the lab, long enough'

/** Addresses of host number `n`: those of its router outside, and its own. A /24 and a /64 for each place. */
export function addressesOf({ family, router }: Place, n: number) {
  if (family === 6) {
    const net = `2001:db8:${n.toString(16)}`
    return { outer: `${net}:1::2/64`, gateway: `${net}:1::1/64`, inner: `${net}:2::2/64`, home: `${net}:2::1/64` }
  }
  const isPrivate = router !== 'none' && router !== 'stateful'
  // 64 nets of four addresses in each /24. 203.0.113.0/24 is left to the void.
  const net = `203.0.${114 + Math.floor(n / 64)}`
  const own = isPrivate ? `10.0.${n}` : `198.18.${n}`
  return {
    outer: `${net}.${4 * (n % 64) + 2}/30`,
    gateway: `${net}.${4 * (n % 64) + 1}/30`,
    inner: `${own}.2/24`,
    home: `${own}.1/24`,
  }
}

/** As others see a host. IPv6 in the form that `lines.ts` has. */
export function outerAddress(place: Place, n: number): string {
  const { outer, inner } = addressesOf(place, n)
  const isPublic = place.router === 'none' || place.router === 'stateful'
  return (isPublic ? inner : outer).replace(/\/.*/, '').replace('::', ':0:0:0:')
}

/** Without the length of its prefix. */
export const bare = (address: string): string => address.replace(/\/.*/, '')

/** The namespace in the middle of the lab: it routes, its servers stand in it, and packets of hosts are led through the lines. As scripts. */
import { SERVERS } from './addresses.ts'

/** The namespace in the middle. */
export const MIDDLE = 'sw-net'

/** A namespace that forwards. */
export const router = (namespace: string): string => `
ip netns add ${namespace}
ip -n ${namespace} link set lo up
ip netns exec ${namespace} sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
`

/**
 * Where packets to addresses go that nobody has: they are lost, as on the internet. Without a route the sender would hear at once, and
 * coturn ends an allocation whose socket has heard such a thing.
 */
const VOID = `ip -n ${MIDDLE} link add void type veth peer name void-end
ip -n ${MIDDLE} link set void up
ip -n ${MIDDLE} link set void-end up
ip -n ${MIDDLE} neigh add 203.0.113.254 lladdr 02:00:00:00:00:01 dev void nud permanent
ip -n ${MIDDLE} neigh add fe80::254 lladdr 02:00:00:00:00:01 dev void nud permanent
ip -n ${MIDDLE} route add default via 203.0.113.254 dev void onlink
ip -n ${MIDDLE} route add default via fe80::254 dev void onlink`

export function middleScript(): string {
  const all = [...SERVERS.turn.addresses, ...SERVERS.signaling.addresses]
  return `${router(MIDDLE)}
${all.map((address) => `ip -n ${MIDDLE} addr add ${address} dev lo${address.includes(':') ? ' nodad' : ''}`).join('\n')}
${VOID}
`
}

/** The TUN device of the lines, in the middle. */
const LINES = 'lines'

/** Perl is on every Linux, and Node knows no ioctl: opens the device (TUNSETIFF with IFF_TUN, IFF_NO_PI), and becomes the program. */
export const OPEN_TUN = `$^F = 3; sysopen(T, "/dev/net/tun", 2) or die "no TUN device: $!"; $r = pack("a16sx22", "${LINES}", 0x1001); ioctl(T, 0x400454ca, $r) or die "no TUN device: $!"; exec @ARGV`

/**
 * Whatever comes from a host, or goes to one, is led into the lines. What comes out of them goes where it goes. The second of these rules
 * stands for what the servers say among themselves. A socket must not be found before the delay, so the kernel looks for none early.
 */
export const linesScript = `ip -n ${MIDDLE} link set ${LINES} up
ip netns exec ${MIDDLE} sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.${LINES}.rp_filter=0 net.ipv4.conf.${LINES}.accept_local=1 net.ipv4.ip_early_demux=0
for family in -4 -6; do
  test $family = -4 && all=0.0.0.0/0 servers=198.51.100.0/24 || { all=2000::/3; servers=2001:db8:0:1::/64; }
  ip -n ${MIDDLE} $family route add $all dev ${LINES} table 100
  ip -n ${MIDDLE} $family rule add pref 1 iif ${LINES} lookup local
  ip -n ${MIDDLE} $family rule add pref 2 iif ${LINES} lookup main
  ip -n ${MIDDLE} $family rule add pref 3 iif lo to $servers lookup local
  test $family = -4 && ip -n ${MIDDLE} rule add pref 3 to 127.0.0.0/8 lookup local
  ip -n ${MIDDLE} $family rule add pref 4 to $all lookup 100
  ip -n ${MIDDLE} $family rule add pref 5 lookup local
  ip -n ${MIDDLE} $family rule del pref 0
done`

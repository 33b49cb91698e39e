/** A host of the lab, and the router before it: NAT, firewall and line of its place. As scripts. */
import { addressesOf, bare } from './addresses.ts'
import { MIDDLE, router } from './middle.ts'
import type { Place } from './places.ts'

export function hostScript(place: Place, n: number, hasLines: boolean): string {
  const host = `sw-${n}`
  return `ip netns add ${host}
ip -n ${host} link set lo up
${routerScript(place, n, { host, device: 'eth0' }, hasLines)}
ip -n ${host} link set eth0 up
ip -n ${host} route add default via ${bare(addressesOf(place, n).home)}
${place.deadInterface ? deadInterface(host) : ''}
`
}

/** A router between the middle and an interface of a host, which has an address and is down. */
export function routerScript(
  place: Place,
  n: number,
  { host, device }: { host: string; device: string },
  hasLines: boolean,
): string {
  const gate = `sw-${n}-router`
  const { outer, gateway, inner, home } = addressesOf(place, n)
  const flags = place.family === 6 ? ' nodad' : ''
  const isPublic = place.router === 'none' || place.router === 'stateful'
  return `${router(gate)}
ip link add sw-w${n} netns ${MIDDLE} type veth peer name wan netns ${gate}
ip link add lan netns ${gate} type veth peer name ${device} netns ${host}
ip -n ${MIDDLE} addr add ${gateway} dev sw-w${n}${flags}
ip -n ${gate} addr add ${outer} dev wan${flags}
ip -n ${gate} addr add ${home} dev lan${flags}
ip -n ${host} addr add ${inner} dev ${device}${flags}
ip -n ${MIDDLE} link set sw-w${n} up
ip -n ${gate} link set wan up
ip -n ${gate} link set lan up
ip -n ${gate} route add default via ${bare(gateway)}
${isPublic ? `ip -n ${MIDDLE} route add ${inner.replace(/2\/(\d+)$/, '0/$1').replace('::0/', '::/')} via ${bare(outer)} dev sw-w${n}` : ''}
${hasLines ? `ip -n ${MIDDLE} ${place.family === 6 ? '-6' : '-4'} rule add pref 2 to ${bare(gateway)} lookup local` : ''}
${narrowLine(place, n)}
ip netns exec ${gate} nft -f - <<'RULES'
${rules(place, bare(inner))}
RULES
`
}

/** Both directions at once: a queue of 300 ms stands before each, as in a cheap router. */
function narrowLine({ narrow }: Place, n: number): string {
  if (!narrow) return ''
  const queue = (kilobits: number): string => `root tbf rate ${kilobits}kbit burst 4kb latency 300ms`
  return `tc -n sw-${n}-router qdisc add dev wan ${queue(narrow.upKilobits)}
tc -n ${MIDDLE} qdisc add dev sw-w${n} ${queue(narrow.downKilobits)}`
}

/** It is up and has an address; what is sent there is lost. */
function deadInterface(host: string): string {
  return `ip link add vpn0 netns ${host} type veth peer name vpn netns ${host}-router
ip -n ${host}-router link set vpn up
ip -n ${host} addr add 10.99.0.2/24 dev vpn0
ip -n ${host} link set vpn0 up`
}

function rules({ router, onlyWeb }: Place, inner: string): string {
  const keepsOut = router !== 'none' && router !== 'full-cone'
  const translates = { none: '', stateful: '', 'full-cone': 'masquerade', 'port-restricted': 'masquerade' } as const
  const translation = router === 'symmetric' ? 'masquerade random,fully-random' : translates[router]
  // A packet that reached the router itself would take the port which the host is about to be given: a router drops it.
  return `
table inet filter {
  chain input { type filter hook input priority filter; iifname "wan" ct state new meta l4proto { tcp, udp } drop; }
  chain forward {
    type filter hook forward priority filter;
    ${keepsOut ? 'iifname "wan" ct state new drop' : ''}
    ${onlyWeb ? 'iifname "lan" meta l4proto icmp drop; iifname "lan" tcp dport != 443 drop; iifname "lan" meta l4proto udp drop' : ''}
  }
}
${
  translation === ''
    ? ''
    : `table ip nat {
  chain postrouting { type nat hook postrouting priority srcnat; oifname "wan" ${translation}; }
  ${router === 'full-cone' ? `chain prerouting { type nat hook prerouting priority dstnat; iifname "wan" udp dport 1024-65535 dnat to ${inner}; }` : ''}
}`
}`
}

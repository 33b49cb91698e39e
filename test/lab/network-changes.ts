/** What happens to the network of a host of the lab while it plays. Each change is a script for its namespaces. */
import { addressesOf } from './addresses.ts'
import type { LabHost, SecondWay } from './internet.ts'
import { shell } from './shell.ts'

const bare = (address: string): string => address.replace(/\/.*/, '')
const routerOf = ({ namespace }: LabHost): string => `${namespace}-router`

/** Between the outer ports before and after. */
const REBOUND = 'mod 20000 seed 0x5712 offset 30000'

/**
 * The router's NAT forgets what it knew, and gives each inner port another outer one, as it does after a restart or when it runs out of room.
 * Linux forgets the mappings of an interface whose address goes.
 */
export function rebindNat(host: LabHost): void {
  const { outer, gateway } = addressesOf(host.place, host.number)
  const gate = routerOf(host)
  shell(`ip netns exec ${gate} nft -f - <<'RULES'
flush chain ip nat postrouting
add rule ip nat postrouting oifname "wan" meta l4proto udp masquerade to :jhash udp sport ${REBOUND}
add rule ip nat postrouting oifname "wan" meta l4proto tcp masquerade to :jhash tcp sport ${REBOUND}
RULES
ip -n ${gate} addr del ${outer} dev wan
ip -n ${gate} addr add ${outer} dev wan
ip -n ${gate} route replace default via ${bare(gateway)}`)
}

/** Nothing comes in or goes out any more, and nobody is told. */
export function cut(host: LabHost): void {
  shell(
    `ip netns exec ${routerOf(host)} nft 'add table inet cut; add chain inet cut forward { type filter hook forward priority -10; policy drop; }'`,
  )
}

export function mend(host: LabHost): void {
  shell(`ip netns exec ${routerOf(host)} nft delete table inet cut`)
}

/** The first interface goes away, and the second one comes: from Wi-Fi to a cable. */
export function changeInterface({ namespace }: LabHost, second: SecondWay): void {
  shell(`ip -n ${namespace} link set eth0 down
ip -n ${namespace} link set ${second.device} up
ip -n ${namespace} route replace default via ${second.gateway}`)
}

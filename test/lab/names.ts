/** How names of the lab's servers are found in a namespace. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SERVERS } from './addresses.ts'

/** What `ip netns exec` lays over /etc for a namespace: names of the lab's servers. */
export const OVERLAYS = '/etc/netns'

/** Names in this namespace: both families, as a resolver answers everybody. */
export function overlay(namespace: string): void {
  const folder = join(OVERLAYS, namespace)
  mkdirSync(folder, { recursive: true })
  const names = Object.values(SERVERS).flatMap(({ name, addresses }) =>
    // With a point at its end, too: so a browser looks for the servers of WebRTC.
    addresses.map((address) => `${address} ${name} ${name}.`),
  )
  // The second IPv4 address of the TURN server has no name.
  const hosts = names.filter((line) => !line.startsWith(SERVERS.turn.addresses[1]))
  writeFileSync(join(folder, 'hosts'), ['127.0.0.1 localhost', '::1 localhost', ...hosts, ''].join('\n'))
  // Nobody answers there, and says so at once: a browser that asks the machine's own resolver waits for half a minute.
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n')
}

import type { HostSession } from '../../../net/session/host.ts'
import type { PlayerId } from '../../../net/world/ids.ts'

/** The packets that are due at the host, each noted as sent, in the order in which they leave. */
export function sendAll(host: HostSession, now: number): { player: PlayerId; bytes: Uint8Array }[] {
  const left: { player: PlayerId; bytes: Uint8Array }[] = []
  for (const { player, packets } of host.buildSnapshots(now))
    for (const packet of packets) {
      host.packetSent(player, packet, now)
      left.push({ player, bytes: packet.bytes })
    }
  return left
}

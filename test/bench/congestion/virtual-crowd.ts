/** Scenario L to one guest over a simulated link. */
import { type LinkConditions, SimulatedNetwork } from '../../../net/testing.ts'
import { crowdedHost, crowdGuest } from './crowd.ts'
import { type Delivery, match } from './delays.ts'

const TICK_MS = 1000 / 60
/** Where in a tick of the host the guest's own ticks are. */
const GUEST_PHASE_MS = 7

/** Runs for so long in virtual time, and on until what was sent has arrived. */
export function virtualCrowd(
  toGuest: LinkConditions,
  toHost: LinkConditions,
  ms: number,
  drainMs: number,
): { deliveries: Delivery[]; sent: number; skipped: number } {
  const network = new SimulatedNetwork(1)
  const [hostEnd, guestEnd] = network.pair(toGuest, toHost)
  const now = (): number => network.now
  const host = crowdedHost(hostEnd, now)
  const guest = crowdGuest(guestEnd, now)
  for (let tick = 1; tick * TICK_MS <= ms + drainMs; tick++) {
    network.advanceTo(tick * TICK_MS)
    host.tick(network.now)
    network.advanceTo(tick * TICK_MS + GUEST_PHASE_MS)
    guest.tick(network.now)
  }
  return { deliveries: match(host.sent, guest.heard), sent: host.sent.length, skipped: host.skipped }
}

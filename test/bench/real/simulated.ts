/** The same flight in the simulator, in virtual time: what the code gives where every frame and every tick comes on time. */

import { TURN_STEPS } from '../../../game/rules/balance.ts'
import { dogstar } from '../../../game/rules/dogstar.ts'
import { type NetworkConditions, simulate } from '../../../net/testing.ts'
import { DECIDE_MS, PHASE_MS, WARM_UP_MS } from './flight.ts'
import { holdKeys } from './pilot.ts'
import { startProbe } from './probe.ts'
import type { Recording } from './recording.ts'

export interface FlightRecordings {
  readonly host: Recording
  readonly guest: Recording
}

export function simulateFlight(network: NetworkConditions, seconds: number, seed = 1): FlightRecordings {
  const match = simulate(dogstar, { players: 2, network, seed })
  match.run(1000)
  const pilots = match.clients.map((client, i) => ({
    client,
    probe: startProbe({
      session: client.session,
      now: () => client.localTime(match.now),
      clockOffset: 0,
      truth: i === 0 ? (tick) => match.host.session.report(tick) : null,
    }),
    decidedAt: Number.NEGATIVE_INFINITY,
    offset: i * PHASE_MS,
  }))
  match.run(WARM_UP_MS + seconds * 1000, {
    eachFrame(client, now) {
      const pilot = pilots.find((other) => other.client === client)
      if (!pilot) return
      const { probe } = pilot
      // The host's own player has their frame right after the host's tick.
      probe.beat()
      if (now - pilot.decidedAt >= DECIDE_MS) {
        pilot.decidedAt = now
        const { side, thrust, fire } = holdKeys(now + pilot.offset, probe.recording.frames.at(-1))
        probe.steer(side)
        client.input({ turn: side * TURN_STEPS, thrust, fire })
      }
      client.view()
    },
  })
  const [host, guest] = pilots.map(({ probe }) => probe.recording)
  if (!host || !guest) throw new Error('A match of two has two players.')
  return { host, guest }
}

/** Whole matches of the arena on the simulator: what a client sends, and what a sending tick of the host takes. */
import { type Simulation, simulate } from '../../../net/testing.ts'
import { MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import { mean, quantile } from '../rivals/timing.ts'
import { type ArenaShape, arena } from '../worlds/arena.ts'
import { type ArenaName, arenaOptions, pilotsOf } from '../worlds/scenarios.ts'

const SEED = 1

function startMatch(
  name: ArenaName,
  latencyMs: number,
  options = arenaOptions(name),
): { match: Simulation<ArenaShape>; fly(): void } {
  const pilots = pilotsOf(name, SEED)
  const match = simulate(arena, { players: pilots.length, network: { latencyMs }, seed: SEED, options })
  return {
    match,
    // The pilots of S and M look at nothing: they draw from their own seeds.
    fly: () => {
      for (const [seat, client] of match.clients.entries()) client.input({ ...pilots[seat]?.(null, []) })
    },
  }
}

/** Mean payload of a client's input packets at 100 ms round trip, and the largest. */
export function inputBytes(seconds: number): { bytes: number; largest: number } {
  const { match, fly } = startMatch('S', 50)
  match.run(1000, fly)
  const sizes: number[] = []
  const receive = match.host.receive.bind(match.host)
  match.host.receive = (player, bytes, now) => {
    if (player !== match.clients[0]?.me) sizes.push(bytes.length)
    receive(player, bytes, now)
  }
  match.run(seconds * 1000, fly)
  return { bytes: mean(sizes), largest: quantile(sizes, 1) }
}

/** What a sending tick takes at M with 16 clients: step, referee, cut, encode, send. In ms of real time. */
export function sendingTick(seconds: number): { median: number; p99: number; over: number } {
  const { match, fly } = startMatch('M', 50)
  match.run(3000, fly)
  const times: number[] = []
  let over = 0
  for (const { runner } of match.clients) {
    const receive = runner.receive.bind(runner)
    runner.receive = (bytes, now) => {
      if (bytes.length > MAX_STATE_BYTES) over++
      receive(bytes, now)
    }
  }
  const tick = match.host.tick.bind(match.host)
  match.host.tick = (now) => {
    const began = performance.now()
    tick(now)
    const took = performance.now() - began
    if (match.host.session.sending.lastSnapshotTick === match.host.session.world.tick) times.push(took)
  }
  match.run(seconds * 1000, fly)
  return { median: quantile(times, 0.5), p99: quantile(times, 0.99), over }
}

/** Entities of `crowdedTick`, of which eight are ships: so many clients look on. */
export const CROWD = 1000

/** What the rules take of a crowded tick, and what all else takes, in ticks that send and in those that do not. ms. */
export interface CrowdedTicks {
  readonly rules: number[]
  readonly sending: number[]
  readonly others: number[]
}

/** The host's ticks with 1,000 entities and 8 clients, in real time. */
export function crowdedTicks(seconds: number): CrowdedTicks {
  const { match, fly } = startMatch('S', 50, { asteroids: CROWD - 8 })
  match.run(3000, fly)
  const ticks: CrowdedTicks = { rules: [], sending: [], others: [] }
  const { session } = match.host
  const { load, sending, world } = session
  let rulesMs = 0
  // The session reads this clock around the rules alone.
  const ran = load.ran.bind(load)
  load.ran = (tick, ms) => {
    rulesMs += ms
    ran(tick, 0)
  }
  ;(session as unknown as { stopwatch: () => number }).stopwatch = () => performance.now()
  const tick = match.host.tick.bind(match.host)
  match.host.tick = (now) => {
    rulesMs = 0
    const began = performance.now()
    tick(now)
    const took = performance.now() - began
    ticks.rules.push(rulesMs)
    ;(sending.lastSnapshotTick === world.tick ? ticks.sending : ticks.others).push(took - rulesMs)
  }
  match.run(seconds * 1000, fly)
  return ticks
}

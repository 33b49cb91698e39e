/** Whole matches of the arena on the simulator: what a client sends, and what a sending tick of the host takes. */
import { type Simulation, simulate } from '../../../net/testing.ts'
import { MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import { mean, quantile } from '../rivals/timing.ts'
import { type ArenaShape, arena } from '../worlds/arena.ts'
import { type ArenaName, arenaOptions, pilotsOf } from '../worlds/scenarios.ts'

const SEED = 1

function startMatch(name: ArenaName, latencyMs: number): { match: Simulation<ArenaShape>; fly(): void } {
  const pilots = pilotsOf(name, SEED)
  const match = simulate(arena, {
    players: pilots.length,
    network: { latencyMs },
    seed: SEED,
    options: arenaOptions(name),
  })
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

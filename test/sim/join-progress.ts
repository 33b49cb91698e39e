/** How long a player who joins a running match waits for its world: scenario L, 64 ships, shots and 200 asteroids. */
import { type NetworkConditions, simulate } from '../../net/testing.ts'
import { type PlayerId, playerId } from '../../net/world/ids.ts'
import { arena } from '../bench/worlds/arena.ts'
import type { Pilot } from '../bench/worlds/pilots.ts'
import { arenaOptions, pilotsOf } from '../bench/worlds/scenarios.ts'

const SEED = 1
const TICK_MS = 1000 / 60
/** What went before the join, so that it is a match: every ship has shot. */
const BEFORE_MS = 2000
/** Who waits for longer waits for ever. */
const PATIENCE_MS = 5000

export interface JoinProgress {
  /** Entities in the world at the join. */
  readonly entities: number
  /** From `attach` until their own ship is predicted, ms. */
  readonly ownMs: number
  /** Until their view holds, with it, all that was there when they joined and still is, at the tick that is drawn, ms. */
  readonly worldMs: number
  /** Payload bytes that had come by then. */
  readonly bytes: number
}

/** Seat 0 is the host's own player; all other ships but the guest's are flown on the host, so that only one joins. */
export function joinProgress(network: NetworkConditions): JoinProgress {
  const pilots = pilotsOf('L', SEED)
  const match = simulate(arena, { players: 1, network, seed: SEED, options: arenaOptions('L') })
  const { session } = match.host
  const crowd = new Map<PlayerId, Pilot>()
  for (const [seat, pilot] of pilots.entries()) {
    if (seat < 2) continue
    const player = playerId(seat, 1)
    crowd.set(player, pilot)
    session.join(player)
    session.leave(player)
  }
  const fly = (): void => {
    const { world } = session
    for (const [player, pilot] of crowd) {
      const row = world.message(arena.schema.input, { ...pilot(null, []) })
      session.clients.get(player)?.inputs.receive(world.tick + 1, [row], session.tickAt(match.now))
    }
  }
  match.run(BEFORE_MS, fly)
  const then = new Set(session.report().entities.map(({ id }) => id))
  const from = match.now
  const guest = match.join()
  let bytes = 0
  let ownMs = Number.POSITIVE_INFINITY
  const receive = guest.runner.receive.bind(guest.runner)
  guest.runner.receive = (packet, now) => {
    bytes += packet.length
    receive(packet, now)
  }
  let worldMs = Number.POSITIVE_INFINITY
  const look = (): void => {
    const view = guest.view()
    const seen = new Set<number>()
    for (const type of ['ship', 'bullet', 'asteroid'] as const)
      for (const { id, mine } of view.all(type)) {
        seen.add(id)
        if (type === 'ship' && mine) ownMs = Math.min(ownMs, match.now - from)
      }
    if (ownMs === Number.POSITIVE_INFINITY) return
    const { entities } = session.report(Math.floor(view.tick))
    if (entities.every(({ id }) => seen.has(id) || !then.has(id))) worldMs = match.now - from
  }
  while (worldMs === Number.POSITIVE_INFINITY && match.now < from + PATIENCE_MS)
    match.run(TICK_MS, { eachTick: fly, eachFrame: (client) => client === guest && look() })
  return { entities: then.size, ownMs, worldMs, bytes }
}

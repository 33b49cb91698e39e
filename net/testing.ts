/**
 * `starwire/testing`: a whole match in one process and in virtual time, on the code that runs in browsers: a host, any
 * number of clients, a network as bad as you like, clocks that are wrong and tabs that freeze. The same seed gives the
 * same match, to the byte, a thousand times faster than real.
 *
 * ```ts
 * const match = simulate(tag, { players: 4, network: { latencyMs: 50, loss: 0.05 }, seed: 1 })
 * match.clients[1].input({ x: 1, y: 0 })
 * match.run(1000)
 * for (const runner of match.clients[1].view().all('runner')) console.log(runner.x)
 * ```
 */

import { firstDifference } from './testing/converged.ts'
import { SimulatedMatch } from './testing/match.ts'
import type { Simulation, SimulationOptions } from './testing/types.ts'
import { checkTime } from './transport/simulated/conditions.ts'
import type { Game } from './world/game.ts'
import type { GameShape } from './world/game-shape.ts'
import { checkGame, checkKinds, checkNames, checkSeed, describeGiven } from './world/given.ts'
import { checkValues } from './world/values.ts'

export type * from './testing/types.ts'
export {
  type SimulatedConnection,
  type SimulatedPeersOptions,
  simulatedPeers,
} from './transport/simulated/peer-connection.ts'
export {
  type Bottleneck,
  type BurstLoss,
  type LinkConditions,
  type MachineClock,
  type NetworkConditions,
  type Reordering,
  SimulatedNetwork,
  type SimulatedRoute,
  type Stalling,
  seededRandom,
} from './transport/simulated.ts'

/** Every option by its name: the compiler asks for those that are missing here. */
const OPTIONS: { readonly [K in keyof Required<SimulationOptions<GameShape>>]: true } = {
  players: true,
  network: true,
  hostUplink: true,
  clocks: true,
  seed: true,
  options: true,
  settings: true,
  choices: true,
  development: true,
  fairHost: true,
  resumeSeconds: true,
  warn: true,
}

/**
 * Starts a match in virtual time.
 * @throws RangeError when a number of players, a seed, a condition of the network or a clock is out of range.
 * @throws TypeError for an option that there is not, or of a wrong kind.
 */
export function simulate<G extends GameShape>(game: Game<G>, options: SimulationOptions<G>): Simulation<G> {
  checkGame('simulate', game)
  checkNames('simulate', options, Object.keys(OPTIONS))
  checkKinds('simulate', options, {
    ...{ clocks: 'function', choices: 'function', warn: 'function', development: 'boolean', fairHost: 'boolean' },
  })
  checkValues(`options of ${game.id}`, game.schema.options, options.options ?? {})
  checkValues(`settings of ${game.id}`, game.schema.settings, options.settings ?? {}, { outOfRange: 'reject' })
  const { players, seed = 1, resumeSeconds = 60 } = options
  checkSeed('simulate', seed)
  if (!(Number.isInteger(players) && players >= 1 && players <= game.maxPlayers))
    throw new RangeError(`${game.id} is for 1 to ${game.maxPlayers} players, not ${players}.`)
  if (!(Number.isInteger(resumeSeconds) && resumeSeconds >= 0 && resumeSeconds <= 3600))
    throw new RangeError(`resumeSeconds is a whole number from 0 to 3600, not ${describeGiven(resumeSeconds)}.`)
  return new SimulatedMatch(game, options)
}

/**
 * Sees to it that every client knows what the host has: what it predicts to the bit, all else within a wire step, each
 * entity, player's record and the globals at the tick that it was confirmed for. Lets the match go on until that is so,
 * for `withinMs` at the most: packets are on their way at any moment. Clients that were dropped or left are not asked.
 *
 * ```ts
 * match.run(5000)
 * expectConverged(match)
 * ```
 *
 * @param options.withinMs Virtual time that the match may take to get there, ms, default 1000. 0 asks about this moment.
 * @throws Error that names the entity, the field, the tick and both values, or who has what the other has not.
 */
export function expectConverged<G extends GameShape>(
  match: Simulation<G>,
  options: { readonly withinMs?: number } = {},
): void {
  if (typeof (match as Partial<typeof match> | null | undefined)?.run !== 'function')
    throw new TypeError(`expectConverged was given ${describeGiven(match)}. Give what simulate returned.`)
  checkNames('expectConverged', options, ['withinMs'])
  const { withinMs = 1000 } = options
  checkTime('withinMs', withinMs)
  const host = match.host.session
  const tickMs = 1000 / host.game.tickRate
  const end = match.now + withinMs
  for (;;) {
    let difference: string | null = null
    for (const { me, runner } of match.clients)
      if (host.clients.get(me)?.connected) difference ??= firstDifference(host, runner.session)
    if (difference === null) return
    if (match.now + tickMs > end) throw new Error(`The match has not converged within ${withinMs} ms: ${difference}.`)
    match.run(tickMs)
  }
}

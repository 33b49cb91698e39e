/**
 * `starwire/testing`: a whole match in one process and in virtual time, on the code that runs in browsers: a host, any
 * number of clients, a network as bad as you like. The same seed gives the same match, a thousand times faster.
 *
 * ```ts
 * const match = simulate(tag, { players: 4, network: { latencyMs: 50, loss: 0.05 }, seed: 1 })
 * match.clients[1].input({ x: 1, y: 0 })
 * match.run(1000)
 * for (const runner of match.clients[1].view().all('runner')) console.log(runner.x)
 * ```
 */
import { ClientRunner } from './runtime/client-runner.ts'
import { HostRunner } from './runtime/host-runner.ts'
import { sessionFace } from './runtime/session-face.ts'
import { ClientSession } from './session/client.ts'
import { HostSession } from './session/host.ts'
import type { Session, View } from './session/types.ts'
import { loopbackPair } from './transport/loopback.ts'
import { type LinkConditions, SimulatedNetwork } from './transport/simulated.ts'
import type { Link } from './wire/link.ts'
import type { Game } from './world/game.ts'
import { type PlayerId, playerId } from './world/ids.ts'
import type { GameShape, Values } from './world/types.ts'

export { type LinkConditions, SimulatedNetwork, seededRandom } from './transport/simulated.ts'

export interface SimulationOptions<G extends GameShape> {
  /** How many play, the host's own player included: the first of `clients`, over a loopback link. */
  readonly players: number
  /** Each way between the host and every guest. Default: a perfect network. */
  readonly network?: LinkConditions
  /** Default 1. */
  readonly seed?: number
  readonly options?: Partial<Values<G['options']>>
  /** Whether the developer's checks run. Default false. */
  readonly development?: boolean
  /** Hears what the checks find. */
  readonly warn?: (problem: string) => void
}

export interface SimulatedClient<G extends GameShape> {
  readonly me: PlayerId
  readonly session: Session<G>
  readonly runner: ClientRunner
  readonly link: Link
  input(values: Partial<Values<G['input']>>): void
  /** The drawn world now. */
  view(): View<G>
}

export interface Simulation<G extends GameShape> {
  /** Virtual time in ms. */
  readonly now: number
  readonly host: HostRunner
  readonly clients: readonly SimulatedClient<G>[]
  readonly network: SimulatedNetwork
  /** Runs `ms` of virtual time; `eachTick` is called before each 60th of a second. */
  run(ms: number, eachTick?: (now: number) => void): void
  /** Another player joins now. */
  join(): SimulatedClient<G>
  /** A player's connection ends now, without a goodbye. */
  drop(client: SimulatedClient<G>): void
}

/** Starts a match in virtual time. */
export function simulate<G extends GameShape>(game: Game<G>, options: SimulationOptions<G>): Simulation<G> {
  const { players, network: conditions = {}, seed = 1, development = false, warn } = options
  if (!(Number.isInteger(players) && players >= 1 && players <= game.maxPlayers))
    throw new RangeError(`${game.id} is for 1 to ${game.maxPlayers} players, not ${players}.`)
  const network = new SimulatedNetwork(seed)
  const shared = { game, seed, options: options.options ?? {}, epoch: 1, ...(warn ? { warn } : {}) }
  const hostSession = new HostSession({ ...shared, secret: [seed, 2, 3, 4], development })
  const host = new HostRunner(hostSession, {
    failed: () => {
      for (const { runner } of clients) runner.finish('rules-failed')
    },
    hostile: (player) => {
      host.detach(player)
      links.get(player)?.close('kicked')
    },
  })
  const links = new Map<PlayerId, Link>()
  const clients: SimulatedClient<G>[] = []
  const tickMs = 1000 / game.tickRate
  let now = 0

  const join = (): SimulatedClient<G> => {
    const me = playerId(clients.length, 1)
    const deferred = (deliver: () => void): void => network.deliver(network.now, deliver)
    const [hostEnd, clientEnd] = clients.length === 0 ? loopbackPair({ defer: deferred }) : network.pair(conditions)
    links.set(me, hostEnd)
    hostEnd.listen({
      message: (lane, bytes) => lane === 'state' && host.receive(me, bytes, network.now),
      closed: () => host.detach(me),
    })
    const runner = new ClientRunner(new ClientSession({ ...shared, me }), clientEnd)
    clientEnd.listen({
      message: (lane, bytes) => lane === 'state' && runner.receive(bytes, network.now),
      closed: () => runner.finish('host-left'),
    })
    host.attach(me, hostEnd)
    const session = sessionFace<G>(runner, null, () => network.now)
    const client = { me, session, runner, link: clientEnd, input: session.input, view: () => session.view(now) }
    clients.push(client)
    return client
  }
  for (let i = 0; i < players; i++) join()

  return {
    get now() {
      return now
    },
    host,
    clients,
    network,
    run(ms, eachTick) {
      for (const until = now + ms; now + tickMs <= until + 1e-6; ) {
        now += tickMs
        network.advanceTo(now)
        eachTick?.(now)
        host.tick(now)
        network.advanceTo(now)
        for (const { runner } of clients) runner.tick(now)
      }
    },
    join,
    drop(client) {
      client.link.close('lost')
    },
  }
}

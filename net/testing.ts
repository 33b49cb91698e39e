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

import { Roster } from './lobby/host/roster.ts'
import { MetPlayers } from './lobby/met-players.ts'
import { ClientRunner } from './runtime/client-runner.ts'
import { HostRunner } from './runtime/host-runner.ts'
import { sessionFace } from './runtime/session-face.ts'
import { ClientSession } from './session/client.ts'
import { firstDifference } from './session/converged.ts'
import { HostSession } from './session/host.ts'
import type { Session, View } from './session/types.ts'
import type { Link, LinkCloseReason } from './transport/link.ts'
import { loopbackPair } from './transport/loopback.ts'
import { bothWays, checkTime } from './transport/simulated/conditions.ts'
import { Machine } from './transport/simulated/machine.ts'
import {
  type Bottleneck,
  type MachineClock,
  type NetworkConditions,
  type SimulatedLink,
  SimulatedNetwork,
} from './transport/simulated.ts'
import type { Game } from './world/game.ts'
import { checkGame, checkKinds, checkNames, checkSeed, describeGiven } from './world/given.ts'
import { type PlayerId, playerId } from './world/ids.ts'
import type { GameShape, Values } from './world/types.ts'
import { checkValues } from './world/values.ts'

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
  type Stalling,
  seededRandom,
} from './transport/simulated.ts'

export interface SimulationOptions<G extends GameShape> {
  /** How many play, the host's own player included: the first of `clients`, over a loopback link. */
  readonly players: number
  /** Between the host and every guest, the same both ways or each way its own. Default: a perfect network. */
  readonly network?: NetworkConditions
  /** One line that everything leaves through that the host sends to guests. Default: none. */
  readonly hostUplink?: Bottleneck
  /**
   * The clock of a client's computer, by its place in `clients`, and when its frames come. The first is the host's
   * computer. Default: clocks that are right, frames spread evenly.
   */
  readonly clocks?: (client: number) => MachineClock
  /** Of all chance, the game's and the network's: a whole number from 0 to 2^32 − 1. Default 1. */
  readonly seed?: number
  readonly options?: Partial<Values<G['options']>>
  /** Whether the developer's checks run. Default false. */
  readonly development?: boolean
  /**
   * How long the seat of a guest is kept whose connection is lost, s: as `createLobby`'s, 0 to 3600. After it the seat is
   * free for who joins next. Default 60.
   */
  readonly resumeSeconds?: number
  /** Whether the host's own player is held back as `createLobby` can. Default false. */
  readonly fairHost?: boolean
  /** Hears what the checks find. */
  readonly warn?: (problem: string) => void
}

export interface SimulatedClient<G extends GameShape> {
  readonly me: PlayerId
  readonly session: Session<G>
  readonly runner: ClientRunner
  /** The present one: each return brings another. */
  readonly link: Link
  input(values: Partial<Values<G['input']>>): void
  /** The drawn world now. */
  view(): View<G>
  /** What this client's clock reads at a virtual time, ms: what its `session` takes where it asks for a time. */
  localTime(now: number): number
}

/** What is called while time runs; `now` is virtual time in ms. */
export interface RunHandlers<G extends GameShape> {
  /** Before each tick of the host. */
  eachTick?(now: number): void
  /** At each frame of each client, after its tick; not while its tab is frozen. */
  eachFrame?(client: SimulatedClient<G>, now: number): void
}

export interface Simulation<G extends GameShape> {
  /** Virtual time in ms. */
  readonly now: number
  readonly host: HostRunner
  readonly clients: readonly SimulatedClient<G>[]
  readonly network: SimulatedNetwork
  /**
   * Runs `ms` of virtual time. A function is called as `eachTick`.
   * @throws RangeError when `ms` is negative or no number.
   * @throws What the rules threw meanwhile, on the host or on a client: the match is over with it, and every later `run`
   *   throws the same.
   */
  run(ms: number, handlers?: RunHandlers<G> | ((now: number) => void)): void
  /**
   * Another player joins now, in the first free seat: the last of `clients`. The name is as in a lobby; default "Player",
   * numbered.
   * @throws RangeError when every seat of the game is taken.
   */
  join(name?: string): SimulatedClient<G>
  /** A player's connection ends now, without a goodbye; the seat is kept for `resumeSeconds`. */
  drop(client: SimulatedClient<G>): void
  /** A player says goodbye and leaves: the seat is free as soon as the host hears it. */
  leave(client: SimulatedClient<G>): void
  /**
   * A guest's connection ends now, without a goodbye, and the guest is back in the same seat over a new connection `ms`
   * later, as `joinLobby` brings guests back by itself. Lost again meanwhile, the later time counts; `drop` and `leave` end
   * it. Later than `resumeSeconds`, the match is over for them, as `seat-lost`.
   * @throws RangeError for the host's own player, who has no network, and when `ms` is negative or no number, or the player has left.
   */
  lose(client: SimulatedClient<G>, ms: number): void
  /**
   * A tab stands still for `ms` from now, as one behind a debugger or a locked screen does: its timers do not run, and
   * what arrives waits until the thaw. The host's own player is in the host's tab.
   */
  freeze(who: SimulatedClient<G> | 'host', ms: number): void
  /**
   * Nothing sets out between the host and a guest for `ms` from now; what is under way still arrives.
   * @throws RangeError for the host's own player, who has no network.
   */
  cut(client: SimulatedClient<G>, ms: number): void
  /**
   * The network between the host and a guest is another from now on.
   * @throws RangeError when a figure is out of range, and for the host's own player, who has no network.
   */
  setConditions(client: SimulatedClient<G>, network: NetworkConditions): void
}

/** Every option by its name: the compiler asks for those that are missing here. */
const OPTIONS: { readonly [K in keyof Required<SimulationOptions<GameShape>>]: true } = {
  players: true,
  network: true,
  hostUplink: true,
  clocks: true,
  seed: true,
  options: true,
  development: true,
  fairHost: true,
  resumeSeconds: true,
  warn: true,
}

/** Of what happens at the same time, arrivals come first, then the host ticks, then the clients. */
const HOST_RANK = 1
const CLIENT_RANK = 2

/** The golden ratio spreads any number of phases evenly. */
const PHASE_STEP = (Math.sqrt(5) - 1) / 2

/** A seat at the table: what the simulation knows of a client besides what it shows. */
interface Seat {
  /** When it is back that was lost, in virtual ms; null while it is not about to come back. */
  backAt: number | null
  /** Nothing sets out before, over whichever connection, in virtual ms. */
  cutUntil: number
  /** How often it was connected: an expiry of before means nothing after a return. */
  connections: number
  readonly machine: Machine
  /** Null for the host's own player, whose link is no network. */
  network: { readonly toHost: SimulatedLink; readonly toGuest: SimulatedLink } | null
  /** What the network between the host and this guest is like. */
  conditions: ReturnType<typeof bothWays>
  readonly people: MetPlayers
  /** Opens the first or another connection, for the client and for the host. */
  connect(): Link
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
    ...{ clocks: 'function', warn: 'function', development: 'boolean', fairHost: 'boolean' },
  })
  checkValues(`options of ${game.id}`, game.schema.options, options.options ?? {})
  const { players, seed = 1, development = false, resumeSeconds = 60, warn } = options
  checkSeed('simulate', seed)
  if (!(Number.isInteger(players) && players >= 1 && players <= game.maxPlayers))
    throw new RangeError(`${game.id} is for 1 to ${game.maxPlayers} players, not ${players}.`)
  if (!(Number.isInteger(resumeSeconds) && resumeSeconds >= 0 && resumeSeconds <= 3600))
    throw new RangeError(`resumeSeconds is a whole number from 0 to 3600, not ${describeGiven(resumeSeconds)}.`)
  const conditions = bothWays(options.network ?? {})
  const network = new SimulatedNetwork(seed)
  const uplink = options.hostUplink !== undefined ? network.uplink(options.hostUplink) : null
  const shared = { game, seed, options: options.options ?? {}, epoch: 1, ...(warn ? { warn } : {}) }
  const hostSession = new HostSession({
    ...shared,
    secret: [seed, 2, 3, 4],
    development,
    fairPlayer: options.fairHost ? playerId(0, 1) : null,
  })
  const host = new HostRunner(hostSession, {
    failed: (error) => {
      thrown ??= { error }
      for (const { runner } of clients) runner.finish('rules-failed')
    },
    hostile: (player) => {
      host.detach(player)
      links.get(player)?.close('kicked')
    },
  })
  /** What the rules threw first. */
  let thrown: { readonly error: unknown } | null = null
  const roster = new Roster(game.maxPlayers)
  const tellRoster = (): void => {
    for (const client of clients) seats.get(client)?.people.update(roster.entries, client.me)
  }
  const free = (player: PlayerId): void => {
    host.remove(player)
    if (roster.remove(player)) tellRoster()
  }
  const links = new Map<PlayerId, Link>()
  /** Connections that are followed by another. */
  const returning = new Set<Link>()
  const clients: SimulatedClient<G>[] = []
  const seats = new Map<SimulatedClient<G>, Seat>()
  const tickMs = 1000 / game.tickRate
  const clockOf: (client: number) => MachineClock = options.clocks ?? (() => ({}))
  const hostMachine = new Machine(network, clockOf(0))
  let handlers: RunHandlers<G> = {}

  hostMachine.every(tickMs, 0, HOST_RANK, (frozen) => {
    handlers.eachTick?.(network.now)
    if (!frozen) host.tick(hostMachine.localTime(network.now))
  })

  const join = (name = ''): SimulatedClient<G> => {
    if (typeof name !== 'string') throw new TypeError(`join: the name is ${describeGiven(name)}. Write a text.`)
    const index = clients.length
    const entry = roster.add(name, index === 0)
    if (!entry)
      throw new RangeError(
        `All ${game.maxPlayers} seats of ${game.id} are taken. leave() frees one; one that drop() left is free after resumeSeconds.`,
      )
    const me = entry.id
    const clock = clockOf(index)
    const machine = index === 0 ? hostMachine : new Machine(network, clock)
    const localTime = (now: number): number => machine.localTime(now)
    const seat: Seat = {
      machine,
      network: null,
      backAt: null,
      cutUntil: 0,
      conditions,
      connections: 0,
      people: new MetPlayers(),
      connect() {
        const connection = ++seat.connections
        const departed = (reason: LinkCloseReason): void => {
          host.detach(me, hostEnd)
          // Of who was replaced the seat is another page's now.
          if (reason === 'replaced' || links.get(me) !== hostEnd || !roster.has(me)) return
          if ((reason !== 'lost' && reason !== 'away') || resumeSeconds === 0) return free(me)
          network.at(network.now + resumeSeconds * 1000, () => seat.connections === connection && free(me))
        }
        const { toGuest, toHost } = seat.conditions
        const simulated = index === 0 ? null : network.pair(toGuest, toHost, { uplink })
        seat.network = simulated && { toGuest: simulated[0], toHost: simulated[1] }
        if (seat.cutUntil > network.now) for (const end of simulated ?? []) end.cut(seat.cutUntil - network.now)
        const [hostEnd, clientEnd] = simulated ?? loopbackPair({ defer: (deliver) => network.at(network.now, deliver) })
        links.set(me, hostEnd)
        hostEnd.listen({
          message: (lane, bytes) =>
            lane === 'state' && hostMachine.hear(() => host.receive(me, bytes, hostMachine.localTime(network.now))),
          closed: (reason) => hostMachine.hear(() => departed(reason)),
        })
        clientEnd.listen({
          message: (lane, bytes) =>
            lane === 'state' &&
            machine.hear(() => runner.link === clientEnd && runner.receive(bytes, localTime(network.now))),
          closed: () => machine.hear(() => returning.delete(clientEnd) || runner.finish('host-left')),
        })
        host.attach(me, hostEnd)
        return clientEnd
      },
    }
    const runner = new ClientRunner(new ClientSession({ ...shared, me }), seat.connect())
    const session = sessionFace<G>(runner, null, () => localTime(network.now), seat.people)
    const view = (): View<G> => session.view(localTime(network.now))
    const client: SimulatedClient<G> = {
      me,
      session,
      runner,
      get link() {
        return runner.link
      },
      input: session.input,
      view,
      localTime,
    }
    clients.push(client)
    seats.set(client, seat)
    tellRoster()
    const phaseMs = clock.phaseMs ?? ((index * PHASE_STEP) % 1) * tickMs
    machine.every(tickMs, phaseMs, CLIENT_RANK, (frozen) => {
      if (frozen) return
      runner.tick(localTime(network.now))
      if (runner.session.failure !== null) thrown ??= { error: runner.session.failure }
      handlers.eachFrame?.(client, network.now)
    })
    return client
  }
  for (let i = 0; i < players; i++) join()

  const seatOf = (client: SimulatedClient<G>): Seat => {
    const seat = seats.get(client)
    if (!seat) throw new TypeError('That client is of another match: take one of match.clients.')
    return seat
  }
  const networkOf = (client: SimulatedClient<G>): NonNullable<Seat['network']> => {
    const { network } = seatOf(client)
    if (!network) throw new RangeError("The host's own player has no network: take one of match.clients.slice(1).")
    return network
  }

  return {
    get now() {
      return network.now
    },
    host,
    clients,
    network,
    run(ms, given = {}) {
      checkTime('The time to run', ms)
      if (typeof given !== 'function') {
        checkNames('run', given, ['eachTick', 'eachFrame'])
        checkKinds('run', given, { eachTick: 'function', eachFrame: 'function' })
      }
      handlers = typeof given === 'function' ? { eachTick: given } : given
      network.advanceTo(network.now + ms)
      handlers = {}
      if (thrown) throw thrown.error
    },
    join,
    drop(client) {
      const seat = seatOf(client)
      client.link.close('lost')
      if (seat.backAt === null) return
      seat.backAt = null
      client.runner.finish('host-left')
    },
    leave(client) {
      seatOf(client).backAt = null
      client.link.close('left')
      client.runner.finish(null)
    },
    freeze(who, ms) {
      const { machine } = who === 'host' ? { machine: hostMachine } : seatOf(who)
      machine.freeze(ms)
    },
    lose(client, ms) {
      checkTime('The time until the return', ms)
      networkOf(client)
      const seat = seatOf(client)
      const away = seat.backAt !== null
      if (!away && !client.link.open)
        throw new RangeError('That player has left or was dropped: their connection cannot be lost.')
      seat.backAt = Math.max(seat.backAt ?? 0, network.now + ms)
      if (!away) {
        returning.add(client.link)
        client.runner.suspend()
        client.link.close('lost')
      }
      const comeBack = (): void => {
        // Lost again meanwhile, for longer; or back already, or gone for good.
        if (seat.backAt === null || network.now < seat.backAt) return
        seat.backAt = null
        if (!roster.has(client.me)) return client.runner.finish('seat-lost')
        client.runner.rebase({ link: seat.connect(), epoch: shared.epoch })
      }
      network.at(network.now + ms, () => seat.machine.hear(comeBack))
    },
    cut(client, ms) {
      checkTime('The time of a cut', ms)
      const { toHost, toGuest } = networkOf(client)
      const seat = seatOf(client)
      seat.cutUntil = Math.max(seat.cutUntil, network.now + ms)
      toHost.cut(ms)
      toGuest.cut(ms)
    },
    setConditions(client, next) {
      const { toHost, toGuest } = networkOf(client)
      const both = bothWays(next)
      seatOf(client).conditions = both
      toHost.setConditions(both.toHost)
      toGuest.setConditions(both.toGuest)
    },
  }
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

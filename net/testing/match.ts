/** A whole match in virtual time: the host, its clients, the network between them, and the clocks that drive them. */

import { newMinds } from '../bots/bot-minds.ts'
import { emptyRoster, Roster } from '../lobby/members/roster.ts'
import { record } from '../records/record.ts'
import { ClientRunner } from '../runtime/client-runner.ts'
import { HostRunner } from '../runtime/host-runner.ts'
import { sessionFace } from '../runtime/session-face.ts'
import { ClientSession } from '../session/client.ts'
import { HostSession } from '../session/host.ts'
import type { Recording } from '../session/recordings.ts'
import { bothWays, checkTime } from '../transport/simulated/conditions.ts'
import { Machine } from '../transport/simulated/machine.ts'
import { type MachineClock, type NetworkConditions, SimulatedNetwork } from '../transport/simulated.ts'
import { completeValues, type PlainValues } from '../world/complete-values.ts'
import type { AnyGame, Game } from '../world/game.ts'
import type { GameShape } from '../world/game-shape.ts'
import { checkKinds, checkNames, describeGiven, list } from '../world/given.ts'
import { type PlayerId, playerId } from '../world/ids.ts'
import type { Choice } from '../world/record-types.ts'
import { checkValues } from '../world/values.ts'
import { Seat, type Table } from './seat.ts'
import type { RunHandlers, SimulatedClient, Simulation, SimulationOptions } from './types.ts'

/** Of what happens at the same time, arrivals come first, then the host ticks, then the clients. */
const HOST_RANK = 1
const CLIENT_RANK = 2

/** The golden ratio spreads any number of phases evenly. */
const PHASE_STEP = (Math.sqrt(5) - 1) / 2

const EPOCH = 1

/** @throws TypeError, RangeError for what is no choice in this game. */
function choiceOf({ id, schema: { choice } }: AnyGame, given: PlainValues): PlainValues {
  checkValues(`a choice in ${id}`, choice, given, { outOfRange: 'reject' })
  return completeValues(choice, given)
}

export class SimulatedMatch<G extends GameShape> implements Simulation<G> {
  readonly network: SimulatedNetwork
  readonly host: HostRunner
  readonly clients: SimulatedClient<G>[] = []
  readonly #game: Game<G>
  readonly #options: SimulationOptions<G>
  readonly #table: Table
  readonly #roster: Roster
  readonly #seats = new Map<SimulatedClient<G>, Seat>()
  #handlers: RunHandlers<G> = {}
  /** What the rules threw first. */
  #thrown: { readonly error: unknown } | null = null

  constructor(game: Game<G>, options: SimulationOptions<G>) {
    const { players, seed = 1, hostUplink, resumeSeconds = 60 } = options
    this.#game = game
    this.#options = options
    const network = new SimulatedNetwork(seed)
    this.network = network
    const uplink = hostUplink === undefined ? null : network.uplink(hostUplink)
    this.host = this.#newHost()
    this.#roster = new Roster(emptyRoster(game.maxPlayers))
    const hostMachine = new Machine(network, this.#clockOf(0))
    this.#table = {
      ...{ network, uplink, host: this.host, hostMachine, resumeSeconds },
      isSeated: (player) => this.#roster.has(player),
      free: (player) => this.#free(player),
    }
    hostMachine.every(1000 / game.tickRate, 0, HOST_RANK, (frozen) => {
      this.#handlers.eachTick?.(network.now)
      if (!frozen) this.host.tick(hostMachine.localTime(network.now))
    })
    for (let i = 0; i < players; i++) this.join()
  }

  /** What the host and every client are told alike. */
  get #shared() {
    const { seed = 1, options = {}, settings = {}, warn } = this.#options
    return { game: this.#game, seed, options, settings, epoch: EPOCH, ...(warn ? { warn } : {}) }
  }

  #newHost(): HostRunner {
    const { seed = 1, development = false, fairHost } = this.#options
    const session = new HostSession({
      ...this.#shared,
      secret: [seed, 2, 3, 4],
      development,
      fairPlayer: fairHost ? playerId(0, 1) : null,
      newMinds,
    })
    return new HostRunner(session, {
      failed: (error) => {
        this.#thrown ??= { error }
        for (const { runner } of this.clients) runner.finish('rules-failed')
      },
      hostile: (player) => {
        this.host.detach(player)
        for (const [client, { hostEnd }] of this.#seats) if (client.me === player) hostEnd?.close('kicked')
      },
    })
  }

  #clockOf(client: number): MachineClock {
    const { clocks } = this.#options
    return clocks ? clocks(client) : {}
  }

  get now(): number {
    return this.network.now
  }

  run(ms: number, given: RunHandlers<G> | ((now: number) => void) = {}): void {
    checkTime('The time to run', ms)
    if (typeof given !== 'function') {
      checkNames('run', given, ['eachTick', 'eachFrame'])
      checkKinds('run', given, { eachTick: 'function', eachFrame: 'function' })
    }
    this.#handlers = typeof given === 'function' ? { eachTick: given } : given
    this.network.advanceTo(this.now + ms)
    this.#handlers = {}
    if (this.#thrown) throw this.#thrown.error
  }

  join(name = '', given: Partial<Choice<G>> = this.#options.choices?.(this.clients.length) ?? {}): SimulatedClient<G> {
    if (typeof name !== 'string') throw new TypeError(`join: the name is ${describeGiven(name)}. Write a text.`)
    const index = this.clients.length
    const choice = choiceOf(this.#game, given)
    const entry = this.#roster.add(name, index === 0, choice)
    if (!entry)
      throw new RangeError(
        `All ${this.#game.maxPlayers} seats of ${this.#game.id} are taken. leave() frees one; one that drop() left is free after resumeSeconds.`,
      )
    const clock = this.#clockOf(index)
    const machine = index === 0 ? this.#table.hostMachine : new Machine(this.network, clock)
    const seat = new Seat(this.#table, entry.id, machine, bothWays(this.#options.network ?? {}), choice)
    const client = this.#sit(entry.id, seat)
    this.clients.push(client)
    this.#seats.set(client, seat)
    this.#tellRoster()
    const tickMs = 1000 / this.#game.tickRate
    machine.every(tickMs, clock.phaseMs ?? ((index * PHASE_STEP) % 1) * tickMs, CLIENT_RANK, (frozen) => {
      if (!frozen) this.#frame(client)
    })
    return client
  }

  #sit(me: PlayerId, seat: Seat): SimulatedClient<G> {
    const localTime = (now: number): number => seat.machine.localTime(now)
    const link = seat.connect(() => runner)
    const runner = new ClientRunner(new ClientSession({ ...this.#shared, me }), link)
    const session = sessionFace<G>(
      runner,
      () => null,
      () => localTime(this.now),
      seat.people,
    )
    return {
      me,
      session,
      runner,
      get link() {
        return runner.link
      },
      input: session.input,
      view: () => session.view(localTime(this.now)),
      localTime,
    }
  }

  #frame(client: SimulatedClient<G>): void {
    const { runner } = client
    runner.tick(client.localTime(this.now))
    if (runner.session.failure !== null) this.#thrown ??= { error: runner.session.failure }
    this.#handlers.eachFrame?.(client, this.now)
  }

  #tellRoster(): void {
    for (const [client, { people }] of this.#seats) people.update(this.#roster.entries, client.me)
  }

  #free(player: PlayerId): void {
    this.host.remove(player)
    if (this.#roster.remove(player)) this.#tellRoster()
  }

  #seatOf(client: SimulatedClient<G>): Seat {
    const seat = this.#seats.get(client)
    if (!seat) throw new TypeError('That client is of another match: take one of match.clients.')
    return seat
  }

  #networkOf(client: SimulatedClient<G>): NonNullable<Seat['network']> {
    const { network } = this.#seatOf(client)
    if (!network) throw new RangeError("The host's own player has no network: take one of match.clients.slice(1).")
    return network
  }

  drop(client: SimulatedClient<G>): void {
    const seat = this.#seatOf(client)
    client.link.close('lost')
    if (seat.backAt === null) return
    seat.backAt = null
    client.runner.finish('host-left')
  }

  leave(client: SimulatedClient<G>): void {
    this.#seatOf(client).backAt = null
    client.link.close('left')
    client.runner.finish(null)
  }

  freeze(who: SimulatedClient<G> | 'host', ms: number): void {
    const machine = who === 'host' ? this.#table.hostMachine : this.#seatOf(who).machine
    machine.freeze(ms)
  }

  lose(client: SimulatedClient<G>, ms: number): void {
    checkTime('The time until the return', ms)
    this.#networkOf(client)
    const seat = this.#seatOf(client)
    const isAway = seat.backAt !== null
    if (!isAway && !client.link.open)
      throw new RangeError('That player has left or was dropped: their connection cannot be lost.')
    seat.backAt = Math.max(seat.backAt ?? 0, this.now + ms)
    if (!isAway) seat.lose(client.runner)
    this.network.at(this.now + ms, () => seat.machine.hear(() => this.#comeBack(client, seat)))
  }

  #comeBack({ me, runner }: SimulatedClient<G>, seat: Seat): void {
    // Lost again meanwhile, for longer; or back already, or gone for good.
    if (seat.backAt === null || this.now < seat.backAt) return
    seat.backAt = null
    if (!this.#roster.has(me)) return runner.finish('seat-lost')
    runner.rebase({ link: seat.connect(() => runner), epoch: EPOCH })
  }

  cut(client: SimulatedClient<G>, ms: number): void {
    checkTime('The time of a cut', ms)
    const { toHost, toGuest } = this.#networkOf(client)
    const seat = this.#seatOf(client)
    seat.cutUntil = Math.max(seat.cutUntil, this.now + ms)
    toHost.cut(ms)
    toGuest.cut(ms)
  }

  setConditions(client: SimulatedClient<G>, next: NetworkConditions): void {
    const { toHost, toGuest } = this.#networkOf(client)
    const both = bothWays(next)
    const seat = this.#seatOf(client)
    const { route = seat.conditions.route } = both
    if ((route ?? 'direct') !== (seat.conditions.route ?? 'direct'))
      throw new RangeError('A connection keeps its route: give it to simulate, in `network`.')
    seat.conditions = { ...both, route }
    toHost.setConditions(both.toHost)
    toGuest.setConditions(both.toGuest)
  }

  addBot(kind: G['bots'], { name = kind, skill = 0.5 }: { name?: string; skill?: number } = {}): PlayerId {
    const { id, maxPlayers, schema } = this.#game
    if (!schema.bots.has(kind))
      throw new TypeError(`${id} declares no bot ${describeGiven(kind)}. It has ${list(schema.bots)}.`)
    if (!(typeof skill === 'number' && skill >= 0 && skill <= 1))
      throw new RangeError(`addBot: skill is 0 to 1, not ${describeGiven(skill)}.`)
    const entry = this.#roster.add(name, false, choiceOf(this.#game, {}), { bot: { kind, skill } })
    if (!entry) throw new RangeError(`All ${maxPlayers} seats of ${id} are taken: no bot can sit.`)
    this.host.addBot(entry.id, { kind, skill }, entry.choice)
    this.#tellRoster()
    return entry.id
  }

  removeBot(player: PlayerId): void {
    if (!this.#roster.get(player)?.bot)
      throw new TypeError('removeBot was given what is no bot here. Give what addBot returned.')
    this.#free(player)
  }

  record(): Recording<G> {
    const me = this.clients[0]?.me ?? null
    return record<G>({ host: this.host.session, me }, () => this.#roster.entries)
  }
}

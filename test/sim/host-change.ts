/**
 * A match whose host is replaced by another, which goes on from a saved world, over a simulated network. How an heir is
 * chosen and gets the world is not in here: a test takes `save` from the old host and gives it to the new one.
 */

import { ClientRunner } from '../../net/runtime/client-runner.ts'
import { HostRunner } from '../../net/runtime/host-runner.ts'
import { sessionFace } from '../../net/runtime/session-face.ts'
import { ClientSession } from '../../net/session/client.ts'
import { HostSession } from '../../net/session/host.ts'
import type { SavedMatch } from '../../net/session/saved-match.ts'
import type { SimulatedClient, Simulation } from '../../net/testing.ts'
import { type LinkConditions, SimulatedNetwork } from '../../net/transport/simulated.ts'
import type { Game } from '../../net/world/game.ts'
import type { GameShape } from '../../net/world/game-shape.ts'
import { type PlayerId, playerId } from '../../net/world/ids.ts'

const SEED = 31

export class HostChange<G extends GameShape> {
  readonly network = new SimulatedNetwork(SEED)
  readonly clients: SimulatedClient<G>[]
  host: HostRunner
  private readonly game: Game<G>
  private readonly conditions: LinkConditions
  private readonly tickMs: number
  private ticking = true
  /** For how many ticks after the saved one each client had sent its input to the new host, before that ran any. */
  resentFor: number[] = []

  constructor(game: Game<G>, players: number, conditions: LinkConditions) {
    this.game = game
    this.conditions = conditions
    this.tickMs = 1000 / game.tickRate
    this.host = this.runner(new HostSession(this.optionsOf(1)))
    this.clients = Array.from({ length: players }, (_, seat) => this.sit(playerId(seat, 1)))
  }

  private optionsOf(epoch: number) {
    return { game: this.game, seed: SEED, secret: [SEED, 2, 3, 4], epoch }
  }

  private runner(session: HostSession): HostRunner {
    const fail = (error: unknown): never => {
      throw error
    }
    return new HostRunner(session, { failed: fail, hostile: (player) => fail(new Error(`${player} is hostile`)) })
  }

  private connect(host: HostRunner, me: PlayerId, client: () => ClientRunner) {
    const [hostEnd, clientEnd] = this.network.pair(this.conditions)
    hostEnd.listen({ message: (_, bytes) => host.receive(me, bytes, this.network.now), closed: () => {} })
    clientEnd.listen({
      message: (_, bytes) => client().link === clientEnd && client().receive(bytes, this.network.now),
      closed: () => {},
    })
    host.attach(me, hostEnd)
    return clientEnd
  }

  private sit(me: PlayerId): SimulatedClient<G> {
    const { game, network } = this
    const link = this.connect(this.host, me, () => runner)
    const runner = new ClientRunner(new ClientSession({ game, me, seed: SEED, epoch: 1 }), link)
    const session = sessionFace<G>(
      runner,
      () => null,
      () => network.now,
    )
    const client = { me, runner, session, input: session.input, view: () => session.view(network.now) }
    return { ...client, link, localTime: (now) => now }
  }

  /** As the laws ask for it. */
  get match(): Simulation<G> {
    return this as unknown as Simulation<G>
  }

  /** Runs so much time; `each` is called before each tick, with every client's frame after it. */
  run(ms: number, each: () => void = () => {}): void {
    for (const end = this.network.now + ms; this.network.now < end; ) {
      each()
      if (this.ticking) this.host.tick(this.network.now)
      for (const { runner } of this.clients) {
        runner.tick(this.network.now)
        runner.view(this.network.now)
        if (runner.session.failure) throw runner.session.failure
      }
      this.network.advanceTo(this.network.now + this.tickMs)
    }
  }

  /** The host is gone, without a word. */
  die(): void {
    this.ticking = false
  }

  /**
   * Another host goes on from what was saved when its tick was `behindMs` ago, and catches up. Clients rebase, and have
   * `waitMs` to send their inputs first.
   */
  goOn(saved: SavedMatch, behindMs: number, waitMs: number, each?: () => void): void {
    const session = HostSession.from(this.optionsOf(2), saved)
    if (typeof session === 'string') throw new Error(session)
    const { tick, nextRefereeId } = session.world
    const host = this.runner(session)
    for (const { me, runner } of this.clients) {
      const link = this.connect(host, me, () => runner)
      runner.rebase({ link, epoch: 2, tick, nextRefereeId })
    }
    session.advance(this.network.now - behindMs)
    this.run(waitMs, each)
    this.resentFor = [...session.clients.values()].map(({ inputs }) => (inputs.newest ?? tick) - tick)
    this.host = host
    this.ticking = true
  }
}

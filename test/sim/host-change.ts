/**
 * A match whose host changes, over a simulated network and at the level of runners: a page hosts and plays, another one is its heir,
 * and takes over when the first is killed or hands over. Who that is, and when, the test says: elections are the lobby's part.
 */
import { HeirReceiver } from '../../net/migration/heir-receiver.ts'
import { Heirs } from '../../net/migration/heirs.ts'
import { ClientRunner } from '../../net/runtime/client-runner.ts'
import { HostRunner } from '../../net/runtime/host-runner.ts'
import { sessionFace } from '../../net/runtime/session-face.ts'
import { type TakeOver, takeOver } from '../../net/runtime/take-over.ts'
import { ClientSession } from '../../net/session/client.ts'
import { HostSession } from '../../net/session/host.ts'
import type { SimulatedClient, Simulation } from '../../net/testing.ts'
import type { Link } from '../../net/transport/link.ts'
import { loopbackPair } from '../../net/transport/loopback.ts'
import { type LinkConditions, SimulatedNetwork } from '../../net/transport/simulated.ts'
import type { Game } from '../../net/world/game.ts'
import type { GameShape } from '../../net/world/game-shape.ts'
import { type PlayerId, playerId } from '../../net/world/ids.ts'

export type Page<G extends GameShape> = SimulatedClient<G>

export class HostChange<G extends GameShape> {
  readonly network: SimulatedNetwork
  /** The pages that live, in the order of their seats. */
  clients: Page<G>[] = []
  host: HostRunner
  /** The page that hosts, or did until it stopped; null once it is dead. */
  hosting: PlayerId | null = null
  epoch = 1
  /** What the newest change of host was made of. */
  change: TakeOver | null = null
  /** For how many ticks after C each follower had sent its input to the new host, before that ran any. */
  resentFor: number[] = []
  private readonly game: Game<G>
  private readonly conditions: LinkConditions
  private readonly seed: number
  private readonly tickMs: number
  private alive = true

  /** `seed`: of the match and its network. */
  constructor(game: Game<G>, players: number, conditions: LinkConditions, seed = 31) {
    this.game = game
    this.conditions = conditions
    this.seed = seed
    this.tickMs = 1000 / game.tickRate
    this.network = new SimulatedNetwork(seed)
    this.host = new HostRunner(new HostSession({ ...this.optionsOf(1), secret: [seed, 2, 3, 4] }), this.handlers)
    for (let seat = 0; seat < players; seat++) this.sit(playerId(seat, 1))
    this.hosting = this.clients[0]!.me
  }

  private optionsOf(epoch: number) {
    return { game: this.game, seed: this.seed, epoch }
  }

  private readonly handlers = {
    failed: (error: unknown): never => {
      throw error
    },
    hostile: (player: PlayerId): never => {
      throw new Error(`${player} is hostile`)
    },
  }

  /** The first page to sit hosts: its own player has a link inside the page, all others one over the network. */
  private sit(me: PlayerId): void {
    const { game, network, seed } = this
    const [hostEnd, clientEnd] = this.clients.length === 0 ? this.inside() : this.network.pair(this.conditions)
    const runner = new ClientRunner(new ClientSession({ game, me, seed, epoch: 1 }), clientEnd)
    this.listen(this.host, me, hostEnd, clientEnd, runner)
    this.host.attach(me, hostEnd)
    // Laws ask a page what it was told, also the one that hosts.
    const host = () => null
    const session = sessionFace<G>(runner, host, () => network.now)
    const page = { me, runner, session, input: session.input, view: () => session.view(network.now) }
    this.clients.push({ ...page, link: clientEnd, localTime: (now: number) => now } as unknown as Page<G>)
  }

  private inside(): [Link, Link] {
    return loopbackPair({ defer: (deliver) => this.network.at(this.network.now, deliver) })
  }

  private listen(host: HostRunner, me: PlayerId, hostEnd: Link, clientEnd: Link, runner: ClientRunner): void {
    const { network } = this
    hostEnd.listen({ message: (_, bytes) => host.receive(me, bytes, network.now), closed: () => {} })
    clientEnd.listen({
      message: (lane, bytes) => {
        if (runner.link !== clientEnd) return
        if (lane === 'bulk') runner.heir?.receiveBulk(bytes, network.now)
        else runner.receive(bytes, network.now)
      },
      closed: () => {},
    })
  }

  /** As the laws ask for it. */
  get match(): Simulation<G> {
    return this as unknown as Simulation<G>
  }

  page(me: PlayerId): Page<G> {
    const page = this.clients.find((client) => client.me === me)
    if (!page) throw new Error(`the page of ${me} is dead`)
    return page
  }

  /** This page is the warm heir of the host. */
  warm(heir: PlayerId): void {
    const { host, game, seed, epoch } = this
    host.heirs ??= new Heirs(host.session)
    host.heirs.set([heir])
    for (const { me, runner } of this.clients)
      runner.heir = me === heir ? new HeirReceiver({ game, epoch, start: { seed }, slow: {} }) : null
  }

  /** Runs so much time; `each` is called before each tick, with every page's frame after it. */
  run(ms: number, each: () => void = () => {}): void {
    for (const end = this.network.now + ms - 1e-6; this.network.now < end; ) {
      each()
      if (this.alive) this.host.tick(this.network.now)
      for (const { runner } of this.clients) {
        runner.tick(this.network.now)
        runner.view(this.network.now)
        if (runner.session.failure) throw runner.session.failure
      }
      this.network.advanceTo(this.network.now + this.tickMs)
    }
  }

  /** The host's page is gone, without a word, and its player with it. */
  kill(): void {
    this.alive = false
    const dead = this.hosting
    this.clients = this.clients.filter(({ me }) => me !== dead)
    this.hosting = null
  }

  /** The host stops, and its page plays on as a follower. Returns where it stopped. */
  stop(): number {
    return this.host.stop(this.network.now)
  }

  /** The heir goes on as the host, and its followers hear of it after their path's delay. `upTo`: where the old host stopped. */
  goOn(heir: PlayerId, upTo?: number): TakeOver {
    const { network, conditions } = this
    const page = this.page(heir)
    const receiver = page.runner.heir
    if (!receiver) throw new Error(`${heir} is no heir`)
    const [hostEnd, clientEnd] = this.inside()
    const seats = [...this.host.session.clients.keys()]
    const change = takeOver({
      ...{ heir: receiver, client: page.runner, own: { hostEnd, clientEnd } },
      host: this.optionsOf(++this.epoch),
      handlers: this.handlers,
      now: network.now,
      away: seats.filter((player) => !this.clients.some(({ me }) => me === player)),
      ...(upTo !== undefined && { upTo }),
    })
    if (typeof change === 'string') throw new Error(change)
    const { host, rebase } = change
    this.listen(host, heir, hostEnd, clientEnd, page.runner)
    for (const { me, runner } of this.clients) {
      if (me === heir) continue
      const [end, ownEnd] = network.pair(conditions)
      this.listen(host, me, end, ownEnd, runner)
      host.attach(me, end)
      network.at(network.now + conditions.latencyMs!, () => {
        host.followerHas(runner.session.confirmedTick)
        runner.heir = null
        runner.rebase({ ...rebase, link: ownEnd })
      })
    }
    this.resentFor = []
    this.noteResent(host, change.cut.tick)
    Object.assign(this, { change, host, hosting: heir, alive: true })
    return change
  }

  private noteResent({ session }: HostRunner, cut: number): void {
    const stop = session.onTick(() => {
      stop()
      const followers = [...session.clients.values()].filter(({ connected }) => connected)
      this.resentFor = followers.map(({ inputs }) => (inputs.newest ?? cut) - cut)
    })
  }
}

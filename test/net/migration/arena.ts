/** A game with hidden fields, events and commands, and a lossy path between a host and its heir in virtual time. */
import { command, defineGame, entity, event, t } from 'starwire'
import { closeHeirMessage, type HeirMessage } from '../../../net/migration/heir-messages.ts'
import { HeirReceiver, type HeirReceiverOptions } from '../../../net/migration/heir-receiver.ts'
import { HeirSource } from '../../../net/migration/heir-source.ts'
import { HeirStream } from '../../../net/migration/heir-stream.ts'
import { SlowData } from '../../../net/migration/slow-data.ts'
import { HostSession } from '../../../net/session/host.ts'
import type { AnyGame } from '../../../net/world/game.ts'
import { playerId } from '../../../net/world/ids.ts'

const speed = { min: -200, max: 200, step: 1 / 16 }

/** So many rocks that fly, turn, come and go. */
export const arena = (rocks: number) =>
  defineGame({
    id: 'arena',
    version: 1,
    maxPlayers: 4,
    tickRate: 60,
    input: { turn: t.int(-1, 1), fire: t.button() },
    globals: { round: t.int(0, 1000), deck: t.list(t.int(0, 51), 52, { to: 'nobody' }) },
    player: { score: t.int(0, 9999), hand: t.string(20, { to: 'owner' }) },
    entities: {
      rock: entity(
        {
          x: t.fixed({ min: 0, max: 4096, step: 1 / 8, wrap: true, rate: 'vx' }),
          y: t.fixed({ min: 0, max: 4096, step: 1 / 8, wrap: true, rate: 'vy' }),
          vx: t.fixed(speed),
          vy: t.fixed(speed),
          secret: t.int(0, 255, { to: 'nobody' }),
        },
        { predict: 'none' },
      ),
    },
    events: { bang: event({ rock: t.entity() }) },
    commands: { buy: command({ price: t.int(0, 100) }, { result: t.bool() }) },
    step() {},
    referee(world) {
      const spawn = (i: number) =>
        world.spawn('rock', {
          x: (i * 97.3) % 4096,
          y: (i * 31.7) % 4096,
          vx: ((i * 7.77) % 200) - 100,
          vy: ((i * 3.33) % 200) - 100,
          secret: i % 256,
        })
      if (world.tick === 1) for (let i = 0; i < rocks; i++) spawn(i)
      for (const owner of world.joined) world.player(owner).hand = `ace ${owner}`
      world.globals.round = Math.floor(world.tick / 60)
      if (world.tick % 7 === 0) world.globals.deck = [1, world.tick % 52]
      for (const rock of world.all('rock')) {
        rock.x += rock.vx * world.dt
        rock.y += rock.vy * world.dt
        if ((rock.id + world.tick) % 50 === 0) {
          const { vx } = rock
          rock.vx = rock.vy
          rock.vy = -vx
          rock.secret = world.tick % 256
        }
      }
      const [first] = world.all('rock')
      if (first && world.tick % 5 === 0) {
        world.emit('bang', { rock: first.id })
        world.remove(first)
        spawn(world.tick)
      }
    },
  })

export const ann = playerId(0, 1)
export const bob = playerId(1, 1)
export const start = { seed: 5, options: {}, settings: {} }
export const TICK_MS = 1000 / 60

/** What a path does to packets. Chance is a stream of its own, so a run repeats. */
export interface Path {
  readonly oneWayMs: number
  readonly loss: number
}

/** A host with two players and an heir, Bob's page, over a lossy path. */
export class HostAndHeir {
  readonly host: HostSession
  readonly slow = new SlowData()
  readonly source: HeirSource
  readonly stream: HeirStream
  readonly heir: HeirReceiver
  now = 0
  private readonly flying: { readonly at: number; readonly deliver: () => void }[] = []
  private chance = 12345
  private readonly path: Path

  constructor(game: AnyGame, path: Path, options: Partial<HeirReceiverOptions> & { bytesPerSecond?: number } = {}) {
    const { bytesPerSecond, ...heir } = options
    this.path = path
    this.host = new HostSession({ game, secret: [1, 2, 3, 4], epoch: 3, ...start })
    this.host.join(ann)
    this.host.join(bob)
    this.source = new HeirSource(this.host)
    const { source, slow } = this
    this.stream = new HeirStream({ heir: bob, source, slow, ...(bytesPerSecond && { bytesPerSecond }) })
    this.heir = new HeirReceiver({ game, epoch: 3, start, slow: { roster: Array.isArray }, ...heir })
  }

  private random(): number {
    this.chance = (this.chance * 48271) % 2147483647
    return this.chance / 2147483647
  }

  private fly(reliable: boolean, deliver: () => void): void {
    if (!reliable && this.random() < this.path.loss) return
    this.flying.push({ at: this.now + this.path.oneWayMs, deliver })
  }

  /** Runs so many ticks; `each` is called after each. */
  run(ticks: number, each: () => void = () => {}): void {
    for (let i = 0; i < ticks; i++) {
      this.now += TICK_MS
      for (const { deliver } of this.flying.filter(({ at }) => at <= this.now)) deliver()
      this.flying.splice(0, this.flying.length, ...this.flying.filter(({ at }) => at > this.now))
      this.host.advance(this.now)
      for (const { lane, bytes } of this.stream.build(this.now))
        this.fly(lane === 'bulk', () =>
          lane === 'bulk' ? this.heir.receiveBulk(bytes, this.now) : this.heir.receivePacket(bytes, this.now),
        )
      const ack = this.heir.outgoing()
      if (ack) this.fly(false, () => this.stream.receive(ack))
      each()
    }
  }

  /** A hostile host says this. */
  say(message: HeirMessage): void {
    this.heir.receiveBulk(closeHeirMessage(message), this.now)
  }
}

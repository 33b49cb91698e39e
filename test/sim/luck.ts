/**
 * Trouble in a match, and what it does to whom: a game in which nobody touches anybody, so that a player who is not
 * concerned must have exactly the match that they would have had without it.
 */
import { defineGame, entity, event, type ShapeOf, t } from 'starwire'
import type { SimulatedClient, Simulation, SimulationOptions } from '../../net/testing.ts'
import { simulate } from '../../net/testing.ts'
import { encodeInputs, type InputPacket } from '../../net/wire/inputs.ts'
import { encodePacket } from '../../net/wire/packet.ts'
import { readInputs, readPacket } from '../net/wire/read.ts'
import { confirmedFaults, predictionFaults, watchOthers } from './laws.ts'

const FIELD = 4096
/** What the rules let a runner do in a tick. */
export const STRIDE = 4
const TICK_MS = 1000 / 60

export const track = defineGame({
  id: 'track',
  version: 1,
  maxPlayers: 8,
  input: { x: t.int(-1, 1), dash: t.button() },
  entities: {
    runner: entity({
      x: t.fixed({ min: 0, max: FIELD, step: 1 / 16, wrap: true }),
      path: t.int(0, 2 ** 24),
      dashes: t.int(0, 2 ** 24),
      rewound: t.fixed({ min: -64, max: 64, step: 1 / 16, by: 'referee' }),
    }),
    hare: entity({ x: t.fixed({ min: 0, max: FIELD, step: 1 / 16, wrap: true }) }, { predict: 'none' }),
  },
  events: { bell: event({}, { timing: 'now' }) },
  step(world) {
    for (const runner of world.all('runner')) {
      const { x, dash } = world.inputOf(runner.owner)
      runner.x += x * STRIDE
      runner.path += Math.abs(x) * STRIDE
      if (dash) runner.dashes += 1
    }
  },
  referee(world) {
    for (const owner of world.joined) world.spawn('runner', { owner, x: 100 * world.players.indexOf(owner) })
    if (world.tick === 1) for (let i = 0; i < 4; i++) world.spawn('hare', { x: 500 * i })
    for (const runner of world.all('runner'))
      if (runner.owner !== null) runner.rewound = world.tick - world.asSeenBy(runner.owner).tick
    if (world.tick % 30 === 0) world.emit('bell', {})
    for (const hare of world.all('hare')) hare.x += 3 + Math.sin(world.tick / 50 + hare.id)
  },
})

export type Track = ShapeOf<typeof track>
export type Runner = SimulatedClient<Track>
export type Race = Simulation<Track>

const runnerType = track.schema.entities.get('runner')!
const slotOf = (name: string): number => runnerType.numbers.find((field) => field.name === name)!.column

/** What a player has of the match at one frame; a player without trouble has the same at every frame as without it. */
export interface Moment {
  readonly at: number
  /** Ticks by which the drawn world is behind the host's. */
  readonly behind: number
  /** Ticks by which the own ship is ahead of it. */
  readonly ahead: number
  readonly corrections: number
  /** Ticks that the host had to run without their input. */
  readonly starved: number
  /** Events heard. */
  readonly bells: number
}

/** A match that is watched frame by frame. */
export class Watched {
  readonly match: Race
  readonly moments: Moment[][]
  /** How far each went, and how often each dashed, in every tick of the host. */
  readonly strides: number[][]
  readonly dashes: number[][]
  readonly rewinds: number[][]
  /** What is wrong with each client's clock now, ms. */
  readonly wrongBy: number[]
  private readonly bells: number[]
  private readonly ghosts: string[]
  private readonly before: { path: number; dashes: number }[] = []
  private ticked = 0

  constructor(options: Partial<SimulationOptions<Track>> = {}) {
    const match = simulate(track, {
      players: 3,
      network: { latencyMs: 50, jitterMs: 4, loss: 0.01 },
      seed: 5,
      ...options,
    })
    this.match = match
    this.ghosts = watchOthers(match)
    this.moments = match.clients.map(() => [])
    this.strides = match.clients.map(() => [])
    this.dashes = match.clients.map(() => [])
    this.rewinds = match.clients.map(() => [])
    this.wrongBy = match.clients.map(() => 0)
    this.bells = match.clients.map(() => 0)
    for (const [i, { runner, session }] of match.clients.entries()) {
      session.on('bell', () => {
        this.bells[i] = (this.bells[i] ?? 0) + 1
      })
      const { tick, receive } = runner
      runner.tick = (now) => tick.call(runner, now + (this.wrongBy[i] ?? 0))
      runner.receive = (bytes, now) => receive.call(runner, bytes, now + (this.wrongBy[i] ?? 0))
    }
    const { host } = match
    const { tick, receive } = host
    host.tick = (now) => tick.call(host, now + (this.wrongBy[0] ?? 0))
    host.receive = (player, bytes, now) => receive.call(host, player, bytes, now + (this.wrongBy[0] ?? 0))
  }

  client(place: number): Runner {
    const client = this.match.clients[place]
    if (!client) throw new RangeError(`Nobody plays at place ${place}.`)
    return client
  }

  /** A clock goes forward or back, ms; the first is the host's. */
  jump(place: number, ms: number): void {
    this.wrongBy[place] = (this.wrongBy[place] ?? 0) + ms
  }

  /** Everybody runs to and fro and dashes now and then, each in their own time. */
  run(ms: number, each: () => void = () => {}): this {
    const { match } = this
    match.run(ms, {
      eachTick: (now) => {
        this.noteTick()
        for (const [i, client] of match.clients.entries())
          client.input({
            x: Math.floor(now / (200 + 30 * i)) % 2 === 0 ? 1 : -1,
            dash: Math.floor(now / TICK_MS) % 11 === i,
          })
        each()
      },
      eachFrame: (client, now) => this.noteFrame(client, now),
    })
    return this
  }

  private noteTick(): void {
    const { world } = this.match.host.session
    // A host that catches up runs several at once.
    const ticks = world.tick - this.ticked
    if (ticks === 0) return
    this.ticked = world.tick
    for (const { owner, numbers } of world.list(runnerType)) {
      const place = this.match.clients.findIndex(({ me }) => me === owner)
      const now = { path: numbers[slotOf('path')] ?? 0, dashes: numbers[slotOf('dashes')] ?? 0 }
      const before = this.before[place]
      this.before[place] = now
      this.rewinds[place]?.push(numbers[slotOf('rewound')] ?? 0)
      if (!before) continue
      this.strides[place]?.push((now.path - before.path) / ticks)
      this.dashes[place]?.push((now.dashes - before.dashes) / ticks)
    }
  }

  private noteFrame(client: Runner, now: number): void {
    const place = this.match.clients.indexOf(client)
    const { session } = this.match.host
    const view = client.session.view(client.localTime(now) + (this.wrongBy[place] ?? 0))
    this.moments[place]?.push({
      at: now,
      behind: session.world.tick - view.tick,
      ahead: client.runner.session.prediction.tick - session.world.tick,
      corrections: client.runner.session.prediction.corrections,
      starved: session.clients.get(client.me)?.inputs.starvedTicks ?? -1,
      bells: this.bells[place] ?? 0,
    })
  }

  /** What is not as it should be with a player, watched for three seconds from now on. */
  faults(place: number, { late = 0.01 } = {}): string[] {
    const client = this.client(place)
    const from = this.match.now
    const faults = this.ghosts.slice(0, 3)
    let turn = 0
    this.run(3000, () => {
      if (turn++ % 20 !== 0) return
      faults.push(...predictionFaults(this.match, client), ...confirmedFaults(this.match, client))
    })
    const moments = (this.moments[place] ?? []).filter(({ at }) => at > from)
    const first = moments[0]
    const last = moments.at(-1)
    if (!first || !last || moments.length < 170) return [...faults, `only ${moments.length} frames`]
    const share = (last.starved - first.starved) / 180
    if (share > late) faults.push(`${(share * 100).toFixed(1)} % of inputs late`)
    const bells = last.bells - first.bells
    if (bells < 5 || bells > 7) faults.push(`heard ${bells} of 6 bells`)
    const behind = Math.max(...moments.map((moment) => moment.behind))
    if (behind > 15) faults.push(`the drawn world is ${behind.toFixed(1)} ticks behind`)
    const ahead = moments.map((moment) => moment.ahead)
    if (Math.min(...ahead) < 0 || Math.max(...ahead) > 15)
      faults.push(`the own ship is ${Math.min(...ahead)} to ${Math.max(...ahead)} ticks ahead`)
    const { failure } = client.runner.session
    if (failure) faults.push(String(failure))
    return faults
  }
}

/** The first frame at which a player does not have what they would have had; null when there is none. */
export function firstDifference(
  without: Watched,
  match: Watched,
  place: number,
): { readonly had: Moment; readonly has: Moment | undefined } | null {
  const moments = match.moments[place] ?? []
  for (const [i, had] of (without.moments[place] ?? []).entries()) {
    const has = moments[i]
    if (has === undefined && had.at > match.match.now) return null
    const same = has && Object.entries(had).every(([name, value]) => has[name as keyof Moment] === value)
    if (!same) return { had, has }
  }
  return null
}

/** Changes what a client says before it leaves. The function gives the packets that leave instead. */
export function tamper(
  { link, runner }: Runner,
  lie: (tick: number, said: InputPacket) => Iterable<readonly [number, InputPacket]>,
): () => void {
  const { game } = runner.session
  const send = link.send.bind(link)
  link.send = (lane, bytes) => {
    const packet = readPacket(bytes)
    const said = packet && readInputs(game, packet.tick, packet.body)
    if (!packet || !said) return send(lane, bytes)
    for (const [tick, told] of lie(packet.tick, said))
      if (tick >= 0) send(lane, encodePacket({ ...packet, tick, body: encodeInputs(game, tick, told) }))
    return 'sent'
  }
  return () => {
    link.send = send
  }
}

/** The game of the golden packets, made from its description in JSON, with rules that touch every kind of field. */
import { readFileSync } from 'node:fs'
import { command, defineGame, entity, event, t } from 'starwire'
import type { AnyGame } from '../../../net/world/game.ts'
import type { PlayerId } from '../../../net/world/ids.ts'

interface Spec {
  readonly name: string
  readonly kind: string
  readonly min: number
  readonly max: number
  readonly values: readonly string[]
  readonly of: Spec
  readonly [option: string]: unknown
}

interface Described {
  readonly maxPlayers: number
  readonly tickRate: number
  readonly input: Spec[]
  readonly globals: Spec[]
  readonly player: Spec[]
  readonly memory: Spec[]
  readonly bots: string[]
  readonly entities: { name: string; predict: 'owner' | 'all' | 'none'; fields: Spec[] }[]
  readonly events: { name: string; fields: Spec[] }[]
  readonly commands: { name: string; fields: Spec[]; result: Spec }[]
}

type Definition = Parameters<typeof defineGame>[0]
type Fields = Definition['input']

function field(spec: Spec): Fields[string] {
  const { kind, min, max, values, of, name: _, ...rest } = spec
  const options = rest as never
  switch (kind) {
    case 'int':
      return t.int(min, max, options)
    case 'fixed':
      return t.fixed({ min, max, ...rest } as never)
    case 'angle':
      return t.angle(options)
    case 'bool':
      return t.bool(options)
    case 'button':
      return t.button()
    case 'enum':
      return t.enum(values, options)
    case 'player':
      return t.player(options)
    case 'entity':
      return t.entity(options)
    case 'tick':
      return t.tick(options)
    case 'string':
      return t.string(max, options)
    default:
      return t.list(field(of) as never, max, options)
  }
}

const fields = (specs: readonly Spec[]): Fields => Object.fromEntries(specs.map((spec) => [spec.name, field(spec)]))

/** Record and world as the rules below use them. */
type Loose = Record<string, never> & { id: number; owner: PlayerId | null }
interface LooseWorld {
  readonly tick: number
  readonly dt: number
  readonly players: readonly PlayerId[]
  readonly joined: readonly PlayerId[]
  readonly globals: Loose
  all(name: string): Iterable<Loose>
  player(id: PlayerId): Loose
  inputOf(id: PlayerId | null): { x: number; aim: number; at: number | null; fire: boolean }
  spawn(name: string, init: object): Loose
  remove(entity: Loose): void
  emit(name: string, payload: object, options?: object): void
  commands(name: string): Iterable<{ from: PlayerId; payload: Record<string, never>; reply(result: unknown): void }>
}

const described = JSON.parse(readFileSync(new URL('./golden/game.json', import.meta.url), 'utf8')) as Described

const set = (record: Loose, values: Record<string, unknown>): void => void Object.assign(record, values)

function step(world: LooseWorld): void {
  for (const ball of world.all('ball')) set(ball, { x: Number(ball.x) + Number(ball.vx) * world.dt })
  for (const bullet of world.all('bullet')) {
    if (world.tick >= Number(bullet.until)) world.remove(bullet)
    else set(bullet, { x: Number(bullet.x) + 4.3 })
  }
  for (const ship of world.all('ship')) {
    const input = world.inputOf(ship.owner)
    const vx = Number(ship.vx) * 0.97 + input.x * 11.3
    set(ship, {
      vx,
      x: Number(ship.x) + vx * world.dt,
      y: Number(ship.y) + input.x * 0.9,
      facing: input.aim,
      turned: Number(ship.turned) + Number(ship.spin) * world.dt,
      lap: Number(ship.lap) + Number(ship.pace) * world.dt,
      target: input.at,
    })
    if (!input.fire) continue
    const bullet = world.spawn('bullet', { owner: ship.owner, x: ship.x, until: world.tick + 6 })
    const shots = [...(ship.shots as unknown as number[]), bullet.id].slice(-3)
    set(ship, { shots, ammo: Number(ship.ammo) - 1, heat: Number(ship.heat) + 0.7 })
    world.emit('bang', { by: ship.owner, x: ship.x, what: bullet.id, at: world.tick }, { owner: ship.owner })
  }
}

function referee(world: LooseWorld): void {
  const { tick, players } = world
  if (tick === 1) {
    world.spawn('ball', { x: 20, vx: 3 })
    for (let number = 0; number < 6; number++) world.spawn('drone', { x: number * 9, y: number * 10 - 30, number })
    world.spawn('flag', {})
  }
  for (const owner of world.joined) {
    const x = 10 + (owner % 64) * 15
    const ship = world.spawn('ship', {
      owner,
      x,
      y: 1,
      spin: 1.5,
      pace: 70,
      name: `Zoë ${owner % 64}`,
      scores: [owner],
    })
    set(ship, { plan: 300 + (owner % 64) })
    set(world.player(owner), { team: owner % 64 === 0 ? 'red' : 'blue' })
  }
  for (const drone of world.all('drone')) {
    const number = Number(drone.number)
    if (number === 5 && tick === 15) world.remove(drone)
    else if (number > 0) set(drone, { y: Number(drone.y) + (number % 2 === 0 ? 0.8 : -1.7) * (tick < 12 ? 1 : 2.5) })
  }
  for (const ship of world.all('ship')) {
    if (tick % 5 === 0) set(ship, { hp: Number(ship.hp) - 37, on: !ship.on, times: [tick, 0], by: players[0] })
    if (tick % 7 === 0) set(ship, { armor: Number(ship.armor) + 6, ring: Number(ship.ring) + 7, color: 'rose' })
    if (tick === 9) set(ship, { spin: -2.25, friends: players, until: tick + 30, pace: -100 })
    if (tick === 17) set(ship, { scores: [tick, -tick], plan: 7, secret: 3 })
  }
  // More than one packet holds, to be exact.
  const [first, second] = players
  if (tick === 13 && first !== undefined)
    for (let i = 0; i < 6; i++) world.spawn('crate', { owner: first, text: `${i}:`.padEnd(255, 'wide load ') })
  if (tick === 18) for (const crate of world.all('crate')) world.remove(crate)
  if (tick === 20 && second !== undefined) set(world.player(second), { team: 'red' })
  if (tick % 6 === 0) {
    set(world.globals, { round: Number(world.globals.round) + 1, leader: second, unseen: 1 })
    world.emit('gong', {})
  }
  for (const { from, payload, reply } of world.commands('buy')) {
    set(world.player(from), { bank: Number(world.player(from).bank) - Number(payload.price), score: 777 })
    reply(world.player(from).bank)
  }
  for (const { payload, reply } of world.commands('say')) {
    world.emit('said', payload)
    reply(true)
  }
}

/** Hides the even drones from the first seat for a while. */
function relevant(record: Loose & { type: string; number: number }, player: PlayerId, world: LooseWorld): number {
  return record.type === 'drone' && player % 64 === 0 && record.number % 2 === 0 && world.tick > 9 && world.tick < 16
    ? 0
    : 1
}

export const goldenGame: AnyGame = defineGame({
  id: 'golden',
  version: 1,
  maxPlayers: described.maxPlayers,
  tickRate: described.tickRate,
  input: fields(described.input),
  globals: fields(described.globals),
  player: fields(described.player),
  memory: fields(described.memory),
  bots: Object.fromEntries(described.bots.map((kind) => [kind, () => ({ x: 1 })])),
  entities: Object.fromEntries(
    described.entities.map(({ name, predict, fields: specs }) => [name, entity(fields(specs), { predict })]),
  ),
  events: Object.fromEntries(described.events.map(({ name, fields: specs }) => [name, event(fields(specs))])),
  commands: Object.fromEntries(
    described.commands.map(({ name, fields: specs, result }) => [
      name,
      command(fields(specs), { result: field(result) as never }),
    ]),
  ),
  step,
  referee,
  relevant,
} as never)

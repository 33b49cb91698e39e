/** What holds in every match, whatever the network does: asked of a host and a client at any moment. */

import type { ConfirmedWorld } from '../../net/replication/confirmed-world.ts'
import type { ClientSession } from '../../net/session/client.ts'
import type { ReportedEntity } from '../../net/session/types.ts'
import type { SimulatedClient, Simulation } from '../../net/testing.ts'
import { seededRandom } from '../../net/testing.ts'
import type { AnyGame } from '../../net/world/game.ts'
import type { GameShape } from '../../net/world/game-shape.ts'
import { difference } from '../../net/world/grid.ts'
import type { EntityId, PlayerId } from '../../net/world/ids.ts'
import { plainValues } from '../../net/world/record.ts'
import type { CompiledField, RecordType } from '../../net/world/schema.ts'

type Fields = Readonly<Record<string, unknown>>

/** Whether a client can be asked about a field: everybody's always, its own of what it owns. */
function asked(field: CompiledField, own: boolean): boolean {
  return field.audience === 'all' || (field.audience === 'owner' && own)
}

function wrongField(field: CompiledField, truth: unknown, seen: unknown, exact: boolean): boolean {
  if (field.store === 'number' && !exact && (field.kind === 'fixed' || field.kind === 'angle'))
    return Math.abs(difference(field, Number(truth), Number(seen))) > field.wireStep
  return JSON.stringify(truth) !== JSON.stringify(seen)
}

function isRate(game: AnyGame, type: string, { store, column }: CompiledField): boolean {
  const numbers = game.schema.entities.get(type)?.numbers ?? []
  return store === 'number' && numbers.some(({ rate }) => rate === column)
}

function wrongEntity(
  game: AnyGame,
  type: string,
  own: boolean,
  truth: Fields,
  seen: Fields,
  exact: boolean,
  foretold = false,
): string | null {
  for (const field of game.schema.entities.get(type)?.fields ?? []) {
    if (field.kind === 'entity' || !asked(field, own) || (foretold && field.authority)) continue
    // What is drawn moves along lines: its place is within a step of the truth, its rate is the line's.
    if (!exact && isRate(game, type, field)) continue
    if (wrongField(field, truth[field.name], seen[field.name], exact))
      return `${type}.${field.name} is ${JSON.stringify(seen[field.name])}, in truth ${JSON.stringify(truth[field.name])}`
  }
  return null
}

/** Every presented entity is within one wire step, every predicted one exact, each at the tick it was confirmed for. */
export function confirmedFaults<G extends GameShape>(match: Simulation<G>, client: SimulatedClient<G>): string[] {
  const { game } = client.runner.session
  const faults: string[] = []
  const oldest = match.host.session.world.tick - 110
  const truths = new Map<number, Map<number, ReportedEntity>>()
  for (const seen of client.session.world().entities) {
    if (seen.tick < oldest) continue
    let truth = truths.get(seen.tick)
    if (!truth) {
      truth = new Map(match.host.session.report(seen.tick).entities.map((entity) => [entity.id as number, entity]))
      truths.set(seen.tick, truth)
    }
    const real = truth.get(seen.id)
    if (!real) {
      faults.push(`${seen.type} ${seen.id} was not there at ${seen.tick}`)
      continue
    }
    const own = match.host.session.world.records.get(seen.id)?.owner === client.me
    const wrong = wrongEntity(game, seen.type, own, real.fields, seen.fields, seen.predicted)
    if (wrong) faults.push(`player ${client.me}, tick ${seen.tick}, id ${seen.id}: ${wrong}`)
  }
  return faults
}

/**
 * What a client predicts equals the host's, to the bit, at a tick: the newest that it has heard of, unless told. Of a
 * later one that is what `step` writes, and what is their own: the rest depends on others, whom they know within a step.
 */
export function predictionFaults<G extends GameShape>(
  match: Simulation<G>,
  client: SimulatedClient<G>,
  tick = client.session.world().tick,
): string[] {
  const { game, prediction } = client.runner.session
  const foretold = tick > client.session.world().tick
  const mine = prediction.stateAt(tick)
  if (!mine) return [`player ${client.me} predicted nothing at ${tick}`]
  const faults: string[] = []
  const truth = new Map(match.host.session.report(tick).entities.map((entity) => [entity.id, entity]))
  for (const { id, type, row, owner } of mine.records.values()) {
    if (foretold && owner !== client.me) continue
    const real = truth.get(id)
    const wrong = real
      ? wrongEntity(game, type.name, owner === client.me, real.fields, plainValues(type, row), true, foretold)
      : `${type.name} is not there in truth`
    if (wrong) faults.push(`player ${client.me}, tick ${tick}, id ${id}: ${wrong}`)
  }
  for (const { id, type } of truth.values()) {
    const compiled = game.schema.entities.get(type)
    const owner = match.host.session.world.records.get(id)?.owner ?? null
    if (compiled && prediction.world.predicts(compiled, owner) && !mine.records.has(id))
      faults.push(`player ${client.me} does not predict ${type} ${id}`)
  }
  return faults
}

/** The entities that a client knows are those of the host at a tick, but for those that the host hides from it. Default: now. */
export function presenceFaults<G extends GameShape>(
  match: Simulation<G>,
  client: SimulatedClient<G>,
  shown: (entity: ReportedEntity) => boolean,
  tick = match.host.session.world.tick,
): string[] {
  const truth = match.host.session.report(tick).entities.filter(shown)
  const seen = new Set<number>(client.session.world().entities.map(({ id }) => id))
  const faults = truth.filter(({ id }) => !seen.has(id)).map(({ type, id }) => `${type} ${id} is missing`)
  const real = new Set<number>(truth.map(({ id }) => id))
  for (const { type, id } of client.session.world().entities) if (!real.has(id)) faults.push(`${type} ${id} stayed`)
  return faults.map((fault) => `player ${client.me}: ${fault}`)
}

/**
 * Watches what `step` sees at every client, in each tick and replay: of what is not predicted, the prediction's world
 * holds what the confirmed world holds at that tick, and nothing else. The list grows with what is wrong.
 */
export function watchOthers<G extends GameShape>(match: Simulation<G>): string[] {
  const faults: string[] = []
  for (const { runner } of match.clients) watchStep(runner.session, faults)
  return faults
}

function watchStep(session: ClientSession, faults: string[]): void {
  const { world } = session.prediction
  const step = world.step.bind(world)
  world.step = () => {
    faults.push(...othersFaults(session).map((fault) => `player ${session.me}, tick ${world.tick}: ${fault}`))
    step()
  }
}

/** How the others in a client's prediction world, at its tick, differ from those in its confirmed world. */
function othersFaults(session: ClientSession): string[] {
  const { me, prediction } = session
  const { world } = prediction
  const predicted = (type: RecordType, owner: PlayerId | null): boolean =>
    type.role === 'input' ? owner === me : type.role === 'entity' && world.predicts(type, owner)
  const expected = new Set<EntityId>()
  const players: PlayerId[] = []
  for (const { id, type, owner, firstTick, goneAt } of confirmedOf(session).records.values()) {
    if (predicted(type, owner) || firstTick > world.tick || (goneAt !== null && goneAt <= world.tick)) continue
    expected.add(id)
    if (type.role === 'player' && owner !== null) players.push(owner)
  }
  const faults: string[] = []
  for (const { id, owner, $type: type } of world.records.values())
    if (!predicted(type, owner) && type.role !== 'globals' && !expected.delete(id))
      faults.push(`${type.name} ${id} is a ghost`)
  for (const id of expected) if (!world.records.has(id)) faults.push(`${id} is missing`)
  if (String(world.players) !== String(players.sort((a, b) => a - b)))
    faults.push(`the players are ${world.players}, not ${players}`)
  return faults
}

/** What the session knows from the host, before anything is predicted or presented. */
export function confirmedOf(session: ClientSession): ConfirmedWorld {
  // biome-ignore lint/complexity/useLiteralKeys: only so may TypeScript's private members be read from outside.
  return session['confirmed']
}

/** What a client draws of others is what its confirmed world holds at the tick that is drawn. */
export function drawnFaults<G extends GameShape>({ runner: { session }, me }: SimulatedClient<G>): string[] {
  const { drawn, prediction } = session
  const { world } = prediction
  const expected = new Map<EntityId, string>()
  for (const { id, type, owner, firstTick, goneAt } of confirmedOf(session).records.values())
    if (type.role === 'entity' && !world.predicts(type, owner))
      if (firstTick <= drawn.tick && (goneAt === null || goneAt > drawn.tick)) expected.set(id, type.name)
  const faults: string[] = []
  for (const type of world.game.schema.entities.values())
    for (const { id, owner } of drawn.all(type.name))
      if (!world.predicts(type, owner) && !expected.delete(id)) faults.push(`${type.name} ${id} is drawn and not there`)
  for (const [id, name] of expected) faults.push(`${name} ${id} is not drawn`)
  return faults.map((fault) => `player ${me}, tick ${drawn.tick}: ${fault}`)
}

/** Players press keys at random, from a seed, each for themselves. */
export function play<G extends GameShape>(
  match: Simulation<G>,
  ms: number,
  random: () => number,
  act: (client: SimulatedClient<G>, random: () => number) => void,
  each?: () => void,
): void {
  match.run(ms, () => {
    for (const client of match.clients) if (random() < 0.1) act(client, random)
    each?.()
  })
}

export { seededRandom }

/** FNV-1a over bytes. */
export function digest(hash: number, bytes: Uint8Array): number {
  let h = hash
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193) >>> 0
  return h
}

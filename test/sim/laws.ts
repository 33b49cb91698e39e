/** What holds in every match, whatever the network does: asked of a host and a client at any moment. */

import type { ReportedEntity } from '../../net/session/types.ts'
import type { SimulatedClient, Simulation } from '../../net/testing.ts'
import { seededRandom } from '../../net/testing.ts'
import type { AnyGame } from '../../net/world/game.ts'
import { difference } from '../../net/world/grid.ts'
import { plainValues } from '../../net/world/record.ts'
import type { CompiledField } from '../../net/world/schema.ts'
import type { GameShape } from '../../net/world/types.ts'

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

function isRate(game: AnyGame, type: string, { store, slot }: CompiledField): boolean {
  const numbers = game.schema.entities.get(type)?.numbers ?? []
  return store === 'number' && numbers.some(({ rate }) => rate === slot)
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
 * later one that is what `step` writes, and what is his own: the rest depends on others, whom he knows within a step.
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

/** The entities that a client knows are those of the host, but for those that the host hides from it. */
export function presenceFaults<G extends GameShape>(
  match: Simulation<G>,
  client: SimulatedClient<G>,
  shown: (entity: ReportedEntity) => boolean,
): string[] {
  const truth = match.host.session.report().entities.filter(shown)
  const seen = new Set<number>(client.session.world().entities.map(({ id }) => id))
  const faults = truth.filter(({ id }) => !seen.has(id)).map(({ type, id }) => `${type} ${id} is missing`)
  const real = new Set<number>(truth.map(({ id }) => id))
  for (const { type, id } of client.session.world().entities) if (!real.has(id)) faults.push(`${type} ${id} stayed`)
  return faults.map((fault) => `player ${client.me}: ${fault}`)
}

/** Players press keys at random, from a seed, each for himself. */
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

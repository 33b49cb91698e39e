/**
 * What each step of the codec brings, in bytes: one world, seen by a guest who owns nothing, sent by the real codec with
 * its steps taken away. A step is taken away in the game as the codec sees it, in its compiled fields: a position that is
 * declared a plain number has no velocity. Each rung has all that those above it have; all give the same entities within
 * a wire step, which is checked. Two figures each: with the Rice parameters that everybody starts with, and learned.
 */
import type { AnyGame } from '../../../net/world/game.ts'
import { playerId } from '../../../net/world/ids.ts'
import type { CompiledField, NumberField, RecordType } from '../../../net/world/schema.ts'
import { mean } from '../rivals/timing.ts'
import { type ScenarioName, startScenario } from '../worlds/scenarios.ts'
import { BenchChannel, BenchHost, EVERY, plainChannel } from './channel.ts'

export interface Rung {
  readonly name: string
  /** Mean bytes of a snapshot, envelope and head included. */
  readonly fixedBytes: number
  /** Null where nothing is kept from snapshot to snapshot, so neither are learned parameters. */
  readonly learnedBytes: number | null
  readonly wrong: number
}

interface Step {
  readonly name: string
  readonly game: (game: AnyGame) => AnyGame
  /** Against what was acknowledged; else every snapshot is the first. */
  readonly deltas: boolean
  /** What was sent once waits for its ack; else it is repeated in every snapshot until then. */
  readonly waits: boolean
}

const steps: readonly Step[] = [
  { name: 'whole states, bit-packed', game: withoutMotion, deltas: false, waits: false },
  { name: '+ deltas against what was acknowledged', game: withoutMotion, deltas: true, waits: false },
  { name: '+ velocities: the baseline advanced', game: onWireGrid, deltas: true, waits: false },
  { name: '+ trajectories: lines held within a step', game: inOneGroup, deltas: true, waits: false },
  { name: '+ groups: position and angle apart', game: (game) => game, deltas: true, waits: false },
  { name: '+ news sent once while its ack may come', game: (game) => game, deltas: true, waits: true },
]

/** Position and angle are whole numbers that jump. */
function withoutMotion(game: AnyGame): AnyGame {
  return withTypes(game, (type) => withFields(type, (field) => ({ ...field, kind: kindAtRest(field), rate: -1 })))
}

function kindAtRest({ kind }: NumberField): NumberField['kind'] {
  return kind === 'fixed' || kind === 'angle' ? 'int' : kind
}

/** Each tick's values on the wire's grid, foretold by their declared rates, and told wherever that is not to the step. */
function onWireGrid(game: AnyGame): AnyGame {
  const onto = (field: NumberField): NumberField => {
    const { wireStep, wireMin, wireMax } = field
    return { ...field, simStep: wireStep, simMin: wireMin, simMax: wireMax }
  }
  const predicted = withTypes(game, (type) =>
    type.role === 'entity' ? { ...withFields(type, onto), predict: 'all' } : type,
  )
  // A client that predicts others is sent their inputs too; this one is not.
  const types = predicted.schema.types.filter(({ role }) => role !== 'input')
  return { ...predicted, schema: { ...predicted.schema, types } }
}

/** An angle is one more number beside the position. */
function inOneGroup(game: AnyGame): AnyGame {
  return withTypes(game, (type) =>
    withFields(type, (field) => ({ ...field, kind: field.kind === 'angle' ? 'fixed' : field.kind })),
  )
}

function withTypes(game: AnyGame, change: (type: RecordType) => RecordType): AnyGame {
  const types = game.schema.types.map(change)
  const entities = new Map(types.filter(({ role }) => role === 'entity').map((type) => [type.name, type]))
  return { ...game, schema: { ...game.schema, types, entities } }
}

function withFields(type: RecordType, change: (field: NumberField) => NumberField): RecordType {
  const fields = type.fields.map((field): CompiledField => (field.store === 'number' ? change(field) : field))
  return { ...type, fields, numbers: fields.filter((field) => field.store === 'number') }
}

/** One step under way, with or without learning. */
class Climb {
  readonly host: BenchHost
  readonly sizes: number[] = []
  wrong = 0
  private readonly step: Step
  private channel: BenchChannel

  constructor(host: BenchHost, step: Step) {
    this.host = host
    this.step = step
    this.channel = this.open()
  }

  private open(): BenchChannel {
    const channel = new BenchChannel(this.host, { ...plainChannel, player: playerId(63, 255) })
    if (!this.step.waits) channel.client.baselines.inFlight = () => false
    return channel
  }

  send(now: number): void {
    const before = this.channel.wrong
    this.host.cut()
    this.channel.step(now, true)
    this.sizes.push(this.channel.sizes[this.channel.sizes.length - 1] ?? 0)
    this.wrong += this.channel.wrong - before
    if (!this.step.deltas) this.channel = this.open()
  }
}

/** Climbs all rungs at once, on one world. The first second, in which everybody joins, is left out. */
export function climb(scenario: ScenarioName, seed: number, seconds: number): Rung[] {
  const run = startScenario(scenario, seed)
  const rungs = steps.map((step) => {
    const game = step.game(run.game)
    return (step.deltas ? [false, true] : [false]).map(
      (learns) => new Climb(new BenchHost(run, { game, learns }), step),
    )
  })
  const climbs = rungs.flat()
  for (let tick = 1; tick <= seconds * run.game.tickRate; tick++) {
    for (const { host } of climbs) host.beforeTick()
    run.tick()
    for (const { host } of climbs) host.afterTick()
    if (tick % EVERY === 0) for (const one of climbs) one.send((tick * 1000) / run.game.tickRate)
  }
  const bytes = ({ sizes }: Climb): number => mean(sizes.slice(run.game.tickRate / EVERY))
  return rungs.map(([fixed, learned], i) => ({
    name: steps[i]?.name ?? '',
    fixedBytes: fixed ? bytes(fixed) : Number.NaN,
    learnedBytes: learned ? bytes(learned) : null,
    wrong: (fixed?.wrong ?? 0) + (learned?.wrong ?? 0),
  }))
}

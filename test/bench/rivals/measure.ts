/** What the rivals need for a scenario: bytes, time, and whether what they decode is true. */
import { measured, type Row } from '../bench.ts'
import { recordTrace, type Trace } from '../trace/record.ts'
import type { ScenarioName } from '../worlds/scenarios.ts'
import { colyseusQuantized } from './colyseus-quantized.ts'
import { colyseusReckoning } from './colyseus-reckoning.ts'
import { json } from './json.ts'
import { msgpackArrays, msgpackMaps } from './msgpack.ts'
import type { DecodedEntity, Rival, RivalPair } from './rival.ts'
import { type Snapshot, snapshotsOf, type WireType, wireTypes } from './snapshots.ts'
import { mean, quantile, timeUs } from './timing.ts'

/** In the order of the table; `colyseusQuantized` is the reference of all ratios. */
export const rivals: readonly Rival[] = [json, msgpackMaps, msgpackArrays, colyseusQuantized, colyseusReckoning]

export interface RivalFigures {
  readonly scenario: ScenarioName
  readonly name: string
  /** Bytes per snapshot; a full state on joining is left out. */
  readonly meanBytes: number
  readonly p95Bytes: number
  readonly maxBytes: number
  /** Medians in µs per snapshot, all rivals by turns in one process. */
  readonly encodeUs: number
  readonly decodeUs: number
  /** Entities that were decoded too many, missing, or with a field beyond the rival's own slack, over all snapshots. */
  readonly wrongStates: number
}

/** Sends every snapshot of a trace by every rival, none lost, and checks every decoded state against the truth. */
export function measureRivals(trace: Trace, compared: readonly Rival[] = rivals): RivalFigures[] {
  const types = wireTypes(trace)
  const runs = compared.map((rival) => ({
    rival,
    pair: rival.open(types, trace.game.tickRate),
    bytes: [] as number[],
    encodes: [] as number[],
    decodes: [] as number[],
    wrong: 0,
  }))
  let sent = 0
  for (const snapshot of snapshotsOf(trace)) {
    // Whoever comes first finds cold caches, so that place goes around.
    for (let i = 0; i < runs.length; i++) {
      const run = runs[(i + sent) % runs.length]
      if (!run) continue
      let bytes: Uint8Array = new Uint8Array()
      const encodeUs = timeUs(() => {
        bytes = run.pair.encode(snapshot)
      })
      const decodeUs = timeUs(() => run.pair.decode(bytes))
      run.wrong += countWrong(types, run.pair, snapshot)
      if (sent === 0 && run.rival.joins) continue
      run.bytes.push(bytes.length)
      run.encodes.push(encodeUs)
      run.decodes.push(decodeUs)
    }
    sent++
  }
  return runs.map(({ rival, bytes, encodes, decodes, wrong }) => ({
    scenario: trace.scenario,
    name: rival.name,
    meanBytes: mean(bytes),
    p95Bytes: quantile(bytes, 0.95),
    maxBytes: quantile(bytes, 1),
    encodeUs: quantile(encodes, 0.5),
    decodeUs: quantile(decodes, 0.5),
    wrongStates: wrong,
  }))
}

/** How many entities of a snapshot a client has wrong. */
export function countWrong(types: readonly WireType[], pair: RivalPair, { tick, entities }: Snapshot): number {
  const decoded = new Map<number, DecodedEntity>()
  let count = 0
  for (const entity of pair.entities(tick)) {
    decoded.set(entity.key, entity)
    count++
  }
  let right = 0
  for (const truth of entities) {
    const entity = decoded.get(truth.key)
    if (!entity || entity.type !== truth.type || entity.owner !== truth.owner) continue
    const fields = types[truth.type]?.fields ?? []
    const wrong = fields.some((field, i) => {
      const [value, slack] = [entity.steps[i] ?? Number.NaN, pair.slack(truth.type, i)]
      if (slack === 0) return value !== truth.steps[i]
      const range = field.wrap / field.wireStep
      const off = value - (truth.exact[i] ?? 0)
      return !(Math.abs(range > 0 ? off - Math.round(off / range) * range : off) <= slack)
    })
    if (!wrong) right++
  }
  return Math.max(count, entities.length) - right
}

/** All figures of the rivals; `detailed` also the tails and what only tells that they work. */
export function rivalRows(figures: readonly RivalFigures[], detailed: boolean): Row[] {
  return figures.flatMap(({ scenario, name, meanBytes, p95Bytes, maxBytes, encodeUs, decodeUs, wrongStates }) => {
    const told = (what: string, value: number, unit: string): Row =>
      measured(`${name}: ${what}`, scenario, value, unit, 'lower')
    const tails = [
      told('bytes p95', p95Bytes, 'B'),
      told('bytes max', maxBytes, 'B'),
      told('encode', encodeUs, 'µs'),
      told('decode', decodeUs, 'µs'),
      told('wrong states', wrongStates, 'count'),
    ]
    return [told('bytes mean', meanBytes, 'B'), ...(detailed ? tails : [])]
  })
}

/** Measures the rivals in some scenarios, prints a table of each, and returns the figures. */
export function printRivals(
  scenarios: readonly ScenarioName[],
  { seconds = 30, seed = 1 }: { readonly seconds?: number; readonly seed?: number } = {},
): RivalFigures[] {
  return scenarios.flatMap((scenario) => {
    const figures = measureRivals(recordTrace(scenario, seed, seconds))
    console.log(rivalTable(figures))
    return figures
  })
}

export function rivalTable(figures: readonly RivalFigures[]): string {
  const reference = figures.find(({ name }) => name === colyseusQuantized.name)
  const head = [
    figures[0]?.scenario ?? '',
    'mean B',
    'p95 B',
    'max B',
    '÷ Colyseus q.',
    'encode µs',
    'decode µs',
    'wrong',
  ]
  const rows = figures.map((f) => [
    f.name,
    f.meanBytes.toFixed(0),
    String(f.p95Bytes),
    String(f.maxBytes),
    reference ? (f.meanBytes / reference.meanBytes).toFixed(2) : '',
    f.encodeUs.toFixed(0),
    f.decodeUs.toFixed(0),
    String(f.wrongStates),
  ])
  return [head, ...rows]
    .map((row) => row.map((cell, i) => (i ? cell.padStart(13) : cell.padEnd(26))).join(''))
    .join('\n')
}

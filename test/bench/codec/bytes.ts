/** The bytes of a snapshot beside all rivals: how many, of what, and how near to the entropy of what they tell. */
import { MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import { measured, PACKET_OVERHEAD_BYTES, type Row } from '../bench.ts'
import { colyseusQuantized } from '../rivals/colyseus-quantized.ts'
import { colyseusReckoning } from '../rivals/colyseus-reckoning.ts'
import { measureRivals, rivalRows, rivalTable } from '../rivals/measure.ts'
import { mean, quantile } from '../rivals/timing.ts'
import { recordTrace } from '../trace/record.ts'
import { type ScenarioName, startScenario } from '../worlds/scenarios.ts'
import { isArena, type Lengths, progress, SEED, type Totals } from './course.ts'
import { type Outcome, plain, play } from './play.ts'
import { type Column, partsOf, typesOf, whereTable } from './where.ts'

const SNAPSHOTS_PER_SECOND = 20
/** Clients looked through in the plain rows of an arena. */
const PLAIN_VIEWERS = 4

interface ByteTargets {
  readonly quantized: number
  readonly reckoning: number | null
}

const byteTargets: Partial<Record<ScenarioName, ByteTargets>> = {
  S: { quantized: 0.17, reckoning: 0.57 },
  M: { quantized: 0.14, reckoning: 0.5 },
  L: { quantized: 0.13, reckoning: 0.45 },
  walkers: { quantized: 0.35, reckoning: null },
  bodies: { quantized: 0.35, reckoning: null },
  yard: { quantized: 0.35, reckoning: null },
}
export const scenarios = Object.keys(byteTargets) as ScenarioName[]

/** Mean bytes by scenario: the plain ones that others are compared with. */
export type PlainBytes = Map<ScenarioName, number>

export function byteRows(lengths: Lengths, totals: Totals, full: boolean): { rows: Row[]; bytes: PlainBytes } {
  const rows: Row[] = []
  const bytes: PlainBytes = new Map()
  const columns: Column[] = []
  for (const name of scenarios) {
    progress(`${name}: bytes beside all rivals`)
    const seconds = isArena(name) ? lengths.bytes : lengths.others
    const figures = measureRivals(recordTrace(name, SEED, seconds))
    console.log(`\n${rivalTable(figures)}`)
    rows.push(...rivalRows(figures, full))
    const of = (rival: string): number => figures.find((figure) => figure.name === rival)?.meanBytes ?? Number.NaN
    const [outcome] = play(name, SEED, seconds, PLAIN_VIEWERS, [{ ...plain, dissects: true }])
    if (!outcome) continue
    totals.wrong += outcome.wrong
    bytes.set(name, mean(outcome.sizes))
    columns.push({ scenario: name, tally: outcome.tally, snapshots: outcome.sizes.length })
    const own = ownRows(name, outcome, of(colyseusQuantized.name), of(colyseusReckoning.name))
    console.log(own.map(({ name, value, unit }) => `  ${name}: ${value.toFixed(2)} ${unit}`).join('\n'))
    rows.push(...own)
  }
  const inArena = ({ scenario }: Column): boolean => isArena(scenario)
  console.log('\nWhere the bytes go')
  for (const some of [columns.filter(inArena), ...columns.filter((column) => !inArena(column)).map((one) => [one])])
    console.log(`${whereTable(some, full)}\n`)
  return { rows, bytes }
}

function ownRows(name: ScenarioName, { sizes, wrong, tally }: Outcome, quantized: number, reckoning: number): Row[] {
  const told = (what: string, value: number, unit: string): Row => measured(what, name, value, unit, 'lower')
  const targets = byteTargets[name]
  const bytes = mean(sizes)
  const parts = partsOf(tally, sizes.length)
  // The host's own player is one of the players, over no network.
  const guests = startScenario(name, SEED).players.length - 1
  const kbits = ((bytes + PACKET_OVERHEAD_BYTES) * SNAPSHOTS_PER_SECOND * 8) / 1000
  const inSections = ({ part }: { part: string }): boolean => part === 'exact' || part === 'presented'
  return [
    told('bytes mean', bytes, 'B'),
    told('bytes p95', quantile(sizes, 0.95), 'B'),
    told('bytes max', quantile(sizes, 1), 'B'),
    told('bytes mean: exact part', parts.exact, 'B'),
    told('bytes mean: presented part', parts.presented, 'B'),
    told('bytes mean: head, acks and events', parts.head, 'B'),
    told('bytes mean: coding parameters', parts.parameters, 'B'),
    told('bytes mean: envelope', parts.envelope, 'B'),
    ...[...typesOf(tally, sizes.length)].map(([type, mean]) => told(`bytes mean: ${type}`, mean, 'B')),
    told('packets over 1128 B, uncut', sizes.filter((size) => size > MAX_STATE_BYTES).length, 'count'),
    told('kbit/s per client, 93 B a packet', kbits, 'kbit/s'),
    ...(guests > 0 ? [told(`host uplink to ${guests} guests, 93 B a packet`, kbits * guests, 'kbit/s')] : []),
    measured('bytes ÷ colyseus quantized', name, bytes / quantized, 'ratio', 'lower', targets?.quantized ?? null),
    measured('bytes ÷ colyseus dead reckoning', name, bytes / reckoning, 'ratio', 'lower', targets?.reckoning ?? null),
    // See entropy.ts for what the floor is. All bytes beside the entropy of all, of which the envelope has none …
    told('bytes ÷ entropy floor of the model', (bytes * sizes.length * 8) / tally.floorBits(), 'ratio'),
    // … and the two sections alone.
    told('sections ÷ their entropy floor', tally.bits(inSections) / tally.floorBits(inSections), 'ratio'),
    told('entropy floor of the model', tally.floorBits() / 8 / sizes.length, 'B'),
    told('wrong states', wrong, 'count'),
  ]
}

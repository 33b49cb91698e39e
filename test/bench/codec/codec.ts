/**
 * `npm run bench -- codec`: what a snapshot costs, in bytes, time and memory, beside its rivals on the same traces, under
 * loss, reordering and late acks, and whether every delivered state is true. Ratios of bytes are of uncut snapshots;
 * packets beyond the limit have a row of their own.
 */

import { MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import { type Bench, measured, type Row } from '../bench.ts'
import { quantile } from '../rivals/timing.ts'
import { recordTrace } from '../trace/record.ts'
import { byteRows, type PlainBytes } from './bytes.ts'
import { allocation, type Costs, costsBesideColyseus, type Gauge, time } from './cost.ts'
import { type Arena, arenas, type Lengths, long, progress, SEED, short, Totals } from './course.ts'
import { climb, type Rung } from './ladder.ts'
import { CROWD, crowdedTicks, inputBytes, sendingTick } from './match.ts'
import { matrixRows } from './matrix.ts'
import { textTable } from './where.ts'

export const codec: Bench = {
  summary: 'bytes, time and memory of a snapshot beside its rivals, under loss and late acks, every state checked',
  async run({ full }) {
    const lengths = full ? long : short
    const totals = new Totals()
    const rows: Row[] = []
    // First, because what ran before in the process slows Colyseus down.
    rows.push(...costRows(lengths))
    const { rows: plainRows, bytes } = byteRows(lengths, totals, full)
    rows.push(...plainRows)
    rows.push(...matrixRows(lengths, totals, full))
    rows.push(...ladderRows(lengths, totals, bytes))
    rows.push(...matchRows(lengths, totals))
    rows.push(
      measured('wrong states', 'all', totals.wrong, 'count', 'lower', 0),
      measured('packets over 1128 B', 'all', totals.tooLong, 'count', 'lower', 0),
    )
    return rows
  },
}

function costRows(lengths: Lengths): Row[] {
  const costs = (what: string, gauge: Gauge): [Arena, Costs][] =>
    arenas.map((name) => {
      progress(`${name}: ${what} beside Colyseus`)
      return [name, costsBesideColyseus(recordTrace(name, SEED, lengths.cost), gauge)]
    })
  // Time before memory, because each further room makes Colyseus slower, too.
  const times = costs('time', time)
  return [
    ...times.flatMap(([name, us]) => timeRows(name, us)),
    ...costs('memory', allocation).flatMap(([name, bytes]) => memoryRows(name, bytes)),
  ]
}

function timeRows(name: Arena, us: Costs): Row[] {
  const told = (what: string, value: number): Row => measured(what, name, value, 'µs', 'lower')
  const ratio = (what: string, value: number, target: number | null): Row =>
    measured(what, name, value, 'ratio', 'lower', target)
  // S has so few changes that most of its time goes into code that is still cold.
  const target = name === 'S' ? 0.45 : 0.3
  return [
    ratio('cut ÷ colyseus encode', us.cut / us.colyseusEncode, target),
    ratio('encode per client ÷ colyseus encode', us.encode / us.colyseusEncode, target),
    ratio('decode ÷ colyseus decode', us.decode / us.colyseusDecode, target),
    ratio('decode and apply ÷ colyseus decode', (us.decode + us.apply) / us.colyseusDecode, null),
    told('cut', us.cut),
    told('encode per client', us.encode),
    told('decode', us.decode),
    told('apply', us.apply),
    told('colyseus quantized: encode beside ours', us.colyseusEncode),
    told('colyseus quantized: decode beside ours', us.colyseusDecode),
  ]
}

function memoryRows(name: Arena, bytes: Costs): Row[] {
  const told = (what: string, value: number): Row => measured(what, name, value, 'B', 'lower')
  return [
    told('allocated by a cut', bytes.cut),
    told('allocated by an encode for a client', bytes.encode),
    told('allocated by a decode', bytes.decode),
    told('allocated by applying it', bytes.apply),
    told('colyseus quantized: allocated by an encode', bytes.colyseusEncode),
    told('colyseus quantized: allocated by a decode', bytes.colyseusDecode),
  ]
}

function ladderRows(lengths: Lengths, totals: Totals, bytes: PlainBytes): Row[] {
  const ladders = arenas.map((name) => {
    progress(`${name}: what each step brings`)
    return { name, rungs: climb(name, SEED, lengths.ladder[name]) }
  })
  const lines = (ladders[0]?.rungs ?? []).map((rung, i) => [
    rung.name,
    ...ladders.flatMap(({ rungs }) => [cell(rungs[i]?.fixedBytes), cell(rungs[i]?.learnedBytes)]),
  ])
  lines.push(['+ own ship and bullets, exactly', ...ladders.flatMap(({ name }) => ['', cell(bytes.get(name))])])
  console.log(
    `\nWhat each step brings: mean B to a guest who owns nothing, with first | learned parameters\n${textTable(
      ['', ...ladders.flatMap(({ name }) => [name, 'learned'])],
      lines,
    )}`,
  )
  for (const { rungs } of ladders) for (const { wrong } of rungs) totals.wrong += wrong
  return ladders.flatMap(({ name, rungs }) =>
    rungs.flatMap((rung: Rung) => [
      measured(`step ${rung.name}: bytes mean`, name, rung.fixedBytes, 'B', 'lower'),
      ...(rung.learnedBytes === null
        ? []
        : [measured(`step ${rung.name}, learned widths: bytes mean`, name, rung.learnedBytes, 'B', 'lower')]),
    ]),
  )
}

function cell(bytes: number | null | undefined): string {
  return typeof bytes === 'number' ? bytes.toFixed(0) : ''
}

function matchRows(lengths: Lengths, totals: Totals): Row[] {
  progress('S: what clients send')
  const { bytes, largest } = inputBytes(lengths.match)
  progress('M: the sending tick of a host with 16 clients')
  const ticks = sendingTick(lengths.match)
  totals.tooLong += ticks.over + (largest > MAX_STATE_BYTES ? 1 : 0)
  return [
    measured('bytes mean', 'inputs at 100 ms', bytes, 'B', 'lower', 24),
    ...crowdedRows(lengths),
    measured('sending tick median', 'M', ticks.median, 'ms', 'lower', 3),
    measured('sending tick p99', 'M', ticks.p99, 'ms', 'lower', 8),
  ]
}

/** What the host's tick takes beside the rules, in a world that is larger than a packet. */
function crowdedRows(lengths: Lengths): Row[] {
  progress(`${CROWD} entities: the ticks of a host with 8 clients`)
  const { rules, sending, others } = crowdedTicks(lengths.match)
  const name = `${CROWD} entities, 8 clients`
  const told = (what: string, values: readonly number[], share: number): Row =>
    measured(what, name, quantile(values, share), 'ms', 'lower')
  return [
    told('sending tick beside the rules p50', sending, 0.5),
    told('sending tick beside the rules p99', sending, 0.99),
    told('other tick beside the rules p50', others, 0.5),
    told('other tick beside the rules p99', others, 0.99),
    told('rules p50', rules, 0.5),
  ]
}

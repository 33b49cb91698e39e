/**
 * `npm run bench -- codec`: what a snapshot costs, in bytes and time, beside its rivals on the same traces, and whether
 * every delivered state is true. Ratios of bytes are of uncut snapshots; packets beyond the limit have a row of their own.
 */
import { type Bench, measured, type Row } from '../bench.ts'
import { colyseusQuantized } from '../rivals/colyseus-quantized.ts'
import { colyseusReckoning } from '../rivals/colyseus-reckoning.ts'
import { measureRivals, rivals, rivalTable } from '../rivals/measure.ts'
import { snapshotsOf, wireTypes } from '../rivals/snapshots.ts'
import { mean, quantile, timeUs } from '../rivals/timing.ts'
import { recordTrace, type Trace } from '../trace/record.ts'
import { type ScenarioName, startScenario } from '../worlds/scenarios.ts'
import { BenchChannel, BenchHost, EVERY, MAX_STATE_BYTES, UNCUT_BYTES, viewers } from './channel.ts'
import { type Loss, noLoss, randomLoss } from './loss.ts'
import { inputBytes, sendingTick } from './match.ts'
import { countWrong } from './truth.ts'

const SEED = 1
/** Joining is left out of the figures, as it is of the rivals': the first second. */
const WARM_UP_TICKS = 60

const byteTargets: Partial<Record<ScenarioName, { quantized: number; reckoning: number | null }>> = {
  S: { quantized: 0.17, reckoning: 0.57 },
  M: { quantized: 0.14, reckoning: 0.5 },
  L: { quantized: 0.13, reckoning: 0.45 },
  walkers: { quantized: 0.35, reckoning: null },
  bodies: { quantized: 0.35, reckoning: null },
  yard: { quantized: 0.35, reckoning: null },
}

interface Setting {
  readonly seconds: number
  readonly viewers: number
  readonly ackMs: number
  readonly loss: Loss
  readonly limitBytes: number
  readonly bucket: boolean
}

interface Outcome {
  readonly sizes: number[]
  readonly wrong: number
  readonly cutShare: number
}

const plain: Setting = { seconds: 30, viewers: 4, ackMs: 100, loss: noLoss, limitBytes: UNCUT_BYTES, bucket: false }

/** Sends a scenario's snapshots to some of its players and checks every state that arrives. */
export function runCodec(scenario: ScenarioName, setting: Partial<Setting> = {}): Outcome {
  const { seconds, viewers: most, ackMs, loss, limitBytes, bucket } = { ...plain, ...setting }
  const run = startScenario(scenario, SEED)
  const host = new BenchHost(run)
  const channels = viewers(run, most).map(
    (player, i) => new BenchChannel(host, run, { player, ackMs, lost: loss(SEED + i), limitBytes, bucket }),
  )
  let wrong = 0
  for (let tick = 1; tick <= seconds * run.game.tickRate; tick++) {
    host.tick()
    if (tick % EVERY !== 0) continue
    const now = (tick * 1000) / run.game.tickRate
    host.trajectories.cut(run.world)
    for (const channel of channels) wrong += countWrong(run.world, channel, channel.exchange(now))
  }
  const skip = WARM_UP_TICKS / EVERY
  const sent = channels.reduce((sum, channel) => sum + channel.sent, 0)
  return {
    sizes: channels.flatMap(({ sizes }) => sizes.slice(skip)),
    wrong,
    cutShare: channels.reduce((sum, { cut }) => sum + cut, 0) / sent,
  }
}

interface PairedTimes {
  readonly cut: number
  readonly encode: number
  readonly decode: number
}

/** Cut, encode for one client and decode, by turns with Colyseus's encode and decode on the same ticks. */
function timeBesideColyseus(scenario: ScenarioName, trace: Trace): PairedTimes {
  const run = startScenario(scenario, SEED)
  const host = new BenchHost(run)
  const [player] = viewers(run, 1)
  if (player === undefined) throw new Error('A scenario has a viewer.')
  const options = { player, ackMs: 100, lost: () => false, limitBytes: UNCUT_BYTES, bucket: false }
  const channel = new BenchChannel(host, run, options)
  const pair = colyseusQuantized.open(wireTypes(trace), trace.game.tickRate)
  const times = {
    cut: [] as number[],
    encode: [] as number[],
    decode: [] as number[],
    theirEncode: [] as number[],
    theirDecode: [] as number[],
  }
  let turn = 0
  for (const snapshot of snapshotsOf(trace)) {
    while (run.world.tick < snapshot.tick) host.tick()
    const now = (run.world.tick * 1000) / run.game.tickRate
    channel.hear(now)
    const ours = (): void => {
      times.cut.push(timeUs(() => host.trajectories.cut(run.world)))
      let packets: Uint8Array[] = []
      times.encode.push(
        timeUs(() => {
          packets = channel.encode(now)
        }),
      )
      times.decode.push(timeUs(() => channel.decode(packets, now)))
      channel.acknowledge(now)
    }
    const theirs = (): void => {
      let bytes: Uint8Array = new Uint8Array()
      times.theirEncode.push(
        timeUs(() => {
          bytes = pair.encode(snapshot)
        }),
      )
      times.theirDecode.push(timeUs(() => pair.decode(bytes)))
    }
    for (const side of turn++ % 2 ? [ours, theirs] : [theirs, ours]) side()
  }
  const median = (values: readonly number[]): number => quantile(values.slice(values.length / 5), 0.5)
  return {
    cut: median(times.cut) / median(times.theirEncode),
    encode: median(times.encode) / median(times.theirEncode),
    decode: median(times.decode) / median(times.theirDecode),
  }
}

export const codec: Bench = {
  summary: 'bytes and time of a snapshot beside its rivals, under loss and late acks, every state checked',
  async run({ full }) {
    const rows: Row[] = []
    let wrong = 0
    const add = (outcome: Outcome): Outcome => {
      wrong += outcome.wrong
      return outcome
    }
    const seconds = full ? 30 : 15
    // First, because what ran before in the process slows Colyseus down.
    for (const name of ['S', 'M', 'L'] as const) {
      const { cut, encode, decode } = timeBesideColyseus(name, recordTrace(name, SEED, 20))
      rows.push(
        measured('cut ÷ colyseus encode', name, cut, 'ratio', 'lower', 0.3),
        measured('encode per client ÷ colyseus encode', name, encode, 'ratio', 'lower', 0.3),
        measured('decode ÷ colyseus decode', name, decode, 'ratio', 'lower', 0.3),
      )
    }
    for (const [name, target] of Object.entries(byteTargets) as [
      ScenarioName,
      { quantized: number; reckoning: number | null },
    ][]) {
      const figures = measureRivals(
        recordTrace(name, SEED, seconds),
        full ? rivals : [colyseusQuantized, colyseusReckoning],
      )
      console.log(rivalTable(figures))
      const bytesOf = (rival: string): number =>
        figures.find((figure) => figure.name === rival)?.meanBytes ?? Number.NaN
      const { sizes } = add(runCodec(name, { seconds }))
      const bytes = mean(sizes)
      rows.push(
        measured('bytes mean', name, bytes, 'B', 'lower'),
        measured('bytes p95', name, quantile(sizes, 0.95), 'B', 'lower'),
        measured('bytes max', name, quantile(sizes, 1), 'B', 'lower'),
        measured(
          'packets over 1160 B, uncut',
          name,
          sizes.filter((size) => size > MAX_STATE_BYTES).length,
          'count',
          'lower',
        ),
        measured('kbit/s per client, 93 B a packet', name, ((bytes + 93) * 20 * 8) / 1000, 'kbit/s', 'lower'),
        measured(
          'bytes ÷ colyseus quantized',
          name,
          bytes / bytesOf(colyseusQuantized.name),
          'ratio',
          'lower',
          target.quantized,
        ),
        measured(
          'bytes ÷ colyseus dead reckoning',
          name,
          bytes / bytesOf(colyseusReckoning.name),
          'ratio',
          'lower',
          target.reckoning,
        ),
      )
      if (target.reckoning === null) continue
      for (const ackMs of [50, 200, 300]) {
        const late = mean(add(runCodec(name, { seconds, ackMs })).sizes)
        rows.push(
          measured(
            `bytes at ${ackMs} ms acks ÷ 100 ms`,
            name,
            late / bytes,
            'ratio',
            'lower',
            ackMs === 200 ? 1.7 : null,
          ),
        )
      }
    }
    for (const [share, burst] of [
      [0.05, false],
      [0.2, false],
      [0.05, true],
      [0.2, true],
    ] as const) {
      const caseName = `L ${share * 100} % loss${burst ? ' in bursts' : ''}`
      const { sizes, cutShare } = add(
        runCodec('L', { seconds, loss: randomLoss(share, burst), limitBytes: MAX_STATE_BYTES, bucket: true }),
      )
      const asked = share === 0.05 && !burst
      rows.push(
        measured('bytes p95', caseName, quantile(sizes, 0.95), 'B', 'lower', asked ? 950 : null),
        measured('snapshots cut', caseName, cutShare * 100, '%', 'lower', asked ? 2 : null),
        measured('bytes mean', caseName, mean(sizes), 'B', 'lower'),
      )
    }
    const { bytes, largest } = inputBytes(seconds)
    rows.push(measured('bytes mean', 'inputs at 100 ms', bytes, 'B', 'lower', 24))
    const ticks = sendingTick(full ? 30 : 10)
    rows.push(
      measured('sending tick median', 'M', ticks.median, 'ms', 'lower', 3),
      measured('sending tick p99', 'M', ticks.p99, 'ms', 'lower', 8),
      measured('wrong states', 'all', wrong, 'count', 'lower', 0),
      measured(
        'packets over 1160 B',
        'all',
        Math.max(ticks.over, largest > MAX_STATE_BYTES ? 1 : 0),
        'count',
        'lower',
        0,
      ),
    )
    return rows
  },
}

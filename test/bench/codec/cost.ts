/** What cut, encode for one client, decode and apply cost in time or memory, by turns with Colyseus's encode and decode. */
import { getHeapStatistics } from 'node:v8'
import { colyseusQuantized } from '../rivals/colyseus-quantized.ts'
import { snapshotsOf, wireTypes } from '../rivals/snapshots.ts'
import { quantile, timeUs } from '../rivals/timing.ts'
import type { Trace } from '../trace/record.ts'
import { startScenario } from '../worlds/scenarios.ts'
import { type Arrival, BenchChannel, BenchHost, plainChannel, viewers } from './channel.ts'

/** Medians per snapshot. */
export interface Costs {
  readonly cut: number
  readonly encode: number
  readonly decode: number
  /** Of what was decoded, to the world as the client knows it. */
  readonly apply: number
  readonly colyseusEncode: number
  readonly colyseusDecode: number
}

/** What something costs. What it reads when `run` does nothing is its own cost. */
export type Gauge = (run: () => unknown) => number

/** In µs. */
export const time: Gauge = timeUs

/**
 * In bytes, on the heap and outside of it, by what V8 counts before and after. Where the garbage collector ran in
 * between, the count is too low or even negative: those are few, and the median does not see them.
 */
export const allocation: Gauge = (run) => {
  const before = getHeapStatistics()
  run()
  const after = getHeapStatistics()
  return after.used_heap_size + after.external_memory - before.used_heap_size - before.external_memory
}

/** Runs a trace's scenario again, our codec and Colyseus side by side on the same ticks. */
export function costsBesideColyseus(trace: Trace, gauge: Gauge): Costs {
  const run = startScenario(trace.scenario, trace.seed)
  const host = new BenchHost(run)
  const [player] = viewers(run, 1)
  if (player === undefined) throw new Error('A scenario has a viewer.')
  const channel = new BenchChannel(host, { ...plainChannel, player })
  const pair = colyseusQuantized.open(wireTypes(trace), trace.game.tickRate)
  const costs = {
    nothing: [] as number[],
    cut: [] as number[],
    encode: [] as number[],
    decode: [] as number[],
    apply: [] as number[],
    colyseusEncode: [] as number[],
    colyseusDecode: [] as number[],
  }
  let turn = 0
  for (const snapshot of snapshotsOf(trace)) {
    while (run.world.tick < snapshot.tick) host.tick()
    const now = (run.world.tick * 1000) / run.game.tickRate
    channel.hear(now)
    const ours = (): void => {
      costs.cut.push(gauge(() => host.trajectories.update(host.world)))
      let packets: Uint8Array[] = []
      costs.encode.push(
        gauge(() => {
          packets = channel.encode(now)
        }),
      )
      let arrivals: readonly Arrival[] = []
      costs.decode.push(
        gauge(() => {
          arrivals = channel.decode(packets, now)
        }),
      )
      costs.apply.push(gauge(() => channel.apply(arrivals)))
      channel.acknowledge(now)
    }
    const theirs = (): void => {
      let bytes: Uint8Array = new Uint8Array()
      costs.colyseusEncode.push(
        gauge(() => {
          bytes = pair.encode(snapshot)
        }),
      )
      costs.colyseusDecode.push(gauge(() => pair.decode(bytes)))
    }
    for (const side of turn++ % 2 ? [ours, theirs] : [theirs, ours]) side()
    costs.nothing.push(gauge(() => {}))
  }
  // The first fifth is left to the compiler.
  const median = (values: readonly number[]): number => quantile(values.slice(values.length / 5), 0.5)
  const own = gauge === allocation ? median(costs.nothing) : 0
  return {
    cut: median(costs.cut) - own,
    encode: median(costs.encode) - own,
    decode: median(costs.decode) - own,
    apply: median(costs.apply) - own,
    colyseusEncode: median(costs.colyseusEncode) - own,
    colyseusDecode: median(costs.colyseusDecode) - own,
  }
}

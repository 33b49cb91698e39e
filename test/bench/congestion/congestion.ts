/**
 * How late and how fresh what a host sends arrives where the path is too narrow or loses packets: the session's own
 * sender beside senders that do not look, simulated and on real channels between two Chromiums.
 */
import type { LinkConditions } from '../../../net/testing.ts'
import { type Bench, measured, type Row } from '../bench.ts'
import { benchPages } from '../pages.ts'
import { type Delivery, type Figures, figuresOf, sharesOf, type Window } from './delays.ts'
import { openPair, type RealPair, realCrowd, realStream } from './real-pair.ts'
import { virtualCrowd } from './virtual-crowd.ts'
import { type StreamOptions, type StreamResult, virtualStream } from './virtual-stream.ts'

/** Each way. */
const LATENCY_MS = 50
const narrow = { latencyMs: LATENCY_MS, bottleneck: { bitsPerSecond: 96_000, queueBytes: 65_536 } }
const clear = { latencyMs: LATENCY_MS }
const lossy = { latencyMs: LATENCY_MS, loss: 0.05 }
/** Longer than the bottleneck's queue takes to empty. */
const DRAIN_MS = 6000

/** A connection that has just opened is still finding its window. */
const FROM_MS = 3000
const TO_MS = 30_000
const REAL_SECONDS = 12

/** The most that issue 3 allows, ms; 1,253 B take 104 of them. */
const TARGET_MS = 150

export const congestion: Bench = {
  summary: `delay and fresh bytes through 96 kbit/s, and at 5 % loss; simulated, and ${REAL_SECONDS} s each on real channels (--full: 30 s)`,
  async run({ full, seconds }) {
    const realSeconds = seconds ?? (full ? TO_MS / 1000 : REAL_SECONDS)
    return [...simulated(realSeconds * 1000), ...(await real(realSeconds))]
  },
}

function tell(what: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${what}\n`)
}

const small = { perSecond: 240, size: 200 }
/** What a sender without a rate control sends of scenario L: whole snapshots, as far as a packet goes. */
const whole = { size: 1128 }
const smallName = (guarded: boolean): string => `240/s of 200 B, 100 ms, 5 % loss, ${guarded ? 'guarded' : 'unguarded'}`
const wholeName = (perSecond: number): string => `bottleneck 96 kbit/s, ${perSecond}/s whole, unguarded`

/** One run of thirty seconds; its first ones are told as well, to be put beside a real run of that length. */
function simulated(realMs: number): Row[] {
  const seconds = TO_MS / 1000
  const crowd = virtualCrowd(narrow, clear, TO_MS, DRAIN_MS).deliveries
  tell('simulated: the session through the bottleneck')
  const stream = (options: Omit<StreamOptions, 'seconds'>, path: LinkConditions): StreamResult =>
    virtualStream({ ...options, seconds }, path, 1)
  const slow = stream({ ...whole, perSecond: 20, guarded: false }, narrow)
  const fast = stream({ ...whole, perSecond: 30, guarded: false }, narrow)
  const guarded = stream({ ...small, guarded: true }, lossy)
  const unguarded = stream({ ...small, guarded: false }, lossy)
  const rows = [
    ...allRows({ crowd, slow, guarded, unguarded }, TO_MS, '', TARGET_MS),
    ...crowdRows(wholeName(30), figuresOf(fast.deliveries, windowTo(TO_MS), LATENCY_MS)),
  ]
  if (realMs < TO_MS) rows.push(...allRows({ crowd, slow, guarded, unguarded }, realMs, `, ${realMs / 1000} s`))
  return rows
}

/** Two at a time: each is one busy page, one that listens, and a share of this process. */
async function real(seconds: number): Promise<Row[]> {
  await using harness = await benchPages()
  const on = async <T>(run: (pair: RealPair) => Promise<T>): Promise<T> => {
    const pair = await openPair(harness)
    try {
      return await run(pair)
    } finally {
      await pair.close()
    }
  }
  const stream = (options: Omit<StreamOptions, 'seconds'>, path: LinkConditions, drainMs?: number) =>
    on((pair) => realStream(pair, path, { ...options, seconds }, drainMs))
  const idle = await on((pair) => realStream(pair, clear, { perSecond: 60, size: 200, seconds: 2, guarded: true }, 500))
  // It offers 2.1 times what the bottleneck carries.
  const backlogMs = seconds * 1150 + 1000
  const [crowd, slow] = await Promise.all([
    on((pair) => realCrowd(pair, narrow, clear, seconds)),
    stream({ ...whole, perSecond: 20, guarded: false }, narrow, backlogMs),
  ])
  tell('real channels: through the bottleneck')
  const [guarded, unguarded] = await Promise.all([
    stream({ ...small, guarded: true }, lossy),
    stream({ ...small, guarded: false }, lossy),
  ])
  tell('real channels: at 5 % loss')
  harness.assertQuiet()
  const own = figuresOf(idle.deliveries, { from: 0, to: 2000 }, LATENCY_MS)
  return [
    // What the machine, its browser and the relay add: to be kept in mind when reading the rest.
    measured('one-way delay p50 beyond the path', 'idle, real channels', own.p50, 'ms', 'lower'),
    measured('one-way delay p99 beyond the path', 'idle, real channels', own.p99, 'ms', 'lower'),
    ...allRows({ crowd, slow, guarded, unguarded }, seconds * 1000, `, ${seconds} s, real channels`),
  ]
}

interface Runs {
  /** The session. */
  readonly crowd: readonly Delivery[]
  /** Whole snapshots, 20 a second, unguarded. */
  readonly slow: StreamResult
  readonly guarded: StreamResult
  readonly unguarded: StreamResult
}

/** `target` for the session's p99, when there is one. */
function allRows(runs: Runs, toMs: number, suffix: string, target: number | null = null): Row[] {
  const window = windowTo(toMs)
  const figures = (deliveries: readonly Delivery[]): Figures => figuresOf(deliveries, window, LATENCY_MS)
  const streamRowsOf = (result: StreamResult, guarded: boolean): Row[] =>
    streamRows(smallName(guarded) + suffix, figures(result.deliveries), sharesOf(result, window))
  return [
    ...crowdRows(`bottleneck 96 kbit/s${suffix}`, figures(runs.crowd), target),
    ...crowdRows(wholeName(20) + suffix, figures(runs.slow.deliveries)),
    ...streamRowsOf(runs.guarded, true),
    ...streamRowsOf(runs.unguarded, false),
  ]
}

const windowTo = (toMs: number): Window => ({ from: Math.min(FROM_MS, toMs / 2), to: toMs })

function crowdRows(name: string, { p50, p99, freshBytes, arrivals }: Figures, target: number | null = null): Row[] {
  return [
    measured('one-way delay p50 beyond the path', name, p50, 'ms', 'lower'),
    measured('one-way delay p99 beyond the path', name, p99, 'ms', 'lower', target),
    measured('fresh bytes', name, freshBytes, 'B/s', 'higher'),
    measured('snapshots that arrived', name, arrivals, '/s', 'higher'),
  ]
}

function streamRows(
  name: string,
  { p50, p99, freshBytes }: Figures,
  { arrived, skipped }: { readonly arrived: number; readonly skipped: number },
): Row[] {
  return [
    measured('one-way delay p50 beyond the path', name, p50, 'ms', 'lower'),
    measured('one-way delay p99 beyond the path', name, p99, 'ms', 'lower'),
    measured('fresh bytes', name, freshBytes, 'B/s', 'higher'),
    measured('arrived', name, 100 * arrived, '%', 'higher'),
    measured('skipped', name, 100 * skipped, '%', 'lower'),
  ]
}

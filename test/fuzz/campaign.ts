/**
 * Guided by coverage, as AFL and libFuzzer are: cases that ran code which none had run before join the corpus that the
 * next ones are made of. One look at the counters takes about as long as a hundred packets, so it is taken once for a
 * batch, and the members that made the news are found by halving it.
 */
import { seededRandom } from '../../net/testing.ts'
import type { Coverage, News } from './coverage.ts'
import { Draw } from './draw.ts'
import { LawBroken, Meter, type Target } from './target.ts'

/** Longer than this is a hang, whatever else the machine does: a packet takes microseconds. */
const HANG_MS = 50
/** A pause of the machine does not come back at the same packet so many times. */
const AGAIN = 4
/** The same complaint is not told again. */
const MOST_FINDINGS = 20

export interface Finding {
  readonly target: string
  readonly problem: string
  readonly hex: string
}

export interface TargetTally {
  readonly name: string
  readonly cases: number
  readonly corpus: number
  readonly meter: Meter
  /** After the pauses of the machine are taken out, in ms. */
  readonly slowestMs: number
}

interface Running {
  readonly target: Target
  readonly corpus: Uint8Array[]
  readonly meter: Meter
  cases: number
  slowestMs: number
}

export type Counters = Pick<Coverage, 'look' | 'lookAgain' | 'keep'>

export interface CampaignOptions {
  readonly targets: readonly Target[]
  readonly seed: number
  /** What tells new code from old; null for fuzzing blindly. */
  readonly coverage: Counters | null
  /** Told of each case before it runs, so that one without end can be named. */
  readonly about?: (target: string, bytes: Uint8Array) => void
  readonly found?: (finding: Finding) => void
}

export class Campaign {
  readonly findings: Finding[] = []
  private readonly running: Running[]
  private readonly draw: Draw
  private readonly options: CampaignOptions

  constructor(options: CampaignOptions) {
    this.options = options
    this.draw = new Draw(seededRandom(options.seed))
    this.running = options.targets.map((target) => ({
      target,
      corpus: [...target.seeds],
      meter: new Meter(),
      cases: 0,
      slowestMs: 0,
    }))
  }

  /** Runs the honest cases, which have to be right and whose code is no news. */
  async begin(): Promise<void> {
    for (const one of this.running) for (const bytes of one.target.seeds) await this.try(one, bytes)
    const { coverage } = this.options
    coverage?.keep(coverage.look())
  }

  /** One batch of each target, or of the first ones until it is `over`. */
  async round(over: () => boolean = () => false): Promise<void> {
    for (const one of this.running) {
      if (over()) return
      const batch = Array.from({ length: one.target.batch }, () =>
        one.target.mutate(this.draw.pick(one.corpus), one.corpus, this.draw.random),
      )
      for (const bytes of batch) await this.try(one, bytes)
      if (this.options.coverage) await this.learn(one, batch, this.options.coverage)
    }
  }

  private async learn(one: Running, batch: readonly Uint8Array[], coverage: Counters): Promise<void> {
    const news = coverage.look()
    if (news.size === 0) return
    coverage.lookAgain()
    await this.attribute(one, batch, coverage)
    coverage.keep(news)
  }

  /** Runs the halves of a batch again, and the halves of those that bring news, down to single cases. */
  private async attribute(one: Running, batch: readonly Uint8Array[], coverage: Counters): Promise<void> {
    for (const bytes of batch) await this.try(one, bytes)
    const news: News = coverage.look()
    if (news.size === 0) return
    if (batch.length === 1) {
      one.corpus.push(...batch)
      coverage.keep(news)
      return
    }
    coverage.lookAgain()
    const half = batch.length >> 1
    await this.attribute(one, batch.slice(0, half), coverage)
    await this.attribute(one, batch.slice(half), coverage)
  }

  private async try(one: Running, bytes: Uint8Array): Promise<void> {
    one.cases++
    const problem = this.problemOf(one, bytes)
    // What was promised meanwhile happens now, not after the last case.
    await Promise.resolve()
    if (problem === null || this.findings.length >= MOST_FINDINGS) return
    const known = (other: Finding): boolean =>
      other.target === one.target.name && alike(other.problem) === alike(problem)
    if (this.findings.some(known)) return
    const finding = {
      target: one.target.name,
      problem,
      hex: Buffer.from(this.shortened(one, bytes, problem)).toString('hex'),
    }
    this.findings.push(finding)
    this.options.found?.(finding)
  }

  private problemOf(one: Running, bytes: Uint8Array): string | null {
    const { meter, target } = one
    this.options.about?.(target.name, bytes)
    meter.tookMs = []
    const problem = runCase(target, bytes, meter)
    if (problem !== null || most(meter.tookMs) <= one.slowestMs) return problem
    one.slowestMs = this.slowestOf(one, bytes)
    return one.slowestMs > HANG_MS ? `a packet took ${one.slowestMs.toFixed(0)} ms` : null
  }

  /** The slowest packet of a case: of several runs each packet's fastest, since only pauses of the machine differ. */
  private slowestOf({ target, meter, slowestMs }: Running, bytes: Uint8Array): number {
    let least = meter.tookMs
    for (let i = 0; i < AGAIN && most(least) > slowestMs; i++) {
      const again = new Meter()
      runCase(target, bytes, again)
      least = least.map((tookMs, packet) => Math.min(tookMs, again.tookMs[packet] ?? tookMs))
    }
    return Math.max(most(least), slowestMs)
  }

  /** The shortest case that still shows the same. */
  private shortened(one: Running, bytes: Uint8Array, problem: string): Uint8Array {
    let least = bytes
    for (let shrunk = true; shrunk; ) {
      shrunk = false
      for (const shorter of one.target.shorter?.(least) ?? []) {
        const other = runCase(one.target, shorter, new Meter())
        if (other === null || alike(other) !== alike(problem)) continue
        least = shorter
        shrunk = true
        break
      }
    }
    return least
  }

  tallies(): TargetTally[] {
    return this.running.map(({ target, corpus, meter, cases, slowestMs }) => ({
      name: target.name,
      cases,
      corpus: corpus.length,
      meter,
      slowestMs,
    }))
  }
}

const most = (list: readonly number[]): number => list.reduce((a, b) => Math.max(a, b), 0)
const alike = (problem: string): string => problem.replace(/[-\d.]+/g, '#')
const ordinary = Reflect.ownKeys(Object.prototype).length

/** What is wrong with a case; null when nothing is. */
export function runCase(target: Target, bytes: Uint8Array, meter: Meter): string | null {
  try {
    target.run(bytes, meter)
  } catch (error) {
    if (error instanceof LawBroken) return error.message
    const where = error instanceof Error ? /\n\s+at (?:new )?([\w.#]+)/.exec(error.stack ?? '')?.[1] : null
    return `threw ${error} in ${where ?? 'an unknown place'}`
  }
  return Reflect.ownKeys(Object.prototype).length === ordinary ? null : 'the prototype of all objects was written to'
}

/** The thread that fuzzes: its own, so that the main one can tell of a case without end. */
import { parentPort } from 'node:worker_threads'
import { Campaign, type Finding } from './campaign.ts'
import type { Coverage, RoomCoverage } from './coverage.ts'
import { Meter } from './target.ts'
import { allTargets } from './targets.ts'

export interface Job {
  readonly seconds: number
  readonly seed: number
  /** The case that runs: its number, its target, its length, its bytes. */
  readonly shared: SharedArrayBuffer
}

export interface Summary {
  readonly packets: number
  readonly cases: number
  readonly enveloped: number
  readonly taken: number
  readonly corpus: number
  readonly seconds: number
  readonly rooms: readonly RoomCoverage[]
  readonly targets: readonly string[]
}

export type Message =
  /** In the order of their numbers in the shared memory. */
  | { readonly kind: 'targets'; readonly names: readonly string[] }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'progress'; readonly line: string }
  | { readonly kind: 'done'; readonly summary: Summary }

/** Places in the shared memory: words of 32 bits, and where the case's bytes begin. */
const Shared = { count: 0, target: 1, length: 2, bytes: 16 } as const
const PROGRESS_MS = 5000

export async function work({ seconds, seed, shared }: Job, coverage: Coverage): Promise<void> {
  const tell = (message: Message): void => parentPort?.postMessage(message)
  const targets = allTargets()
  tell({ kind: 'targets', names: targets.map(({ name }) => name) })
  const words = new Int32Array(shared, 0, 4)
  const bytesNow = new Uint8Array(shared, Shared.bytes)
  const about = (name: string, bytes: Uint8Array): void => {
    words[Shared.target] = targets.findIndex((target) => target.name === name)
    words[Shared.length] = Math.min(bytes.length, bytesNow.length)
    bytesNow.set(bytes.subarray(0, bytesNow.length))
    Atomics.add(words, Shared.count, 1)
  }
  const campaign = new Campaign({
    targets,
    seed,
    coverage,
    about,
    found: (finding) => tell({ kind: 'finding', finding }),
  })
  const began = performance.now()
  await campaign.begin()
  const over = (): boolean => performance.now() - began > seconds * 1000
  for (let told = began; !over(); ) {
    await campaign.round(over)
    // Lets what was said to links inside this thread arrive.
    await new Promise((resolve) => setImmediate(resolve))
    if (performance.now() - told < PROGRESS_MS) continue
    told = performance.now()
    const { packets, corpus } = summed(campaign)
    tell({ kind: 'progress', line: `${Math.round((told - began) / 1000)} s: ${packets} packets, corpus ${corpus}` })
  }
  const rooms = coverage.rooms()
  tell({
    kind: 'done',
    summary: {
      ...summed(campaign),
      seconds: (performance.now() - began) / 1000,
      rooms,
      targets: campaign.tallies().map(({ name, cases, corpus, meter, slowestMs }) => {
        const share = (part: number): string => `${((100 * part) / Math.max(1, meter.packets)).toFixed(0)} %`
        return `${name}: ${cases} cases of ${meter.packets} packets, ${share(meter.enveloped)} past the envelope, ${share(meter.taken)} taken, corpus ${corpus}, slowest ${slowestMs.toFixed(2)} ms, at most ${meter.mostPerByte.toFixed(1)} values a byte`
      }),
    },
  })
}

function summed(campaign: Campaign): Pick<Summary, 'packets' | 'cases' | 'enveloped' | 'taken' | 'corpus'> {
  const sums = { packets: 0, cases: 0, enveloped: 0, taken: 0, corpus: 0 }
  for (const { cases, corpus, meter } of campaign.tallies()) {
    sums.packets += meter.packets
    sums.enveloped += meter.enveloped
    sums.taken += meter.taken
    sums.cases += cases
    sums.corpus += corpus
  }
  return sums
}

/** The case that runs, as another thread sees it. */
export function caseIn(shared: SharedArrayBuffer): { count: number; target: number; hex: string } {
  const words = new Int32Array(shared, 0, 4)
  const bytes = new Uint8Array(shared, Shared.bytes, words[Shared.length] ?? 0)
  const count = Atomics.load(words, Shared.count)
  return { count, target: words[Shared.target] ?? 0, hex: Buffer.from(bytes).toString('hex') }
}

/** Runs one case by itself. Returns what is wrong with it. */
export async function replay(name: string, hex: string): Promise<string | null> {
  const { runCase } = await import('./campaign.ts')
  const target = allTargets().find((one) => one.name === name)
  if (!target) return `There is no target "${name}".`
  return runCase(target, Uint8Array.from(Buffer.from(hex, 'hex')), new Meter())
}

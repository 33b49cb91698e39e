/**
 * `npm run bench -- feel`: how a match feels to the player of a guest's page, on networks from good to broken. Whole
 * matches in virtual time on the code that runs in browsers; every figure is of what is drawn at 60 frames a second,
 * beside the host's truth, and beside what three simpler ways of drawing make of the same match. README.md says how
 * each figure is taken.
 */
import { type Bench, measured, type Row } from '../bench.ts'
import { costRows } from './cost.ts'
import { mergeTallies } from './distribution.ts'
import { boundsOf, eventFigures, type Figures, hitFigures, predictionFigures, screenFigures } from './figures.ts'
import type { FlyResult } from './fly-match.ts'
import type { HitTally } from './hits.ts'
import type { Job, JobResult } from './jobs.ts'
import { BOUND, baselines, matrix } from './matrix.ts'
import { type ProfileName, profileNames, profiles } from './profiles.ts'
import { type Figure, type FigureName, figureNames, figures } from './targets.ts'
import { runJobs } from './workers.ts'

const SEEDS = 3
const FULL_SEEDS = 20
const SECONDS = 60
/** Baseline (c) plays a match of its own, and a third of the seeds show what it is worth. */
const FIXED_PART = 3
/** Seen hits for each profile, over all seeds. */
const HITS = 1000
/** What all targets are of, and what is played where nothing else is asked for. */
const TICK_RATE = 60
/** Of the rare hits that a broken network leaves, no more than come in this time. */
const DUEL_SECONDS = 90

/** What has been measured of a profile so far. */
interface Sums {
  fly: FlyResult | null
  fixed: FlyResult | null
  duel: HitTally | null
}

export const feel: Bench = {
  summary: `what guests see of a match of eight: ${profileNames.join(', ')}; ${SEEDS} seeds of ${SECONDS} s`,
  anyTickRate: true,
  profiles: profileNames,
  async run({ full, seconds, tickRate, profile }) {
    const names = profile === null ? profileNames : profileNames.filter((name) => name === profile)
    const rate = tickRate ?? TICK_RATE
    const jobs = jobsOf(names, full ? FULL_SEEDS : SEEDS, seconds ?? SECONDS, rate)
    const sums = new Map<ProfileName, Sums>(profileNames.map((name) => [name, { fly: null, fixed: null, duel: null }]))
    let done = 0
    await runJobs(jobs, (job, result) => {
      pool(sums.get(job.profile), result)
      done++
      if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${jobs.length} matches `)
    })
    if (process.stderr.isTTY) process.stderr.write('\r')
    const rows = names.flatMap((name) => rowsOf(name, sums.get(name)))
    // Targets are of the usual rate: at another one figures are told and not judged.
    const told = rate === TICK_RATE ? rows : rows.map((row) => ({ ...row, target: null, met: null }))
    // What a replay costs is no matter of networks, and is measured at the usual rate.
    return tickRate === null && profile === null ? [...told, ...(await costRows())] : told
  },
  table: matrix,
}

/** The long ones first, so that no core ends with one that the others wait for. */
function jobsOf(names: readonly ProfileName[], seeds: number, seconds: number, tickRate: number): Job[] {
  const all = Array.from({ length: seeds }, (_, i) => i + 1)
  const flights = all.flatMap((seed) => names.map((profile) => ({ profile, seed, seconds, tickRate })))
  return [
    ...flights.map((job) => ({ ...job, kind: 'fly' as const })),
    ...flights.filter(({ seed }) => seed <= seeds / FIXED_PART).map((job) => ({ ...job, kind: 'fixed' as const })),
    // An outage or a stall gives no shot: those duels would be the ones on the same network without.
    ...flights
      .filter(({ profile }) => !profiles[profile].cuts && !profiles[profile].stalls)
      .map((job) => ({ ...job, kind: 'duel' as const, seconds: DUEL_SECONDS, hits: Math.ceil(HITS / seeds) })),
  ]
}

function pool(sums: Sums | undefined, { kind, result }: JobResult): void {
  if (!sums) return
  if (kind === 'duel') sums.duel = sums.duel ? mergeTallies(sums.duel, result) : result
  else {
    const before = sums[kind]
    sums[kind] = before ? mergeTallies(before, result) : result
  }
}

function rowsOf(profile: ProfileName, sums: Sums | undefined): Row[] {
  if (!sums?.fly) return []
  const { fly, fixed, duel } = sums
  const { session } = fly.drawers
  const rows: Row[] = []
  if (session) {
    const own: Figures = {
      ...screenFigures(session),
      ...predictionFigures(fly, session),
      ...eventFigures(fly),
      ...(duel && hitFigures(duel)),
    }
    const bounds = boundsOf(fly, session, duel)
    for (const name of figureNames) {
      rows.push(...row(profile, name, own[name]))
      rows.push(...row(profile, name, bounds[name], BOUND))
    }
  }
  for (const name of ['latest', 'delayed'] as const) {
    const drawer = fly.drawers[name]
    if (drawer) rows.push(...rowsBeside(profile, screenFigures(drawer), baselines[name]))
  }
  const drawer = fixed?.drawers.fixed
  if (fixed && drawer) {
    const figures = { ...screenFigures(drawer), ...predictionFigures(fixed, drawer), ...eventFigures(fixed) }
    rows.push(...rowsBeside(profile, figures, baselines.fixed))
  }
  return rows
}

function rowsBeside(profile: ProfileName, values: Figures, suffix: string): Row[] {
  return figureNames.flatMap((name) => row(profile, name, values[name], suffix))
}

/** Only ours, without a suffix, is held to the target. */
function row(profile: ProfileName, name: FigureName, value: number | undefined, suffix = ''): Row[] {
  if (value === undefined) return []
  const { unit, better, targets }: Figure = figures[name]
  const target = suffix === '' ? (targets[profile] ?? null) : null
  // Distributions are counted in steps, whose multiples are not always round.
  return [measured(`${name}${suffix}`, profile, Math.round(value * 1e6) / 1e6, unit, better, target)]
}

/** The matches of a run, each a job of its own, so that every core can take the next one. */
import { duelMatch } from './duel-match.ts'
import { type FlyResult, flyMatch } from './fly-match.ts'
import type { HitTally } from './hits.ts'
import type { ProfileName } from './profiles.ts'

interface JobOf<Kind extends string> {
  readonly kind: Kind
  readonly profile: ProfileName
  readonly seed: number
  readonly seconds: number
  readonly tickRate: number
}

/** `fly` is the session and what two baselines draw of its snapshots, `fixed` the third baseline, `duel` the shooting. */
export type Job = JobOf<'fly'> | JobOf<'fixed'> | (JobOf<'duel'> & { readonly hits: number })

export type JobResult =
  | { readonly kind: 'fly' | 'fixed'; readonly result: FlyResult }
  | { readonly kind: 'duel'; readonly result: HitTally }

export function runJob(job: Job): JobResult {
  switch (job.kind) {
    case 'fly':
    case 'fixed':
      return { kind: job.kind, result: flyMatch({ ...job, fixed: job.kind === 'fixed' }) }
    case 'duel':
      return { kind: job.kind, result: duelMatch(job) }
  }
}

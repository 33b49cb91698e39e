/**
 * The networks that feel is measured on. Round trips and their deviation are given for both ways together: each way
 * takes half of the time, and a deviation that adds up to the whole one (σ ÷ √2). Losses and stalls are each way's own.
 */
import type { LinkConditions } from '../../../net/testing.ts'

export type ProfileName = 'lan' | 'good' | 'average' | 'poor' | 'wifi' | 'narrow' | 'blackout' | 'jank' | 'hiccup'

export interface Profile {
  /** Each way. */
  readonly network: LinkConditions
  /** Nothing passes for `ms`, at these seconds of a minute. */
  readonly cuts?: { readonly atSeconds: readonly number[]; readonly ms: number }
  /** The host's tab stands still every so many seconds, for these times in turn, ms. */
  readonly stalls?: { readonly everySeconds: number; readonly ms: readonly number[] }
}

function roundTrip(ms: number, deviationMs: number, others: Partial<LinkConditions> = {}): LinkConditions {
  return { latencyMs: ms / 2, jitterMs: deviationMs / Math.SQRT2, ...others }
}

const average = roundTrip(100, 15, { loss: 0.02 })

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  lan: { network: roundTrip(4, 2) },
  good: { network: roundTrip(40, 6, { loss: 0.002 }) },
  average: { network: average },
  poor: { network: roundTrip(200, 30, { burst: { share: 0.1, meanMs: 120 } }) },
  wifi: { network: roundTrip(60, 0, { stall: { share: 0.05, ms: 150 } }) },
  // A router's queue of a second, as is common in front of a slow uplink.
  narrow: { network: roundTrip(100, 0, { loss: 0.05, bottleneck: { bitsPerSecond: 64_000, queueBytes: 8_000 } }) },
  // Apart enough for each to be recovered from before the next.
  blackout: { network: average, cuts: { atSeconds: [10, 22, 34, 46], ms: 2000 } },
  jank: { network: average, stalls: { everySeconds: 5, ms: [100] } },
  // Apart enough for what each leaves behind to be seen to its end.
  hiccup: { network: average, stalls: { everySeconds: 9, ms: [300, 500, 900, 1500, 2000] } },
}

export const profileNames = Object.keys(profiles) as ProfileName[]

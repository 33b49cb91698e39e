/** From what was counted to the figures that are told, each pooled over all seeds. */
import { median } from '../bench.ts'
import { poissonUpper, wilson } from './bounds.ts'
import { type Distribution, quantileOf, size } from './distribution.ts'
import type { DisturbanceTally } from './disturbances.ts'
import type { DrawerTally, FlyResult } from './fly-match.ts'
import type { HitTally } from './hits.ts'
import type { FigureName } from './targets.ts'

export type Figures = Partial<Record<FigureName, number>>

const MS_PER_MINUTE = 60_000

/** What a screen shows, whoever draws it. */
export function screenFigures({ screen, disturbances }: DrawerTally): Figures {
  const { remote, ownPress, othersPress } = screen
  const perMinute = (ms: number): number => (ms / remote.shipMs) * MS_PER_MINUTE
  return {
    'own input to own screen beyond a frame': quantileOf(ownPress, 0.5),
    'remote error p95': quantileOf(remote.error, 0.95),
    'staleness p50': quantileOf(remote.staleness, 0.5),
    'staleness p95': quantileOf(remote.staleness, 0.95),
    'time scale within 0.95–1.05': percent(remote.scaledMs, remote.totalMs),
    'frozen or off per minute': perMinute(remote.frozenOrOffMs),
    'frozen per minute': perMinute(remote.frozenMs),
    'off per minute': perMinute(remote.offMs),
    'missing or gone, but drawn, per minute': perMinute(remote.absentMs),
    teleports: remote.teleports,
    'input to other screen beyond path p50': quantileOf(othersPress, 0.5),
    ...disturbanceFigures(disturbances),
  }
}

/** What only a client that predicts has, and what the host sees of it. */
export function predictionFigures({ inputs, prediction }: FlyResult, { screen: { own } }: DrawerTally): Figures {
  return {
    'mispredictions per 1000 snapshots': (prediction.mispredictions / prediction.snapshots) * 1000,
    'own-ship correction p99': orNone(own.correction, 0.99),
    'own-ship jolt p99': orNone(own.jolt, 0.99),
    'correction gone within': orNone(own.gone, 0.99),
    'late inputs': percent(inputs.late, inputs.ticks),
    'queue wait mean': inputs.waitedTicks / (inputs.ticks - inputs.late),
    'queue wait mean, ms': inputs.waitedMs / (inputs.ticks - inputs.late),
  }
}

export function eventFigures({ events }: FlyResult): Figures {
  return {
    'event delay p99 beyond one way': quantileOf(events.delay, 0.99),
    'events lost': events.lost,
    'events doubled': events.doubled,
  }
}

/** What only outages, stalls and narrow lines have. */
function disturbanceFigures(tally: DisturbanceTally): Figures {
  const { recoveries, frozenPerStall, ownStill, wrongAfter, growth } = tally
  const figures: Figures = {}
  if (growth.length > 0) figures['growth of delay'] = growth.reduce((sum, ms) => sum + ms, 0) / growth.length
  if (frozenPerStall.length > 0) figures['frozen per stall'] = Math.max(...frozenPerStall)
  if (ownStill.length > 0) figures['own ship still after the return, worst'] = Math.max(...ownStill)
  if (wrongAfter.length > 0)
    figures['others ahead of the host or off > 2 px, 1 s after the return'] = Math.max(...wrongAfter)
  if (recoveries.length === 0) return figures
  figures['recovered within'] = Math.max(...recoveries)
  figures['recovered within, median'] = median(recoveries)
  return figures
}

export function hitFigures(hits: HitTally): Figures {
  return {
    'seen hits confirmed': percent(hits.confirmed, hits.seen),
    'seen hits confirmed, beams': percent(hits.confirmedBy.beam, hits.seenBy.beam),
    'seen hits confirmed, bullets': percent(hits.confirmedBy.bullet, hits.seenBy.bullet),
    'shot behind cover p95': orNone(hits.safe, 0.95),
    'shots behind cover': percent(size(hits.behindCover), size(hits.safe)),
  }
}

/** The end of the 95 % interval that is the worse one, of every figure that is a count or a share of counts. */
export function boundsOf(fly: FlyResult, { screen }: DrawerTally, hits: HitTally | null): Figures {
  const { inputs, events, prediction } = fly
  return {
    'mispredictions per 1000 snapshots': (poissonUpper(prediction.mispredictions) / prediction.snapshots) * 1000,
    teleports: poissonUpper(screen.remote.teleports),
    'late inputs': 100 * wilson(inputs.late, inputs.ticks).high,
    'events lost': poissonUpper(events.lost),
    'events doubled': poissonUpper(events.doubled),
    ...(hits && { 'seen hits confirmed': 100 * wilson(hits.confirmed, hits.seen).low }),
  }
}

function percent(part: number, whole: number): number {
  return (part / whole) * 100
}

/** Where there is nothing to be late or off, it is by nothing. */
function orNone(values: Distribution, share: number): number {
  return values.counts.size === 0 ? 0 : quantileOf(values, share)
}

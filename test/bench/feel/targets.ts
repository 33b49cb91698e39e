/** What each figure ought to be, by profile; a figure without a target is only told. */
import type { Better } from '../bench.ts'
import type { ProfileName } from './profiles.ts'

type Targets = Partial<Record<ProfileName, number>>

export interface Figure {
  readonly unit: string
  readonly better: Better
  readonly targets: Targets
}

function figure(unit: string, better: Better, good?: number, average?: number, poor?: number, wifi?: number): Figure {
  const targets: Targets = {
    ...(good === undefined ? {} : { good }),
    ...(average === undefined ? {} : { average }),
    ...(poor === undefined ? {} : { poor }),
    ...(wifi === undefined ? {} : { wifi }),
  }
  return { unit, better, targets }
}

/** In the order that they are shown in. */
export const figures = {
  'own input to own screen beyond a frame': figure('ms', 'lower', 0, 0, 0, 0),
  'mispredictions per 1000 snapshots': figure('count', 'lower', 0, 3, 80, 15),
  'own-ship correction p99': figure('px', 'lower', 2, 4, 20, 8),
  'own-ship jolt p99': figure('px', 'lower'),
  'correction gone within': figure('ms', 'lower', 100, 100, 150, 100),
  'remote error p95': figure('px', 'lower', 0.5, 1, 4, 1),
  'staleness p50': figure('ms', 'lower', 70, 100, 250, 180),
  'staleness p95': figure('ms', 'lower', 85, 120, 300, 220),
  'time scale within 0.95–1.05': figure('%', 'higher', 100, 99.9, 99, 99),
  'frozen or off per minute': figure('ms', 'lower', 5, 60, 1000, 300),
  'frozen per minute': figure('ms', 'lower'),
  'off per minute': figure('ms', 'lower'),
  'missing or gone, but drawn, per minute': figure('ms', 'lower'),
  teleports: { unit: 'count', better: 'lower', targets: { good: 0, average: 0, poor: 0, wifi: 0, hiccup: 0 } },
  'late inputs': figure('%', 'lower', 0.02, 0.2, 4, 1),
  'queue wait mean': figure('ticks', 'lower', 1.5, 2.5, 10, 8),
  'queue wait mean, ms': figure('ms', 'lower'),
  'seen hits confirmed': figure('%', 'higher', 99.5, 99),
  'seen hits confirmed, beams': figure('%', 'higher'),
  'seen hits confirmed, bullets': figure('%', 'higher'),
  'shot behind cover p95': figure('ms', 'lower', 150, 250, 300, 300),
  'shots behind cover': figure('%', 'lower'),
  'event delay p99 beyond one way': figure('ms', 'lower', 40, 90, 450, 200),
  'events lost': figure('count', 'lower', 0, 0, 0, 0),
  'events doubled': figure('count', 'lower', 0, 0, 0, 0),
  'input to other screen beyond path p50': figure('ms', 'lower', 120, 165, 440, 335),
  'recovered within': { unit: 'ms', better: 'lower', targets: { blackout: 500 } },
  'recovered within, median': figure('ms', 'lower'),
  'frozen per stall': { unit: 'ms', better: 'lower', targets: { jank: 60 } },
  'own ship still after the return, worst': { unit: 'ms', better: 'lower', targets: { hiccup: 100 } },
  'others ahead of the host or off > 2 px, 1 s after the return': {
    unit: 'ms',
    better: 'lower',
    targets: { hiccup: 0 },
  },
  'growth of delay': figure('ms', 'lower'),
} as const satisfies Record<string, Figure>

export type FigureName = keyof typeof figures
export const figureNames = Object.keys(figures) as FigureName[]

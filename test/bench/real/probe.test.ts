import type { EntityId, SessionStats, WorldReport } from 'starwire'
import { expect, it } from 'vitest'
import { startProbe } from './probe.ts'

function fakePage() {
  const page = { now: 0, tick: 0 }
  /** What the next snapshot finds wrong; undefined when nothing is. */
  const wrong: { field: string | null | undefined } = { field: undefined }
  const prediction = {
    tick: 5,
    reconcile(tick: number) {
      return { divergence: wrong.field === undefined ? null : { tick, type: 'ship', field: wrong.field } }
    },
  }
  const ship = { id: 7, owner: 65, mine: true, x: 1, y: 2, angle: 3, impact: 0 }
  const drawn = { me: 65, tick: 2.5, source: prediction, update: (..._times: number[]) => {}, all: () => [ship] }
  const rates = { bytesPerSecond: 0, packetsPerSecond: 0 }
  const inputs = { lateShare: 0, waitTicks: 1 }
  const stats = { rttMs: 100, loss: 0.05, corrections: 0, inputs, up: rates, down: rates } as unknown as SessionStats
  const probe = startProbe({
    session: { view: () => drawn, stats: () => stats },
    now: () => page.now,
    clockOffset: 1000,
    truth: (tick = page.tick): WorldReport => ({
      tick,
      globals: null,
      players: [],
      entities: [{ id: 7 as EntityId, type: 'ship', predicted: true, tick, fields: { x: tick } }],
    }),
  })
  return { page, wrong, prediction, drawn, probe }
}

it('records every tick once, also those that the host ran at once', () => {
  const { page, probe } = fakePage()
  for (const [now, tick] of [
    [10, 4],
    [12, 4],
    [60, 7],
  ] as const) {
    Object.assign(page, { now, tick })
    probe.beat()
  }
  expect(probe.recording.ticks.map(({ tick, at, ships }) => [tick, at, ships[0]?.x])).toEqual([
    [4, 1010, 4],
    [5, 1060, 5],
    [6, 1060, 6],
    [7, 1060, 7],
  ])
})

it('records a frame at the time it is drawn for, with the tick of the own ship', () => {
  const { drawn, probe } = fakePage()
  drawn.update(20, 2.5, 5.25)
  drawn.update(37, 3.5, 9)
  expect(probe.recording.frames.map(({ at, tick, ownTick }) => [at, tick, ownTick])).toEqual([
    [1020, 2.5, 4.25],
    [1037, 2.5, 5],
  ])
  expect(probe.recording.stats).toHaveLength(1)
})

it('tells corrections of the own ship in flight from all others', () => {
  const { drawn, prediction, probe, wrong } = fakePage()
  for (const field of ['x', 'hp', null, undefined]) {
    wrong.field = field
    prediction.reconcile(1)
  }
  drawn.update(1, 1, 1)
  expect(probe.recording.compared).toHaveLength(4)
  expect(probe.recording.corrections.map(({ field }) => field)).toEqual(['x', 'hp', null])
  expect(probe.recording.frames[0]?.corrected).toBe(1)
})

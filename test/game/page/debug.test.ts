import type { PlayerId, SendingReport, SessionStats, ToldDivergence } from 'starwire'
import { describe, expect, it } from 'vitest'
import { guestsOf, linesOf } from '../../../src/debug/debug-text.ts'
import { DebugWatch, GRAPH_READINGS } from '../../../src/debug/debug-watch.ts'
import type { PageSession } from '../../../src/doors/doors.ts'
import { FakeSession } from '../../browser/fixtures/page/fake-session.ts'

const me = 64 as PlayerId

function statsOf(role: 'host' | 'client', changed: Partial<SessionStats> = {}): SessionStats {
  return { ...new FakeSession(role, me).stats(), ...changed }
}

/** A session whose figures the test sets, and which is found wrong when the test says so. */
function movable() {
  const heard = new Set<(divergence: ToldDivergence) => void>()
  const figures = { corrections: 0, stalenessMs: 80 }
  const session: PageSession = {
    stats: () => {
      const stats = statsOf('client', { corrections: figures.corrections })
      return { ...stats, clock: { ...stats.clock, stalenessMs: figures.stalenessMs } }
    },
    world: () => ({ tick: 0, globals: null, players: [], entities: [] }),
    on: (_name: string, hear: unknown) => {
      heard.add(hear as (divergence: ToldDivergence) => void)
      return () => heard.delete(hear as (divergence: ToldDivergence) => void)
    },
  }
  const diverge = (message: string): void => {
    figures.corrections++
    for (const hear of heard) hear({ message } as ToldDivergence)
  }
  return { session, figures, heard, diverge }
}

describe('the text of the overlay', () => {
  it('tells a guest of the line, the clocks, and how their inputs come', () => {
    expect(linesOf(statsOf('client'))).toEqual([
      'rtt 48 ms · loss 1.2 %',
      '↓ 18.9 kB/s, 30/s · ↑ 3.4 kB/s, 60/s',
      'snapshots 590 B, at most 1140 B',
      '3 own, 21 others · 2 corrections',
      'lead 4.2 ticks · inputs wait 1.4, 0.2 % late',
      'others 81 ms old, delay 57 ms',
    ])
  })

  it('tells the host nothing of a network that it does not have, and anybody of nonsense only when there was some', () => {
    const lines = linesOf(statsOf('host', { malformed: { packet: 3, epoch: 0, flood: 1 } }))
    expect(lines.join()).not.toMatch(/rtt|inputs/)
    expect(lines.at(-1)).toBe('malformed: packet 3, flood 1')
  })

  it('tells what the page waits for in vain, and for how long, before all else that is wrong', () => {
    const waits = { for: 'acks', ms: 6240 } as const
    const lines = linesOf(statsOf('client', { waits, malformed: { packet: 3 } }))
    expect(lines.slice(-2)).toEqual(['waits for acks, 6.2 s', 'malformed: packet 3'])
    expect(linesOf(statsOf('client')).join()).not.toMatch(/waits for/)
  })

  it('tells the host which types are full, and how many were kept out', () => {
    const load = { tickMs: 1, botMs: 0, droppedTicks: 0, keptOut: { bullet: 7, asteroid: 1 } }
    expect(linesOf(statsOf('host', { load })).at(-1)).toBe('kept out: bullet 7, asteroid 1')
    const quiet = statsOf('host', { load: { ...load, keptOut: {} } })
    expect(linesOf(quiet).join()).not.toMatch(/kept out/)
  })

  it('tells the host how each guest is sent to and heard, those that are sent less first, without the host’s own player', () => {
    const report = (limitedBy: SendingReport['limitedBy']): SendingReport => ({
      ...{ snapshotsPerSecond: limitedBy ? 10 : 30, limitBytes: 1128, bytesPerSecond: 26_790, queueMs: 85, limitedBy },
    })
    const [ann, bea, cid, dot] = [65, 66, 67, 68] as PlayerId[]
    const stats = statsOf('host', {
      sending: new Map([
        [me, report(null)],
        [ann!, report(null)],
        [bea!, report('queue')],
        [cid!, report('outage')],
        [dot!, report(null)],
      ]),
      receiving: new Map([[bea!, { rttMs: 120.4, lateShare: 0.031, waitTicks: 2.25 }]]),
    })
    expect(guestsOf(stats, me, (player) => `P${player}`, 3)).toEqual({
      rows: [
        ['P66', '10', '1128', '26.8', '120', '3.1 %', '2.3', 'queue 85'],
        ['P67', '10', '1128', '26.8', '0', '0.0 %', '0.0', 'outage'],
        ['P65', '30', '1128', '26.8', '0', '0.0 %', '0.0', ''],
      ],
      more: 1,
    })
  })
})

describe('what the overlay keeps', () => {
  it('is the newest sentences, however many come', () => {
    const { session, diverge } = movable()
    const watch = new DebugWatch()
    expect(watch.read(null, 0)).toBe(null)
    watch.read(session, 0)
    for (let i = 1; i <= 1000; i++) diverge(`wrong ${i}`)
    expect(watch.read(session, 250)?.divergences).toEqual(['wrong 1000', 'wrong 999', 'wrong 998'])
  })

  it('is nothing of a match that is over', () => {
    const [first, second] = [movable(), movable()]
    const watch = new DebugWatch()
    watch.read(first.session, 0)
    first.diverge('wrong')
    expect(watch.read(second.session, 250)).toMatchObject({ divergences: [], graph: [{ corrected: false }] })
    expect([first.heard.size, second.heard.size]).toEqual([0, 1])
    watch.close()
    expect(second.heard.size).toBe(0)
  })

  it('is ten seconds of the graph, with the corrections where they were', () => {
    const { session, figures } = movable()
    const watch = new DebugWatch()
    for (let i = 0; i < 100; i++) {
      figures.stalenessMs = i
      if (i === 90) figures.corrections += 5
      watch.read(session, i * 250)
    }
    const graph = watch.read(session, 25_000)?.graph ?? []
    expect(graph).toHaveLength(GRAPH_READINGS)
    expect(graph.filter(({ corrected }) => corrected).map(({ stalenessMs }) => stalenessMs)).toEqual([90])
  })

  it('is the frames of the last second, and the longest of them', () => {
    const { session } = movable()
    const watch = new DebugWatch()
    for (let now = 0; now <= 2000; now += 20) watch.frame(now)
    watch.frame(2070)
    expect(watch.read(session, 2080)).toMatchObject({ frames: 47, longestFrameMs: 70 })
    expect(watch.read(session, 9000)).toMatchObject({ frames: 0, longestFrameMs: 0 })
  })
})

/** What the overlay of `?debug` says, as text. Pure, so that Node tests it. */
import type { PlayerId, SessionStats, Traffic } from 'starwire'

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
const ms = (value: number): string => `${Math.round(value)} ms`
const traffic = ({ bytesPerSecond, packetsPerSecond }: Traffic): string =>
  `${(bytesPerSecond / 1000).toFixed(1)} kB/s, ${packetsPerSecond}/s`

/**
 * What there is to say, in a few lines. Of the host's own player, who has no network, the round trip and the inputs say
 * nothing; what is waited for in vain, was malformed or kept out is told only when there is any.
 */
export function linesOf(stats: SessionStats): string[] {
  const { role, clock, inputs, entities, snapshotBytes, corrections } = stats
  const lines = [
    `↓ ${traffic(stats.down)} · ↑ ${traffic(stats.up)}`,
    `snapshots ${Math.round(snapshotBytes.mean)} B, at most ${snapshotBytes.max} B`,
    `${entities.predicted} own, ${entities.presented} others · ${corrections} corrections`,
    `others ${ms(clock.stalenessMs)} old, delay ${ms(clock.presentationDelayMs)}`,
  ]
  if (role === 'client') {
    lines.unshift(`rtt ${ms(stats.rttMs)} · loss ${percent(stats.loss)}`)
    const { waitTicks, lateShare } = inputs
    const lead = `lead ${clock.leadTicks.toFixed(1)} ticks`
    lines.splice(-1, 0, `${lead} · inputs wait ${waitTicks.toFixed(1)}, ${percent(lateShare)} late`)
  }
  const { waits, load, malformed } = stats
  if (waits) lines.push(`waits for ${waits.for}, ${(waits.ms / 1000).toFixed(1)} s`)
  return [...lines, ...countsOf('malformed', malformed), ...countsOf('kept out', load?.keptOut ?? {})]
}

/** One line of what was counted, or none. */
function countsOf(title: string, counts: Readonly<Record<string, number>>): string[] {
  const some = Object.entries(counts).filter(([, count]) => count > 0)
  return some.length > 0 ? [`${title}: ${some.map(([what, count]) => `${what} ${count}`).join(', ')}`] : []
}

/** The columns of {@link guestsOf}: snapshots a second, longest packet, what the path carries; ms, share, ticks; why not more. */
export const GUEST_COLUMNS = ['', 'Hz', '≤ B', 'kB/s', 'rtt', 'late', 'wait', '']

/** How the host sends to its guests and hears them: a row for each of the first `most`, those that are sent less before the others. */
export function guestsOf(
  { sending, receiving }: SessionStats,
  me: PlayerId,
  nameOf: (player: PlayerId) => string,
  most: number,
): { rows: string[][]; more: number } {
  const guests = [...sending]
    .filter(([player]) => player !== me)
    .sort(([, a], [, b]) => Number(b.limitedBy !== null) - Number(a.limitedBy !== null))
  const rows = guests.slice(0, most).map(([player, report]) => {
    const heard = receiving.get(player)
    return [
      nameOf(player),
      report.snapshotsPerSecond.toFixed(0),
      String(report.limitBytes),
      (report.bytesPerSecond / 1000).toFixed(1),
      Math.round(heard?.rttMs ?? 0).toString(),
      percent(heard?.lateShare ?? 0),
      (heard?.waitTicks ?? 0).toFixed(1),
      report.limitedBy === 'queue' ? `queue ${report.queueMs}` : (report.limitedBy ?? ''),
    ]
  })
  return { rows, more: guests.length - rows.length }
}

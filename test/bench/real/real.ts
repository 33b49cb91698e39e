/**
 * `npm run bench -- real`: Dogstar in two real Chromium pages, its page as built and served, over a UDP relay with 100 ms
 * round trip and 5 % loss each way. What both pages draw, frame by frame, beside the host's truth, and the same flight in
 * the simulator. Screenshots and the whole recording go to `.cache/real/`.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Bench, type Better, measured, quantile, type Row } from '../bench.ts'
import { figuresOf, gapsOf, type PageFigures } from './figures.ts'
import { NETWORK, ONE_WAY_MS, WARM_UP_MS } from './flight.ts'
import { openMatch, startFlight, takeRecording } from './real-pages.ts'
import { type FlightRecordings, simulateFlight } from './simulated.ts'

const SECONDS = 20
const FULL_SECONDS = 120
/** Virtual seconds cost little. */
const SIMULATED_SECONDS = 60
const PICTURES = 3
const PICTURE_EVERY_MS = 1500
const folder = fileURLToPath(new URL('../../.cache/real', import.meta.url))

export const real: Bench = {
  summary: `Dogstar in two real pages at 100 ms and 5 % loss, drawn beside the truth, ${SECONDS} s (--full: ${FULL_SECONDS} s)`,
  async run({ full, seconds }) {
    const length = seconds ?? (full ? FULL_SECONDS : SECONDS)
    const flown = await flyPages(length)
    console.error(`recording and screenshots are in ${folder}`)
    const simulated = simulateFlight(NETWORK, SIMULATED_SECONDS)
    return [...rowsOf('real', flown), ...rowsOf('simulated', simulated)]
  },
  table: twoColumns,
}

async function flyPages(seconds: number): Promise<FlightRecordings> {
  await mkdir(folder, { recursive: true })
  const match = await openMatch(NETWORK)
  try {
    const { host, guest } = match
    await Promise.all([startFlight(host, 0), startFlight(guest, 1)])
    console.error(`flying for ${seconds} s`)
    await pause(WARM_UP_MS + seconds * 1000)
    const recordings = { host: await takeRecording(host), guest: await takeRecording(guest) }
    // A screenshot holds a page up: they come after what is measured, in the same match.
    for (let i = 1; i <= PICTURES; i++) {
      await Promise.all(
        Object.entries({ host, guest }).map(([name, { page }]) =>
          page.screenshot({ path: `${folder}/${name}-${i}.png` }),
        ),
      )
      await pause(PICTURE_EVERY_MS)
    }
    await writeFile(`${folder}/recording.json`, JSON.stringify(recordings))
    for (const { complaints } of [host, guest])
      if (complaints.length > 0) throw new Error(`A page complained:\n${complaints.join('\n')}`)
    return recordings
  } finally {
    await match.close()
  }
}

function rowsOf(caseName: string, { host, guest }: FlightRecordings): Row[] {
  const first = Math.max(host.frames[0]?.at ?? 0, guest.frames[0]?.at ?? 0)
  const last = Math.min(host.frames.at(-1)?.at ?? 0, guest.frames.at(-1)?.at ?? 0)
  // What is drawn at the end the truth may not have reached.
  const window = { fromMs: first + WARM_UP_MS, toMs: last - 500 }
  const hostTicks = host.ticks.map(({ at }) => at).filter((at) => at >= window.fromMs && at <= window.toMs)
  const onGuest = figuresOf(guest, host.ticks, window, ONE_WAY_MS)
  const onHost = figuresOf(host, host.ticks, window, 0)
  const row = (name: string, value: number, unit: string, better: Better = 'lower'): Row =>
    measured(name, caseName, value, unit, better)
  const page = (who: string, other: string, of: PageFigures): Row[] => [
    row(`${who} page: frames per second`, of.framesPerSecond, '1/s', 'higher'),
    row(`${who} page: longest frame`, of.longestFrameMs, 'ms'),
    row(`${who} page: own input to own screen beyond a frame p50`, of.inputFramesP50 - 1, 'frames'),
    row(`${who} page: own input to own screen beyond a frame p95`, of.inputFramesP95 - 1, 'frames'),
    row(`${who} page: key to the drawing of the frame that shows it p50`, of.inputMsP50, 'ms'),
    row(`${who} page: key to the drawing of the frame that shows it p95`, of.inputMsP95, 'ms'),
    row(`${who} page: keys timed`, of.presses, 'count', 'higher'),
    row(`${who} page: corrections of anything`, of.corrections, 'count'),
    row(`${who} page: own ship corrected per 1000 snapshots`, of.shipCorrections, 'count'),
    row(`${who} page: the same, no bounce before it`, of.shipCorrectionsAlone, 'count'),
    row(`${who} page: own-ship correction p99`, of.correctionP99, 'px'),
    row(`${who} page: correction gone within p99`, of.correctionGoneP99, 'ms'),
    row(`${who} page: own ship drawn vs truth p50`, of.ownErrorP50, 'px'),
    row(`${who} page: own ship drawn vs truth p99`, of.ownErrorP99, 'px'),
    row(`${who} page: ${other} ship drawn vs truth p50`, of.otherErrorP50, 'px'),
    row(`${who} page: ${other} ship drawn vs truth p95`, of.otherErrorP95, 'px'),
    row(`${who} page: ${other} ship heading vs truth p95`, of.otherAngleP95, '°'),
    row(`${who} page: staleness of ${other} ship beyond one way p50`, of.stalenessP50, 'ms'),
    row(`${who} page: staleness of ${other} ship beyond one way p95`, of.stalenessP95, 'ms'),
    row(`${who} page: time scale within 0.95–1.05`, of.evenTime * 100, '%', 'higher'),
    row(`${who} page: ${other} ship frozen, per minute`, of.frozenMsPerMinute, 'ms'),
    row(`${who} page: teleports`, of.teleports, 'count'),
    row(`${who} page: snapshots per second`, of.snapshotsPerSecond, '1/s', 'higher'),
    row(`${who} page: longest time without a snapshot`, of.longestSnapshotGapMs, 'ms'),
  ]
  return [
    ...page('guest', "host's", onGuest),
    ...page('host', "guest's", onHost),
    // Where it is far above a tick the machine was too slow for two pages, and all figures of time are worse for it.
    row('host: from tick to tick p99', quantile(gapsOf(hostTicks), 0.99), 'ms'),
    row('round trip as measured', onGuest.rttMs, 'ms'),
    row('loss to the guest as measured', onGuest.loss * 100, '%'),
    row('late inputs of the guest', onGuest.lateInputs * 100, '%'),
    row("mean wait of the guest's inputs at the host", onGuest.inputWaitTicks, 'ticks'),
    row('guest down, payload', onGuest.downPayload, 'kbit/s'),
    row('guest down, 93 B a packet added', onGuest.downKbit, 'kbit/s'),
    row('guest up, packets', onGuest.upPackets, '1/s', 'higher'),
    row('guest up, payload', onGuest.upPayload, 'kbit/s'),
    row('guest up, 93 B a packet added', onGuest.upKbit, 'kbit/s'),
  ]
}

/** A line for each figure, a column for each case. */
function twoColumns(rows: readonly Row[]): string {
  const cases = [...new Set(rows.map((row) => row.case))]
  const names = [...new Set(rows.map(({ name }) => name))]
  const cell = (value: number, unit: string): string =>
    `${value.toFixed(Number.isInteger(value) ? 0 : Math.abs(value) < 10 ? 2 : 1)} ${unit}`
  const lines = names.map((name) => [
    name,
    ...cases.map((one) => {
      const row = rows.find((other) => other.name === name && other.case === one)
      return row ? cell(row.value, row.unit) : ''
    }),
  ])
  const all = [['figure', ...cases], ...lines]
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? []
  return all
    .map((line) =>
      line
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

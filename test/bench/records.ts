/** What it costs to record a match of Dogstar with eight players, what its file takes, and how fast it is shown again. */
import { dogstar } from '../../game/rules/dogstar.ts'
import { record } from '../../net/records/record.ts'
import { openRecording } from '../../net/records.ts'
import { seededRandom, simulate } from '../../net/testing.ts'
import { type Bench, measured, quantile, type Row } from './bench.ts'

const PLAYERS = 8
const TEN_MINUTES = 600
/** Ten minutes in virtual time take several in real time. A minute has all that a longer match has, key frames too. */
const USUAL_SECONDS = 60

const seekTimes = (replay: { lastTick: number; seek(tick: number): void }): number[] =>
  Array.from({ length: 40 }, (_, i) => {
    const began = performance.now()
    replay.seek(Math.round(((i * 17) % 40) * (replay.lastTick / 40)))
    return performance.now() - began
  })

/** Keys as people hold them: each changes a few times a second. */
function playing(seconds: number, records: boolean) {
  const match = simulate(dogstar, { players: PLAYERS, network: { latencyMs: 40, jitterMs: 8, loss: 0.01 }, seed: 5 })
  const ofHost = records ? match.record() : null
  const guest = match.clients[1]
  const ofGuest =
    guest && records
      ? record(
          { host: null, client: guest.runner.session, onPacket: (heard) => guest.runner.onPacket(heard) },
          () => guest.session.players,
        )
      : null
  const random = seededRandom(17)
  const began = performance.now()
  match.run(seconds * 1000, () => {
    for (const client of match.clients)
      if (random() < 1 / 15)
        client.input({
          turn: Math.floor(random() * 17) - 8,
          thrust: random() < 0.6,
          brake: random() < 0.1,
          fire: random() < 0.5,
          dash: random() < 0.1,
        })
  })
  return { ofHost, ofGuest, ms: performance.now() - began }
}

export const records: Bench = {
  summary: 'bytes and cost of recording eight players of Dogstar, and of showing it again',
  async run({ full, seconds: given }): Promise<Row[]> {
    const seconds = given ?? (full ? TEN_MINUTES : USUAL_SECONDS)
    const without = playing(seconds, false)
    const { ofHost, ofGuest, ms } = playing(seconds, true)
    if (!ofHost || !ofGuest) return []
    const file = ofHost.save()
    const opened = performance.now()
    const { replay } = openRecording(dogstar, file)
    const openMs = performance.now() - opened
    if (!replay) return []
    const began = performance.now()
    const differs = replay.check()
    const ranMs = performance.now() - began
    const seeks = seekTimes(replay)
    const name = `${seconds} s, ${PLAYERS} players`
    const perSecond = (mb: number): number => (mb / seconds) * TEN_MINUTES
    return [
      measured('host, file of it', name, file.length / 1e6, 'MB', 'lower'),
      measured('host, file of ten minutes at this rate', name, perSecond(file.length / 1e6), 'MB', 'lower'),
      measured('guest, ring of the last 30 s', name, ofGuest.bytes / 1e6, 'MB', 'lower'),
      measured('recording one host and one guest ÷ without', name, ms / without.ms, '×', 'lower'),
      measured('opening', name, openMs, 'ms', 'lower'),
      measured('running it again, a tick', name, ranMs / (replay.lastTick - replay.firstTick), 'ms', 'lower'),
      measured('seek, p50', name, quantile(seeks, 0.5), 'ms', 'lower'),
      measured('seek, worst', name, Math.max(...seeks), 'ms', 'lower'),
      measured('ticks that differ', name, differs === null ? 0 : 1, '', 'lower', 0),
    ]
  },
}

/** What prediction costs in real time: a replay in a crowded arena, and a page's collections of garbage. */
import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ClientSession } from '../../../net/session/client.ts'
import { type Simulation, simulate } from '../../../net/testing.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import { copyRow } from '../../../net/world/record.ts'
import { measured, median, type Row } from '../bench.ts'
import type { PilotInput } from '../worlds/pilots.ts'
import { type ArenaName, arenaOptions, pilotsOf } from '../worlds/scenarios.ts'
import { type FeelShape, feelArena } from './game.ts'
import { profiles } from './profiles.ts'

const REPLAY_TICKS = 12
const REPLAYS = 300
const WARM_UP_REPLAYS = 60
/** Longer than this a collection may cost a frame, ms. */
const LONG_MS = 4
const MATCH_SECONDS = 60
/** The match has found its pace before collections count. */
const LEAD_SECONDS = 10

function startMatch(name: ArenaName): { match: Simulation<FeelShape>; run(ms: number): void } {
  const pilots = pilotsOf(name, 1)
  const network = profiles.average.network
  const match = simulate(feelArena, { players: pilots.length, network, options: arenaOptions(name) })
  return {
    match,
    run: (ms) =>
      match.run(ms, {
        eachFrame(client) {
          const input = pilots[match.clients.indexOf(client)]?.(null, [])
          if (input) client.input(input)
          client.view()
        },
      }),
  }
}

/** The time of a correction that replays twelve ticks, ms, at a client among 16 ships, 60 bullets and 60 asteroids. */
function replayTimes(): number[] {
  const { match, run } = startMatch('M')
  run(5000)
  const times: number[] = []
  for (let i = 0; i < REPLAYS; i++) {
    run(1000 / 60)
    const { prediction } = match.clients[1 + (i % (match.clients.length - 1))]?.runner.session ?? {}
    const tick = (prediction?.tick ?? 0) - REPLAY_TICKS
    const then = prediction?.stateAt(tick)
    if (!prediction || !then) continue
    const exact = new Map(
      [...then.records].map(([id, record]) => [id, { ...record, row: copyRow(record.row) }] as const),
    )
    for (const { type, row } of exact.values()) {
      const x = type.numbers.find(({ name }) => name === 'x')
      if (type.name === 'ship' && x) row.numbers[x.column] = (row.numbers[x.column] ?? 0) + 1
    }
    const began = performance.now()
    prediction.reconcile(tick, exact)
    times.push(performance.now() - began)
  }
  return times.slice(WARM_UP_REPLAYS)
}

/** What happened to one client, by its own clock. */
interface Moment {
  readonly atMs: number
  /** A packet that came; or null, and it is a frame with this input. */
  readonly bytes: Uint8Array | null
  readonly input: PilotInput | null
}

/** All that happened to the first guest of a match. */
function recordGuest(): { moments: Moment[]; me: PlayerId } {
  const pilots = pilotsOf('S', 1)
  const options = arenaOptions('S')
  const match = simulate(feelArena, { players: pilots.length, network: profiles.average.network, options })
  const guest = match.clients[1]
  if (!guest) throw new Error('A match of eight has a guest.')
  const moments: Moment[] = []
  const receive = guest.runner.receive.bind(guest.runner)
  guest.runner.receive = (bytes, atMs) => {
    moments.push({ atMs, bytes: bytes.slice(), input: null })
    receive(bytes, atMs)
  }
  match.run((LEAD_SECONDS + MATCH_SECONDS) * 1000, {
    eachFrame(client, now) {
      const input = pilots[match.clients.indexOf(client)]?.(null, [])
      if (!input) return
      client.input(input)
      if (client === guest) moments.push({ atMs: guest.localTime(now), bytes: null, input })
      client.view()
    },
  })
  return { moments, me: guest.me }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

/** How long each collection took while one guest alone lived through a minute again, ms. */
async function collections(): Promise<number[]> {
  const { moments, me } = recordGuest()
  const session = new ClientSession({ game: feelArena, me, seed: 1, epoch: 1, options: arenaOptions('S') })
  const times: number[] = []
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) times.push(duration)
  })
  let observing = false
  for (const [i, { atMs, bytes, input }] of moments.entries()) {
    if (!observing && atMs >= LEAD_SECONDS * 1000) {
      // What the recorded match left behind is not this guest's.
      collectGarbage()
      await wait(0)
      observer.observe({ entryTypes: ['gc'] })
      observing = true
    }
    if (bytes) session.receive(bytes, atMs)
    else {
      session.advance(atMs)
      const sent = session.outgoing(atMs)
      if (sent) session.sent(atMs, sent.length)
      session.events()
      if (input) session.input({ ...input })
      session.view(atMs)
    }
    // Entries are told between two turns of the loop.
    if (i % 100 === 0) await wait(0)
  }
  await wait(0)
  observer.disconnect()
  return times
}

export async function costRows(): Promise<Row[]> {
  const replays = replayTimes()
  const collected = await collections()
  const long = collected.filter((ms) => ms > LONG_MS).length
  return [
    measured('replay of 12 ticks median', 'arena', median(replays), 'ms', 'lower', 4),
    measured('collections over 4 ms in 60 s', 'guest', long, 'count', 'lower', 0),
    measured('longest collection', 'guest', Math.max(0, ...collected), 'ms', 'lower'),
  ]
}

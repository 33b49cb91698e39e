/**
 * One match of the arena under measurement: the host and seven guests who fly and shoot by seeded chance, so that every
 * run of a seed has the same inputs at the same moments, whatever is drawn.
 */

import { type SimulatedClient, type Simulation, simulate } from '../../../net/testing.ts'
import type { GameShape } from '../../../net/world/game-shape.ts'
import { arenaOptions, pilotsOf } from '../worlds/scenarios.ts'
import { mergeTallies } from './distribution.ts'
import { type DisturbanceTally, disturbancesOf, disturbanceTally } from './disturbances.ts'
import { type Drawing, delayedDrawing, latestDrawing, sessionDrawing } from './drawings.ts'
import { EventLedger, type EventTally } from './events.ts'
import { fixBuffers } from './fixed-client.ts'
import { type FeelShape, feelArenaAt } from './game.ts'
import { type InputTally, inputTally, meterInputs } from './inputs.ts'
import { type MispredictionTally, meterPrediction } from './mispredictions.ts'
import { type ProfileName, profiles } from './profiles.ts'
import { framesOf } from './run-frames.ts'
import { Screen, type ScreenTally } from './screen.ts'
import { FRAME_MS, PLAYERS, pageClocks, WARM_UP_MS } from './setting.ts'
import { TruthLog } from './truth.ts'

/** What baseline (b) draws behind. */
const DELAY_MS = 100

/** Who draws: the session, or a baseline. */
export type DrawerName = 'session' | 'latest' | 'delayed' | 'fixed'

/** All that one drawer's screens showed. */
export interface DrawerTally {
  readonly screen: ScreenTally
  readonly disturbances: DisturbanceTally
}

export interface FlyResult {
  readonly drawers: Partial<Record<DrawerName, DrawerTally>>
  readonly inputs: InputTally
  readonly events: EventTally
  readonly prediction: MispredictionTally
}

export interface FlyOptions {
  readonly profile: ProfileName
  readonly seed: number
  readonly seconds: number
  readonly tickRate: number
  /** Baseline (c): a match of its own, since it sends otherwise. */
  readonly fixed?: boolean
}

interface Guest {
  readonly screens: ReadonlyMap<DrawerName, Screen>
  /** Since the last frame. */
  corrected: boolean
}

type Client = SimulatedClient<FeelShape>

export function flyMatch({ profile: name, seed, seconds, tickRate, fixed = false }: FlyOptions): FlyResult {
  const profile = profiles[name]
  const match = simulate(feelArenaAt(tickRate), {
    players: PLAYERS,
    network: profile.network,
    seed,
    options: arenaOptions('S'),
    clocks: pageClocks(seed),
  })
  const oneWayMs = profile.network.latencyMs ?? 0
  const truth = new TruthLog(tickRate)
  const ledger = new EventLedger(PLAYERS - 1, oneWayMs)
  const result = {
    drawers: {} as Partial<Record<DrawerName, DrawerTally>>,
    inputs: inputTally(),
    events: ledger.tally,
    prediction: { snapshots: 0, mispredictions: 0 },
  }
  const counts = (): boolean => match.now >= WARM_UP_MS
  recordTruth(match, truth, ledger, counts)

  const guests = new Map<Client, Guest>()
  for (const [i, client] of match.clients.slice(1).entries()) {
    const { session } = client.runner
    if (fixed) fixBuffers(session)
    const options = { truth, me: client.me, oneWayMs, frameMs: FRAME_MS, fromMs: WARM_UP_MS }
    const screens = new Map<DrawerName, Screen>()
    for (const [drawer, drawing] of drawingsOf(client, fixed)) screens.set(drawer, new Screen({ ...options, drawing }))
    const guest: Guest = { screens, corrected: false }
    guests.set(client, guest)
    const wrong = (): void => {
      guest.corrected = true
    }
    meterPrediction(session.prediction, result.prediction, { wrong, counts })
    client.session.on('call', ({ number }) => ledger.hear(i, number, match.now))
    const queue = match.host.session.clients.get(client.me)?.inputs
    if (queue) meterInputs(queue, result.inputs, { now: () => match.now, tickMs: 1000 / tickRate, counts })
  }
  const screens = [...guests.values()].flatMap((guest) => [...guest.screens.values()])

  const pilots = pilotsOf('S', seed)
  const turns = new Map<Client, number>()
  const disturbances = disturbancesOf(profile, seconds)
  const coming = [...disturbances]
  framesOf(match, tickRate)(seconds * 1000, {
    eachTick(now) {
      for (let next = coming[0]; next && next.atMs <= now; next = coming[0]) {
        coming.shift()
        if (next.what === 'freeze') match.freeze('host', next.ms)
        else for (const client of guests.keys()) match.cut(client, next.ms)
      }
      for (const screen of screens) screen.settle()
    },
    eachFrame(client, now) {
      const input = pilots[match.clients.indexOf(client)]?.(null, [])
      if (!input) return
      client.input(input)
      const guest = guests.get(client)
      if (!guest) return
      if (input.turn !== 0 && turns.get(client) === 0)
        for (const screen of screens) screen.press(client.me, now, input.turn)
      turns.set(client, input.turn)
      const { corrected } = guest
      guest.corrected = false
      for (const screen of guest.screens.values()) screen.draw(now, client.localTime(now), corrected)
    },
  })
  ledger.finish(match.now)
  for (const guest of guests.values())
    for (const [drawer, { tally, frames }] of guest.screens) {
      const own = { screen: tally, disturbances: disturbanceTally(disturbances, frames) }
      const others = result.drawers[drawer]
      result.drawers[drawer] = others ? mergeTallies(others, own) : own
    }
  return result
}

/** The end of a tick is the rounding of its world: what is there then is the truth. */
function recordTruth(match: Simulation<FeelShape>, truth: TruthLog, ledger: EventLedger, counts: () => boolean): void {
  const { world } = match.host.session
  const round = world.round.bind(world)
  world.round = () => {
    round()
    truth.record(world, match.now)
    if (!counts()) return
    for (const { type, row } of world.emitted) if (type.name === 'call') ledger.emitted(row.numbers[0] ?? 0, match.now)
  }
}

function drawingsOf(client: Client, fixed: boolean): readonly (readonly [DrawerName, Drawing])[] {
  const general = client as unknown as SimulatedClient<GameShape>
  if (fixed) return [['fixed', sessionDrawing(general)]]
  return [
    ['session', sessionDrawing(general)],
    ['latest', latestDrawing(general)],
    ['delayed', delayedDrawing(general, DELAY_MS)],
  ]
}

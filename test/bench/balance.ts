/**
 * Whether no hull and no special is better than the others: bots of equal skill play rounds of a minute on a host without a network, nine on the
 * large field, one of each pair, and six and eight on the smaller ones, where each hull and special is flown as often over the rounds. A row for
 * each hull and special: the share of rounds that it won, and the points that its pilots made in a round, each with the interval in which the
 * truth lies 19 times of 20. Points tell the same sooner, since all pilots count. Rounds that were played before with the same rules count
 * (balance-kept.ts).
 */

import { HULL_NAMES, SPECIAL_NAMES } from '../../game/rules/balance.ts'
import { dogstar } from '../../game/rules/dogstar.ts'
import { newMinds } from '../../net/bots/bot-minds.ts'
import { HostSession } from '../../net/session/host.ts'
import { type PlayerId, playerId } from '../../net/world/ids.ts'
import { keepRounds, keptRounds } from './balance-kept.ts'
import { type Bench, measured, type Row } from './bench.ts'

const ROUNDS = 300
const FEW_ROUNDS = 30
/** Of fewer pilots than nine: as often as it takes for each pair to be flown equally often, six and eight alike. */
const FEW_SMALL_ROUNDS = 18
const TICK_MS = 1000 / 60
/** The countdown, the minute, and a moment. */
const MAX_TICKS = 64 * 60
/** Of three, none should win more. */
const FAIR_SHARE = 40
const SKILL = 0.7
/** Standard errors to each side of a mean that hold the truth 19 times of 20. */
const SURE = 1.96

type Pair = (typeof pairs)[number]
const pairs = HULL_NAMES.flatMap((wantedHull) => SPECIAL_NAMES.map((wantedSpecial) => ({ wantedHull, wantedSpecial })))
const kinds = [
  { kind: 'hull', names: HULL_NAMES as readonly string[], of: (pair: Pair): string => pair.wantedHull },
  { kind: 'special', names: SPECIAL_NAMES as readonly string[], of: (pair: Pair): string => pair.wantedSpecial },
] as const

/** Pilots of a round, by the case's name. All pairs are nine. */
const crews = { '9': 9, '8': 8, '6': 6 } as const

/** Ways to give each hull another special. */
const DEALS = [
  [0, 1, 2],
  [1, 2, 0],
  [2, 0, 1],
  [0, 2, 1],
  [1, 0, 2],
  [2, 1, 0],
] as const

interface Round {
  /** Which pair won, as a place in `pairs`; null: a draw. */
  readonly winner: number | null
  /** Of each pair, in their order; null: nobody flew it. */
  readonly points: readonly (number | null)[]
  /** Mean milliseconds of a tick for each bot: of all, and of what it thinks. */
  readonly tickMs: number
  readonly botMs: number
}

export const balance: Bench = {
  summary: `how often each hull and special of Dogstar wins among bots, ${FEW_ROUNDS} rounds of 60 s with nine, ${FEW_SMALL_ROUNDS} with six and eight (--full: ${ROUNDS} each; --seconds N: as many as fit)`,
  hasRuns: true,
  cases: Object.keys(crews),
  async run({ full, seconds, runs, only }) {
    const until = performance.now() + (seconds ?? Number.POSITIVE_INFINITY) * 1000
    const rows: Row[] = []
    for (const [name, pilots] of Object.entries(crews)) {
      if (only !== null && name !== only) continue
      const few = pilots === pairs.length ? FEW_ROUNDS : FEW_SMALL_ROUNDS
      rows.push(...rowsOf(pilots, await playRounds(pilots, runs ?? (full || seconds !== null ? ROUNDS : few), until)))
    }
    return rows
  },
}

/** Plays on from the rounds that are kept, one at the least where there are none. Each takes two seconds or three. */
async function playRounds(pilots: number, wanted: number, until: number): Promise<readonly Round[]> {
  const kept = await keptRounds<Round>(pilots)
  const rounds = kept.slice(0, wanted)
  while (rounds.length < wanted && (rounds.length === 0 || performance.now() < until))
    rounds.push(playRound(pilots, rounds.length))
  if (rounds.length > kept.length) await keepRounds(pilots, rounds)
  return rounds
}

/** A hull or special, and the rounds that it is weighed in. */
interface Weighed {
  readonly pilots: number
  readonly rounds: readonly Round[]
  readonly kind: string
  readonly name: string
  readonly of: (pair: Pair) => string
}

function rowsOf(pilots: number, rounds: readonly Round[]): Row[] {
  const weighed = kinds.flatMap(({ kind, names, of }) => names.map((name) => ({ pilots, rounds, kind, name, of })))
  const tick = `${pilots} pilots: a host’s tick, for each bot`
  return [
    ...weighed.map(shareOf),
    ...weighed.map(pointsOf),
    measured(tick, 'all of it', mean(rounds.map(({ tickMs }) => tickMs)), 'ms', 'lower'),
    measured(tick, 'what it thinks', mean(rounds.map(({ botMs }) => botMs)), 'ms', 'lower', 0.15),
  ]
}

/** By Wilson: right for few rounds, too. */
function shareOf({ pilots, rounds, kind, name, of }: Weighed): Row {
  const winners = rounds.flatMap(({ winner }) => (winner === null ? [] : [of(pairs[winner] as Pair)]))
  const n = Math.max(1, winners.length)
  const p = winners.filter((winner) => winner === name).length / n
  const z = SURE * SURE
  const middle = (p + z / (2 * n)) / (1 + z / n)
  const half = ((SURE / (1 + z / n)) * Math.sqrt(p * (1 - p) * n + z / 4)) / n
  const text = `${name}, ${(100 * (middle - half)).toFixed(1)} to ${(100 * (middle + half)).toFixed(1)} of ${winners.length}`
  return measured(`${pilots} pilots: rounds won by ${kind}`, text, 100 * p, '%', 'lower', FAIR_SHARE)
}

function pointsOf({ pilots, rounds, kind, name, of }: Weighed): Row {
  const made = rounds.flatMap(({ points }) => {
    const own = points.filter((each, place) => each !== null && of(pairs[place] as Pair) === name)
    return own.length === 0 ? [] : [mean(own as number[])]
  })
  const spread = Math.sqrt(mean(made.map((each) => (each - mean(made)) ** 2)))
  const sure = (SURE * spread) / Math.sqrt(Math.max(1, made.length - 1))
  return measured(
    `${pilots} pilots: points of a pilot by ${kind}`,
    `${name}, ±${sure.toFixed(1)}`,
    mean(made),
    '',
    'higher',
  )
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

/** Places of the pairs that fly in this round: of six each hull and each special twice; of eight another pair is left out in each round. */
function flownIn(pilots: number, round: number): readonly number[] {
  const places = pairs.map((_, place) => place)
  if (pilots === pairs.length) return places
  if (pilots === pairs.length - 1) return places.filter((place) => place !== round % pairs.length)
  // Each deal in all seats, then the next.
  const left = DEALS[Math.floor(round / pilots) % DEALS.length]?.map(
    (special, hull) => hull * SPECIAL_NAMES.length + special,
  )
  return places.filter((place) => !left?.includes(place))
}

/** The round of this number: the same in every run. */
function playRound(pilots: number, round: number): Round {
  const host = new HostSession({
    game: dogstar,
    seed: round + 1,
    secret: [round + 1, 2, 3, 4],
    epoch: 1,
    settings: { roundMinutes: 1, goal: 10_000 },
    newMinds,
    stopwatch: () => performance.now(),
  })
  const flown = new Map<PlayerId, number>()
  const places = flownIn(pilots, round)
  for (let i = 0; i < pilots; i++) {
    // Another seat in each round: seats must not decide.
    const place = places[(i + round) % pilots] as number
    const player = playerId(i, 1)
    flown.set(player, place)
    host.addBot(player, { kind: 'ace', skill: SKILL }, { wantedColor: 0, wantedTeam: 'any', ...(pairs[place] as Pair) })
  }
  const globals = host.world.globals as unknown as { phase: string; winner: PlayerId | null }
  const began = performance.now()
  let ticks = 0
  let botMs = 0
  for (; globals.phase !== 'over' && ticks < MAX_TICKS; ticks++) {
    host.advance((ticks + 1) * TICK_MS)
    botMs += host.load.botMs
  }
  if (host.failure) throw host.failure.error
  const winner = globals.winner === null ? null : (flown.get(globals.winner) ?? null)
  const scoreOf = (player: PlayerId): number => (host.world.player(player) as unknown as { score: number }).score
  const points: (number | null)[] = pairs.map(() => null)
  for (const [player, place] of flown) points[place] = scoreOf(player)
  return {
    winner,
    points,
    tickMs: (performance.now() - began) / Math.max(1, ticks) / pilots,
    botMs: botMs / Math.max(1, ticks) / pilots,
  }
}

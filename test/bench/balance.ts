/**
 * Whether no hull and no special is better than the others: nine bots of equal skill, one of each pair, play rounds of a minute on a host
 * without a network. A row for each hull and special: the share of rounds that it won, and how sure that is.
 */

import { HULL_NAMES, SPECIAL_NAMES } from '../../game/rules/balance.ts'
import { dogstar } from '../../game/rules/dogstar.ts'
import { newMinds } from '../../net/bots/bot-minds.ts'
import { HostSession } from '../../net/session/host.ts'
import { type PlayerId, playerId } from '../../net/world/ids.ts'
import { type Bench, measured, type Row } from './bench.ts'

const ROUNDS = 300
const FEW_ROUNDS = 30
const TICK_MS = 1000 / 60
/** The countdown, the minute, and a moment. */
const MAX_TICKS = 64 * 60
/** Of three, none should win more. */
const FAIR_SHARE = 40
const SKILL = 0.7

const pairs = HULL_NAMES.flatMap((wantedHull) => SPECIAL_NAMES.map((wantedSpecial) => ({ wantedHull, wantedSpecial })))

export const balance: Bench = {
  summary: `how often each hull and special of Dogstar wins among bots, ${FEW_ROUNDS} rounds of 60 s (--full: ${ROUNDS}; --seconds 600: 10)`,
  async run({ full, seconds }) {
    // Each takes a few seconds.
    const rounds = full ? ROUNDS : Math.max(1, Math.round((seconds ?? FEW_ROUNDS * 60) / 60))
    const wins = new Map<string, number>()
    const costs: number[] = []
    let decided = 0
    for (let round = 0; round < rounds; round++) {
      const { winner, botMs } = playRound(round)
      costs.push(botMs)
      if (!winner) continue
      decided++
      for (const name of Object.values(winner)) wins.set(name, (wins.get(name) ?? 0) + 1)
    }
    const share = (kind: string, name: string): Row => {
      const p = (wins.get(name) ?? 0) / Math.max(1, decided)
      const interval = 1.96 * Math.sqrt((p * (1 - p)) / Math.max(1, decided))
      const text = `${name}, ±${(100 * interval).toFixed(1)} of ${decided}`
      return measured(`rounds won by ${kind}`, text, 100 * p, '%', 'lower', FAIR_SHARE)
    }
    const mean = costs.reduce((sum, ms) => sum + ms, 0) / costs.length
    return [
      ...HULL_NAMES.map((name) => share('hull', name)),
      ...SPECIAL_NAMES.map((name) => share('special', name)),
      measured('all of a host’s tick, for each of nine bots', 'no network', mean, 'ms', 'lower', 0.15),
    ]
  },
}

/** The pair that won, and the mean milliseconds of a tick for each bot. */
function playRound(round: number): { readonly winner: (typeof pairs)[number] | null; readonly botMs: number } {
  const host = new HostSession({
    game: dogstar,
    seed: round + 1,
    secret: [round + 1, 2, 3, 4],
    epoch: 1,
    settings: { roundMinutes: 1, goal: 10_000 },
    newMinds,
  })
  const flown = new Map<PlayerId, (typeof pairs)[number]>()
  for (let i = 0; i < pairs.length; i++) {
    // Another seat in each round: seats must not decide.
    const pair = pairs[(i + round) % pairs.length] as (typeof pairs)[number]
    const player = playerId(i, 1)
    flown.set(player, pair)
    host.addBot(player, { kind: 'ace', skill: SKILL }, { wantedColor: 0, wantedTeam: 'any', ...pair })
  }
  const globals = host.world.globals as unknown as { phase: string; winner: PlayerId | null }
  const began = performance.now()
  let ticks = 0
  for (; globals.phase !== 'over' && ticks < MAX_TICKS; ticks++) host.advance((ticks + 1) * TICK_MS)
  if (host.failure) throw host.failure.error
  const winner = globals.winner === null ? null : (flown.get(globals.winner) ?? null)
  return { winner, botMs: (performance.now() - began) / Math.max(1, host.world.tick) / pairs.length }
}

/**
 * How long pilots of Dogstar fly alone. Bots of fair skill play in the open field, on a host without a network, in each mode. A pilot is alone
 * while no foe is within one and a half times the reach of a beam, which is a little farther than a picture shows. A fight is over when a pilot
 * has neither hit a foe nor been hit for three seconds; the next one begins with the next hit.
 */
import { BEAM_RANGE, BOT_SKILLS, MODES, type Mode, TICK_RATE } from '../../game/rules/balance.ts'
import { dogstar } from '../../game/rules/dogstar.ts'
import type { Referee } from '../../game/rules/shape.ts'
import { isSpared } from '../../game/rules/targets.ts'
import { newMinds } from '../../net/bots/bot-minds.ts'
import { HostSession } from '../../net/session/host.ts'
import { type PlayerId, playerId } from '../../net/world/ids.ts'
import { plainValues } from '../../net/world/record.ts'
import { type Bench, measured, median, quantile, type Row } from './bench.ts'

const PILOTS = [6, 8]
const ROUNDS = 3
const FULL_ROUNDS = 10
const ROUND_MINUTES = 2
/** The countdown, the round, and a moment. */
const MAX_TICKS = (ROUND_MINUTES * 60 + 4) * TICK_RATE
const TICK_MS = 1000 / TICK_RATE
const NEAR = 1.5 * BEAM_RANGE
const FIGHT_TICKS = 3 * TICK_RATE

interface Flown {
  /** Ticks of all ships, and those of them in which they were alone. */
  ticks: number
  alone: number
  /** Seconds of each spell alone, and from each fight to the next. */
  readonly spells: number[]
  readonly pauses: number[]
}

export const alone: Bench = {
  summary: `how long pilots fly alone, and wait for the next fight, among ${PILOTS.join(' and ')} bots in each mode (--full: ${FULL_ROUNDS} rounds for ${ROUNDS})`,
  hasRuns: true,
  async run({ full, runs }) {
    const rounds = runs ?? (full ? FULL_ROUNDS : ROUNDS)
    return PILOTS.flatMap((pilots) => MODES.flatMap((mode) => rowsOf(mode, pilots, rounds)))
  },
}

function rowsOf(mode: Mode, pilots: number, rounds: number): Row[] {
  const flown: Flown = { ticks: 0, alone: 0, spells: [], pauses: [] }
  for (let seed = 1; seed <= rounds; seed++) fly(mode, pilots, seed, flown)
  const name = `${mode}, ${pilots} pilots`
  return [
    measured('share of time alone', name, (100 * flown.alone) / Math.max(1, flown.ticks), '%', 'lower'),
    measured('a spell alone, p90', name, quantile(flown.spells, 0.9), 's', 'lower'),
    measured('from a fight to the next, p50', name, median(flown.pauses), 's', 'lower'),
    measured('from a fight to the next, p90', name, quantile(flown.pauses, 0.9), 's', 'lower'),
  ]
}

function fly(mode: Mode, pilots: number, seed: number, flown: Flown): void {
  const host = new HostSession({
    game: dogstar,
    seed,
    secret: [seed, 2, 3, 4],
    epoch: 1,
    settings: { mode, roundMinutes: ROUND_MINUTES, goal: 10_000 },
    newMinds,
    stopwatch: () => 0,
  })
  for (let i = 0; i < pilots; i++)
    host.addBot(
      playerId(i, 1),
      { kind: 'ace', skill: BOT_SKILLS.fair },
      { wantedColor: 0, wantedTeam: 'any', wantedHull: 'any', wantedSpecial: 'any' },
    )
  const world = host.world as unknown as Referee
  const aloneSince = new Map<PlayerId, number>()
  const hitAt = new Map<PlayerId, number>()
  for (let i = 0; i < MAX_TICKS && world.globals.phase !== 'over'; i++) {
    host.advance((i + 1) * TICK_MS)
    if (world.globals.phase !== 'playing' || world.tick < world.globals.startsAt) continue
    for (const player of world.players) {
      const isFlying = world.get('ship', world.player(player).ship) !== null
      const since = aloneSince.get(player)
      const isAlone = isFlying && nearestFoe(world, player) > NEAR
      if (isFlying) flown.ticks++
      if (isAlone) flown.alone++
      if (isAlone && since === undefined) aloneSince.set(player, world.tick)
      if (isAlone || since === undefined) continue
      flown.spells.push((world.tick - since) / TICK_RATE)
      aloneSince.delete(player)
    }
    for (const { type, row } of host.world.emitted) {
      if (type.name !== 'hit') continue
      const { whom, by } = plainValues(type.fields, row) as { whom: PlayerId; by: PlayerId | null }
      for (const player of by === null ? [] : [whom, by]) {
        const pause = world.tick - (hitAt.get(player) ?? world.globals.startsAt)
        if (pause > FIGHT_TICKS) flown.pauses.push(pause / TICK_RATE)
        hitAt.set(player, world.tick)
      }
    }
  }
  if (host.failure) throw host.failure.error
}

/** Units to the nearest ship that one may shoot at. */
function nearestFoe(world: Referee, player: PlayerId): number {
  const own = world.get('ship', world.player(player).ship)
  let nearest = Number.POSITIVE_INFINITY
  if (!own) return nearest
  for (const { owner, x, y } of world.all('ship'))
    if (!isSpared(world, player, owner)) nearest = Math.min(nearest, Math.hypot(x - own.x, y - own.y))
  return nearest
}

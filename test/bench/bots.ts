/**
 * How bots are as opponents. A beginner, who rests or flies in circles, meets one bot of each skill: how long they live from the moment in
 * which they are near. And six bots by themselves in each arena: how much hull they lose to rocks and moons.
 */
import { openField, settingsOf } from '../../game/arenas/arena.ts'
import { exampleArenas } from '../../game/arenas/examples.ts'
import { ace } from '../../game/rules/ace.ts'
import {
  BOT_SKILL_NAMES,
  BOT_SKILLS,
  HARMLESS_IMPACT,
  IMPACT_DAMAGE,
  SPECIAL_NAMES,
  TICK_RATE,
} from '../../game/rules/balance.ts'
import type { DogstarSettings, DogstarShape } from '../../game/rules/shape.ts'
import type { BotView } from '../../net/index.ts'
import { seededRandom } from '../../net/testing.ts'
import { type PlayerId, playerId } from '../../net/world/ids.ts'
import { type Input, type Match, place, startMatch } from '../game/match.ts'
import { type Bench, measured, median, type Row } from './bench.ts'

/** Meetings of each kind; twice as many in full. */
const MEETINGS = 12
/** Whoever lives for longer has got away. */
const MAX_SECONDS = 60
/** Seconds that a beginner should live against a fair bot: long enough to see what happens. */
const FAIR_SECONDS = 10
/** Units between the two at first: on one screen. */
const APART = 600
const CROWD = 6
const CROWD_SECONDS = 60

/** What beginners do. */
const beginners: Readonly<Record<string, Input>> = { rests: {}, circles: { turn: 5, thrust: true } }

interface Flown {
  readonly id: PlayerId
  readonly skill: number
  readonly seed: number
}

/** An input for each tick, as the host asks a bot for it. */
function flownBy({ id, skill, seed }: Flown, match: Match): () => Input {
  const view = match.world as unknown as BotView<DogstarShape>
  const memory = {
    ...{ foe: null, foeUntil: 0, dodgeTo: 0, dodgeUntil: 0, aimedAt: 0 },
    ...{ turn: 0, thrust: false, brake: false, fire: false, special: false },
  }
  const chance = seededRandom(seed)
  const me = { id, skill, random: () => chance() }
  return () => ace(view, me, memory)
}

export function secondsToLive(skill: number, beginner: Input, seed: number): number {
  const [bot, prey] = [playerId(0, 1), playerId(1, 1)]
  const wantedSpecial = SPECIAL_NAMES[seed % SPECIAL_NAMES.length]
  const match = startMatch([bot, prey], { seed, choices: { [bot]: { wantedHull: 'husky', wantedSpecial } } })
  match.clearSky()
  place(match.ship(bot), 1500 - APART, 1000, { angle: seed % 6 })
  place(match.ship(prey), 1500, 1000)
  const fly = flownBy({ id: bot, skill, seed }, match)
  const hand = (player: PlayerId): Input => (player === bot ? fly() : beginner)
  // Who gives no input at all steps aside, and is no prey any more.
  for (let second = 0; second < MAX_SECONDS; second++)
    for (let tick = 0; tick < TICK_RATE; tick++) {
      match.state.player(prey).activeAt = match.world.tick
      match.run(1, hand)
      if (match.state.player(prey).deaths > 0) return second + tick / TICK_RATE
    }
  return MAX_SECONDS
}

/** Hit points that six bots lose to rocks in a minute, in an arena of these settings. */
export function lostToRocks(settings: Partial<DogstarSettings>, skill: number, seed: number): number {
  const players = Array.from({ length: CROWD }, (_, seat) => playerId(seat, 1))
  const match = startMatch(players, { seed, settings: { ...settings, goal: 10_000 } })
  const hands = new Map(players.map((id) => [id, flownBy({ id, skill, seed: seed * 100 + id }, match)]))
  let lost = 0
  for (let tick = 0; tick < CROWD_SECONDS * TICK_RATE; tick++) {
    match.run(1, (player) => hands.get(player)?.() ?? {})
    for (const { met, impact } of match.ships())
      if (met === 'rock') lost += Math.max(0, impact - HARMLESS_IMPACT) * IMPACT_DAMAGE
  }
  return lost
}

export const bots: Bench = {
  summary: 'how long a beginner lives against bots of each skill, and how much bots lose to rocks',
  async run({ full }): Promise<Row[]> {
    const meetings = full ? 2 * MEETINGS : MEETINGS
    const rows: Row[] = []
    for (const name of BOT_SKILL_NAMES)
      for (const [what, beginner] of Object.entries(beginners)) {
        const lives = Array.from({ length: meetings }, (_, i) => secondsToLive(BOT_SKILLS[name], beginner, i + 1))
        const target = name === 'fair' ? FAIR_SECONDS : null
        rows.push(measured('a beginner lives, p50', `${name}, ${what}`, median(lives), 's', 'higher', target))
      }
    const arenas = [
      { name: 'open field', settings: openField },
      ...exampleArenas.map((arena) => ({ name: arena.name, settings: settingsOf(arena) })),
    ]
    for (const { name, settings } of arenas)
      rows.push(
        measured(
          'hull that a fair bot loses to rocks in a minute',
          name,
          [1, 2].reduce((sum, seed) => sum + lostToRocks(settings, BOT_SKILLS.fair, seed), 0) / 2 / CROWD,
          '',
          'lower',
        ),
      )
    return rows
  },
}

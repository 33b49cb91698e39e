/** The bench's scenarios by name, each a game that runs headless by itself, tick by tick, the same for the same seed. */
import type { RefereeWorld } from 'starwire'
import type { AnyGame } from '../../../net/world/game.ts'
import { type PlayerId, playerId } from '../../../net/world/ids.ts'
import type { Row } from '../../../net/world/record.ts'
import { runTick } from '../../../net/world/tick.ts'
import { World } from '../../../net/world/world.ts'
import { type ArenaShape, arena } from './arena.ts'
import { bodies } from './bodies.ts'
import { secretWords } from './chance.ts'
import { huntingPilot, PAUSE_FACTOR, type Pilot, type SeenShip, wanderingPilot } from './pilots.ts'
import { walkers } from './walkers.ts'
import { yard } from './yard.ts'

export type ArenaName = 'S' | 'M' | 'L' | 'duel'
export type ScenarioName = ArenaName | 'walkers' | 'yard' | 'bodies'

export const arenaNames: readonly ArenaName[] = ['S', 'M', 'L', 'duel']
export const scenarioNames: readonly ScenarioName[] = [...arenaNames, 'walkers', 'yard', 'bodies']

/** A scenario under way. */
export interface Run {
  readonly game: AnyGame
  readonly world: World
  readonly players: readonly PlayerId[]
  /** Runs one tick; the first one is tick 1. */
  tick(): void
}

interface Crowd {
  readonly ships: number
  readonly asteroids: number
  /** Added to the seed. */
  readonly salt: number
}

const crowd: Readonly<Record<ArenaName, Crowd>> = {
  // By geometry and over 100 seeds S brings two ship hits and more per minute and ship: eight in 30 s, widely scattered.
  // The prototype's run had three, hence its 0.75; this salt makes seed 1 a run with three, as 5 of the 100 are.
  S: { ships: 8, asteroids: 24, salt: 34 },
  M: { ships: 16, asteroids: 60, salt: 0 },
  L: { ships: 64, asteroids: 200, salt: 0 },
  duel: { ships: 8, asteroids: 24, salt: 0 },
}

export function startScenario(name: ScenarioName, seed: number): Run {
  switch (name) {
    case 'S':
    case 'M':
    case 'L':
    case 'duel':
      return startArena(name, seed + crowd[name].salt)
    case 'walkers':
      return start(walkers, seed, {}, [], () => ({}))
    case 'yard':
      return start(yard, seed, {}, [], () => ({}))
    case 'bodies':
      return start(bodies, seed, {}, [], () => ({}))
  }
}

/** The pilots of an arena, by seat. In the duel seats 0 and 1 hunt and the others only fly, so that every shot is aimed. */
export function pilotsOf(name: ArenaName, seed: number): readonly Pilot[] {
  return Array.from({ length: crowd[name].ships }, (_, seat) => {
    if (name !== 'duel') return wanderingPilot(seed, seat, PAUSE_FACTOR[name])
    return seat < 2 ? huntingPilot() : wanderingPilot(seed, seat, 0)
  })
}

/** What `arena` is created with. */
export function arenaOptions(name: ArenaName): { readonly asteroids: number } {
  return { asteroids: crowd[name].asteroids }
}

function startArena(name: ArenaName, seed: number): Run {
  const pilots = pilotsOf(name, seed)
  const players = pilots.map((_, seat) => playerId(seat, 1))
  return start(arena, seed, arenaOptions(name), players, (world, player) => {
    const { own, others } = lookAround(world as unknown as RefereeWorld<ArenaShape>, player)
    return { ...pilots[players.indexOf(player)]?.(own, others) }
  })
}

function lookAround(
  world: RefereeWorld<ArenaShape>,
  player: PlayerId,
): { own: SeenShip | null; others: readonly SeenShip[] } {
  let own: SeenShip | null = null
  const others: SeenShip[] = []
  for (const ship of world.all('ship'))
    if (ship.owner === player) own = ship
    else others.push(ship)
  return { own, others }
}

function start(
  game: AnyGame,
  seed: number,
  options: Readonly<Record<string, unknown>>,
  players: readonly PlayerId[],
  inputOf: (world: World, player: PlayerId) => Readonly<Record<string, unknown>>,
): Run {
  const world = new World({ game, seed, secret: secretWords(seed), options, predicting: null, refused })
  return {
    game,
    world,
    players,
    tick() {
      const tick = world.tick + 1
      const inputs = new Map<PlayerId, Row>()
      for (const player of players) inputs.set(player, world.message(game.schema.input, inputOf(world, player)))
      runTick(world, tick, { joined: tick === 1 ? players : [], left: [], expired: [], inputs, commands: [] })
    },
  }
}

function refused(problem: string): never {
  throw new Error(`A bench world breaks the rules of its own game: ${problem}.`)
}

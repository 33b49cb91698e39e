/** A whole match on one machine, tick by tick, for the tests of the rules. */

import { ASTEROID_HITS } from '../../game/rules/balance.ts'
import { type DogstarShape, dogstar } from '../../game/rules/dogstar.ts'
import type { Asteroid, Bullet, Ship } from '../../game/rules/shape.ts'
import type { Emitted } from '../../net/world/emitted.ts'
import { type PlayerId, playerId } from '../../net/world/ids.ts'
import type { Values } from '../../net/world/record-types.ts'
import type { RefereeWorld } from '../../net/world/rules.ts'
import { type Choices, runTick } from '../../net/world/tick.ts'
import { World } from '../../net/world/world.ts'

export type Input = Partial<Values<DogstarShape['input']>>

export const ann = playerId(0, 1)
export const bo = playerId(1, 1)

export interface Match {
  readonly world: World
  /** The same world with the types of the rules, everything writable between ticks. */
  readonly state: RefereeWorld<DogstarShape>
  /** What was emitted so far, newest last. */
  readonly news: Emitted[]
  /** What the rules wrote and may not. */
  readonly refused: string[]
  /** Runs so many ticks with these inputs; whoever is not named does nothing. */
  run(ticks: number, inputs?: ReadonlyMap<PlayerId, Input> | ((player: PlayerId, tick: number) => Input)): void
  join(...players: PlayerId[]): void
  leave(player: PlayerId): void
  comeBack(player: PlayerId): void
  expire(player: PlayerId): void
  ship(player: PlayerId): Ship
  ships(): Ship[]
  bullets(): Bullet[]
  asteroids(): Asteroid[]
  /** Takes every asteroid away and keeps them away, so that a test has the arena to itself. */
  clearSky(): void
  /** Lets asteroids be born and break again. */
  openSky(): void
  /** An asteroid of the test's own, at rest. */
  rock(x: number, y: number, size: number): Asteroid
  events(name: keyof DogstarShape['events']): Emitted[]
}

export interface MatchOptions {
  readonly seed?: number
  readonly settings?: Partial<Values<DogstarShape['settings']>>
  readonly choices?: Choices
  /** Whether rounds begin with their countdown. Default: at once. */
  readonly countdown?: boolean
  /** Whether the open field has as much room as its pilots need. Default: after the first tick it is the largest one, whoever plays. */
  readonly fits?: boolean
}

export function startMatch(
  players: readonly PlayerId[] = [ann],
  { seed = 7, settings = {}, choices = {}, countdown = false, fits = false }: MatchOptions = {},
): Match {
  const refused: string[] = []
  const world = new World({
    game: dogstar,
    seed,
    secret: [seed, 2, 3, 4],
    settings,
    predicting: null,
    refused: (problem) => refused.push(problem),
  })
  const state = world as unknown as RefereeWorld<DogstarShape>
  const news: Emitted[] = []
  let joined: PlayerId[] = []
  let returned: PlayerId[] = []
  let left: PlayerId[] = []
  let expired: PlayerId[] = []
  let clear = false
  const own = new Set<Asteroid['id']>()

  const sweep = (): void => {
    for (const asteroid of match.asteroids()) if (!own.has(asteroid.id)) state.remove(asteroid)
    // One small rock in a corner keeps the field from being filled anew.
    if (match.asteroids().length === 0) match.rock(22, 22, 1)
  }
  const match: Match = {
    world,
    state,
    news,
    refused,
    run(ticks, inputs = new Map()) {
      for (let i = 0; i < ticks; i++) {
        const tick = world.tick + 1
        const inputOf = (player: PlayerId): Input =>
          typeof inputs === 'function' ? inputs(player, tick) : (inputs.get(player) ?? {})
        const seated = [...new Set([...world.players, ...joined])]
        const rows = new Map(
          seated.map((player) => [player, world.message(dogstar.schema.input, inputOf(player))] as const),
        )
        runTick(world, tick, {
          joined,
          choices: plainShips(joined, choices),
          left,
          returned,
          expired,
          inputs: rows,
          commands: [],
        })
        if (!fits) state.globals.margin = 0
        if (!countdown) skipCountdown(state.globals, tick)
        joined = []
        left = []
        returned = []
        expired = []
        news.push(...world.emitted)
        if (clear) sweep()
      }
    },
    join(...players) {
      joined = players
      match.run(1)
    },
    leave(player) {
      left = [player]
      match.run(1)
    },
    comeBack(player) {
      returned = [player]
      match.run(1)
    },
    expire(player) {
      expired = [player]
      match.run(1)
    },
    ship(player) {
      const ship = match.ships().find(({ owner }) => owner === player)
      if (!ship) throw new Error('no ship')
      return ship
    },
    ships: () => [...state.all('ship')],
    bullets: () => [...state.all('bullet')],
    asteroids: () => [...state.all('asteroid')],
    clearSky() {
      clear = true
      sweep()
    },
    openSky() {
      clear = false
    },
    rock(x, y, size) {
      const rock = state.spawn('asteroid', { x, y, size, hp: ASTEROID_HITS[size] ?? 1 })
      own.add(rock.id)
      return rock
    },
    events: (name) => news.filter(({ type }) => type.name === name),
  }
  match.join(...players)
  return match
}

export function holding(player: PlayerId, input: Input): ReadonlyMap<PlayerId, Input> {
  return new Map([[player, input]])
}

/** What everybody does who does nothing in particular, but is there. */
export const busy = (): Input => ({ turn: 1 })

/** Puts a ship somewhere at rest, its protection over. */
export function place(ship: Ship, x: number, y: number, more: Partial<Omit<Ship, 'id' | 'type' | 'owner'>> = {}): void {
  Object.assign(ship, { x, y, vx: 0, vy: 0, angle: 0, spin: 0, safeUntil: 0, ...more })
}

function skipCountdown(globals: RefereeWorld<DogstarShape>['globals'], tick: number): void {
  const ticks = globals.startsAt - tick
  if (globals.phase !== 'playing' || ticks <= 0) return
  globals.startsAt -= ticks
  globals.endsAt -= ticks
}

/** Who chose no hull flies a husky with a beam, not what the rules would deal. */
function plainShips(players: readonly PlayerId[], choices: Choices): Choices {
  return Object.fromEntries(
    players.map((player) => [player, { wantedHull: 'husky', wantedSpecial: 'beam', ...choices[player] }]),
  )
}

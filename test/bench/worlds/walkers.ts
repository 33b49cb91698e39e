/**
 * Two hundred characters that walk straight, stop dead and turn sharply, and carry no velocity field: whoever presents
 * them between snapshots must find their rate out. Lengths in px, times in ticks of 1/60 s.
 */
import { cos, defineGame, entity, type RefereeEntity, type RefereeWorld, sin, t } from 'starwire'
import { type BareShape, bareGame } from './bare.ts'

const COUNT = 200
/** Side of the square they walk in. */
const SIDE = 2048
/** px/s; the states of a character. */
const SPEED = { idle: 0, walk: 80, run: 160 } as const
/** How long a character keeps one state and one direction: 1/3 to 2 s, as somebody with a keyboard does. */
const LEG = { min: 20, max: 120 } as const
const STOPS = 0.35
const RUNS = 0.3
/** A turn is 30° to 150° to either side. */
const TURN = { min: Math.PI / 6, max: (5 * Math.PI) / 6 } as const

const entities = {
  walker: entity(
    {
      x: t.fixed({ min: 0, max: SIDE, step: 1 / 16 }),
      y: t.fixed({ min: 0, max: SIDE, step: 1 / 16 }),
      facing: t.angle({ steps: 256 }),
      state: t.enum(['idle', 'walk', 'run']),
      /** When it does something else. */
      until: t.tick({ to: 'nobody' }),
    },
    { predict: 'none' },
  ),
}

type WalkersShape = BareShape<typeof entities>

type Referee = RefereeWorld<WalkersShape>
type Walker = RefereeEntity<WalkersShape, 'walker'>

export const walkers = defineGame({
  id: 'bench-walkers',
  ...bareGame,
  entities,
  referee(world) {
    if (world.tick === 1) for (let i = 0; i < COUNT; i++) spawnWalker(world)
    for (const walker of world.all('walker')) {
      if (world.tick >= walker.until) decide(world, walker)
      walk(world, walker)
    }
  },
})

function spawnWalker(world: Referee): void {
  world.spawn('walker', {
    x: world.secret() * SIDE,
    y: world.secret() * SIDE,
    facing: (world.secret() * 2 - 1) * Math.PI,
    until: world.tick + legTicks(world),
  })
}

function decide(world: Referee, walker: Walker): void {
  walker.until = world.tick + legTicks(world)
  if (walker.state !== 'idle' && world.secret() < STOPS) {
    walker.state = 'idle'
    return
  }
  walker.state = world.secret() < RUNS ? 'run' : 'walk'
  const turn = TURN.min + world.secret() * (TURN.max - TURN.min)
  walker.facing += world.secret() < 0.5 ? turn : -turn
}

function walk(world: Referee, walker: Walker): void {
  const way = SPEED[walker.state] * world.dt
  const x = walker.x + cos(walker.facing) * way
  const y = walker.y + sin(walker.facing) * way
  if (x < 0 || x > SIDE || y < 0 || y > SIDE) {
    // About face: the next step leads away from the wall.
    walker.facing += Math.PI
    return
  }
  walker.x = x
  walker.y = y
}

function legTicks(world: Referee): number {
  return LEG.min + Math.floor(world.secret() * (LEG.max - LEG.min + 1))
}

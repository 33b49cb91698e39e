/**
 * Nine hundred bodies on a yard, of which ninety slide and spin at a time and come to rest by friction: what lies still
 * should cost nothing. Lengths in px, times in ticks of 1/60 s.
 */
import { cos, defineGame, entity, type RefereeEntity, type RefereeWorld, sin, t } from 'starwire'
import { type BareShape, bareGame } from './bare.ts'

export const YARD_BODIES = 900
export const YARD_MOVING = 90
const SIDE = 2048
/** px/s at the kick. */
const KICK = { min: 80, max: 320 } as const
/** Radians per second at the kick, either way. */
const SPIN = 6
/** px/s² of sliding friction: a kick lasts 0.5 to 2.1 s. */
const FRICTION = 150
/** Radians/s² of the same. */
const SPIN_FRICTION = 4
/** Share of the speed that a wall gives back. */
const BOUNCE = 0.5

const entities = {
  body: entity(
    {
      x: t.fixed({ min: 0, max: SIDE, step: 1 / 16, rate: 'vx' }),
      y: t.fixed({ min: 0, max: SIDE, step: 1 / 16, rate: 'vy' }),
      vx: t.fixed({ min: -512, max: 512, step: 1 / 8 }),
      vy: t.fixed({ min: -512, max: 512, step: 1 / 8 }),
      angle: t.angle({ steps: 1024, rate: 'spin' }),
      spin: t.fixed({ min: -8, max: 8, step: 1 / 64 }),
      resting: t.bool({ default: true }),
    },
    { predict: 'none' },
  ),
}

type YardShape = BareShape<typeof entities>

type Referee = RefereeWorld<YardShape>
type Body = RefereeEntity<YardShape, 'body'>

export const yard = defineGame({
  id: 'bench-yard',
  ...bareGame,
  entities,
  referee(world) {
    if (world.tick === 1) for (let i = 0; i < YARD_BODIES; i++) spawnBody(world)
    const resting: Body[] = []
    for (const body of world.all('body')) {
      if (!body.resting) slide(world, body)
      if (body.resting) resting.push(body)
    }
    while (resting.length > YARD_BODIES - YARD_MOVING) {
      const [body] = resting.splice(Math.floor(world.secret() * resting.length), 1)
      if (body) kick(world, body)
    }
  },
})

function spawnBody(world: Referee): void {
  world.spawn('body', {
    x: world.secret() * SIDE,
    y: world.secret() * SIDE,
    angle: (world.secret() * 2 - 1) * Math.PI,
  })
}

function kick(world: Referee, body: Body): void {
  const heading = world.secret() * 2 * Math.PI
  const speed = KICK.min + world.secret() * (KICK.max - KICK.min)
  body.vx = cos(heading) * speed
  body.vy = sin(heading) * speed
  body.spin = (world.secret() * 2 - 1) * SPIN
  body.resting = false
}

function slide(world: Referee, body: Body): void {
  const { dt } = world
  const speed = Math.sqrt(body.vx * body.vx + body.vy * body.vy)
  const kept = speed > FRICTION * dt ? 1 - (FRICTION * dt) / speed : 0
  body.vx *= kept
  body.vy *= kept
  const braked = Math.abs(body.spin) - SPIN_FRICTION * dt
  body.spin = braked > 0 ? Math.sign(body.spin) * braked : 0
  const x = body.x + body.vx * dt
  const y = body.y + body.vy * dt
  if (x < 0 || x > SIDE) body.vx *= -BOUNCE
  if (y < 0 || y > SIDE) body.vy *= -BOUNCE
  // What flies out is clamped to the wall.
  body.x = x
  body.y = y
  body.angle += body.spin * dt
  body.resting = kept === 0 && braked <= 0
}

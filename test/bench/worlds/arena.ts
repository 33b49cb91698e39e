/**
 * The bench arena: ships that turn and thrust, bursts of bullets, drifting asteroids, on a torus. Bytes and feel depend
 * on how ships fly, so the rules were fixed before any codec was written, and stay apart from Dogstar's, which change
 * for fun. Whoever changes a number here changes the committed hashes of the traces.
 *
 * Lengths are in px, speeds in px/s, times in ticks of 1/60 s. Where the figures that the arena must show left a choice:
 * - A ship or an asteroid that is destroyed is removed, and a new one comes at the same tick at a random place.
 * - Every shot is the pilot's: the guns have no state of their own, and `fire` shoots at the tick that says it.
 * - Asteroids fly at any velocity, not at whole steps of the wire's: hand-written dead reckoning then comes nearest to
 *   what it cost in the prototype (4 % more than with asteroids that extrapolate without error).
 * - Spin is hidden: the codecs are compared on x, y, vx, vy, angle, hp, flags, owner and score alone.
 * - `until` goes to a bullet's owner only, so that their client predicts its end; others see it removed.
 */
import {
  cos,
  defineGame,
  entity,
  type PlayerId,
  type RefereeEntity,
  type RefereeWorld,
  type StepEntity,
  type StepWorld,
  sin,
  t,
} from 'starwire'

export const TICK_RATE = 60
/** Side of the world, which wraps. */
export const SIDE = 4096
/** px/s² along the nose. */
export const THRUST = 400
/** Share of the speed lost per second. */
export const DRAG = 0.4
export const TOP_SPEED = 400
/** Radians per second, or none: there is nothing between. */
export const TURN_RATE = 3.5
export const FULL_HP = 100
/** 1.5 s after coming to the world. */
export const INVULNERABLE_TICKS = 90

/** From a ship's centre to where bullets leave. */
export const MUZZLE = 20
/** px/s along the nose, on top of the ship's velocity. */
export const BULLET_SPEED = 600
/** 1.2 s, in ticks of 1/60 s. */
export const BULLET_LIFE = 72
export const BULLET_DAMAGE = 12
/** How near a bullet's centre must come to a ship's. */
export const SHIP_REACH = 16

/** Sizes are 0 to 2. */
export const ASTEROID_SIZES = 3
export const ASTEROID_SPEED = { min: 10, max: 90 } as const
/** Radians per second, either way. */
export const ASTEROID_SPIN = 2
/** Points of a ship that is destroyed; an asteroid brings 1 to 3 by its size. */
const SHIP_POINTS = 10

/** Bits of a ship's `flags`. An asteroid's `flags` are its size, a bullet's are 0. */
export const THRUSTING = 1
export const INVULNERABLE = 2

const body = {
  x: t.fixed({ min: 0, max: SIDE, step: 1 / 16, wrap: true, rate: 'vx' }),
  y: t.fixed({ min: 0, max: SIDE, step: 1 / 16, wrap: true, rate: 'vy' }),
  // A bullet from a ship at top speed flies 1000 px/s.
  vx: t.fixed({ min: -1024, max: 1024, step: 1 / 8 }),
  vy: t.fixed({ min: -1024, max: 1024, step: 1 / 8 }),
  angle: t.angle({ steps: 1024 }),
}

export const input = { turn: t.int(-1, 1), thrust: t.bool(), fire: t.bool() }

export const entities = {
  ship: entity({
    ...body,
    hp: t.int(0, 127, { by: 'referee', default: FULL_HP }),
    flags: t.int(0, 255),
    score: t.int(0, 65535, { by: 'referee' }),
    /** Until then it takes no damage. */
    safeUntil: t.tick({ by: 'referee', to: 'nobody' }),
  }),
  bullet: entity({
    ...body,
    /** What it takes off whatever it hits. */
    hp: t.int(0, 127, { by: 'referee', default: BULLET_DAMAGE }),
    flags: t.int(0, 255),
    until: t.tick({ to: 'owner' }),
  }),
  asteroid: entity(
    {
      ...body,
      hp: t.int(0, 127, { by: 'referee' }),
      flags: t.int(0, 255, { by: 'referee' }),
      spin: t.fixed({ min: -ASTEROID_SPIN, max: ASTEROID_SPIN, step: 1 / 64, to: 'nobody' }),
    },
    { predict: 'none' },
  ),
}

export const options = { asteroids: t.int(0, 1000, { default: 24 }) }

// biome-ignore lint/complexity/noBannedTypes: a group that a game leaves out is exactly {}.
type None = {}

export interface ArenaShape {
  input: typeof input
  entities: typeof entities
  globals: None
  player: None
  options: typeof options
  settings: None
  events: None
  commands: None
  memory: Record<never, never>
  bots: never
}

type Step = StepWorld<ArenaShape>
type Referee = RefereeWorld<ArenaShape>
type FlyingShip = StepEntity<ArenaShape, 'ship'>
type Ship = RefereeEntity<ArenaShape, 'ship'>
type Bullet = RefereeEntity<ArenaShape, 'bullet'>
type Asteroid = RefereeEntity<ArenaShape, 'asteroid'>

export const arena = defineGame({
  id: 'bench-arena',
  version: 1,
  maxPlayers: 64,
  tickRate: TICK_RATE,
  input,
  entities,
  options,
  step(world) {
    flyBullets(world)
    for (const ship of world.all('ship')) {
      fly(world, ship)
      if (world.inputOf(ship.owner).fire) shoot(world, ship)
    }
  },
  referee(world) {
    for (const player of world.joined) spawnShip(world, player, 0)
    if (world.tick === 1) for (let i = 0; i < world.options.asteroids; i++) spawnAsteroid(world)
    driftAsteroids(world)
    settleHits(world)
    markInvulnerable(world)
  },
})

/** The same time in ticks of a world that may run at another rate. */
function ticksOf({ dt }: { readonly dt: number }, ticks: number): number {
  return Math.max(1, Math.round(ticks / (TICK_RATE * dt)))
}

function fly(world: Step, ship: FlyingShip): void {
  const { dt } = world
  const { turn, thrust } = world.inputOf(ship.owner)
  ship.angle += turn * TURN_RATE * dt
  const push = thrust ? THRUST * dt : 0
  const vx = (ship.vx + cos(ship.angle) * push) * (1 - DRAG * dt)
  const vy = (ship.vy + sin(ship.angle) * push) * (1 - DRAG * dt)
  const speed = Math.sqrt(vx * vx + vy * vy)
  const factor = speed > TOP_SPEED ? TOP_SPEED / speed : 1
  ship.vx = vx * factor
  ship.vy = vy * factor
  ship.x += ship.vx * dt
  ship.y += ship.vy * dt
  ship.flags = (ship.flags & ~THRUSTING) | (thrust ? THRUSTING : 0)
}

function shoot(world: Step, ship: FlyingShip): void {
  if (ship.owner === null) return
  const dx = cos(ship.angle)
  const dy = sin(ship.angle)
  world.spawn('bullet', {
    owner: ship.owner,
    x: ship.x + dx * MUZZLE,
    y: ship.y + dy * MUZZLE,
    vx: ship.vx + dx * BULLET_SPEED,
    vy: ship.vy + dy * BULLET_SPEED,
    angle: ship.angle,
    until: world.tick + ticksOf(world, BULLET_LIFE),
  })
}

function flyBullets(world: Step): void {
  for (const bullet of world.all('bullet')) {
    if (world.tick >= bullet.until) {
      world.remove(bullet)
      continue
    }
    bullet.x += bullet.vx * world.dt
    bullet.y += bullet.vy * world.dt
  }
}

function driftAsteroids(world: Referee): void {
  for (const asteroid of world.all('asteroid')) {
    asteroid.x += asteroid.vx * world.dt
    asteroid.y += asteroid.vy * world.dt
    asteroid.angle += asteroid.spin * world.dt
  }
}

/** What a bullet can hit, its numbers read once per tick rather than once per bullet. */
interface Target {
  readonly x: number
  readonly y: number
  readonly reach: number
  /** Null for asteroids: everybody's bullets hit them. */
  readonly owner: PlayerId | null
  readonly ship: Ship | null
  readonly asteroid: Asteroid | null
  gone: boolean
}

function settleHits(world: Referee): void {
  const targets = listTargets(world)
  for (const bullet of world.all('bullet')) {
    const target = findStruck(targets, bullet)
    if (!target) continue
    world.remove(bullet)
    if (target.ship) hitShip(world, bullet, target, target.ship)
    else if (target.asteroid) hitAsteroid(world, bullet, target, target.asteroid)
  }
}

function listTargets(world: Referee): Target[] {
  const targets: Target[] = []
  for (const ship of world.all('ship'))
    targets.push({ x: ship.x, y: ship.y, reach: SHIP_REACH, owner: ship.owner, ship, asteroid: null, gone: false })
  for (const asteroid of world.all('asteroid'))
    targets.push({
      x: asteroid.x,
      y: asteroid.y,
      reach: 14 + 8 * asteroid.flags,
      owner: null,
      ship: null,
      asteroid,
      gone: false,
    })
  return targets
}

function findStruck(targets: readonly Target[], { x, y, owner }: Bullet): Target | null {
  for (const target of targets) {
    if (target.gone || (target.owner !== null && target.owner === owner)) continue
    const dx = around(target.x - x)
    const dy = around(target.y - y)
    if (dx * dx + dy * dy < target.reach * target.reach) return target
  }
  return null
}

/** The shortest way on the torus. */
export function around(difference: number): number {
  return difference > SIDE / 2 ? difference - SIDE : difference < -SIDE / 2 ? difference + SIDE : difference
}

function hitShip(world: Referee, bullet: Bullet, target: Target, ship: Ship): void {
  if (world.tick < ship.safeUntil) return
  ship.hp -= Math.min(bullet.hp, ship.hp)
  if (ship.hp > 0) return
  target.gone = true
  world.remove(ship)
  if (ship.owner !== null) spawnShip(world, ship.owner, ship.score)
  givePoints(world, bullet.owner, SHIP_POINTS)
}

function hitAsteroid(world: Referee, bullet: Bullet, target: Target, asteroid: Asteroid): void {
  asteroid.hp -= Math.min(bullet.hp, asteroid.hp)
  if (asteroid.hp > 0) return
  target.gone = true
  world.remove(asteroid)
  spawnAsteroid(world)
  givePoints(world, bullet.owner, 1 + asteroid.flags)
}

function givePoints(world: Referee, player: PlayerId | null, points: number): void {
  for (const ship of world.all('ship')) if (ship.owner === player) ship.score += points
}

function markInvulnerable(world: Referee): void {
  for (const ship of world.all('ship'))
    ship.flags = (ship.flags & ~INVULNERABLE) | (world.tick < ship.safeUntil ? INVULNERABLE : 0)
}

function spawnShip(world: Referee, owner: PlayerId, score: number): void {
  world.spawn('ship', {
    owner,
    score,
    x: world.secret() * SIDE,
    y: world.secret() * SIDE,
    angle: (world.secret() * 2 - 1) * Math.PI,
    safeUntil: world.tick + ticksOf(world, INVULNERABLE_TICKS),
  })
}

function spawnAsteroid(world: Referee): void {
  const size = Math.floor(world.secret() * ASTEROID_SIZES)
  const heading = world.secret() * 2 * Math.PI
  const speed = ASTEROID_SPEED.min + world.secret() * (ASTEROID_SPEED.max - ASTEROID_SPEED.min)
  world.spawn('asteroid', {
    x: world.secret() * SIDE,
    y: world.secret() * SIDE,
    vx: cos(heading) * speed,
    vy: sin(heading) * speed,
    angle: (world.secret() * 2 - 1) * Math.PI,
    spin: (world.secret() * 2 - 1) * ASTEROID_SPIN,
    hp: 30 + 20 * size,
    flags: size,
  })
}

/**
 * The bench's duel: ships that fly as in the arena, among round rocks that stop shots, and shoot at each other where they
 * point, with a beam that strikes at once or a bullet that has to fly. Nobody dies, so hits can be counted for ever.
 * Lengths in px, speeds in px/s.
 */
import { cos, defineGame, entity, event, type PlayerId, type RefereeWorld, type ShapeOf, sin, t } from 'starwire'
import { DRAG, SHIP_REACH, THRUST, TOP_SPEED, TURN_RATE } from './arena.ts'
import { seededChance } from './chance.ts'

/** Side of the world, which wraps. */
export const DUEL_SIDE = 1600
export const BEAM_RANGE = 480
export const DUEL_BULLET_SPEED = 700
/** A bullet flies as far as a beam reaches. */
const BULLET_SECONDS = 0.7
const DAMAGE = 5
const FULL_HP = 100

export const ROCK_RADIUS = 50
const ROCKS = 14

interface Point {
  readonly x: number
  readonly y: number
}

/** Where the rocks lie: in every duel the same, so every page knows it. */
export const rocks: readonly Point[] = (() => {
  const chance = seededChance(7)
  return Array.from({ length: ROCKS }, () => ({ x: chance() * DUEL_SIDE, y: chance() * DUEL_SIDE }))
})()

/** The shortest way on the duel's torus. */
export function aroundDuel(difference: number): number {
  return difference - Math.round(difference / DUEL_SIDE) * DUEL_SIDE
}

/** How far a shot gets before a rock stops it, at most `range`. `way` is where it flies, of length 1. */
function reachOf(from: Point, way: Point, range: number): number {
  let reach = range
  for (const rock of rocks) {
    const dx = aroundDuel(rock.x - from.x)
    const dy = aroundDuel(rock.y - from.y)
    const along = dx * way.x + dy * way.y
    const beside = dy * way.x - dx * way.y
    const square = ROCK_RADIUS * ROCK_RADIUS - beside * beside
    if (square <= 0) continue
    const half = Math.sqrt(square)
    // From inside a rock, nothing gets out.
    if (along + half > 0) reach = Math.min(reach, Math.max(0, along - half))
  }
  return reach
}

/** Whether no rock stops a shot from one point to another, or to `aside` px beside it, however far that is. */
export function inSight(from: Point, to: Point, aside = 0): boolean {
  const dx = aroundDuel(to.x - from.x)
  const dy = aroundDuel(to.y - from.y)
  const distance = Math.sqrt(dx * dx + dy * dy)
  if (distance === 0) return true
  const x = dx - (dy / distance) * aside
  const y = dy + (dx / distance) * aside
  const length = Math.sqrt(x * x + y * y)
  return reachOf(from, { x: x / length, y: y / length }, length) >= length
}

/** The ship that a beam strikes first; `margin` px deeper than its edge. */
export function struckByBeam<S extends Point & { readonly owner: PlayerId | null }>(
  from: Point,
  heading: number,
  by: PlayerId | null,
  ships: Iterable<S>,
  margin = 0,
): S | null {
  const way = { x: cos(heading), y: sin(heading) }
  let first: S | null = null
  let nearest = reachOf(from, way, BEAM_RANGE)
  for (const ship of ships) {
    if (ship.owner === by) continue
    const dx = aroundDuel(ship.x - from.x)
    const dy = aroundDuel(ship.y - from.y)
    const along = dx * way.x + dy * way.y
    const beside = Math.abs(dy * way.x - dx * way.y)
    if (along <= 0 || along >= nearest || beside >= SHIP_REACH - margin) continue
    first = ship
    nearest = along
  }
  return first
}

/** The ship that a bullet is in; `margin` px deeper than its edge. */
export function struckByBullet<S extends Point & { readonly owner: PlayerId | null }>(
  bullet: Point & { readonly owner: PlayerId | null },
  ships: Iterable<S>,
  margin = 0,
): S | null {
  const reach = SHIP_REACH - margin
  for (const ship of ships) {
    if (ship.owner === bullet.owner) continue
    const dx = aroundDuel(ship.x - bullet.x)
    const dy = aroundDuel(ship.y - bullet.y)
    if (dx * dx + dy * dy < reach * reach) return ship
  }
  return null
}

export const duelAt = (tickRate: number) =>
  defineGame({
    id: 'bench-duel',
    version: 1,
    maxPlayers: 16,
    tickRate,
    input: {
      turn: t.int(-1, 1),
      thrust: t.bool(),
      aim: t.angle({ steps: 4096 }),
      beam: t.button(),
      bullet: t.button(),
    },
    entities: {
      ship: entity({
        x: t.fixed({ min: 0, max: DUEL_SIDE, step: 1 / 16, wrap: true, rate: 'vx' }),
        y: t.fixed({ min: 0, max: DUEL_SIDE, step: 1 / 16, wrap: true, rate: 'vy' }),
        vx: t.fixed({ min: -1024, max: 1024, step: 1 / 8 }),
        vy: t.fixed({ min: -1024, max: 1024, step: 1 / 8 }),
        angle: t.angle({ steps: 1024 }),
        hp: t.int(0, FULL_HP, { by: 'referee', default: FULL_HP }),
      }),
      bullet: entity({
        x: t.fixed({ min: 0, max: DUEL_SIDE, step: 1 / 16, wrap: true, rate: 'vx' }),
        y: t.fixed({ min: 0, max: DUEL_SIDE, step: 1 / 16, wrap: true, rate: 'vy' }),
        vx: t.fixed({ min: -1024, max: 1024, step: 1 / 8 }),
        vy: t.fixed({ min: -1024, max: 1024, step: 1 / 8 }),
        until: t.tick({ to: 'owner' }),
      }),
    },
    events: {
      /** A beam, as it is drawn. */
      beam: event(
        {
          by: t.player(),
          x: t.fixed({ min: 0, max: DUEL_SIDE, step: 1 / 16 }),
          y: t.fixed({ min: 0, max: DUEL_SIDE, step: 1 / 16 }),
          heading: t.angle({ steps: 4096 }),
        },
        { timing: 'predicted' },
      ),
      /** `shot` is the tick it was fired at. */
      hit: event(
        { by: t.player(), whom: t.player(), weapon: t.enum(['beam', 'bullet']), shot: t.tick() },
        { timing: 'now' },
      ),
    },
    step(world) {
      for (const bullet of world.all('bullet')) {
        if (world.tick >= bullet.until || inRock(bullet)) {
          world.remove(bullet)
          continue
        }
        bullet.x += bullet.vx * world.dt
        bullet.y += bullet.vy * world.dt
      }
      for (const ship of world.all('ship')) {
        const { owner } = ship
        if (owner === null) continue
        const { turn, thrust, aim, beam, bullet } = world.inputOf(owner)
        ship.angle += turn * TURN_RATE * world.dt
        const push = thrust ? THRUST * world.dt : 0
        const vx = (ship.vx + cos(ship.angle) * push) * (1 - DRAG * world.dt)
        const vy = (ship.vy + sin(ship.angle) * push) * (1 - DRAG * world.dt)
        const factor = Math.min(1, TOP_SPEED / Math.max(1, Math.sqrt(vx * vx + vy * vy)))
        ship.vx = vx * factor
        ship.vy = vy * factor
        ship.x += ship.vx * world.dt
        ship.y += ship.vy * world.dt
        if (beam) world.emit('beam', { by: owner, x: ship.x, y: ship.y, heading: aim }, { owner })
        if (bullet)
          world.spawn('bullet', {
            owner,
            x: ship.x,
            y: ship.y,
            vx: cos(aim) * DUEL_BULLET_SPEED,
            vy: sin(aim) * DUEL_BULLET_SPEED,
            until: world.tick + bulletTicks(world),
          })
      }
    },
    referee(world) {
      for (const player of world.joined)
        world.spawn('ship', {
          owner: player,
          x: world.secret() * DUEL_SIDE,
          y: world.secret() * DUEL_SIDE,
          angle: (world.secret() * 2 - 1) * Math.PI,
        })
      for (const ship of world.all('ship')) {
        if (ship.owner === null || !world.inputOf(ship.owner).beam) continue
        const struck = struckByBeam(ship, world.inputOf(ship.owner).aim, ship.owner, shipsFor(world, ship.owner))
        if (struck) damage(world, ship.owner, struck.owner, 'beam', world.tick)
      }
      for (const bullet of world.all('bullet')) {
        if (bullet.owner === null) continue
        const struck = struckByBullet(bullet, shipsFor(world, bullet.owner))
        if (!struck) continue
        world.remove(bullet)
        damage(world, bullet.owner, struck.owner, 'bullet', bullet.until - bulletTicks(world))
      }
    },
  })

export type DuelShape = ShapeOf<ReturnType<typeof duelAt>>
export type Weapon = 'beam' | 'bullet'

/** The ships that a player's shots can hit, where they can be hit: where the host has them now. */
function shipsFor(world: RefereeWorld<DuelShape>, shooter: PlayerId) {
  return world.asSeenBy(shooter).all('ship')
}

function bulletTicks({ dt }: { readonly dt: number }): number {
  return Math.round(BULLET_SECONDS / dt)
}

function inRock(point: Point): boolean {
  return rocks.some((rock) => {
    const dx = aroundDuel(rock.x - point.x)
    const dy = aroundDuel(rock.y - point.y)
    return dx * dx + dy * dy < ROCK_RADIUS * ROCK_RADIUS
  })
}

function damage(
  world: RefereeWorld<DuelShape>,
  by: PlayerId,
  whom: PlayerId | null,
  weapon: Weapon,
  shot: number,
): void {
  if (whom === null) return
  for (const ship of world.all('ship')) if (ship.owner === whom) ship.hp = ship.hp > DAMAGE ? ship.hp - DAMAGE : FULL_HP
  world.emit('hit', { by, whom, weapon, shot })
}

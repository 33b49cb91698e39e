import { describe, expect, it } from 'vitest'
import { radiusOf } from '../../game/rules/asteroids.ts'
import {
  ARENA_HEIGHT,
  ARENA_WIDTH,
  BULLET_LIFE,
  BULLET_SPEED,
  FULL_HP,
  RESPAWN_AFTER,
  SAFE_AFTER_SPAWN,
  SHIP_RADIUS,
  TICK_RATE,
} from '../../game/rules/balance.ts'
import { ann, bo, busy, type Match, place, startMatch } from './match.ts'

const seeds = Array.from({ length: 15 }, (_, i) => i + 1)

/** Units ahead of the nose until a rock or a wall. */
function roomAhead(match: Match, { x, y, angle }: { x: number; y: number; angle: number }): number {
  for (let ahead = 0; ; ahead += 5) {
    const px = x + Math.cos(angle) * ahead
    const py = y + Math.sin(angle) * ahead
    if (px < 0 || py < 0 || px > ARENA_WIDTH || py > ARENA_HEIGHT) return ahead
    for (const rock of match.asteroids())
      if (Math.hypot(rock.x - px, rock.y - py) < radiusOf(rock.size) + SHIP_RADIUS) return ahead
  }
}

describe('a new ship', () => {
  it('comes where no rock is, nor comes while it is protected, off the walls, its nose to open space', () => {
    for (const seed of seeds) {
      const match = startMatch([ann], { seed })
      const ship = match.ship(ann)
      expect(Math.min(ship.x, ARENA_WIDTH - ship.x, ship.y, ARENA_HEIGHT - ship.y)).toBeGreaterThanOrEqual(200)
      expect({ seed, ahead: roomAhead(match, ship) > 400 }).toEqual({ seed, ahead: true })
      for (const { x, y, size } of match.asteroids())
        expect(Math.hypot(x - ship.x, y - ship.y)).toBeGreaterThan(radiusOf(size) + 4 * SHIP_RADIUS)
      match.run(SAFE_AFTER_SPAWN)
      expect({ seed, bumps: match.events('bumped').length, hp: ship.hp }).toEqual({ seed, bumps: 0, hp: FULL_HP })
    }
  })

  it('comes into nobody’s line of fire', () => {
    const range = (BULLET_SPEED * BULLET_LIFE) / TICK_RATE
    for (const seed of seeds) {
      const match = startMatch([ann, bo], { seed })
      const angle = seed
      const gunner = match.ship(bo)
      place(gunner, 1500, 1000, { angle })
      match.state.remove(match.ship(ann))
      Object.assign(match.state.player(ann), { ship: null, respawnAt: match.world.tick + RESPAWN_AFTER })
      while (match.ships().length < 2) {
        place(gunner, 1500, 1000, { angle })
        match.run(1, busy)
      }
      const { x, y } = match.ship(ann)
      const ahead = Math.cos(angle) * (x - gunner.x) + Math.sin(angle) * (y - gunner.y)
      const beside = Math.abs(Math.cos(angle) * (y - gunner.y) - Math.sin(angle) * (x - gunner.x))
      expect({ seed, struck: ahead > 0 && ahead < range && beside < 3 * SHIP_RADIUS }).toEqual({ seed, struck: false })
    }
  })
})

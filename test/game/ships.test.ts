import { describe, expect, it } from 'vitest'
import { ARENA_WIDTH, DASH_COOLDOWN, SHIP_RADIUS, TOP_SPEED } from '../../game/rules/balance.ts'
import { ann, bo, holding, place, startMatch } from './match.ts'

describe('a ship', () => {
  it('keeps flying when the engine stops, and slows down only by drag', () => {
    const match = startMatch()
    match.clearSky()
    place(match.ship(ann), 600, 1000)
    match.run(40, holding(ann, { thrust: true }))
    const { vx, x } = match.ship(ann)
    expect(vx).toBeGreaterThan(300)
    match.run(30)
    const later = match.ship(ann)
    expect(later.x).toBeGreaterThan(x + 100)
    expect(later.vx).toBeLessThan(vx)
    expect(later.vx).toBeGreaterThan(vx * 0.7)
  })

  it('does not fly faster than its top speed by thrust alone', () => {
    const match = startMatch()
    match.clearSky()
    place(match.ship(ann), 200, 1000)
    match.run(240, holding(ann, { thrust: true }))
    const { vx, vy } = match.ship(ann)
    expect(Math.hypot(vx, vy)).toBeCloseTo(TOP_SPEED, 0)
  })

  it('stops much sooner with the brake', () => {
    const speedAfter = (brake: boolean): number => {
      const match = startMatch()
      match.clearSky()
      place(match.ship(ann), 1000, 1000, { vx: 400 })
      match.run(60, holding(ann, { brake }))
      return match.ship(ann).vx
    }
    expect(speedAfter(true)).toBeLessThan(speedAfter(false) / 4)
  })

  it('turns both ways at the same rate, and stops turning when the stick is let go', () => {
    const turned = (turn: number): number => {
      const match = startMatch()
      match.clearSky()
      place(match.ship(ann), 1000, 1000)
      match.run(20, holding(ann, { turn }))
      return match.ship(ann).angle
    }
    expect(turned(8)).toBeGreaterThan(0.9)
    expect(turned(-8)).toBeCloseTo(-turned(8), 3)
    expect(turned(4)).toBeLessThan(turned(8))
    const match = startMatch()
    match.clearSky()
    match.run(20, holding(ann, { turn: 8 }))
    match.run(30)
    expect(Math.abs(match.ship(ann).spin)).toBeLessThan(0.05)
  })

  it('dashes once per press and not again before the dash has recovered', () => {
    const match = startMatch()
    match.clearSky()
    place(match.ship(ann), 300, 1000)
    match.run(1, holding(ann, { dash: true }))
    const first = match.ship(ann).vx
    expect(first).toBeGreaterThan(400)
    match.run(10, holding(ann, { dash: true }))
    expect(match.ship(ann).vx).toBeLessThan(first)
    expect(match.events('dashed')).toHaveLength(1)
    match.run(DASH_COOLDOWN)
    match.run(1, holding(ann, { dash: true }))
    expect(match.events('dashed')).toHaveLength(2)
  })

  it('keeps the speed of a dash for a while, even against the top speed', () => {
    const match = startMatch()
    match.clearSky()
    place(match.ship(ann), 200, 1000, { vx: TOP_SPEED })
    match.run(1, holding(ann, { dash: true }))
    match.run(12, holding(ann, { thrust: true }))
    expect(match.ship(ann).vx).toBeGreaterThan(TOP_SPEED * 1.4)
    match.run(90, holding(ann, { thrust: true }))
    expect(match.ship(ann).vx).toBeLessThan(TOP_SPEED * 1.1)
  })

  it('bounces softly off the walls and stays inside', () => {
    const match = startMatch()
    match.clearSky()
    place(match.ship(ann), ARENA_WIDTH - 60, 1000, { vx: 430 })
    match.run(30)
    const ship = match.ship(ann)
    expect(ship.vx).toBeLessThan(0)
    expect(ship.x).toBeLessThanOrEqual(ARENA_WIDTH - SHIP_RADIUS)
    expect(ship.hp).toBe(100)
  })

  it('is thrown back by an asteroid and damaged when it was fast', () => {
    const crash = (vx: number): { vx: number; hp: number } => {
      const match = startMatch()
      match.clearSky()
      place(match.ship(ann), 1000, 1000, { vx })
      match.rock(1120, 1000, 3)
      match.run(20)
      return match.ship(ann)
    }
    expect(crash(420).vx).toBeLessThan(0)
    expect(crash(420).hp).toBeLessThan(90)
    expect(crash(120).hp).toBe(100)
  })

  it('pushes another ship away with what it loses', () => {
    const match = startMatch([ann, bo])
    match.clearSky()
    place(match.ship(ann), 1000, 1000, { vx: 300 })
    place(match.ship(bo), 1060, 1000)
    match.run(10)
    const [a, b] = [match.ship(ann), match.ship(bo)]
    expect(b.vx).toBeGreaterThan(180)
    expect(a.vx).toBeLessThan(90)
    expect(a.vx + b.vx).toBeGreaterThan(250)
    expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThanOrEqual(2 * SHIP_RADIUS - 0.01)
  })
})

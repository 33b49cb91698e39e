/** The open field has as much room as its pilots need: too much of it, and they fly alone. */
import { describe, expect, it } from 'vitest'
import { openField } from '../../game/arenas/arena.ts'
import { FIELD_MARGINS, MAX_FIELD_MARGIN, MIN_ARENA_HEIGHT, MIN_ARENA_WIDTH } from '../../game/rules/balance.ts'
import { fieldOf, isInside } from '../../game/rules/field.ts'
import { playerId } from '../../net/world/ids.ts'
import { busy, type Match, place, startMatch } from './match.ts'

const sixteen = Array.from({ length: 16 }, (_, seat) => playerId(seat, 1))

function sizeOf(match: Match): number[] {
  const { left, top, right, bottom } = fieldOf(match.state)
  return [right - left, bottom - top]
}

/** Ends the round that is on, and begins the next one. */
function nextRound(match: Match): void {
  const { round } = match.state.globals
  match.state.globals.endsAt = match.world.tick
  match.run(1, busy)
  match.state.globals.endsAt = match.world.tick
  match.run(1, busy)
  expect(match.state.globals.round).toBe(round + 1)
}

describe('the open field', () => {
  it.each([
    [1, [1500, 1000]],
    [4, [1500, 1000]],
    [6, [1680, 1120]],
    [8, [1980, 1320]],
    [9, [3000, 2000]],
    [16, [3000, 2000]],
  ])('has room for %i pilots', (pilots, size) => {
    expect(sizeOf(startMatch(sixteen.slice(0, pilots), { fits: true }))).toEqual(size)
  })

  it('has a number for any lobby, and none that the wire cannot carry', () => {
    expect(FIELD_MARGINS.at(-1)).toEqual({ pilots: 16, margin: 0 })
    expect(Math.max(...FIELD_MARGINS.map(({ margin }) => margin))).toBe(MAX_FIELD_MARGIN)
  })

  it('grows at once when somebody comes, and shrinks when a round begins: no wall moves over a ship', () => {
    const match = startMatch(sixteen.slice(0, 8), { fits: true })
    const more = sixteen[8]!
    match.join(more)
    expect(sizeOf(match)).toEqual([3000, 2000])
    const { left, top } = fieldOf(match.state)
    place(match.ship(more), left + 30, top + 30)
    match.rock(left + 100, top + 300, 3)
    match.state.spawn('pickup', { x: left + 50, y: top + 300, kind: 'haste', until: match.world.tick + 9999 })
    match.expire(more)
    expect(sizeOf(match)).toEqual([3000, 2000])
    nextRound(match)
    expect(sizeOf(match)).toEqual([1980, 1320])
    const field = fieldOf(match.state)
    for (const { x, y } of [...match.ships(), ...match.asteroids(), ...match.state.all('pickup')])
      expect(isInside(field, x, y)).toBe(true)
  })

  it('keeps ships, shots and missiles within its walls', () => {
    const [ann] = sixteen
    const match = startMatch([ann!], { fits: true, choices: { [ann!]: { wantedSpecial: 'missile' } } })
    match.clearSky()
    const { right } = fieldOf(match.state)
    place(match.ship(ann!), right - 60, 1000, { vx: 400 })
    match.run(90, () => ({ thrust: true, fire: true, special: true }))
    expect(match.ship(ann!).x).toBeLessThanOrEqual(right)
    for (const { x } of [...match.bullets(), ...match.state.all('missile')]) expect(x).toBeLessThanOrEqual(right)
    expect(match.events('burst').length).toBeGreaterThan(0)
  })

  it('is no smaller than the smallest arena, whatever a host has set', () => {
    const settings = { ...openField, arenaWidth: MIN_ARENA_WIDTH + 10, arenaHeight: MIN_ARENA_HEIGHT }
    const match = startMatch(sixteen.slice(0, 2), { fits: true, settings })
    expect(sizeOf(match)).toEqual([MIN_ARENA_WIDTH, MIN_ARENA_HEIGHT])
  })
})

it('a drawn arena is as it was drawn, whoever plays', () => {
  const settings = { arenaName: 'Wide', arenaWidth: 2800, arenaHeight: 1900, rockX: [900], rockY: [900], rockSize: [2] }
  expect(sizeOf(startMatch(sixteen.slice(0, 2), { fits: true, settings }))).toEqual([2800, 1900])
})

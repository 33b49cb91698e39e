import type { PlayerId } from 'starwire'
import { describe, expect, it } from 'vitest'
import { SHIP_REACH } from './arena.ts'
import { BEAM_RANGE, DUEL_SIDE, inSight, ROCK_RADIUS, rocks, struckByBeam, struckByBullet } from './duel.ts'

const [me, you, third] = [64, 65, 66] as PlayerId[]
/** A clear line along y = 0 would be luck, so ships stand on one side of a rock. */
const rock = rocks[0]!
const left = { x: rock.x - ROCK_RADIUS - 40, y: rock.y }

describe('the duel', () => {
  it('stops beams at rocks', () => {
    const before = { owner: you!, x: rock.x - ROCK_RADIUS - 5, y: rock.y }
    const behind = { owner: you!, x: rock.x + ROCK_RADIUS + 20, y: rock.y }
    expect(struckByBeam(left, 0, me!, [before])).toBe(before)
    expect(struckByBeam(left, 0, me!, [behind])).toBeNull()
    expect(inSight(left, before)).toBe(true)
    expect(inSight(left, behind)).toBe(false)
  })

  it('strikes the first ship in the way, never the shooter, and none behind them or out of reach', () => {
    const away = Math.PI
    const near = { owner: you!, x: left.x - 10, y: left.y + SHIP_REACH - 1 }
    const far = { owner: third!, x: left.x - 25, y: left.y }
    expect(struckByBeam(left, away, me!, [far, near])).toBe(near)
    expect(struckByBeam(left, away, you!, [far, near])).toBe(far)
    expect(struckByBeam(left, away, me!, [near], 2)).toBeNull()
    expect(struckByBeam(left, 0, me!, [near])).toBeNull()
    expect(struckByBeam(left, away, me!, [{ owner: you!, x: left.x - BEAM_RANGE - 1, y: left.y }])).toBeNull()
  })

  it('reaches over the edge of the world', () => {
    const bullet = { owner: me!, x: 2, y: 700 }
    const ship = { owner: you!, x: DUEL_SIDE - 3, y: 700 }
    expect(struckByBullet(bullet, [ship])).toBe(ship)
    expect(struckByBullet({ ...bullet, owner: you! }, [ship])).toBeNull()
    expect(struckByBullet(bullet, [{ ...ship, y: 700 + SHIP_REACH }])).toBeNull()
  })
})

import { defineGame, entity, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { simulate } from '../../net/testing.ts'

const FRAME_MS = 1000 / 60
const SPEED = 4
const TURN_TICK = 150

/** A comet flies to the right, and from one tick on to the left. */
const game = defineGame({
  id: 'comet',
  version: 1,
  maxPlayers: 2,
  input: {},
  entities: {
    comet: entity(
      {
        x: t.fixed({ min: 0, max: 5000, step: 1 / 8, rate: 'vx' }),
        vx: t.fixed({ min: -500, max: 500, step: 1 }),
      },
      { predict: 'none' },
    ),
  },
  step() {},
  referee(world) {
    if (world.tick === 1) world.spawn('comet', { owner: null, x: 500, vx: SPEED * 60 })
    for (const comet of world.all('comet')) {
      if (world.tick === TURN_TICK) comet.vx = -SPEED * 60
      comet.x += comet.vx / 60
    }
  },
})

describe('what was guessed while nothing came', () => {
  it.each([250, 450, 700])('is put right without a jump after %i ms, and soon', (cutMs) => {
    const match = simulate(game, { players: 2, network: { latencyMs: 50 } })
    const guest = match.clients[1]!
    match.run((TURN_TICK - 6) * FRAME_MS)
    match.cut(guest, cutMs)
    const places: { at: number; x: number }[] = []
    match.run(2500, {
      eachFrame(client, now) {
        if (client !== guest) return
        for (const { x } of guest.view().all('comet')) places.push({ at: now, x })
      },
    })
    const steps = places.slice(1).map(({ x }, i) => Math.abs(x - (places[i]?.x ?? 0)))
    // It turned while nothing came, so the way back is longer than its own; but nobody sees it leap.
    expect(Math.max(...steps)).toBeGreaterThan(SPEED)
    expect(Math.max(...steps)).toBeLessThan(SPEED * 3.2)
    const last = steps.slice(-30)
    for (const step of last) expect(step).toBeCloseTo(SPEED, 0)
  })
})

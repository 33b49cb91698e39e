import { describe, expect, it } from 'vitest'
import { simulate } from '../../../net/testing.ts'
import { feelArena } from './game.ts'
import { meterPrediction } from './mispredictions.ts'

/** Ten seconds at 100 ms with one guest, who flies in bends; the test may do something to the host in the fifth. */
function run(harm: (match: ReturnType<typeof start>) => void) {
  const match = start()
  const tally = { snapshots: 0, mispredictions: 0 }
  let wrong = 0
  meterPrediction(match.clients[1]!.runner.session.prediction, tally, {
    wrong: () => {
      // Who has just joined begins too late for their inputs to be in time.
      if (match.now >= 1000) wrong++
    },
    counts: () => match.now >= 1000,
  })
  let frames = 0
  match.run(10_000, {
    eachFrame(client) {
      frames++
      client.input({ turn: frames % 40 < 20 ? 1 : -1, thrust: true })
      client.view()
    },
    eachTick(now) {
      if (Math.round(now) === 5000) harm(match)
    },
  })
  return { ...tally, wrong }
}

function start() {
  return simulate(feelArena, { players: 2, network: { latencyMs: 50 }, options: { asteroids: 0 } })
}

describe('the meter of mispredictions', () => {
  it('finds none on a network that delivers everything, end of invulnerability included', () => {
    const { snapshots, mispredictions, wrong } = run(() => {})
    expect(snapshots).toBeGreaterThan(200)
    expect(mispredictions).toBe(0)
    expect(wrong).toBe(0)
  })

  it('finds the one snapshot after the host moved a ship', () => {
    const { mispredictions, wrong } = run(({ host, clients }) => {
      for (const ship of host.session.world.all('ship')) {
        if (ship.owner === clients[1]!.me) ship.numbers[0] = (ship.numbers[0] ?? 0) + 30
      }
    })
    expect(mispredictions).toBe(1)
    expect(wrong).toBe(1)
  })

  it('takes no death for one', () => {
    const { mispredictions } = run(({ host, clients }) => {
      for (const ship of host.session.world.all('ship'))
        if (ship.owner === clients[1]!.me) host.session.world.remove(ship)
    })
    expect(mispredictions).toBe(0)
  })
})

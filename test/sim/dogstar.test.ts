import { describe, expect, it } from 'vitest'
import { dogstar } from '../../game/rules/dogstar.ts'
import { seededRandom, simulate } from '../../net/testing.ts'
import { confirmedFaults, play, predictionFaults, presenceFaults } from './laws.ts'

const SECONDS = 60

describe('Dogstar with sixteen players, at 100 ms and 5 % loss', () => {
  it('is the same world for everybody after a minute of fighting', { timeout: 180_000 }, () => {
    const match = simulate(dogstar, { players: 16, network: { latencyMs: 50, loss: 0.05, jitterMs: 4 }, seed: 5 })
    const began = performance.now()
    const faults: string[] = []
    let turn = 0
    play(
      match,
      SECONDS * 1000,
      seededRandom(17),
      (client, random) =>
        client.input({
          turn: Math.floor(random() * 17) - 8,
          thrust: random() < 0.6,
          brake: random() < 0.1,
          fire: random() < 0.5,
          dash: random() < 0.1,
        }),
      () => {
        if (turn++ % 300 === 0) for (const client of match.clients) faults.push(...confirmedFaults(match, client))
      },
    )
    const took = performance.now() - began
    console.log(`16 players, ${SECONDS} s of virtual time: ${((SECONDS * 1000) / took).toFixed(1)} times real time`)
    expect(faults.slice(0, 5)).toEqual([])
    for (const client of match.clients) client.input({ turn: 0, thrust: false, brake: true, fire: false })
    match.run(3_000)
    // Who comes back to life in the last moment has not been heard of everywhere.
    const ships = (): string => [...match.host.session.world.all('ship')].map(({ id }) => id).join()
    const until = match.now + 10_000
    for (let before = ''; before !== ships() && match.now < until; match.run(500)) before = ships()
    expect(match.host.session.failure).toBe(null)
    for (const client of match.clients) {
      expect(client.runner.session.failure).toBe(null)
      expect(client.runner.session.malformed).toEqual({})
      expect(predictionFaults(match, client)).toEqual([])
      expect(confirmedFaults(match, client)).toEqual([])
      // A bullet of the last moment may still be on its way.
      expect(
        presenceFaults(match, client, ({ type }) => type !== 'bullet').filter((fault) => !fault.includes('bullet')),
      ).toEqual([])
    }
    const corrections = match.clients.map(({ runner }) => runner.session.prediction.corrections)
    console.log(`corrections in ${SECONDS} s: ${corrections.join(' ')}`)
  })
})

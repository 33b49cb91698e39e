import { describe, expect, it } from 'vitest'
import { dogstar } from '../../game/rules/dogstar.ts'
import { seededRandom, simulate } from '../../net/testing.ts'
import { confirmedFaults, play, predictionFaults, presenceFaults } from './laws.ts'

/** Five pilots for a few seconds at every commit, sixteen for a minute in the long run. */
function fight(players: number, seconds: number): void {
  const match = simulate(dogstar, { players, network: { latencyMs: 50, loss: 0.05, jitterMs: 4 }, seed: 5 })
  const began = performance.now()
  const faults: string[] = []
  let turn = 0
  play(
    match,
    seconds * 1000,
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
  console.log(
    `${players} players, ${seconds} s of virtual time: ${((seconds * 1000) / took).toFixed(1)} times real time`,
  )
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
  console.log(`corrections in ${seconds} s: ${corrections.join(' ')}`)
}

describe('Dogstar at 100 ms and 5 % loss', () => {
  it('is the same world for five pilots after ten seconds of fighting', { tags: ['long'] }, () => fight(5, 10))
  it('is the same world for sixteen after a minute of it', { timeout: 600_000, tags: ['long'] }, () => fight(16, 60))
})

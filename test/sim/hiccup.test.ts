/** A host whose page stands still for a moment: guests play on, and all is right within a second of its return. */
import { describe, expect, it } from 'vitest'
import { simulate } from '../../net/testing.ts'
import { predictionFaults } from './laws.ts'
import { track } from './luck.ts'

const RIGHT_MS = 1000
/** A trip of 50 ms, a lost packet, a frame. */
const STILL_MS = 100
const FRAME_MS = 1000 / 60

describe('a hiccup of the host', () => {
  it.each([300, 500, 700, 900, 1200, 1500, 2000, 3000])('of %i ms leaves no guest standing, nor others ahead', (ms) => {
    const match = simulate(track, { players: 3, network: { latencyMs: 50, jitterMs: 4, loss: 0.01 }, seed: 5 })
    const [, guest] = match.clients
    if (!guest) throw new Error('Three play.')
    for (const client of match.clients) client.input({ x: 1 })
    match.run(3000)
    match.freeze('host', ms)
    const back = match.now + ms
    const { world } = match.host.session
    let [still, longest, own, drawn] = [0, 0, 0, 0]
    const wrong: string[] = []
    match.run(ms + 3000, {
      eachFrame(client, now) {
        if (client !== guest) return
        const { tick } = client.view()
        const { prediction } = client.runner.session
        // Where a frame falls just before a tick there is one tick in the frame and two in the next.
        still = prediction.tick > own ? 0 : still + FRAME_MS
        own = Math.max(own, prediction.tick)
        if (drawn > 0 && (tick < drawn || tick > drawn + 3)) wrong.push(`drawn time leaps from ${drawn} to ${tick}`)
        drawn = tick
        if (now < back) still = 0
        else longest = Math.max(longest, still)
        if (now < back + RIGHT_MS) return
        if (tick > world.tick) wrong.push(`others are ${tick - world.tick} ticks ahead`)
        if (tick < world.tick - 15) wrong.push(`others are ${world.tick - tick} ticks behind`)
        const ahead = prediction.tick - world.tick
        if (ahead < 2 || ahead > 12) wrong.push(`the own ship is ${ahead} ticks ahead`)
      },
    })
    expect(wrong.slice(0, 3)).toEqual([])
    expect(longest).toBeLessThanOrEqual(STILL_MS)
    expect(predictionFaults(match, guest)).toEqual([])
    expect(match.host.session.malformed).toEqual({})
  })
})

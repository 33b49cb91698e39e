/** `network: { route: 'relay' }`: whole matches over relayed routes in virtual time. */
import { describe, expect, it } from 'vitest'
import { expectConverged, type NetworkConditions, SimulatedNetwork, simulate } from '../../../net/testing.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'

describe('a match over relayed routes', () => {
  it('is played to the same end by all, also where segments are lost', () => {
    const match = simulate(tag, { players: 3, network: { route: 'relay', latencyMs: 40, jitterMs: 4, loss: 0.02 } })
    match.run(3000)
    const guest = match.clients[1]!
    expect(guest.session.stats().tick).toBeGreaterThan(match.host.session.world.tick)
    expect([...guest.view().all('runner')]).toHaveLength(3)
    match.setConditions(guest, { latencyMs: 20 })
    match.run(1500)
    expectConverged(match)
  })

  it('is told 20 snapshots a second at a round trip of 100 ms, which is all that two under way allow', {
    tags: ['long'],
  }, () => {
    const match = simulate(tag, { players: 2, network: { route: 'relay', latencyMs: 50 } })
    match.run(2000)
    const guest = match.clients[1]!
    const received = (): number => guest.link.stats().state.receivedMessages
    const before = received()
    match.run(5000)
    // With turns that are used up while the lane is held there are 75.
    expect(received() - before).toBeGreaterThanOrEqual(96)
  })

  it('goes on after a cut of 2 s, as TCP sends again what was lost', () => {
    const match = simulate(tag, { players: 2, network: { route: 'relay', latencyMs: 30 } })
    match.run(1000)
    const guest = match.clients[1]!
    match.cut(guest, 2000)
    match.run(5000)
    expect(guest.link.open).toBe(true)
    expect(guest.session.stats().tick).toBeGreaterThan(match.host.session.world.tick)
  })

  it('is refused with a sentence for a route that there is not, or that changes in the middle', () => {
    const network = { route: 'pigeon' } as unknown as NetworkConditions
    expect(() => simulate(tag, { players: 2, network })).toThrow(/network.route is 'direct' or 'relay'/)
    expect(() => new SimulatedNetwork(1).pair({}, {}, { route: null as never })).toThrow(/route is 'direct' or 'relay'/)
    const match = simulate(tag, { players: 2, network: { route: 'relay', toHost: {}, toGuest: { latencyMs: 5 } } })
    const guest = match.clients[1]!
    expect(() => match.setConditions(guest, { route: 'direct' })).toThrow(/keeps its route/)
    match.setConditions(guest, { route: 'relay', latencyMs: 9 })
  })
})

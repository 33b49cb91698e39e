/** A host whom a player has voted out, and that does not know it yet. In virtual time. */
import { describe, expect, it } from 'vitest'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { electionOf, epochOf, hostOf, open, positionsOf, vote } from './table.ts'

describe('a player who has voted for an heir', () => {
  it('takes no start, no roster and no end of the host’s, and all of it once the claim is withdrawn', {
    tags: ['long'],
  }, async () => {
    const { world, ann, others } = await open(31, 'Bea', 'Cleo', 'Dan')
    const [bea, cleo, dan] = others
    await vote(world, ann, cleo!, bea!)
    dan!.lobby.setReady(true)
    expect(ann.lobby.start()).toBeNull()
    ann.lobby.say('hello')
    await pass(world, 500)
    expect([cleo!.lobby.state, dan!.lobby.state]).toEqual(['lobby', 'playing'])
    const danReady = () => cleo!.lobby.roster.find(({ name }) => name === 'Dan')?.ready
    expect(danReady()).toBe(false)
    const { promisedEpoch } = electionOf(cleo!)
    const withdrawn = { type: 'withdrawn', epoch: promisedEpoch } as const
    electionOf(cleo!).receive(bea!.lobby.me, withdrawn, cleo!.site.page.now())
    await pass(world, 1000)
    expect([cleo!.lobby.state, hostOf(cleo!)]).toEqual(['playing', 'Ann'])
    expect(danReady()).toBe(true)
    expect(cleo!.lobby.chat.some((message) => 'text' in message && message.text === 'hello')).toBe(true)
    expect(Object.keys(await positionsOf(cleo!, world))).toHaveLength(4)
    await expectReleased(world, ...others.map(({ lobby }) => lobby), ann.lobby)
  })

  it('does not follow the host’s handover to somebody else, and comes to where most are', {
    tags: ['long'],
  }, async () => {
    const { world, ann, others } = await open(32, 'Bea', 'Cleo', 'Dan', 'Eve', 'Fay')
    const [bea, cleo, dan] = others
    const epoch = epochOf(dan!)
    await vote(world, ann, dan!, cleo!)
    expect(ann.lobby.handOver(bea!.lobby.me)).toBeNull()
    await pass(world, 100)
    expect([hostOf(dan!), epochOf(dan!)]).toEqual(['Ann', epoch])
    const whole = () => new Set([ann, ...others].map((page) => `${hostOf(page)} ${page.lobby.state}`)).size === 1
    expect(await world.time.runUntil(whole, world.time.now + 30_000), [ann, ...others].map(hostOf).join()).toBe(true)
    await expectReleased(world, ...[ann, ...others].map(({ lobby }) => lobby))
  })
})

describe('a host that asks for the votes anew', () => {
  it.each(['before a match', 'in a match'])('goes on in a higher epoch with everybody, %s', async (when) => {
    const { world, ann, others } = await open(33, 'Bea', 'Cleo', 'Dan')
    const [bea, cleo, dan] = others
    if (when === 'in a match') ann.lobby.start()
    await pass(world, 2000)
    const sessions =
      when === 'in a match' ? await Promise.all(others.map(({ lobby }) => settled(world, lobby.session()))) : []
    for (const session of sessions) session.input({ x: 1 })
    const before = epochOf(ann)
    // Bea's claim is lost, and nobody takes it back: Cleo would wait for ever.
    await vote(world, ann, cleo!, bea!)
    const { promisedEpoch } = electionOf(cleo!)
    const states: string[] = []
    for (const { lobby } of others) lobby.on('state', (state) => states.push(state))
    await pass(world, 8000)
    expect([ann, ...others].map(hostOf)).toEqual(Array(4).fill('Ann'))
    expect(epochOf(ann)).toBeGreaterThan(promisedEpoch)
    expect(epochOf(ann)).toBeGreaterThan(before)
    expect(new Set([ann, ...others].map(epochOf)).size).toBe(1)
    expect(states).toEqual([])
    if (when === 'in a match') {
      const was = await positionsOf(dan!, world)
      await pass(world, 1000)
      for (const [i, page] of others.entries()) {
        const now = await positionsOf(page, world)
        for (const { lobby } of others) expect(now[lobby.me]!).toBeGreaterThan(was[lobby.me]! + 10)
        expect(await settled(world, page.lobby.session())).toBe(sessions[i])
      }
    } else expect(ann.lobby.start()).toBeNull()
    await pass(world, 1000)
    expect([ann, ...others].map(({ lobby }) => lobby.state)).toEqual(Array(4).fill('playing'))
    // Who hosts next counts on from there.
    ann.site.page.kill()
    const isBeas = () => others.every((page) => hostOf(page) === 'Bea' && page.lobby.state === 'playing')
    expect(await world.time.runUntil(isBeas, world.time.now + 15_000), others.map(hostOf).join()).toBe(true)
  })
})

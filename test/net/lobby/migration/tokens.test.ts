/** What a change of host tells of secrets, and what becomes of tokens that the new host does not know. In virtual time. */
import { joinLobby } from 'starwire'
import { expect, it } from 'vitest'
import { decodeGuestMessage } from '../../../../net/lobby/messages.ts'
import { LaneLink } from '../../../../net/transport/lane-link.ts'
import { yard } from '../../../sim/lobbies/player.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { hostOf, open } from './table.ts'

it.each(['is killed', 'hands over'])(
  'no token goes over an idle link when a host %s, and every seat gets a new one',
  async (how) => {
    const { world, ann, others } = await open(41, 'Bea', 'Cleo', 'Dan')
    const before = others.map(({ lobby }) => lobby.resumeToken)
    const said: string[] = []
    const original = LaneLink.prototype.send
    LaneLink.prototype.send = function spied(this: LaneLink, lane, bytes) {
      const message = lane === 'bulk' ? decodeGuestMessage(bytes) : null
      if (message?.kind === 'hello') said.push(message.resume === undefined ? 'without' : 'with a token')
      return original.call(this, lane, bytes)
    }
    try {
      if (how === 'is killed') ann.site.page.kill()
      else expect(ann.lobby.handOver(others[0]!.lobby.me)).toBeNull()
      await pass(world, 4000)
    } finally {
      LaneLink.prototype.send = original
    }
    expect(others.map(hostOf)).toEqual(['Bea', 'Bea', 'Bea'])
    expect(said).toEqual(Array(how === 'is killed' ? 2 : 3).fill('without'))
    const guests = others.slice(1)
    for (const [i, { lobby }] of guests.entries()) {
      expect(lobby.resumeToken).not.toBeNull()
      expect(lobby.resumeToken).not.toBe(before[1 + i])
    }
    // The new token leads back.
    const [cleo] = guests
    const { me, resumeToken } = cleo!.lobby
    cleo!.site.page.close()
    await pass(world, 500)
    const again = await settled(
      world,
      joinLobby(yard, ann.lobby.code, { ...world.newSite().options, name: 'Cleo', resume: resumeToken }),
    )
    expect(again.me).toBe(me)
    await expectReleased(world, again, ...(how === 'is killed' ? [] : [ann.lobby]), guests[1]!.lobby, others[0]!.lobby)
  },
)

it('a guest who came in the host’s last moment is seated anew, since no heir has heard of them', async () => {
  const { world, ann, others } = await open(42, 'Bea', 'Cleo', 'Dan')
  const [bea] = others
  // What the host tells its heir is on the way for ever.
  world.cutWay(ann.site, bea!.site, 20_000)
  const site = world.newSite()
  const eve = await settled(world, joinLobby(yard, ann.lobby.code, { ...site.options, name: 'Eve' }))
  await pass(world, 100)
  ann.site.page.kill()
  const seated = () => hostOf({ site, lobby: eve }) === 'Bea' && eve.state === 'lobby'
  expect(await world.time.runUntil(seated, world.time.now + 20_000), eve.state).toBe(true)
  expect(bea!.lobby.roster.map(({ name }) => name)).toContain('Eve')
  await expectReleased(world, eve, ...others.map(({ lobby }) => lobby).reverse())
})

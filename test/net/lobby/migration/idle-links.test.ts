/** Which pages guests dial as heirs. In virtual time. */
import { expect, it, vi } from 'vitest'
import { IdleLinks } from '../../../../net/lobby/migration/idle-links.ts'
import { playerId } from '../../../../net/world/ids.ts'
import { pass } from '../../../sim/lobbies/steps.ts'
import { LobbyWorld, type Site } from '../../../sim/lobbies/world.ts'
import { electionOf, hostOf, open, roleOf } from './table.ts'

it.each(['hands over', 'reloads', 'is killed'] as const)(
  'guests who go to the heir of a host that %s dial that page as an heir no more',
  async (how) => {
    const { world, ann, others } = await open(71, 'Bea', 'Cleo', 'Dan')
    const bea = others[0]!.lobby.me
    ann.lobby.start()
    await pass(world, 3000)
    const dials = vi.spyOn(IdleLinks.prototype as unknown as { connect(to: number): void }, 'connect')
    if (how === 'hands over') expect(ann.lobby.handOver(bea)).toBeNull()
    else if (how === 'reloads') ann.site.page.close()
    else ann.site.page.kill()
    await pass(world, 6000)
    expect(others.map(hostOf)).toEqual(['Bea', 'Bea', 'Bea'])
    const dialled = dials.mock.calls.map(([to]) => to)
    dials.mockRestore()
    expect(dialled).not.toContain(bea)
  },
)

it.each([
  ['that says nothing is dialled anew within three seconds', 4500, () => {}],
  ['is dialled anew at once when signals go another way', 2500, (links: IdleLinks) => links.wayChanged()],
] as const)('an heir %s', async (_, ms, change) => {
  const world = new LobbyWorld(73)
  const [here, there] = [world.newSite(), world.newSite()]
  let isLost = true
  const linksAt = ({ page, options }: Site, signal: (attempt: number, text: string) => void): IdleLinks =>
    new IdleLinks({
      ...{ platform: page, connect: options.transport.peerConnection, iceServers: () => [] },
      ...{ opened: () => {}, heard: () => {} },
      send: (_to, attempt, text) => world.time.at(world.time.now + 20, () => signal(attempt, text)),
    })
  const mine: IdleLinks = linksAt(here, (attempt, text) => heir.signal(playerId(0, 1), attempt, text, true))
  const heir = linksAt(there, (attempt, text) => !isLost && mine.signal(playerId(1, 1), attempt, text, false))
  mine.want([playerId(1, 1)], false)
  const clocks = [
    here.page.startClock(10, () => mine.look(here.page.now())),
    there.page.startClock(10, () => heir.look(there.page.now())),
  ]
  await pass(world, 1500)
  isLost = false
  change(mine)
  await pass(world, ms - 1500)
  expect(mine.linkTo(playerId(1, 1))).not.toBeNull()
  for (const each of [...clocks.map((clock) => () => clock.stop()), () => mine.close(), () => heir.close()]) each()
})

it('a page that becomes an heir keeps the links that it had dialled to the heirs of before', async () => {
  const { world, ann, others } = await open(72, 'Bea', 'Cleo', 'Dan')
  const [bea, cleo, dan] = others.map(({ lobby }) => lobby.me)
  type Host = { readonly handOvers: { readonly loaded: { readonly heirs: { ranking: object; changeHeirs(): void } } } }
  const { heirs } = roleOf<Host>(ann).handOvers.loaded
  type Guest = { readonly migration: { readonly loaded: { readonly links: IdleLinks } } }
  const { links } = roleOf<Guest>(others[2]!).migration.loaded
  const linked = () => [bea, cleo].map((player) => links.linkTo(player!))
  const before = linked()
  expect(before).not.toContain(null)
  heirs.ranking = { heirs: [dan, bea], challenger: null }
  heirs.changeHeirs()
  await pass(world, 7000)
  expect(electionOf(others[2]!)['electorate' as never]).toMatchObject({ heirs: [dan, bea] })
  expect(linked().map((link, i) => link !== null && link === before[i])).toEqual([true, true])
})

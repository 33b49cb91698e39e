/** A lobby whose host leaves or hands over on purpose: it goes on with another host, before and in a match. In virtual time. */
import { joinLobby } from 'starwire'
import { describe, expect, it, vi } from 'vitest'
import { MAX_INPUT_WAIT_MS } from '../../../../net/runtime/going-on.ts'
import { Rehearsal } from '../../../../net/runtime/rehearsal.ts'
import type { Link } from '../../../../net/transport/link.ts'
import { yard } from '../../../sim/lobbies/player.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { epochOf, here, hostOf, open, openMatch, type Page, positionsOf, roleOf } from './table.ts'

describe('the heirs of a lobby', () => {
  it('are told the lobby and the match by their host, and stats say how old their world is', async () => {
    const { world, ann, others } = await open(1, 'Bea', 'Cleo')
    ann.lobby.start()
    await pass(world, 4000)
    const session = await settled(world, ann.lobby.session())
    const { migration } = session.stats()
    expect(migration?.heirs).toHaveLength(2)
    for (const { ageMs } of migration?.heirs ?? []) expect(ageMs).toBeLessThan(500)
    await expectReleased(world, ...others.map(({ lobby }) => lobby), ann.lobby)
  })

  it('are named in the roster of every page, and those of the next host after it', async () => {
    const { world, ann, others } = await open(1, 'Bea', 'Cleo', 'Dan')
    const named = ({ lobby }: (typeof others)[number]) =>
      lobby.roster.map(({ name, heir }) => `${name}:${heir}`).join(' ')
    await pass(world, 2000)
    const all = [ann, ...others]
    expect(all.map(named)).toEqual(all.map(() => 'Ann:null Bea:1 Cleo:2 Dan:null'))
    ann.lobby.leave()
    await pass(world, 5000)
    expect(others.map(named)).toEqual(others.map(() => 'Bea:null Cleo:1 Dan:2'))
    await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
  })

  it('rehearse the change of host in a match, once each, to its end', async () => {
    const begin = vi.spyOn(Rehearsal, 'begin')
    const { world, ann, others } = await open(1, 'Bea', 'Cleo')
    ann.lobby.start()
    await pass(world, 5000)
    const rehearsals = begin.mock.results
      .map(({ value }) => value as Rehearsal | null)
      .filter((began) => began !== null)
    const heirs = rehearsals.map(({ clients }) => clients[0]?.session.me)
    expect(heirs.toSorted()).toEqual(others.map(({ lobby }) => lobby.me))
    for (const { host, clients } of rehearsals) {
      const { tick } = host.session.world
      for (const { session } of clients) expect(tick - session.confirmedTick).toBeLessThan(5)
    }
    begin.mockRestore()
    await expectReleased(world, ...others.map(({ lobby }) => lobby), ann.lobby)
  })
})

describe.each(['leaves', 'hands over', 'closes its page'] as const)('a host that %s', (how) => {
  const go = ({ ann, others }: Awaited<ReturnType<typeof open>>): void => {
    if (how === 'leaves') ann.lobby.leave()
    else if (how === 'closes its page') ann.site.page.close()
    else expect(ann.lobby.handOver(others[0]!.lobby.me)).toBeNull()
  }
  const stays = how === 'hands over'

  it('before a match leaves the lobby with its code, its people and one host, on every page', async () => {
    const table = await open(2, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const { code } = ann.lobby
    const ids = others.map(({ lobby }) => lobby.me)
    go(table)
    await pass(world, 3000)
    const pages = stays ? [ann, ...others] : others
    expect(pages.map(hostOf)).toEqual(pages.map(() => 'Bea'))
    expect(pages.map(({ lobby }) => lobby.hosting)).toEqual(pages.map(({ lobby }) => lobby === others[0]!.lobby))
    expect(others.map(({ lobby }) => [lobby.state, lobby.code, lobby.me])).toEqual(ids.map((id) => ['lobby', code, id]))
    const ends = { leaves: '', 'hands over': 'Ann:here ', 'closes its page': 'Ann:away ' }
    expect(pages.map(here)).toEqual(pages.map(() => `${ends[how]}Bea:here Cleo:here Dan:here`))
    const eve = world.newSite()
    const late = await settled(world, joinLobby(yard, code, { ...eve.options, name: 'Eve' }))
    expect(others[0]!.lobby.start()).toBeNull()
    await pass(world, 1000)
    expect([late, ...others.map(({ lobby }) => lobby)].map(({ state }) => state)).toEqual(Array(4).fill('playing'))
    await expectReleased(world, late, ...pages.map(({ lobby }) => lobby).reverse())
  })

  it('in a match leaves it running: the same session, the same places, and inputs that count', async () => {
    const table = await open(3, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    ann.lobby.start()
    await pass(world, 1500)
    const sessions = await Promise.all(others.map(({ lobby }) => settled(world, lobby.session())))
    sessions.forEach((session, i) => void session.input({ x: i - 1 }))
    await pass(world, 2000)
    const before = await positionsOf(others[1]!, world)
    const states: string[] = []
    for (const { lobby } of others) lobby.on('state', (state) => states.push(state))
    go(table)
    await pass(world, how === 'closes its page' ? 5000 : 1500)
    expect(others.map(hostOf)).toEqual(['Bea', 'Bea', 'Bea'])
    // Nobody has to dial, unless what a page says as it goes is lost.
    if (how !== 'closes its page') expect(states).toEqual([])
    await pass(world, 1000)
    const [bea, cleo, dan] = others.map(({ lobby }) => lobby.me as number)
    for (const page of others) {
      const now = await positionsOf(page, world)
      expect(now[bea!]!).toBeLessThan(before[bea!]! - 30)
      expect(now[cleo!]!).toBeCloseTo(before[cleo!]!, 3)
      expect(now[dan!]!).toBeGreaterThan(before[dan!]! + 30)
      expect(Object.keys(now)).toHaveLength(how === 'leaves' ? 3 : 4)
      expect(await settled(world, page.lobby.session())).toBe(sessions[others.indexOf(page)])
    }
    if (stays) {
      const session = await settled(world, ann.lobby.session())
      session.input({ x: 1 })
      const was = await positionsOf(others[2]!, world)
      await pass(world, 1000)
      expect((await positionsOf(others[2]!, world))[ann.lobby.me]!).toBeGreaterThan(was[ann.lobby.me]! + 10)
      expect([ann.lobby.hosting, ann.lobby.state]).toEqual([false, 'playing'])
    }
    await expectReleased(world, ...(stays ? [ann.lobby] : []), ...others.map(({ lobby }) => lobby).reverse())
  })
})

it('whose host goes as its page closes waits for no inputs of that page', async () => {
  const { world, ann, others } = await open(4, 'Bea')
  const [bea] = others
  ann.lobby.start()
  await pass(world, 4000)
  ann.site.page.close()
  const runner = () => (bea!.lobby as unknown as { match: { host: { isGoingOn: boolean } | null } | null }).match?.host
  expect(await world.time.runUntil(() => runner() != null, world.time.now + 3000)).toBe(true)
  const from = world.time.now
  expect(await world.time.runUntil(() => runner()?.isGoingOn === false, from + 3000)).toBe(true)
  expect(world.time.now - from).toBeLessThan(MAX_INPUT_WAIT_MS)
  await expectReleased(world, bea!.lobby)
})

it('hands on again from a host that was handed the lobby, whose page closes while only the one before is left', {
  tags: ['long'],
}, async () => {
  const { world, ann, others } = await openMatch(7, 'Bea')
  const [bea] = others
  expect(ann.lobby.handOver(bea!.lobby.me)).toBeNull()
  await pass(world, 4000)
  expect([hostOf(ann), ann.lobby.state]).toEqual(['Bea', 'playing'])
  bea!.site.page.close()
  await pass(world, 1500)
  expect([ann.lobby.hosting, ann.lobby.state]).toEqual([true, 'playing'])
  await expectReleased(world, ann.lobby)
})

it('runs no tick at the next host without the inputs of those who follow, who send them behind their hello', {
  tags: ['long'],
}, async () => {
  const { world, ann, others } = await open(3, 'Bea', 'Cleo', 'Dan')
  ann.lobby.start()
  await pass(world, 4000)
  ann.lobby.leave()
  await pass(world, 1500)
  type Runner = { session: { clients: Map<number, { inputs: { starvedTicks: number } }> } }
  const [runner] = others.flatMap(
    ({ lobby }) => (lobby as unknown as { match: { host: Runner | null } }).match.host ?? [],
  )
  expect([...runner!.session.clients.values()].map(({ inputs }) => inputs.starvedTicks)).toEqual([0, 0, 0])
  await expectReleased(world, ...others.map(({ lobby }) => lobby))
})

it('whose last word is lost on the way to its heir, while signalling is away, is followed by that heir, whom the others take for the host', {
  tags: ['long'],
}, async () => {
  const { world, ann, others } = await open(6, 'Bea', 'Cleo', 'Dan')
  const [bea, ...followers] = others
  await settled(world, world.server.stop())
  world.cutWay(ann.site, bea!.site, 60_000)
  ann.lobby.leave()
  await pass(world, 1500)
  expect(followers.map(hostOf)).toEqual(['Bea', 'Bea'])
  expect(others.map(({ lobby }) => [lobby.state, lobby.hosting])).toEqual([
    ['lobby', true],
    ['lobby', false],
    ['lobby', false],
  ])
  bea!.lobby.start()
  await pass(world, 2000)
  expect(others.map(({ lobby }) => lobby.state)).toEqual(['playing', 'playing', 'playing'])
  for (const { lobby } of [...others].reverse()) lobby.leave()
})

it('in a match, whose last word is lost in the same way, goes on at that heir', { tags: ['long'] }, async () => {
  const { world, ann, others } = await openMatch(6, 'Bea', 'Cleo', 'Dan')
  await settled(world, world.server.stop())
  world.cutWay(ann.site, others[0]!.site, 60_000)
  ann.lobby.leave()
  await pass(world, 3000)
  expect(others.map((page) => [hostOf(page), page.lobby.state])).toEqual(Array(3).fill(['Bea', 'playing']))
  const [places, ...same] = await Promise.all(others.map((page) => positionsOf(page, world)))
  expect(same).toEqual([places, places])
})

/** Over the idle link of two guests. Whatever is no message of heirs counts as a hello. */
function sayHello(from: Page, to: Page): void {
  const { links } = roleOf<{ migration: { loaded: { links: { linkTo(of: number): Link } } } }>(from).migration.loaded
  links.linkTo(to.lobby.me).send('bulk', Uint8Array.of(1, 2, 3))
}

it('that lives keeps its lobby, whoever says to an heir that they take it for the host', {
  tags: ['long'],
}, async () => {
  const { world, ann, others } = await open(7, 'Bea', 'Cleo')
  const [bea, cleo] = others
  sayHello(cleo!, bea!)
  await pass(world, 3000)
  expect([ann.lobby.hosting, bea!.lobby.hosting, epochOf(bea!)]).toEqual([true, false, 1])
  await expectReleased(world, bea!.lobby, cleo!.lobby, ann.lobby)
})

it('that stands still for a moment never has the epoch of an heir who takes a liar for a follower, and keeps the others', {
  tags: ['long'],
}, async () => {
  const { world, ann, others } = await open(7, 'Bea', 'Cleo')
  const [bea, cleo] = others
  world.cutWay(ann.site, bea!.site, 800)
  sayHello(cleo!, bea!)
  await world.time.runUntil(() => bea!.lobby.hosting, world.time.now + 2000)
  expect(ann.lobby.start()).toBeNull()
  expect([ann.lobby.hosting, bea!.lobby.hosting]).toEqual([true, true])
  expect(epochOf(bea!)).toBeGreaterThan(epochOf(ann))
  await pass(world, 3000)
  expect([ann.lobby.hosting, hostOf(cleo!), cleo!.lobby.state]).toEqual([true, 'Ann', 'playing'])
})

it('who hands over and comes back to another seat, as their token is not known yet, plays in that one', {
  tags: ['long'],
}, async () => {
  const { world, ann, others } = await openMatch(8, 'Bea', 'Cleo')
  const session = await settled(world, ann.lobby.session())
  const { me } = ann.lobby
  type Options = { ownToken(): string; release(): null }
  type Hosting = { readonly handOvers: { readonly loaded: { readonly options: Options } } }
  const { options } = roleOf<Hosting>(ann).handOvers.loaded
  const known = options.ownToken()
  options.ownToken = () => [...known].reverse().join('')
  options.release = () => null
  expect(ann.lobby.handOver(others[0]!.lobby.me)).toBeNull()
  await pass(world, 4000)
  expect([ann.lobby.state, ann.lobby.me === me]).toEqual(['playing', false])
  session.input({ x: 1 })
  await pass(world, 1000)
  const places = await positionsOf(ann, world)
  expect(places[ann.lobby.me]!).toBeGreaterThan(510)
  expect(Object.keys(places)).toEqual(Object.keys(await positionsOf(others[1]!, world)))
  await expectReleased(world, ann.lobby, others[1]!.lobby, others[0]!.lobby)
})

it.each(['over the link to it', 'by the code'] as const)(
  'who hands over and comes back %s is on its own page no host any more, and away until it sits',
  async (way) => {
    const { world, ann, others } = await open(5, 'Bea', 'Cleo')
    const { me } = ann.lobby
    const seen: string[] = []
    ann.lobby.on('roster', (roster) => {
      const mine = roster.find(({ id }) => id === me)
      if (!ann.lobby.hosting) seen.push(`${mine?.host} ${mine?.presence}`)
    })
    expect(ann.lobby.handOver(others[0]!.lobby.me)).toBeNull()
    if (way === 'by the code') world.cut(ann.site, 2000)
    await pass(world, 12_000)
    expect(seen[0]).toBe('false away')
    expect(seen.filter((mark) => mark.startsWith('true'))).toEqual([])
    expect(here(ann)).toBe('Ann:here Bea:here Cleo:here')
    await expectReleased(world, ann.lobby, others[1]!.lobby, others[0]!.lobby)
  },
)

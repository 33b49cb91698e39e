/** Hosts that go, or are voted out, right after they took over: before their heirs have heard anything of them. In virtual time. */
import { expect, it } from 'vitest'
import { isHeirMessage } from '../../../../net/migration/heir-messages.ts'
import { LaneLink } from '../../../../net/transport/lane-link.ts'
import { expectReleased, pass } from '../../../sim/lobbies/steps.ts'
import { electionOf, epochOf, hostOf, openMatch, type Page, positionsOf, roleOf } from './table.ts'

const long = { tags: ['long'] }
const namesOf = ({ lobby }: Page): string[] => lobby.roster.map(({ name }) => name).sort()

it('a host that is killed before its heirs have any world of it takes no match along', long, async () => {
  const { world, ann, others } = await openMatch(171, 'Bea', 'Cleo', 'Dan', 'Eve')
  const [bea, ...left] = others as [Page, Page, Page, Page]
  const before = await positionsOf(left[0], world)
  ann.site.page.close()
  const original = LaneLink.prototype.send
  try {
    LaneLink.prototype.send = function lossy(this: LaneLink, lane, bytes) {
      return isHeirMessage(bytes) ? 'sent' : original.call(this, lane, bytes)
    }
    const sit = () => left.every((page) => hostOf(page) === 'Bea' && epochOf(page) === epochOf(bea))
    expect(await world.time.runUntil(sit, world.time.now + 5000)).toBe(true)
    await pass(world, 500)
  } finally {
    LaneLink.prototype.send = original
  }
  bea.site.page.kill()
  const goOn = () => left.some(({ lobby }) => lobby.hosting) && new Set(left.map(hostOf)).size === 1
  expect(await world.time.runUntil(goOn, world.time.now + 20_000)).toBe(true)
  await pass(world, 3000)
  expect(left.map(({ lobby }) => lobby.state)).toEqual(['playing', 'playing', 'playing'])
  const after = await positionsOf(left[1], world)
  for (const { lobby } of left) expect(after[lobby.me]).toBeGreaterThanOrEqual(before[lobby.me]!)
  await expectReleased(world, ...left.map(({ lobby }) => lobby).reverse())
})

it(
  'a host that nobody reached in time comes back to its own seat, whose token the next host never gave',
  long,
  async () => {
    const { world, ann, others } = await openMatch(172, 'Bea', 'Cleo', 'Dan')
    const [bea, ...left] = others as [Page, Page, Page]
    const { me } = bea.lobby
    for (const { site } of left) {
      world.cutWay(bea.site, site, 6000)
      world.cutWay(site, bea.site, 6000)
    }
    ann.site.page.close()
    const isVotedOut = () =>
      left.some(({ lobby }) => lobby.hosting) && !bea.lobby.hosting && bea.lobby.state === 'playing'
    expect(await world.time.runUntil(() => bea.lobby.hosting, world.time.now + 5000)).toBe(true)
    expect(await world.time.runUntil(isVotedOut, world.time.now + 30_000)).toBe(true)
    await pass(world, 2000)
    expect(bea.lobby.me).toBe(me)
    for (const page of others) expect(namesOf(page)).toEqual(['Ann', 'Bea', 'Cleo', 'Dan'])
    await expectReleased(world, ...others.map(({ lobby }) => lobby).reverse())
  },
)

it('a page that sits down at the host it had claimed against claims nothing more', long, async () => {
  const { world, ann, others } = await openMatch(173, 'Bea', 'Cleo', 'Dan')
  const [bea] = others as [Page]
  const election = electionOf(bea) as unknown as { beginClaim(): void; readonly candidacy: { readonly claim: unknown } }
  election.beginClaim()
  expect(election.candidacy.claim).not.toBeNull()
  roleOf<{ migration: { seated(): void } }>(bea).migration.seated()
  expect(election.candidacy.claim).toBeNull()
  await pass(world, 3000)
  expect(others.map(hostOf)).toEqual(['Ann', 'Ann', 'Ann'])
  await expectReleased(world, ann.lobby, ...others.map(({ lobby }) => lobby).reverse())
})

/** Files that are under way when the host changes: they go on with the new host, or end with a reason on both sides. In virtual time. */
import { joinLobby } from 'starwire'
import { describe, expect, it } from 'vitest'
import type { FileOffer, FileTransfer } from '../../../../net/files/types.ts'
import type { PlayerId } from '../../../../net/world/ids.ts'
import { yard } from '../../../sim/lobbies/player.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import type { LobbyWorld } from '../../../sim/lobbies/world.ts'
import { isSame, quickBlobOf } from '../../files/support.ts'
import { hostOf, open, type Page } from './table.ts'

type Sent = FileTransfer<PlayerId>
interface Passed {
  readonly sending: Sent
  readonly offer: FileOffer<PlayerId>
  receiving: Sent | null
}

/** Half of it is under way when the host goes. */
const FILE = quickBlobOf(900_000)

/** An offer that has arrived. */
async function offer(world: LobbyWorld, from: Page, to: Page): Promise<Passed> {
  const offered = new Promise<FileOffer<PlayerId>>((resolve) => {
    const stop = to.lobby.on('file', (offer) => {
      if (offer.from !== from.lobby.me) return
      stop()
      resolve(offer)
    })
  })
  const [sending] = await from.lobby.share(FILE, { to: to.lobby.me, name: 'a.bin' })
  return { sending: sending!, offer: await settled(world, offered), receiving: null }
}

function accept(passed: Passed): Sent {
  passed.receiving = passed.offer.accept()
  return passed.receiving
}

/** Lets time pass until a part of each file has arrived. */
async function begun(world: LobbyWorld, ...files: readonly Passed[]): Promise<void> {
  const isBegun = ({ sending }: Passed): boolean => sending.bytes > 0
  if (!(await world.time.runUntil(() => files.every(isBegun), world.time.now + 20_000)))
    throw new Error(JSON.stringify(files.map(({ sending: s, receiving: r }) => [s.bytes, s.end, r?.bytes, r?.end])))
  for (const { sending } of files) expect([sending.end, sending.bytes < sending.size]).toEqual([null, true])
}

const ends = async (world: LobbyWorld, { sending, receiving, offer }: Passed): Promise<unknown[]> => [
  await settled(world, sending.ended),
  await settled(world, (receiving ?? offer).ended),
]

async function expectWhole(world: LobbyWorld, ...files: readonly Passed[]): Promise<void> {
  for (const passed of files) {
    expect(await ends(world, passed)).toEqual(['done', 'done'])
    expect(await isSame(passed.receiving?.blob ?? null, FILE)).toBe(true)
  }
}

/** None is taken for hostile, and none is left. */
async function expectWell(world: LobbyWorld, pages: readonly Page[]): Promise<void> {
  await pass(world, 500)
  for (const { lobby } of pages)
    expect(lobby.roster.filter(({ presence }) => presence === 'here')).toHaveLength(pages.length)
  await expectReleased(world, ...[...pages].reverse().map(({ lobby }) => lobby))
}

describe.each(['is killed', 'leaves', 'hands over'] as const)('when a host %s', (how) => {
  const tags = how === 'is killed' ? [] : ['long']
  const go = ({ ann, others }: Awaited<ReturnType<typeof open>>): void => {
    if (how === 'leaves') ann.lobby.leave()
    else if (how === 'is killed') ann.site.page.kill()
    else expect(ann.lobby.handOver(others[0]!.lobby.me)).toBeNull()
  }

  it('files between the others, one of whom hosts next, go on from where they are, as do offers without an answer', {
    tags,
  }, async () => {
    const table = await open(952, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const [bea, cleo, dan] = others as [Page, Page, Page]
    const pairs = [
      [cleo, dan],
      [dan, cleo],
      [bea, cleo],
      [dan, bea],
    ] as const
    const files: Passed[] = []
    for (const [from, to] of pairs) files.push(await offer(world, from, to))
    const open1 = [await offer(world, cleo, bea), await offer(world, bea, dan), await offer(world, dan, cleo)]
    for (const file of files) accept(file)
    await begun(world, ...files)
    go(table)
    await expectWhole(world, ...files)
    expect([hostOf(cleo), hostOf(dan)]).toEqual(['Bea', 'Bea'])
    for (const file of open1) accept(file)
    await expectWhole(world, ...open1)
    const later = await offer(world, dan, cleo)
    accept(later)
    await expectWhole(world, later)
    await expectWell(world, how === 'hands over' ? [ann, ...others] : others)
  })

  it('its own files go on when its page is there, and else end for the others with a reason', { tags }, async () => {
    const table = await open(2815, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const [bea, cleo] = others as [Page, Page]
    const files: Passed[] = []
    for (const [from, to] of [
      [ann, bea],
      [bea, ann],
      [ann, cleo],
      [cleo, ann],
    ] as const)
      files.push(await offer(world, from, to))
    for (const file of files) accept(file)
    await begun(world, ...files)
    go(table)
    if (how === 'hands over') await expectWhole(world, ...files)
    else {
      const theirs = files.map(({ sending, receiving }) => (sending.peer === ann.lobby.me ? sending : receiving!))
      const began = world.time.now
      const told = await Promise.all(theirs.map(({ ended }) => settled(world, ended)))
      expect(told).toEqual(theirs.map(() => expect.stringMatching(/^(gone|stalled)$/)))
      // Who is killed may come back, for as long as the seat waits. So may who leaves when their last word is behind a part of a file, and
      // the lobby server's comes first.
      expect(world.time.now - began).toBeLessThan(75_000)
      expect(theirs.map(({ blob }) => blob)).toEqual(theirs.map(() => null))
    }
    const eve = world.newSite()
    const lobby = await settled(world, joinLobby(yard, bea.lobby.code, { ...eve.options, name: 'Eve' }))
    const late = [await offer(world, { site: eve, lobby }, cleo), await offer(world, bea, { site: eve, lobby })]
    for (const file of late) accept(file)
    await expectWhole(world, ...late)
    await expectWell(world, [...(how === 'hands over' ? [ann] : []), ...others, { site: eve, lobby }])
  })
})

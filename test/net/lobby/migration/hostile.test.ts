/** Pages that mean harm to a change of host: each is refused and counted, and the match of the others goes on. In virtual time. */
import { createHash } from 'node:crypto'
import { createLobby, joinLobby } from 'starwire'
import { describe, expect, it } from 'vitest'
import { encodeMessage, type HostMessage } from '../../../../net/lobby/messages.ts'
import type { IdleLinks } from '../../../../net/lobby/migration/idle-links.ts'
import { closePeerMessage } from '../../../../net/lobby/migration/migration-messages.ts'
import type { ElectionMessage } from '../../../../net/migration/election-messages.ts'
import { closeHeirMessage, type HeirMessage } from '../../../../net/migration/heir-messages.ts'
import { splitTick } from '../../../../net/migration/heir-parts.ts'
import type { HeirReceiver } from '../../../../net/migration/heir-receiver.ts'
import { MAX_FULL_BYTES } from '../../../../net/migration/limits.ts'
import { nextTerm } from '../../../../net/migration/next-epochs.ts'
import { type HeirSignals, watchAsHeir } from '../../../../net/signaling/heir.ts'
import type { Link } from '../../../../net/transport/link.ts'
import { BitWriter } from '../../../../net/wire/bits.ts'
import { encodePacket, PacketKind } from '../../../../net/wire/packet.ts'
import type { PlayerId } from '../../../../net/world/ids.ts'
import { moorAsYard } from '../../../sim/hosts/moor.ts'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { LobbyWorld } from '../../../sim/lobbies/world.ts'
import { electionOf, epochOf, hostOf, open, type Page, positionsOf, roleOf } from './table.ts'

type Table = Awaited<ReturnType<typeof open>>
type MatchTable = Table & Record<'bea' | 'cleo' | 'dan', Page>

/** Bea is the first heir, Cleo the second; Dan is none. */
async function match(seed: number, ...more: string[]): Promise<MatchTable> {
  const table = await open(seed, 'Bea', 'Cleo', 'Dan', ...more)
  table.ann.lobby.start()
  await pass(table.world, 2000)
  const [bea, cleo, dan] = table.others as [Page, Page, Page]
  return { ...table, bea, cleo, dan }
}

interface GuestInsides {
  readonly migration: { readonly loaded: { links: IdleLinks; heirship: { copy: { ended: string | null } } } }
}

const linksOf = (page: Page): IdleLinks => roleOf<GuestInsides>(page).migration.loaded.links

/** What a page sends over its idle link to another. */
function say(from: Page, to: Page, message: ElectionMessage): void {
  const link = linksOf(from).linkTo(to.lobby.me)
  if (!link) throw new Error('They have no idle link.')
  link.send('bulk', closePeerMessage({ kind: 'election', message }))
}

/** The host's link to a guest. */
function hostLink(host: Page, guest: Page): Link {
  type Host = { readonly seating: { peerOf(player: PlayerId): { readonly link: Link } | null } }
  const peer = roleOf<Host>(host).seating.peerOf(guest.lobby.me)
  if (!peer) throw new Error('They have no link.')
  return peer.link
}

const sayAsHost = (host: Page, guest: Page, message: HostMessage): unknown =>
  hostLink(host, guest).send('bulk', encodeMessage(message))

/** The match has the same host in the same epoch, and what everybody presses counts on all pages. */
async function expectUnharmed(table: Table, epoch: number, host = 'Ann', pages = [table.ann, ...table.others]) {
  const { world } = table
  for (const page of pages) (await settled(world, page.lobby.session())).input({ x: 1 })
  const before = await positionsOf(pages[0]!, world)
  await pass(world, 1500)
  for (const page of pages) {
    expect([hostOf(page), epochOf(page), page.lobby.state]).toEqual([host, epoch, 'playing'])
    const after = await positionsOf(page, world)
    for (const { lobby } of pages) expect(after[lobby.me]!).toBeGreaterThan(before[lobby.me]! + 10)
  }
}

describe('a guest who is no heir', () => {
  it('and claims the host’s role is refused by each whom they tell', { tags: ['long'] }, async () => {
    const table = await match(61)
    const { ann, bea, cleo, dan } = table
    const epoch = epochOf(ann)
    for (let i = 0; i < 5; i++) {
      for (const heir of [bea, cleo]) {
        say(dan, heir, { type: 'claim', epoch: nextTerm(epoch), roster: 1 })
        say(dan, heir, { type: 'hosting', epoch: nextTerm(epoch), host: dan.lobby.me, fork: false })
      }
      await pass(table.world, 200)
    }
    for (const heir of [bea, cleo]) expect(electionOf(heir).refusals['no heir']).toBeGreaterThanOrEqual(10)
    await expectUnharmed(table, epoch)
    await expectReleased(table.world, ...table.others.map(({ lobby }) => lobby), ann.lobby)
  })

  it('and says that an heir hosts by now is not believed while the host is heard', async () => {
    const table = await match(62)
    const { ann, bea, cleo, dan } = table
    const epoch = epochOf(ann)
    for (let i = 0; i < 5; i++) {
      say(dan, bea, { type: 'hosting', epoch: nextTerm(epoch), host: cleo.lobby.me, fork: false })
      await pass(table.world, 300)
    }
    expect(electionOf(bea).refusals['host lives']).toBeGreaterThanOrEqual(5)
    await expectUnharmed(table, epoch)
  })

  it('and floods an idle link is not heard, then has none, and the votes of the others count', async () => {
    const table = await match(63, 'Eve')
    const { world, ann, bea, cleo, dan, others } = table
    const eve = others[3] as Page
    const link = linksOf(dan).linkTo(bea.lobby.me)!
    for (let i = 0; i < 1000; i++) {
      link.send('bulk', closePeerMessage({ kind: 'beat', epoch: 1, version: 1, silent: 0, at: 0 }))
      if (i % 100 === 0) await pass(world, 20)
    }
    await pass(world, 200)
    expect(linksOf(bea).floods).toBeGreaterThan(100)
    expect(link.open).toBe(false)
    ann.site.page.kill()
    const done = () => [bea, cleo, eve].every((page) => hostOf(page) === 'Bea' && page.lobby.state === 'playing')
    expect(await world.time.runUntil(done, world.time.now + 3000)).toBe(true)
  })
})

describe('an heir', () => {
  it('that claims while the host lives wins no vote, and the match has its host', { tags: ['long'] }, async () => {
    const table = await match(64)
    const { ann, bea, cleo, dan } = table
    const epoch = epochOf(ann)
    const lying = electionOf(bea) as unknown as { beginClaim(): void; take(): unknown[] }
    for (let i = 0; i < 3; i++) {
      lying.beginClaim()
      await pass(table.world, 3000)
    }
    const refused = [cleo, dan].map((page) => electionOf(page).refusals['host lives'] ?? 0)
    expect(Math.min(...refused)).toBeGreaterThanOrEqual(1)
    await expectUnharmed(table, epoch)
    await expectReleased(table.world, ...table.others.map(({ lobby }) => lobby), ann.lobby)
  })

  it('that repeats what was true in an old epoch moves nobody', { tags: ['long'] }, async () => {
    const table = await match(65)
    const { world, ann, bea, cleo, dan } = table
    const old = epochOf(ann)
    const handover = {
      kind: 'handover',
      epoch: old + 1,
      heir: bea.lobby.me,
      tick: null,
      leaves: false,
      right: null,
    } as const
    expect(ann.lobby.handOver(bea.lobby.me)).toBeNull()
    await pass(world, 8000)
    const pages = [ann, bea, cleo, dan]
    const epoch = epochOf(bea)
    expect(epoch).toBeGreaterThan(old)
    // Bea hosts, and says again what Ann said.
    for (let i = 0; i < 5; i++) for (const page of [cleo, dan]) sayAsHost(bea, page, handover)
    const heir = [dan, ann].find((page) => linksOf(page).linkTo(cleo.lobby.me)) ?? dan
    for (const type of ['vote', 'lives', 'withdrawn', 'promised'] as const) say(heir, cleo, { type, epoch: old })
    say(heir, cleo, { type: 'hosting', epoch: old, host: ann.lobby.me, fork: false })
    say(heir, cleo, { type: 'claim', epoch: old, roster: 1 })
    await expectUnharmed(table, epoch, 'Bea', pages)
    await expectReleased(world, ...pages.map(({ lobby }) => lobby))
  })

  it('that is handed the lobby, answers nothing and stays is replaced by the next one', async () => {
    const table = await match(66)
    const { world, ann, bea, cleo, dan } = table
    const silent = roleOf<GuestInsides>(bea).migration.loaded as unknown as { takeOver(): void }
    silent.takeOver = () => {}
    ann.lobby.leave()
    const done = () => [cleo, dan].every((page) => hostOf(page) === 'Cleo' && page.lobby.state === 'playing')
    expect(await world.time.runUntil(done, world.time.now + 10_000), [cleo, dan].map(hostOf).join()).toBe(true)
  })
})

describe('a ticket of an heir at the lobby server', () => {
  const ticketOf = (page: Page): string =>
    (roleOf<GuestInsides>(page).migration.loaded as unknown as { watch: { key: string } }).watch.key

  async function watchWith({ world, ann }: Table, seat: number, key: string) {
    const { options } = world.newSite()
    const outcomes: string[] = []
    const heir: HeirSignals = watchAsHeir(
      { code: ann.lobby.code, seat, key },
      {
        hostGone: () => outcomes.push('host gone'),
        handed: () => outcomes.push('handed'),
        online: (isOnline) => outcomes.push(isOnline ? 'watches' : 'offline'),
        dismissed: () => outcomes.push('dismissed'),
      },
      { url: options.signaling, WebSocket: options.WebSocket, platform: options.platform },
    )
    await pass(world, 2000)
    return { heir, outcomes }
  }

  it('that is forged opens nothing, and neither does one of an heir who is none any more', {
    tags: ['long'],
  }, async () => {
    const table = await match(67)
    const { world, ann, bea, cleo, dan } = table
    const epoch = epochOf(ann)
    const seat = bea.lobby.me % 64
    const forged = await watchWith(table, seat, createHash('sha256').update('a guess').digest('hex').slice(0, 32))
    expect(forged.outcomes).not.toContain('watches')
    const key = ticketOf(bea)
    bea.lobby.leave()
    await pass(world, 3000)
    const reused = await watchWith(table, seat, key)
    expect(reused.outcomes).not.toContain('watches')
    await expectUnharmed(table, epoch, 'Ann', [ann, cleo, dan])
  })

  it('that somebody else uses while the host lives wins no claim', async () => {
    const table = await match(68)
    const { ann, bea } = table
    const epoch = epochOf(ann)
    const { heir } = await watchWith(table, bea.lobby.me % 64, ticketOf(bea))
    const nothing = {
      join: () => 'host-silent' as const,
      signal: () => {},
      gone: () => {},
      online: () => {},
      lost: () => {},
    }
    const claiming = heir.claim(nextTerm(epoch), nothing as never)
    expect(await settled(table.world, claiming)).toBe('host-lives')
    await expectUnharmed(table, epoch)
  })
})

describe('a hostile host’s stream', () => {
  const stream = (host: Page, heir: Page, message: HeirMessage): unknown =>
    hostLink(host, heir).send('bulk', closeHeirMessage(message))
  const slow = (epoch: number, version: number, piece: string, value: unknown): HeirMessage => ({
    ...{ kind: 'slow', epoch, version, piece, value },
  })

  it.each([
    ['poisoned', (epoch: number) => slow(epoch, 1e6, 'roster', 'nobody'), 'malformed'],
    ['of a piece that nobody knows', (epoch: number) => slow(epoch, 1e6, 'toString', []), 'malformed'],
    ['huge', (epoch: number) => slow(epoch, 1e6, 'marks', ['x'.repeat(70_000)]), 'huge'],
  ] as const)('that is %s ends the candidacy, before a match, and no more', async (_, message, reason) => {
    const table = await open(69, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const [bea] = others
    stream(ann, bea!, message(epochOf(ann)))
    const { copy } = roleOf<GuestInsides>(bea!).migration.loaded.heirship
    await world.time.runUntil(() => copy.ended !== null, world.time.now + 10_000)
    expect(copy.ended).toBe(reason)
    await pass(world, 3000)
    expect(electionOf(others[1]!)['electorate' as never]).not.toMatchObject({
      heirs: expect.arrayContaining([bea!.lobby.me]),
    })
    expect(ann.lobby.start()).toBeNull()
    await pass(world, 2000)
    await expectUnharmed(table, epochOf(ann))
    await expectReleased(world, ...others.map(({ lobby }) => lobby), ann.lobby)
  })

  it('with a lobby that nobody can go on with ends the candidacy before it is needed', async () => {
    const table = await open(70, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const [bea] = others
    const roster = { maxPlayers: 6, playerSeats: 3, maxSpectators: 0, members: [], generations: [] }
    stream(ann, bea!, slow(epochOf(ann), 1e6, 'roster', roster))
    await pass(world, 100)
    expect(roleOf<GuestInsides>(bea!).migration.loaded.heirship.copy.ended).toBe('poisoned')
    ann.site.page.kill()
    const done = () => others.every((page) => hostOf(page) === 'Cleo')
    expect(await world.time.runUntil(done, world.time.now + 15_000), others.map(hostOf).join()).toBe(true)
  })

  it('without end costs the heir its budget, and the lobby nothing', async () => {
    const table = await open(71, 'Bea', 'Cleo', 'Dan')
    const { world, ann, others } = table
    const [bea] = others
    const { copy } = roleOf<GuestInsides>(bea!).migration.loaded.heirship
    const full: HeirMessage = { kind: 'full', epoch: epochOf(ann), tick: 1, body: new Uint8Array(60_000) }
    const { hearStream } = roleOf<{ migration: { hearStream(bytes: Uint8Array): boolean } }>(bea!).migration
    for (let i = 0; i < 300; i++) hearStream.call(roleOf<GuestInsides>(bea!).migration, closeHeirMessage(full))
    expect(copy.ended).toBe('flood')
    await pass(world, 3000)
    expect(hostOf(bea!)).toBe('Ann')
    expect(others.map(({ lobby }) => lobby.state)).toEqual(['lobby', 'lobby', 'lobby'])
  })

  /** What a page is told as an heir of the match; null: it is none. */
  type Told = { heir: HeirReceiver | null; receive(bytes: Uint8Array, now: number): void }
  const toldAt = ({ lobby }: Page): Told => (lobby as unknown as { match: { client: Told } }).match.client

  /** Bytes that the heir's page hears of its host's lanes within one moment. */
  const hears = ({ site, ...page }: Page, packets: readonly Uint8Array[]): void => {
    for (const bytes of packets) toldAt({ site, ...page }).receive(bytes, site.page.now())
  }
  const hearsBulk = (page: Page, messages: readonly HeirMessage[]): void => {
    const { migration } = roleOf<{ migration: { hearStream(bytes: Uint8Array): void } }>(page)
    for (const message of messages) migration.hearStream(closeHeirMessage(message))
  }
  const part = (epoch: number, tick: number, body: Uint8Array): Uint8Array =>
    encodePacket({ kind: PacketKind.heirPart, epoch, tick, body })
  /** The first part of a tick that takes so many bytes. */
  const firstOf = (bytes: number): Uint8Array => splitTick(new Uint8Array(bytes).fill(7))![0]!
  const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

  it.each([
    [
      'of noise',
      'malformed',
      ({ ann, bea }) =>
        hostLink(ann, bea).send('state', part(epochOf(ann), 500, Uint8Array.of(0, 1, 255, 3, 77, 129, 4, 200))),
    ],
    [
      'of noise over bulk',
      'malformed',
      ({ ann, bea }) => stream(ann, bea, { kind: 'full', epoch: epochOf(ann), tick: 500, body: new Uint8Array(9) }),
    ],
    [
      'of a world without its players',
      'poisoned',
      ({ ann }) => {
        type Taken = { take(version: number): object }
        const { match } = ann.lobby as unknown as { match: { host: { heirs: { source: Taken } } } }
        const { source } = match.host.heirs
        const take = source.take.bind(source)
        source.take = (version) => ({ ...take(version), players: [] })
        // The next heir is told the truth.
        return () => {
          source.take = take
        }
      },
    ],
    [
      'of a tick that is longer than any world',
      'huge',
      ({ ann, bea }) =>
        hearsBulk(bea, [{ kind: 'full', epoch: epochOf(ann), tick: 500, body: new Uint8Array(MAX_FULL_BYTES + 200) }]),
    ],
    [
      'without end in parts',
      'flood',
      ({ ann, bea }) =>
        hears(
          bea,
          many(9000, (i) => part(epochOf(ann), 1000 + i, firstOf(2222))),
        ),
    ],
    [
      'without end over bulk',
      'flood',
      ({ bea }) =>
        hearsBulk(
          bea,
          many(300, () => ({ kind: 'full', epoch: 77, tick: 1, body: new Uint8Array(60_000) })),
        ),
    ],
    [
      'of ticks that build on none',
      'useless',
      ({ ann, bea }) => {
        const w = new BitWriter(64)
        w.unsigned(7)
        const [body] = splitTick(w.finish())!
        hears(
          bea,
          many(300, (i) => part(epochOf(ann), 500 + i, body!)),
        )
      },
    ],
  ] as const satisfies readonly [string, string, (table: MatchTable) => unknown][])(
    '%s in a match ends the candidacy as %s; the match goes on, and later with another heir',
    { tags: ['long'] },
    async (_, reason, harm) => {
      const table = await match(72)
      const { world, ann, bea, cleo, dan } = table
      const epoch = epochOf(ann)
      const { heir } = toldAt(bea)
      const { copy } = roleOf<GuestInsides>(bea).migration.loaded.heirship
      expect([heir?.ended, copy.ended]).toEqual([null, null])
      const mend = harm(table)
      const why = () => heir?.ended ?? copy.ended
      await world.time.runUntil(() => why() !== null, world.time.now + 3000)
      expect(why()).toBe(reason)
      if (typeof mend === 'function') mend()
      // She says that she is none any more, and the host names another.
      await pass(world, 6000)
      expect(toldAt(bea).heir).toBeNull()
      await expectUnharmed(table, epoch)
      ann.site.page.kill()
      const done = () => [bea, cleo, dan].every((page) => hostOf(page) === 'Cleo' && page.lobby.state === 'playing')
      expect(await world.time.runUntil(done, world.time.now + 6000), [bea, cleo, dan].map(hostOf).join()).toBe(true)
    },
  )
})

describe('hidden fields', () => {
  it('are in the heir’s world, and in nothing that its page can see', async () => {
    const world = new LobbyWorld(73)
    const [first, second] = [world.newSite(), world.newSite()]
    const ann = await settled(world, createLobby(moorAsYard, { ...first.options, name: 'Ann' }))
    const bea = await settled(world, joinLobby(moorAsYard, ann.code, { ...second.options, name: 'Bea' }))
    await pass(world, 4000)
    ann.start()
    await pass(world, 3000)
    const { client } = (bea as unknown as { match: { client: { heir: HeirReceiver; session: { report(): unknown } } } })
      .match
    const session = await settled(world, bea.session())
    const heard: Uint8Array[] = []
    const { onPacket } = client as unknown as {
      onPacket(heard: (at: number, sent: boolean, bytes: Uint8Array) => void): void
    }
    onPacket.call(client, (_, sent, bytes) => void (sent || heard.push(bytes)))
    await pass(world, 1000)
    // The heir has them: the next host's match goes on with the same cards.
    const cut = client.heir.cut()
    expect(cut?.match.world.length).toBeGreaterThan(0)
    expect(heard.length).toBeGreaterThan(5)
    expect(heard.filter((bytes) => bytes[1] === PacketKind.heirPart)).toEqual([])
    const seen = JSON.stringify([session.view(second.page.now()), client.session.report(), session.stats(), bea])
    expect(seen).toContain('"x":500')
    expect(seen.match(/"card":[1-9]/)).toBeNull()
  })
})

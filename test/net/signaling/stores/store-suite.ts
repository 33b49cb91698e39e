/**
 * What every lobby store must do, held against the memory one and the one on Redis: who holds a lobby, who may take it over,
 * what a lobby's end leaves behind, the public list, and texts between processes. Each race is played through two processes.
 */
import { describe, expect, test } from 'vitest'
import type { HeirClaim, LobbyStore, Tenure } from '../../../../net/signaling/server/store.ts'
import { build, facts, listing, query } from '../list-support.ts'

export interface OpenStores {
  /** As two processes of one service have it. */
  readonly stores: readonly [LobbyStore, LobbyStore]
  /** A lease that ends within a test. */
  readonly shortMs: number
  /** Waits until every such lease has ended. */
  letShortLeasesEnd(): Promise<void>
}

const LONG_MS = 60_000

const tenure = (more: Partial<Tenure> = {}): Tenure => ({
  ...{ code: 'K7DPX', id: 'one', holder: 'process0.host', term: 1 },
  ...more,
})
const newSocket = 'process1.again'

const keyHashOf = (seat: number): string => String(seat).repeat(64).slice(0, 64)
const heirKey = (seat: number) => ({ seat, keyHash: keyHashOf(seat) })

const claimOf = (seat: number, more: Partial<HeirClaim> = {}): HeirClaim => ({
  ...heirKey(seat),
  ...{ code: 'K7DPX', id: 'one', holder: `process1.heir${seat}`, epoch: 2, lives: 0 },
  ...more,
})

export function describeStore(name: string, open: (maxLobbies: number) => Promise<OpenStores>): void {
  const opened = (maxLobbies = 9): Promise<OpenStores> => open(maxLobbies)

  test(`${name} tells every process where another one said that it is reached, until it says so no more`, async () => {
    const { stores, shortMs, letShortLeasesEnd } = await opened()
    const [store, other] = stores
    await store.announce('process0', 'ws://10.0.0.7:8080', shortMs)
    await store.announce('process1', 'ws://10.0.0.8:8080', LONG_MS)
    expect(await other.whereIs('process0')).toBe('ws://10.0.0.7:8080')
    expect(await other.whereIs('process2')).toBeNull()
    await letShortLeasesEnd()
    expect(await other.whereIs('process0')).toBeNull()
    expect(await other.whereIs('process1')).toBe('ws://10.0.0.8:8080')
  })

  describe(`a lobby in ${name}`, () => {
    test('is its creator’s until the lease ends, and then its code and its room are free', async () => {
      const { stores, shortMs, letShortLeasesEnd } = await opened(1)
      const [store, other] = stores
      expect(await store.create(tenure(), shortMs)).toBe('created')
      expect(await other.create(tenure({ id: 'two' }), shortMs)).toBe('taken')
      expect(await other.create(tenure({ code: 'CCCCC' }), shortMs)).toBe('full')
      expect(await other.get('K7DPX')).toEqual({
        ...{ code: 'K7DPX', id: 'one', holder: 'process0.host', vacancy: null },
        ...{ epoch: 1, term: 1, lives: 0, heirs: [], reserved: null, takenBy: null },
      })
      await letShortLeasesEnd()
      expect(await other.get('K7DPX')).toBeNull()
      expect(await other.create(tenure({ code: 'CCCCC', id: 'three' }), LONG_MS)).toBe('created')
    })

    test('goes to one of two processes that create it at once', async () => {
      const { stores } = await opened()
      const outcomes = await Promise.all(stores.map((store, i) => store.create(tenure({ id: `${i}` }), LONG_MS)))
      expect(outcomes.sort()).toEqual(['created', 'taken'])
    })

    test('stays when it is renewed, while one beside it ends', async () => {
      const { stores, shortMs, letShortLeasesEnd } = await opened(2)
      const [store, other] = stores
      await store.create(tenure(), shortMs)
      await store.create(tenure({ code: 'CCCCC', id: 'two' }), shortMs)
      expect(await other.renew(tenure(), null, LONG_MS)).toBe('renewed')
      await letShortLeasesEnd()
      expect(await store.get('CCCCC')).toBeNull()
      expect(await store.create(tenure({ code: 'DDDDD', id: 'three' }), LONG_MS)).toBe('created')
      expect(await store.get('K7DPX')).toMatchObject({ id: 'one', holder: 'process0.host' })
    })

    test('is not renewed, released, deleted, listed, handed over or given heirs by anybody but its holder', async () => {
      const { stores } = await opened()
      const [store, other] = stores
      await store.create(tenure(), LONG_MS)
      await store.setHeirs(tenure(), 1, [heirKey(1)])
      const before = await store.get('K7DPX')
      expect(await other.renew(tenure({ holder: newSocket }), 9, LONG_MS)).toBe('replaced')
      expect(await other.renew(tenure({ id: 'two' }), 9, LONG_MS)).toBe('taken')
      for (const stranger of [tenure({ holder: newSocket }), tenure({ id: 'two' })]) {
        expect(await other.release(stranger, 'gone')).toEqual([])
        await other.delete(stranger)
        expect(await other.list(stranger, listing(), facts())).toBe(false)
        await other.unlist(stranger)
        expect(await other.setHeirs(stranger, 9, [])).toBeNull()
        expect(await other.transfer(stranger, 1, 9)).toBeNull()
      }
      expect(await store.get('K7DPX')).toEqual(before)
    })

    test('counts signs of life and epochs of its host alone, and no epoch goes back', async () => {
      const { stores } = await opened()
      const [store] = stores
      await store.create(tenure(), LONG_MS)
      await store.renew(tenure(), null, LONG_MS)
      expect(await store.get('K7DPX')).toMatchObject({ epoch: 1, lives: 0 })
      await store.renew(tenure(), 3, LONG_MS)
      await store.renew(tenure(), 2, LONG_MS)
      expect(await store.get('K7DPX')).toMatchObject({ epoch: 3, lives: 2, term: 1 })
    })

    test('waits for its host when the host’s socket is gone, says why it is, and keeps its heirs', async () => {
      const { stores } = await opened()
      const [store, other] = stores
      await store.create(tenure(), LONG_MS)
      await store.setHeirs(tenure(), 1, [heirKey(1)])
      await other.attach('K7DPX', heirKey(1), 'process1.heir1')
      expect(await store.release(tenure(), 'lost')).toEqual([{ ...heirKey(1), socket: 'process1.heir1' }])
      expect(await other.get('K7DPX')).toMatchObject({ holder: null, vacancy: 'lost' })
      expect(await other.takeBack(tenure({ holder: newSocket }), LONG_MS)).toEqual({ outcome: 'held', previous: null })
      const back = await store.get('K7DPX')
      expect(back).toMatchObject({ holder: newSocket, vacancy: null, lives: 1 })
      expect(back?.heirs).toHaveLength(1)
      expect(await store.renew(tenure(), 1, LONG_MS)).toBe('replaced')
    })

    test('names its former socket to the one that takes it back', async () => {
      const { stores } = await opened()
      const [store, other] = stores
      await store.create(tenure(), LONG_MS)
      expect(await other.takeBack(tenure({ holder: newSocket }), LONG_MS)).toEqual({
        ...{ outcome: 'held', previous: 'process0.host' },
      })
      await store.release(tenure(), 'gone')
      expect(await store.get('K7DPX')).toMatchObject({ holder: newSocket })
    })

    test('is taken back from a store that forgot it, if there is room and nobody has its code', async () => {
      const { stores } = await opened(1)
      const [store] = stores
      expect(await store.renew(tenure(), 1, LONG_MS)).toBe('lost')
      expect(await store.takeBack(tenure(), LONG_MS)).toEqual({ outcome: 'held', previous: null })
      expect(await store.takeBack(tenure({ id: 'two' }), LONG_MS)).toEqual({ outcome: 'taken' })
      expect(await store.takeBack(tenure({ code: 'CCCCC', id: 'two' }), LONG_MS)).toEqual({ outcome: 'full' })
    })

    test('of an older term, in a store that forgot the newer one, is the newer host’s', async () => {
      const { stores } = await opened()
      const [store, other] = stores
      await store.takeBack(tenure(), LONG_MS)
      const newer = tenure({ holder: newSocket, term: 3 })
      expect(await other.takeBack(newer, LONG_MS)).toEqual({ outcome: 'held', previous: 'process0.host' })
      expect(await store.takeBack(tenure(), LONG_MS)).toEqual({ outcome: 'replaced' })
      expect(await store.get('K7DPX')).toMatchObject({ holder: newSocket, epoch: 3, term: 3 })
    })
  })

  describe(`an heir in ${name}`, () => {
    /** A lobby with two heirs. */
    async function withHeirs() {
      const open = await opened()
      const [store] = open.stores
      await store.create(tenure(), LONG_MS)
      await store.setHeirs(tenure(), 1, [heirKey(1), heirKey(2)])
      return open
    }

    test('takes over a lobby whose host shows no life: its epoch is new, and the other heir stays one, in case it dies at once', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      expect(await other.claim(claimOf(1), LONG_MS)).toEqual({ outcome: 'claimed', previous: 'process0.host' })
      expect(await store.get('K7DPX')).toEqual({
        ...{ code: 'K7DPX', id: 'one', holder: 'process1.heir1', vacancy: null },
        ...{ epoch: 2, term: 2, lives: 1, heirs: [{ ...heirKey(2), socket: null }], reserved: null },
        takenBy: heirKey(1),
      })
      expect(await store.claim(claimOf(2, { epoch: 3, lives: 1 }), LONG_MS)).toEqual({
        ...{ outcome: 'claimed', previous: 'process1.heir1' },
      })
      expect(await store.get('K7DPX')).toMatchObject({ holder: 'process1.heir2', epoch: 3, heirs: [] })
      expect(await store.renew(tenure(), 1, LONG_MS)).toBe('replaced')
      expect(await store.takeBack(tenure({ holder: newSocket }), LONG_MS)).toEqual({ outcome: 'replaced' })
    })

    test('is one of two that claim at once', async () => {
      const { stores } = await withHeirs()
      const outcomes = await Promise.all(stores.map((store, i) => store.claim(claimOf(i + 1), LONG_MS)))
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['claimed', 'replaced'])
    })

    test('that reserves the lobby changes nothing for the host, and may claim whatever the host says since', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      expect(await other.reserve(claimOf(1), LONG_MS)).toBe('reserved')
      expect(await other.reserve(claimOf(1), LONG_MS)).toBe('reserved')
      const reserved = { ...heirKey(1), epoch: 2 }
      expect(await store.get('K7DPX')).toMatchObject({ holder: 'process0.host', epoch: 1, term: 1, reserved })
      expect(await store.renew(tenure(), 1, LONG_MS)).toBe('renewed')
      await store.setHeirs(tenure(), 1, [heirKey(2)])
      expect((await other.claim(claimOf(1), LONG_MS)).outcome).toBe('claimed')
      expect(await store.get('K7DPX')).toMatchObject({ holder: 'process1.heir1', epoch: 2, reserved: null })
    })

    test('that gives its reservation back, or lets it run out, leaves the lobby to its host and to other heirs', async () => {
      const { stores, shortMs, letShortLeasesEnd } = await withHeirs()
      const [store, other] = stores
      await other.reserve(claimOf(1), LONG_MS)
      expect(await store.reserve(claimOf(2), LONG_MS)).toBe('replaced')
      // It may win by votes alone, and asks again.
      expect(await store.claim(claimOf(2), LONG_MS)).toEqual({ outcome: 'host-lives' })
      await store.giveBack('K7DPX', { ...heirKey(2), epoch: 2 })
      await store.giveBack('K7DPX', { ...heirKey(1), epoch: 3 })
      expect((await store.get('K7DPX'))?.reserved).toMatchObject(heirKey(1))
      await other.giveBack('K7DPX', { ...heirKey(1), epoch: 2 })
      expect((await store.get('K7DPX'))?.reserved).toBeNull()
      expect(await store.reserve(claimOf(2), shortMs)).toBe('reserved')
      await letShortLeasesEnd()
      expect((await store.get('K7DPX'))?.reserved).toBeNull()
      expect((await other.claim(claimOf(1), LONG_MS)).outcome).toBe('claimed')
    })

    test('is one of two that reserve at once; a reservation of a higher epoch takes its place, and so does its host in one', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      const outcomes = await Promise.all([store.reserve(claimOf(1), LONG_MS), other.reserve(claimOf(2), LONG_MS)])
      expect([...outcomes].sort()).toEqual(['replaced', 'reserved'])
      expect(await store.reserve(claimOf(2, { epoch: 5 }), LONG_MS)).toBe('reserved')
      expect((await other.claim(claimOf(1), LONG_MS)).outcome).toBe('host-lives')
      await store.renew(tenure(), 6, LONG_MS)
      expect(await other.get('K7DPX')).toMatchObject({ epoch: 6, reserved: null })
      expect(await other.claim(claimOf(2, { epoch: 5 }), LONG_MS)).toEqual({ outcome: 'replaced' })
    })

    test('whose reservation and whose host’s sign of life come at once: one of them counts', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      const [renewal, outcome] = await Promise.all([
        store.renew(tenure(), 1, LONG_MS),
        other.reserve(claimOf(1), LONG_MS),
      ])
      expect(renewal).toBe('renewed')
      const reserved = (await store.get('K7DPX'))?.reserved ?? null
      expect(outcome).toBe(reserved ? 'reserved' : 'host-lives')
    })

    test('with a wrong key, of another lobby or of an old epoch reserves nothing', async () => {
      const { stores } = await withHeirs()
      const [store] = stores
      expect(await store.reserve(claimOf(1, { keyHash: keyHashOf(9) }), LONG_MS)).toBe('no-heir')
      expect(await store.reserve(claimOf(1, { id: 'two' }), LONG_MS)).toBe('lost')
      expect(await store.reserve(claimOf(1, { epoch: 1 }), LONG_MS)).toBe('replaced')
      expect(await store.reserve(claimOf(1, { lives: 4 }), LONG_MS)).toBe('host-lives')
    })

    test('gets nothing when the host showed life after the heir looked, or came back', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      await store.renew(tenure(), 1, LONG_MS)
      expect(await other.claim(claimOf(1), LONG_MS)).toEqual({ outcome: 'host-lives' })
      await store.takeBack(tenure({ holder: newSocket }), LONG_MS)
      expect(await other.claim(claimOf(1, { lives: 1 }), LONG_MS)).toEqual({ outcome: 'host-lives' })
      expect(await other.get('K7DPX')).toMatchObject({ holder: newSocket, term: 1 })
    })

    test('whose claim and whose host’s sign of life come at once: one of them counts, and both know', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      const [renewal, claim] = await Promise.all([store.renew(tenure(), 1, LONG_MS), other.claim(claimOf(1), LONG_MS)])
      expect([
        ['renewed', 'host-lives'],
        ['replaced', 'claimed'],
      ]).toContainEqual([renewal, claim.outcome])
    })

    test('with a claim that is replayed, or of an older epoch, gets nothing', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      await store.renew(tenure(), 5, LONG_MS)
      expect(await other.claim(claimOf(1, { lives: 1, epoch: 5 }), LONG_MS)).toEqual({ outcome: 'replaced' })
      const claim = claimOf(1, { lives: 1, epoch: 6 })
      expect((await other.claim(claim, LONG_MS)).outcome).toBe('claimed')
      await other.renew(tenure({ holder: 'process1.heir1', term: 6 }), 6, LONG_MS)
      const replay = { ...claim, holder: 'process0.thief' }
      for (const lives of [1, 2, 3])
        expect(await store.claim({ ...replay, lives }, LONG_MS)).toEqual({ outcome: 'replaced' })
      expect(await store.claim({ ...replay, lives: 3, epoch: 7 }, LONG_MS)).toEqual({ outcome: 'no-heir' })
    })

    test('that did not hear the answer to its claim hears the same again', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      await other.claim(claimOf(1), LONG_MS)
      expect(await store.claim(claimOf(1), LONG_MS)).toEqual({ outcome: 'claimed', previous: null })
      expect(await store.get('K7DPX')).toMatchObject({ holder: 'process1.heir1', epoch: 2 })
    })

    test('whose socket closed before it heard the answer to its claim gets the lobby over the next one, until its core has shown life', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      await other.claim(claimOf(1), LONG_MS)
      const again = claimOf(1, { holder: newSocket, lives: 1 })
      expect(await store.claim({ ...again, keyHash: keyHashOf(9) }, LONG_MS)).toEqual({ outcome: 'replaced' })
      expect(await store.claim(again, LONG_MS)).toEqual({ outcome: 'claimed', previous: 'process1.heir1' })
      await store.release(tenure({ holder: newSocket, term: 2 }), 'gone')
      expect(await store.claim({ ...again, holder: 'process1.third' }, LONG_MS)).toEqual({
        ...{ outcome: 'claimed', previous: null },
      })
      expect(await store.get('K7DPX')).toMatchObject({ holder: 'process1.third', vacancy: null, epoch: 2, term: 2 })
      await store.renew(tenure({ holder: 'process1.third', term: 2 }), 2, LONG_MS)
      expect(await store.claim({ ...again, lives: 2 }, LONG_MS)).toEqual({ outcome: 'replaced' })
    })

    test('whom the store had forgotten gets the lobby over its next socket, too', async () => {
      const { stores } = await opened()
      const [store] = stores
      await store.takeBack(tenure({ holder: 'process1.heir1', term: 2 }), LONG_MS, heirKey(1))
      const again = claimOf(1, { holder: newSocket, lives: 1 })
      expect(await store.claim(again, LONG_MS)).toEqual({ outcome: 'claimed', previous: 'process1.heir1' })
      await store.takeBack(tenure({ term: 2 }), LONG_MS)
      expect((await store.get('K7DPX'))?.takenBy).toBeNull()
      expect(await store.claim({ ...again, lives: 2 }, LONG_MS)).toEqual({ outcome: 'replaced' })
    })

    test('that the host named once and names no more, or with a wrong key or another lobby, gets nothing', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      await other.attach('K7DPX', heirKey(1), 'process1.heir1')
      const former = await store.setHeirs(tenure(), 1, [heirKey(2), heirKey(3)])
      expect(former).toEqual([{ ...heirKey(1), socket: 'process1.heir1' }])
      expect(await other.claim(claimOf(1), LONG_MS)).toEqual({ outcome: 'no-heir' })
      expect(await other.claim(claimOf(2, { keyHash: keyHashOf(9) }), LONG_MS)).toEqual({ outcome: 'no-heir' })
      expect(await other.claim(claimOf(2, { id: 'two' }), LONG_MS)).toEqual({ outcome: 'lost' })
      expect(await other.claim(claimOf(2, { code: 'CCCCC' }), LONG_MS)).toEqual({ outcome: 'lost' })
      expect(await other.attach('K7DPX', heirKey(1), 'process1.heir1')).toBeNull()
    })

    test('that stays one keeps its socket, and one that does not show its key has none', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      expect((await other.attach('K7DPX', heirKey(2), 'process1.heir2'))?.heirs[1]?.socket).toBe('process1.heir2')
      expect(await other.attach('K7DPX', { seat: 2, keyHash: keyHashOf(1) }, 'process1.thief')).toBeNull()
      expect(await other.attach('CCCCC', heirKey(2), 'process1.thief')).toBeNull()
      await store.setHeirs(tenure(), 2, [heirKey(2), heirKey(1)])
      expect(await other.get('K7DPX')).toMatchObject({
        epoch: 2,
        heirs: [
          { ...heirKey(2), socket: 'process1.heir2' },
          { ...heirKey(1), socket: null },
        ],
      })
    })

    test('to whom the host hands over claims that epoch, and the old host is replaced before anybody claims', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      const heirs = await store.transfer(tenure(), 2, 2)
      expect(heirs?.map(({ seat }) => seat)).toEqual([2, 1])
      expect(await other.get('K7DPX')).toMatchObject({ holder: null, vacancy: 'handed', epoch: 2, term: 2 })
      expect(await store.renew(tenure(), 1, LONG_MS)).toBe('replaced')
      expect(await store.takeBack(tenure({ holder: newSocket }), LONG_MS)).toEqual({ outcome: 'replaced' })
      expect(await other.claim(claimOf(2, { lives: 1 }), LONG_MS)).toEqual({ outcome: 'claimed', previous: null })
      expect(await other.claim(claimOf(1, { lives: 2 }), LONG_MS)).toEqual({ outcome: 'replaced' })
    })

    test('gets no lobby from a host in an epoch that is not new, nor in a seat that is no heir’s', async () => {
      const { stores } = await withHeirs()
      const [store] = stores
      await store.renew(tenure(), 4, LONG_MS)
      expect(await store.transfer(tenure(), 1, 4)).toBeNull()
      expect(await store.transfer(tenure(), 3, 5)).toBeNull()
      expect(await store.get('K7DPX')).toMatchObject({ holder: 'process0.host', vacancy: null })
    })

    test('and its host, who hands over to another, are of one mind when claim and transfer come at once', async () => {
      const { stores } = await withHeirs()
      const [store, other] = stores
      const [heirs, claim] = await Promise.all([store.transfer(tenure(), 2, 2), other.claim(claimOf(1), LONG_MS)])
      if (heirs === null) expect(claim.outcome).toBe('claimed')
      else expect(claim.outcome).toBe('host-lives')
    })

    test('is the host also beyond the lease: a token of the older host takes nothing back', async () => {
      const { stores, shortMs, letShortLeasesEnd } = await withHeirs()
      const [store, other] = stores
      await other.claim(claimOf(1), shortMs)
      await letShortLeasesEnd()
      expect(await store.get('K7DPX')).toBeNull()
      expect(await store.takeBack(tenure({ holder: newSocket }), LONG_MS)).toEqual({ outcome: 'replaced' })
      expect(await store.renew(tenure(), 1, LONG_MS)).toBe('replaced')
      const newest = { ...tenure(), holder: 'process1.heir1', term: 2 }
      expect(await other.takeBack(newest, LONG_MS)).toEqual({ outcome: 'held', previous: null })
    })
  })

  describe(`the public list in ${name}`, () => {
    const codesIn = async (store: LobbyStore, more: Partial<Parameters<typeof query>[0]> = {}): Promise<string[]> =>
      (await store.find(query(more))).lobbies.map(({ code }) => code)

    test('shows a lobby in every process as soon as it is listed, changed and taken off', async () => {
      const { stores } = await opened()
      const [store, other] = stores
      expect(await codesIn(other)).toEqual([])
      await store.create(tenure(), LONG_MS)
      expect(await store.list(tenure(), listing(), facts())).toBe(true)
      expect((await other.find(query())).lobbies).toEqual([
        { ...listing(), ...facts(), code: 'K7DPX', id: 'one', holder: 'process0.host', order: expect.any(Number) },
      ])
      await store.list(tenure(), listing(), facts({ players: 3 }))
      expect((await other.find(query())).lobbies[0]?.players).toBe(3)
      await store.unlist(tenure())
      expect(await codesIn(other)).toEqual([])
    })

    test('orders lobbies by when they were first listed, by whichever process, and gives each page once', async () => {
      const { stores } = await opened(20)
      const codes = ['CCCCC', 'DDDDD', 'FFFFF', 'HHHHH', 'JJJJJ']
      for (const [i, code] of codes.entries()) {
        const store = stores[i % 2] ?? stores[0]
        await store.create(tenure({ code, id: code }), LONG_MS)
        await store.list(tenure({ code, id: code }), listing(), facts())
      }
      await stores[0].list(tenure({ code: 'CCCCC', id: 'CCCCC' }), listing(), facts({ playing: true }))
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page: Awaited<ReturnType<LobbyStore['find']>> = await stores[1].find(
          query({ sort: 'newest', limit: 2, ...(cursor !== null && { cursor }) }),
        )
        seen.push(...page.lobbies.map(({ code }) => code))
        cursor = page.cursor
      } while (cursor !== null)
      expect(seen).toEqual(codes.toReversed())
    })

    test('loses a lobby with its host’s socket, with its end, with its lease, and when an heir gets it', async () => {
      const { stores, shortMs, letShortLeasesEnd } = await opened(20)
      const [store, other] = stores
      const ends: Record<string, (of: Tenure) => Promise<unknown>> = {
        // First, as all leases of one service are equally long: no later one ends earlier.
        FFFFF: () => letShortLeasesEnd(),
        CCCCC: (of) => store.release(of, 'gone'),
        DDDDD: (of) => store.delete(of),
        HHHHH: (of) => other.claim(claimOf(1, { code: of.code, id: of.id }), LONG_MS),
        JJJJJ: (of) => store.transfer(of, 1, 2),
        KKKKK: (of) => other.takeBack({ ...of, holder: newSocket }, LONG_MS),
      }
      for (const code of Object.keys(ends)) {
        const of = tenure({ code, id: code })
        await store.create(of, code === 'FFFFF' ? shortMs : LONG_MS)
        await store.list(of, listing(), facts())
        await store.setHeirs(of, 1, [heirKey(1)])
      }
      for (const [code, end] of Object.entries(ends)) {
        if (code !== 'FFFFF') expect(await codesIn(other)).toContain(code)
        await end(tenure({ code, id: code }))
        expect(await codesIn(other), `after ${code}`).not.toContain(code)
      }
      expect(await codesIn(other)).toEqual([])
    })

    test('keeps games apart', async () => {
      const { stores } = await opened()
      const [store, other] = stores
      await store.create(tenure(), LONG_MS)
      await store.list(tenure(), listing({ game: 'chess' }), facts())
      expect(await codesIn(other)).toEqual([])
      expect(await codesIn(other, { ...build, game: 'chess' })).toEqual(['K7DPX'])
      await store.list(tenure(), listing(), facts())
      expect(await codesIn(other, { ...build, game: 'chess' })).toEqual([])
      expect(await codesIn(other)).toEqual(['K7DPX'])
    })
  })

  describe(`a text in ${name}`, () => {
    test('reaches the process of its socket, in order, and nobody else', async () => {
      const { stores } = await opened()
      const heard: string[][] = [[], []]
      const stops = await Promise.all(
        stores.map((store, i) =>
          store.listen(`process${i}`, (to, text) => {
            heard[i]?.push(`${to} ${text}`)
            return true
          }),
        ),
      )
      const sent: Promise<boolean>[] = []
      for (let i = 0; i < 50; i++) sent.push(stores[0].send('process1.a', `${i} {"ü":"\n"}`))
      expect((await Promise.all(sent)).every(Boolean)).toBe(true)
      await expect.poll(() => heard[1]).toEqual(Array.from({ length: 50 }, (_, i) => `process1.a ${i} {"ü":"\n"}`))
      expect(heard[0]).toEqual([])
      expect(await stores[1].send('process9.a', 'hello')).toBe(false)
      await stops[1]?.()
      await expect.poll(() => stores[0].send('process1.a', 'hello')).toBe(false)
    })
  })
}

/** The list's index: pages are what a sort of everything would give, however lobbies came, changed and went. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ListQuery } from '../../../net/signaling/listing-messages.ts'
import { ListIndex } from '../../../net/signaling/server/list-index.ts'
import { compare, isWanted, obstacleOf, rankOf } from '../../../net/signaling/server/list-query.ts'
import type { ListedLobby } from '../../../net/signaling/server/store.ts'
import { facts, listing, query } from './list-support.ts'

const lobbyOf = (n: number, more: Partial<ListedLobby> = {}): ListedLobby => ({
  ...listing(),
  ...facts(),
  ...{ code: `C${n}`, id: `id ${n}`, holder: 'p.s', order: n },
  ...more,
})

/** All pages, one after the other. */
function allPages(index: ListIndex, wanted: ListQuery): ListedLobby[] {
  const all: ListedLobby[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = index.page({ ...wanted, ...(cursor !== '' && { cursor }) })
    expect(page.lobbies.length).toBeLessThanOrEqual(wanted.limit)
    if (page.cursor !== null) expect(page.lobbies).toHaveLength(wanted.limit)
    all.push(...page.lobbies)
    cursor = page.cursor
  }
  return all
}

function sorted(lobbies: Iterable<ListedLobby>, wanted: ListQuery): ListedLobby[] {
  const rank = (lobby: ListedLobby) => rankOf(obstacleOf(lobby, wanted))
  return [...lobbies]
    .filter((lobby) => isWanted(lobby, obstacleOf(lobby, wanted), wanted))
    .sort((a, b) => rank(a) - rank(b) || compare[wanted.sort](a, b))
}

describe('pages of the list', () => {
  const change = fc.record({
    n: fc.nat(30),
    remove: fc.boolean(),
    players: fc.nat(8),
    locked: fc.boolean(),
    version: fc.integer({ min: 1, max: 2 }),
    mode: fc.constantFrom('duel', 'team'),
    game: fc.constantFrom('tag', 'tag', 'chess'),
  })
  const wanted = fc.record({
    sort: fc.constantFrom('players' as const, 'newest' as const),
    limit: fc.integer({ min: 1, max: 7 }),
    filter: fc.constantFrom({}, { mode: 'duel' }),
    hide: fc.subarray(['full', 'locked', 'version-mismatch'] as const),
  })

  test('hold each lobby once, in the order of a sort, after any changes', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), wanted, (changes, more) => {
        const index = new ListIndex()
        const known = new Map<string, ListedLobby>()
        let order = 0
        for (const { n, remove, mode, ...rest } of changes) {
          const code = `C${n}`
          index.remove(code)
          known.delete(code)
          if (remove) continue
          const lobby = lobbyOf(n, { ...rest, values: { mode }, order: ++order })
          index.put(lobby)
          known.set(code, lobby)
        }
        const asked = query({ ...more, hide: [...more.hide] })
        expect(allPages(index, asked)).toEqual(sorted(known.values(), asked))
      }),
      { numRuns: 60 },
    )
  })

  test('go on behind a lobby that has left or gained players meanwhile', () => {
    const index = new ListIndex()
    for (let n = 1; n <= 6; n++) index.put(lobbyOf(n, { players: 7 - n }))
    const first = index.page(query({ limit: 3 }))
    expect(first.lobbies.map(({ code }) => code)).toEqual(['C1', 'C2', 'C3'])
    index.remove('C3')
    index.put(lobbyOf(1, { players: 1 }))
    const second = index.page(query({ limit: 3, ...(first.cursor !== null && { cursor: first.cursor }) }))
    expect(second.lobbies.map(({ code }) => code)).toEqual(['C4', 'C5', 'C1'])
  })
})

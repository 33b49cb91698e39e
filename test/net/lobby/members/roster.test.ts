import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyRoster, Roster } from '../../../../net/lobby/members/roster.ts'
import { MAX_NAME } from '../../../../net/lobby/names.ts'
import { MAX_GENERATION, playerId, seatOf } from '../../../../net/world/ids.ts'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const names = (roster: Roster): string[] => roster.entries.map(({ name }) => name)

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom('', ' ', 'Player', 'player 2', 'Ann', 'ANN', 'ann 2', '\u200b', 'x'.repeat(10_000)),
)

describe('the roster', () => {
  it('gives everybody a name of their own, whoever comes and goes', () => {
    const step = fc.oneof(fc.record({ add: anyText }), fc.record({ remove: fc.nat(63) }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 64 }), (steps, maxPlayers) => {
        const roster = new Roster(emptyRoster(maxPlayers))
        for (const step of steps) {
          if ('add' in step) {
            const isFull = roster.isFull(false)
            expect(roster.add(step.add, false) === null).toBe(isFull)
          } else {
            const entry = roster.entries[step.remove]
            if (entry) roster.remove(entry.id)
          }
          const shown = names(roster)
          expect(new Set(shown.map((name) => name.toLowerCase())).size).toBe(shown.length)
          for (const name of shown) expect([...segmenter.segment(name)].length).toBeLessThanOrEqual(MAX_NAME)
          const seats = roster.entries.map(({ id }) => seatOf(id))
          expect(new Set(seats).size).toBe(seats.length)
        }
      }),
    )
  })

  it('numbers names that are taken, in any case, within 20 characters', () => {
    const roster = new Roster(emptyRoster(6))
    const added = ['Ann', 'ann', 'ANN', 'x'.repeat(30), 'x'.repeat(30), ''].map((name) => roster.add(name, false)?.name)
    expect(added).toEqual(['Ann', 'ann 2', 'ANN 3', 'x'.repeat(20), `${'x'.repeat(18)} 2`, 'Player'])
  })

  it('gives a name back when its player has gone', () => {
    const roster = new Roster(emptyRoster(3))
    roster.add('Ann', true)
    const second = roster.add('Ann', false)
    expect(second?.name).toBe('Ann 2')
    expect(second && roster.remove(second.id)).toBe(true)
    expect(roster.add('Ann', false)?.name).toBe('Ann 2')
  })

  it('gives a seat that was used to the next player under another id', () => {
    const roster = new Roster(emptyRoster(2))
    roster.add('Ann', true)
    const ids = new Set<number>()
    for (let i = 0; i < MAX_GENERATION; i++) {
      const entry = roster.add('Bea', false)
      expect(entry && seatOf(entry.id)).toBe(1)
      ids.add(entry?.id ?? 0)
      if (entry) roster.remove(entry.id)
    }
    expect(ids.size).toBe(MAX_GENERATION)
    // Only after 255 others does an id come back.
    expect(ids.has(roster.add('Bea', false)?.id ?? 0)).toBe(true)
  })

  it('is full at its size, and has a seat again when somebody leaves', () => {
    const roster = new Roster(emptyRoster(2))
    const ann = roster.add('Ann', true)
    expect(roster.isFull(false)).toBe(false)
    roster.add('Bea', false)
    expect(roster.isFull(false)).toBe(true)
    expect(roster.add('Cleo', false)).toBeNull()
    if (ann) roster.remove(ann.id)
    expect(roster.add('Cleo', false)).toMatchObject({ name: 'Cleo', host: false, ready: false, presence: 'here' })
  })

  it('says whether anything changed', () => {
    const roster = new Roster(emptyRoster(2))
    const ann = roster.add('Ann', true)!
    expect(roster.set(ann.id, { ready: true })).toBe(true)
    expect(roster.set(ann.id, { ready: true })).toBe(false)
    expect(roster.set(ann.id, { presence: 'here' })).toBe(false)
    roster.remove(ann.id)
    expect(roster.set(ann.id, { ready: false })).toBe(false)
    expect(roster.remove(ann.id)).toBe(false)
  })

  it('goes on from what was saved, as plain data: the same members, and no id that was given before', () => {
    const roster = new Roster(emptyRoster(3, { maxSpectators: 1 }))
    const ids = ['Ann', 'Bea', 'Cleo'].map((name) => roster.add(name, name === 'Ann')!.id)
    roster.add('Sue', false, {}, { spectator: true })
    for (const id of ids.slice(1)) roster.remove(id)
    const saved = JSON.parse(JSON.stringify(roster.save()))
    const heir = new Roster(saved)
    expect([heir.entries, heir.save()]).toEqual([roster.entries, roster.save()])
    expect(heir.add('Dan', false)?.id).toBe(playerId(1, 2))
    expect(heir.isFull(true)).toBe(true)
  })

  it.each([0, 65, 1.5, Number.NaN])('refuses to be made for %d players', (maxPlayers) => {
    expect(() => new Roster(emptyRoster(maxPlayers))).toThrow(/maxPlayers is 1 to 64/)
  })

  it('seats spectators above the players, of whom no game of 64 has any, and moves people between the two', () => {
    const roster = new Roster(emptyRoster(2, { maxSpectators: 2, playerSeats: 4 }))
    const [ann, sue] = [roster.add('Ann', true), roster.add('Sue', false, {}, { spectator: true })]
    expect([ann?.id, sue?.id]).toEqual([playerId(0, 1), playerId(4, 1)])
    expect(roster.add('Bea', false)?.id).toBe(playerId(1, 1))
    expect([roster.players, roster.isFull(false), roster.isFull(true)]).toEqual([2, true, false])
    expect(roster.reseat(sue?.id ?? playerId(0, 1), false)).toBeNull()
    expect(roster.reseat(playerId(0, 1), true)).toMatchObject({
      id: playerId(5, 1),
      name: 'Ann',
      host: true,
      spectator: true,
    })
    expect(roster.reseat(playerId(5, 1), true)).toBeNull()
    expect(roster.reseat(playerId(4, 1), false)?.id).toBe(playerId(0, 2))
    expect([roster.players, roster.isFull(true), roster.entries.map(({ name }) => name)]).toEqual([
      2,
      false,
      ['Bea', 'Ann', 'Sue'],
    ])
    expect(new Roster(emptyRoster(64, { maxSpectators: 8 })).isFull(true)).toBe(true)
  })
})

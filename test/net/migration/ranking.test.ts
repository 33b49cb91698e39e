import { describe, expect, it } from 'vitest'
import { type Candidate, CHANGE_AFTER_MS, NO_HEIRS, type Ranking, rankHeirs } from '../../../net/migration/ranking.ts'
import { playerId } from '../../../net/world/ids.ts'

const seat = (n: number) => playerId(n, 1)
const ordinary = { mayHost: true, headless: false, reluctant: false, reach: 1, relayed: false, visible: true }
const candidate = (n: number, more: Partial<Candidate> = {}): Candidate => ({
  ...ordinary,
  ...{ player: seat(n), rttMs: 60 },
  ...more,
})
const first = (...candidates: Candidate[]) => rankHeirs(candidates, NO_HEIRS, 0).heirs[0]

describe('the ranking of heirs', () => {
  it.each<[string, Partial<Candidate>, Partial<Candidate>]>([
    ['whom the game lets host', {}, { mayHost: false, headless: true }],
    ['a headless host, though a page is closer', { headless: true, rttMs: 90 }, { rttMs: 1 }],
    ['a desktop before a phone with more reach', { reach: 0.6 }, { reluctant: true }],
    ['a direct route before a relayed one', { reach: 0.7 }, { relayed: true }],
    ['who reaches more of the others', { reach: 1, visible: false }, { reach: 0.5 }],
    ['a visible page before a hidden one that is closer', {}, { visible: false, rttMs: 1 }],
    ['the shorter round trip', { rttMs: 20 }, { rttMs: 120 }],
  ])('puts first %s', (_, better, worse) => {
    expect(first(candidate(1, better), candidate(2, worse))).toBe(seat(1))
    expect(first(candidate(1, worse), candidate(2, better))).toBe(seat(2))
  })

  it('has no heir where nobody may host, and one that is a phone where there is no other', () => {
    expect(first(candidate(1, { mayHost: false }))).toBeUndefined()
    expect(first(candidate(1, { mayHost: false }), candidate(2, { reluctant: true }))).toBe(seat(2))
  })

  it('names a second heir where there is one', () => {
    const all = [1, 2, 3].map((n) => candidate(n))
    expect(rankHeirs(all.slice(0, 1), NO_HEIRS, 0).heirs).toEqual([seat(1)])
    expect(rankHeirs(all, NO_HEIRS, 0).heirs).toEqual([seat(1), seat(2)])
  })

  it('keeps an heir while another is better by a little, or for a moment', () => {
    let ranking: Ranking = rankHeirs([candidate(1), candidate(2)], NO_HEIRS, 0)
    for (let now = 1000; now < 60_000; now += 1000) {
      const rttMs = 60 - (now % 13)
      // Clearly better for three seconds of every six.
      const close = { rttMs: now % 6000 < 3000 ? 5 : rttMs }
      ranking = rankHeirs([candidate(1), candidate(2, close)], ranking, now)
      expect(ranking.heirs).toEqual([seat(1), seat(2)])
    }
  })

  it('changes the heir once another is clearly better for five seconds, and an heir that is out at once', () => {
    let ranking: Ranking = rankHeirs([candidate(1), candidate(2)], NO_HEIRS, 0)
    const better = [candidate(1, { visible: false }), candidate(2)]
    for (let now = 1000; now <= CHANGE_AFTER_MS; now += 1000) {
      ranking = rankHeirs(better, ranking, now)
      expect(ranking.heirs).toEqual([seat(1), seat(2)])
    }
    ranking = rankHeirs(better, ranking, 1000 + CHANGE_AFTER_MS)
    expect(ranking).toEqual({ heirs: [seat(2), seat(1)], challenger: null })
    const out = [candidate(1), candidate(2, { mayHost: false })]
    expect(rankHeirs(out, ranking, 7000).heirs).toEqual([seat(1)])
  })

  it('swaps the two heirs when the second becomes clearly better, and takes a third for the second', () => {
    let ranking: Ranking = { heirs: [seat(1), seat(2)], challenger: null }
    const swapped = [candidate(1), candidate(2, { headless: true }), candidate(3)]
    for (const now of [0, CHANGE_AFTER_MS]) ranking = rankHeirs(swapped, ranking, now)
    expect(ranking.heirs).toEqual([seat(2), seat(1)])
    const third = [candidate(1, { relayed: true }), candidate(2, { headless: true }), candidate(3)]
    for (const now of [10_000, 10_000 + CHANGE_AFTER_MS]) ranking = rankHeirs(third, ranking, now)
    expect(ranking.heirs).toEqual([seat(2), seat(3)])
  })

  it('is plain data, and the same whatever the order of the candidates', () => {
    const all = [candidate(3), candidate(1), candidate(2), candidate(4, { rttMs: 5 })]
    const ranking = rankHeirs(all, NO_HEIRS, 0)
    expect(rankHeirs([...all].reverse(), NO_HEIRS, 0)).toEqual(ranking)
    expect(JSON.parse(JSON.stringify(ranking))).toEqual(ranking)
  })
})

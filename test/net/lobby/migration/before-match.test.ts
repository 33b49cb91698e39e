/** A lobby that changes its host before the match: who sits where, who is ready, settings and chat are as they were. In virtual time. */
import { describe, expect, it } from 'vitest'
import { expectReleased, pass, settled } from '../../../sim/lobbies/steps.ts'
import { open, type Page } from './table.ts'

/** What a page shows of everybody but the host that goes. */
const membersOf = ({ lobby }: Page, gone: number) =>
  lobby.roster
    .filter(({ id }) => id !== gone)
    .map(({ id, name, ready, presence, choice, data, bot }) => ({ id, name, ready, presence, choice, data, bot }))
const textsOf = ({ lobby }: Page): unknown[] => lobby.chat.flatMap((said) => ('text' in said ? [said.text] : []))

describe.each(['is killed', 'leaves', 'hands over'])('before the match, when a host %s', (how) => {
  it('roster, readiness, choices, settings and chat go along, and change as before', { tags: ['long'] }, async () => {
    const { world, ann, others } = await open(81, 'Bea', 'Cleo', 'Dan')
    const [bea, cleo, dan] = others as [Page, Page, Page]
    const { me } = ann.lobby
    ann.lobby.changeSettings({ laps: 6 })
    expect(ann.lobby.addBot('ace', { name: 'Ace' })).toBeNull()
    for (const { lobby } of [bea, cleo]) expect(lobby.setReady(true)).toBeNull()
    expect(await settled(world, cleo.lobby.choose({ team: 2 }))).toBeNull()
    expect(dan.lobby.setMyData({ hat: 'red' })).toBeNull()
    ann.lobby.say('Welcome')
    cleo.lobby.say('Hello')
    await pass(world, 2000)
    const before = membersOf(dan, me)
    expect(before.map(({ name, ready }) => [name, ready])).toEqual([
      ['Bea', true],
      ['Cleo', true],
      ['Dan', false],
      ['Ace', true],
    ])
    if (how === 'is killed') ann.site.page.kill()
    else if (how === 'leaves') ann.lobby.leave()
    else expect(ann.lobby.handOver(bea.lobby.me)).toBeNull()
    await pass(world, 8000)
    expect(bea.lobby.hosting).toBe(true)
    const pages = how === 'hands over' ? [ann, ...others] : others
    for (const page of pages) {
      expect(membersOf(page, me)).toEqual(before)
      expect([page.lobby.settings.laps, page.lobby.state, textsOf(page)]).toEqual([6, 'lobby', ['Welcome', 'Hello']])
    }
    // All of it changes as before.
    expect([cleo.lobby.setReady(false), dan.lobby.setReady(true), bea.lobby.setReady(false)]).toEqual(
      Array(3).fill(null),
    )
    expect(await settled(world, dan.lobby.choose({ team: 3 }))).toBeNull()
    expect(bea.lobby.changeSettings({ laps: 2 })).toBeNull()
    dan.lobby.say('Again')
    await pass(world, 1500)
    for (const page of pages) {
      const now = membersOf(page, me)
      expect(now.map(({ name, ready }) => [name, ready])).toEqual([
        ['Bea', false],
        ['Cleo', false],
        ['Dan', true],
        ['Ace', true],
      ])
      expect(now.map(({ choice }) => choice.team)).toEqual([0, 2, 3, 0])
      expect([page.lobby.settings.laps, textsOf(page).at(-1)]).toEqual([2, 'Again'])
    }
    await expectReleased(world, ...pages.map(({ lobby }) => lobby).reverse())
  })
})

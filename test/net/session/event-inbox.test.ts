import { defineGame, entity, event, t } from 'starwire'
import { describe, expect, it } from 'vitest'
import { EventInbox } from '../../../net/session/event-inbox.ts'
import type { WireEvent } from '../../../net/wire/snapshots.ts'
import type { Emitted } from '../../../net/world/emitted.ts'
import type { EventType } from '../../../net/world/game.ts'
import { playerId } from '../../../net/world/ids.ts'

const me = playerId(0, 1)
const game = defineGame({
  id: 'game',
  version: 1,
  maxPlayers: 2,
  input: {},
  entities: { thing: entity({}) },
  events: {
    shot: event({ n: t.int(0, 99) }, { timing: 'predicted' }),
    said: event({ text: t.string(120) }, { timing: 'now' }),
    boom: event({}),
  },
  step() {},
})
const type = (name: string): EventType => game.schema.eventsByName.get(name)!

function shot(tick: number, n = 0): Emitted {
  const row = { numbers: Float64Array.of(n), objects: [] }
  return { type: type('shot'), tick, owner: me, ordinal: 0, row, to: null, at: null }
}

function said(number: number, tick: number): WireEvent {
  const row = { numbers: new Float64Array(0), objects: ['hello'] }
  return { number, type: type('said'), tick, owner: null, ordinal: 0, row }
}

const told = (inbox: EventInbox): [string, number, boolean][] =>
  inbox.takeDue(1e9).map(({ name, tick, denied }) => [name, tick, denied])

describe('a predicted event', () => {
  it('is heard at once and once: not again in a replay, nor as the copy of the host', () => {
    const inbox = new EventInbox(me, game)
    inbox.predict([shot(10)])
    inbox.predict([shot(10)])
    expect(told(inbox)).toEqual([['shot', 10, false]])
    inbox.snapshot(12, [{ ...shot(10), number: 1 }])
    inbox.snapshot(200, [])
    expect(told(inbox)).toEqual([])
  })

  it('that the host has not is denied, once, a quarter of a second later', () => {
    const inbox = new EventInbox(me, game)
    inbox.predict([shot(10, 7)])
    told(inbox)
    inbox.snapshot(24, [])
    expect(told(inbox)).toEqual([])
    inbox.snapshot(25, [])
    expect(inbox.takeDue(1e9)).toEqual([{ name: 'shot', payload: { n: 7 }, tick: 10, mine: true, denied: true }])
    inbox.snapshot(26, [])
    expect(told(inbox)).toEqual([])
  })

  it('of an input that came late is the one of the later tick: neither denied nor heard twice', () => {
    const inbox = new EventInbox(me, game)
    inbox.predict([shot(10), shot(20)])
    told(inbox)
    inbox.snapshot(24, [
      { ...shot(13), number: 1 },
      { ...shot(23), number: 2 },
    ])
    inbox.snapshot(100, [])
    expect(told(inbox)).toEqual([])
  })

  it('is not denied while the host may have more events than it could send', () => {
    const inbox = new EventInbox(me, game)
    inbox.predict([shot(10)])
    told(inbox)
    inbox.snapshot(40, [said(1, 9), said(2, 9), said(3, 9)])
    expect(told(inbox).filter(([name]) => name === 'shot')).toEqual([])
    inbox.snapshot(42, [{ ...shot(10), number: 4 }])
    inbox.snapshot(90, [])
    expect(told(inbox)).toEqual([])
  })

  it('whose copy an outage of three seconds holds back is not heard twice, at 120 ticks a second either', () => {
    const inbox = new EventInbox(me, { ...game, tickRate: 120 })
    inbox.predict([shot(10)])
    expect(told(inbox)).toEqual([['shot', 10, false]])
    // The first packet after the outage is full of what came before it.
    const early = Array.from({ length: 3 }, (_, i) => said(i + 1, 9))
    inbox.snapshot(370, early)
    inbox.snapshot(374, [{ ...shot(10), number: 4 }])
    expect(told(inbox).filter(([name]) => name === 'shot')).toEqual([])
  })

  it('of another player is heard as the host tells it', () => {
    const inbox = new EventInbox(me, game)
    inbox.snapshot(12, [{ ...shot(10), owner: playerId(1, 1), number: 1 }])
    expect(told(inbox)).toEqual([['shot', 10, false]])
  })
})

describe('after another host goes on from a tick before', () => {
  const heardAgain = (inbox: EventInbox): void => {
    inbox.snapshot(22, [said(1, 18), said(2, 20)])
    told(inbox)
    inbox.rebase(19)
  }

  it('an event that recurs is told no second time, though it is numbered anew', () => {
    const inbox = new EventInbox(me, game)
    heardAgain(inbox)
    inbox.snapshot(24, [said(1, 18), said(2, 20), said(3, 21)])
    inbox.snapshot(100, [])
    expect(told(inbox)).toEqual([['said', 21, false]])
  })

  it('an event that comes a little later is the same, one that does not come is denied, and one before the tick holds', () => {
    for (const [tick, expected] of [
      [30, []],
      [
        36,
        [
          ['said', 20, true],
          ['said', 36, false],
        ],
      ],
    ] as const) {
      const inbox = new EventInbox(me, game)
      heardAgain(inbox)
      inbox.snapshot(tick, [said(1, tick)])
      inbox.snapshot(tick + 4, [])
      expect(told(inbox)).toEqual(expected)
    }
  })

  it('an event that nobody has heard yet goes without a word', () => {
    const inbox = new EventInbox(me, game)
    const boom = {
      number: 1,
      type: type('boom'),
      tick: 20,
      owner: null,
      ordinal: 0,
      row: { numbers: new Float64Array(0), objects: [] },
    }
    inbox.snapshot(22, [boom])
    expect(inbox.takeDue(15)).toEqual([])
    inbox.rebase(19)
    inbox.snapshot(60, [])
    expect(told(inbox)).toEqual([])
  })

  it('an own event that was denied and happens after all is told', () => {
    const inbox = new EventInbox(me, game)
    inbox.predict([shot(20)])
    inbox.snapshot(35, [])
    expect(told(inbox)).toEqual([
      ['shot', 20, false],
      ['shot', 20, true],
    ])
    inbox.rebase(19)
    inbox.snapshot(36, [{ ...shot(20), number: 1 }])
    expect(told(inbox)).toEqual([['shot', 20, false]])
  })

  it('with the same host over another link, what is open is neither told again nor denied', () => {
    const inbox = new EventInbox(me, game)
    inbox.predict([shot(20)])
    told(inbox)
    inbox.rebase(null)
    inbox.snapshot(200, [])
    expect(told(inbox)).toEqual([])
  })
})

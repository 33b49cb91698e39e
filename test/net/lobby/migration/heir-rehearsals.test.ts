import { expect, it } from 'vitest'
import type { Match } from '../../../../net/lobby/match/match.ts'
import { HeirRehearsals } from '../../../../net/lobby/migration/heir-rehearsals.ts'
import type { RoleChange } from '../../../../net/lobby/migration/role-change.ts'
import { VirtualPage } from '../../../../net/platform/virtual-page.ts'
import { VirtualTime } from '../../../../net/platform/virtual-time.ts'
import type { GameShape } from '../../../../net/world/game-shape.ts'

/** An heir's page that looks ten times a second. A rehearsal has as many steps as it is given. */
function setUp({ steps = 20 } = {}) {
  const time = new VirtualTime()
  const page = new VirtualPage(time, 1)
  const began: number[] = []
  let stepped = 0
  let thrower: 'begin' | 'step' | null = null
  const rehearse = () => {
    if (thrower === 'begin') throw new Error('no such world')
    began.push(time.now)
    let left = steps
    return {
      step: () => {
        stepped++
        if (thrower === 'step') throw new Error('rules that no host has run')
        return --left > 0
      },
    }
  }
  const rehearsals = new HeirRehearsals({ rehearse } as unknown as RoleChange<GameShape>, page)
  const pace = { level: 'steady' }
  const match = { client: { heir: { tick: 5 } }, pace } as unknown as Match<GameShape>
  const look = (ms: number, of: Match<GameShape> | null = match): void => {
    for (const end = time.now + ms; time.now < end; time.advanceTo(time.now + 100)) rehearsals.look(of, time.now)
  }
  const throwAt = (where: typeof thrower): void => {
    thrower = where
  }
  return { time, page, rehearsals, pace, throwAt, look, began, stepped: () => stepped }
}

it('rehearses in steps once the heir has a world, and again twice a minute', () => {
  const { look, began, stepped, page } = setUp()
  look(500, null)
  look(2000)
  expect([began, stepped(), page.pending.clocks]).toEqual([[500], 20, 0])
  look(60_000)
  expect([began, stepped()]).toEqual([[500, 30_500, 60_500], 60])
})

it('waits while its page cannot keep up, and while there is no world', () => {
  const { look, pace, began } = setUp()
  pace.level = 'slow'
  look(1000)
  pace.level = 'steady'
  look(500, { client: { heir: { tick: null } }, pace } as unknown as Match<GameShape>)
  expect(began).toEqual([])
  look(500)
  expect(began).toEqual([1500])
})

it.each([
  ['its match is over', null],
  ['it is no heir of the match any more', { client: { heir: null } }],
  ['another match has begun', { client: { heir: { tick: 5 } }, pace: { level: 'steady' } }],
])('stops when %s', (_, next) => {
  const { look, stepped, page } = setUp({ steps: 1000 })
  look(1000)
  const before = stepped()
  expect(before).toBeGreaterThan(10)
  look(1000, next as Match<GameShape> | null)
  expect([stepped(), page.pending.clocks]).toEqual([before, 0])
})

it.each(['begin', 'step'] as const)('ends where a %s throws, and the page goes on', (where) => {
  const { look, began, page, throwAt } = setUp({ steps: 1000 })
  throwAt(where)
  look(1000)
  expect(page.pending.clocks).toBe(0)
  throwAt(null)
  look(30_000)
  expect([began.at(-1), page.pending.clocks]).toEqual([30_000, 1])
})

it('stops with its page’s role', () => {
  const { look, rehearsals, stepped, time, page } = setUp({ steps: 1000 })
  look(1000)
  rehearsals.stop()
  const before = stepped()
  time.advanceTo(time.now + 1000)
  expect([stepped(), page.pending.clocks]).toEqual([before, 0])
})

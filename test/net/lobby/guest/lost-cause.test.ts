/** A guest whose host is out of reach is told the cause, as far as it can be known: their own network, or the host. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { StarwireError } from '../../../../net/errors/starwire-error.ts'
import { CauseFinder } from '../../../../net/lobby/guest/lost-cause.ts'
import type { DialWatch } from '../../../../net/lobby/guest/redial.ts'
import type { LostCause, Reconnecting } from '../../../../net/lobby/types.ts'
import type { Reason } from '../../../../net/wire/reasons.ts'
import { openTable, settle, yard } from '../support.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

type Sign = 'finding the lobby' | 'contacting the host' | 'connecting' | 'away' | Reason | `wait ${number}`

/** What is made of signs, in their order, 100 ms apart. */
function causeOf(signs: readonly Sign[], offline = false): LostCause {
  const finder = new CauseFinder(offline)
  let now = 0
  for (const sign of signs) {
    now += 100
    if (sign === 'away') finder.hostAway()
    else if (sign.startsWith('wait ')) now += Number(sign.slice(5))
    else if (sign === 'finding the lobby' || sign === 'contacting the host' || sign === 'connecting')
      finder.reached(sign, now)
    else finder.failed(sign as Reason)
    finder.look(now)
  }
  return finder.cause
}

describe('what the signs of a try say', () => {
  const find = 'finding the lobby'
  const contact = 'contacting the host'
  it.each<[LostCause, string, Sign[]]>([
    ['unknown', 'nobody had time to answer', [find]],
    ['unknown', 'the host is being asked', [find, contact]],
    ['unknown', 'the host has just answered', [find, contact, 'connecting']],
    ['offline', 'the lobby server cannot be reached', [find, 'signaling-down']],
    ['offline', 'the lobby server does not answer', [find, 'wait 3000']],
    ['host-silent', 'the host does not answer', [find, contact, 'wait 3000']],
    ['host-silent', 'the host does not answer the offer', [find, contact, 'connecting', 'host-silent']],
    ['host-gone', 'the server says that the host’s page is gone', [find, contact, 'away']],
    ['host-gone', 'and it stays away until the try is over', [find, contact, 'away', 'wait 9000', 'host-silent']],
    ['host-gone', 'and it stays away until the lobby lapses', [find, contact, 'away', 'wait 9000', 'not-found']],
    ['host-gone', 'the server knows no such lobby any more', [find, 'not-found']],
    ['no-route', 'the host answers, and no connection comes about', [find, contact, 'connecting', 'no-route']],
    ['unknown', 'the host was gone, and is back', [find, contact, 'away', find, contact, 'connecting']],
    ['host-silent', 'the network was down, and is back', [find, 'signaling-down', find, contact, 'wait 3000']],
    ['offline', 'the host was gone, and then the network', [find, contact, 'away', find, 'wait 3000']],
    ['host-gone', 'a refusal says nothing of who is there', ['not-found', find, 'full']],
  ])('is %s when %s', (cause, _what, signs) => expect(causeOf(signs)).toBe(cause))

  it('is offline at once when the browser says so, until the lobby server answers', () => {
    expect(causeOf([], true)).toBe('offline')
    expect(causeOf([find, contact], true)).toBe('unknown')
  })
})

describe('a guest whose link is lost', () => {
  /** A guest who has lost the host; each try to dial is answered by the test. */
  async function losing(offline = false) {
    const table = openTable()
    table.clock.offline = offline
    const tries: { watch: DialWatch; fail(reason: Reason): void }[] = []
    const bea = await table.join('Bea', yard, {
      dials: true,
      dial: (watch) =>
        new Promise((_resolve, reject) => {
          tries.push({ watch, fail: (reason) => reject(new StarwireError(reason)) })
        }),
    })
    const told: (Reconnecting | null)[] = []
    const states: string[] = []
    bea.on('reconnecting', (value) => told.push(value))
    bea.on('state', (state) => states.push(`${state} ${bea.reconnecting?.cause ?? '-'}`))
    expect(bea.reconnecting).toBeNull()
    const lostAt = table.clock.now
    table.way.lose()
    await settle()
    return { ...table, bea, told, states, tries, lostAt }
  }

  it('reads why, from the moment that somebody knows it, and how long the page goes on', async () => {
    const { bea, told, states, tries, clock, lostAt } = await losing()
    expect(bea.reconnecting).toEqual({ cause: 'unknown', lostAt, givesUpAt: lostAt + 60_000, mayPlayOn: false })
    await clock.tick(20)
    tries[0]?.watch.stage('finding the lobby')
    tries[0]?.watch.stage('contacting the host')
    await clock.tick(30)
    expect(bea.reconnecting?.cause).toBe('unknown')
    tries[0]?.watch.hostAway()
    expect(bea.reconnecting?.cause).toBe('host-gone')
    tries[0]?.fail('host-silent')
    await settle()
    expect(told.map((value) => value?.cause)).toEqual(['unknown', 'host-gone'])
    expect(states).toEqual(['reconnecting unknown'])
    bea.leave()
    expect([told.at(-1), bea.reconnecting, states.at(-1)]).toEqual([null, null, 'ended -'])
  })

  it('is told that a silent host is silent while the page still waits for it', async () => {
    const { bea, tries, clock } = await losing()
    await clock.tick(20)
    tries[0]?.watch.stage('contacting the host')
    await clock.tick(180)
    expect(bea.reconnecting?.cause).toBe('host-silent')
    bea.leave()
  })

  it('reads that their own network is down at once where the browser knows it', async () => {
    const { bea, told } = await losing(true)
    expect([bea.reconnecting?.cause, told.length]).toEqual(['offline', 1])
    bea.leave()
  })

  it('has no cause any more when they are back', async () => {
    const table = openTable()
    const bea = await table.join('Bea', yard, { dials: true })
    const told: (string | null)[] = []
    bea.on('reconnecting', (value) => told.push(value?.cause ?? null))
    table.way.lose()
    await settle()
    await table.clock.tick(60)
    expect([bea.state, bea.reconnecting, told]).toEqual(['lobby', null, ['unknown', null]])
  })
})

import { describe, expect, it } from 'vitest'
import { quantileOf } from './distribution.ts'
import { EventLedger } from './events.ts'

/** Ten events, a second apart, to two screens; each heard 70 ms later unless the test does otherwise. */
function run(timesHeard: (screen: number, number: number) => number, delayMs = 70) {
  const ledger = new EventLedger(2, 50)
  for (let number = 1; number <= 10; number++) {
    ledger.emitted(number, number * 1000)
    for (const screen of [0, 1])
      for (let i = 0; i < timesHeard(screen, number); i++) ledger.hear(screen, number, number * 1000 + delayMs)
  }
  ledger.finish(20_000)
  return ledger.tally
}

describe('the ledger of events', () => {
  it('finds each event once, and how late beyond the way', () => {
    const tally = run(() => 1)
    expect(tally).toMatchObject({ emitted: 20, lost: 0, doubled: 0 })
    expect(quantileOf(tally.delay, 0.99)).toBe(20)
  })

  it('finds one that never came to one screen', () => {
    expect(run((screen, number) => (screen === 1 && number === 4 ? 0 : 1))).toMatchObject({ lost: 1, doubled: 0 })
  })

  it('finds one that was heard twice', () => {
    expect(run((screen, number) => (screen === 0 && number === 9 ? 2 : 1))).toMatchObject({ lost: 0, doubled: 1 })
  })

  it('takes nothing for lost that may still be on its way', () => {
    const ledger = new EventLedger(1, 0)
    ledger.emitted(1, 19_000)
    ledger.finish(20_000)
    expect(ledger.tally).toMatchObject({ emitted: 0, lost: 0 })
  })
})

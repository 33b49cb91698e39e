/** How a page that was voted for claims the code: which refusals it takes for the last word, and how often it asks. In virtual time. */
import { describe, expect, it } from 'vitest'
import { claimedSignaling } from '../../../../net/lobby/migration/claimed-signaling.ts'
import { VirtualPage } from '../../../../net/platform/virtual-page.ts'
import { VirtualTime } from '../../../../net/platform/virtual-time.ts'
import type { ClaimFailure, HeirSignals } from '../../../../net/signaling/heir.ts'
import type { HostSignalHandlers, HostSignals, Signaling } from '../../../../net/signaling/signals.ts'

const HOSTS = {} as HostSignals

/** What comes of a claim whose tries are answered by these, the last one for ever; and when each try was, ms. */
async function claim(answers: readonly (ClaimFailure | typeof HOSTS)[]) {
  const time = new VirtualTime()
  const asked: number[] = []
  const signals = {
    claim: async () => {
      asked.push(time.now)
      return answers[Math.min(asked.length, answers.length) - 1]
    },
    close: () => {},
  } as unknown as HeirSignals
  const taken = { epoch: 8192, parted: false, signals, right: null }
  const signaling = claimedSignaling({} as Signaling, taken, new VirtualPage(time, 1))
  let outcome: unknown = null
  signaling.host({} as HostSignalHandlers).then(
    (hosts) => {
      outcome = hosts
    },
    ({ reason }) => {
      outcome = reason
    },
  )
  await time.runTo(600_000)
  return { outcome, asked }
}

describe('a page that was voted for', () => {
  it('asks again where it is no heir of the host who holds the code, who steps down a moment later', async () => {
    const { outcome, asked } = await claim(['no-heir', 'no-heir', 'no-heir', HOSTS])
    expect(outcome).toBe(HOSTS)
    expect(asked).toHaveLength(4)
    expect(asked.at(-1)).toBeLessThan(5_000)
  })

  it('asks less and less often, and gives the code up after a while', async () => {
    const { outcome, asked } = await claim(['no-heir'])
    expect(outcome).toBe('not-found')
    expect(asked.length).toBeLessThan(20)
    const pauses = asked.slice(1).map((at, i) => at - asked[i]!)
    expect(pauses.every((pause, i) => pause >= (pauses[i - 1] ?? 0))).toBe(true)
    // Longer than a lease, which a host of before may have left.
    expect(asked.at(-1)).toBeGreaterThan(15_000)
  })

  it('gives the code up at once where the lobby server does not know it', async () => {
    expect(await claim(['unreachable', 'not-found'])).toEqual({ outcome: 'not-found', asked: [0, 500] })
  })
})

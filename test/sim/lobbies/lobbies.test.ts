/** Whole lobbies in virtual time, on the lobby, signalling, transport and session code that pages run. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { JOIN_DEADLINE_MS } from '../../../net/star/attempt.ts'
import { FAULTS } from './breaks.ts'
import { playStory } from './story.ts'
import { type LobbyWorld, SIGNALING_URL } from './world.ts'

// The host's page tells its developer that a restarted server has forgotten the code.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))
afterEach(() => void vi.restoreAllMocks())

/** What the first seeds report, as far as the one that reports something like it: stories with a fault take their time. */
async function faultsOf(seeds: number, expected: RegExp, prepare: (world: LobbyWorld) => void): Promise<string> {
  const faults: string[] = []
  for (let seed = 1; seed <= seeds && !faults.some((fault) => expected.test(fault)); seed++)
    faults.push(...(await playStory(seed, { prepare })).faults)
  return faults.join('\n')
}

describe('a lobby in trouble', () => {
  it.each([1, 2, 3])('keeps its laws, seed %i', async (seed) => {
    const { faults, trace } = await playStory(seed)
    expect(faults, trace.join('\n')).toEqual([])
  })

  it.each([1, 2])('keeps its laws where no packet passes from page to page, seed %i', async (seed) => {
    const { faults, trace } = await playStory(seed, { relayed: true })
    expect(faults, trace.join('\n')).toEqual([])
  })

  it('keeps its laws in hundreds of stories', { tags: ['long'], timeout: 600_000 }, async () => {
    for (let seed = 100; seed < 350; seed++) {
      const { faults, trace } = await playStory(seed)
      expect(faults, `seed ${seed}\n${trace.join('\n')}`).toEqual([])
    }
  })

  it('plays the same from the same seed, to the microsecond, and something else from another', {
    tags: ['long'],
  }, async () => {
    const [one, same, other] = [await playStory(7), await playStory(7), await playStory(8)]
    expect(same.trace).toEqual(one.trace)
    expect(other.trace).not.toEqual(one.trace)
    expect(one.trace.length).toBeGreaterThan(50)
  })
})

describe('a fault that is planted', () => {
  it.each(Object.entries(FAULTS))(
    'in the rules of the lobby is found by its law: %s',
    { tags: ['long'], timeout: 600_000 },
    async (_, fault) => {
      const pull = fault.plant()
      try {
        let found = false
        for (let seed = 1; seed <= 60 && !found; seed++)
          found = (await playStory(seed)).faults.some((text) => fault.found.test(text))
        expect(found).toBe(true)
      } finally {
        pull()
      }
    },
  )

  it('in the timers of a page, which can no longer be cancelled, is found by what is left', async () => {
    const expected = /keeps \d+ timers/
    const faults = await faultsOf(3, expected, ({ sites }) => {
      for (const { page } of sites) {
        const after = page.after.bind(page)
        page.after = (ms, run) => {
          // Signalling's own deadline of a join: what is left of it runs on long after.
          after(ms === JOIN_DEADLINE_MS ? 1e9 : ms, run)
          return () => {}
        }
      }
    })
    expect(faults).toMatch(expected)
  })

  it('in the deadlines of a join, which never come, is found by its silence', async () => {
    const expected = /still joins|heard nothing/
    const faults = await faultsOf(3, expected, ({ sites, internet }) => {
      // A server that takes sockets and says nothing, and pages that do not notice.
      internet.listen(SIGNALING_URL, () => ({ message() {}, ping() {}, pong() {}, failed() {}, closed() {} }))
      for (const { page } of sites) page.after = () => () => {}
    })
    expect(faults).toMatch(expected)
  })

  it('in the clocks of a page, which do not stop, is found', async () => {
    const expected = /keeps \d+ timers, [1-9]\d* clocks/
    const faults = await faultsOf(3, expected, ({ sites }) => {
      for (const { page } of sites) {
        const start = page.startClock.bind(page)
        page.startClock = (hz, onTick) => ({ ...start(hz, onTick), stop() {} })
      }
    })
    expect(faults).toMatch(expected)
  })
})

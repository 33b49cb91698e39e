/**
 * Two real matches in a process of their own, each of a host and a guest over WebRTC for Node, introduced by the service. A process of
 * the service is killed: nothing of a match passes through it, so no guest may notice. It talks with the benchmark over Node's channel.
 *
 * A guest hears nothing also when this process itself is not run. So a silence counts without the time by which the looks at it were late.
 */
import { hostInNode, joinInNode } from '../../../net/node.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'

/** How often a guest's packets are looked at. */
const LOOK_EVERY_MS = 20

export interface MatchFigures {
  /** Of each match, the longest time in which its guest heard nothing since the last look of the benchmark, in ms. */
  readonly longestSilences: readonly number[]
  /** The longest time for which this process was not run meanwhile, in ms. */
  readonly longestPause: number
}

interface Match {
  readonly code: string
  longestSilence(): number
  close(): Promise<void>
}

export async function runCommandLine([signaling = '']: string[]): Promise<number> {
  const matches = [await startMatch(signaling), await startMatch(signaling)]
  const pauses = watchPauses()
  process.on('message', async (request) => {
    if (request === 'stop') {
      for (const match of matches) await match.close()
      process.disconnect()
      process.exit(0)
    }
    const longestSilences = matches.map(({ longestSilence }) => longestSilence())
    process.send?.({ figures: { longestSilences, longestPause: pauses() } satisfies MatchFigures })
  })
  process.send?.({ codes: matches.map(({ code }) => code) })
  await new Promise((resolve) => process.once('disconnect', resolve))
  return 0
}

/** The result gives the longest pause since it was asked last. */
function watchPauses(): () => number {
  let ranAt = performance.now()
  let longest = 0
  setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - ranAt - LOOK_EVERY_MS)
    ranAt = now
  }, LOOK_EVERY_MS)
  return () => {
    const before = longest
    longest = 0
    return before
  }
}

async function startMatch(signaling: string): Promise<Match> {
  const host = await hostInNode(tag, { signaling })
  const guest = await joinInNode(tag, host.code, { signaling, name: 'Ann' })
  await host.start()
  const session = await guest.session()
  let heard = session.stats().lanes.state.receivedMessages
  let lookedAt = performance.now()
  let silent = 0
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    const { receivedMessages } = session.stats().lanes.state
    // A late look tells of the time that this process was run: one interval, whatever passed.
    silent = receivedMessages === heard ? silent + Math.min(now - lookedAt, 2 * LOOK_EVERY_MS) : 0
    heard = receivedMessages
    lookedAt = now
    longest = Math.max(longest, silent)
  }, LOOK_EVERY_MS)
  return {
    code: host.code,
    longestSilence() {
      const before = longest
      longest = 0
      return before
    },
    async close() {
      clearInterval(timer)
      guest.leave()
      await host.leave()
    },
  }
}

/**
 * Two real matches, each of a host and a guest in this process over WebRTC for Node, introduced by the service. A process of
 * the service is killed: nothing of a match passes through it, so no guest may notice.
 */
import { hostInNode, joinInNode } from '../../../net/node.ts'
import { tag } from '../../browser/fixtures/tag/tag.ts'

/** How often a guest's packets are looked at. */
const LOOK_EVERY_MS = 20

export interface TwoMatches {
  readonly codes: readonly string[]
  /** Of each match, the longest time in which its guest heard nothing, since the matches began, in ms. */
  longestSilences(): readonly number[]
  close(): Promise<void>
}

export async function startTwoMatches(signaling: string): Promise<TwoMatches> {
  const matches = [await startMatch(signaling), await startMatch(signaling)]
  return {
    codes: matches.map(({ code }) => code),
    longestSilences: () => matches.map(({ longestSilence }) => longestSilence()),
    async close() {
      for (const match of matches) await match.close()
    },
  }
}

async function startMatch(signaling: string) {
  const host = await hostInNode(tag, { signaling })
  const guest = await joinInNode(tag, host.code, { signaling, name: 'Ann' })
  await host.start()
  const session = await guest.session()
  let heard = session.stats().lanes.state.receivedMessages
  let heardAt = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    const { receivedMessages: received } = session.stats().lanes.state
    if (received !== heard) heardAt = now
    heard = received
    longest = Math.max(longest, now - heardAt)
  }, LOOK_EVERY_MS)
  return {
    code: host.code,
    longestSilence: () => longest,
    async close() {
      clearInterval(timer)
      guest.leave()
      await host.leave()
    },
  }
}

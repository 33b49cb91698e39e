/** A process that plays the guests. Prints `joined` when all are, then sends from each of them until its input ends. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { thisPage } from '../../../../net/platform/platform.ts'
import type { WebSocketConstructor } from '../../../../net/signaling/socket.ts'
import { joinStar } from '../../../../net/star.ts'
import { HZ, MESSAGE_BYTES, peersOf } from '../peers.ts'

/** Joins at a time: more would only wait for each other. */
const AT_ONCE = 4

export async function runCommandLine([kind = '', url = '', code = '', guests = '']: string[]): Promise<number> {
  const peerConnection = await peersOf(kind)
  const left = Array.from({ length: Number(guests) }, (_, i) => i)
  const stars: Awaited<ReturnType<typeof joinStar>>[] = []
  const join = async (): Promise<void> => {
    while (left.pop() !== undefined) {
      const star = await joinStar(code, {
        ...{
          url,
          WebSocket: WebSocket as unknown as WebSocketConstructor,
          transport: { peerConnection },
          iceServers: [],
        },
      })
      star.link.listen({ message: () => {}, closed: () => {} })
      stars.push(star)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, join))
  const bytes = new Uint8Array(MESSAGE_BYTES)
  thisPage.startClock(HZ, () => {
    for (const { link } of stars) link.send('state', bytes)
  })
  console.log('joined')
  process.stdin.resume()
  await once(process.stdin, 'end')
  process.exit(0)
}

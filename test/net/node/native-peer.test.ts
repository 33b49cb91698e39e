import { expect, it } from 'vitest'
import { nativePeers } from '../../../net/node/native-peer.ts'
import { thisPage } from '../../../net/platform/platform.ts'
import { LaneLink } from '../../../net/transport/lane-link.ts'

it('connects', async () => {
  const connect = await nativePeers()
  const common = { iceServers: [], timeoutMs: 10_000, platform: thisPage }
  let b: ReturnType<typeof connect> = null
  const early: string[] = []
  let linkB: LaneLink | null = null
  const got: string[] = []
  const log: string[] = []
  const a = connect({
    ...common,
    offer: null,
    sendSignal: (text) => {
      log.push('A ' + text)
      if (b) b.signal(text)
      else {
        b = connect({
          ...common,
          offer: text,
          sendSignal: (t) => {
            log.push('B ' + t)
            a!.signal(t)
          },
        })
        linkB = new LaneLink(b!.pipe, { ended: (r, d) => log.push(`b ended ${r} ${d}`) })
        linkB.listen({
          message: (lane, bytes) => {
            got.push(`${lane} ${bytes.length}`)
          },
          closed: (r) => got.push(r),
        })
      }
    },
  })
  const link = new LaneLink(a!.pipe, {
    opened: () => log.push('a open'),
    ended: (r, d) => log.push(`a ended ${r} ${d}`),
  })
  link.listen({ message: () => {}, closed: () => {} })
  await expect
    .poll(() => link.open && linkB?.open, { timeout: 8000 })
    .toBe(true)
    .catch((e) => {
      console.log(log.join('\n'))
      throw e
    })
  link.send('state', new Uint8Array(500))
  link.send('bulk', new Uint8Array(3_000_000))
  await expect.poll(() => got, { timeout: 8000 }).toEqual(['state 500', 'bulk 3000000'])
  link.close('host-left')
  await expect.poll(() => got.at(-1)).toBe('host-left')
  console.log(log.join('\n').slice(0, 1500), early, a!.rejectedSignals, b!.rejectedSignals)
})

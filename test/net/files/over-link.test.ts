/** Files over a bare link, beside messages of its owner's. */

import { filesOver, type LinkFiles } from 'starwire/files'
import { expect, it } from 'vitest'
import { FILE_KINDS } from '../../../net/files/kinds.ts'
import type { FileOffer } from '../../../net/files/types.ts'
import type { Link } from '../../../net/transport/link.ts'
import { HandClock } from '../lobby/support.ts'
import { blobOf, isSame, pair, settle, until } from './support.ts'

function ends() {
  const { platform } = new HandClock()
  const offers: FileOffer[] = []
  const own: Uint8Array[] = []
  const [one, other] = pair()
  const listen = (link: Link, files: LinkFiles): void =>
    link.listen({
      message: (lane, bytes) => {
        if (!files.hear(lane, bytes)) own.push(bytes)
      },
      closed: () => {},
    })
  const sender = filesOver(one, { platform })
  const receiver = filesOver(other, { platform, onOffer: (offer) => offers.push(offer) })
  listen(one, sender)
  listen(other, receiver)
  return { one, other, sender, receiver, offers, own, listen }
}

it('goes beside the messages of its owner, and over another link when the first is lost', async () => {
  const { one, sender, receiver, offers, own, listen } = ends()
  const file = new File([await blobOf(2_000_000).arrayBuffer()], '/tmp/level.json', { type: 'application/json' })
  const sending = sender.share(file)
  one.send('bulk', Uint8Array.of(1, 2, 3))
  one.send('state', Uint8Array.of(0x94, FILE_KINDS.offer, 0, 0))
  await until(() => offers.length > 0)
  expect(offers[0]).toMatchObject({ from: 0, name: 'level.json', type: 'application/json', size: 2_000_000 })
  const receiving = offers[0]!.accept()
  await until(() => receiving.bytes > 500_000)
  one.close('lost')
  await settle()
  const [next, nextOther] = pair()
  listen(next, sender)
  listen(nextOther, receiver)
  sender.resume(next)
  receiver.resume(nextOther)
  expect(await Promise.all([sending.ended, receiving.ended])).toEqual(['done', 'done'])
  expect(await isSame(receiving.blob, file)).toBe(true)
  expect(own.map((bytes) => [...bytes])).toEqual([
    [1, 2, 3],
    [0x94, FILE_KINDS.offer, 0, 0],
  ])
  expect([sender.rejected, receiver.rejected]).toEqual([0, 0])
})

it('declines where nobody listens, counts what no honest side sends, and throws at its owner with a sentence', async () => {
  const { other, sender, receiver } = ends()
  expect(await receiver.share(blobOf(10)).ended).toBe('declined')
  for (let i = 0; i < 200; i++) other.send('bulk', Uint8Array.of(0x94, FILE_KINDS.chunk, 1, 2, 3))
  await until(() => sender.rejected === 200)
  // Nothing of them is read any more.
  const sharing = receiver.share(blobOf(10))
  await settle()
  expect(sharing.end).toBeNull()
  receiver.close()
  expect(await sharing.ended).toBe('gone')
  expect(() => sender.share('text' as never)).toThrow('share was given "text"')
  expect(() => filesOver(other, { onoffer: 1 } as never)).toThrow('there is no option "onoffer"')
})

/** Files between two pages: whole or not at all, whatever the other side says. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { CHUNK_BYTES, WINDOW_BYTES } from '../../../net/files/limits.ts'
import type { FileMessage } from '../../../net/files/messages.ts'
import { blobOf, isSame, pair, settle, twoPages, until, withStranger } from './support.ts'

const MB = 1024 * 1024
const offer = { kind: 'offer', peer: 0, id: 7, name: 'a.bin', type: '', size: 40_000 } as const
const chunk = (at: number, size = CHUNK_BYTES, id = 7): FileMessage => ({
  ...{ kind: 'chunk', peer: 0, id, at },
  bytes: new Uint8Array(size).fill(at / CHUNK_BYTES),
})
const bytesOfChunks = Buffer.concat([0, 1, 2].map((i) => Buffer.alloc(i < 2 ? CHUNK_BYTES : 8000, i)))
const end = (hash: Uint8Array): FileMessage => ({ kind: 'end', peer: 0, id: 7, hash })
const rightHash = new Uint8Array(createHash('sha256').update(bytesOfChunks).digest())

describe('a file', () => {
  it.each([0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, WINDOW_BYTES, 1.5 * MB + 17])(
    'of %d bytes arrives whole',
    async (size) => {
      const { clock, ann, bea } = twoPages()
      const file = blobOf(size, 'image/x-raw')
      const sending = ann.exchange.share(file, 0, 'C:\\pictures\\ship.png')
      const seen = { sent: [] as number[], received: [] as number[] }
      sending.onProgress((bytes) => seen.sent.push(bytes))
      await settle()
      const [offered] = bea.offers
      expect(offered).toMatchObject({ from: 0, name: 'ship.png', type: 'image/x-raw', size })
      expect([sending.end, sending.bytes]).toEqual([null, 0])
      const receiving = offered!.accept()
      receiving.onProgress((bytes) => seen.received.push(bytes))
      expect(await Promise.all([sending.ended, receiving.ended])).toEqual(['done', 'done'])
      expect(await isSame(receiving.blob, file)).toBe(true)
      expect([receiving.blob!.type, receiving.bytes, sending.bytes]).toEqual(['image/x-raw', size, size])
      for (const bytes of Object.values(seen)) {
        expect(bytes).toEqual([...new Set(bytes)].sort((a, b) => a - b))
        if (size > 0) expect(bytes.at(-1)).toBe(size)
      }
      expect([ann.nonsense, bea.nonsense, clock.waiting]).toEqual([0, 0, 0])
    },
  )

  it('that is taken back before it is accepted is no offer any more, as the receiver sees, and cannot be taken', async () => {
    const { clock, ann, bea } = twoPages()
    const sending = ann.exchange.share(blobOf(10), 0, 'x')
    await settle()
    const [offered] = bea.offers
    expect([offered!.end, sending.end]).toEqual([null, null])
    sending.cancel()
    expect(await offered!.ended).toBe('cancelled')
    expect([offered!.end, offered!.accept().end]).toEqual(['cancelled', 'cancelled'])
    offered!.decline()
    await settle()
    expect([sending.end, ann.nonsense, bea.nonsense, clock.waiting]).toEqual(['cancelled', 0, 0, 0])
  })

  it('that is declined, cancelled on either side, or too large, ends on both with the reason', async () => {
    const { clock, ann, bea } = twoPages()
    const share = async (size: number) => {
      const { length } = bea.offers
      const sending = ann.exchange.share(blobOf(size), 0, 'x')
      // Chunks of the file before may still be under way.
      await until(() => bea.offers.length > length)
      return { sending, offered: bea.offers.at(-1)! }
    }
    const declined = await share(10)
    declined.offered.decline()
    expect(await declined.sending.ended).toBe('declined')
    const large = await share(1001)
    expect(() => large.offered.accept({ maxBytes: -1 })).toThrow(/maxBytes is -1\. Write a whole number/)
    const refused = large.offered.accept({ maxBytes: 1000 })
    expect(await Promise.all([large.sending.ended, refused.ended])).toEqual(['too-large', 'too-large'])
    for (const who of ['sender', 'receiver']) {
      const { sending, offered } = await share(3 * MB)
      const receiving = offered.accept()
      await until(() => receiving.bytes > 0)
      if (who === 'sender') sending.cancel()
      else receiving.cancel()
      expect(await Promise.all([sending.ended, receiving.ended])).toEqual(['cancelled', 'cancelled'])
      await settle()
      expect(receiving.blob).toBeNull()
      sending.cancel()
      offered.accept()
    }
    await settle()
    expect([ann.nonsense, bea.nonsense, clock.waiting]).toEqual([0, 0, 0])
  })

  it('goes on from the byte that has arrived when the link was lost, and its hash is still right', async () => {
    const { ann, bea } = twoPages()
    const file = blobOf(3 * MB)
    const sending = ann.exchange.share(file, 0, 'x')
    await settle()
    const receiving = bea.offers[0]!.accept()
    const starts: number[] = []
    for (let lost = 0; lost < 3; lost++) {
      const before = receiving.bytes
      await until(() => receiving.bytes > before + 0.5 * MB)
      ann.link.close('lost')
      bea.link.close('lost')
      await settle()
      starts.push(receiving.bytes)
      const [one, other] = pair()
      ann.use(one)
      bea.use(other)
      // Each side finds its link back by itself, in any order, once or both.
      if (lost !== 1) ann.exchange.resume()
      if (lost !== 0) bea.exchange.resume()
    }
    expect(await Promise.all([sending.ended, receiving.ended])).toEqual(['done', 'done'])
    expect(await isSame(receiving.blob, file)).toBe(true)
    expect(starts[2]).toBeLessThan(file.size)
    expect(bea.offers).toHaveLength(1)
    expect([ann.nonsense, bea.nonsense]).toEqual([0, 0])
  })

  it('that cannot be read any more ends as unreadable', async () => {
    const { ann, bea } = twoPages()
    const broken = blobOf(2 * MB)
    broken.slice = () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadableError')) }) as unknown as Blob
    const shorter = blobOf(2 * MB)
    shorter.slice = () => new Blob(['short'])
    for (const file of [broken, shorter]) {
      const sending = ann.exchange.share(file, 0, 'x')
      await settle()
      const receiving = bea.offers.at(-1)!.accept()
      expect(await Promise.all([sending.ended, receiving.ended])).toEqual(['unreadable', 'unreadable'])
    }
  })

  it('takes turns with others: a small one is not behind a large one', async () => {
    const { ann, bea } = twoPages()
    ann.exchange.share(blobOf(3 * MB), 0, 'large')
    const small = ann.exchange.share(blobOf(100_000), 0, 'small')
    await settle()
    const [large, little] = bea.offers.map((offered) => offered.accept())
    await small.ended
    expect([little!.end, large!.end]).toEqual(['done', null])
    expect(large!.bytes).toBeLessThan(MB)
    ann.exchange.close()
    bea.exchange.close()
  })
})

it('an offer that nobody answers is declined after five minutes, on both sides', async () => {
  const { ann, bea, clock } = twoPages()
  const sending = ann.exchange.share(blobOf(10), 0, 'x')
  await until(() => bea.offers.length > 0)
  clock.skip(299_000)
  expect(sending.end).toBeNull()
  clock.skip(1000)
  expect(await sending.ended).toBe('declined')
  await settle()
  expect([bea.offers[0]!.accept().end, bea.nonsense, clock.waiting]).toEqual(['declined', 0, 0])
})

describe('a sender who means harm', () => {
  it.each<[string, FileMessage[], string]>([
    [
      'a hash that lies',
      [chunk(0), chunk(CHUNK_BYTES), chunk(2 * CHUNK_BYTES, 8000), end(new Uint8Array(32))],
      'corrupt',
    ],
    ['a size that lies: less', [chunk(0), end(rightHash)], 'corrupt'],
    ['a size that lies: more', [chunk(0), chunk(CHUNK_BYTES), chunk(2 * CHUNK_BYTES)], 'corrupt'],
    ['chunks that are too small', [chunk(0, 100)], 'corrupt'],
  ])('and sends %s gets it refused, and nothing is kept', async (_name, messages, reason) => {
    const { page, say, heard, clock } = withStranger()
    await say(offer)
    const receiving = page.offers[0]!.accept()
    await say(...messages)
    expect([await receiving.ended, receiving.blob]).toEqual([reason, null])
    expect(heard.at(-1)).toMatchObject({ kind: 'cancel', reason })
    expect(clock.waiting).toBe(0)
  })

  it('and says that it is a picture gets it refused with the first bytes', async () => {
    const { page, say, heard } = withStranger()
    await say({ ...offer, type: 'image/png' })
    const receiving = page.offers[0]!.accept()
    await say(chunk(0))
    expect([await receiving.ended, receiving.blob, receiving.bytes]).toEqual(['corrupt', null, 0])
    expect(heard.at(-1)).toMatchObject({ kind: 'cancel', reason: 'corrupt' })
  })

  it('and sends what a browser would run has it kept as plain bytes', async () => {
    const { page, say } = withStranger()
    await say({ ...offer, type: 'image/svg+xml' })
    const receiving = page.offers[0]!.accept()
    await say(chunk(0), chunk(CHUNK_BYTES), chunk(2 * CHUNK_BYTES, 8000), end(rightHash))
    expect([await receiving.ended, receiving.blob!.type]).toEqual(['done', 'application/octet-stream'])
  })

  it('and is honest for once has it taken', async () => {
    const { page, say, heard } = withStranger()
    await say(offer)
    const receiving = page.offers[0]!.accept()
    await say(chunk(0), chunk(CHUNK_BYTES), chunk(2 * CHUNK_BYTES, 8000), end(rightHash))
    expect(await receiving.ended).toBe('done')
    expect(Buffer.from(await receiving.blob!.arrayBuffer()).equals(bytesOfChunks)).toBe(true)
    expect(heard.map(({ kind }) => kind)).toEqual(['accept', 'ack', 'done'])
  })

  it('and sends chunks that were never offered, or not accepted, is counted for each', async () => {
    const { page, say } = withStranger()
    await say(chunk(0), end(rightHash))
    await say(offer, chunk(0), end(rightHash))
    expect(page.nonsense).toBe(4)
  })

  it('and sends the same chunks again and again is counted when no lost link explains it', async () => {
    const { page, say } = withStranger()
    await say({ ...offer, size: 10 * MB })
    const receiving = page.offers[0]!.accept()
    await say(chunk(0))
    for (let i = 0; i < 200; i++) await say(chunk(0))
    expect(receiving.bytes).toBe(CHUNK_BYTES)
    expect(page.nonsense).toBeGreaterThan(50)
  })

  it('and makes 10,000 offers has four open, and the rest is refused at once', { tags: ['long'] }, async () => {
    const { page, say, heard } = withStranger()
    for (let i = 0; i < 10_000; i += 500) await say(...Array.from({ length: 500 }, (_, j) => ({ ...offer, id: i + j })))
    expect(page.offers).toHaveLength(4)
    expect(heard).toHaveLength(10_000 - 4)
    expect(new Set(heard.map((message) => message.kind === 'cancel' && message.reason))).toEqual(new Set(['too-many']))
  })

  it('and offers more than memory takes is refused for what is too much together', async () => {
    const { page, say } = withStranger()
    for (let id = 0; id < 4; id++) await say({ ...offer, id, size: 100 * MB })
    const taken = page.offers.map((offered) => offered.accept({ maxBytes: 1e12 }))
    expect(taken.map(({ end }) => end)).toEqual([null, null, 'too-many', 'too-many'])
  })

  it('and changes the size of an offer is not heard', async () => {
    const { page, say } = withStranger()
    await say(offer)
    const receiving = page.offers[0]!.accept()
    await say({ ...offer, size: 10 })
    expect([page.nonsense, page.offers.length, receiving.size]).toEqual([1, 1, 40_000])
  })

  it('and dies in the middle ends it after a minute, or at once when they are known to be gone', async () => {
    const { page, say, clock } = withStranger()
    await say(offer, { ...offer, id: 8 })
    const [one, other] = page.offers.map((offered) => offered.accept())
    await say(chunk(0), chunk(0, CHUNK_BYTES, 8))
    clock.skip(59_000)
    await say(chunk(CHUNK_BYTES))
    clock.skip(2000)
    expect([one!.end, other!.end]).toEqual([null, 'stalled'])
    page.exchange.gone(0)
    expect(await one!.ended).toBe('gone')
    expect(clock.waiting).toBe(0)
  })
})

describe('a receiver who means harm', () => {
  const reply = (kind: 'accept' | 'ack', at: number, id: number): FileMessage => ({ kind, peer: 0, id, at })

  it('and never acknowledges gets one window, and it ends after a minute', async () => {
    const { page, heard, say, clock } = withStranger()
    const sending = page.exchange.share(blobOf(3 * MB), 0, 'x')
    await settle()
    const { id } = heard[0]!
    await say(reply('accept', 0, id))
    await until(() => heard.length > WINDOW_BYTES / CHUNK_BYTES)
    for (let i = 0; i < 100; i++) await settle()
    expect(heard.filter(({ kind }) => kind === 'chunk')).toHaveLength(WINDOW_BYTES / CHUNK_BYTES)
    clock.skip(60_000)
    expect(await sending.ended).toBe('stalled')
    expect(clock.waiting).toBe(0)
  })

  it('and acknowledges or accepts what was never sent is counted, and nothing is sent for it', async () => {
    const { page, heard, say } = withStranger()
    const sending = page.exchange.share(blobOf(3 * MB), 0, 'x')
    await settle()
    const { id } = heard[0]!
    await say(reply('ack', CHUNK_BYTES, id), { kind: 'done', peer: 0, id })
    await say(reply('accept', 0, id))
    await until(() => heard.length > 10)
    await say(reply('ack', 0, id), reply('ack', 13 * MB, id), reply('ack', 5, id), reply('accept', 2 * MB, id))
    await say({ kind: 'done', peer: 0, id }, reply('accept', 0, id + 1))
    expect(page.nonsense).toBe(8)
    expect(sending.end).toBeNull()
    sending.cancel()
  })

  it('and accepts from where nothing was sent, first or after a lost link, ends it: a new host passes that on without knowing', async () => {
    const { page, heard, say } = withStranger()
    const [first, second] = [page.exchange.share(blobOf(MB), 0, 'x'), page.exchange.share(blobOf(MB), 0, 'y')]
    await settle()
    const [one, two] = heard.map(({ id }) => id)
    await say(reply('accept', CHUNK_BYTES, one!), reply('accept', 0, two!))
    expect([first.end, page.nonsense]).toEqual(['corrupt', 0])
    await until(() => heard.some(({ kind }) => kind === 'chunk'))
    page.exchange.resume()
    await say(reply('accept', MB, two!))
    expect([second.end, page.nonsense]).toEqual(['corrupt', 0])
  })

  it('and accepts anew all the time is counted in the end', { tags: ['long'] }, async () => {
    const { page, heard, say } = withStranger()
    const sending = page.exchange.share(blobOf(3 * MB), 0, 'x')
    await settle()
    for (let i = 0; i < 100; i++) await say(reply('accept', 0, heard[0]!.id))
    expect(page.nonsense).toBe(100 - 64)
    sending.cancel()
  })
})

describe('a page', () => {
  it('offers 64 files at once, and says of more that they are too many', async () => {
    const { ann, bea, clock } = twoPages()
    const shared = Array.from({ length: 70 }, () => ann.exchange.share(blobOf(1), 0, 'x'))
    const refused = () => shared.filter(({ end }) => end === 'too-many').length
    expect(refused()).toBe(6)
    // Bea's page takes four of one sender.
    await until(() => refused() === 66)
    expect(bea.nonsense).toBe(0)
    clock.skip(1000)
    expect(ann.exchange.share(blobOf(1), 0, 'x').end).toBeNull()
  })

  it('that closes keeps nothing: no timer, no part of a file, and later offers end at once', async () => {
    const { ann, bea, clock } = twoPages()
    const sending = ann.exchange.share(blobOf(3 * MB), 0, 'x')
    await settle()
    const receiving = bea.offers[0]!.accept()
    await until(() => receiving.bytes > 0)
    bea.exchange.close()
    expect(await Promise.all([sending.ended, receiving.ended])).toEqual(['gone', 'gone'])
    ann.exchange.close()
    expect(ann.exchange.share(blobOf(1), 0, 'x').end).toBe('gone')
    expect(clock.waiting).toBe(0)
  })

  it('where nobody listens declines, and one that forbids files says so, on both sides', async () => {
    const { ann, bea } = twoPages({ offered: () => false })
    const sending = ann.exchange.share(blobOf(1), 0, 'x')
    expect(await sending.ended).toBe('declined')
    expect(bea.nonsense).toBe(0)
    const { ann: forbidding } = twoPages({ forbids: () => 'forbidden' })
    expect(forbidding.exchange.share(blobOf(1), 0, 'x').end).toBe('forbidden')
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { thisPage } from '../../../net/platform/platform.ts'
import { browserPipe } from '../../../net/transport/browser-channel.ts'
import { encodePiece, PIECE_BYTES } from '../../../net/transport/bulk-frames.ts'
import { goodbyeFrame, heartbeatFrame } from '../../../net/transport/frames.ts'
import { MAX_WAITING_BYTES } from '../../../net/transport/inbox.ts'
import { LaneLink, LINGER_MS } from '../../../net/transport/lane-link.ts'
import { MAX_BULK_WAITING } from '../../../net/transport/link.ts'
import { MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import { FakeChannel } from './fake-channel.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function setUp({ open = true } = {}) {
  const state = new FakeChannel(false, 0)
  const bulk = new FakeChannel(true, null)
  const log: string[] = []
  let nowMs = 0
  let look: ((nowMs: number) => void) | null = null
  const pipe = browserPipe({ state, bulk } as unknown as Record<'state' | 'bulk', RTCDataChannel>, {
    release: () => log.push('released'),
  })
  const link = new LaneLink(pipe, {
    dropsAs: 'kicked',
    opened: () => log.push('opened'),
    ended: (reason) => log.push(`ended ${reason}`),
    platform: {
      ...thisPage,
      now: () => nowMs,
      onPulse(each) {
        look = each
        return () => {
          look = null
        }
      },
    },
  })
  const lost = (): void => pipe.fail()
  const refused = (): void => pipe.refuse()
  const heard: string[] = []
  const handlers = {
    message: (lane: string, bytes: Uint8Array) => heard.push(`${lane} ${[...bytes]}`),
    liveness: (to: string) => heard.push(to),
    closed: (reason: string) => heard.push(`closed ${reason}`),
  }
  /** Lets time pass as the page would see it: a look each 125 ms. */
  const pass = (ms: number): void => {
    for (const until = nowMs + ms; nowMs < until; ) {
      nowMs += 125
      look?.(nowMs)
    }
  }
  if (open) {
    state.opens()
    bulk.opens()
  }
  return { state, bulk, link, lost, refused, log, heard, handlers, pass, looking: () => look !== null }
}
const bytes = (...values: number[]): ArrayBuffer => Uint8Array.from(values).buffer
/** A message of the bulk lane in one piece, the first of a link unless said otherwise. */
const piece = (value: number, sequence = 0): ArrayBuffer => bytes(0x93, sequence, 0, 0xc4, 1, value)

describe('a link over two channels', () => {
  it('is open once both channels are, in either order', () => {
    const { state, bulk, link, log } = setUp({ open: false })
    bulk.opens()
    expect(link.open).toBe(false)
    expect(link.send('bulk', Uint8Array.of(1))).toBe('closed')
    state.opens()
    expect(link.open).toBe(true)
    expect(log).toEqual(['opened'])
    expect([state.binaryType, bulk.binaryType]).toEqual(['arraybuffer', 'arraybuffer'])
  })

  it('keeps messages that came before it was open and before anybody listened', () => {
    const { state, bulk, link, heard, handlers } = setUp({ open: false })
    bulk.says(piece(1))
    state.says(bytes(2))
    state.opens()
    bulk.opens()
    link.listen(handlers)
    expect(heard).toEqual(['bulk 1', 'state 2'])
  })

  it('drops and counts what no honest peer sends', () => {
    const { state, bulk, link, heard, handlers } = setUp()
    link.listen(handlers)
    for (const data of ['', 'hello', '\u0002', goodbyeFrame('left'), bytes(), new ArrayBuffer(MAX_STATE_BYTES + 1)]) {
      state.says(data)
    }
    for (const data of [heartbeatFrame, 'bye', new ArrayBuffer(300_000), new Blob(['x']), null]) bulk.says(data)
    expect(heard).toEqual([])
    expect(link.open).toBe(true)
    expect([link.stats().state.rejected, link.stats().bulk.rejected]).toEqual([6, 5])
    state.says(bytes(1))
    expect(link.stats().state).toMatchObject({ receivedMessages: 1, receivedBytes: 1 })
  })

  describe.each<[string, (link: ReturnType<typeof setUp>) => void]>([
    ['texts', ({ state }) => state.says('hello')],
    ['texts on the bulk lane', ({ bulk }) => bulk.says('{"kind":"hello"}')],
    ['empty messages', ({ state }) => state.says(bytes())],
    ['oversized messages', ({ bulk }) => bulk.says(new ArrayBuffer(300_000))],
    ['what is no message at all', ({ bulk }) => bulk.says(null)],
    ['channels of its own', ({ refused }) => refused()],
    ['heartbeats on the bulk lane', ({ bulk }) => bulk.says(heartbeatFrame)],
  ])('whose other side sends %s', (_what, send) => {
    it('for as long as it likes drops it, with a reason, and counts no further', () => {
      const flooded = setUp()
      flooded.link.listen(flooded.handlers)
      for (let i = 0; i < 1000; i++) send(flooded)
      expect(flooded.link.open).toBe(false)
      expect(flooded.log).toEqual(['opened', 'ended kicked'])
      expect(flooded.bulk.sent.at(-1)).toBe(goodbyeFrame('kicked'))
      const { state, bulk } = flooded.link.stats()
      expect(state.rejected + bulk.rejected).toBe(21)
      vi.advanceTimersByTime(1000)
      expect(flooded.log).toEqual(['opened', 'ended kicked', 'released'])
    })

    it('now and then bears it', () => {
      const bothered = setUp()
      for (let i = 0; i < 100; i++) {
        send(bothered)
        bothered.state.says(heartbeatFrame)
        bothered.pass(1000)
      }
      expect(bothered.link.open).toBe(true)
    })
  })

  it('drops who beats ten thousand times, and not who beats as pages do and has five seconds of it held back', () => {
    const flooded = setUp()
    for (let i = 0; i < 10_000; i++) flooded.state.says(heartbeatFrame)
    expect(flooded.log).toEqual(['opened', 'ended kicked'])
    expect(flooded.link.stats().state.rejected).toBe(21)
    const honest = setUp()
    for (let i = 0; i < 60; i++) {
      for (let beat = 0; beat < 20; beat++) honest.state.says(heartbeatFrame)
      honest.pass(4500)
    }
    expect([honest.link.open, honest.link.stats().state.rejected]).toEqual([true, 0])
  })

  it('that never opened is dropped as well', () => {
    const { refused, log } = setUp({ open: false })
    for (let i = 0; i < 100; i++) refused()
    expect(log).toEqual(['released', 'ended kicked'])
  })

  it('does not hoard what a flood sends before anybody listens', () => {
    const { state, bulk, link, log } = setUp()
    const most = MAX_WAITING_BYTES / MAX_STATE_BYTES
    for (let i = 0; i < most + 10; i++) state.says(new ArrayBuffer(MAX_STATE_BYTES))
    expect(link.stats().state.rejected).toBeGreaterThanOrEqual(10)
    expect(link.open).toBe(true)
    bulk.says(encodePiece(0, 0, new Uint8Array(PIECE_BYTES)).buffer)
    expect(link.open).toBe(false)
    expect(log).toContain('ended lost')
  })

  it('skips on the state lane while older bytes wait, and counts it', () => {
    const { state, link } = setUp()
    expect(link.send('state', new Uint8Array(10))).toBe('sent')
    state.bufferedAmount = 10
    for (let i = 0; i < 7; i++) link.send('state', new Uint8Array(10))
    expect(link.send('state', new Uint8Array(10))).toBe('skipped')
    expect(link.buffered('state')).toBe(10)
    expect(link.stats().state).toMatchObject({ sentMessages: 8, sentBytes: 80, skipped: 1 })
  })

  it('refuses more on the bulk lane than may wait, and keeps what a browser does not take now', () => {
    const { bulk, link } = setUp()
    bulk.bufferedAmount = MAX_BULK_WAITING
    expect(link.send('bulk', Uint8Array.of(1))).toBe('skipped')
    bulk.bufferedAmount = 0
    bulk.failure = new DOMException('RTCDataChannel send queue is full', 'OperationError')
    expect(link.send('bulk', Uint8Array.of(1))).toBe('sent')
    expect([link.open, link.buffered('bulk')]).toEqual([true, 6])
    bulk.failure = null
    bulk.dispatchEvent(new Event('bufferedamountlow'))
    expect([bulk.sent.length, link.buffered('bulk')]).toEqual([1, 0])
  })

  it('never throws for a channel that closed under it, or for a peer that takes no message of ours', () => {
    const closing = setUp()
    closing.bulk.readyState = 'closing'
    closing.bulk.failure = new DOMException('not open', 'InvalidStateError')
    expect(closing.link.send('bulk', Uint8Array.of(1))).toBe('sent')
    closing.bulk.closes()
    expect(closing.link.open).toBe(false)
    const small = setUp()
    small.bulk.failure = new TypeError('larger than max-message-size')
    expect(small.link.send('bulk', Uint8Array.of(1))).toBe('closed')
    expect(small.log).toEqual(['opened', 'released', 'ended lost'])
  })

  it('throws for what is the caller’s mistake', () => {
    const { link } = setUp()
    expect(() => link.send('state', new Uint8Array(MAX_STATE_BYTES + 1))).toThrow(RangeError)
    expect(() => link.send('bulk', new Uint8Array(0))).toThrow(RangeError)
  })

  it('beats as a text frame on the state channel while it has nothing to say', () => {
    const { state, bulk, link, pass } = setUp()
    pass(1000)
    expect(state.sent).toEqual(Array(4).fill(heartbeatFrame))
    expect(bulk.sent).toEqual([])
    expect(link.stats().state.sentMessages).toBe(0)
  })

  it('says late, alive again, then gone, and closes as lost', () => {
    const { state, link, heard, handlers, pass, log, looking } = setUp()
    link.listen(handlers)
    pass(1500)
    state.says(heartbeatFrame)
    pass(5000)
    expect(heard).toEqual(['late', 'alive', 'late', 'gone', 'closed lost'])
    expect(log).toEqual(['opened', 'released', 'ended lost'])
    expect(looking()).toBe(false)
  })

  it('ends with the reason of the other side’s goodbye, and takes nothing after it', () => {
    const { state, bulk, link, heard, handlers, log } = setUp()
    link.listen(handlers)
    bulk.says(goodbyeFrame('kicked'))
    bulk.says(bytes(1))
    state.says(bytes(1))
    state.closes()
    expect(heard).toEqual(['closed kicked'])
    expect(log).toEqual(['opened', 'released', 'ended kicked'])
    expect(link.open).toBe(false)
    expect(link.send('bulk', Uint8Array.of(1))).toBe('closed')
    expect(link.describe()?.lanes?.bulk.readyState).toBe('open')
  })

  it('says goodbye, waits until it is through, and takes the error of the dying connection for a normal leave', async () => {
    const { state, bulk, link, heard, handlers, log } = setUp()
    link.listen(handlers)
    link.close('host-left')
    expect(bulk.sent).toEqual([goodbyeFrame('host-left')])
    expect(link.open).toBe(false)
    expect(log).toEqual(['opened', 'ended host-left'])
    expect(heard).toEqual([])
    await Promise.resolve()
    expect(heard).toEqual(['closed host-left'])
    state.says(bytes(1))
    state.closes()
    expect(log).toEqual(['opened', 'ended host-left', 'released'])
    expect(heard).toEqual(['closed host-left'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not wait for ever for a goodbye to get through', () => {
    const { link, log } = setUp()
    link.close()
    vi.advanceTimersByTime(LINGER_MS - 1)
    expect(log).toEqual(['opened', 'ended left'])
    vi.advanceTimersByTime(1)
    expect(log).toEqual(['opened', 'ended left', 'released'])
  })

  it('goes at once when the page goes, even in the middle of a goodbye', () => {
    const hurried = setUp()
    hurried.link.closeAtOnce()
    expect(hurried.bulk.sent).toEqual([goodbyeFrame('left')])
    expect(hurried.log).toEqual(['opened', 'released', 'ended left'])
    const lingering = setUp()
    lingering.link.close()
    lingering.link.closeAtOnce()
    expect(lingering.log).toEqual(['opened', 'ended left', 'released'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is lost when one channel closes or the connection dies without a goodbye', () => {
    const closed = setUp()
    closed.bulk.closes()
    closed.state.closes()
    const died = setUp()
    died.lost()
    died.lost()
    for (const { log } of [closed, died]) expect(log).toEqual(['opened', 'released', 'ended lost'])
  })

  it('leaves no handler on its channels', () => {
    const { state, bulk, link, log } = setUp()
    link.closeAtOnce()
    expect([state.onmessage, bulk.onmessage]).toEqual([null, null])
    state.closes()
    bulk.opens()
    expect(log).toEqual(['opened', 'released', 'ended left'])
  })
})

/** `link.drained()` on every kind of link. In real tabs: test/browser/star.test.ts. */
import { describe, expect, it, vi } from 'vitest'
import { thisPage } from '../../../net/platform/platform.ts'
import { SimulatedNetwork } from '../../../net/testing.ts'
import { browserPipe } from '../../../net/transport/browser-channel.ts'
import { MAX_HEAD_BYTES } from '../../../net/transport/bulk-frames.ts'
import { LaneLink } from '../../../net/transport/lane-link.ts'
import { type Link, LOW_WATER_BYTES } from '../../../net/transport/link.ts'
import { loopbackPair } from '../../../net/transport/loopback.ts'
import { type Lane, MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import { FakeChannel } from './fake-channel.ts'

interface Kind {
  link: Link
  /** Sends some more than may wait on the lane when it counts as drained. */
  fill(lane: Lane): void
  /** All that waits leaves the page. */
  empty(): void
  otherCloses(): void
}

function overChannels() {
  const channels = { state: new FakeChannel(false, 0), bulk: new FakeChannel(true, null) }
  let look = (_nowMs: number): void => {}
  const pipe = browserPipe(channels as unknown as Record<Lane, RTCDataChannel>, {
    release: () => {},
  })
  const link = new LaneLink(pipe, {
    platform: {
      ...thisPage,
      now: () => 0,
      onPulse(each) {
        look = each
        return () => {}
      },
    },
  })
  channels.state.opens()
  channels.bulk.opens()
  const kind: Kind = {
    link,
    fill: (lane) => channels[lane].holds(LOW_WATER_BYTES[lane] + 1),
    empty() {
      channels.state.holds(0)
      channels.bulk.holds(0)
    },
    otherCloses: () => pipe.fail(),
  }
  return { ...kind, channels, look: () => look(0) }
}

/** Sends until more waits than the mark. */
function fillOf(link: Link): Kind['fill'] {
  return (lane) => {
    const piece = new Uint8Array(lane === 'bulk' ? 40_000 : MAX_STATE_BYTES)
    for (let i = 0; link.buffered(lane) <= LOW_WATER_BYTES[lane] && i < 50; i++) link.send(lane, piece)
  }
}

function overLoopback(): Kind {
  const due: (() => void)[] = []
  const [link, other] = loopbackPair({ defer: (deliver) => due.push(deliver) })
  const empty = (): void => {
    while (due.length > 0) due.shift()?.()
  }
  return {
    link,
    fill: fillOf(link),
    empty,
    otherCloses() {
      // Its goodbye overtakes nothing, so it is let through before what waits here.
      const mine = due.splice(0)
      other.close()
      empty()
      due.push(...mine)
    },
  }
}

function inVirtualTime(): Kind {
  const network = new SimulatedNetwork(1)
  const [link, other] = network.pair({ latencyMs: 20 })
  return {
    link,
    fill: fillOf(link),
    empty: () => network.advanceTo(network.now + 3000),
    otherCloses() {
      other.close()
      network.advanceTo(network.now + 21)
    },
  }
}

/** What a promise has come to by now. */
const said = (promise: Promise<unknown>): Promise<unknown> =>
  Promise.race([promise, new Promise((resolve) => setImmediate(resolve, 'waiting'))])

describe.each<[string, () => Kind]>([
  ['two channels', overChannels],
  ['one page', overLoopback],
  ['virtual time', inVirtualTime],
])('the promise of drained on a link over %s', (_name, kindOf) => {
  it('is kept at once while no more waits than the mark', async () => {
    const { link } = kindOf()
    expect(await said(link.drained())).toBe('drained')
    link.send('bulk', new Uint8Array(64 * 1024))
    expect(await said(link.drained('bulk'))).toBe('drained')
    expect(await said(link.drained('state'))).toBe('drained')
  })

  it.each(['bulk', 'state'] as const)('waits for a full %s lane, and not for the other one', async (lane) => {
    const { link, fill, empty } = kindOf()
    fill(lane)
    const drained = link.drained(lane)
    expect(await said(drained)).toBe('waiting')
    expect(await said(link.drained(lane === 'bulk' ? 'state' : 'bulk'))).toBe('drained')
    empty()
    expect(link.buffered(lane)).toBeLessThanOrEqual(LOW_WATER_BYTES[lane])
    expect(await said(drained)).toBe('drained')
    // And again the next time.
    fill(lane)
    const again = link.drained(lane)
    expect(await said(again)).toBe('waiting')
    empty()
    expect(await said(again)).toBe('drained')
  })

  it('never hangs: closed here, it says so to all who wait, and to all who ask later', async () => {
    const { link, fill } = kindOf()
    fill('bulk')
    fill('state')
    const all = [link.drained(), link.drained('bulk'), link.drained('state')]
    expect(await said(Promise.race(all))).toBe('waiting')
    link.close()
    expect(await said(Promise.all(all))).toEqual(['closed', 'closed', 'closed'])
    expect(await said(link.drained())).toBe('closed')
  })

  it('never hangs: closed by the other side', async () => {
    const { link, fill, otherCloses } = kindOf()
    fill('bulk')
    const drained = link.drained()
    otherCloses()
    expect(link.open).toBe(false)
    expect(await said(drained)).toBe('closed')
  })

  it('wakes ten thousand who wait, each once', async () => {
    const { link, fill, empty } = kindOf()
    fill('bulk')
    const woken = vi.fn()
    for (let i = 0; i < 10_000; i++) void link.drained().then(woken)
    await said(Promise.resolve())
    expect(woken).not.toHaveBeenCalled()
    empty()
    await said(Promise.resolve())
    expect(woken).toHaveBeenCalledTimes(10_000)
  })

  it('is refused for a lane that there is not, rather than never kept', () => {
    const { link } = kindOf()
    for (const lane of ['files', 'toString', null] as unknown as Lane[])
      expect(() => link.drained(lane)).toThrow(/A lane is 'bulk' or 'state'/)
  })
})

describe('a link over two channels', () => {
  it('sets the marks of its channels and listens to each once, however many wait, and no more when it is closed', () => {
    const added = vi.spyOn(FakeChannel.prototype, 'addEventListener')
    const removed = vi.spyOn(FakeChannel.prototype, 'removeEventListener')
    const { link, channels, fill } = overChannels()
    expect([channels.state.bufferedAmountLowThreshold, channels.bulk.bufferedAmountLowThreshold]).toEqual([
      0,
      LOW_WATER_BYTES.bulk,
    ])
    fill('bulk')
    for (let i = 0; i < 1000; i++) void link.drained()
    const low = (calls: unknown[][]) => calls.filter(([type]) => type === 'bufferedamountlow').length
    expect([low(added.mock.calls), low(removed.mock.calls)]).toEqual([2, 0])
    link.close()
    channels.bulk.closes()
    expect([low(added.mock.calls), low(removed.mock.calls)]).toEqual([2, 2])
    vi.restoreAllMocks()
  })

  it('looks again when the buffer was filled anew before the browser’s event came', async () => {
    const { link, channels, fill, empty } = overChannels()
    fill('bulk')
    const drained = link.drained()
    channels.bulk.dispatchEvent(new Event('bufferedamountlow'))
    expect(await said(drained)).toBe('waiting')
    empty()
    expect(await said(drained)).toBe('drained')
  })

  it('needs no event: WebRTC for Node has none, so the looks of the heartbeat see it', async () => {
    const { link, channels, fill, look } = overChannels()
    fill('bulk')
    const drained = link.drained()
    channels.bulk.bufferedAmount = 0
    expect(await said(drained)).toBe('waiting')
    look()
    expect(await said(drained)).toBe('drained')
  })
})

it('a file of 2 MB in pieces arrives in order, with no more than the mark and one piece waiting', async () => {
  const PIECES = 125
  const PIECE_BYTES = 16_000
  const network = new SimulatedNetwork(3)
  const [a, b] = network.pair({ latencyMs: 10, loss: 0.01 })
  const heard: number[] = []
  b.listen({ message: (_lane, [nth = -1]) => heard.push(nth), closed: () => {} })
  let most = 0
  let sent = 0
  const sending = (async () => {
    for (; sent < PIECES; sent++) {
      await a.drained()
      expect(a.send('bulk', new Uint8Array(PIECE_BYTES).fill(sent))).toBe('sent')
      most = Math.max(most, a.buffered('bulk'))
    }
  })()
  while (sent < PIECES && network.now < 60_000) {
    network.advanceTo(network.now + 5)
    await said(Promise.resolve())
  }
  await sending
  network.advanceTo(network.now + 5000)
  expect(heard).toEqual(Array.from({ length: PIECES }, (_, i) => i))
  expect(most).toBeLessThanOrEqual(LOW_WATER_BYTES.bulk + PIECE_BYTES + MAX_HEAD_BYTES)
  expect(most).toBeGreaterThan(LOW_WATER_BYTES.bulk)
})

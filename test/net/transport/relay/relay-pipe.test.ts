/** The pipe through a server, over a stream in the test's hand. With links above it: pipe-kinds.test.ts. */
import { describe, expect, it } from 'vitest'
import { LaneLink } from '../../../../net/transport/lane-link.ts'
import { RelayPipe, type RelayPipeOptions } from '../../../../net/transport/relay/relay-pipe.ts'
import { deliverAll, testStreams } from './test-stream.ts'

function recorded(pipe: RelayPipe): string[] {
  const heard: string[] = []
  pipe.attach({
    opened: () => heard.push('opened'),
    frame: (lane, data) =>
      heard.push(`${lane} ${typeof data === 'string' ? JSON.stringify(data) : [...(data as Uint8Array)]}`),
    refused: () => heard.push('refused'),
    drained: () => {},
    failed: (detail) => heard.push(`failed ${detail}`),
  })
  return heard
}

function setUp(options: RelayPipeOptions = {}) {
  const streams = testStreams()
  const a = new RelayPipe(streams[0], options)
  const b = new RelayPipe(streams[1])
  return { streams, a, b, heardByA: recorded(a), heardByB: recorded(b) }
}

function opened() {
  const all = setUp()
  for (const stream of all.streams) stream.paired()
  deliverAll(...all.streams)
  return all
}

const state = (pipe: RelayPipe, value: number) => pipe.send('state', Uint8Array.of(value))

describe('a relayed route', () => {
  it('opens at both ends once both are there and both want it', () => {
    const asked: string[] = []
    const { streams, a, b, heardByA, heardByB } = setUp({
      paired: () => asked.push('paired'),
      askedToStart: () => asked.push('asked'),
    })
    for (const stream of streams) stream.paired()
    deliverAll(...streams)
    expect([a.open, b.open, state(b, 1)]).toEqual([false, false, 'closed'])
    expect(asked).toEqual(['paired', 'asked'])
    a.start()
    a.start()
    deliverAll(...streams)
    expect([a.open, b.open]).toEqual([true, true])
    expect([heardByA, heardByB]).toEqual([['opened'], ['opened']])
  })

  it('opens also when the other side starts before this side knows that both are there', () => {
    const { streams, a, b } = setUp()
    streams[0].paired()
    deliverAll(...streams)
    streams[1].paired()
    deliverAll(...streams)
    expect([a.open, b.open]).toEqual([true, true])
  })

  it('fails with a peer that says something before both have started', () => {
    const { streams, heardByA } = setUp()
    streams[0].paired()
    streams[0].hears(Uint8Array.of(0x92, 0, 0xc4, 1, 7))
    expect(heardByA).toEqual(['failed the other side spoke out of turn'])
    expect(streams[0].closed).toBe(true)
  })

  it('carries both lanes, text and bytes, in order', () => {
    const { streams, a, heardByB } = opened()
    a.send('bulk', Uint8Array.of(1))
    a.send('state', '\u0001')
    a.send('bulk', '\u0010')
    deliverAll(...streams)
    expect(heardByB).toEqual(['opened', 'bulk 1', 'state "\\u0001"', 'bulk "\\u0010"'])
  })

  it('copies, so that a sender may write into its buffer again', () => {
    const { streams, a, heardByB } = opened()
    const buffer = Uint8Array.of(1)
    for (const value of [1, 2]) {
      buffer[0] = value
      a.send('state', buffer)
    }
    buffer[0] = 9
    deliverAll(...streams)
    expect(heardByB).toEqual(['opened', 'state 1', 'state 2'])
  })

  it('tells once that the stream is lost, and sends nothing after that', () => {
    const { streams, a, heardByA } = opened()
    streams[0].dies()
    streams[0].dies()
    expect(heardByA).toEqual(['opened', 'failed cut'])
    expect([a.open, state(a, 1), a.send('bulk', Uint8Array.of(1))]).toEqual([false, 'closed', 'closed'])
  })
})

describe('the state lane of a relayed route', () => {
  it('has two packets out that the other page has not read, and skips more, so that a sender never takes for sent what nobody hears', () => {
    const { streams, a, heardByB } = opened()
    const outcomes = Array.from({ length: 60 }, (_, value) => state(a, value))
    expect(outcomes).toEqual(['sent', 'sent', ...Array(58).fill('skipped')])
    expect(streams[0].underWay).toHaveLength(2)
    expect(a.waiting('state')).toBe(10)
    expect(a.describe().lanes?.state).toEqual({ unread: 2, skipped: 58 })
    deliverAll(...streams)
    expect(heardByB).toEqual(['opened', 'state 0', 'state 1'])
    expect(a.waiting('state')).toBe(0)
    expect(a.describe().lanes?.state).toMatchObject({ unread: 0 })
    expect(state(a, 60)).toBe('sent')
  })

  it('lets no heartbeat queue behind another', () => {
    const { streams, a } = opened()
    for (let i = 0; i < 20; i++) a.send('state', '\u0001')
    expect(streams[0].underWay).toHaveLength(2)
    deliverAll(...streams)
    expect(state(a, 4)).toBe('sent')
  })

  it('waits for no credit of bulk, and gives none for it', () => {
    const { streams, a } = opened()
    for (let i = 0; i < 20; i++) expect(a.send('bulk', Uint8Array.of(i))).toBe('sent')
    expect(streams[0].underWay).toHaveLength(20)
    expect(a.waiting('state')).toBe(0)
    streams[0].holds = true
    expect(a.waiting('bulk')).toBe(20 * 5)
    while (streams[0].deliver());
    expect(streams[1].underWay).toHaveLength(0)
  })

  it('is not speeded up by credit for what was never sent', () => {
    const { streams, a, heardByA } = opened()
    for (let i = 0; i < 5; i++) streams[0].hears(Uint8Array.of(0x91, 2))
    expect(heardByA).toEqual(['opened', ...Array(5).fill('refused')])
    for (let value = 1; value <= 5; value++) state(a, value)
    expect(streams[0].underWay).toHaveLength(2)
  })

  it('gives credit for a packet after its link has taken it, so that a page that does not keep up is sent less', () => {
    const { streams, a, b } = opened()
    let creditsMeanwhile = -1
    const frame = (): void => {
      creditsMeanwhile = streams[1].underWay.length
    }
    b.attach({ opened() {}, frame, refused() {}, drained() {}, failed() {} })
    state(a, 1)
    streams[0].deliver()
    expect([creditsMeanwhile, streams[1].underWay.length]).toEqual([0, 1])
    deliverAll(...streams)
    expect(a.describe().lanes?.state).toMatchObject({ unread: 0 })
  })
})

describe('a link over a relayed route', () => {
  it('is told by each outcome whether the packet goes out, and goes on once there is credit', async () => {
    const streams = testStreams()
    const [a, b] = streams.map((stream) => new LaneLink(new RelayPipe(stream), { heartbeat: false }))
    const heard: number[] = []
    b!.listen({ message: (_lane, [value]) => void heard.push(value!), closed: () => {} })
    for (const stream of streams) stream.paired()
    deliverAll(...streams)
    for (let value = 1; value <= 30; value++) a!.send('state', Uint8Array.of(value))
    expect(a!.stats().state).toMatchObject({ sentMessages: 2, skipped: 28 })
    const drained = a!.drained('state')
    deliverAll(...streams)
    expect(await drained).toBe('drained')
    a!.send('state', Uint8Array.of(31))
    deliverAll(...streams)
    expect(heard).toEqual([1, 2, 31])
  })

  it('drops a peer that sends nonsense again and again, with a reason', () => {
    const streams = testStreams()
    const [a] = streams.map((stream) => new LaneLink(new RelayPipe(stream), { heartbeat: false, dropsAs: 'kicked' }))
    const heard: string[] = []
    a!.listen({ message: () => {}, closed: (reason) => void heard.push(reason) })
    for (const stream of streams) stream.paired()
    deliverAll(...streams)
    for (const data of ['text', null, Uint8Array.of(), Uint8Array.of(0x91, 9), new Uint8Array(20_000)])
      for (let i = 0; i < 5; i++) streams[0].hears(data)
    expect(a!.stats().bulk.rejected).toBe(21)
    expect(a!.open).toBe(false)
    a!.closeAtOnce()
  })
})

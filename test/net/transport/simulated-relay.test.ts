/** The relayed route of the simulated network: TCP's order and retransmission, and what the credit of the state lane makes of them. */
import { describe, expect, it } from 'vitest'
import { type LinkConditions, SimulatedNetwork } from '../../../net/testing.ts'

const EVERY_MS = 16

/** A state lane at 60 Hz whose messages are the times at which they were sent. */
function streaming(conditions: LinkConditions, back: LinkConditions = conditions) {
  const network = new SimulatedNetwork(3)
  const [a, b] = network.pair(conditions, back, { route: 'relay' })
  const heard: { at: number; sentAt: number }[] = []
  b.listen({
    message: (lane, bytes) => {
      if (lane === 'state')
        heard.push({ at: network.now, sentAt: new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0) })
    },
    closed: () => {},
  })
  const sendFor = (ms: number, everyMs = EVERY_MS): void => {
    for (const until = network.now + ms; network.now < until; network.advanceTo(network.now + everyMs)) {
      const bytes = new Uint8Array(200)
      new DataView(bytes.buffer).setFloat64(0, network.now)
      a.send('state', bytes)
    }
  }
  return { network, a, b, heard, sendFor }
}

describe('a simulated relayed route', () => {
  it('delivers in order and all that set out, and what is lost holds up what is behind it', () => {
    const { a, heard, sendFor, network } = streaming({ latencyMs: 5, loss: 0.2 })
    sendFor(4000)
    network.advanceTo(network.now + 10_000)
    const times = heard.map(({ sentAt }) => sentAt)
    expect(times).toEqual(times.toSorted((x, y) => x - y))
    expect(heard.length).toBe(a.stats().state.sentMessages)
    // A lost segment arrives no earlier than a probe after it was sent.
    expect(Math.max(...heard.map(({ at, sentAt }) => at - sentAt))).toBeGreaterThan(15)
  })

  it('sends two packets a round trip, each of them the newest', () => {
    const { heard, sendFor } = streaming({ latencyMs: 100 })
    sendFor(4000)
    expect(heard.length).toBeGreaterThan(36)
    expect(heard.length).toBeLessThan(44)
    // None waited: what the other side hears is as old as the way is long.
    for (const { at, sentAt } of heard) expect(at - sentAt).toBeLessThanOrEqual(101)
  })

  it('spaces the two packets of a round trip, as the other side would hear two in a row and then nothing for the rest of it', () => {
    const { heard, sendFor } = streaming({ latencyMs: 100 })
    sendFor(1000)
    heard.length = 0
    sendFor(4000)
    const gaps = heard.slice(1).map(({ at }, i) => at - (heard[i]?.at ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(130)
    expect(heard.length).toBeGreaterThan(36)
  })

  it('sends the two packets of one tick together, whatever the round trip', () => {
    const { network, a, sendFor } = streaming({ latencyMs: 100 })
    sendFor(1000)
    network.advanceTo(network.now + 1000)
    expect([1, 2, 3].map((value) => a.send('state', Uint8Array.of(value)))).toEqual(['sent', 'sent', 'skipped'])
  })

  it('forgets what a stall did to a round trip', () => {
    const { heard, sendFor, a } = streaming({ latencyMs: 40 })
    sendFor(1000)
    a.setConditions({ latencyMs: 40, stall: { share: 1, ms: 2000 } })
    sendFor(100)
    a.setConditions({ latencyMs: 40 })
    sendFor(2200)
    heard.length = 0
    sendFor(500)
    // Two in each round trip, ticks taken into account. One by one there would be six.
    expect(heard.length).toBeGreaterThan(8)
  })

  it('adds nothing to the way of 30 snapshots a second at a round trip of 40 ms: each goes out at once, and no credit is waited for', () => {
    const { a, heard, sendFor } = streaming({ latencyMs: 20 })
    sendFor(100)
    heard.length = 0
    const { skipped } = a.stats().state
    sendFor(10_000, 1000 / 30)
    expect(a.stats().state.skipped).toBe(skipped)
    expect(heard.length).toBeGreaterThan(298)
    for (const { at, sentAt } of heard) expect(at - sentAt).toBeLessThanOrEqual(21)
  })

  it('shows the newest state within a round trip and 50 ms of the end of a stall of 2 s, as no queue stands behind it', () => {
    const { network, heard, sendFor, a } = streaming({ latencyMs: 40 })
    sendFor(1000)
    a.setConditions({ latencyMs: 40, stall: { share: 1, ms: 2000 } })
    sendFor(100)
    a.setConditions({ latencyMs: 40 })
    sendFor(4000)
    const gap = heard.findIndex(({ at }, i) => at - (heard[i - 1]?.at ?? at) > 1500)
    const returnedAt = heard[gap]!.at
    const fresh = heard.find(({ at, sentAt }) => at >= returnedAt && at - sentAt <= 40 + 50)
    expect(fresh!.at - returnedAt).toBeLessThanOrEqual(80 + 50)
    // Two stale packets and no more came first.
    expect(
      heard.filter(({ at, sentAt }) => at >= returnedAt && at < fresh!.at && at - sentAt > 90).length,
    ).toBeLessThanOrEqual(2)
    expect(network.now).toBeGreaterThan(4000)
  })

  it('spaces nothing after a stall: a round trip and 50 ms later two newer states are there, also where a round trip is long', () => {
    const { heard, sendFor, a } = streaming({ latencyMs: 80 })
    sendFor(1000)
    a.setConditions({ latencyMs: 80, stall: { share: 1, ms: 2000 } })
    for (const { sentMessages } = a.stats().state; a.stats().state.sentMessages === sentMessages; ) sendFor(EVERY_MS)
    a.setConditions({ latencyMs: 80 })
    sendFor(4000)
    const returnedAt = heard.find(({ at }, i) => at - (heard[i - 1]?.at ?? at) > 1500)!.at
    const fresh = heard.filter(({ at, sentAt }) => sentAt > returnedAt && at <= returnedAt + 160 + 50)
    expect(fresh).toHaveLength(2)
  })

  it('holds the state lane up by no more than a piece and a window while a file goes beside it', () => {
    const { a, heard, sendFor } = streaming({
      latencyMs: 20,
      bottleneck: { bitsPerSecond: 4_000_000, queueBytes: 100_000 },
    })
    a.send('bulk', new Uint8Array(1_000_000))
    sendFor(4000)
    const late = heard.map(({ at, sentAt }) => at - sentAt).toSorted((x, y) => x - y)
    expect(heard.length).toBeGreaterThan(40)
    expect(late[Math.floor(late.length * 0.9)]).toBeLessThan(20 + 120)
  })

  it('tells the other end of a close behind what was sent before, and at a dead network when the server would', () => {
    const { network, a, b } = streaming({ latencyMs: 10 })
    const [c, d] = network.relayPipes({ latencyMs: 10 }, { latencyMs: 10 })
    for (const end of [c, d]) end.opens()
    const log: string[] = []
    d.attach({
      opened() {},
      refused() {},
      drained() {},
      frame: (lane) => log.push(lane),
      failed: (detail) => log.push(`${detail} ${network.now}`),
    })
    c.attach({ opened() {}, refused() {}, drained() {}, frame() {}, failed() {} })
    c.send('bulk', Uint8Array.of(1))
    c.close()
    network.advanceTo(100)
    expect(log).toEqual(['bulk', 'the other side closed the connection 10'])
    b.close()
    a.cut(60_000)
    a.closeAtOnce()
    network.advanceTo(15_000)
    expect([a.open, b.open]).toEqual([false, false])
  })
})

/** What a link promises, over every kind of pipe: one page, the simulated network, a relayed route. The one over data channels: webrtc and browser tests. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LinkConditions, SimulatedNetwork } from '../../../net/testing.ts'
import { LaneLink } from '../../../net/transport/lane-link.ts'
import { loopbackPipes } from '../../../net/transport/loopback.ts'
import type { Pipe } from '../../../net/transport/pipe.ts'
import { RelayPipe } from '../../../net/transport/relay/relay-pipe.ts'
import { MAX_STATE_BYTES } from '../../../net/wire/lanes.ts'
import { testStreams } from './relay/test-stream.ts'

type Kind = (network: SimulatedNetwork) => readonly [Pipe, Pipe]

const bad: LinkConditions = { latencyMs: 40, jitterMs: 10, loss: 0.05, duplicate: 0.02 }

const simulated =
  (conditions: LinkConditions, route: 'pipes' | 'relayPipes'): Kind =>
  (network) => {
    const ends = network[route](conditions, conditions)
    for (const end of ends) end.opens()
    return ends
  }

/** Ends whose messages take a turn of virtual time each. */
const relayed: Kind = (network) => {
  const streams = testStreams()
  const pipes = streams.map((stream) => new RelayPipe(stream)) as [RelayPipe, RelayPipe]
  for (const stream of streams) {
    stream.paired()
    const { send } = stream
    stream.send = (message) => {
      send.call(stream, message)
      network.at(network.now, () => void stream.deliver())
    }
    network.at(network.now, () => void stream.deliver())
  }
  network.advanceTo(network.now)
  return pipes
}

const kinds: [string, Kind][] = [
  ['one page', (network) => loopbackPipes((deliver) => network.at(network.now, deliver))],
  ['a perfect network', simulated({}, 'pipes')],
  ['a bad network', simulated(bad, 'pipes')],
  ['a relayed route', relayed],
  ['a simulated relayed route', simulated({ latencyMs: 40 }, 'relayPipes')],
  ['a bad simulated relayed route', simulated(bad, 'relayPipes')],
]

function linked(kindOf: Kind) {
  const network = new SimulatedNetwork(1)
  const log: string[] = []
  const platform = { ...network.timers, onPulse: () => () => {} }
  const defer = (run: () => void): void => network.at(network.now, run)
  const ends = kindOf(network).map((pipe, i) => {
    const link = new LaneLink(pipe, { platform, defer, heartbeat: false })
    const name = 'ab'[i]
    link.listen({
      message: (lane, bytes) => log.push(`${name} ${lane} ${bytes[0]} ${bytes.length}`),
      closed: (reason) => log.push(`${name} closed ${reason}`),
    })
    return link
  })
  const pass = (ms: number): void => network.advanceTo(network.now + ms)
  return { network, a: ends[0]!, b: ends[1]!, log, pass, platform, defer }
}

describe.each(kinds)('a link over %s', (_name, kindOf) => {
  it('is open, and delivers both lanes, never inside the call that sends', () => {
    const { a, b, log, pass } = linked(kindOf)
    expect([a.open, b.open]).toEqual([true, true])
    a.send('bulk', Uint8Array.of(1))
    b.send('bulk', Uint8Array.of(2))
    expect(log).toEqual([])
    // State may be lost: it is said again.
    for (let i = 0; i < 20; i++) {
      a.send('state', Uint8Array.of(3))
      pass(100)
    }
    expect(log).toContain('b bulk 1 1')
    expect(log).toContain('a bulk 2 1')
    expect(log).toContain('b state 3 1')
  })

  it('delivers every bulk message once, whole and in order, whatever their sizes', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(sizes, (given) => {
        const { a, log, pass } = linked(kindOf)
        for (const [i, size] of given.entries()) a.send('bulk', new Uint8Array(size).fill(i))
        // Half a minute on the bad network, where the timer of what is lost again doubles each time.
        pass(120_000)
        expect(log).toEqual(given.map((size, i) => `b bulk ${i} ${size}`))
      }),
      { numRuns: 5 },
    )
  })

  it('copies, so that a sender may write into its buffer again', () => {
    const { a, log, pass } = linked(kindOf)
    const buffer = Uint8Array.of(1)
    a.send('bulk', buffer)
    buffer.fill(9)
    pass(5000)
    expect(log).toEqual(['b bulk 1 1'])
  })

  it('takes no state message that is older than two that came, and none twice on a reliable route', () => {
    const { a, log, pass } = linked(kindOf)
    for (let i = 1; i <= 200; i++) {
      a.send('state', new Uint8Array(MAX_STATE_BYTES).fill(i))
      pass(16)
    }
    pass(5000)
    const heard = log.map((line) => Number(line.split(' ')[2]))
    expect(heard.length).toBeGreaterThan(20)
    const isRelay = a.describe()?.kind === 'relay'
    if (isRelay) expect(heard).toEqual([...new Set(heard)].sort((x, y) => x - y))
    expect(heard.at(-1)).toBeGreaterThan(190)
  })

  it('says goodbye behind what was said before, and tells both ends once', () => {
    const { a, b, log, pass } = linked(kindOf)
    a.send('bulk', new Uint8Array(40_000).fill(1))
    a.close('kicked')
    a.close('left')
    expect([a.open, a.send('state', Uint8Array.of(1))]).toEqual([false, 'closed'])
    pass(20_000)
    expect(log.filter((line) => line.startsWith('b'))).toEqual(['b bulk 1 40000', 'b closed kicked'])
    expect(log.filter((line) => line.startsWith('a'))).toEqual(['a closed kicked'])
    expect(b.open).toBe(false)
    expect(b.send('bulk', Uint8Array.of(1))).toBe('closed')
  })

  it('closes once when both ends close at the same time', () => {
    const { a, b, log, pass } = linked(kindOf)
    a.close('left')
    b.close('kicked')
    pass(20_000)
    expect(log.toSorted()).toEqual(['a closed left', 'b closed kicked'])
  })

  it('refuses what no lane takes, with a sentence', () => {
    const { a } = linked(kindOf)
    expect(() => a.send('state', new Uint8Array(MAX_STATE_BYTES + 1))).toThrow(/A message on the state lane has/)
    expect(() => a.send('bulk', new Uint8Array())).toThrow(/A message on the bulk lane has/)
  })

  it('promises that bulk drains, and keeps it', async () => {
    const { a, pass } = linked(kindOf)
    for (let i = 0; i < 8; i++) a.send('bulk', new Uint8Array(60_000))
    const drained = a.drained()
    pass(60_000)
    expect(await drained).toBe('drained')
    expect(a.buffered('bulk')).toBe(0)
  })
})

describe.each(kinds)('from %s', (_from, first) => {
  it.each(kinds)('a link moves to %s in the middle of a transfer, and nothing is lost or doubled', (_to, next) => {
    const { network, a, b, log, pass } = linked(first)
    for (let i = 0; i < 12; i++) a.send('bulk', new Uint8Array(20_000).fill(i))
    for (let i = 0; i < 12; i++) b.send('bulk', new Uint8Array(2_000).fill(i))
    pass(90)
    const [left, right] = next(network)
    a.switchTo(left)
    b.switchTo(right)
    pass(60_000)
    const of = (name: string) => log.filter((line) => line.startsWith(name))
    expect(of('b')).toEqual(Array.from({ length: 12 }, (_, i) => `b bulk ${i} 20000`))
    expect(of('a')).toEqual(Array.from({ length: 12 }, (_, i) => `a bulk ${i} 2000`))
    expect([a.open, b.open]).toEqual([true, true])
    expect(a.describe()?.kind).toBe(left.describe().kind)
    expect(a.stats().bulk.rejected + b.stats().bulk.rejected).toBe(0)
  })
})

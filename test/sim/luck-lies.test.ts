/** A player whose packets lie: they go no further than the rules allow, and the others have the match they would have had. */
import { describe, expect, it } from 'vitest'
import { ClientRunner } from '../../net/runtime/client-runner.ts'
import { sessionFace } from '../../net/runtime/session-face.ts'
import { ClientSession } from '../../net/session/client.ts'
import type { InputPacket, SnapshotAck } from '../../net/wire/inputs.ts'
import type { Row } from '../../net/world/record.ts'
import { predictionFaults } from './laws.ts'
import { firstDifference, type Runner, STRIDE, type Track, tamper, track, Watched } from './luck.ts'

const LIAR = 1
const INNOCENT = [0, 2]
const SETTLE_MS = 2500
const LIE_MS = 3000
/** The longest that `asSeenBy` looks back. */
const REWIND_TICKS = 18
const END = 2 ** 52 - 1

type Lie = (tick: number, said: InputPacket) => (readonly [number, InputPacket])[]

/** The match that everybody would have had. */
const honest = new Watched().run(SETTLE_MS + LIE_MS)

const last = (said: InputPacket): InputPacket => ({ ...said, inputs: said.inputs.slice(-1) })
const turned = ({ numbers }: Row): Row => ({ numbers: Float64Array.of(-(numbers[0] ?? 0) || 1, 1), objects: [] })
const acking = (said: InputPacket, change: (ack: SnapshotAck) => Partial<SnapshotAck>): InputPacket =>
  said.ack ? { ...said, ack: { ...said.ack, ...change(said.ack) } } : said

const lies: [string, number, Lie][] = [
  ['inputs for ticks long past', 1000, (tick, said) => [3, 64, 200, 5000].map((ago) => [tick - ago, last(said)])],
  [
    'inputs for ticks to come',
    // What they said beforehand is played first.
    3000,
    (tick, said) => [90, 128, 300, 1e6, 2 ** 26 - 1 - tick].map((ahead) => [tick + ahead, last(said)]),
  ],
  [
    'other inputs for ticks that they have sent before',
    1000,
    (tick, said) => [
      [tick, said],
      [tick, { ...said, inputs: said.inputs.map(turned) }],
    ],
  ],
  [
    'a press for every tick of the last two seconds',
    1000,
    (tick, said) => [
      [tick, { ...said, inputs: Array.from({ length: Math.min(tick, 120) }, () => turned(said.inputs[0]!)) }],
    ],
  ],
  ['that they saw the world of long ago', 1000, (tick, said) => [[tick, { ...said, presentationTick: -1e6 }]]],
  ['that they saw the world of times to come', 1000, (tick, said) => [[tick, { ...said, presentationTick: 1e6 }]]],
  [
    'acks of what was never sent',
    1000,
    (tick, said) => [[tick, acking(said, ({ sequence }) => ({ sequence: (sequence + 500) % 65_536 }))]],
  ],
  [
    'acks of what they never received',
    // The host builds on packets that this player never received, until it gives them up: 200 packets.
    8000,
    (tick, said) => [
      [
        tick,
        acking(said, ({ sequence }) => ({ sequence: (sequence + 1) % 65_536, earlier: 2 ** 32 - 1, holdMs: 1000 })),
      ],
    ],
  ],
  [
    'acks of events and results without end',
    1000,
    (tick, said) => [[tick, { ...said, eventAck: END, resultAck: END }]],
  ],
]

/** Each went no further in any tick than the rules let them, and looked no further back. */
function expectFair(match: Watched): void {
  for (const strides of match.strides) expect(Math.max(...strides)).toBeLessThanOrEqual(STRIDE)
  for (const dashes of match.dashes) expect(Math.max(...dashes)).toBeLessThanOrEqual(1)
  for (const rewinds of match.rewinds) {
    expect(Math.min(...rewinds)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...rewinds)).toBeLessThanOrEqual(REWIND_TICKS)
  }
}

function expectUnharmed(match: Watched, places = INNOCENT): void {
  for (const place of places) expect(firstDifference(honest, match, place)).toBe(null)
}

describe('a player who sends', { tags: ['long'] }, () => {
  it.each(lies)('%s goes no further, harms nobody, and is right again %i ms after their last lie', (_what, ms, lie) => {
    const match = new Watched().run(SETTLE_MS)
    const stop = tamper(match.client(LIAR), lie)
    match.run(LIE_MS)
    expectFair(match)
    expectUnharmed(match)
    const { host } = match.match
    expect(host.session.malformed).toEqual({})
    const { inputs, events } = host.session.clients.get(match.client(LIAR).me)!
    expect(inputs.waitingCount).toBeLessThanOrEqual(128)
    expect(events.length).toBeLessThan(64)
    stop()
    match.run(ms)
    expect(match.faults(LIAR)).toEqual([])
    expectFair(match)
  })

  it('ten times too many inputs goes no further, harms nobody, and is dropped', async () => {
    const match = new Watched().run(SETTLE_MS)
    const liar = match.client(LIAR)
    tamper(liar, (tick, said) =>
      Array.from({ length: 10 }, (_, i) => [tick + i, { ...said, inputs: [turned(said.inputs[0]!)] }] as const),
    )
    match.run(LIE_MS)
    expectFair(match)
    expectUnharmed(match)
    expect(match.match.host.session.malformed.flood).toBeGreaterThan(200)
    expect(liar.link.open).toBe(false)
    await expect(liar.session.ended).resolves.toBe('host-left')
    for (const place of INNOCENT) expect(match.faults(place)).toEqual([])
  })

  it('what another player has sent moves only the player who repeats it', () => {
    const match = new Watched().run(SETTLE_MS)
    const send = match.client(LIAR).link.send.bind(match.client(LIAR).link)
    const other = match.client(2)
    const says = other.link.send.bind(other.link)
    const stolen: Uint8Array[] = []
    other.link.send = (lane, bytes) => {
      stolen.push(bytes.slice())
      return says(lane, bytes)
    }
    match.run(LIE_MS, () => {
      for (const bytes of stolen.splice(0)) send('state', bytes)
    })
    expectFair(match)
    expectUnharmed(match)
    other.link.send = says
    match.run(1000)
    expect(match.faults(LIAR)).toEqual([])
  })
})

describe('two pages in one seat', () => {
  /** Another page with the same seat: it comes while the first is still there. */
  function secondPage({ match }: Watched, { me }: Runner): Runner {
    const [hostEnd, link] = match.network.pair({ latencyMs: 50 })
    hostEnd.listen({ message: (_, bytes) => match.host.receive(me, bytes, match.now), closed: () => {} })
    const runner = new ClientRunner(new ClientSession({ game: track, me, seed: 5, options: {}, epoch: 1 }), link)
    link.listen({ message: (_, bytes) => runner.receive(bytes, match.now), closed: () => {} })
    match.host.attach(me, hostEnd)
    const session = sessionFace<Track>(
      runner,
      () => null,
      () => match.now,
    )
    const view = (): ReturnType<Runner['view']> => session.view(match.now)
    return { me, session, runner, link, input: session.input, view, localTime: (now) => now }
  }

  it('move one ship, once in a tick, harm nobody, and the newer has the match for itself when the older is gone', () => {
    const match = new Watched().run(SETTLE_MS)
    const older = match.client(LIAR)
    const newer = secondPage(match, older)
    const both = (): void => {
      newer.input({ x: 1, dash: true })
      newer.runner.tick(match.match.now)
    }
    match.run(LIE_MS, both)
    expectFair(match)
    expectUnharmed(match)
    expect(match.match.host.session.malformed).toEqual({})
    older.runner.tick = () => {}
    match.run(1000, both)
    const { inputs } = match.match.host.session.clients.get(older.me)!
    const before = inputs.starvedTicks
    let turn = 0
    match.run(2000, () => {
      both()
      if (turn++ % 20 === 0) expect(predictionFaults(match.match, newer)).toEqual([])
    })
    expect(inputs.starvedTicks - before).toBeLessThanOrEqual(1)
    expectFair(match)
  })
})

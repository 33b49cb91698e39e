/** How soon news arrives when there is little room, and how often it is sent. */
import { describe, expect, it } from 'vitest'
import { foe, INTERVAL, Pair, type PairOptions, type Piece, SEND_MS } from './pair.ts'

/** A pair whose acks come after so many sends, warmed up so that the round trip is known. */
class Delivery extends Pair {
  /** For each send, the ids of what was in it. */
  readonly log: number[][] = []
  private readonly acks: (ReturnType<Pair['ack']> | null)[] = []
  lost = new Set<number>()

  constructor(roundTripSends = 4, options: PairOptions = {}) {
    super(options)
    for (let i = 0; i < roundTripSends; i++) this.acks.push(null)
  }

  go(sends: number, change?: () => void, arrives = true): this {
    for (let i = 0; i < sends; i++) {
      this.run(change)
      const ack = this.acks.shift()
      if (ack) this.acknowledge(ack)
      const packets = this.send()
      this.log.push(packets.flatMap(({ changes }) => changes.map(({ state }) => state?.id ?? -1)))
      if (arrives) for (const packet of packets) this.receive(packet)
      const next = this.ack()
      this.acks.push(next && { ...next, holdMs: 0 })
    }
    return this
  }

  /** In which of the sends from `from` on something was. */
  sendsOf({ id }: Piece, from: number): number[] {
    return this.log.slice(from).flatMap((ids, i) => (ids.includes(id) ? [i] : []))
  }
}

/** Bytes of a packet without news and with one more crate. */
function measured(): { empty: number; each: number } {
  const pair = new Delivery(0).go(3)
  const bytes = () => {
    pair.run()
    return pair.send().reduce((sum, packet) => sum + packet.bytes, 0)
  }
  const empty = bytes()
  for (let i = 0; i < 8; i++) pair.spawn('crate', { x: i, n: 1000 + i })
  return { empty, each: (bytes() - empty) / 8 }
}

describe('under a small budget', () => {
  const { each } = measured()

  it.each([30, 60, 150])(
    'everything in view arrives within as many sends as it takes bytes (%i bytes each)',
    (budget) => {
      const pair = new Delivery(4, { budgetBytes: 5000 }).go(10)
      pair.budgetBytes = budget
      const crates = Array.from({ length: 60 }, (_, i) => pair.spawn('crate', { x: i, n: 1000 + i }))
      const from = pair.log.length
      // A choice keeps some room for the gaps between slots: 12 bits each, one bit for each that waits, and four bytes.
      const limit = Math.ceil((60 * (each + 1.5)) / (budget - 4 - 60 / 8)) + 2
      pair.go(limit)
      const sends = crates.map((crate) => pair.sendsOf(crate, from))
      expect(Math.max(...sends.map(([first = Number.POSITIVE_INFINITY]) => first))).toBeLessThan(limit)
      expect(crates.every(({ id }) => pair.confirmed.records.has(id))).toBe(true)
    },
  )

  it('nothing starves: what matters little waits longer, but in proportion', () => {
    const pair = new Delivery(4, { budgetBytes: 60 })
    const crates = Array.from({ length: 40 }, (_, i) => pair.spawn('crate', { weight: i % 8 === 0 ? 1 : 8 }))
    let turn = 0
    pair.go(400, () => {
      turn++
      for (const crate of crates) crate.n = (turn * 7) % 9999
    })
    const gaps = crates.map((crate) => {
      const sends = pair.sendsOf(crate, 0)
      return Math.max(...sends.map((at, i) => at - (sends[i - 1] ?? 0)), 400 - sends.at(-1)!)
    })
    const light = gaps.filter((_, i) => i % 8 === 0)
    const heavy = gaps.filter((_, i) => i % 8 !== 0)
    expect(Math.max(...heavy)).toBeLessThan(60)
    expect(Math.max(...light)).toBeLessThan(60 * 8)
    expect(Math.max(...light)).toBeLessThan(400)
    expect(Math.min(...light)).toBeGreaterThan(Math.min(...heavy))
  })

  it('what is predicted is never left out', () => {
    const pair = new Delivery(4, { budgetBytes: 0 })
    const balls = Array.from({ length: 10 }, (_, i) => pair.spawn('ball', { x: i }))
    pair.go(1)
    for (const ball of balls) expect(pair.sendsOf(ball, 0)).toEqual([0])
  })

  it('packets that hold no more than little are several, and all is there with the last', () => {
    const pair = new Delivery(2, { limitBytes: 60 })
    const balls = Array.from({ length: 30 }, (_, i) => pair.spawn('ball', { x: i * 3.3 }))
    pair.run()
    const packets = pair.send()
    expect(packets.length).toBeGreaterThan(2)
    for (const packet of packets) expect(packet.bytes).toBeLessThanOrEqual(60)
    const news = packets.map((packet) => pair.receive(packet)!)
    expect(news.map(({ complete }) => complete)).toEqual(
      packets.map((_, i) => i === packets.length - 1 && news.at(-1)!.complete),
    )
    expect([...pair.confirmed.records.keys()]).toEqual(expect.arrayContaining(balls.map(({ id }) => id)))
  })
})

describe('news', () => {
  /** One change, and in which of the sends since it was. */
  function sendsOfOne(loss: number, roundTripSends = 4): number[] {
    const pair = new Delivery(roundTripSends)
    const crate = pair.spawn('crate')
    pair.go(60)
    pair.baselines.loss = loss
    const from = pair.log.length
    crate.n = 7
    pair.go(20)
    return pair.sendsOf(crate, from)
  }

  it('on its way is sent once more as soon as the link turns out to lose packets', () => {
    const pair = new Delivery(4)
    const crate = pair.spawn('crate')
    pair.go(60)
    pair.go(1, undefined, false)
    // The first ack that can tell of the loss is still under way when the news leaves.
    pair.go(2)
    const from = pair.log.length
    crate.n = 7
    pair.go(20)
    expect(pair.sendsOf(crate, from)).toEqual([0, 2])
  })

  it('is sent once on a clean link, and then waits for its ack', () => {
    expect(sendsOfOne(0)).toEqual([0])
    expect(sendsOfOne(0, 9)).toEqual([0])
  })

  it('is sent twice in a row on one that loses, so that a single loss is never seen', () => {
    expect(sendsOfOne(0.05)).toEqual([0, 1])
  })

  it('whose ack is overdue is sent again', () => {
    const pair = new Delivery(4)
    const crate = pair.spawn('crate')
    pair.go(60)
    const from = pair.log.length
    crate.n = 7
    pair.go(20, undefined, false)
    const [first, second] = pair.sendsOf(crate, from)
    expect(first).toBe(0)
    const roundTrip = pair.baselines.roundTrip.ms / SEND_MS
    expect(second).toBeGreaterThanOrEqual(roundTrip)
    expect(second).toBeLessThanOrEqual(roundTrip + 4)
    expect(INTERVAL).toBe(2)
  })

  it('that something came to rest is sent until that is acknowledged, and never again', () => {
    for (const dropped of [0, 3, 12, 40]) {
      const pair = new Delivery(4)
      const ship = pair.spawn('ship', { owner: foe, vx: 40 })
      pair.go(40, () => {
        ship.x += ship.vx / 60
      })
      ship.vx = 0
      // Whatever is in these is lost.
      pair.go(dropped, undefined, false)
      pair.go(16)
      const rest = pair.trajectories.slotsOf
        .flatMap(({ presentedState }) => presentedState)
        .find((state) => state?.id === ship.id)
      expect([...pair.held.values()].some(({ state }) => state === rest)).toBe(true)
      const from = pair.log.length
      pair.go(30)
      expect(pair.sendsOf(ship, from)).toEqual([])
    }
  })

  it('that was lost goes again with the first ack that tells so, before it would be overdue', () => {
    const pair = new Delivery(4)
    const crate = pair.spawn('crate')
    pair.go(60)
    const from = pair.log.length
    crate.n = 1
    pair.go(1, undefined, false).go(15)
    // The ack of the second packet comes with the sixth; the link counts as one that loses from then on.
    expect(pair.sendsOf(crate, from)).toEqual([0, 5, 6])
  })

  it('that was lost goes again as it is now, not as it was', () => {
    const pair = new Delivery(4)
    const crate = pair.spawn('crate')
    pair.go(30)
    crate.n = 1
    pair.go(1, undefined, false)
    crate.n = 2
    pair.go(12)
    expect(pair.faults()).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { Baselines, MAX_BASELINE_AGE } from '../../../net/replication/baselines.ts'
import { seededRandom } from '../../../net/transport/simulated.ts'
import type { SnapshotAck } from '../../../net/wire/inputs.ts'
import { foe, mate, me, Pair, type PairOptions, type Piece } from './pair.ts'

type Random = () => number

/** What a direction of the network does to a packet. */
interface Line {
  readonly loss: number
  readonly doubles: number
  /** Sends until it arrives, and how many more at random, which reorders. */
  readonly delay: number
  readonly jitter: number
}

class Wire<T> {
  line: Line
  open = true
  private readonly random: Random
  private under: { at: number; item: T }[] = []

  constructor(line: Line, random: Random) {
    this.line = line
    this.random = random
  }

  put(at: number, item: T): void {
    const { loss, doubles, delay, jitter } = this.line
    if (!this.open || this.random() < loss) return
    const copies = this.random() < doubles ? 2 : 1
    for (let i = 0; i < copies; i++)
      this.under.push({ at: at + delay + Math.floor(this.random() * (jitter + 1)), item })
  }

  due(at: number): T[] {
    const due = this.under.filter((one) => one.at <= at).sort((a, b) => a.at - b.at)
    this.under = this.under.filter((one) => one.at > at)
    return due.map(({ item }) => item)
  }
}

const pick = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random() * of.length)]!

/** Whatever a game does to its world, at random. */
function turn(pair: Pair, random: Random): void {
  const { world } = pair
  const pieces = [...world.all('ship'), ...world.all('ball'), ...world.all('crate')] as Piece[]
  if (random() < 0.1 && pieces.length < 14) {
    const type = pick(random, ['ship', 'ball', 'crate', 'crate'] as const)
    pair.spawn(type, { owner: type === 'ship' ? pick(random, [me, mate, foe, null]) : null, x: random() * 500 })
  }
  if (random() < 0.04 && pieces.length > 0) world.remove(pick(random, pieces))
  if (random() < 0.02) pair.team(pick(random, [me, mate, foe]), random() < 0.5 ? 0 : 1)
  if (random() < 0.05) Object.assign(world.globals, { round: Math.floor(random() * 999) })
  for (const piece of pieces) {
    if (!piece.$alive) continue
    const { id, type } = piece
    // Some run, some turn at random, some rest most of the time.
    const lively = id % 3 === 0 ? 0.3 : id % 3 === 1 ? 0.05 : 0.005
    if (random() < 0.02) piece.weight = random() < 0.5 ? 0 : 1
    if (type === 'ship') {
      piece.x += piece.vx / 60
      if (random() < lively) piece.vx = random() < 0.4 ? 0 : random() * 100 - 50
      if (random() < lively) piece.angle = (Math.PI / 4) * pick(random, [0, 1, 2, -1])
      if (random() < lively)
        Object.assign(piece, pick(random, [{ hp: 7 }, { ammo: id % 400 }, { plan: 9 }, { plan: 0 }]))
    } else if (random() < lively) piece.x = random() * 900
    if (type === 'crate' && random() < lively)
      Object.assign(piece, random() < 0.5 ? { n: Math.floor(random() * 9999) } : { text: 'é'.repeat(random() * 6) })
  }
}

class Match {
  readonly pair: Pair
  readonly down: Wire<ReturnType<Pair['send']>[number]>
  readonly up: Wire<SnapshotAck>
  readonly random: Random
  sends = 0

  constructor(seed: number, line: Line, options: PairOptions = {}) {
    this.random = seededRandom(seed)
    this.pair = new Pair(options)
    this.down = new Wire(line, this.random)
    this.up = new Wire(line, this.random)
  }

  run(sends: number, change: (pair: Pair, random: Random) => void = turn): this {
    for (let i = 0; i < sends; i++) {
      const { pair, down, up } = this
      this.sends++
      pair.run(() => change(pair, this.random))
      for (const ack of up.due(this.sends)) pair.acknowledge(ack)
      for (const packet of pair.send()) down.put(this.sends, packet)
      for (const packet of down.due(this.sends)) pair.receive(packet)
      pair.confirmed.forget()
      const ack = pair.ack()
      if (ack) up.put(this.sends, ack)
    }
    return this
  }

  /** The network heals and the world rests. */
  heal(sends: number): this {
    this.down.open = this.up.open = true
    const clean = { loss: 0, doubles: 0, delay: 1, jitter: 0 }
    this.down.line = this.up.line = clean
    return this.run(sends, ({ world }) => {
      for (const ship of world.all('ship')) (ship as Piece).vx = 0
    })
  }

  /** News in the packets of the next sends. */
  newsOf(sends: number): number {
    const before = new Set(this.pair.packets.keys())
    this.run(sends, () => {})
    let news = 0
    for (const [sequence, { changes }] of this.pair.packets) if (!before.has(sequence)) news += changes.length
    return news
  }
}

const lines: readonly Line[] = [
  { loss: 0, doubles: 0, delay: 0, jitter: 0 },
  { loss: 0, doubles: 0.1, delay: 3, jitter: 4 },
  { loss: 0.05, doubles: 0.02, delay: 2, jitter: 1 },
  { loss: 0.3, doubles: 0.1, delay: 1, jitter: 8 },
  { loss: 0.7, doubles: 0, delay: 5, jitter: 2 },
]
const seeds = Array.from({ length: 6 }, (_, i) => i + 1)

describe.each(lines)('over $loss of loss, $doubles doubled, $delay + $jitter late', (line) => {
  it.each(seeds)('a client never holds what is not so, and all that is so once the network heals (seed %i)', (seed) => {
    const match = new Match(seed, line, {
      budgetBytes: [5000, 120, 40][seed % 3]!,
      limitBytes: [1128, 200][seed % 2]!,
      from: [0, 65400][seed % 2]!,
    })
    match.run(300)
    match.pair.budgetBytes = 5000
    match.heal(20)
    expect(match.pair.faults()).toEqual([])
    expect(match.newsOf(5)).toBe(0)
  })

  const outages = {
    'no packet arrives': ['down'],
    'no ack arrives': ['up'],
    'nothing arrives': ['down', 'up'],
  } as const
  for (const [what, ways] of Object.entries(outages))
    it.each([20, 40, 140, 230])(`the same when for %i packets ${what}`, (length) => {
      const match = new Match(length, line, { from: 65536 - length })
      match.run(80)
      for (const way of ways) match[way].open = false
      match.run(length)
      for (const way of ways) match[way].open = true
      match.run(40).heal(14)
      expect(match.pair.faults()).toEqual([])
      expect(match.newsOf(5)).toBe(0)
    })
})

describe('a host whose acks stay away', () => {
  it('gives its baseline up when the client may have forgotten it, and builds anew on the first ack', () => {
    const match = new Match(5, lines[0]!).run(30)
    match.up.open = false
    match.run(MAX_BASELINE_AGE - 5)
    expect(match.pair.baselines.baselineAge).toBeGreaterThan(MAX_BASELINE_AGE - 10)
    match.run(20)
    expect(match.pair.baselines.baselineAge).toBe(null)
    match.up.open = true
    match.run(2)
    expect(match.pair.baselines.baselineAge).toBeLessThan(4)
  })

  it('keeps no more than 128 packets, however long that lasts', () => {
    const match = new Match(5, lines[0]!).run(30)
    match.up.open = false
    match.run(400)
    const { sent } = match.pair.baselines as unknown as { sent: Map<number, unknown> }
    expect(sent.size).toBeLessThanOrEqual(128)
  })
})

describe('an ack', () => {
  const none = { changes: [], parameters: new Pair().baselines.firstParameters }

  it('of what was never sent, or a second time, or older than the newest, tells nothing', () => {
    const { baselines } = new Pair({ from: 65534 })
    for (let i = 0; i < 4; i++) baselines.packetSent({ ...none, sentAt: 0 })
    const ack = (sequence: number) => baselines.acknowledge({ sequence, earlier: 0, holdMs: 0 }, 10)
    expect(ack(7)).toBe(false)
    expect(ack(65533)).toBe(false)
    expect(ack(0)).toBe(true)
    expect(ack(0)).toBe(false)
    expect(ack(65535)).toBe(false)
    expect(baselines.baseline).toBe(0)
    expect(ack(1)).toBe(true)
    expect(baselines.baseline).toBe(1)
  })

  it('tells the round trip without the time that the client held it', () => {
    const { baselines } = new Pair()
    baselines.packetSent({ ...none, sentAt: 1000 })
    baselines.acknowledge({ sequence: 0, earlier: 0, holdMs: 20 }, 1120)
    expect(baselines.roundTrip.ms).toBe(100)
    baselines.packetSent({ ...none, sentAt: 2000 })
    // A client that claims to have held it longer than it was away has no trip at all, and none of less than that.
    baselines.acknowledge({ sequence: 1, earlier: 0, holdMs: 999 }, 2050)
    expect(baselines.roundTrip.ms).toBe(50)
  })

  it('measures nothing by an ack that was held for as long as can be told: it may have been much longer', () => {
    const { baselines } = new Pair()
    baselines.packetSent({ ...none, sentAt: 0 })
    baselines.acknowledge({ sequence: 0, earlier: 0, holdMs: 1000 }, 8000)
    expect(baselines.baseline).toBe(0)
    expect(baselines.roundTrip.ms).toBe(0)
    baselines.packetSent({ ...none, sentAt: 8000 })
    baselines.acknowledge({ sequence: 1, earlier: 0, holdMs: 0 }, 8050)
    baselines.packetSent({ ...none, sentAt: 9000 })
    baselines.acknowledge({ sequence: 2, earlier: 0, holdMs: 1000 }, 12_000)
    expect(baselines.roundTrip.ms).toBe(50)
  })

  it.each([1, 32, 33, 34])('that is %i packets late tells of the packet only within its 33', (later) => {
    const pair = new Pair()
    pair.spawn('crate', { x: 5 })
    pair.run()
    const [first] = pair.send()
    const { layout, slot } = first!.changes.at(-1)!
    for (let i = 0; i < later; i++) pair.baselines.packetSent({ ...none, sentAt: 0 })
    // The client took none but the newest, as far as the bits tell.
    pair.baselines.acknowledge({ sequence: later, earlier: 0, holdMs: 0 }, 0)
    expect(pair.baselines.clientSlot(layout, slot).unknown).toBe(later > 32)
  })

  it('says how much is lost: a share that falls again while all arrives', () => {
    const match = new Match(3, lines[3]!).run(400)
    expect(match.pair.baselines.loss).toBeGreaterThan(0.1)
    match.heal(900)
    expect(match.pair.baselines.loss).toBeLessThan(0.03)
    expect(new Match(3, lines[0]!).run(300).pair.baselines.loss).toBe(0)
  })
})

describe('packets whose acks cannot be here yet', () => {
  const sentAt = (times: readonly number[], from = 0): Baselines => {
    const baselines = new Baselines([])
    Object.assign(baselines, { sequence: from, oldestSent: from })
    for (const at of times) baselines.packetSent({ changes: [], parameters: baselines.firstParameters, sentAt: at })
    return baselines
  }

  it('are those of the last round trip, however often is sent', () => {
    const baselines = sentAt([0, 33, 66, 100, 200, 300, 316, 333])
    baselines.acknowledge({ sequence: 0, earlier: 0, holdMs: 0 }, 100)
    expect(baselines.packetsInFlight(333)).toBe(3)
    expect(baselines.packetsInFlight(432)).toBe(1)
    expect(baselines.packetsInFlight(500)).toBe(0)
  })

  it('are those of a long round trip before the first ack: a world on its way is not sent twice', () => {
    const baselines = sentAt([0, 50, 100, 150], 65_534)
    expect(baselines.packetsInFlight(200)).toBe(4)
    expect(baselines.packetsInFlight(375)).toBe(2)
  })
})

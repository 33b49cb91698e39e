import fc from 'fast-check'
import { Packr } from 'msgpackr/index-no-eval'
import { describe, expect, it } from 'vitest'
import { decodeGuestMessage, decodeHostMessage } from '../../../net/lobby/messages.ts'
import { ClientSession } from '../../../net/session/client.ts'
import { HostSession } from '../../../net/session/host.ts'
import { seededRandom } from '../../../net/testing.ts'
import { readFrame } from '../../../net/transport/frames.ts'
import { BitReader, BitWriter } from '../../../net/wire/bits.ts'
import { encodePacket } from '../../../net/wire/packet.ts'
import { firstParameters } from '../../../net/wire/parameters.ts'
import { type SnapshotHead, writeSnapshotHead } from '../../../net/wire/snapshot-head.ts'
import type { Snapshot } from '../../../net/wire/snapshots.ts'
import { timesAsLong } from '../../relative-cost.ts'
import { sendAll } from '../session/send-all.ts'
import { goldenGame } from './golden-game.ts'
import { recordMatch, seats } from './golden-match.ts'
import { wrongInputs, wrongSnapshot } from './hostile-ranges.ts'
import { PlainClient } from './plain.ts'
import { readInputs, readPacket } from './read.ts'

const PACKETS = 15_000
const me = seats[0]!
const EPOCH = 300
const recorded = recordMatch()
const good = { snapshots: recorded.snapshots[0]!, inputs: recorded.inputs[0]! }

/** Random bytes, or a good packet that was cut, lengthened, or had some of its bits turned. */
function spoiled(bytes: Uint8Array, random: () => number): Uint8Array {
  const int = (below: number): number => Math.floor(random() * below)
  switch (int(6)) {
    case 0:
      return Uint8Array.from({ length: int(1200) }, () => int(256))
    case 1: {
      // Random bits in a good envelope: they reach the innermost readers.
      const { kind, tick } = readPacket(bytes)!
      const body = Uint8Array.from({ length: int(1140) }, () => int(256) & (random() < 0.5 ? 0xff : int(256)))
      return encodePacket({ kind, epoch: EPOCH, tick: int(2) === 0 ? tick : int(2 ** 26), body })
    }
    case 2:
      return bytes.slice(0, int(bytes.length))
    case 3:
      return Uint8Array.of(...bytes, ...Array.from({ length: int(1500) }, () => int(256)))
    default: {
      const copy = bytes.slice()
      for (let flips = 1 + int(4); flips > 0; flips--) copy[int(copy.length)]! ^= 1 << int(8)
      return copy
    }
  }
}

/** A client that has taken the first `count` of the recorded snapshots. */
function clientAfter(count: number): PlainClient {
  const client = new PlainClient(goldenGame, me)
  for (const bytes of good.snapshots.slice(0, count)) {
    const { tick, body } = readPacket(bytes)!
    const snapshot = client.decode(tick, body)
    if (typeof snapshot !== 'string') client.take(snapshot)
  }
  return client
}

describe('hostile packets', () => {
  it(`${PACKETS} of them never throw, never take long, and never yield a value out of range`, {
    timeout: 60_000,
  }, () => {
    const random = seededRandom(99)
    const clients = good.snapshots.map((_, count) => clientAfter(count))
    const accepted = { inputs: 0, snapshots: 0 }
    const wrong = new Set<string>()
    let slowest = 0
    // Of a packet that took long once, the fastest of some more times: a pause of the machine is not what is meant.
    const timed = <T>(decode: () => T): T => {
      const once = (): number => {
        const began = performance.now()
        decode()
        return performance.now() - began
      }
      const began = performance.now()
      const decoded = decode()
      const took = performance.now() - began
      if (took > slowest) slowest = Math.max(slowest, Math.min(took, once(), once(), once(), once()))
      return decoded
    }
    for (let i = 0; i < PACKETS; i++) {
      const at = Math.floor(random() * good.snapshots.length)
      const isSnapshot = i % 2 === 0
      const bytes = spoiled(isSnapshot ? good.snapshots[at]! : good.inputs[at % good.inputs.length]!, random)
      const packet = readPacket(bytes)
      if (!packet) continue
      const { tick, body } = packet
      if (isSnapshot) {
        const snapshot = timed(() => clients[at]!.decode(tick, body))
        if (typeof snapshot === 'string') continue
        accepted.snapshots++
        // Each change takes two bits at least.
        if (snapshot.exact.length + snapshot.presented.length > body.length * 4) wrong.add('too many changes')
        const problem = wrongSnapshot(clients[at]!.sections, tick, snapshot)
        if (problem) wrong.add(problem)
        continue
      }
      const inputs = timed(() => readInputs(goldenGame, tick, body))
      if (!inputs) continue
      accepted.inputs++
      const problem = wrongInputs(goldenGame, inputs)
      if (problem) wrong.add(problem)
    }
    expect([...wrong]).toEqual([])
    // Bits turned inside a value give another packet that is right in itself: some have to pass, or nothing was tested.
    expect(accepted.inputs).toBeGreaterThan(PACKETS / 200)
    expect(accepted.snapshots).toBeGreaterThan(PACKETS / 200)
    const client = clientAfter(0)
    const { tick, body } = readPacket(good.snapshots[0]!)!
    let honest = Number.POSITIVE_INFINITY
    for (let i = 0; i < 100; i++) {
      const began = performance.now()
      client.decode(tick, body)
      honest = Math.min(honest, performance.now() - began)
    }
    expect(slowest / honest).toBeLessThan(300)
  })

  it('never throw in a session either, on the host or on a client, nor grow what it keeps', { tags: ['long'] }, () => {
    const random = seededRandom(7)
    const host = new HostSession({ game: goldenGame, seed: 1, secret: [1, 2, 3, 4], epoch: EPOCH })
    const client = new ClientSession({ game: goldenGame, seed: 1, me, epoch: EPOCH })
    host.join(me)
    const one = (list: readonly Uint8Array[]): Uint8Array => list[Math.floor(random() * list.length)]!
    for (let i = 0; i < 10_000; i++) {
      const now = i * 6
      host.receive(me, spoiled(one(good.inputs), random), now)
      client.receive(random() < 0.02 ? one(good.snapshots) : spoiled(one(good.snapshots), random), now)
      if (i % 16 !== 0) continue
      host.advance(now)
      for (const { bytes } of sendAll(host, now)) {
        expect(bytes.length).toBeLessThanOrEqual(1128)
      }
      client.advance(now)
      client.outgoing(now)
      client.events()
      client.view(now)
    }
    expect(host.failure).toBe(null)
    expect(client.failure).toBe(null)
    const kept = host.clients.get(me)!
    expect(kept.inputs.waitingCount).toBeLessThanOrEqual(128)
    expect(kept.results.length).toBeLessThanOrEqual(100)
    expect(kept.events.length).toBeLessThanOrEqual(256)
    expect(Object.values<number>(client.malformed).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1000)
  })

  it('that reach to the future make the host send nothing that others cannot read', () => {
    const host = new HostSession({ game: goldenGame, seed: 1, secret: [1, 2, 3, 4], epoch: EPOCH })
    const [, other] = seats
    const client = new PlainClient(goldenGame, other!)
    for (const seat of seats) host.join(seat)
    host.advance(0)
    const rows = readInputs(goldenGame, 5, readPacket(good.inputs[3]!)!.body)!
    let read = 0
    for (let tick = 1; tick < 60; tick++) {
      // An input that aims at what its sender will have spawned in a hundred ticks.
      const input = { numbers: rows.inputs[0]!.numbers.slice(), objects: [] }
      const future = me * 2 ** 34 + (tick + 100) * 256
      input.numbers[goldenGame.schema.input.numbers.find(({ name }) => name === 'at')!.column] = future
      host.clients.get(me)!.inputs.receive(tick, [input], tick)
      host.advance(tick * 100)
      for (const { player, bytes } of sendAll(host, tick * 100)) {
        if (player !== other) continue
        const snapshot = client.decode(readPacket(bytes)!.tick, readPacket(bytes)!.body)
        expect(snapshot).not.toBeTypeOf('string')
        if (typeof snapshot !== 'string' && client.take(snapshot)) read++
      }
    }
    expect(read).toBe(59)
  })
})

/** A snapshot of nothing, but for what `write` puts behind its head, its events, its results and its parameters. */
function forged(head: Partial<SnapshotHead>, write: (w: BitWriter) => void): Uint8Array {
  const w = new BitWriter()
  const usual = {
    sequence: 500,
    baselineAge: null,
    complete: true,
    packetIndex: 0,
    last: true,
    inputAck: null,
    holdMs: 0,
  }
  writeSnapshotHead(w, goldenGame, 9000, { ...usual, margin: 0, starved: 0, commandAck: 0, interval: 1, ...head })
  w.bits(0, 3)
  write(w)
  return w.finish()
}

const sections = new PlainClient(goldenGame, me).sections
const nothing = (w: BitWriter): void => w.bits(0, sections.all.length)
/** The header of the drones' changes, which are of no exact section, and then what `write` gives. */
const drones =
  (write: (w: BitWriter) => void) =>
  (w: BitWriter): void => {
    const at = sections.all.findIndex(({ type }) => type.name === 'drone')
    w.bits(1, at + 1)
    write(w)
    w.bits(0, sections.all.length - at - 1)
  }

describe('forged snapshots', () => {
  const client = clientAfter(good.snapshots.length)
  const read = (body: Uint8Array) => client.decode(9000, body)
  const newest = readPacket(good.snapshots[good.snapshots.length - 1]!)!
  const newestSequence = (client.decode(newest.tick, newest.body) as Snapshot).head.sequence

  it('of nothing are read, so that what follows fails for its own reason', () => {
    expect(read(forged({}, nothing))).toMatchObject({ exact: [], presented: [] })
  })

  it.each([
    ['the future', newestSequence + 3, 1],
    ['what was forgotten', newestSequence + 1, 200],
    ['before the first', 0, 255],
    ['the other side of the wrap', (newestSequence + 40_000) % 65536, 5],
  ])('that build on %s are missing what they build on', (_what, sequence, baselineAge) => {
    expect(read(forged({ sequence, baselineAge }, nothing))).toBe('baseline')
  })

  it('that tell a change to an empty slot are missing it', () => {
    const delta = drones((w) => {
      w.rice(0, 4)
      w.rice(60_000, 4)
      w.flag(false)
    })
    expect(read(forged({}, delta))).toBe('baseline')
  })

  it('that claim 65,535 changes, or two to the 53, are malformed at once', () => {
    for (const claimed of [65_534, 2 ** 53 - 1]) {
      const body = forged(
        {},
        drones((w) => w.rice(claimed, 4)),
      )
      expect(read(body)).toMatch(/snapshot|baseline/)
      expect(
        timesAsLong(
          () => read(body),
          () => read(forged({}, nothing)),
        ),
      ).toBeLessThan(300)
    }
  })

  it('that name a slot beyond the last are malformed', () => {
    const gone = (slot: number) =>
      drones((w) => {
        w.rice(0, 4)
        w.rice(slot, 4)
        w.bits(0b110, 3)
        w.rice(0, 4)
      })
    expect(read(forged({}, gone(65_535)))).toMatchObject({ presented: [{ slot: 65_535, reason: 'destroyed' }] })
    expect(read(forged({}, gone(65_536)))).toBe('snapshot')
    expect(read(forged({}, gone(2 ** 52)))).toBe('snapshot')
  })

  it.each([
    [0, true],
    [8192, true],
    [8193, false],
    [9001, false],
    [2 ** 53 - 1, false],
  ])('with a line of %i ticks ago: right is %s', (age, fine) => {
    const full = drones((w) => {
      w.rice(0, 4)
      w.rice(7, 4)
      w.bits(0b10, 2)
      // What referee spawned, of nobody.
      w.flag(false)
      w.unsigned(99)
      w.flag(false)
      w.rice(age, 4)
      w.signedRice(-3, 4)
      w.bits(0, 8)
      w.signedRice(2 ** 18, 4)
      w.bits(0, 8)
      w.flag(false)
    })
    const snapshot = read(forged({}, full))
    if (!fine) expect(snapshot).toBe('snapshot')
    else
      expect(snapshot).toMatchObject({
        presented: [
          {
            slot: 7,
            state: { id: 65536 + 99, segments: [9000 - age, expect.any(Number), -3, expect.any(Number), 2 ** 18] },
          },
        ],
      })
  })

  it('with parameters of 31 bits neither overflow nor hang', () => {
    const wide = forged({}, (w) => {
      w.rewind(w.bitLength - 1)
      w.bits(0b11, 2)
      for (const { parameters } of sections.all) {
        w.flag(true)
        for (let i = 0; i < parameters; i++) w.bits(0b111111, 6)
      }
      drones((inner) => inner.rice(2 ** 34, 31))(w)
    })
    expect(read(wide)).toMatch(/snapshot|baseline/)
    expect(firstParameters([3])).toEqual([Uint8Array.of(4, 4, 4)])
  })
})

describe('a number in Rice’s code', () => {
  it('without end, or of more than 53 bits, is refused', () => {
    const r = new BitReader(new Uint8Array(40).fill(0xff))
    expect(r.rice(0)).toBe(0)
    expect(r.ok).toBe(false)
  })
})

describe('hostile messages of the lobby', () => {
  const packr = new Packr({ useRecords: false })

  it.each<[string, Uint8Array]>([
    ['20 kB of arrays within arrays', new Uint8Array(20_000).fill(0x91)],
    ['20 kB of maps within maps', new Uint8Array(20_000).fill(0x81)],
    ['an array that claims four billion', Uint8Array.of(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ['a map that claims four billion', Uint8Array.of(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ['bytes that claim four gigabytes', Uint8Array.of(0xc6, 0xff, 0xff, 0xff, 0xff)],
    ['a text that claims four gigabytes', Uint8Array.of(0xdb, 0xff, 0xff, 0xff, 0xff)],
    ['an extension', Uint8Array.of(0xd4, 0x72, 0x40)],
    ['nothing', new Uint8Array(0)],
    ['a number', Uint8Array.of(5)],
    ['contents that are a text', Uint8Array.from(packr.pack([16, 0, 0, 'hello']))],
    ['a name that is a number', Uint8Array.from(packr.pack([16, 0, 0, { name: 5, hash: 'x' }]))],
    ['a field too many', Uint8Array.from(packr.pack([20, 0, 0, { ready: true, admin: true }]))],
    ['a kind that is a name', Uint8Array.from(packr.pack(['ready', 0, 0, { ready: true }]))],
    [
      'a roster of a thousand',
      Uint8Array.from(
        packr.pack([
          19,
          0,
          0,
          { roster: new Array(1000).fill({ id: 64, name: 'x', host: false, ready: false, presence: 'here' }) },
        ]),
      ),
    ],
  ])('%s: null', (_name, bytes) => {
    expect(decodeGuestMessage(bytes)).toBe(null)
    expect(decodeHostMessage(bytes)).toBe(null)
  })

  it('never throw, whatever they are', { tags: ['long'] }, () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        decodeGuestMessage(bytes)
        decodeHostMessage(bytes)
      }),
      { numRuns: 3000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void [readFrame('state', text), readFrame('bulk', text)]),
    )
  })
})

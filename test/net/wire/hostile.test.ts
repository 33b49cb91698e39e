import fc from 'fast-check'
import { Packr } from 'msgpackr/index-no-eval'
import { describe, expect, it } from 'vitest'
import { decodeGuestMessage, decodeHostMessage } from '../../../net/lobby/messages.ts'
import { ClientSession } from '../../../net/session/client.ts'
import { HostSession } from '../../../net/session/host.ts'
import { seededRandom } from '../../../net/testing.ts'
import { readFrame } from '../../../net/transport/frames.ts'
import { decodeInputs, encodeInputs, MAX_COMMANDS, MAX_INPUTS } from '../../../net/wire/inputs.ts'
import { decodePacket, encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { decodeSnapshot } from '../../../net/wire/snapshots.ts'
import { toNumber } from '../../../net/world/grid.ts'
import { isPlayerId } from '../../../net/world/ids.ts'
import type { Row } from '../../../net/world/record.ts'
import type { RecordType } from '../../../net/world/schema.ts'
import { everything } from '../world/everything.ts'
import { anyInputPacket, anySnapshot, me, TICK, writeSnapshot } from './arbitrary.ts'

const PACKETS = 100_000

/** The first value out of range, or null. */
function outOfRange(type: RecordType, row: Row): string | null {
  for (const field of type.numbers) {
    const value = row.numbers[field.slot] ?? Number.NaN
    const [min, max] = [
      field.simMin * field.simStep,
      field.simMax * field.simStep + (field.wrap > 0 ? field.simStep : 0),
    ]
    if (!(value >= min && value <= max)) return `${type.name}.${field.name} = ${value}`
    if (field.kind === 'player' && value !== 0 && !isPlayerId(value)) return `${type.name}.${field.name} = ${value}`
  }
  for (const field of type.objects) {
    const value = row.objects[field.slot]
    if (field.kind === 'string' && (typeof value !== 'string' || value.length > field.max))
      return `${type.name}.${field.name}`
    if (field.kind !== 'list') continue
    const { of } = field
    if (
      !of ||
      !Array.isArray(value) ||
      value.length > field.max ||
      value.some((item) => Number.isNaN(toNumber(of, item)))
    )
      return `${type.name}.${field.name}`
  }
  return null
}

const seeds = {
  snapshots: fc
    .sample(anySnapshot, { numRuns: 40, seed: 4 })
    .map((snapshot) =>
      encodePacket({ kind: PacketKind.snapshot, epoch: 1, tick: TICK, body: writeSnapshot(snapshot).body }),
    ),
  inputs: fc
    .sample(anyInputPacket, { numRuns: 40, seed: 5 })
    .map((packet) =>
      encodePacket({ kind: PacketKind.input, epoch: 1, tick: TICK, body: encodeInputs(everything, TICK, packet) }),
    ),
}

/** Random bytes, or a good packet that was cut, lengthened, or had some of its bits turned. */
function spoiled(good: readonly Uint8Array[], random: () => number): Uint8Array {
  const int = (below: number): number => Math.floor(random() * below)
  const bytes = good[int(good.length)]!
  switch (int(5)) {
    case 0:
      return Uint8Array.from({ length: int(1200) }, () => int(256))
    case 1:
      // Random bits in a good envelope: they reach the innermost readers.
      return encodePacket({
        kind: random() < 0.5 ? PacketKind.snapshot : PacketKind.input,
        epoch: 1,
        tick: int(2) === 0 ? TICK : int(2 ** 26),
        body: Uint8Array.from({ length: int(1140) }, () => int(256) & (random() < 0.5 ? 0xff : int(256))),
      })
    case 2:
      return bytes.slice(0, int(bytes.length))
    case 3:
      return Uint8Array.of(...bytes, ...Array.from({ length: int(3000) }, () => int(256)))
    default: {
      const copy = bytes.slice()
      for (let flips = 1 + int(6); flips > 0; flips--) copy[int(copy.length)]! ^= 1 << int(8)
      return copy
    }
  }
}

describe('hostile packets', () => {
  it(`${PACKETS} of them never throw, never take long, and never yield a value out of range`, {
    timeout: 60_000,
  }, () => {
    const random = seededRandom(99)
    let accepted = 0
    let slowest = 0
    const wrong = new Set<string>()
    const check = (type: RecordType, row: Row): void => {
      const problem = outOfRange(type, row)
      if (problem) wrong.add(problem)
    }
    for (let i = 0; i < PACKETS; i++) {
      const bytes = spoiled(i % 2 === 0 ? seeds.snapshots : seeds.inputs, random)
      const began = performance.now()
      const packet = decodePacket(bytes)
      const inputs = packet && decodeInputs(everything, packet.tick, packet.body)
      const snapshot = packet && decodeSnapshot(everything, me, packet.tick, packet.body)
      slowest = Math.max(slowest, performance.now() - began)
      if (inputs) {
        accepted++
        for (const row of inputs.inputs) check(everything.schema.input, row)
        for (const { type, row } of inputs.commands) check(type.fields, row)
        if (inputs.inputs.length > MAX_INPUTS || inputs.commands.length > MAX_COMMANDS) wrong.add('too many')
        if (inputs.ack && !(inputs.ack.holdMs <= 1000 && inputs.ack.sequence < 65536)) wrong.add('ack')
      }
      if (snapshot) {
        accepted++
        for (const { type, row } of [...snapshot.exact, ...snapshot.presented]) check(type, row)
        for (const { type, row, tick } of snapshot.events) {
          check(type.fields, row)
          if (tick < 0 || tick > (packet?.tick ?? 0)) wrong.add('event tick')
        }
        for (const { tick } of snapshot.tombstones)
          if (tick < 0 || tick > (packet?.tick ?? 0)) wrong.add('tombstone tick')
        if (snapshot.head.interval < 1) wrong.add('interval')
      }
    }
    expect([...wrong]).toEqual([])
    // Bits turned inside a value give another packet that is right in itself: some have to pass, or nothing was tested.
    expect(accepted).toBeGreaterThan(PACKETS / 100)
    // A whole packet is a millisecond's work at most; a pause of the machine is not what is meant.
    expect(slowest).toBeLessThan(100)
  })

  it('never throw in a session either, on the host or on a client, nor grow what it keeps', () => {
    const random = seededRandom(7)
    const host = new HostSession({ game: everything, seed: 1, secret: [1, 2, 3, 4], epoch: 1 })
    const client = new ClientSession({ game: everything, seed: 1, me, epoch: 1 })
    host.join(me)
    for (let i = 0; i < 20_000; i++) {
      const now = i
      host.receive(me, spoiled(seeds.inputs, random), now)
      client.receive(spoiled(seeds.snapshots, random), now)
      if (i % 16 === 0) {
        host.advance(now)
        for (const { settle } of host.outgoing(now)) settle(true)
        client.advance(now)
        client.outgoing(now)
        client.events()
        client.view(now)
      }
    }
    expect(host.failure).toBe(null)
    expect(client.failure).toBe(null)
    const kept = host.clients.get(me)!
    expect(kept.inputs.depth).toBeLessThanOrEqual(128)
    expect(kept.results.length).toBeLessThanOrEqual(100)
    expect(kept.events.length).toBeLessThanOrEqual(256)
    expect(Object.values(client.malformed).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1000)
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
          { roster: new Array(1000).fill({ id: 64, name: 'x', host: false, ready: false, late: false }) },
        ]),
      ),
    ],
  ])('%s: null at once', (_name, bytes) => {
    const began = performance.now()
    expect(decodeGuestMessage(bytes)).toBe(null)
    expect(decodeHostMessage(bytes)).toBe(null)
    expect(performance.now() - began).toBeLessThan(500)
  })

  it('never throw, whatever they are', () => {
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

/** Well-formed packets that lie: what a session believes of them, and what it is left with. */
import { describe, expect, it } from 'vitest'
import type { ClientSession } from '../../../net/session/client.ts'
import { HostSession } from '../../../net/session/host.ts'
import { MAX_EPOCH_STEP, MAX_MALFORMED } from '../../../net/session/limits.ts'
import { BitReader } from '../../../net/wire/bits.ts'
import { encodeInputs, type InputPacket, MAX_INPUTS, type SnapshotAck } from '../../../net/wire/inputs.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { firstParameters } from '../../../net/wire/parameters.ts'
import { sectionsOf } from '../../../net/wire/sections.ts'
import { readSnapshotHead, type SnapshotHead } from '../../../net/wire/snapshot-head.ts'
import { SnapshotWriter } from '../../../net/wire/snapshot-writer.ts'
import type { WireEvent } from '../../../net/wire/snapshots.ts'
import { MAX_ORDINAL, MAX_TICK, spawnedId, spawnerOf } from '../../../net/world/ids.ts'
import { initialNumbers } from '../../../net/world/record.ts'
import { saveWorld } from '../../../net/world/save.ts'
import { EPOCH, game, me, newClient, newHost, other, players, Room, TICK_MS } from '../../fuzz/honest.ts'
import { readPacket } from '../wire/read.ts'

const inputs = [{ numbers: initialNumbers(game.schema.input), objects: [] }]
const usual = { ack: null, presentationTick: 0, eventAck: 0, resultAck: 0, inputs, commands: [] }

function inputPacket(tick: number, said: Partial<InputPacket>): Uint8Array {
  const body = encodeInputs(game, tick, { ...usual, ...said })
  return encodePacket({ kind: PacketKind.input, epoch: EPOCH, tick, body })
}

function snapshotPacket(tick: number, head: Partial<SnapshotHead>, events: readonly WireEvent[] = []): Uint8Array {
  const first = firstParameters(sectionsOf(game).parameterCounts)
  const common = {
    sequence: 0,
    baselineAge: null,
    complete: true,
    packetIndex: 0,
    last: true,
    inputAck: null,
    holdMs: 0,
  }
  const full = { ...common, margin: 0, starved: 0, commandAck: 0, interval: 2, ...head }
  const told = {
    head: full,
    baseParameters: first,
    firstParameters: first,
    parameters: first,
  }
  const writer = new SnapshotWriter(game)
  writer.begin({ tick, receiver: me, ...told })
  writer.messages(events, [], 9000)
  writer.parameters()
  writer.section('exact', [])
  writer.section('presented', [])
  return encodePacket({ kind: PacketKind.snapshot, epoch: EPOCH, tick, body: writer.finish(full) })
}

const ping = (number: number): WireEvent => ({
  number,
  type: game.schema.eventsByName.get('empty')!,
  tick: 0,
  owner: null,
  ordinal: 0,
  row: { numbers: new Float64Array(0), objects: [] },
})

/** What a client refused, in all. */
const refused = (client: ClientSession): number =>
  Object.values<number>(client.malformed).reduce((sum, count) => sum + count, 0)

describe('forged acks', () => {
  it.each<[string, (sent: number) => Partial<SnapshotAck>]>([
    ['of the next packet', (sent) => ({ sequence: (sent + 1) % 65_536 })],
    ['from the future', (sent) => ({ sequence: (sent + 500) % 65_536 })],
    ['of half the circle away', (sent) => ({ sequence: (sent + 32_768) % 65_536 })],
    ['of before the first', (sent) => ({ sequence: (65_000 + sent) % 65_536 })],
  ])('%s change nothing: who sent them reads every packet on', (_what, ack) => {
    const room = new Room()
    const reader = newClient(me)
    let sent = 0
    for (let i = 0; i < 120; i++) {
      room.pass(TICK_MS, (bytes, now) => {
        reader.receive(bytes, now)
        sent = readSnapshotHead(new BitReader(readPacket(bytes)!.body), game, 0)!.sequence
      })
      const forged = { sequence: 0, earlier: 2 ** 32 - 1, holdMs: 0, ...ack(sent) }
      room.host.receive(me, inputPacket(room.host.world.tick + 3, { ack: forged }), room.now)
      expect(room.host.clients.get(me)!.baselines.baseline).toBe(null)
    }
    expect(refused(reader)).toBe(0)
    expect(refused(room.innocent)).toBe(0)
    expect(room.host.malformed).toEqual({})
  })

  it('of packets that never came cost only the player who lied: the other reads every one', () => {
    const room = new Room()
    let newest = 0
    for (let i = 0; i < 120; i++) {
      room.pass(TICK_MS, (bytes) => {
        newest = readSnapshotHead(new BitReader(readPacket(bytes)!.body), game, 0)!.sequence
      })
      // They say that everything was taken, and at once.
      const forged = { sequence: newest, earlier: 2 ** 32 - 1, holdMs: 1000 }
      room.host.receive(me, inputPacket(room.host.world.tick + 3, { ack: forged }), room.now)
    }
    expect(room.host.clients.get(me)!.baselines.baseline).not.toBe(null)
    expect(refused(room.innocent)).toBe(0)
    expect(room.host.failure).toBe(null)
  })

  it('of events, results and commands without end take nothing from anybody else', () => {
    const room = new Room()
    const end = 2 ** 52 - 1
    const type = game.schema.commandsByName.get('ping')!
    const row = { numbers: new Float64Array(0), objects: [] }
    const before = saveWorld(room.host.world)
    for (const id of [0, 2, 99, end]) {
      const said = { eventAck: end, resultAck: end, commands: [{ id, type, row }] }
      room.host.receive(me, inputPacket(5, said), room.now)
    }
    expect(saveWorld(room.host.world)).toEqual(before)
    room.pass(200)
    const liar = room.host.clients.get(me)!
    // Not one of those was the next.
    expect([liar.commandAck, liar.results.length]).toEqual([0, 0])
    expect(refused(room.innocent)).toBe(0)
    // The next one still runs.
    room.host.receive(me, inputPacket(20, { commands: [{ id: 1, type, row }] }), room.now)
    room.pass(100)
    expect(liar.commandAck).toBe(1)
    expect(liar.results.map(({ id }) => id)).toEqual([1])
  })
})

describe('baselines', () => {
  it.each([
    ['of the future', 700, 1],
    ['that were never sent', 9, 3],
    ['of before the first', 9, 200],
    ['of the other side of the wrap', 40_000, 255],
  ])('%s are counted, and the next honest packet is read', (_what, sequence, baselineAge) => {
    const room = new Room()
    const client = newClient(me)
    const packets: Uint8Array[] = []
    room.pass(400, (bytes) => packets.push(bytes))
    for (const [i, bytes] of packets.slice(0, 5).entries()) client.receive(bytes, i * 33)
    const tick = readPacket(packets[5]!)!.tick
    client.receive(snapshotPacket(tick, { sequence, baselineAge }), 166)
    expect(client.malformed).toEqual({ baseline: 1 })
    client.receive(packets[5]!, 170)
    expect(client.malformed).toEqual({ baseline: 1 })
    expect(client.report().tick).toBe(tick)
  })
})

describe('counters at their ends', () => {
  it('do not make a host keep inputs, whatever tick they claim', () => {
    const { host } = new Room()
    for (const tick of [MAX_TICK, MAX_TICK - 1, 2 ** 25, 200, 0]) host.receive(me, inputPacket(tick, {}), 0)
    const { inputs: queue } = host.clients.get(me)!
    expect(queue.waitingCount).toBe(0)
    expect(queue.newest).toBe(0)
    expect(host.malformed).toEqual({})
  })

  it('refuse more inputs than there were ticks, and ticks beyond the last', () => {
    const { host } = new Room()
    const many = Array.from({ length: MAX_INPUTS }, () => inputs[0]!)
    host.receive(me, inputPacket(MAX_INPUTS - 2, { inputs: many }), 0)
    expect(host.malformed).toEqual({ input: 1 })
    const body = encodeInputs(game, 5, usual)
    host.receive(me, encodePacket({ kind: PacketKind.input, epoch: EPOCH, tick: MAX_TICK + 1, body }), 0)
    expect(host.malformed).toEqual({ input: 1, packet: 1 })
  })

  it('of an epoch are read to the last, and any other is refused', () => {
    const epoch = 2 ** 32 - 1
    const host = new HostSession({ game, seed: 1, secret: [1, 2, 3, 4], epoch })
    host.join(me)
    host.advance(0)
    const body = encodeInputs(game, 5, usual)
    for (const claimed of [epoch, epoch - 1, 1])
      host.receive(me, encodePacket({ kind: PacketKind.input, epoch: claimed, tick: 5, body }), 0)
    expect(host.clients.get(me)!.inputs.waitingCount).toBe(1)
    expect([host.malformed, host.otherEpoch]).toEqual([{}, 2])
  })

  it('of a snapshot’s tick, input ack, command ack or events neither throw nor stop the clocks', () => {
    for (const tick of [MAX_TICK, MAX_TICK - 20, 2 ** 25]) {
      const client = newClient(me)
      client.receive(snapshotPacket(9, { sequence: 65_535 }), 0)
      const head = { sequence: 0, inputAck: tick, commandAck: 2 ** 52 - 1, holdMs: 1000, margin: 2 ** 40 }
      client.receive(snapshotPacket(tick, head, [ping(1), ping(2 ** 52 - 1)]), 33)
      for (let now = 34; now < 1000; now += TICK_MS) {
        client.advance(now)
        client.outgoing(now)
        expect(Number.isFinite(client.view(now).tick)).toBe(true)
      }
      expect(client.failure).toBe(null)
      expect(refused(client)).toBe(0)
    }
  })

  it('of a spawn keep it the owner’s and the tick’s, up to the last of both', () => {
    for (const player of players)
      for (const [tick, ordinal] of [
        [0, 0],
        [MAX_TICK, MAX_ORDINAL],
      ] as const)
        expect(spawnerOf(spawnedId(player, tick, ordinal))).toEqual({ owner: player, tick, ordinal })
  })
})

describe('parts of a tick', () => {
  it('without their first, twice, out of order or without a last are no tick’s whole', () => {
    const client = newClient(me)
    const parts = [[15], [3, 1, 2], [0, 2], [0, 0, 2], [1, 0]]
    let sequence = 0
    for (const [i, order] of parts.entries())
      for (const part of order)
        client.receive(
          snapshotPacket(10 + i, {
            sequence: sequence++,
            packetIndex: part,
            last: part === Math.max(...order) && part > 0,
          }),
          i,
        )
    expect(client.ready).toBe(false)
    for (let part = 0; part < 16; part++)
      client.receive(snapshotPacket(40, { sequence: sequence++, packetIndex: part, last: part === 15 }), 99)
    expect(client.ready).toBe(true)
  })
})

describe('malformed packets', () => {
  const good = inputPacket(5, {})
  const cut = (bytes: Uint8Array): Uint8Array => {
    const { epoch, tick, kind, body } = readPacket(bytes)!
    return encodePacket({ kind, epoch, tick, body: body.subarray(0, 2) })
  }
  const of = (epoch: number): Uint8Array => encodePacket({ ...readPacket(good)!, epoch })

  it('are counted by kind at the host, each with its sender alone', () => {
    const { host } = new Room()
    const bad = [
      Uint8Array.of(1, 2, 3),
      new Uint8Array(2000),
      snapshotPacket(5, {}),
      of(2 ** 32 - 1),
      cut(good),
      cut(good),
    ]
    for (const bytes of bad) expect(host.receive(me, bytes, 0)).toBe(true)
    expect(host.malformed).toEqual({ packet: 3, epoch: 1, input: 2 })
    expect(host.clients.get(me)!.malformed).toBe(6)
    expect(host.clients.get(other)!.malformed).toBe(0)
  })

  it('are counted by kind at a client', () => {
    const client = newClient(me)
    client.receive(snapshotPacket(500, { sequence: 9 }), 0)
    const snapshot = snapshotPacket(510, { sequence: 10 })
    const stale = snapshotPacket(400, { sequence: 8 })
    const missing = snapshotPacket(511, { sequence: 12, baselineAge: 1 })
    for (const bytes of [
      good,
      Uint8Array.of(0x94),
      encodePacket({ ...readPacket(snapshot)!, epoch: EPOCH + MAX_EPOCH_STEP + 1 }),
      encodePacket({ ...readPacket(snapshot)!, epoch: EPOCH - 1 }),
      encodePacket({ ...readPacket(snapshot)!, epoch: EPOCH + 1 }),
      cut(snapshot),
      stale,
      missing,
    ])
      client.receive(bytes, 0)
    expect(client.malformed).toEqual({ packet: 2, epoch: 1, snapshot: 1, stale: 1, baseline: 1 })
    expect(client.otherEpoch).toBe(2)
  })

  it('of an earlier epoch or one of the next sixteen terms come from honest players around a change: dropped, not held against them', () => {
    for (const [epoch, spared] of [
      [EPOCH - 1, true],
      [1, true],
      [EPOCH + 1, true],
      [EPOCH + MAX_EPOCH_STEP, true],
      [EPOCH + MAX_EPOCH_STEP + 1, false],
      [2 ** 32 - 1, false],
    ] as const) {
      const { host } = new Room()
      let heard = true
      // As many as an honest page sends in ten seconds.
      for (let i = 0; i < 10 * game.tickRate; i++) heard = host.receive(me, of(epoch), i * TICK_MS) && heard
      expect([epoch, heard]).toEqual([epoch, spared])
      expect([host.malformed.epoch ?? 0, host.otherEpoch]).toEqual(spared ? [0, 600] : [600, 0])
    }
  })

  it('of an old match are never held against a page that does not hear of the new one', () => {
    const { host } = new Room()
    for (let i = 0; i < 60 * game.tickRate; i++) expect(host.receive(me, of(EPOCH - 1), i * TICK_MS)).toBe(true)
    expect(host.malformed).toEqual({})
  })

  it('of the next epoch without end drop their sender, unless there was one of this epoch between', () => {
    const { host } = new Room()
    const send = (count: number): boolean => {
      let heard = true
      for (let i = 0; i < count; i++) heard = host.receive(me, of(EPOCH + 1), i * TICK_MS) && heard
      return heard
    }
    expect(send(10 * game.tickRate)).toBe(true)
    expect(host.receive(me, good, 0)).toBe(true)
    expect(send(10 * game.tickRate + MAX_MALFORMED - 1)).toBe(true)
    expect(send(1)).toBe(false)
  })

  it('drop their sender at the hundredth, never an honest packet before it, and never another player', () => {
    const host = newHost()
    for (const player of players) host.join(player)
    host.advance(0)
    for (let i = 1; i < MAX_MALFORMED; i++) {
      expect(host.receive(me, of(2 ** 32 - 1), i)).toBe(true)
      expect(host.receive(me, good, i)).toBe(true)
    }
    expect(host.receive(me, of(2 ** 32 - 1), 100)).toBe(false)
    expect(host.receive(me, of(2 ** 32 - 1), 100)).toBe(false)
    expect(host.receive(other, of(2 ** 32 - 1), 100)).toBe(true)
    expect(host.receive(other, good, 100)).toBe(true)
  })
})

/** Any records, inputs and snapshots of the game with a field of every kind, as the host and its clients would send them. */
import fc from 'fast-check'
import type { CommandRequest, InputPacket } from '../../../net/wire/inputs.ts'
import { MAX_STATE_BYTES } from '../../../net/wire/link.ts'
import { ENVELOPE_BYTES } from '../../../net/wire/packet.ts'
import {
  knowsAs,
  type SnapshotHead,
  SnapshotWriter,
  type Tombstone,
  type WireEvent,
  type WireRecord,
  type WireResult,
} from '../../../net/wire/snapshots.ts'
import {
  type EntityId,
  GLOBALS_ID,
  inputId,
  isSpawnedByStep,
  type PlayerId,
  playerId,
  spawnerOf,
} from '../../../net/world/ids.ts'
import { copyRow, type Row } from '../../../net/world/record.ts'
import type { RecordType } from '../../../net/world/schema.ts'
import { World } from '../../../net/world/world.ts'
import { anyEntityId, anyPlayer, anyValues, everything } from '../world/everything.ts'

export const me = playerId(2, 3)
export const TICK = 100_000
/** Only makes rows here. */
const world = new World({ game: everything, seed: 1, predicting: null })
const { schema } = everything
const players = anyPlayer.filter((player): player is PlayerId => player !== null)

export function anyRow(type: RecordType): fc.Arbitrary<Row> {
  return anyValues(type, TICK).map((values) => copyRow(world.message(type, values)))
}

export const anyRecord: fc.Arbitrary<WireRecord> = fc.constantFrom(...schema.types).chain((type) =>
  fc.tuple(anyRow(type), players, anyPlayer, anyEntityId(TICK)).map(([row, player, owner, id]) => {
    switch (type.role) {
      case 'player':
        return { type, row, owner: player, id: player as number as EntityId }
      case 'input':
        return { type, row, owner: player, id: inputId(player) }
      case 'entity':
        return { type, row, id, owner: isSpawnedByStep(id) ? spawnerOf(id).owner : owner }
      default:
        return { type, row, owner: null, id: GLOBALS_ID as EntityId }
    }
  }),
)

const ack = fc.option(fc.record({ sequence: fc.nat(65535), earlier: fc.nat(2 ** 32 - 1), holdMs: fc.nat(1000) }))

const anyCommand: fc.Arbitrary<CommandRequest> = fc
  .constantFrom(...schema.commands)
  .chain((type) =>
    fc.record({ id: fc.integer({ min: 1, max: 2 ** 40 }), type: fc.constant(type), row: anyRow(type.fields) }),
  )

export const anyInputPacket: fc.Arbitrary<InputPacket> = fc.record({
  ack,
  presentationTick: fc.integer({ min: -1000, max: TICK * 256 + 5000 }).map((n) => n / 256),
  eventAck: fc.nat(2 ** 30),
  resultAck: fc.nat(2 ** 30),
  inputs: fc.array(anyRow(schema.input), { minLength: 1, maxLength: 12 }),
  commands: fc.array(anyCommand, { maxLength: 3 }),
})

const anyHead: fc.Arbitrary<SnapshotHead> = fc.record({
  sequence: fc.nat(65535),
  complete: fc.boolean(),
  part: fc.nat(15),
  last: fc.boolean(),
  inputAck: fc.option(fc.integer({ min: 0, max: TICK + 128 })),
  holdMs: fc.nat(1000),
  margin: fc.integer({ min: -5000, max: 5000 }),
  starved: fc.nat(64),
  ackSeen: fc.option(fc.nat(65535)),
  commandAck: fc.nat(2 ** 40),
  interval: fc.integer({ min: 1, max: 31 }),
})

const anyEvent: fc.Arbitrary<WireEvent> = fc.constantFrom(...schema.events).chain((type) =>
  fc.record({
    number: fc.integer({ min: 1, max: 2 ** 40 }),
    type: fc.constant(type),
    tick: fc.nat(TICK),
    owner: anyPlayer,
    ordinal: fc.nat(255),
    row: anyRow(type.fields),
  }),
)

const anyResult: fc.Arbitrary<WireResult> = fc
  .constantFrom(...schema.commands)
  .chain((type) =>
    fc.record({ id: fc.integer({ min: 1, max: 2 ** 40 }), type: fc.constant(type), row: anyRow(type.result) }),
  )

const anyTombstone: fc.Arbitrary<Tombstone> = fc.record({
  id: fc.oneof(
    anyEntityId(TICK),
    players.map((id) => id as number as EntityId),
    players.map(inputId),
  ),
  tick: fc.nat(TICK),
  reason: fc.constantFrom('destroyed', 'out of view'),
})

export const anySnapshot = fc.record({
  head: anyHead,
  events: fc.array(anyEvent, { maxLength: 2 }),
  results: fc.array(anyResult, { maxLength: 2 }),
  exact: fc.array(anyRecord, { maxLength: 3 }),
  tombstones: fc.array(anyTombstone, { maxLength: 4 }),
  presented: fc.array(anyRecord, { maxLength: 3 }),
})
export type AnySnapshot = typeof anySnapshot extends fc.Arbitrary<infer T> ? T : never

/** The body, and how many pieces of each list fitted into it. */
export function writeSnapshot(
  snapshot: AnySnapshot,
  limit = MAX_STATE_BYTES - ENVELOPE_BYTES,
): { body: Uint8Array; written: AnySnapshot } {
  const writer = new SnapshotWriter(everything, TICK, limit, snapshot.head)
  const knows = (record: WireRecord) => knowsAs(me, record.owner, record.owner === me)
  const part = <T>(list: readonly T[], write: (item: T) => boolean): T[] => {
    const written = list.filter(write)
    writer.endList()
    return written
  }
  const written: AnySnapshot = {
    head: snapshot.head,
    events: part(snapshot.events, (event) => writer.event(event)),
    results: part(snapshot.results, (result) => writer.result(result)),
    exact: part(snapshot.exact, (record) => writer.record(record, 'exact', knows(record))),
    tombstones: part(snapshot.tombstones, (tombstone) => writer.tombstone(tombstone)),
    presented: part(snapshot.presented, (record) => writer.record(record, 'presented', knows(record))),
  }
  return { body: writer.finish(), written }
}

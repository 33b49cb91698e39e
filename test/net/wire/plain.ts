/** Packets as plain values, by the names of WIRE.md, and back: what the golden files hold. */
import { type CommandRequest, decodeInputs, encodeInputs, type InputPacket } from '../../../net/wire/inputs.ts'
import { MAX_STATE_BYTES } from '../../../net/wire/link.ts'
import { decodePacket, ENVELOPE_BYTES, encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import {
  decodeSnapshot,
  knowsAs,
  type SnapshotHead,
  SnapshotWriter,
  type Tombstone,
  type WireRecord,
} from '../../../net/wire/snapshots.ts'
import type { AnyGame } from '../../../net/world/game.ts'
import type { EntityId, PlayerId } from '../../../net/world/ids.ts'
import { copyRow, plainValues, type Row } from '../../../net/world/record.ts'
import type { RecordType } from '../../../net/world/schema.ts'
import { World } from '../../../net/world/world.ts'

type Values = Record<string, unknown>

interface PlainRecord {
  readonly type: string
  readonly id: EntityId
  readonly owner: PlayerId | null
  /** Only what was sent. */
  readonly fields: Values
}

export interface PlainSnapshot {
  readonly kind: 1
  readonly epoch: number
  readonly tick: number
  readonly head: SnapshotHead
  readonly events: readonly {
    number: number
    type: string
    tick: number
    owner: PlayerId | null
    ordinal: number
    fields: Values
  }[]
  readonly results: readonly { id: number; type: string; fields: Values }[]
  readonly exact: readonly PlainRecord[]
  readonly tombstones: readonly Tombstone[]
  readonly presented: readonly PlainRecord[]
}

export interface PlainInputs extends Omit<InputPacket, 'inputs' | 'commands'> {
  readonly kind: 2
  readonly epoch: number
  readonly tick: number
  readonly inputs: readonly Values[]
  readonly commands: readonly { id: number; type: string; fields: Values }[]
}

export type PlainPacket = PlainSnapshot | PlainInputs

function typeOf(game: AnyGame, name: string): RecordType {
  const type = game.schema.types.find((other) => other.name === name)
  if (!type) throw new Error(`no type ${name}`)
  return type
}

function rowOf(game: AnyGame, type: RecordType, values: Values): Row {
  return copyRow(new World({ game, seed: 1, predicting: null }).message(type, values))
}

/** Whether the record was sent as to a team-mate, by whether a field for the team is there. */
function sentToTeam(type: RecordType, fields: Values): boolean {
  return type.fields.some(({ audience, name }) => audience === 'team' && name in fields)
}

export function encodePlain(game: AnyGame, me: PlayerId, packet: PlainPacket): Uint8Array {
  const { kind, epoch, tick } = packet
  const body = kind === 1 ? snapshotBody(game, me, packet) : inputsBody(game, packet)
  return encodePacket({ kind, epoch, tick, body })
}

function snapshotBody(game: AnyGame, me: PlayerId, packet: PlainSnapshot): Uint8Array {
  const writer = new SnapshotWriter(game, packet.tick, MAX_STATE_BYTES - ENVELOPE_BYTES, packet.head)
  for (const { type: name, fields, ...rest } of packet.events) {
    const type = game.schema.eventsByName.get(name)!
    writer.event({ ...rest, type, row: rowOf(game, type.fields, fields) })
  }
  writer.endList()
  for (const { id, type: name, fields } of packet.results) {
    const type = game.schema.commandsByName.get(name)!
    writer.result({ id, type, row: rowOf(game, type.result, fields) })
  }
  writer.endList()
  const write = (part: 'exact' | 'presented') => {
    for (const { type: name, id, owner, fields } of packet[part]) {
      const type = typeOf(game, name)
      const record: WireRecord = { type, id, owner, row: rowOf(game, type, fields) }
      writer.record(record, part, knowsAs(me, owner, sentToTeam(type, fields)))
    }
    writer.endList()
  }
  write('exact')
  for (const tombstone of packet.tombstones) writer.tombstone(tombstone)
  writer.endList()
  write('presented')
  return writer.finish()
}

function inputsBody(game: AnyGame, packet: PlainInputs): Uint8Array {
  const commands = packet.commands.map(({ id, type: name, fields }): CommandRequest => {
    const type = game.schema.commandsByName.get(name)!
    return { id, type, row: rowOf(game, type.fields, fields) }
  })
  const inputs = packet.inputs.map((values) => rowOf(game, game.schema.input, values))
  return encodeInputs(game, packet.tick, { ...packet, inputs, commands })
}

/** A packet as our decoder reads it. Fields that were not sent, of which it keeps no note, are at their default. */
export function decodePlain(game: AnyGame, me: PlayerId, bytes: Uint8Array): Values | null {
  const packet = decodePacket(bytes)
  if (!packet) return null
  const { kind, epoch, tick, body } = packet
  if (kind === PacketKind.input) {
    const inputs = decodeInputs(game, tick, body)
    if (!inputs) return null
    return {
      kind,
      epoch,
      tick,
      ...inputs,
      inputs: inputs.inputs.map((row) => plainValues(game.schema.input, row)),
      commands: inputs.commands.map(({ id, type, row }) => ({
        id,
        type: type.name,
        fields: plainValues(type.fields, row),
      })),
    }
  }
  const snapshot = decodeSnapshot(game, me, tick, body)
  if (!snapshot) return null
  const records = (list: readonly WireRecord[]) =>
    list.map(({ type, id, owner, row }) => ({ type: type.name, id, owner, fields: plainValues(type, row) }))
  return {
    kind,
    epoch,
    tick,
    head: snapshot.head,
    events: snapshot.events.map(({ type, row, ...rest }) => ({
      ...rest,
      type: type.name,
      fields: plainValues(type.fields, row),
    })),
    results: snapshot.results.map(({ id, type, row }) => ({
      id,
      type: type.name,
      fields: plainValues(type.result, row),
    })),
    exact: records(snapshot.exact),
    tombstones: snapshot.tombstones,
    presented: records(snapshot.presented),
  }
}

/** Packets as plain values, by the names of WIRE.md, every number in steps of its grid: what the golden files hold. */
import { ReceivedStates } from '../../../net/replication/received-states.ts'
import type { SlotChange, WireChange } from '../../../net/wire/changes.ts'
import { encodeInputs, type InputPacket } from '../../../net/wire/inputs.ts'
import type { Axis } from '../../../net/wire/layout.ts'
import type { Defect } from '../../../net/wire/packet.ts'
import { encodePacket, PacketKind } from '../../../net/wire/packet.ts'
import { firstParameters } from '../../../net/wire/parameters.ts'
import { type Sections, sectionsOf } from '../../../net/wire/sections.ts'
import { along } from '../../../net/wire/segments.ts'
import type { SnapshotHead } from '../../../net/wire/snapshot-head.ts'
import { SnapshotWriter } from '../../../net/wire/snapshot-writer.ts'
import { decodeSnapshot, type Snapshot } from '../../../net/wire/snapshots.ts'
import type { AnyGame } from '../../../net/world/game.ts'
import { simSteps, toNumber } from '../../../net/world/grid.ts'
import type { PlayerId } from '../../../net/world/ids.ts'
import type { Row } from '../../../net/world/record.ts'
import type { RecordType } from '../../../net/world/schema.ts'
import { readInputs, readPacket } from './read.ts'

export type Steps = Record<string, number | string | readonly number[]>

export interface PlainChange {
  readonly section: 'exact' | 'presented'
  readonly type: string
  readonly slot: number
  readonly how: 'full' | 'delta' | 'gone'
  /** What the slot holds now, after a full or a delta. */
  readonly id?: number
  readonly owner?: number | null
  readonly team?: boolean
  readonly lines?: readonly { readonly tick: number; readonly values: Steps; readonly rates: Steps }[]
  readonly rests?: Steps
  /** The axes at the packet's tick. */
  readonly now?: Steps
  readonly reason?: string
  readonly goneAt?: number
}

export interface PlainSnapshot {
  readonly kind: 1
  readonly epoch: number
  readonly tick: number
  readonly head: SnapshotHead
  readonly events: readonly object[]
  readonly results: readonly object[]
  /** All that hold for the packet: a text per layout, with spaces between them. */
  readonly parameters: readonly string[]
  readonly changes: readonly PlainChange[]
}

export interface PlainInputs extends Omit<InputPacket, 'inputs' | 'commands'> {
  readonly kind: 2
  readonly epoch: number
  readonly tick: number
  readonly inputs: readonly Steps[]
  readonly commands: readonly { readonly id: number; readonly type: string; readonly fields: Steps }[]
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'))
}

/** A message's values in exact steps. */
export function messageSteps(type: RecordType, row: Row): Steps {
  const steps: Steps = {}
  for (const field of type.fields) {
    if (field.store === 'number') steps[field.name] = simSteps(field, row.numbers[field.column]!)
    else if (field.kind === 'string') steps[field.name] = String(row.objects[field.column])
    else if (field.of) {
      const { of } = field
      steps[field.name] = (row.objects[field.column] as unknown[]).map((item) => simSteps(of, toNumber(of, item)))
    }
  }
  return steps
}

function plainChange(sections: Sections, tick: number, change: SlotChange): PlainChange {
  const layout = sections.all[change.layout]!
  const section = change.layout < sections.exact.length ? 'exact' : 'presented'
  const place = { section, type: layout.type.name, slot: change.slot } as const
  const { state } = change
  if (!state) return { ...place, how: 'gone', reason: change.reason, goneAt: change.goneAt }
  const rests: Steps = {}
  for (const [part, fields] of layout.discrete.entries())
    for (const { field, index } of fields) {
      const rest = [state.shared, state.own][part]!
      rests[field.name] = field.store === 'number' ? rest.numbers[index]! : rest.objects[index]!
    }
  const now: Steps = {}
  const lines = layout.groups.map(({ beginIndex, axes }) => {
    const named = (pick: (axis: Axis) => number): Steps =>
      Object.fromEntries(axes.map((axis) => [axis.value.field.name, pick(axis)]))
    Object.assign(
      now,
      named((axis) => along(axis, state.segments, tick)),
    )
    return {
      tick: state.segments[beginIndex]!,
      values: named(({ valueIndex }) => state.segments[valueIndex]!),
      rates: named(({ valueIndex }) => state.segments[valueIndex + 1]!),
    }
  })
  return {
    ...place,
    how: change.isFull ? 'full' : 'delta',
    id: state.id,
    owner: state.owner,
    team: change.team,
    lines,
    rests,
    now,
  }
}

export function plainInputs(game: AnyGame, bytes: Uint8Array): PlainInputs | null {
  const packet = readPacket(bytes)
  const inputs = packet && readInputs(game, packet.tick, packet.body)
  if (!inputs) return null
  return {
    ...inputs,
    kind: 2,
    epoch: packet.epoch,
    tick: packet.tick,
    inputs: inputs.inputs.map((row) => messageSteps(game.schema.input, row)),
    commands: inputs.commands.map(({ id, type, row }) => ({
      id,
      type: type.name,
      fields: messageSteps(type.fields, row),
    })),
  }
}

/** What is decoded and encoded again. */
export function inputsAgain(game: AnyGame, bytes: Uint8Array): Uint8Array {
  const { tick, epoch, body } = readPacket(bytes)!
  const again = encodeInputs(game, tick, readInputs(game, tick, body)!)
  return encodePacket({ kind: PacketKind.input, epoch, tick, body: again })
}

/** A client of the snapshots, as far as the wire goes. */
export class PlainClient {
  readonly states: ReceivedStates
  readonly sections: Sections
  private readonly game: AnyGame
  private readonly me: PlayerId

  constructor(game: AnyGame, me: PlayerId) {
    this.game = game
    this.me = me
    this.sections = sectionsOf(game)
    this.states = new ReceivedStates(this.sections.all.length, firstParameters(this.sections.parameterCounts))
  }

  baselineOf(head: SnapshotHead): number | null {
    return this.states.baselineNumber(head)
  }

  decode(tick: number, body: Uint8Array): Snapshot | Defect {
    return decodeSnapshot(this.game, this.me, tick, body, this.states)
  }

  /** Takes a snapshot if it is the newest; false for a late one. */
  take(snapshot: Snapshot): boolean {
    const { head } = snapshot
    const counted = this.states.unwrap(head.sequence)
    if (!this.states.isNew(counted)) return false
    this.states.apply(counted, this.baselineOf(head), snapshot)
    return true
  }

  plain(epoch: number, tick: number, snapshot: Snapshot): PlainSnapshot {
    return {
      kind: 1,
      epoch,
      tick,
      head: snapshot.head,
      events: snapshot.events.map(({ type, row, ...event }) => ({
        ...event,
        type: type.name,
        fields: messageSteps(type.fields, row),
      })),
      results: snapshot.results.map(({ id, type, row }) => ({
        id,
        type: type.name,
        ...messageSteps(type.result, row),
      })),
      parameters: snapshot.parameters.map((parameters) => parameters.join(' ')),
      changes: [...snapshot.exact, ...snapshot.presented].map((change) => plainChange(this.sections, tick, change)),
    }
  }

  /** What was decoded, written again. */
  again(tick: number, { head, events, results, parameters, exact, presented }: Snapshot): Uint8Array {
    const { firstParameters } = this.states
    const held = this.states.baselineFor(head)!
    const writer = new SnapshotWriter(this.game)
    writer.begin({
      tick,
      receiver: this.me,
      head,
      baseParameters: held.parameters,
      firstParameters,
      parameters,
    })
    const rewritten = (change: SlotChange): WireChange => {
      if (!change.state) return { ...change, team: false, base: null }
      return { ...change, base: change.isFull ? null : held.slotAt(change.layout, change.slot)!.state }
    }
    writer.messages(events, results, 1e6)
    writer.parameters()
    writer.section('exact', exact.map(rewritten))
    writer.section('presented', presented.map(rewritten))
    return writer.finish(head).slice()
  }
}

/** What in a decoded packet is out of the range that its game declares: nothing, whatever the bytes were. */
import type { InputPacket } from '../../../net/wire/inputs.ts'
import { MAX_COMMANDS, MAX_INPUTS } from '../../../net/wire/inputs.ts'
import type { Sections } from '../../../net/wire/sections.ts'
import { MAX_SEGMENT_TICKS } from '../../../net/wire/segments.ts'
import type { Snapshot } from '../../../net/wire/snapshots.ts'
import type { RecordState } from '../../../net/wire/states.ts'
import type { AnyGame } from '../../../net/world/game.ts'
import { toNumber } from '../../../net/world/grid.ts'
import { isEntityId, isPlayerId } from '../../../net/world/ids.ts'
import type { Row } from '../../../net/world/record.ts'
import type { NumberField, RecordType } from '../../../net/world/schema.ts'

const utf8 = new TextEncoder()

function wrongNumber(field: NumberField, steps: number, min: number, max: number): boolean {
  if (field.kind === 'player') return steps !== 0 && !isPlayerId(steps)
  if (field.kind === 'entity') return steps !== 0 && !(isEntityId(steps) && steps < 2 ** 48)
  return !(Number.isInteger(steps) && steps >= min && steps <= max)
}

/** What in a message is out of range. */
export function wrongMessage(type: RecordType, row: Row): string | null {
  for (const field of type.fields) {
    const name = `${type.name}.${field.name}`
    if (field.store === 'number') {
      const value = row.numbers[field.column]!
      const steps = Math.round(value / field.simStep)
      if (steps * field.simStep !== value || wrongNumber(field, steps, field.simMin, field.simMax))
        return `${name} = ${value}`
      continue
    }
    const value = row.objects[field.column]
    if (field.kind === 'string' && (typeof value !== 'string' || utf8.encode(value).length > field.max)) return name
    if (field.kind !== 'list') continue
    const items = value as unknown[]
    if (items.length > field.max || items.some((item) => Number.isNaN(toNumber(field.of!, item)))) return name
  }
  return null
}

/** What in a state is out of range. */
function wrongState(sections: Sections, tick: number, index: number, state: RecordState): string | null {
  const layout = sections.all[index]!
  if (state.segments.length !== layout.zeros.length) return `${state.segments.length} numbers of lines`
  for (const { beginIndex, axes } of layout.groups) {
    const began = state.segments[beginIndex]!
    if (began < Math.max(0, tick - MAX_SEGMENT_TICKS) || began > tick) return `a line of ${began} at ${tick}`
    for (const { value, rateMin, rateMax, valueIndex } of axes) {
      const rate = state.segments[valueIndex + 1]!
      if (wrongNumber(value.field, state.segments[valueIndex]!, value.min, value.max)) return `${value.field.name}`
      if (!(rate >= rateMin && rate <= rateMax)) return `rate of ${value.field.name}`
    }
  }
  for (const [part, fields] of layout.discrete.entries())
    for (const { field, scale, index } of fields) {
      const { numbers, objects } = [state.shared, state.own][part]!
      if (field.store === 'number') {
        if (wrongNumber(field, numbers[index]!, scale!.min, scale!.max)) return `${layout.type.name}.${field.name}`
        continue
      }
      const value = objects[index]!
      if (typeof value === 'string' ? utf8.encode(value).length > field.max : value.length > field.max)
        return `${layout.type.name}.${field.name} is too long`
      if (typeof value !== 'string')
        for (const item of value) if (wrongNumber(field.of!, item, scale!.min, scale!.max)) return `in ${field.name}`
    }
  return null
}

export function wrongSnapshot(sections: Sections, tick: number, snapshot: Snapshot): string | null {
  const { head, events, results, exact, presented, parameters } = snapshot
  if (!(head.interval >= 1 && head.interval <= 31 && head.starved <= 64 && head.holdMs <= 1000)) return 'head'
  if (!(head.baselineAge === null || (head.baselineAge >= 1 && head.baselineAge <= 255))) return 'baseline'
  for (const { type, row, tick: at, ordinal, owner } of events) {
    if (at < 0 || at > tick || ordinal > 255 || !(owner === null || isPlayerId(owner))) return 'event'
    const wrong = wrongMessage(type.fields, row)
    if (wrong) return wrong
  }
  for (const { type, row } of results) {
    const wrong = wrongMessage(type.result, row)
    if (wrong) return wrong
  }
  if (parameters.some((list) => list.some((parameter) => parameter > 31))) return 'parameter'
  for (const change of [...exact, ...presented]) {
    if (!(change.slot >= 0 && change.slot <= 65535)) return `slot ${change.slot}`
    if (!change.state && !(change.goneAt >= 0 && change.goneAt <= tick)) return `gone at ${change.goneAt}`
    const wrong = change.state && wrongState(sections, tick, change.layout, change.state)
    if (wrong) return wrong
  }
  return null
}

export function wrongInputs(game: AnyGame, packet: InputPacket): string | null {
  const { ack, inputs, commands, eventAck, resultAck } = packet
  if (inputs.length < 1 || inputs.length > MAX_INPUTS || commands.length > MAX_COMMANDS) return 'too many'
  if (ack && !(ack.holdMs >= 0 && ack.holdMs <= 1000 && ack.sequence < 65_536 && ack.earlier < 2 ** 32)) return 'ack'
  if (!(Number.isFinite(packet.presentationTick) && eventAck >= 0 && resultAck >= 0)) return 'numbers'
  for (const row of inputs) {
    const wrong = wrongMessage(game.schema.input, row)
    if (wrong) return wrong
  }
  for (const { id, type, row } of commands) {
    const wrong = Number.isInteger(id) && id >= 0 ? wrongMessage(type.fields, row) : 'command'
    if (wrong) return wrong
  }
  return null
}

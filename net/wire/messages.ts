/**
 * Rows that stand by themselves: an input, an event's or a command's payload, a result. All fields, in the order of the
 * definition, on the simulation's grid.
 */
import type { AnyGame } from '../world/game.ts'
import { fromNumber, simSteps, toNumber } from '../world/grid.ts'
import { type EntityId, MAX_TICK, type PlayerId } from '../world/ids.ts'
import { initialNumbers, initialObjects, type Row } from '../world/record.ts'
import type { CompiledField, NumberField, RecordType } from '../world/schema.ts'
import { fitText, fromUtf8, toUtf8 } from '../world/text.ts'
import { type BitReader, type BitWriter, bitsFor } from './bits.ts'
import { type IdentityContext, readEntity, readOptionalPlayer, writeEntity, writeOptionalPlayer } from './identity.ts'

const LENGTH_BITS = 8
/** Rice's parameter of a tick, relative to the packet's: most are of the last or next second. */
const TICK = 5

export function writeMessage(w: BitWriter, game: AnyGame, tick: number, type: RecordType, row: Row): void {
  const context = messageIdentity(game, tick)
  for (const field of type.fields) writeField(w, context, field, row)
}

/** Null when the bits are no such row. */
export function readMessage(r: BitReader, game: AnyGame, tick: number, type: RecordType): Row | null {
  const context = messageIdentity(game, tick)
  const row = { numbers: initialNumbers(type), objects: initialObjects(type) }
  for (const field of type.fields) readField(r, context, field, row)
  return r.ok ? row : null
}

/** How identities are written outside of the sections. */
export function messageIdentity(game: AnyGame, tick: number): IdentityContext {
  return { tick, seatBits: bitsFor(game.maxPlayers - 1), spawnAge: 5, ordinal: 0 }
}

function writeField(w: BitWriter, context: IdentityContext, field: CompiledField, row: Row): void {
  if (field.store === 'number') return writeNumber(w, context, field, row.numbers[field.slot] ?? 0)
  const value = row.objects[field.slot]
  switch (field.kind) {
    case 'string': {
      const bytes = toUtf8(String(value))
      w.bits(bytes.length, LENGTH_BITS)
      return w.raw(bytes)
    }
    case 'list': {
      const list = Array.isArray(value) ? value : []
      w.bits(list.length, LENGTH_BITS)
      if (field.of) for (const item of list) writeNumber(w, context, field.of, toNumber(field.of, item))
      return
    }
    case 'opaque':
      return
  }
}

function readField(r: BitReader, context: IdentityContext, field: CompiledField, row: Row): void {
  if (field.store === 'number') {
    row.numbers[field.slot] = readNumber(r, context, field)
    return
  }
  switch (field.kind) {
    case 'string': {
      const length = r.bits(LENGTH_BITS)
      if (length > field.max) return r.fail()
      // Bytes that are no UTF-8 decode to more than they were.
      row.objects[field.slot] = fitText(fromUtf8(r.raw(length)), field.max)
      return
    }
    case 'list': {
      const length = r.bits(LENGTH_BITS)
      if (length > field.max || !field.of) return r.fail()
      const list: unknown[] = []
      for (let i = 0; i < length && r.ok; i++) list.push(fromNumber(field.of, readNumber(r, context, field.of)))
      row.objects[field.slot] = list
      return
    }
    case 'opaque':
      return
  }
}

function writeNumber(w: BitWriter, context: IdentityContext, field: NumberField, value: number): void {
  switch (field.kind) {
    case 'player':
      return writeOptionalPlayer(w, context, value === 0 ? null : (value as PlayerId))
    case 'entity':
      w.flag(value !== 0)
      if (value !== 0) writeEntity(w, context, value as EntityId)
      return
    case 'tick':
      return w.signedRice(value - context.tick, TICK)
    default:
      w.bits(simSteps(field, value) - field.simMin, bitsFor(field.simMax - field.simMin))
  }
}

function readNumber(r: BitReader, context: IdentityContext, field: NumberField): number {
  switch (field.kind) {
    case 'player':
      return readOptionalPlayer(r, context) ?? 0
    case 'entity':
      return r.flag() ? (readEntity(r, context) ?? 0) : 0
    case 'tick': {
      const tick = context.tick + r.signedRice(TICK)
      if (tick >= 0 && tick <= MAX_TICK) return tick
      r.fail()
      return field.initial
    }
    default: {
      const steps = field.simMin + r.bits(bitsFor(field.simMax - field.simMin))
      if (steps <= field.simMax) return steps * field.simStep + 0
      r.fail()
      return field.initial
    }
  }
}

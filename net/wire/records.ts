/**
 * Records on the wire: who they are, and their fields on one of the two grids. `exact` is the simulation's grid, for
 * what the receiver predicts; `presented` is the coarse one, for what it draws.
 */

import type { AnyGame } from '../world/game.ts'
import { fromNumber, fromWireSteps, simSteps, toNumber, wireSteps } from '../world/grid.ts'
import {
  type EntityId,
  FIRST_INPUT_ID,
  FIRST_REFEREE_ID,
  GLOBALS_ID,
  isPlayerId,
  isSpawnedByStep,
  MAX_ORDINAL,
  MAX_TICK,
  type PlayerId,
  spawnedId,
  spawnerOf,
} from '../world/ids.ts'
import { initialNumbers, initialObjects, type Row } from '../world/record.ts'
import type { Audience, CompiledField, NumberField, RecordType } from '../world/schema.ts'
import { type BitReader, type BitWriter, bitsFor } from './bits.ts'

export type Grid = 'exact' | 'presented'

const PLAYER_BITS = 14
const LENGTH_BITS = 8
const encoder = new TextEncoder()
const decoder = new TextDecoder()

export interface RecordHead {
  readonly type: RecordType
  readonly id: EntityId
  readonly owner: PlayerId | null
}

/** Who the record is: 5 to 30 bits. `tick` is the packet's; what `step` spawned names its own tick relative to it. */
export function writeHead(w: BitWriter, game: AnyGame, tick: number, { type, id, owner }: RecordHead): void {
  w.bits(type.index, bitsFor(game.schema.types.length - 1))
  switch (type.role) {
    case 'globals':
    case 'message':
      return
    case 'player':
    case 'input':
      return w.bits(owner ?? 0, PLAYER_BITS)
    case 'entity': {
      writeEntityId(w, tick, id)
      if (!isSpawnedByStep(id)) writePlayer(w, owner)
    }
  }
}

/** Null when the bits name no record; the reader has failed then. */
export function readHead(r: BitReader, game: AnyGame, tick: number): RecordHead | null {
  const type = game.schema.types[r.bits(bitsFor(game.schema.types.length - 1))]
  if (!type) return failed(r)
  switch (type.role) {
    case 'globals':
    case 'message':
      return r.ok ? { type, id: GLOBALS_ID as EntityId, owner: null } : null
    case 'player':
    case 'input': {
      const owner = r.bits(PLAYER_BITS)
      if (!isPlayerId(owner)) return failed(r)
      return { type, id: (owner + (type.role === 'input' ? FIRST_INPUT_ID : 0)) as number as EntityId, owner }
    }
    case 'entity': {
      const id = readEntityId(r, tick)
      if (id === null) return null
      const owner = isSpawnedByStep(id) ? spawnerOf(id).owner : readPlayer(r)
      return r.ok ? { type, id, owner } : null
    }
  }
}

function failed(r: BitReader): null {
  r.fail()
  return null
}

export function writeEntityId(w: BitWriter, tick: number, id: EntityId): void {
  w.flag(isSpawnedByStep(id))
  if (!isSpawnedByStep(id)) return w.unsigned(id - FIRST_REFEREE_ID)
  const { owner, tick: spawned, ordinal } = spawnerOf(id)
  w.bits(owner, PLAYER_BITS)
  w.signed(tick - spawned)
  w.unsigned(ordinal)
}

export function readEntityId(r: BitReader, tick: number): EntityId | null {
  if (!r.flag()) {
    const id = r.unsigned() + FIRST_REFEREE_ID
    return r.ok && id < 2 ** 34 ? (id as EntityId) : failed(r)
  }
  const owner = r.bits(PLAYER_BITS)
  const spawned = tick - r.signed()
  const ordinal = r.unsigned()
  if (!r.ok || !isPlayerId(owner) || spawned < 0 || spawned > MAX_TICK || ordinal > MAX_ORDINAL) return failed(r)
  return spawnedId(owner, spawned, ordinal)
}

/** The id of any record, for tombstones: what is no entity stands in 15 bits. */
export function writeRecordId(w: BitWriter, tick: number, id: EntityId): void {
  w.flag(id >= FIRST_REFEREE_ID)
  if (id >= FIRST_REFEREE_ID) writeEntityId(w, tick, id)
  else w.bits(id, PLAYER_BITS + 1)
}

export function readRecordId(r: BitReader, tick: number): EntityId | null {
  return r.flag() ? readEntityId(r, tick) : (r.bits(PLAYER_BITS + 1) as EntityId)
}

/** A player or nobody. */
export function writePlayer(w: BitWriter, player: PlayerId | null): void {
  w.flag(player !== null)
  if (player !== null) w.bits(player, PLAYER_BITS)
}

export function readPlayer(r: BitReader): PlayerId | null {
  if (!r.flag()) return null
  const player = r.bits(PLAYER_BITS)
  if (isPlayerId(player)) return player
  r.fail()
  return null
}

/** Whether the receiver is sent a field of this audience. */
export type Knows = (audience: Audience) => boolean

/** Everybody's fields only: what messages have. */
export const knowsPublic: Knows = (audience) => audience === 'all'

/**
 * The fields that the receiver may know, in the order of the definition. Whether it is of the owner's team the
 * receiver cannot always tell, so a bit says it.
 */
export function writeFields(w: BitWriter, tick: number, type: RecordType, row: Row, grid: Grid, knows: Knows): void {
  for (const field of type.fields) {
    if (field.audience === 'team') w.flag(knows('team'))
    if (knows(field.audience)) writeField(w, tick, field, row, grid)
  }
}

/** A new row with what was sent; fields that were not are at their initial value. */
export function readFields(r: BitReader, tick: number, type: RecordType, grid: Grid, knows: Knows): Row {
  const row = { numbers: initialNumbers(type), objects: initialObjects(type) }
  for (const field of type.fields) {
    if (field.audience === 'team' ? r.flag() : knows(field.audience)) readField(r, tick, field, row, grid)
  }
  return row
}

function writeField(w: BitWriter, tick: number, field: CompiledField, row: Row, grid: Grid): void {
  if (field.store === 'number') return writeNumber(w, tick, field, row.numbers[field.slot] ?? 0, grid)
  const value = row.objects[field.slot]
  switch (field.kind) {
    case 'string': {
      const bytes = encoder.encode(String(value))
      w.bits(bytes.length, LENGTH_BITS)
      return w.raw(bytes)
    }
    case 'list': {
      const list = Array.isArray(value) ? value : []
      w.bits(list.length, LENGTH_BITS)
      if (field.of) for (const item of list) writeNumber(w, tick, field.of, toNumber(field.of, item), grid)
      return
    }
    case 'opaque':
      return
  }
}

function readField(r: BitReader, tick: number, field: CompiledField, row: Row, grid: Grid): void {
  if (field.store === 'number') {
    row.numbers[field.slot] = readNumber(r, tick, field, grid)
    return
  }
  switch (field.kind) {
    case 'string': {
      const length = r.bits(LENGTH_BITS)
      if (length > field.max) return r.fail()
      row.objects[field.slot] = decoder.decode(r.raw(length))
      return
    }
    case 'list': {
      const length = r.bits(LENGTH_BITS)
      if (length > field.max || !field.of) return r.fail()
      const list: unknown[] = []
      for (let i = 0; i < length && r.ok; i++) list.push(fromNumber(field.of, readNumber(r, tick, field.of, grid)))
      row.objects[field.slot] = list
      return
    }
    case 'opaque':
      return
  }
}

function writeNumber(w: BitWriter, tick: number, field: NumberField, value: number, grid: Grid): void {
  if (field.kind === 'entity') {
    w.flag(value !== 0)
    if (value !== 0) writeEntityId(w, tick, value as EntityId)
  } else if (field.kind === 'player') writePlayer(w, value === 0 ? null : (value as PlayerId))
  else if (grid === 'exact') w.bits(simSteps(field, value) - field.simMin, bitsFor(field.simMax - field.simMin))
  else w.bits(wireSteps(field, value) - field.wireMin, bitsFor(field.wireMax - field.wireMin))
}

function readNumber(r: BitReader, tick: number, field: NumberField, grid: Grid): number {
  if (field.kind === 'entity') return r.flag() ? (readEntityId(r, tick) ?? 0) : 0
  if (field.kind === 'player') return readPlayer(r) ?? 0
  const [min, max] = grid === 'exact' ? [field.simMin, field.simMax] : [field.wireMin, field.wireMax]
  const steps = min + r.bits(bitsFor(max - min))
  if (steps > max) {
    r.fail()
    return field.initial
  }
  return grid === 'exact' ? steps * field.simStep + 0 : fromWireSteps(field, steps)
}

/**
 * A tick of the heir's stream as bits, against a baseline that the heir holds: first what belongs to the tick, then the records,
 * with the change writer and reader of snapshots. Whatever the bytes are, reading never throws.
 */
import type { Comings } from '../session/attendance.ts'
import { BitReader, type BitWriter } from '../wire/bits.ts'
import { ChangeReader } from '../wire/change-reader.ts'
import { ChangeWriter } from '../wire/change-writer.ts'
import type { SlotChange } from '../wire/changes.ts'
import { readPlayer, writePlayer } from '../wire/identity.ts'
import { messageIdentity, readMessage, writeMessage } from '../wire/messages.ts'
import { firstParameters, type Parameters, type Residuals } from '../wire/parameters.ts'
import type { RecordState } from '../wire/states.ts'
import { completeValues, type PlainValues } from '../world/complete-values.ts'
import type { AnyGame } from '../world/game.ts'
import { toNumber } from '../world/grid.ts'
import { FIRST_REFEREE_ID, MAX_SEATS, type PlayerId } from '../world/ids.ts'
import { initialNumbers, initialObjects, plainValues, type Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { heirLayoutsOf } from './heir-layouts.ts'
import { readSeats, sameItems, writeSeats } from './heir-seats.ts'
import type { HeirRecords, HeirTick } from './heir-tick.ts'
import { MAX_HEIR_RECORDS } from './limits.ts'

/** One player may be named so often in a list: players, and spectators beside them. */
const MAX_NAMED = 2 * MAX_SEATS
/** Everybody is told alike, so the receiver of a section is nobody. */
const NOBODY = 0 as PlayerId

/** `base`: what the heir holds; null for all of the tick. */
export function writeTick(
  w: BitWriter,
  game: AnyGame,
  tick: HeirTick,
  base: HeirTick | null,
  residuals: Residuals,
): void {
  w.unsigned(base ? tick.tick - base.tick : 0)
  w.unsigned(tick.slowVersion)
  w.unsigned(tick.nextRefereeId)
  const sameSecret = base !== null && sameItems(tick.secret, base.secret)
  w.flag(sameSecret)
  if (!sameSecret) for (const word of tick.secret) w.bits(word, 32)
  const samePlayers = base !== null && sameItems(tick.players, base.players)
  w.flag(samePlayers)
  if (!samePlayers) writePlayers(w, game, tick.tick, tick.players)
  writeComings(w, game, tick.tick, tick.comings)
  writeSeats(w, game, tick.tick, tick.seats, base)
  w.unsigned(tick.memories.size)
  for (const [player, row] of tick.memories) {
    writePlayer(w, messageIdentity(game, tick.tick), player)
    writeMessage(w, game, tick.tick, game.schema.memory, row)
  }
  writeParameters(w, game, tick.parameters, base)
  writeRecords(w, game, tick, base, residuals)
}

function writePlayers(w: BitWriter, game: AnyGame, tick: number, players: readonly PlayerId[]): void {
  w.unsigned(players.length)
  for (const player of players) writePlayer(w, messageIdentity(game, tick), player)
}

function writeComings(w: BitWriter, game: AnyGame, tick: number, comings: Comings): void {
  const { joined, choices = {}, left, returned, expired } = comings
  const lists = [joined, left, returned, expired]
  const quiet = lists.every((players) => players.length === 0)
  w.flag(quiet)
  if (quiet) return
  for (const players of lists) writePlayers(w, game, tick, players)
  const type = game.schema.choice
  for (const player of joined) {
    const choice = choices[player]
    w.flag(choice !== undefined)
    if (choice) writeMessage(w, game, tick, type, rowOf(type, choice))
  }
}

/** Fields that were not chosen have their default. */
function rowOf(type: RecordType, values: PlainValues): Row {
  const complete = completeValues(type, values)
  const row = { numbers: initialNumbers(type), objects: initialObjects(type) }
  for (const field of type.fields)
    if (field.store === 'number') row.numbers[field.column] = toNumber(field, complete[field.name])
    else row.objects[field.column] = complete[field.name]
  return row
}

function writeParameters(w: BitWriter, game: AnyGame, parameters: Parameters, base: HeirTick | null): void {
  const from = base?.parameters ?? firstParameters(heirLayoutsOf(game).parameterCounts)
  w.flag(parameters === from)
  if (parameters === from) return
  for (const [layout, values] of parameters.entries())
    for (const [i, value] of values.entries()) {
      w.flag(value !== from[layout]?.[i])
      if (value !== from[layout]?.[i]) w.bits(value, 5)
    }
}

function writeRecords(w: BitWriter, game: AnyGame, tick: HeirTick, base: HeirTick | null, residuals: Residuals): void {
  const writer = new ChangeWriter(w, heirLayoutsOf(game), residuals)
  writer.beginPacket(tick.tick, base?.tick ?? tick.tick, NOBODY, tick.parameters)
  for (const [index, states] of tick.records.entries()) {
    const before = base?.records[index] ?? []
    const changed: number[] = []
    for (let slot = 0; slot < states.length; slot++)
      if ((states[slot] ?? null) !== (before[slot] ?? null)) changed.push(slot)
    w.flag(changed.length > 0)
    if (changed.length === 0) continue
    writer.beginLayout(index)
    writer.count(changed.length)
    for (const slot of changed) writeChange(writer, tick.tick, slot, states[slot] ?? null, before[slot] ?? null)
  }
}

function writeChange(
  writer: ChangeWriter,
  tick: number,
  slot: number,
  state: RecordState | null,
  base: RecordState | null,
): void {
  if (!state) writer.gone(slot, 'destroyed', tick)
  else if (base?.id === state.id && base.owner === state.owner) writer.delta(slot, base, state, false)
  else writer.full(slot, state, false)
}

/** `malformed`: no honest host writes it. `baseline`: it builds on a tick that is not here. */
export type TickDefect = 'malformed' | 'baseline' | 'huge'

/** Reads a tick. `baseline` gives a tick that the heir holds, or null. */
export function readTick(
  game: AnyGame,
  tick: number,
  bytes: Uint8Array,
  baseline: (tick: number) => HeirTick | null,
): HeirTick | TickDefect {
  const r = new BitReader(bytes)
  const age = r.unsigned()
  if (!r.ok || age > tick) return 'malformed'
  const base = age === 0 ? null : baseline(tick - age)
  if (age > 0 && !base) return 'baseline'
  const slowVersion = r.unsigned()
  const nextRefereeId = r.unsigned()
  const secret = readSecret(r, base)
  if (!secret || !r.ok || nextRefereeId < FIRST_REFEREE_ID || nextRefereeId > 2 ** 34) return 'malformed'
  const players = r.flag() ? (base?.players ?? null) : readPlayers(r, game, tick)
  const comings = players && readComings(r, game, tick)
  const seats = comings && readSeats(r, game, tick, base)
  const memories = seats && readMemories(r, game, tick)
  const parameters = memories && readParameters(r, game, base)
  if (!parameters) return 'malformed'
  const records = readRecords(r, game, tick, base, parameters)
  if (typeof records === 'string') return records
  if (!r.finished()) return 'malformed'
  return { tick, nextRefereeId, secret, players, records, seats, comings, memories, slowVersion, parameters }
}

function readSecret(r: BitReader, base: HeirTick | null): readonly number[] | null {
  if (r.flag()) return base?.secret ?? null
  return [r.bits(32), r.bits(32), r.bits(32), r.bits(32)]
}

function readPlayers(r: BitReader, game: AnyGame, tick: number): PlayerId[] | null {
  const count = r.unsigned()
  if (!r.ok || count > MAX_NAMED) return null
  const players: PlayerId[] = []
  for (let i = 0; i < count; i++) {
    const player = readPlayer(r, messageIdentity(game, tick))
    if (player === null || players.includes(player)) return null
    players.push(player)
  }
  return players
}

function readComings(r: BitReader, game: AnyGame, tick: number): Comings | null {
  if (r.flag()) return { joined: [], left: [], returned: [], expired: [] }
  const joined = readPlayers(r, game, tick)
  const left = joined && readPlayers(r, game, tick)
  const returned = left && readPlayers(r, game, tick)
  const expired = returned && readPlayers(r, game, tick)
  if (!expired) return null
  const type = game.schema.choice
  const choices: { [player: PlayerId]: PlainValues } = {}
  for (const player of joined) {
    if (!r.flag()) continue
    const row = readMessage(r, game, tick, type)
    if (!row) return null
    choices[player] = plainValues(type, row)
  }
  if (!r.ok) return null
  return { joined, ...(Object.keys(choices).length > 0 && { choices }), left, returned, expired }
}

function readMemories(r: BitReader, game: AnyGame, tick: number): Map<PlayerId, Row> | null {
  const count = r.unsigned()
  if (!r.ok || count > MAX_NAMED) return null
  const memories = new Map<PlayerId, Row>()
  for (let i = 0; i < count; i++) {
    const player = readPlayer(r, messageIdentity(game, tick))
    const row = readMessage(r, game, tick, game.schema.memory)
    if (player === null || !row || memories.has(player)) return null
    memories.set(player, row)
  }
  return memories
}

function readParameters(r: BitReader, game: AnyGame, base: HeirTick | null): Parameters | null {
  const from = base?.parameters ?? firstParameters(heirLayoutsOf(game).parameterCounts)
  if (r.flag()) return from
  const parameters = from.map((before) => before.map((value) => (r.flag() ? r.bits(5) : value)))
  return r.ok ? parameters : null
}

function readRecords(
  r: BitReader,
  game: AnyGame,
  tick: number,
  base: HeirTick | null,
  parameters: Parameters,
): HeirRecords | TickDefect {
  const { all: layouts, seatBits } = heirLayoutsOf(game)
  const context = { seatBits, tick, baselineTick: base?.tick ?? tick, layouts, parameters, receiver: NOBODY }
  const slotAt = (layout: number, slot: number) => {
    const state = base?.records[layout]?.[slot] ?? null
    return state && { state, team: false }
  }
  const reader = new ChangeReader(r, context, { parameters, slotAt })
  const changes = reader.section(0, layouts.length)
  // A whole baseline is here, so an empty slot in it is no loss but a lie.
  return changes ? applied(base?.records ?? layouts.map(() => []), changes) : 'malformed'
}

function applied(before: HeirRecords, changes: readonly SlotChange[]): HeirRecords | TickDefect {
  const records = before.map((states): readonly (RecordState | null)[] => states)
  const changed = new Set<number>()
  for (const { layout, slot, state } of changes) {
    if (!changed.has(layout)) records[layout] = (before[layout] ?? []).slice()
    changed.add(layout)
    const states = records[layout] as (RecordState | null)[]
    if (slot >= MAX_HEIR_RECORDS) return 'huge'
    while (states.length < slot) states.push(null)
    states[slot] = state
  }
  const held = records.reduce((sum, states) => sum + states.length, 0)
  return held > MAX_HEIR_RECORDS ? 'huge' : records
}

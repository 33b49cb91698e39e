/**
 * The seats of a match as bits, against those of a baseline: who sits there, the inputs that no tick has taken, and the events,
 * commands and results that their client has not acknowledged. Events keep their identity (type, tick, owner, ordinal): by it
 * a client knows an event that it has heard already.
 */
import type { SavedInput, SavedWaiting } from '../prediction/input-queue.ts'
import { MAX_OPEN_RESULTS, MAX_PENDING_EVENTS } from '../session/limits.ts'
import type { SavedSeat } from '../session/saved-match.ts'
import { type BitReader, type BitWriter, bitsFor } from '../wire/bits.ts'
import { readOptionalPlayer, readPlayer, writeOptionalPlayer, writePlayer } from '../wire/identity.ts'
import { messageIdentity, readMessage, writeMessage } from '../wire/messages.ts'
import { readSeen, writeSeen } from '../wire/seen.ts'
import type { WireEvent, WireResult } from '../wire/snapshots.ts'
import type { AnyGame } from '../world/game.ts'
import { MAX_ORDINAL, MAX_SEATS } from '../world/ids.ts'
import type { Row } from '../world/record.ts'

/** Most seats of a match: players, and spectators beside them. */
const MAX_SAVED_SEATS = 2 * MAX_SEATS
/** Most inputs that wait: two seconds at 120 ticks a second, and some. */
const MAX_WAITING = 512
/** Highest column of a button: a type has at most 64 fields. */
const MAX_COLUMN = 63

export function writeSeats(
  w: BitWriter,
  game: AnyGame,
  tick: number,
  seats: readonly SavedSeat[],
  base: readonly SavedSeat[],
): void {
  w.unsigned(seats.length)
  for (const seat of seats) {
    const { player, spectates, connected, bot, commandAck } = seat
    const before = base.find((other) => other.player === player) ?? null
    writePlayer(w, messageIdentity(game, tick), player)
    w.flag(spectates)
    w.flag(connected)
    w.flag(bot !== null)
    if (bot) {
      w.bits(kindsOf(game).indexOf(bot.kind), bitsFor(kindsOf(game).length - 1))
      w.raw(new Uint8Array(Float64Array.of(bot.skill).buffer))
    }
    w.unsigned(commandAck)
    writeQueue(w, before?.results ?? [], seat.results, (result) => writeResult(w, game, tick, result))
    writeQueue(w, before?.events ?? [], seat.events, (event) => writeEvent(w, game, tick, event))
    writeInput(w, game, tick, seat.input, before?.input ?? null)
  }
}

const kindsOf = ({ schema }: AnyGame): string[] => [...schema.bots]

/** A queue loses its oldest and gets newest: what is in both is told as a number. Its items are shared, so references decide. */
function writeQueue<T>(w: BitWriter, base: readonly T[], queue: readonly T[], write: (item: T) => void): void {
  const from = queue[0] === undefined ? -1 : base.indexOf(queue[0])
  const kept = from < 0 ? 0 : base.length - from
  w.unsigned(kept)
  w.unsigned(queue.length - kept)
  for (let i = kept; i < queue.length; i++) write(queue[i] as T)
}

function writeEvent(w: BitWriter, game: AnyGame, tick: number, event: WireEvent): void {
  w.unsigned(event.number)
  w.bits(event.type.index, bitsFor(game.schema.events.length - 1))
  w.unsigned(tick - event.tick)
  writeOptionalPlayer(w, messageIdentity(game, tick), event.owner)
  w.unsigned(event.ordinal)
  writeMessage(w, game, tick, event.type.fields, event.row)
}

function writeResult(w: BitWriter, game: AnyGame, tick: number, { id, type, row }: WireResult): void {
  w.unsigned(id)
  w.bits(type.index, bitsFor(game.schema.commands.length - 1))
  writeMessage(w, game, tick, type.result, row)
}

function rowOf(numbers: readonly number[]): Row {
  return { numbers: Float64Array.from(numbers), objects: [] }
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i])
}

function writeNumbers(
  w: BitWriter,
  game: AnyGame,
  tick: number,
  numbers: readonly number[],
  before: readonly number[] | null,
): void {
  const same = before !== null && sameNumbers(numbers, before)
  if (before) w.flag(same)
  if (!same) writeMessage(w, game, tick, game.schema.input, rowOf(numbers))
}

function writeInput(w: BitWriter, game: AnyGame, tick: number, input: SavedInput, before: SavedInput | null): void {
  const { numbers, repeats, seenTick, carried, waiting } = input
  writeNumbers(w, game, tick, numbers, before?.numbers ?? null)
  w.unsigned(repeats)
  writeSeen(w, tick, seenTick)
  w.unsigned(carried.length)
  for (const column of carried) w.unsigned(column)
  w.unsigned(waiting.length)
  let last: SavedWaiting = { tick, numbers, seenTick }
  for (const next of waiting) {
    w.unsigned(next.tick - last.tick - 1)
    writeNumbers(w, game, tick, next.numbers, last.numbers)
    writeSeen(w, last.seenTick + next.tick - last.tick, next.seenTick)
    last = next
  }
}

/** Null when the bits are no seats of this game. */
export function readSeats(r: BitReader, game: AnyGame, tick: number, base: readonly SavedSeat[]): SavedSeat[] | null {
  const count = r.unsigned()
  if (!r.ok || count > MAX_SAVED_SEATS) return null
  const seats: SavedSeat[] = []
  for (let i = 0; i < count; i++) {
    const seat = readSeat(r, game, tick, base)
    if (!seat || seats.some(({ player }) => player === seat.player)) return null
    seats.push(seat)
  }
  return seats
}

function readSeat(r: BitReader, game: AnyGame, tick: number, base: readonly SavedSeat[]): SavedSeat | null {
  const player = readPlayer(r, messageIdentity(game, tick))
  if (player === null) return null
  const before = base.find((other) => other.player === player) ?? null
  const spectates = r.flag()
  const connected = r.flag()
  const bot = r.flag() ? readBot(r, game) : null
  const commandAck = r.unsigned()
  const results = readQueue(r, before?.results ?? [], MAX_OPEN_RESULTS, () => readResult(r, game, tick))
  const events = results && readQueue(r, before?.events ?? [], MAX_PENDING_EVENTS, () => readEvent(r, game, tick))
  const input = events && readInput(r, game, tick, before?.input ?? null)
  if (!input || !r.ok) return null
  return { player, spectates, connected, bot, commandAck, results, events, input }
}

function readBot(r: BitReader, game: AnyGame): SavedSeat['bot'] {
  const kinds = kindsOf(game)
  const kind = kinds[r.bits(bitsFor(Math.max(0, kinds.length - 1)))]
  const skill = new Float64Array(r.raw(8).slice().buffer)[0] ?? Number.NaN
  if (kind !== undefined && skill >= 0 && skill <= 1) return { kind, skill }
  r.fail()
  return null
}

function readQueue<T>(r: BitReader, base: readonly T[], max: number, read: () => T | null): T[] | null {
  const kept = r.unsigned()
  const added = r.unsigned()
  if (!r.ok || kept > base.length || kept + added > max) return null
  const queue = base.slice(base.length - kept)
  for (let i = 0; i < added; i++) {
    const item = read()
    if (item === null) return null
    queue.push(item)
  }
  return queue
}

function readEvent(r: BitReader, game: AnyGame, tick: number): WireEvent | null {
  const number = r.unsigned()
  const type = game.schema.events[r.bits(bitsFor(game.schema.events.length - 1))]
  const age = r.unsigned()
  const owner = readOptionalPlayer(r, messageIdentity(game, tick))
  const ordinal = r.unsigned()
  if (!r.ok || !type || age > tick || ordinal > MAX_ORDINAL || number < 1) return null
  const row = readMessage(r, game, tick, type.fields)
  return row && { number, type, tick: tick - age, owner, ordinal, row }
}

function readResult(r: BitReader, game: AnyGame, tick: number): WireResult | null {
  const id = r.unsigned()
  const type = game.schema.commands[r.bits(bitsFor(game.schema.commands.length - 1))]
  if (!r.ok || !type || id < 1) return null
  const row = readMessage(r, game, tick, type.result)
  return row && { id, type, row }
}

function readNumbers(
  r: BitReader,
  game: AnyGame,
  tick: number,
  before: readonly number[] | null,
): readonly number[] | null {
  if (before && r.flag()) return before
  const row = readMessage(r, game, tick, game.schema.input)
  return row && [...row.numbers]
}

function readInput(r: BitReader, game: AnyGame, tick: number, before: SavedInput | null): SavedInput | null {
  const numbers = readNumbers(r, game, tick, before?.numbers ?? null)
  const repeats = r.unsigned()
  const seenTick = readSeen(r, tick)
  const carriedCount = r.unsigned()
  if (!numbers || !r.ok || Number.isNaN(seenTick) || carriedCount > numbers.length) return null
  const carried: number[] = []
  for (let i = 0; i < carriedCount; i++) carried.push(r.unsigned())
  if (!carried.every((column) => isButton(game, column))) return null
  const waiting = readWaiting(r, game, tick, { tick, numbers, seenTick })
  return waiting && { numbers, repeats, seenTick, carried, waiting }
}

function isButton({ schema }: AnyGame, column: number): boolean {
  return (
    column <= MAX_COLUMN && schema.input.numbers.some((field) => field.kind === 'button' && field.column === column)
  )
}

function readWaiting(r: BitReader, game: AnyGame, tick: number, last: SavedWaiting): SavedWaiting[] | null {
  const count = r.unsigned()
  if (!r.ok || count > MAX_WAITING) return null
  const waiting: SavedWaiting[] = []
  for (let before = last; waiting.length < count; ) {
    const then = before.tick + 1 + r.unsigned()
    const numbers = readNumbers(r, game, tick, before.numbers)
    const seenTick = readSeen(r, before.seenTick + then - before.tick)
    if (!numbers || !r.ok || Number.isNaN(seenTick) || then > tick + MAX_WAITING) return null
    before = { tick: then, numbers, seenTick }
    waiting.push(before)
  }
  return waiting
}

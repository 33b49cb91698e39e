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
import type { HeirTick } from './heir-tick.ts'

/** Most seats of a match: players, and spectators beside them. */
const MAX_SAVED_SEATS = 2 * MAX_SEATS
/** Most inputs that wait: two seconds at 120 ticks a second, and some. */
const MAX_WAITING = 512
/** Highest column of a button: a type has at most 64 fields. */
const MAX_COLUMN = 63

/** A baseline's tick and seats. */
type Base = Pick<HeirTick, 'tick' | 'seats'> | null

/** Rice's parameter of how many inputs wait: two or three. */
const WAITING = 1

export function writeSeats(w: BitWriter, game: AnyGame, tick: number, seats: readonly SavedSeat[], base: Base): void {
  w.unsigned(seats.length)
  for (const [place, seat] of seats.entries()) {
    const there = base?.seats[place]
    const isQuiet = there !== undefined && sameSeat(seat, there)
    if (there) w.flag(isQuiet)
    const before = isQuiet ? there : (base?.seats.find(({ player }) => player === seat.player) ?? null)
    if (!isQuiet) writeSeat(w, game, tick, seat, before)
    writeInput(w, game, tick, seat.input, before && base && { tick: base.tick, input: before.input })
  }
}

/** Whether all but the input is as it was. */
function sameSeat(a: SavedSeat, b: SavedSeat): boolean {
  return (
    a.player === b.player &&
    a.spectates === b.spectates &&
    a.connected === b.connected &&
    a.bot?.kind === b.bot?.kind &&
    a.bot?.skill === b.bot?.skill &&
    a.commandAck === b.commandAck &&
    sameItems(a.results, b.results) &&
    sameItems(a.events, b.events)
  )
}

export const sameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i])

function writeSeat(w: BitWriter, game: AnyGame, tick: number, seat: SavedSeat, before: SavedSeat | null): void {
  const { player, spectates, connected, bot, commandAck } = seat
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
  return { numbers: new Float64Array(numbers), objects: [] }
}

function writeNumbers(
  w: BitWriter,
  game: AnyGame,
  tick: number,
  numbers: readonly number[],
  before: readonly number[] | null,
): void {
  const same = before !== null && sameItems(numbers, before)
  if (before) w.flag(same)
  if (!same) writeMessage(w, game, tick, game.schema.input, rowOf(numbers))
}

/** The input of a baseline, and its tick. */
interface InputBase {
  readonly tick: number
  readonly input: SavedInput
}

/** Drawn time mostly runs with real time, so the tick seen is as much later as the tick itself. */
const expectedSeen = (tick: number, before: InputBase | null): number =>
  before ? before.input.seenTick + tick - before.tick : tick

function writeInput(w: BitWriter, game: AnyGame, tick: number, input: SavedInput, before: InputBase | null): void {
  const { numbers, repeats, seenTick, carried, waiting } = input
  writeNumbers(w, game, tick, numbers, before?.input.numbers ?? null)
  writeSeen(w, expectedSeen(tick, before), seenTick)
  const isInTime = repeats === 0 && carried.length === 0
  w.flag(isInTime)
  if (!isInTime) {
    w.unsigned(repeats)
    w.unsigned(carried.length)
    for (const column of carried) w.unsigned(column)
  }
  w.rice(waiting.length, WAITING)
  let last: SavedWaiting = { tick, numbers, seenTick }
  for (const next of waiting) {
    w.rice(next.tick - last.tick - 1, 0)
    writeNumbers(w, game, tick, next.numbers, last.numbers)
    writeSeen(w, last.seenTick + next.tick - last.tick, next.seenTick)
    last = next
  }
}

/** Null when the bits are no seats of this game. */
export function readSeats(r: BitReader, game: AnyGame, tick: number, base: Base): SavedSeat[] | null {
  const count = r.unsigned()
  if (!r.ok || count > MAX_SAVED_SEATS) return null
  const seats: SavedSeat[] = []
  for (let place = 0; place < count; place++) {
    const there = base?.seats[place]
    const isQuiet = there !== undefined && r.flag()
    const head = isQuiet ? there : readSeat(r, game, tick, base)
    if (!head || seats.some(({ player }) => player === head.player)) return null
    const before = isQuiet ? there : base?.seats.find(({ player }) => player === head.player)
    const input = readInput(r, game, tick, before && base ? { tick: base.tick, input: before.input } : null)
    if (!input || !r.ok) return null
    seats.push({ ...head, input })
  }
  return seats
}

function readSeat(r: BitReader, game: AnyGame, tick: number, base: Base): Omit<SavedSeat, 'input'> | null {
  const player = readPlayer(r, messageIdentity(game, tick))
  if (player === null) return null
  const before = base?.seats.find((other) => other.player === player) ?? null
  const spectates = r.flag()
  const connected = r.flag()
  const bot = r.flag() ? readBot(r, game) : null
  const commandAck = r.unsigned()
  const results = readQueue(r, before?.results ?? [], MAX_OPEN_RESULTS, () => readResult(r, game, tick))
  const events = results && readQueue(r, before?.events ?? [], MAX_PENDING_EVENTS, () => readEvent(r, game, tick))
  return events && r.ok ? { player, spectates, connected, bot, commandAck, results, events } : null
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

function readInput(r: BitReader, game: AnyGame, tick: number, before: InputBase | null): SavedInput | null {
  const numbers = readNumbers(r, game, tick, before?.input.numbers ?? null)
  const seenTick = readSeen(r, expectedSeen(tick, before))
  if (!numbers || !r.ok || Number.isNaN(seenTick)) return null
  const isInTime = r.flag()
  const repeats = isInTime ? 0 : r.unsigned()
  const carried = isInTime ? [] : readCarried(r, game, numbers.length)
  const waiting = carried && readWaiting(r, game, tick, { tick, numbers, seenTick })
  return waiting && { numbers, repeats, seenTick, carried, waiting }
}

function readCarried(r: BitReader, game: AnyGame, max: number): number[] | null {
  const count = r.unsigned()
  if (!r.ok || count > max) return null
  const carried: number[] = []
  for (let i = 0; i < count; i++) carried.push(r.unsigned())
  return carried.every((column) => isButton(game, column)) ? carried : null
}

function isButton({ schema }: AnyGame, column: number): boolean {
  return (
    column <= MAX_COLUMN && schema.input.numbers.some((field) => field.kind === 'button' && field.column === column)
  )
}

function readWaiting(r: BitReader, game: AnyGame, tick: number, last: SavedWaiting): SavedWaiting[] | null {
  const count = r.rice(WAITING)
  if (!r.ok || count > MAX_WAITING) return null
  const waiting: SavedWaiting[] = []
  for (let before = last; waiting.length < count; ) {
    const then = before.tick + 1 + r.rice(0)
    const numbers = readNumbers(r, game, tick, before.numbers)
    const seenTick = readSeen(r, before.seenTick + then - before.tick)
    if (!numbers || !r.ok || Number.isNaN(seenTick) || then > tick + MAX_WAITING) return null
    before = { tick: then, numbers, seenTick }
    waiting.push(before)
  }
  return waiting
}

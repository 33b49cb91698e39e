/**
 * What the host's ticks ran with, as bits: who came and went, the input of each player, what each saw, the commands. A tick
 * is written against the one before, so a player who holds the same keys costs two bits.
 */

import type { TickRecord } from '../session/host.ts'
import { type BitReader, BitWriter, bitsFor } from '../wire/bits.ts'
import { readPlayer, writePlayer } from '../wire/identity.ts'
import { MAX_COMMANDS } from '../wire/inputs.ts'
import { messageIdentity, readMessage, writeMessage } from '../wire/messages.ts'
import { readSeen, writeSeen } from '../wire/seen.ts'
import { completeValues, type PlainValues } from '../world/complete-values.ts'
import type { AnyGame } from '../world/game.ts'
import { toNumber } from '../world/grid.ts'
import { MAX_SEATS, type PlayerId } from '../world/ids.ts'
import type { PendingCommand } from '../world/pending-commands.ts'
import { initialNumbers, initialObjects, plainValues, type Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import type { TickInput } from '../world/tick.ts'

/** One player may be named so often in a tick: a seat that was freed is taken at once. */
const MAX_NAMED = 4 * MAX_SEATS

interface Held {
  readonly row: Row
  readonly seen: number
}

type Players = readonly PlayerId[]

/** Fields that were not chosen have their default. */
function rowOf(type: RecordType, values: PlainValues): Row {
  const complete = completeValues(type, values)
  const row = { numbers: initialNumbers(type), objects: initialObjects(type) }
  for (const field of type.fields)
    if (field.store === 'number') row.numbers[field.column] = toNumber(field, complete[field.name])
    else row.objects[field.column] = complete[field.name]
  return row
}

function sameRow(a: Row, b: Row): boolean {
  return a === b || a.numbers.every((value, column) => value === b.numbers[column])
}

export class TickWriter {
  private readonly game: AnyGame
  private readonly w = new BitWriter(4096)
  private held = new Map<PlayerId, Held>()

  constructor(game: AnyGame) {
    this.game = game
  }

  get byteLength(): number {
    return this.w.byteLength
  }

  write({ tick, run, seen }: TickRecord): void {
    const { joined, choices = {}, left, returned = [], expired, inputs, commands } = run
    const comings = [joined, left, returned, expired]
    const quiet = comings.every((players) => players.length === 0) && commands.length === 0
    this.w.flag(!quiet)
    if (!quiet) {
      for (const players of comings) this.writePlayers(tick, players)
      for (const player of joined) this.writeChoice(tick, choices[player])
      this.writeCommands(tick, commands)
    }
    this.writeInputs(tick, inputs, seen)
  }

  private writePlayers(tick: number, players: Players): void {
    this.w.unsigned(players.length)
    for (const player of players) writePlayer(this.w, messageIdentity(this.game, tick), player)
  }

  /** Of a game without anything to choose: nothing. */
  private writeChoice(tick: number, choice: PlainValues | undefined): void {
    const type = this.game.schema.choice
    if (type.fields.length === 0) return
    this.w.flag(choice !== undefined)
    if (choice) writeMessage(this.w, this.game, tick, type, rowOf(type, choice))
  }

  private writeCommands(tick: number, commands: readonly PendingCommand[]): void {
    const { w, game } = this
    w.unsigned(commands.length)
    for (const { from, id, type, row } of commands) {
      writePlayer(w, messageIdentity(game, tick), from)
      w.unsigned(id)
      w.bits(type.index, bitsFor(game.schema.commands.length - 1))
      writeMessage(w, game, tick, type.fields, row)
    }
  }

  private writeInputs(tick: number, inputs: TickInput['inputs'], seen: TickRecord['seen']): void {
    const w = this.w
    const held = this.held
    const same = inputs.size === held.size && [...inputs.keys()].every((player) => held.has(player))
    w.flag(same)
    if (!same)
      this.writePlayers(
        tick,
        [...inputs.keys()].sort((a, b) => a - b),
      )
    const now = new Map<PlayerId, Held>()
    for (const player of [...inputs.keys()].sort((a, b) => a - b)) {
      const row = inputs.get(player) as Row
      const before = held.get(player)
      const isHeld = before !== undefined && sameRow(before.row, row)
      if (before !== undefined) w.flag(isHeld)
      if (!isHeld) writeMessage(w, this.game, tick, this.game.schema.input, row)
      const saw = seen.get(player) ?? Number.POSITIVE_INFINITY
      writeSeen(w, (before?.seen ?? tick - 1) + 1, saw)
      now.set(player, { row, seen: saw })
    }
    this.held = now
  }

  /** A copy of what was written so far. */
  finish(): Uint8Array {
    return this.w.finish()
  }
}

export class TickReader {
  private readonly game: AnyGame
  private readonly r: BitReader
  private held = new Map<PlayerId, Held>()

  constructor(game: AnyGame, r: BitReader) {
    this.game = game
    this.r = r
  }

  /** The next tick; null when the bits are none. A tick costs a bit at least. */
  read(tick: number): TickRecord | null {
    const r = this.r
    let comings: readonly Players[] = [[], [], [], []]
    const choices: { [player: PlayerId]: PlainValues } = {}
    let commands: readonly PendingCommand[] = []
    if (r.flag()) {
      comings = [0, 1, 2, 3].map(() => this.readPlayers(tick))
      for (const player of comings[0] ?? []) this.readChoice(tick, player, choices)
      commands = this.readCommands(tick)
    }
    const [joined = [], left = [], returned = [], expired = []] = comings
    if (!r.ok || !this.readInputs(tick)) return null
    const inputs = new Map([...this.held].map(([player, { row }]) => [player, row]))
    const seen = new Map([...this.held].map(([player, held]) => [player, held.seen]))
    return { tick, run: { joined, choices, left, returned, expired, inputs, commands }, seen }
  }

  private readPlayers(tick: number): Players {
    const { game } = this
    const r = this.r
    const count = r.unsigned()
    if (count > MAX_NAMED) r.fail()
    const players: PlayerId[] = []
    for (let i = 0; i < count && r.ok; i++) {
      const player = readPlayer(r, messageIdentity(game, tick))
      if (player === null || players.includes(player)) r.fail()
      else players.push(player)
    }
    return players
  }

  private readChoice(tick: number, player: PlayerId, choices: { [player: PlayerId]: PlainValues }): void {
    const type = this.game.schema.choice
    if (type.fields.length === 0 || !this.r.flag()) return
    const row = readMessage(this.r, this.game, tick, type)
    if (row) choices[player] = plainValues(type, row)
    else this.r.fail()
  }

  private readCommands(tick: number): PendingCommand[] {
    const { r, game } = this
    const count = r.unsigned()
    if (count > MAX_SEATS * MAX_COMMANDS) r.fail()
    const commands: PendingCommand[] = []
    for (let i = 0; i < count && r.ok; i++) {
      const from = readPlayer(r, messageIdentity(game, tick))
      const id = r.unsigned()
      const type = game.schema.commands[r.bits(bitsFor(game.schema.commands.length - 1))]
      const row = type && readMessage(r, game, tick, type.fields)
      if (from !== null && type && row) commands.push({ from, id, type, row, reply: null })
      else r.fail()
    }
    return commands
  }

  private readInputs(tick: number): boolean {
    const r = this.r
    const game = this.game
    const held = this.held
    const players = r.flag() ? [...held.keys()] : this.readPlayers(tick)
    const now = new Map<PlayerId, Held>()
    for (const player of players) {
      const before = held.get(player)
      const row = before && r.flag() ? before.row : readMessage(r, game, tick, game.schema.input)
      const seen = readSeen(r, (before?.seen ?? tick - 1) + 1)
      if (!row || !r.ok || Number.isNaN(seen)) return false
      now.set(player, { row, seen })
    }
    this.held = now
    return r.ok
  }
}

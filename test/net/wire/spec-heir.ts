/**
 * A decoder of the heir's stream (kinds 3, 4 and 96), written from WIRE.md alone. It keeps every tick that it has read. Numbers come out in
 * steps of their grid.
 */

import { readEnvelope, readValue as readMessagePack } from './msgpack-mini.ts'
import {
  Bits,
  type Change,
  type Definition,
  Drop,
  ensure,
  type Layout,
  layoutOf,
  messageRices,
  readLayout,
  readMessage,
  readPlayer,
  readPlayerOrNone,
  readType,
  readValue,
  type Scope,
  type Slots,
  type Value,
  type Values,
} from './spec-decoder.ts'

export interface SpecInput {
  fields: Values
  seenTick: number
  repeats: number
  carried: number[]
  waiting: { tick: number; fields: Values; seenTick: number }[]
}

export interface SpecResult {
  id: number
  type: string
  result: Value
}

export interface SpecEvent {
  number: number
  type: string
  tick: number
  owner: number | null
  ordinal: number
  fields: Values
}

export interface SpecSeat {
  player: number
  spectates: boolean
  connected: boolean
  bot: { kind: string; skill: number } | null
  commandAck: number
  results: SpecResult[]
  events: SpecEvent[]
  input: SpecInput
}

export interface SpecRecord {
  id: number
  owner: number | null
  lines: { tick: number; values: number[]; rates: number[] }[]
  rests: Values
}

/** A tick as an heir holds it. */
export interface SpecTick {
  tick: number
  slowVersion: number
  nextRefereeId: number
  secret: number[]
  players: number[]
  comings: { joined: number[]; left: number[]; returned: number[]; expired: number[]; choices: Record<number, Values> }
  seats: SpecSeat[]
  memories: Record<number, Values>
  parameters: string[]
  /** By type, by slot. */
  records: Record<string, Record<number, SpecRecord>>
}

interface Held {
  told: SpecTick
  parameters: number[][]
  slots: Slots[]
}

const partBytes = 1111

export class SpecHeir {
  private readonly definition: Definition
  private readonly layouts: Layout[]
  private readonly ticks = new Map<number, Held>()
  private readonly parts = new Map<number, Map<number, Uint8Array>>()

  constructor(definition: Definition) {
    this.definition = definition
    const { tickRate, globals, player, input, entities } = definition
    const layout = (what: Layout['what'], name: string, fields: Definition['globals']): Layout => {
      // As if everybody were told every field.
      const open = fields.filter(({ kind }) => kind !== 'opaque').map(({ to: _, ...field }) => field)
      return layoutOf(tickRate, 'exact', what, 'exact', { name, fields: open })
    }
    this.layouts = [
      layout('globals', 'globals', globals),
      layout('player', 'player', player),
      layout('input', 'input', input),
      ...entities.map(({ name, fields }) => layout('entity', name, fields)),
    ]
  }

  /** A packet of kind 3 or a message of kind 96. Returns the tick when it is whole, null until then. @throws Drop. */
  receive(bytes: Uint8Array): SpecTick | null {
    const envelope = readEnvelope(bytes)
    if (envelope?.kind === 3) return this.part(envelope.tick, envelope.body)
    const [kind, , , contents] = (readMessagePack(bytes) ?? []) as [number, 0, 0, { tick: number; body: Uint8Array }]
    ensure(kind === 96)
    return this.read(contents.tick, contents.body)
  }

  private part(tick: number, body: Uint8Array): SpecTick | null {
    const [index = 0, count = 0] = body
    ensure(index < count && count <= 64 && body.length > 2)
    ensure(index === count - 1 || body.length === 2 + partBytes)
    const parts = this.parts.get(tick) ?? new Map<number, Uint8Array>()
    this.parts.set(tick, parts.set(index, body.slice(2)))
    if (parts.size < count) return null
    const whole = Array.from({ length: count }, (_, i) => [...(parts.get(i) ?? [])]).flat()
    return this.read(tick, Uint8Array.from(whole))
  }

  private read(tick: number, bytes: Uint8Array): SpecTick {
    const bits = new Bits(bytes)
    const scope: Scope = { bits, tick, maxPlayers: this.definition.maxPlayers }
    const age = bits.unsigned()
    const base = age === 0 ? null : this.ticks.get(tick - age)
    if (base === undefined) throw new Drop('missing')
    const slowVersion = bits.unsigned()
    const nextRefereeId = bits.unsigned()
    const secret = this.sameAs(bits, base?.told.secret) ?? [32, 32, 32, 32].map((n) => bits.bits(n))
    const players = this.sameAs(bits, base?.told.players) ?? this.readPlayers(scope)
    const comings = this.readComings(scope)
    const seats = this.readSeats(scope, base?.told ?? null)
    const memories: Record<number, Values> = {}
    for (let n = bits.unsigned(); n > 0; n--) memories[readPlayer(scope)] = readMessage(scope, this.definition.memory)
    const first = this.layouts.map(({ parameters }) => Array.from({ length: parameters }, () => 4))
    const from = base?.parameters ?? first
    const parameters = bits.flag() ? from : from.map((list) => list.map((old) => (bits.flag() ? bits.bits(5) : old)))
    const slots = this.readSection(scope, base, parameters)
    bits.end()
    const told: SpecTick = {
      ...{ tick, slowVersion, nextRefereeId, secret, players, comings, seats, memories },
      parameters: parameters.map((list) => list.join(' ')),
      records: Object.fromEntries(this.layouts.map((layout, i) => [layout.type, recordsOf(layout, slots[i])])),
    }
    this.ticks.set(tick, { told, parameters, slots })
    return told
  }

  /** Undefined: what follows is told. */
  private sameAs<T>(bits: Bits, before: T | undefined): T | undefined {
    if (!bits.flag()) return undefined
    ensure(before !== undefined)
    return before
  }

  private readPlayers(scope: Scope): number[] {
    return Array.from({ length: scope.bits.unsigned() }, () => readPlayer(scope))
  }

  private readComings(scope: Scope): SpecTick['comings'] {
    const choices: Record<number, Values> = {}
    if (scope.bits.flag()) return { joined: [], left: [], returned: [], expired: [], choices }
    const joined = this.readPlayers(scope)
    const left = this.readPlayers(scope)
    const returned = this.readPlayers(scope)
    const expired = this.readPlayers(scope)
    const chosen = this.definition.player.filter((field) => field.chosen)
    for (const player of joined) if (scope.bits.flag()) choices[player] = readMessage(scope, chosen)
    return { joined, left, returned, expired, choices }
  }

  private readSeats(scope: Scope, base: SpecTick | null): SpecSeat[] {
    const { bits } = scope
    const seats: SpecSeat[] = []
    const count = bits.unsigned()
    for (let place = 0; place < count; place++) {
      const there = base?.seats[place]
      const quiet = there !== undefined && bits.flag() ? there : undefined
      const head = quiet ?? this.readSeat(scope, base)
      const before = quiet ?? base?.seats.find(({ player }) => player === head.player)
      const input = this.readInput(scope, base && before ? { tick: base.tick, ...before.input } : null)
      seats.push({ ...head, input })
    }
    return seats
  }

  private readSeat(scope: Scope, base: SpecTick | null): Omit<SpecSeat, 'input'> {
    const { bits } = scope
    const player = readPlayer(scope)
    const before = base?.seats.find((seat) => seat.player === player)
    const spectates = bits.flag()
    const connected = bits.flag()
    const bot = bits.flag() ? { kind: readType(bits, this.definition.bots), skill: readFloat(bits) } : null
    const commandAck = bits.unsigned()
    const results = this.readQueue(bits, before?.results ?? [], () => this.readResult(scope))
    const events = this.readQueue(bits, before?.events ?? [], () => this.readEvent(scope))
    return { player, spectates, connected, bot, commandAck, results, events }
  }

  private readQueue<T>(bits: Bits, before: T[], read: () => T): T[] {
    const kept = bits.unsigned()
    const added = bits.unsigned()
    ensure(kept <= before.length)
    return [...before.slice(before.length - kept), ...Array.from({ length: added }, read)]
  }

  private readResult(scope: Scope): SpecResult {
    const id = scope.bits.unsigned()
    const { name, result } = readType(scope.bits, this.definition.commands)
    return { id, type: name, result: readValue(scope, result, 'exact', messageRices) }
  }

  private readEvent(scope: Scope): SpecEvent {
    const { bits } = scope
    const number = bits.unsigned()
    const { name, fields } = readType(bits, this.definition.events)
    const tick = scope.tick - bits.unsigned()
    const owner = readPlayerOrNone(scope) || null
    const ordinal = bits.unsigned()
    return { number, type: name, tick, owner, ordinal, fields: readMessage(scope, fields) }
  }

  private readInput(scope: Scope, before: { tick: number; fields: Values; seenTick: number } | null): SpecInput {
    const { bits, tick } = scope
    const row = (last: Values | null): Values =>
      last && bits.flag() ? { ...last } : readMessage(scope, this.definition.input)
    const fields = row(before?.fields ?? null)
    const seenTick = readSeen(bits, before ? before.seenTick + tick - before.tick : tick)
    const inTime = bits.flag()
    const repeats = inTime ? 0 : bits.unsigned()
    const carried = inTime ? [] : Array.from({ length: bits.unsigned() }, () => bits.unsigned())
    const waiting: SpecInput['waiting'] = []
    let last = { tick, fields, seenTick }
    for (let n = bits.rice(1); n > 0; n--) {
      const then = last.tick + 1 + bits.rice(0)
      const next = row(last.fields)
      last = { tick: then, fields: next, seenTick: readSeen(bits, last.seenTick + then - last.tick) }
      waiting.push(last)
    }
    return { fields, seenTick, repeats, carried, waiting }
  }

  private readSection(scope: Scope, base: Held | null, parameters: number[][]): Slots[] {
    return this.layouts.map((layout, number): Slots => {
      const before: Slots = base?.slots[number] ?? new Map()
      const slots: Slots = new Map(before)
      const changes: Change[] = []
      const own = {
        ...scope,
        layout,
        parameters: parameters[number] ?? [],
        since: base?.told.tick ?? scope.tick,
        you: 0,
      }
      readLayout(own, before, changes, (slot, state) => {
        if (state) slots.set(slot, state)
        else slots.delete(slot)
      })
      return slots
    })
  }
}

function readFloat(bits: Bits): number {
  return new DataView(bits.bytesOf(8).buffer).getFloat64(0, true)
}

function readSeen(bits: Bits, expected: number): number {
  if (bits.flag()) return expected
  return bits.flag() ? expected + bits.signedRice(3) / 256 : readFloat(bits)
}

function recordsOf(layout: Layout, slots: Slots = new Map()): Record<number, SpecRecord> {
  const sorted = [...slots].sort(([a], [b]) => a - b)
  return Object.fromEntries(
    sorted.map(([slot, { id, owner, lines, rests }]) => [
      slot,
      {
        id,
        owner,
        lines,
        rests: Object.fromEntries(layout.rests.map(({ field }, i) => [field.name, rests[i] as Value])),
      },
    ]),
  )
}

/** A packet of kind 4. */
export function decodeHeirAck(bytes: Uint8Array): { tick: number; epoch: number; all: boolean; behind: number | null } {
  const envelope = readEnvelope(bytes)
  ensure(envelope?.kind === 4 && envelope.body.length === 2)
  const { tick = 0, epoch = 0, body } = envelope ?? {}
  const [all, behind = 255] = body ?? []
  return { tick, epoch, all: all === 1, behind: behind === 255 ? null : behind }
}

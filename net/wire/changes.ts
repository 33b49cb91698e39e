/**
 * A section of a snapshot: what is new, what changed and what went, type by type and slot by slot. A change is told
 * against the state of that slot which the receiver has acknowledged; both sides compute the same expectation from it
 * and only what differs is written.
 */
import type { AnyGame } from '../world/game.ts'
import {
  type EntityId,
  FIRST_INPUT_ID,
  GLOBALS_ID,
  isSpawnedByStep,
  MAX_TICK,
  type PlayerId,
  spawnerOf,
} from '../world/ids.ts'
import type { CompiledField } from '../world/schema.ts'
import { fitText } from '../world/text.ts'
import type { GoneReason } from '../world/types.ts'
import { type BitReader, type BitWriter, bitsFor } from './bits.ts'
import {
  type IdentityContext,
  readEntity,
  readOptionalPlayer,
  readPlayer,
  writeEntity,
  writeOptionalPlayer,
  writePlayer,
} from './identity.ts'
import { type Axis, type Group, type Layout, type RestField, type Scale, Structure } from './layout.ts'
import { fold, foresee, type Line, MAX_LINE_TICKS, type RecordState, type Rest, sameObject, way } from './states.ts'

/** Slots of a type: what one world can hold of it. */
export const MAX_SLOTS = 65535
const LENGTH_BITS = 8
/** Numbers of up to this many bits are sent as they are when they change. */
const PLAIN_BITS = 8

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Whether the receiver is told a field. */
export type Knows = (field: CompiledField) => boolean

/** What a slot of a type is to be at the receiver: a state, or nothing with the reason. */
export type SlotChange = {
  readonly layout: number
  readonly slot: number
} & (
  | { readonly state: RecordState; readonly team: boolean; readonly fresh: boolean; readonly reason: null }
  | { readonly state: null; readonly reason: GoneReason /** The first tick without it. */; readonly goneAt: number }
)

/** What both sides need to write and read a section alike. */
export interface SectionContext {
  readonly game: AnyGame
  /** The packet's tick. */
  readonly tick: number
  /** About the tick that the baseline is of: until then its lines held. */
  readonly since: number
  /** The layouts of this section, one per type that may stand in it. */
  readonly layouts: readonly Layout[]
  /** Rice parameters of each layout. */
  readonly parameters: readonly Uint8Array[]
  readonly receiver: PlayerId
  /** Hears of every number in Rice's code: how the host learns the parameters. */
  readonly note?: (layout: number, parameter: number, magnitude: number) => void
}

export function knowsAs(receiver: PlayerId, owner: PlayerId | null, team: boolean): Knows {
  return ({ audience }) =>
    audience === 'all' || (audience === 'owner' && owner === receiver) || (audience === 'team' && team)
}

/** One type's part of a section, to be written in the order of its slots. */
export class ChangeWriter {
  private readonly w: BitWriter
  private readonly context: SectionContext
  private readonly index: number
  private readonly layout: Layout
  private readonly parameters: Uint8Array
  private readonly identity: IdentityContext
  private next = 0

  constructor(w: BitWriter, context: SectionContext, index: number, layout: Layout) {
    this.w = w
    this.context = context
    this.index = index
    this.layout = layout
    this.parameters = context.parameters[index] ?? new Uint8Array(layout.parameters)
    this.identity = identityOf(context, this.parameters)
  }

  count(changes: number): void {
    this.number(Structure.count, changes - 1)
  }

  gone(slot: number, reason: GoneReason, goneAt: number): void {
    this.place(slot)
    this.w.bits(0b11, 2)
    this.w.flag(reason === 'out of view')
    this.number(Structure.goneAge, this.context.tick - goneAt)
  }

  full(slot: number, state: RecordState, team: boolean): void {
    this.place(slot)
    const { w, layout, context } = this
    w.bits(0b10, 2)
    this.head(state)
    if (layout.team) w.flag(team)
    for (const [g, group] of layout.groups.entries()) {
      const line = state.lines[g]
      if (line) this.fullLine(group, line)
    }
    const knows = knowsAs(context.receiver, state.owner, team)
    for (const [part, fields] of layout.rests.entries())
      for (const field of fields) {
        if (!knows(field.field)) continue
        const rest = state.rests[part]
        const changed = !isInitial(field, rest)
        this.w.flag(changed)
        if (changed) this.restValue(field, rest, null)
      }
  }

  delta(slot: number, base: RecordState, state: RecordState, team: boolean): void {
    this.place(slot)
    const { w, layout, context } = this
    w.bits(0, 1)
    for (const [g, group] of layout.groups.entries()) {
      const line = state.lines[g]
      const from = base.lines[g]
      if (!line || !from) continue
      w.flag(line !== from)
      if (line !== from) this.deltaLine(group, from, line)
    }
    const knows = knowsAs(context.receiver, state.owner, team)
    for (const [part, fields] of layout.rests.entries()) {
      if (!fields.some(({ field }) => knows(field))) continue
      const rest = state.rests[part]
      const from = base.rests[part]
      w.flag(rest !== from)
      if (rest === from) continue
      for (const field of fields) {
        if (!knows(field.field)) continue
        const changed = !sameRest(field, rest, from)
        w.flag(changed)
        if (changed) this.restValue(field, rest, from)
      }
    }
  }

  private place(slot: number): void {
    this.number(Structure.gap, slot - this.next)
    this.next = slot + 1
  }

  private number(parameter: number, value: number): void {
    this.context.note?.(this.index, parameter, value)
    this.w.rice(value, this.parameters[parameter] ?? 0)
  }

  private signed(parameter: number, value: number): void {
    const magnitude = value < 0 ? -2 * value - 1 : 2 * value
    this.number(parameter, magnitude)
  }

  private head({ id, owner }: RecordState): void {
    switch (this.layout.type.role) {
      case 'globals':
      case 'message':
        return
      case 'player':
      case 'input':
        if (owner !== null) writePlayer(this.w, this.identity, owner)
        return
      case 'entity':
        writeEntity(this.w, this.identity, id)
        if (!isSpawnedByStep(id)) writeOptionalPlayer(this.w, this.identity, owner)
        else {
          const spawner = spawnerOf(id)
          this.context.note?.(this.index, Structure.spawnAge, this.context.tick - spawner.tick)
          this.context.note?.(this.index, Structure.ordinal, spawner.ordinal)
        }
    }
  }

  private fullLine({ age, axes }: Group, line: Line): void {
    this.number(age, this.context.tick - line.tick)
    for (const [i, { value, rate, rateMin, rateBits, parameter }] of axes.entries()) {
      // A rate that is only estimated is mostly none at all.
      if (rate) this.w.bits((line.rates[i] ?? 0) - rateMin, rateBits)
      else this.signed(parameter + 2, line.rates[i] ?? 0)
      this.w.bits((line.values[i] ?? 0) - value.min, value.bits)
    }
  }

  private deltaLine({ age, axes }: Group, from: Line, line: Line): void {
    this.number(age, this.context.tick - line.tick)
    for (const [i, axis] of axes.entries()) {
      const rate = line.rates[i] ?? 0
      this.signed(axis.parameter + 1, rate - (from.rates[i] ?? 0))
      this.signed(
        axis.parameter,
        way(axis, foresee(axis, from, i, rate, line.tick, this.context.since), line.values[i] ?? 0),
      )
    }
  }

  private restValue(
    { field, scale, slot, parameter }: RestField,
    rest: Rest | undefined,
    base: Rest | null | undefined,
  ): void {
    const { w } = this
    if (field.store === 'number') {
      if (scale) this.restNumber(scale, parameter, rest?.numbers[slot] ?? 0, base?.numbers[slot] ?? null)
      return
    }
    const value = rest?.objects[slot] ?? ''
    if (typeof value === 'string') {
      const bytes = encoder.encode(value)
      w.bits(bytes.length, LENGTH_BITS)
      return w.raw(bytes)
    }
    w.bits(value.length, LENGTH_BITS)
    if (scale) for (const item of value) this.restNumber(scale, parameter, item, null)
  }

  private restNumber(scale: Scale, parameter: number, value: number, base: number | null): void {
    const { w } = this
    switch (scale.field.kind) {
      case 'player':
        return writeOptionalPlayer(w, this.identity, value === 0 ? null : (value as PlayerId))
      case 'entity':
        w.flag(value !== 0)
        if (value !== 0) writeEntity(w, this.identity, value as EntityId)
        return
      case 'tick':
        return this.signed(parameter, value - this.context.tick)
      default:
        if (base === null || scale.bits <= PLAIN_BITS) w.bits(value - scale.min, scale.bits)
        else this.signed(parameter, value - base)
    }
  }
}

function identityOf({ game, tick }: SectionContext, parameters: Uint8Array): IdentityContext {
  return {
    tick,
    seatBits: bitsFor(game.maxPlayers - 1),
    spawnAge: parameters[Structure.spawnAge] ?? 0,
    ordinal: parameters[Structure.ordinal] ?? 0,
  }
}

function sameRest({ field, slot }: RestField, a: Rest | undefined, b: Rest | undefined): boolean {
  return field.store === 'number'
    ? a?.numbers[slot] === b?.numbers[slot]
    : sameObject(a?.objects[slot], b?.objects[slot])
}

/** Whether a field is as in every new record, which costs one bit. */
function isInitial({ field, slot, initial }: RestField, rest: Rest | undefined): boolean {
  return field.store === 'number' ? rest?.numbers[slot] === initial : (rest?.objects[slot]?.length ?? 0) === 0
}

/**
 * Whether a receiver who has `base` has to hear of `state`. References decide, not values: what changed and changed
 * back may have been sent in between, and only being told again brings the receiver back.
 */
export function differs(
  layout: Layout,
  base: RecordState,
  state: RecordState,
  receiver: PlayerId,
  team: boolean,
): boolean {
  if (base === state) return false
  if (base.rests[0] !== state.rests[0] || base.lines.some((line, g) => line !== state.lines[g])) return true
  if (base.rests[1] === state.rests[1]) return false
  const knows = knowsAs(receiver, state.owner, team)
  return layout.rests[1].some(({ field }) => knows(field))
}

/** What a slot held when the packet's baseline was acknowledged. */
export interface Baseline {
  readonly state: RecordState
  readonly team: boolean
}

/**
 * Reads a section. Null when the bits are none; `missing` is called and null returned when they build on a state that
 * this side does not have.
 */
export function readSection(
  r: BitReader,
  context: SectionContext,
  baselineOf: (layout: number, slot: number) => Baseline | null,
  missing: () => void,
): SlotChange[] | null {
  const changes: SlotChange[] = []
  for (const [index, layout] of context.layouts.entries()) {
    if (!r.flag()) continue
    const reader = new ChangeReader(r, context, index, layout)
    const count = reader.count()
    for (let i = 0, slot = 0; i < count && r.ok; i++, slot++) {
      slot += reader.gap()
      if (slot > MAX_SLOTS || !r.ok) return null
      const base = baselineOf(index, slot)
      const change = reader.change(slot, base)
      if (change === 'missing') {
        missing()
        return null
      }
      if (change === null) return null
      changes.push(change)
    }
  }
  return r.ok ? changes : null
}

class ChangeReader {
  private readonly r: BitReader
  private readonly context: SectionContext
  private readonly index: number
  private readonly layout: Layout
  private readonly parameters: Uint8Array
  private readonly identity: IdentityContext

  constructor(r: BitReader, context: SectionContext, index: number, layout: Layout) {
    this.r = r
    this.context = context
    this.index = index
    this.layout = layout
    this.parameters = context.parameters[index] ?? new Uint8Array(layout.parameters)
    this.identity = identityOf(context, this.parameters)
  }

  count(): number {
    return this.number(Structure.count) + 1
  }

  gap(): number {
    return this.number(Structure.gap)
  }

  change(slot: number, base: Baseline | null): SlotChange | 'missing' | null {
    const { r, index } = this
    if (!r.flag()) {
      if (!r.ok) return null
      return base ? this.delta(slot, base) : 'missing'
    }
    if (!r.flag()) return this.full(slot)
    const reason = r.flag() ? 'out of view' : 'destroyed'
    const goneAt = this.context.tick - this.number(Structure.goneAge)
    return goneAt >= 0 ? { layout: index, slot, state: null, reason, goneAt } : null
  }

  private number(parameter: number): number {
    return this.r.rice(this.parameters[parameter] ?? 0)
  }

  private signed(parameter: number): number {
    return this.r.signedRice(this.parameters[parameter] ?? 0)
  }

  private full(slot: number): SlotChange | null {
    const { r, layout, context } = this
    const head = this.head()
    if (!head) return null
    const team = layout.team !== null && r.flag()
    const lines = layout.groups.map((group) => this.fullLine(group))
    const knows = knowsAs(context.receiver, head.owner, team)
    const rests: [Rest, Rest] = [this.fullRest(layout.rests[0], knows), this.fullRest(layout.rests[1], knows)]
    return r.ok ? { layout: this.index, slot, state: { ...head, lines, rests }, team, fresh: true, reason: null } : null
  }

  private delta(slot: number, { state: base, team }: Baseline): SlotChange | null {
    const { r, layout, context } = this
    const lines = layout.groups.map((group, g) => {
      const from = base.lines[g]
      return from && r.flag() ? this.deltaLine(group, from) : (from ?? { tick: context.tick, values: [], rates: [] })
    })
    const knows = knowsAs(context.receiver, base.owner, team)
    const everybody = this.deltaRest(layout.rests[0], knows, base.rests[0])
    const own = this.deltaRest(layout.rests[1], knows, base.rests[1])
    const rests = everybody === base.rests[0] && own === base.rests[1] ? base.rests : ([everybody, own] as const)
    if (!r.ok) return null
    return {
      layout: this.index,
      slot,
      state: { id: base.id, owner: base.owner, lines, rests },
      team,
      fresh: false,
      reason: null,
    }
  }

  private head(): { id: EntityId; owner: PlayerId | null } | null {
    const { role } = this.layout.type
    if (role === 'globals' || role === 'message') return { id: GLOBALS_ID as EntityId, owner: null }
    if (role !== 'entity') {
      const owner = readPlayer(this.r, this.identity)
      return owner === null
        ? null
        : { id: (owner + (role === 'input' ? FIRST_INPUT_ID : 0)) as number as EntityId, owner }
    }
    const id = readEntity(this.r, this.identity)
    if (id === null) return null
    return { id, owner: isSpawnedByStep(id) ? spawnerOf(id).owner : readOptionalPlayer(this.r, this.identity) }
  }

  private fullLine({ age, axes }: Group): Line {
    const tick = this.lineTick(age, 0)
    const values: number[] = []
    const rates: number[] = []
    for (const axis of axes) {
      const rate = axis.rate ? axis.rateMin + this.r.bits(axis.rateBits) : this.signed(axis.parameter + 2)
      rates.push(this.within(rate, axis.rateMin, axis.rateMax))
      values.push(this.within(axis.value.min + this.r.bits(axis.value.bits), axis.value.min, axis.value.max))
    }
    return { tick, values, rates }
  }

  private deltaLine({ age, axes }: Group, from: Line): Line {
    const tick = this.lineTick(age, from.tick)
    const values: number[] = []
    const rates: number[] = []
    for (const [i, axis] of axes.entries()) {
      const rate = this.within((from.rates[i] ?? 0) + this.signed(axis.parameter + 1), axis.rateMin, axis.rateMax)
      rates.push(rate)
      values.push(
        this.shifted(axis, foresee(axis, from, i, rate, tick, this.context.since), this.signed(axis.parameter)),
      )
    }
    return { tick, values, rates }
  }

  /** A line is never older than the one it follows, nor than lines get. */
  private lineTick(age: number, from: number): number {
    const tick = this.context.tick - this.number(age)
    if (tick < from || tick < this.context.tick - MAX_LINE_TICKS) this.r.fail()
    return tick
  }

  private shifted(axis: Axis, expected: number, by: number): number {
    const value = axis.value.around > 0 ? fold(axis, expected + by) : expected + by
    return this.within(value, axis.value.min, axis.value.max)
  }

  private within(value: number, min: number, max: number): number {
    if (value >= min && value <= max) return value
    this.r.fail()
    return min
  }

  private fullRest(fields: readonly RestField[], knows: Knows): Rest {
    return collect(fields, (field) => (knows(field.field) && this.r.flag() ? this.restValue(field, null) : null), null)
  }

  private deltaRest(fields: readonly RestField[], knows: Knows, base: Rest): Rest {
    if (!fields.some(({ field }) => knows(field)) || !this.r.flag()) return base
    return collect(fields, (field) => (knows(field.field) && this.r.flag() ? this.restValue(field, base) : null), base)
  }

  private restValue(
    { field, scale, slot, parameter }: RestField,
    base: Rest | null,
  ): number | string | readonly number[] | null {
    const { r } = this
    if (field.store === 'number') return scale ? this.restNumber(scale, parameter, base?.numbers[slot] ?? null) : null
    const length = r.bits(LENGTH_BITS)
    if (length > field.max) r.fail()
    if (field.kind === 'string') return fitText(decoder.decode(r.raw(r.ok ? length : 0)), field.max)
    const items: number[] = []
    for (let i = 0; i < length && r.ok && scale; i++) items.push(this.restNumber(scale, parameter, null))
    return items
  }

  private restNumber(scale: Scale, parameter: number, base: number | null): number {
    const { r } = this
    switch (scale.field.kind) {
      case 'player':
        return readOptionalPlayer(r, this.identity) ?? 0
      case 'entity':
        return r.flag() ? (readEntity(r, this.identity) ?? 0) : 0
      case 'tick':
        return this.within(this.context.tick + this.signed(parameter), 0, MAX_TICK)
      default: {
        const plain = base === null || scale.bits <= PLAIN_BITS
        return this.within(plain ? scale.min + r.bits(scale.bits) : base + this.signed(parameter), scale.min, scale.max)
      }
    }
  }
}

/** The values that `read` gives, or the base's, or the initial ones. */
function collect(
  fields: readonly RestField[],
  read: (field: RestField) => number | string | readonly number[] | null,
  base: Rest | null,
): Rest {
  const numbers: number[] = []
  const objects: (string | readonly number[])[] = []
  for (const field of fields) {
    const value = read(field)
    if (field.field.store === 'number')
      numbers.push(typeof value === 'number' ? value : (base?.numbers[field.slot] ?? field.initial))
    else if (value !== null && typeof value !== 'number') objects.push(value)
    else objects.push(base?.objects[field.slot] ?? (field.field.kind === 'string' ? '' : []))
  }
  return { numbers, objects }
}

/** Reads the changes of a section. Whatever the bytes are, it never throws, and no value it gives is out of its range. */
import {
  type EntityId,
  FIRST_INPUT_ID,
  GLOBALS_ID,
  isSpawnedByStep,
  MAX_TICK,
  type PlayerId,
  spawnerOf,
} from '../world/ids.ts'
import { fitText, fromUtf8 } from '../world/text.ts'
import type { BitReader } from './bits.ts'
import {
  type Baseline,
  type Held,
  hears,
  hearsOf,
  LENGTH_BITS,
  MAX_SLOTS,
  PLAIN_BITS,
  type SectionContext,
  type SlotChange,
} from './changes.ts'
import { type IdentityContext, readEntity, readOptionalPlayer, readPlayer } from './identity.ts'
import { type Axis, type Group, type Layout, type Rest, type RestField, type Scale, Structure } from './layout.ts'
import { foresee, MAX_LINE_TICKS } from './states.ts'

/** Reads the sections of a snapshot, one type after the other. */
export class ChangeReader implements IdentityContext {
  readonly tick: number
  readonly seatBits: number
  private readonly r: BitReader
  private readonly context: SectionContext
  private readonly held: Held
  /** Whether a change was told against something that this side does not have. */
  missing = false
  // Of the type that is being read:
  spawnAge = 0
  ordinal = 0
  private index = 0
  private layout: Layout
  private parameters: Uint8Array

  constructor(r: BitReader, context: SectionContext, held: Held) {
    this.tick = context.tick
    this.seatBits = context.seatBits
    this.r = r
    this.context = context
    this.held = held
    this.layout = context.layouts[0] as Layout
    this.parameters = context.parameters[0] as Uint8Array
  }

  /** Reads a section, whose layouts are those from `first` to before `end`. Null when the bits are none, or `missing`. */
  section(first: number, end: number): SlotChange[] | null {
    const { r } = this
    const changes: SlotChange[] = []
    for (let index = first; index < end; index++) {
      if (!r.flag()) continue
      this.begin(index)
      const count = this.number(Structure.count) + 1
      for (let i = 0, slot = 0; i < count && r.ok; i++, slot++) {
        slot += this.number(Structure.gap)
        if (slot > MAX_SLOTS || !r.ok) return null
        const change = this.change(slot, this.held.at(index, slot))
        if (change === null) return null
        changes.push(change)
      }
    }
    return r.ok ? changes : null
  }

  private begin(index: number): void {
    const parameters = this.context.parameters[index] as Uint8Array
    this.index = index
    this.layout = this.context.layouts[index] as Layout
    this.parameters = parameters
    this.spawnAge = parameters[Structure.spawnAge] as number
    this.ordinal = parameters[Structure.ordinal] as number
  }

  private change(slot: number, base: Baseline | null): SlotChange | null {
    const { r } = this
    if (!r.flag()) {
      if (base) return this.delta(slot, base)
      this.missing ||= r.ok
      return null
    }
    if (!r.flag()) return this.full(slot)
    const reason = r.flag() ? 'out of view' : 'destroyed'
    const goneAt = this.tick - this.number(Structure.goneAge)
    return goneAt >= 0 ? { layout: this.index, slot, state: null, team: false, fresh: false, reason, goneAt } : null
  }

  private number(parameter: number): number {
    return this.r.rice(this.parameters[parameter] as number)
  }

  private signed(parameter: number): number {
    return this.r.signedRice(this.parameters[parameter] as number)
  }

  private full(slot: number): SlotChange | null {
    const { r, layout, context } = this
    const head = this.head()
    if (!head) return null
    const team = layout.team !== null && r.flag()
    const lines = layout.zeros.slice()
    for (let g = 0; g < layout.groups.length; g++) this.fullLine(layout.groups[g] as Group, lines)
    const mine = head.owner === context.receiver
    const rests = [this.rest(0, null, mine, team), this.rest(1, null, mine, team)] as const
    if (!r.ok) return null
    const state = { id: head.id, owner: head.owner, lines, rests }
    return { layout: this.index, slot, state, team, fresh: true, reason: null, goneAt: null }
  }

  private delta(slot: number, { state: base, team }: Baseline): SlotChange | null {
    const { r, layout, context } = this
    let { lines, rests } = base
    for (let g = 0; g < layout.groups.length; g++) {
      if (!r.flag()) continue
      if (lines === base.lines) lines = base.lines.slice()
      this.deltaLine(layout.groups[g] as Group, base.lines, lines as number[])
    }
    const mine = base.owner === context.receiver
    const everybody = this.deltaRest(0, base.rests[0], mine, team)
    const own = this.deltaRest(1, base.rests[1], mine, team)
    if (everybody !== rests[0] || own !== rests[1]) rests = [everybody, own]
    if (!r.ok) return null
    const state = { id: base.id, owner: base.owner, lines, rests }
    return { layout: this.index, slot, state, team, fresh: false, reason: null, goneAt: null }
  }

  private head(): { id: EntityId; owner: PlayerId | null } | null {
    const { role } = this.layout.type
    if (role === 'globals' || role === 'message') return { id: GLOBALS_ID as EntityId, owner: null }
    if (role !== 'entity') {
      const owner = readPlayer(this.r, this)
      return owner === null
        ? null
        : { id: (owner + (role === 'input' ? FIRST_INPUT_ID : 0)) as number as EntityId, owner }
    }
    const id = readEntity(this.r, this)
    if (id === null) return null
    return { id, owner: isSpawnedByStep(id) ? spawnerOf(id).owner : readOptionalPlayer(this.r, this) }
  }

  private fullLine({ age, begin, axes }: Group, lines: number[]): void {
    lines[begin] = this.lineTick(age, 0)
    for (let i = 0; i < axes.length; i++) {
      const { rate, rateMin, rateMax, rateBits, value, parameter, at } = axes[i] as Axis
      const steps = rate ? rateMin + this.r.bits(rateBits) : this.signed(parameter + 2)
      lines[at + 1] = this.within(steps, rateMin, rateMax)
      lines[at] = this.within(value.min + this.r.bits(value.bits), value.min, value.max)
    }
  }

  private deltaLine({ age, begin, axes }: Group, from: readonly number[], lines: number[]): void {
    const { r, parameters } = this
    const { since } = this.context
    const tick = this.lineTick(age, from[begin] as number)
    lines[begin] = tick
    for (let i = 0; i < axes.length; i++) {
      const axis = axes[i] as Axis
      const { rateMin, rateMax, parameter, at } = axis
      const { min, max, around } = axis.value
      const rate = (from[at + 1] as number) + r.signedRice(parameters[parameter + 1] as number)
      const off = r.signedRice(parameters[parameter] as number)
      let value = foresee(axis, from, rate, tick, since) + off
      if (around > 0) value -= Math.floor((value - min) / around) * around
      if (!(rate >= rateMin && rate <= rateMax && value >= min && value <= max)) return r.fail()
      lines[at + 1] = rate
      lines[at] = value
    }
  }

  /** A line is never older than the one it follows, nor than lines get. */
  private lineTick(age: number, from: number): number {
    const tick = this.tick - this.number(age)
    if (tick < from || tick < this.tick - MAX_LINE_TICKS) this.r.fail()
    return tick
  }

  private within(value: number, min: number, max: number): number {
    if (value >= min && value <= max) return value
    this.r.fail()
    return min
  }

  private deltaRest(part: number, base: Rest, mine: boolean, team: boolean): Rest {
    return hearsOf(this.layout, part, mine, team) && this.r.flag() ? this.rest(part, base, mine, team) : base
  }

  /** A part of the rests: what is told of it, and all else as in `base`, or initial. */
  private rest(part: number, base: Rest | null, mine: boolean, team: boolean): Rest {
    const { r, layout } = this
    const fields = layout.rests[part] as readonly RestField[]
    const from = base ?? (layout.initial[part] as Rest)
    let { numbers, objects } = from
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as RestField
      if (!hears(field.field, mine, team) || !r.flag()) continue
      const value = this.restValue(field, base)
      if (typeof value === 'number') {
        if (numbers === from.numbers) numbers = from.numbers.slice()
        ;(numbers as number[])[field.slot] = value
      } else if (value !== null) {
        if (objects === from.objects) objects = from.objects.slice()
        ;(objects as (string | readonly number[])[])[field.slot] = value
      }
    }
    return numbers === from.numbers && objects === from.objects && base === null ? from : { numbers, objects }
  }

  private restValue(
    { field, scale, slot, parameter }: RestField,
    base: Rest | null,
  ): number | string | readonly number[] | null {
    const { r } = this
    if (field.store === 'number') return scale ? this.restNumber(scale, parameter, base?.numbers[slot] ?? null) : null
    const length = r.bits(LENGTH_BITS)
    if (length > field.max) r.fail()
    if (field.kind === 'string') return fitText(fromUtf8(r.raw(r.ok ? length : 0)), field.max)
    const items: number[] = []
    for (let i = 0; i < length && r.ok && scale; i++) items.push(this.restNumber(scale, parameter, null))
    return items
  }

  private restNumber(scale: Scale, parameter: number, base: number | null): number {
    const { r } = this
    switch (scale.field.kind) {
      case 'player':
        return readOptionalPlayer(r, this) ?? 0
      case 'entity':
        return r.flag() ? (readEntity(r, this) ?? 0) : 0
      case 'tick':
        return this.within(this.tick + this.signed(parameter), 0, MAX_TICK)
      default: {
        const plain = base === null || scale.bits <= PLAIN_BITS
        return this.within(plain ? scale.min + r.bits(scale.bits) : base + this.signed(parameter), scale.min, scale.max)
      }
    }
  }
}

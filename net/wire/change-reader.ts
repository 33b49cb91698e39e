/** Reads the changes of a section. Whatever the bytes are, it never throws, and no value it gives is out of its range. */
import { type EntityId, FIRST_INPUT_ID, GLOBALS_ID, isSpawnedByStep, type PlayerId, spawnerOf } from '../world/ids.ts'
import type { BitReader } from './bits.ts'
import {
  type Baseline,
  MAX_SLOTS,
  maySee,
  maySeeOwn,
  type SectionContext,
  type SlotBaseline,
  type SlotChange,
} from './changes.ts'
import { type FieldReader, readNumber, readObject, within } from './field-codec.ts'
import { readEntity, readOptionalPlayer, readPlayer } from './identity.ts'
import { type Axis, type DiscreteField, DiscreteValues, type Group, type Layout, Structure } from './layout.ts'
import { foresee, MAX_SEGMENT_TICKS, type Segments } from './segments.ts'
import { newState } from './states.ts'

/** Reads the sections of a snapshot, one type after the other. */
export class ChangeReader implements FieldReader {
  readonly tick: number
  readonly seatBits: number
  readonly r: BitReader
  private readonly context: SectionContext
  private readonly baseline: Baseline
  /** Set when a delta names a slot that is empty in the baseline. */
  missing = false
  // Of the type that is being read:
  spawnAge = 0
  ordinal = 0
  private index = 0
  private layout: Layout
  private parameters: Uint8Array

  constructor(r: BitReader, context: SectionContext, baseline: Baseline) {
    this.tick = context.tick
    this.seatBits = context.seatBits
    this.r = r
    this.context = context
    this.baseline = baseline
    this.layout = context.layouts[0] as Layout
    this.parameters = context.parameters[0] as Uint8Array
  }

  /** Reads the section with the layouts from `first` to before `end`. Null when the bits are malformed, or `missing` is set. */
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
        const change = this.change(slot, this.baseline.slotAt(index, slot))
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

  private change(slot: number, base: SlotBaseline | null): SlotChange | null {
    const { r } = this
    if (!r.flag()) {
      if (base) return this.delta(slot, base)
      this.missing ||= r.ok
      return null
    }
    if (!r.flag()) return this.full(slot)
    const reason = r.flag() ? 'out of view' : 'destroyed'
    const goneAt = this.tick - this.number(Structure.goneAge)
    return goneAt >= 0 ? { layout: this.index, slot, state: null, team: false, isFull: false, reason, goneAt } : null
  }

  private number(parameter: number): number {
    return this.r.rice(this.parameters[parameter] as number)
  }

  signed(parameter: number): number {
    return this.r.signedRice(this.parameters[parameter] as number)
  }

  private full(slot: number): SlotChange | null {
    const { r, layout, context } = this
    const { groups, discrete, initial } = layout
    const head = this.head()
    if (!head) return null
    const team = layout.team !== null && r.flag()
    const segments = layout.zeros.slice()
    for (let g = 0; g < groups.length; g++) this.fullSegment(groups[g] as Group, segments)
    const mine = head.owner === context.receiver
    const shared = this.values(discrete[0], initial[0], false, mine, team)
    const own = maySeeOwn(layout, mine, team) ? this.values(discrete[1], initial[1], false, mine, team) : initial[1]
    if (!r.ok) return null
    const state = newState(head.id, head.owner, segments, shared, own)
    return { layout: this.index, slot, state, team, isFull: true, reason: null, goneAt: null }
  }

  private delta(slot: number, { state: base, team }: SlotBaseline): SlotChange | null {
    const { r, layout, context } = this
    const { groups, discrete } = layout
    let { segments, shared, own } = base
    for (let g = 0; g < groups.length; g++) {
      if (!r.flag()) continue
      if (segments === base.segments) segments = base.segments.slice()
      this.deltaSegment(groups[g] as Group, base.segments, segments as number[])
    }
    const mine = base.owner === context.receiver
    if (discrete[0].length > 0 && r.flag()) shared = this.values(discrete[0], shared, true, mine, team)
    if (maySeeOwn(layout, mine, team) && r.flag()) own = this.values(discrete[1], own, true, mine, team)
    if (!r.ok) return null
    const state = newState(base.id, base.owner, segments, shared, own)
    return { layout: this.index, slot, state, team, isFull: false, reason: null, goneAt: null }
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

  private fullSegment({ age, beginIndex, axes }: Group, segments: number[]): void {
    const { r } = this
    segments[beginIndex] = this.segmentTick(age, 0)
    for (let i = 0; i < axes.length; i++) {
      const { rate, rateMin, rateMax, rateBits, value, parameter, valueIndex } = axes[i] as Axis
      const steps = rate ? rateMin + r.bits(rateBits) : this.signed(parameter + 2)
      segments[valueIndex + 1] = within(r, steps, rateMin, rateMax)
      segments[valueIndex] = within(r, value.min + r.bits(value.bits), value.min, value.max)
    }
  }

  private deltaSegment({ age, beginIndex, axes }: Group, from: Segments, segments: number[]): void {
    const { r, parameters } = this
    const { baselineTick } = this.context
    const tick = this.segmentTick(age, from[beginIndex] as number)
    segments[beginIndex] = tick
    for (let i = 0; i < axes.length; i++) {
      const axis = axes[i] as Axis
      const { rateMin, rateMax, parameter, valueIndex } = axis
      const { min, max, around } = axis.value
      const rate = (from[valueIndex + 1] as number) + r.signedRice(parameters[parameter + 1] as number)
      const off = r.signedRice(parameters[parameter] as number)
      let value = foresee(axis, from, rate, tick, baselineTick) + off
      if (around > 0) value -= Math.floor((value - min) / around) * around
      if (!(rate >= rateMin && rate <= rateMax && value >= min && value <= max)) return r.fail()
      segments[valueIndex + 1] = rate
      segments[valueIndex] = value
    }
  }

  /** A segment is never older than the one that it follows, nor than segments get. */
  private segmentTick(age: number, from: number): number {
    const tick = this.tick - this.number(age)
    if (tick < from || tick < this.tick - MAX_SEGMENT_TICKS) this.r.fail()
    return tick
  }

  /** Reads a set of discrete fields. What is not told keeps its value in `from`. `isDelta`: told against `from`. */
  private values(
    fields: readonly DiscreteField[],
    from: DiscreteValues,
    isDelta: boolean,
    mine: boolean,
    team: boolean,
  ): DiscreteValues {
    const { r } = this
    let { numbers, objects } = from
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as DiscreteField
      const { scale, index, parameter } = field
      if (!maySee(field.field, mine, team) || !r.flag()) continue
      if (field.field.store === 'object') {
        if (objects === from.objects) objects = from.objects.slice()
        ;(objects as (string | readonly number[])[])[index] = readObject(this, field)
      } else if (scale) {
        if (numbers === from.numbers) numbers = from.numbers.slice()
        const base = isDelta ? (from.numbers[index] as number) : null
        ;(numbers as number[])[index] = readNumber(this, scale, parameter, base)
      }
    }
    // A delta that says "changed" makes a new set, even when no field that this receiver may see is in it: on the host the
    // reference changed, too.
    return numbers === from.numbers && objects === from.objects && !isDelta
      ? from
      : new DiscreteValues(numbers, objects)
  }
}

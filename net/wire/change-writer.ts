/** Writes the changes of a section: new records in full, changed ones as a delta against the baseline, and removals. */

import { isSpawnedByStep, type PlayerId, spawnerOf } from '../world/ids.ts'
import type { GoneReason } from '../world/record-types.ts'
import type { BitWriter } from './bits.ts'
import { maySee, maySeeOwn, type WireChange } from './changes.ts'
import { isInitial, sameDiscrete } from './discrete.ts'
import { type FieldWriter, writeField } from './field-codec.ts'
import { writeEntity, writeOptionalPlayer, writePlayer } from './identity.ts'
import { type Axis, type DiscreteField, type DiscreteValues, type Group, type Layout, Structure } from './layout.ts'
import { type Parameters, placeOf, type Residuals } from './parameters.ts'
import type { Sections } from './sections.ts'
import { foresee, type Segments, way } from './segments.ts'
import type { RecordState } from './states.ts'

/** Writes the sections of snapshots, one type after the other, each in the order of its slots. */
export class ChangeWriter implements FieldWriter {
  tick = 0
  readonly seatBits: number
  readonly w: BitWriter
  private readonly layouts: readonly Layout[]
  /** Collects every number that is written in Rice's code: the host learns the coding parameters from them. */
  private readonly residuals: Residuals | null
  // Of the packet that is being written:
  private baselineTick = 0
  private receiver: PlayerId | null = null
  private packetParameters: Parameters = []
  // Of the type that is being written:
  spawnAge = 0
  ordinal = 0
  /** Where the type's numbers begin in `residuals`. */
  private firstPlace = 0
  private layout: Layout
  private parameters: Uint8Array = new Uint8Array(0)
  /** The slot after the last one that was written. */
  private nextSlot = 0

  constructor(w: BitWriter, { all, seatBits }: Pick<Sections, 'all' | 'seatBits'>, residuals: Residuals | null) {
    this.w = w
    this.layouts = all
    this.seatBits = seatBits
    this.residuals = residuals
    this.layout = all[0] as Layout
  }

  /** Begins a packet to `receiver`. `baselineTick`: about the tick of its baseline. */
  beginPacket(tick: number, baselineTick: number, receiver: PlayerId, parameters: Parameters): void {
    this.tick = tick
    this.baselineTick = baselineTick
    this.receiver = receiver
    this.packetParameters = parameters
  }

  /** Begins the changes of a type. */
  beginLayout(index: number): void {
    const parameters = this.packetParameters[index] as Uint8Array
    this.firstPlace = placeOf(index, 0)
    this.layout = this.layouts[index] as Layout
    this.parameters = parameters
    this.spawnAge = parameters[Structure.spawnAge] as number
    this.ordinal = parameters[Structure.ordinal] as number
    this.nextSlot = 0
  }

  /** Each change begins with its kind: 0 delta, 10 full, 110 destroyed, 111 out of view. */
  write(slot: number, change: WireChange): void {
    if (!change.state) this.gone(slot, change.reason, change.goneAt)
    else if (change.base) this.delta(slot, change.base, change.state, change.team)
    else this.full(slot, change.state, change.team)
  }

  count(changes: number): void {
    this.number(Structure.count, changes - 1)
  }

  gone(slot: number, reason: GoneReason, goneAt: number): void {
    this.skipTo(slot)
    this.w.bits(reason === 'out of view' ? 0b111 : 0b110, 3)
    this.number(Structure.goneAge, this.tick - goneAt)
  }

  full(slot: number, state: RecordState, team: boolean): void {
    this.skipTo(slot)
    const { w, layout } = this
    const { groups, discrete } = layout
    w.bits(0b10, 2)
    this.head(state)
    if (layout.team) w.flag(team)
    for (let g = 0; g < groups.length; g++) this.fullSegment(groups[g] as Group, state.segments)
    const mine = state.owner === this.receiver
    this.fullDiscrete(discrete[0], state.shared, mine, team)
    if (maySeeOwn(layout, mine, team)) this.fullDiscrete(discrete[1], state.own, mine, team)
  }

  private fullDiscrete(fields: readonly DiscreteField[], values: DiscreteValues, mine: boolean, team: boolean): void {
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as DiscreteField
      if (!maySee(field.field, mine, team)) continue
      const told = !isInitial(field, values)
      this.w.flag(told)
      if (told) writeField(this, field, values, null)
    }
  }

  delta(slot: number, base: RecordState, state: RecordState, team: boolean): void {
    this.skipTo(slot)
    const { w, layout } = this
    const { groups, discrete } = layout
    w.flag(false)
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g] as Group
      const changed = state.segments[group.beginIndex] !== base.segments[group.beginIndex]
      w.flag(changed)
      if (changed) this.deltaSegment(group, base.segments, state.segments)
    }
    const mine = state.owner === this.receiver
    if (discrete[0].length > 0) this.deltaDiscrete(discrete[0], base.shared, state.shared, mine, team)
    if (maySeeOwn(layout, mine, team)) this.deltaDiscrete(discrete[1], base.own, state.own, mine, team)
  }

  private deltaDiscrete(
    fields: readonly DiscreteField[],
    base: DiscreteValues,
    values: DiscreteValues,
    mine: boolean,
    team: boolean,
  ): void {
    this.w.flag(values !== base)
    if (values === base) return
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as DiscreteField
      if (!maySee(field.field, mine, team)) continue
      const changed = !sameDiscrete(field, values, base)
      this.w.flag(changed)
      if (changed) writeField(this, field, values, base)
    }
  }

  private skipTo(slot: number): void {
    this.number(Structure.gap, slot - this.nextSlot)
    this.nextSlot = slot + 1
  }

  private number(parameter: number, value: number): void {
    if (this.residuals !== null) this.residuals.note(this.firstPlace + parameter, value)
    this.w.rice(value, this.parameters[parameter] as number)
  }

  signed(parameter: number, value: number): void {
    const zigzag = value < 0 ? -2 * value - 1 : 2 * value
    if (this.residuals !== null) this.residuals.note(this.firstPlace + parameter, zigzag)
    this.w.rice(zigzag, this.parameters[parameter] as number)
  }

  private note(parameter: number, magnitude: number): void {
    if (this.residuals !== null) this.residuals.note(this.firstPlace + parameter, magnitude)
  }

  private head({ id, owner }: RecordState): void {
    switch (this.layout.type.role) {
      case 'globals':
      case 'message':
        return
      case 'player':
      case 'input':
        if (owner !== null) writePlayer(this.w, this, owner)
        return
      case 'entity':
        writeEntity(this.w, this, id)
        if (!isSpawnedByStep(id)) writeOptionalPlayer(this.w, this, owner)
        else {
          const spawner = spawnerOf(id)
          this.note(Structure.spawnAge, this.tick - spawner.tick)
          this.note(Structure.ordinal, spawner.ordinal)
        }
    }
  }

  private fullSegment({ age, beginIndex, axes }: Group, segments: Segments): void {
    this.number(age, this.tick - (segments[beginIndex] as number))
    for (let i = 0; i < axes.length; i++) {
      const { value, rate, rateMin, rateBits, parameter, valueIndex } = axes[i] as Axis
      // An estimated rate is mostly 0.
      if (rate) this.w.bits((segments[valueIndex + 1] as number) - rateMin, rateBits)
      else this.signed(parameter + 2, segments[valueIndex + 1] as number)
      this.w.bits((segments[valueIndex] as number) - value.min, value.bits)
    }
  }

  private deltaSegment({ age, beginIndex, axes }: Group, from: Segments, segments: Segments): void {
    const tick = this.tick
    const baselineTick = this.baselineTick
    const began = segments[beginIndex] as number
    this.number(age, tick - began)
    for (let i = 0; i < axes.length; i++) {
      const axis = axes[i] as Axis
      const { valueIndex, parameter } = axis
      const rate = segments[valueIndex + 1] as number
      this.signed(parameter + 1, rate - (from[valueIndex + 1] as number))
      this.signed(parameter, way(axis, foresee(axis, from, rate, began, baselineTick), segments[valueIndex] as number))
    }
  }
}

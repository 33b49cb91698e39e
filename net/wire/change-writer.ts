/** Writes the changes of a section: what is new in full, what changed against its baseline, and what went. */
import { type EntityId, isSpawnedByStep, type PlayerId, spawnerOf } from '../world/ids.ts'
import { toUtf8 } from '../world/text.ts'
import type { GoneReason } from '../world/types.ts'
import type { BitWriter } from './bits.ts'
import { hears, hearsOf, isInitial, LENGTH_BITS, PLAIN_BITS, sameRest, type WireChange } from './changes.ts'
import { type IdentityContext, writeEntity, writeOptionalPlayer, writePlayer } from './identity.ts'
import { type Axis, type Group, type Layout, type Rest, type RestField, type Scale, Structure } from './layout.ts'
import type { Parameters, Residuals } from './parameters.ts'
import type { Sections } from './sections.ts'
import { foresee, type RecordState, way } from './states.ts'

/** Writes the sections of snapshots, one type after the other, each in the order of its slots. */
export class ChangeWriter implements IdentityContext {
  tick = 0
  readonly seatBits: number
  private readonly w: BitWriter
  private readonly layouts: readonly Layout[]
  /** Takes every number in Rice's code: how the host learns the parameters. */
  private readonly residuals: Residuals | null
  // Of the packet that is being written:
  private since = 0
  private receiver: PlayerId | null = null
  private packetParameters: Parameters = []
  // Of the type that is being written:
  spawnAge = 0
  ordinal = 0
  private index = 0
  private layout: Layout
  private parameters: Uint8Array = new Uint8Array(0)
  /** The slot behind the last that was written. */
  private next = 0

  constructor(w: BitWriter, { all, seatBits }: Pick<Sections, 'all' | 'seatBits'>, residuals: Residuals | null) {
    this.w = w
    this.layouts = all
    this.seatBits = seatBits
    this.residuals = residuals
    this.layout = all[0] as Layout
  }

  /** A packet to `receiver` follows. `since`: about the tick of its baseline. */
  beginPacket(tick: number, since: number, receiver: PlayerId, parameters: Parameters): void {
    this.tick = tick
    this.since = since
    this.receiver = receiver
    this.packetParameters = parameters
  }

  /** A type's changes follow. */
  beginLayout(index: number): void {
    const parameters = this.packetParameters[index] as Uint8Array
    this.index = index
    this.layout = this.layouts[index] as Layout
    this.parameters = parameters
    this.spawnAge = parameters[Structure.spawnAge] as number
    this.ordinal = parameters[Structure.ordinal] as number
    this.next = 0
  }

  write(slot: number, change: WireChange): void {
    if (!change.state) this.gone(slot, change.reason, change.goneAt)
    else if (change.base) this.delta(slot, change.base, change.state, change.team)
    else this.full(slot, change.state, change.team)
  }

  count(changes: number): void {
    this.number(Structure.count, changes - 1)
  }

  gone(slot: number, reason: GoneReason, goneAt: number): void {
    this.place(slot)
    this.w.bits(reason === 'out of view' ? 0b111 : 0b110, 3)
    this.number(Structure.goneAge, this.tick - goneAt)
  }

  full(slot: number, state: RecordState, team: boolean): void {
    this.place(slot)
    const { w, layout } = this
    const { groups, rests } = layout
    w.bits(0b10, 2)
    this.head(state)
    if (layout.team) w.flag(team)
    for (let g = 0; g < groups.length; g++) this.fullLine(groups[g] as Group, state.lines)
    const mine = state.owner === this.receiver
    for (let part = 0; part < rests.length; part++) {
      if (!hearsOf(layout, part, mine, team)) continue
      const fields = rests[part] as readonly RestField[]
      for (let i = 0; i < fields.length; i++) {
        const field = fields[i] as RestField
        if (!hears(field.field, mine, team)) continue
        const rest = state.rests[part] as Rest
        const changed = !isInitial(field, rest)
        w.flag(changed)
        if (changed) this.restValue(field, rest, null)
      }
    }
  }

  delta(slot: number, base: RecordState, state: RecordState, team: boolean): void {
    this.place(slot)
    const { w, layout } = this
    const { groups, rests } = layout
    w.bits(0, 1)
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g] as Group
      const changed = state.lines[group.begin] !== base.lines[group.begin]
      w.flag(changed)
      if (changed) this.deltaLine(group, base.lines, state.lines)
    }
    const mine = state.owner === this.receiver
    for (let part = 0; part < rests.length; part++) {
      if (!hearsOf(layout, part, mine, team)) continue
      if (state.rests === base.rests) {
        w.flag(false)
        continue
      }
      const rest = state.rests[part] as Rest
      const from = base.rests[part] as Rest
      w.flag(rest !== from)
      if (rest === from) continue
      const fields = rests[part] as readonly RestField[]
      for (let i = 0; i < fields.length; i++) {
        const field = fields[i] as RestField
        if (!hears(field.field, mine, team)) continue
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
    if (this.residuals !== null) this.residuals.note(this.index, parameter, value)
    this.w.rice(value, this.parameters[parameter] as number)
  }

  private note(parameter: number, magnitude: number): void {
    if (this.residuals !== null) this.residuals.note(this.index, parameter, magnitude)
  }

  private signed(parameter: number, value: number): void {
    this.number(parameter, value < 0 ? -2 * value - 1 : 2 * value)
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

  private fullLine({ age, begin, axes }: Group, lines: readonly number[]): void {
    this.number(age, this.tick - (lines[begin] as number))
    for (let i = 0; i < axes.length; i++) {
      const { value, rate, rateMin, rateBits, parameter, at } = axes[i] as Axis
      // A rate that is only estimated is mostly none at all.
      if (rate) this.w.bits((lines[at + 1] as number) - rateMin, rateBits)
      else this.signed(parameter + 2, lines[at + 1] as number)
      this.w.bits((lines[at] as number) - value.min, value.bits)
    }
  }

  private deltaLine({ age, begin, axes }: Group, from: readonly number[], lines: readonly number[]): void {
    const tick = this.tick
    const since = this.since
    const began = lines[begin] as number
    this.number(age, tick - began)
    for (let i = 0; i < axes.length; i++) {
      const axis = axes[i] as Axis
      const { at, parameter } = axis
      const rate = lines[at + 1] as number
      this.signed(parameter + 1, rate - (from[at + 1] as number))
      this.signed(parameter, way(axis, foresee(axis, from, rate, began, since), lines[at] as number))
    }
  }

  private restValue({ field, scale, slot, parameter }: RestField, rest: Rest, base: Rest | null): void {
    const { w } = this
    if (field.store === 'number') {
      if (scale) this.restNumber(scale, parameter, rest.numbers[slot] ?? 0, base?.numbers[slot] ?? null)
      return
    }
    const value = rest.objects[slot] ?? ''
    if (typeof value === 'string') {
      const bytes = toUtf8(value)
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
        return writeOptionalPlayer(w, this, value === 0 ? null : (value as PlayerId))
      case 'entity':
        w.flag(value !== 0)
        if (value !== 0) writeEntity(w, this, value as EntityId)
        return
      case 'tick':
        return this.signed(parameter, value - this.tick)
      default:
        if (base === null || scale.bits <= PLAIN_BITS) w.bits(value - scale.min, scale.bits)
        else this.signed(parameter, value - base)
    }
  }
}

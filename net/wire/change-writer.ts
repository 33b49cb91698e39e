/** Writes the changes of a section: what is new in full, what changed against its baseline, and what went. */
import { type EntityId, isSpawnedByStep, type PlayerId, spawnerOf } from '../world/ids.ts'
import type { GoneReason } from '../world/types.ts'
import type { BitWriter } from './bits.ts'
import { identityOf, isInitial, knowsAs, LENGTH_BITS, PLAIN_BITS, type SectionContext, sameRest } from './changes.ts'
import { type IdentityContext, writeEntity, writeOptionalPlayer, writePlayer } from './identity.ts'
import { type Group, type Layout, type RestField, type Scale, Structure } from './layout.ts'
import { foresee, type Line, type RecordState, type Rest, way } from './states.ts'

const encoder = new TextEncoder()

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

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
import { fitText } from '../world/text.ts'
import type { BitReader } from './bits.ts'
import {
  type Baseline,
  identityOf,
  type Knows,
  knowsAs,
  LENGTH_BITS,
  MAX_SLOTS,
  PLAIN_BITS,
  type SectionContext,
  type SlotChange,
} from './changes.ts'
import { type IdentityContext, readEntity, readOptionalPlayer, readPlayer } from './identity.ts'
import { type Axis, type Group, type Layout, type RestField, type Scale, Structure } from './layout.ts'
import { fold, foresee, type Line, MAX_LINE_TICKS, type Rest } from './states.ts'

const decoder = new TextDecoder()

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

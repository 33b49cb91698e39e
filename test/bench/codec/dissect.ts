/**
 * Takes snapshots apart, bit by bit, by what each bit tells. It follows WIRE.md and keeps no state but what
 * the syntax needs: parameters by packet, and who owns what stands in a slot. It throws where bits are left over.
 */
import { BitReader, bitsFor } from '../../../net/wire/bits.ts'
import { LENGTH_BITS, PLAIN_BITS } from '../../../net/wire/field-codec.ts'
import { type Axis, type DiscreteField, type Group, type Layout, Structure } from '../../../net/wire/layout.ts'
import { firstParameters, type Parameters } from '../../../net/wire/parameters.ts'
import { type Sections, sectionsOf } from '../../../net/wire/sections.ts'
import type { AnyGame } from '../../../net/world/game.ts'
import { isSpawnedByStep, MAX_SEATS, type PlayerId, spawnedId, spawnerOf } from '../../../net/world/ids.ts'
import type { CompiledField } from '../../../net/world/schema.ts'
import type { Arrival } from './channel.ts'
import { Stream, zigzag } from './entropy.ts'

export type Part = 'envelope' | 'head' | 'parameters' | 'exact' | 'presented'

/** What is told of an entity: that it is news at all, all of it, its end, or how it goes on. */
export type Telling = 'which' | 'new' | 'gone' | 'changed'

/** Streams of one meaning: `type` is empty outside of the sections, `field` names a field or what else it is. */
export interface Meaning {
  readonly part: Part
  readonly type: string
  readonly telling: Telling | ''
  readonly field: string
  /** What the field is told together with: a group of fields that move together, their rates, or itself. */
  readonly group: string
  readonly stream: Stream
}

/** What was told, by meaning, over any number of packets and clients. */
export class Tally {
  private readonly meanings = new Map<string, Meaning>()

  stream(part: Part, type: string, telling: Telling | '', field: string, group = field): Stream {
    const key = `${part} ${type} ${telling} ${field}`
    const known = this.meanings.get(key) ?? { part, type, telling, field, group, stream: new Stream() }
    this.meanings.set(key, known)
    return known.stream
  }

  get all(): readonly Meaning[] {
    return [...this.meanings.values()]
  }

  /** Bits sent of the meanings that are asked for. */
  bits(which: (meaning: Meaning) => boolean = () => true): number {
    return this.all.filter(which).reduce((sum, { stream }) => sum + stream.bits, 0)
  }

  floorBits(which: (meaning: Meaning) => boolean = () => true): number {
    return this.all.filter(which).reduce((sum, { stream }) => sum + stream.floorBits, 0)
  }
}

const WHICH = 'which and how many'
const WHO = 'who it is'

interface Slot {
  readonly owner: PlayerId | null
  readonly team: boolean
}

/** One client's snapshots, in the order in which they came. Games without events and commands only. */
export class Dissector {
  readonly me: PlayerId
  /** What is told next is booked here. */
  tally: Tally
  readonly seatBits: number
  tick = 0
  private readonly sections: Sections
  private readonly first: Parameters
  private readonly parametersOf = new Map<number, Parameters>()
  /** By layout, by slot: what was last told in full. */
  private readonly slots: Map<number, Slot>[]
  private lastSequence = -1
  private r = new BitReader(new Uint8Array())

  constructor(game: AnyGame, me: PlayerId, tally: Tally) {
    if (game.schema.events.length + game.schema.commands.length > 0)
      throw new TypeError('Events and commands are not taken apart: bring a game without.')
    this.me = me
    this.tally = tally
    this.seatBits = bitsFor(game.maxPlayers - 1)
    this.sections = sectionsOf(game)
    this.first = firstParameters(this.sections.parameterCounts)
    this.slots = this.sections.all.map(() => new Map())
  }

  take({ tick, bytes, body }: Pick<Arrival, 'tick' | 'bytes' | 'body'>): void {
    this.tally.stream('envelope', '', '', '').add(0, (bytes.length - body.length) * 8)
    this.r = new BitReader(body)
    this.tick = tick
    const { sequence, baseline } = this.head()
    const parameters = this.parameters(baseline === null ? this.first : this.parametersOf.get(baseline))
    this.parametersOf.set(sequence, parameters)
    if (baseline !== null) this.parametersOf.delete((baseline - 1 + 0x10000) % 0x10000)
    for (const [index, layout] of this.sections.all.entries()) this.layout(index, layout, parameters[index])
    const padding = this.r.bitsLeft
    this.tally.stream('head', '', '', 'filling of the last byte').add(0, padding)
    if (!this.r.finished()) throw new Error('A snapshot was taken apart wrongly: does its format differ from WIRE.md?')
  }

  /** Reads a number with `read` and books it. */
  private told<T extends number | boolean>(stream: Stream, read: (r: BitReader) => T): T {
    const before = this.r.bitsLeft
    const value = read(this.r)
    stream.add(Number(value), before - this.r.bitsLeft)
    return value
  }

  private head(): { sequence: number; baseline: number | null } {
    const of = (field: string): Stream => this.tally.stream('head', '', '', field)
    this.told(of('complete'), (r) => r.flag())
    this.told(of('last'), (r) => r.flag())
    const sequence = this.r.bits(16)
    // A counter: an ideal coder would need a bit only where one was lost.
    of('sequence').add((sequence - this.lastSequence - 1 + 0x10000) % 0x10000, 16)
    this.lastSequence = sequence
    const based = this.told(of('baseline'), (r) => r.flag())
    const baseline = based ? (sequence - 1 - this.told(of('baseline age'), (r) => r.rice(2)) + 0x10000) % 0x10000 : null
    if (this.told(of('part'), (r) => r.flag())) this.told(of('part number'), (r) => r.bits(4))
    if (this.told(of('input ack'), (r) => r.flag())) {
      this.told(of('input ack tick'), (r) => zigzag(r.signedRice(3)))
      this.told(of('input hold'), (r) => r.rice(4))
      this.told(of('input margin'), (r) => zigzag(r.signedRice(5)))
    }
    this.told(of('starved'), (r) => r.rice(0))
    if (this.told(of('interval'), (r) => r.flag())) this.told(of('interval ticks'), (r) => r.bits(5))
    this.told(of('events'), (r) => r.flag())
    this.told(of('results'), (r) => r.flag())
    return { sequence, baseline }
  }

  private parameters(base: Parameters | undefined): Parameters {
    const of = (field: string): Stream => this.tally.stream('parameters', '', '', field)
    if (!base) throw new Error('A snapshot builds on one that was not taken apart.')
    if (!this.told(of('changed'), (r) => r.flag())) return base
    const from = this.told(of('anew'), (r) => r.flag()) ? this.first : base
    return from.map((before) => {
      if (!this.told(of('type'), (r) => r.flag())) return before
      return before.map((value) =>
        this.told(of('parameter'), (r) => r.flag()) ? this.told(of('value'), (r) => r.bits(5)) : value,
      )
    })
  }

  private layout(index: number, layout: Layout, own: Uint8Array | undefined): void {
    const part = index < this.sections.exact.length ? 'exact' : 'presented'
    const reader = new LayoutReader(this, part, layout, own ?? new Uint8Array(layout.parameters))
    const slots = this.slots[index]
    if (!slots || !reader.any()) return
    const count = reader.count()
    for (let i = 0, slot = 0; i < count; i++, slot++) {
      slot += reader.gap()
      switch (reader.how()) {
        case 'gone':
          reader.gone()
          break
        case 'new':
          slots.set(slot, reader.full())
          break
        case 'changed':
          reader.delta(slots.get(slot) ?? { owner: null, team: false })
      }
    }
  }

  /** For the readers of layouts. */
  number(stream: Stream, read: (r: BitReader) => number): number {
    return this.told(stream, read)
  }

  flag(stream: Stream): boolean {
    return this.told(stream, (r) => r.flag())
  }
}

class LayoutReader {
  private readonly on: Dissector
  private readonly part: Part
  private readonly layout: Layout
  private readonly parameters: Uint8Array

  constructor(on: Dissector, part: Part, layout: Layout, parameters: Uint8Array) {
    this.on = on
    this.part = part
    this.layout = layout
    this.parameters = parameters
  }

  private of(telling: Telling, field: string, group: string): Stream {
    return this.on.tally.stream(this.part, this.layout.type.name, telling, field, group)
  }

  private flag(telling: Telling, field: string, group: string): boolean {
    return this.on.flag(this.of(telling, field, group))
  }

  private rice(telling: Telling, field: string, group: string, parameter: number): number {
    return this.on.number(this.of(telling, field, group), (r) => r.rice(this.parameters[parameter] ?? 0))
  }

  private signedRice(telling: Telling, field: string, group: string, parameter: number): void {
    this.on.number(this.of(telling, field, group), (r) => zigzag(r.signedRice(this.parameters[parameter] ?? 0)))
  }

  private plain(telling: Telling, field: string, group: string, bits: number): number {
    return this.on.number(this.of(telling, field, group), (r) => r.bits(bits))
  }

  any(): boolean {
    return this.flag('which', 'any', WHICH)
  }

  count(): number {
    return 1 + this.rice('which', 'count', WHICH, Structure.count)
  }

  gap(): number {
    return this.rice('which', 'gap', WHICH, Structure.gap)
  }

  how(): 'changed' | 'new' | 'gone' {
    const stream = this.of('which', 'how', WHICH)
    const how = this.on.number(stream, (r) => (r.flag() ? (r.flag() ? 2 : 1) : 0))
    return (['changed', 'new', 'gone'] as const)[how] ?? 'changed'
  }

  gone(): void {
    this.flag('gone', 'reason', '')
    this.rice('gone', 'age', '', Structure.goneAge)
  }

  full(): Slot {
    const { groups, team, discrete } = this.layout
    const owner = this.identity()
    const told = team !== null && this.flag('new', 'team', WHO)
    for (const { age, axes } of groups) {
      const { when, values, rates } = namesOf(axes)
      this.rice('new', when, when, age)
      for (const { value, rate, rateBits, parameter } of axes) {
        if (rate) this.plain('new', rate.field.name, rates, rateBits)
        else this.signedRice('new', `rate of ${value.field.name}`, rates, parameter + 2)
        this.plain('new', value.field.name, values, value.bits)
      }
    }
    const knows = toldAs(this.on.me, owner, told)
    for (const rest of discrete.flat()) {
      if (!knows(rest.field) || !this.flag('new', `${rest.field.name}?`, rest.field.name)) continue
      this.rest('new', rest, true)
    }
    return { owner, team: told }
  }

  private identity(): PlayerId | null {
    const { role } = this.layout.type
    if (role === 'globals' || role === 'message') return null
    if (role !== 'entity') return this.player('new')
    const id = this.entity('new')
    if (id !== null && isSpawnedByStep(id)) return spawnerOf(id).owner
    return this.flag('new', 'owner?', WHO) ? this.player('new') : null
  }

  private player(telling: Telling): PlayerId {
    const seat = this.plain(telling, 'player', WHO, this.on.seatBits)
    const generation = this.flag(telling, 'generation?', WHO) ? this.plain(telling, 'generation', WHO, 8) : 1
    return (generation * MAX_SEATS + seat) as PlayerId
  }

  /** The id of what `step` spawned; null for all else. */
  private entity(telling: Telling): ReturnType<typeof spawnedId> | null {
    if (!this.flag(telling, 'spawned by a player?', WHO)) {
      this.on.number(this.of(telling, 'id', WHO), (r) => r.unsigned())
      return null
    }
    const owner = this.player(telling)
    const age = this.rice(telling, 'age of the spawn', WHO, Structure.spawnAge)
    const ordinal = this.rice(telling, 'ordinal', WHO, Structure.ordinal)
    return spawnedId(owner, this.on.tick - age, ordinal)
  }

  delta({ owner, team }: Slot): void {
    const { groups, discrete } = this.layout
    for (const group of groups) {
      const { when } = namesOf(group.axes)
      if (this.flag('changed', `${when}?`, when)) this.line(group)
    }
    const knows = toldAs(this.on.me, owner, team)
    for (const fields of discrete) {
      const known = fields.filter(({ field }) => knows(field))
      if (known.length === 0 || !this.flag('changed', 'anything else', 'anything else')) continue
      for (const rest of known)
        if (this.flag('changed', `${rest.field.name}?`, rest.field.name)) this.rest('changed', rest, false)
    }
  }

  private line({ age, axes }: Group): void {
    const { when, values, rates } = namesOf(axes)
    this.rice('changed', when, when, age)
    for (const { value, rate, parameter } of axes) {
      this.signedRice('changed', rate?.field.name ?? `rate of ${value.field.name}`, rates, parameter + 1)
      this.signedRice('changed', value.field.name, values, parameter)
    }
  }

  private rest(telling: Telling, { field, scale, parameter }: DiscreteField, whole: boolean): void {
    const { name } = field
    if (field.store === 'number') return this.discreteNumber(telling, name, scale, parameter, whole)
    const length = this.plain(telling, `length of ${name}`, name, LENGTH_BITS)
    for (let i = 0; i < length; i++)
      if (field.kind === 'string') this.plain(telling, name, name, 8)
      else this.discreteNumber(telling, name, scale, parameter, true)
  }

  private discreteNumber(
    telling: Telling,
    name: string,
    scale: DiscreteField['scale'],
    parameter: number,
    whole: boolean,
  ): void {
    switch (scale?.field.kind) {
      case 'player':
        if (this.flag(telling, name, name)) this.player(telling)
        return
      case 'entity':
        if (this.flag(telling, name, name)) this.entity(telling)
        return
      case 'tick':
        return this.signedRice(telling, name, name, parameter)
      default:
        if (whole || !scale || scale.bits <= PLAIN_BITS) this.plain(telling, name, name, scale?.bits ?? 0)
        else this.signedRice(telling, name, name, parameter)
    }
  }
}

/** Whether a field is told to `me`. */
function toldAs(me: PlayerId, owner: PlayerId | null, team: boolean): (field: CompiledField) => boolean {
  return ({ audience }) => audience === 'all' || (audience === 'owner' && owner === me) || (audience === 'team' && team)
}

/** How a group of fields that move together is called: the fields, their rates, and when they left their line. */
function namesOf(axes: readonly Axis[]): { values: string; rates: string; when: string } {
  const values = axes.map(({ value }) => value.field.name).join(' ')
  const rates = axes.map(({ value, rate }) => rate?.field.name ?? `rate of ${value.field.name}`).join(' ')
  return { values, rates, when: `whether and when ${values}` }
}

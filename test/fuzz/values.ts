/** Rows and states drawn from a game's schema: right in themselves, and at the ends of what is right. */
import { type DiscreteField, DiscreteValues, type Layout } from '../../net/wire/layout.ts'
import { MAX_SEGMENT_TICKS } from '../../net/wire/segments.ts'
import { newState, type RecordState } from '../../net/wire/states.ts'
import { fromNumber } from '../../net/world/grid.ts'
import {
  type EntityId,
  inputId,
  MAX_ORDINAL,
  MAX_TICK,
  type PlayerId,
  playerId,
  spawnedId,
} from '../../net/world/ids.ts'
import { initialNumbers, initialObjects, type Row } from '../../net/world/record.ts'
import type { NumberField, RecordType } from '../../net/world/schema.ts'
import { fitText } from '../../net/world/text.ts'
import type { Draw } from './draw.ts'

const texts = ['', 'a', 'Zoë', '☃'.repeat(40), '\u{1f680}'.repeat(64), 'x'.repeat(300), '\ufffd', '__proto__']

export class Values {
  readonly draw: Draw
  readonly tick: number
  readonly players: readonly PlayerId[]

  /** For a packet of `tick`; `players` are those of the match, others are drawn now and then. */
  constructor(draw: Draw, tick: number, players: readonly PlayerId[]) {
    this.draw = draw
    this.tick = tick
    this.players = players
  }

  player(): PlayerId {
    return this.draw.chance(0.8) ? this.draw.pick(this.players) : playerId(this.draw.int(8), this.draw.extreme(1, 255))
  }

  entity(): EntityId {
    const { draw, tick } = this
    if (draw.chance(0.5)) return (2 ** 16 + draw.pick([0, 1, 2, 3, 4, 5, 6, 7, 2 ** 34 - 2 ** 16 - 1])) as EntityId
    const at = draw.pick([tick, tick - 1, tick - 3, tick + 2, 0, MAX_TICK])
    return spawnedId(this.player(), Math.max(0, Math.min(MAX_TICK, at)), draw.pick([0, 1, 2, MAX_ORDINAL]))
  }

  /** Whole steps of a field on a grid of `min` to `max`. */
  steps(field: NumberField, min: number, max: number): number {
    const { draw, tick } = this
    switch (field.kind) {
      case 'player':
        return draw.chance(0.3) ? 0 : this.player()
      case 'entity':
        return draw.chance(0.3) ? 0 : this.entity()
      case 'tick':
        return draw.counter(tick, MAX_TICK)
      default:
        return draw.extreme(min, max)
    }
  }

  private number(field: NumberField): number {
    return this.steps(field, field.simMin, field.simMax) * field.simStep + 0
  }

  text(max: number): string {
    return fitText(this.draw.pick(texts), max)
  }

  row(type: RecordType): Row {
    const row = { numbers: initialNumbers(type), objects: initialObjects(type) }
    for (const field of type.fields) {
      if (this.draw.chance(0.2)) continue
      if (field.store === 'number') row.numbers[field.column] = this.number(field)
      else if (field.kind === 'string') row.objects[field.column] = this.text(field.max)
      else if (field.of) {
        const { of } = field
        const length = this.draw.extreme(0, field.max)
        row.objects[field.column] = Array.from({ length }, () => fromNumber(of, this.number(of)))
      }
    }
    return row
  }

  /** What may stand in a slot of a layout. */
  state(layout: Layout): RecordState {
    const { role } = layout.type
    const player = this.player()
    const id = this.entity()
    const owner = id >= 2 ** 34 ? (Math.floor(id / 2 ** 34) as PlayerId) : this.draw.chance(0.5) ? player : null
    const segments = layout.groups.flatMap(({ axes }) => {
      const age = this.draw.pick([0, 0, 1, 2, this.draw.extreme(0, MAX_SEGMENT_TICKS)])
      const motions = axes.flatMap(({ value, rateMin, rateMax }) => [
        this.draw.extreme(value.min, value.max),
        this.draw.extreme(rateMin, rateMax),
      ])
      return [Math.max(0, this.tick - age), ...motions]
    })
    const [shared, own] = [this.discrete(layout.discrete[0]), this.discrete(layout.discrete[1])]
    const state = (id: EntityId, owner: PlayerId | null) => newState(id, owner, segments, shared, own)
    if (role === 'entity') return state(id, owner)
    if (role === 'player') return state(player as number as EntityId, player)
    if (role === 'input') return state(inputId(player), player)
    return state(0 as EntityId, null)
  }

  private discrete(fields: readonly DiscreteField[]): DiscreteValues {
    const numbers: number[] = []
    const objects: (string | number[])[] = []
    for (const { field, scale, initial } of fields) {
      const item = (of: NumberField): number => (scale ? this.steps(of, scale.min, scale.max) : initial)
      if (field.store === 'number') numbers.push(this.draw.chance(0.4) ? initial : item(field))
      else if (field.kind === 'string') objects.push(this.text(field.max))
      else {
        const { of } = field
        objects.push(of ? Array.from({ length: this.draw.extreme(0, field.max) }, () => item(of)) : [])
      }
    }
    return new DiscreteValues(numbers, objects)
  }
}

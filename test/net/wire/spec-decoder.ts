/**
 * A decoder written from WIRE.md alone: the body as a text of zeros and ones, slow and plain. It shares nothing with
 * net/wire but the definition of the game, so whatever the two disagree on is a mistake in one of them or in the page.
 */
import { unpack } from 'msgpackr'
import type { AnyGame } from '../../../net/world/game.ts'
import type { CompiledField, NumberField, RecordType } from '../../../net/world/schema.ts'

type Values = Record<string, unknown>

class Bits {
  private readonly text: string
  private at = 0

  constructor(bytes: Uint8Array) {
    this.text = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  }

  bits(count: number): number {
    if (this.at + count > this.text.length) throw new Error('past the end')
    const piece = this.text.slice(this.at, this.at + count)
    this.at += count
    return count === 0 ? 0 : Number(BigInt(`0b${piece}`))
  }

  flag(): boolean {
    return this.bits(1) === 1
  }

  unsigned(): number {
    let more = true
    let number = 0
    while (more) {
      more = this.flag()
      number = number * 16 + this.bits(4)
    }
    return number
  }

  signed(): number {
    const number = this.unsigned()
    return number % 2 === 0 ? number / 2 : -(number + 1) / 2
  }

  player(): number | null {
    return this.flag() ? this.bits(14) : null
  }

  list<T>(item: () => T): T[] {
    const items: T[] = []
    while (this.flag()) items.push(item())
    return items
  }

  end(): void {
    const rest = this.text.slice(this.at)
    if (rest.length > 7 || rest.includes('1')) throw new Error(`left over: ${rest}`)
  }
}

const width = (max: number): number => (max === 0 ? 0 : Math.floor(Math.log2(max)) + 1)

function entityId(b: Bits, tick: number): number {
  if (!b.flag()) return b.unsigned() + 2 ** 16
  const player = b.bits(14)
  const spawned = tick - b.signed()
  return 2 ** 34 * player + 2 ** 8 * spawned + b.unsigned()
}

function value(b: Bits, field: NumberField, tick: number, exact: boolean): unknown {
  switch (field.kind) {
    case 'player':
      return b.player()
    case 'entity':
      return b.flag() ? entityId(b, tick) : null
  }
  const [step, min, max] = exact
    ? [field.simStep, field.simMin, field.simMax]
    : [field.wireStep, field.wireMin, field.wireMax]
  const steps = min + b.bits(width(max - min))
  if (steps > max) throw new Error(`${field.name} is ${steps}`)
  if (field.kind === 'bool' || field.kind === 'button') return steps === 1
  if (field.kind === 'enum') return field.names[steps]
  const number = steps * step + 0
  if (field.wrap > 0) return number
  return Math.min(field.simMax * field.simStep, Math.max(field.simMin * field.simStep, number))
}

function fields(b: Bits, type: RecordType, tick: number, exact: boolean, own: boolean): Values {
  const values: Values = {}
  const there = ({ audience }: CompiledField): boolean =>
    audience === 'team' ? b.flag() : audience === 'all' || (audience === 'owner' && own)
  for (const field of type.fields) {
    if (!there(field)) continue
    if (field.store === 'number') values[field.name] = value(b, field, tick, exact)
    else if (field.kind === 'string')
      values[field.name] = new TextDecoder().decode(Uint8Array.from({ length: b.bits(8) }, () => b.bits(8)))
    else if (field.of) {
      const { of } = field
      values[field.name] = Array.from({ length: b.bits(8) }, () => value(b, of, tick, exact))
    }
  }
  return values
}

function record(b: Bits, game: AnyGame, tick: number, me: number, part: 'exact' | 'presented'): Values {
  const { types } = game.schema
  const type = types[b.bits(width(types.length - 1))]
  if (!type) throw new Error('no such type')
  let id = 0
  let owner: number | null = null
  if (type.role === 'player' || type.role === 'input') {
    owner = b.bits(14)
    id = owner + (type.role === 'input' ? 2 ** 14 : 0)
  } else if (type.role === 'entity') {
    id = entityId(b, tick)
    owner = id >= 2 ** 34 ? Math.floor(id / 2 ** 34) : b.player()
  }
  const exact = part === 'exact' || type.role !== 'entity'
  return { type: type.name, id, owner, fields: fields(b, type, tick, exact, owner === me) }
}

function snapshot(b: Bits, game: AnyGame, tick: number, me: number): Values {
  const { events, commands } = game.schema
  const head = {
    sequence: b.bits(16),
    complete: b.flag(),
    part: b.bits(4),
    last: b.flag(),
    inputAck: b.flag() ? tick + b.signed() : null,
    holdMs: b.unsigned(),
    margin: b.signed(),
    starved: b.bits(7),
    ackSeen: b.flag() ? b.bits(16) : null,
    commandAck: b.unsigned(),
    interval: b.bits(5),
  }
  return {
    head,
    events: b.list(() => {
      const number = b.unsigned()
      const type = events[b.bits(width(events.length - 1))]
      if (!type) throw new Error('no such event')
      const at = tick - b.unsigned()
      const owner = b.player()
      const ordinal = b.unsigned()
      return { number, type: type.name, tick: at, owner, ordinal, fields: fields(b, type.fields, tick, true, false) }
    }),
    results: b.list(() => {
      const id = b.unsigned()
      const type = commands[b.bits(width(commands.length - 1))]
      if (!type) throw new Error('no such command')
      return { id, type: type.name, fields: fields(b, type.result, tick, true, false) }
    }),
    exact: b.list(() => record(b, game, tick, me, 'exact')),
    tombstones: b.list(() => ({
      id: b.flag() ? entityId(b, tick) : b.bits(15),
      tick: tick - b.unsigned(),
      reason: b.flag() ? 'out of view' : 'destroyed',
    })),
    presented: b.list(() => record(b, game, tick, me, 'presented')),
  }
}

function inputs(b: Bits, game: AnyGame, tick: number): Values {
  const { commands, input } = game.schema
  const ack = b.flag() ? { sequence: b.bits(16), earlier: b.bits(32), holdMs: b.unsigned() } : null
  const presentationTick = tick - b.signed() / 256
  const eventAck = b.unsigned()
  const resultAck = b.unsigned()
  const rows: Values[] = []
  for (let left = b.unsigned(); left > 0; left--) {
    const before = rows.at(-1)
    rows.push(before && b.flag() ? before : fields(b, input, tick, true, false))
  }
  return {
    ack,
    presentationTick,
    eventAck,
    resultAck,
    inputs: rows,
    commands: b.list(() => {
      const id = b.unsigned()
      const type = commands[b.bits(width(commands.length - 1))]
      if (!type) throw new Error('no such command')
      return { id, type: type.name, fields: fields(b, type.fields, tick, true, false) }
    }),
  }
}

/** Everything a packet says, by name. Throws for what is no packet: this decoder is for tests. */
export function specDecode(game: AnyGame, me: number, bytes: Uint8Array): Values {
  const [kind, epoch, tick, body] = unpack(bytes) as [number, number, number, Uint8Array]
  const b = new Bits(body)
  const contents = kind === 1 ? snapshot(b, game, tick, me) : inputs(b, game, tick)
  b.end()
  return { kind, epoch, tick, ...contents }
}

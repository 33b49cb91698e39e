/**
 * Rows that stand by themselves: an input, an event's or a command's payload, a result. All fields, in the order of the
 * definition, on the exact grid, with fixed parameters.
 */
import type { AnyGame } from '../world/game.ts'
import { initialNumbers, initialObjects, type Row } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { type BitReader, type BitWriter, bitsFor } from './bits.ts'
import { valuesOf, writeDiscrete } from './discrete.ts'
import { type FieldReader, type FieldWriter, readNumber, readObject, writeField } from './field-codec.ts'
import type { IdentityContext } from './identity.ts'
import { type DiscreteField, DiscreteValues, messageFields } from './layout.ts'

/** Rice's parameter of a tick, relative to the packet's: most are of the last or next second. */
const TICK = 5

/** What a type is written as, made once. */
interface MessageLayout {
  readonly fields: readonly DiscreteField[]
  /** Values to be copied. */
  readonly initial: DiscreteValues
}

const layouts = new WeakMap<RecordType, MessageLayout>()

function layoutOf(type: RecordType): MessageLayout {
  const known = layouts.get(type)
  if (known) return known
  const fields = messageFields(type)
  const layout = { fields, initial: DiscreteValues.initial(fields) }
  layouts.set(type, layout)
  return layout
}

export function writeMessage(w: BitWriter, game: AnyGame, tick: number, type: RecordType, row: Row): void {
  const { fields, initial } = layoutOf(type)
  const values = valuesOf('exact', fields, row, initial)
  const on: FieldWriter = { w, ...messageIdentity(game, tick), signed: (_, value) => w.signedRice(value, TICK) }
  for (const field of fields) writeField(on, field, values, null)
}

/** Null when the bits are no such row. */
export function readMessage(r: BitReader, game: AnyGame, tick: number, type: RecordType): Row | null {
  const { fields, initial } = layoutOf(type)
  const numbers = initial.numbers.slice()
  const objects = initial.objects.slice()
  const on: FieldReader = { r, ...messageIdentity(game, tick), signed: () => r.signedRice(TICK) }
  for (const field of fields) {
    if (field.field.store === 'object') objects[field.index] = readObject(on, field)
    else if (field.scale) numbers[field.index] = readNumber(on, field.scale, field.parameter, null)
  }
  if (!r.ok) return null
  const row = { numbers: initialNumbers(type), objects: initialObjects(type) }
  writeDiscrete('exact', fields, new DiscreteValues(numbers, objects), row)
  return row
}

/** How identities are written outside of the sections. */
export function messageIdentity(game: AnyGame, tick: number): IdentityContext {
  return { tick, seatBits: bitsFor(game.maxPlayers - 1), spawnAge: 5, ordinal: 0 }
}

/**
 * How records are laid out for an heir: every type, and every field of it but opaque ones, on the simulation's grid. Hidden and
 * private fields are as those that everybody is told, since the heir's core goes on with all of them.
 * Both sides derive the layouts from the game alone.
 */
import { bitsFor } from '../wire/bits.ts'
import { type Layout, layoutOf } from '../wire/layout.ts'
import type { AnyGame } from '../world/game.ts'
import type { CompiledField, NumberField, ObjectField, RecordType } from '../world/schema.ts'

export interface HeirLayouts {
  /** By `RecordType.index`. */
  readonly all: readonly Layout[]
  readonly seatBits: number
  /** How many coding parameters each of `all` has. */
  readonly parameterCounts: readonly number[]
  /** The types themselves, by the same index. */
  readonly types: readonly RecordType[]
  /** Whether some type has an opaque field: such a game goes on from a tick whose opaque state has come, too. */
  readonly hasOpaque: boolean
}

const known = new WeakMap<AnyGame, HeirLayouts>()

export function heirLayoutsOf(game: AnyGame): HeirLayouts {
  const cached = known.get(game)
  if (cached) return cached
  const { types } = game.schema
  const all = types.map((type) => layoutOf(openType(type), 'exact', game.tickRate))
  const layouts = {
    all,
    types,
    seatBits: bitsFor(game.maxPlayers - 1),
    parameterCounts: all.map(({ parameters }) => parameters),
    hasOpaque: types.some(({ objects }) => objects.some(({ kind }) => kind === 'opaque')),
  }
  known.set(game, layouts)
  return layouts
}

/** The type as if everybody were told all of its fields. Opaque ones are left out. Columns stay as they are. */
function openType(type: RecordType): RecordType {
  const opened = new Map(
    type.fields.map((field): [CompiledField, CompiledField] => [field, { ...field, audience: 'all' }]),
  )
  return {
    ...type,
    fields: type.fields.filter(({ kind }) => kind !== 'opaque').map((field) => opened.get(field) as CompiledField),
    numbers: type.numbers.map((field) => opened.get(field) as NumberField),
    objects: type.objects.map((field) => opened.get(field) as ObjectField),
  }
}

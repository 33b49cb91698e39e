/** A tick of the heir's stream as plain values, by the names of WIRE.md, every number in steps of its grid. */
import { heirLayoutsOf } from '../../../net/migration/heir-layouts.ts'
import type { HeirTick } from '../../../net/migration/heir-tick.ts'
import type { SavedSeat } from '../../../net/session/saved-match.ts'
import type { Layout } from '../../../net/wire/layout.ts'
import type { RecordState } from '../../../net/wire/states.ts'
import { completeValues, type PlainValues } from '../../../net/world/complete-values.ts'
import type { AnyGame } from '../../../net/world/game.ts'
import { toNumber } from '../../../net/world/grid.ts'
import { initialNumbers, initialObjects, type Row } from '../../../net/world/record.ts'
import type { RecordType } from '../../../net/world/schema.ts'
import { messageSteps, type Steps } from './plain.ts'

export function plainHeirTick(game: AnyGame, tick: HeirTick): object {
  const { schema } = game
  const { all } = heirLayoutsOf(game)
  const { choices = {}, ...comings } = tick.comings
  const chosen = Object.entries(choices as Record<string, PlainValues>).map(([player, values]) => [
    player,
    messageSteps(schema.choice, rowOf(schema.choice, values)),
  ])
  const memories = [...tick.memories].map(([player, row]) => [player, messageSteps(schema.memory, row)])
  return {
    ...{ tick: tick.tick, slowVersion: tick.slowVersion, nextRefereeId: tick.nextRefereeId },
    ...{ secret: tick.secret, players: tick.players },
    comings: { ...comings, choices: Object.fromEntries(chosen) },
    seats: tick.seats.map((seat) => plainSeat(game, seat)),
    memories: Object.fromEntries(memories),
    parameters: tick.parameters.map((list) => list.join(' ')),
    records: Object.fromEntries(
      all.map((layout, i) => [layout.type.name, plainRecords(layout, tick.records[i] ?? [])]),
    ),
  }
}

function rowOf(type: RecordType, values: PlainValues): Row {
  const complete = completeValues(type, values)
  const row = { numbers: initialNumbers(type), objects: initialObjects(type) }
  for (const field of type.fields)
    if (field.store === 'number') row.numbers[field.column] = toNumber(field, complete[field.name])
    else row.objects[field.column] = complete[field.name]
  return row
}

function plainSeat({ schema }: AnyGame, { results, events, input, ...seat }: SavedSeat): object {
  const steps = (numbers: readonly number[]): Steps =>
    messageSteps(schema.input, { numbers: Float64Array.from(numbers), objects: [] })
  const { numbers, seenTick, repeats, carried, waiting } = input
  return {
    ...seat,
    results: results.map(({ id, type, row }) => ({ id, type: type.name, ...messageSteps(type.result, row) })),
    events: events.map(({ number, type, tick, owner, ordinal, row }) => ({
      ...{ number, type: type.name, tick, owner, ordinal },
      fields: messageSteps(type.fields, row),
    })),
    input: {
      ...{ fields: steps(numbers), seenTick, repeats, carried },
      waiting: waiting.map(({ tick, numbers, seenTick }) => ({ tick, fields: steps(numbers), seenTick })),
    },
  }
}

function plainRecords(layout: Layout, states: readonly (RecordState | null)[]): object {
  const told = states.flatMap((state, slot) => (state ? [[slot, plainState(layout, state)] as const] : []))
  return Object.fromEntries(told)
}

function plainState(layout: Layout, { id, owner, segments, shared }: RecordState): object {
  const rests: Steps = {}
  for (const { field, index } of layout.discrete[0] ?? [])
    rests[field.name] = field.store === 'number' ? shared.numbers[index]! : (shared.objects[index] as string)
  const lines = layout.groups.map(({ beginIndex, axes }) => ({
    tick: segments[beginIndex]!,
    values: axes.map(({ valueIndex }) => segments[valueIndex]!),
    rates: axes.map(({ valueIndex }) => segments[valueIndex + 1]!),
  }))
  return { id, owner, lines, rests }
}

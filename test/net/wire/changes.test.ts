import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BitReader, BitWriter } from '../../../net/wire/bits.ts'
import { ChangeReader } from '../../../net/wire/change-reader.ts'
import { ChangeWriter } from '../../../net/wire/change-writer.ts'
import { differs, maySee, type SectionContext, type SlotBaseline, type SlotChange } from '../../../net/wire/changes.ts'
import { sectionsOf } from '../../../net/wire/sections.ts'
import { type RecordState, updateState } from '../../../net/wire/states.ts'
import { type EntityId, inputId, type PlayerId, playerId, spawnedId } from '../../../net/world/ids.ts'
import { copyRow, type Row } from '../../../net/world/record.ts'
import { World } from '../../../net/world/world.ts'
import { anyValues, everything } from '../world/everything.ts'
import { goldenGame } from './golden-game.ts'

const TICK = 9000
const me = playerId(2, 3)
const other = playerId(1, 1)

/** References to players of seats that the game does not have cannot be told; both games have five at least. */
function seated(row: Row): Row {
  const told = (id: number): number => (id >= 64 && id < 2 ** 14 ? id - (id % 64) + (id % 5) : id)
  const entity = (id: number): number =>
    id >= 2 ** 34 ? told(Math.floor(id / 2 ** 34)) * 2 ** 34 + (id % 2 ** 34) : id
  return {
    numbers: row.numbers,
    objects: row.objects.map((list) =>
      Array.isArray(list)
        ? list.map((id) => (typeof id === 'number' && Number.isInteger(id) ? entity(told(id)) : id))
        : list,
    ),
  }
}

/** A state, the one after it, and who is told of them. */
const anyCase = fc.constantFrom(everything, goldenGame).chain((game) => {
  const { all } = sectionsOf(game)
  const world = new World({ game, seed: 1, predicting: null })
  return fc.nat(all.length - 1).chain((index) => {
    const layout = all[index]!
    const { type } = layout
    const rows = anyValues(type, TICK).map((values) => {
      const row = seated(copyRow(world.message(type, values)))
      for (const { kind, column } of type.numbers) {
        const id = row.numbers[column]!
        if (kind === 'player' && id !== 0) row.numbers[column] = id - (id % 64) + (id % 5)
        if (kind === 'entity' && id >= 2 ** 34) row.numbers[column] = spawnedId(me, TICK + 7, 3)
      }
      return row
    })
    return fc.record({
      game: fc.constant(game),
      index: fc.constant(index),
      rows: fc.tuple(rows, rows),
      partly: fc.array(fc.boolean(), { minLength: 70, maxLength: 70 }),
      owner: fc.constantFrom(me, other),
      spawned: fc.boolean(),
      team: fc.boolean(),
      slot: fc.oneof(fc.nat(20), fc.nat(65535)),
      parameters: fc.array(fc.nat(31), { minLength: layout.parameters, maxLength: layout.parameters }),
      // A record is looked at once a tick.
      age: fc.integer({ min: 1, max: 200 }),
    })
  })
})
type Case = typeof anyCase extends fc.Arbitrary<infer T> ? T : never

function statesOf({
  game,
  index,
  rows: [first, second],
  partly,
  owner,
  spawned,
  age,
}: Case): [RecordState, RecordState] {
  const layout = sectionsOf(game).all[index]!
  const { role } = layout.type
  const id =
    role === 'globals'
      ? 0
      : role === 'player'
        ? owner
        : role === 'input'
          ? inputId(owner)
          : spawned
            ? spawnedId(owner, TICK - 300, 2)
            : 2 ** 20
  const identity = { id: id as EntityId, owner: role === 'globals' ? null : owner }
  const base = updateState(layout, { ...first, ...identity }, TICK - age, null, null)
  // Only some fields change.
  const mixed = copyRow(first)
  for (const field of layout.type.fields) {
    if (!partly[field.index]) continue
    if (field.store === 'number') mixed.numbers[field.column] = second.numbers[field.column]!
    else mixed.objects[field.column] = second.objects[field.column]
  }
  return [base, updateState(layout, { ...mixed, ...identity }, TICK, base, null)]
}

function contextOf({ game, index, parameters }: Case): SectionContext {
  return {
    seatBits: sectionsOf(game).seatBits,
    tick: TICK,
    baselineTick: TICK - 6,
    layouts: [sectionsOf(game).all[index]!],
    parameters: [Uint8Array.from(parameters)],
    receiver: me,
  }
}

function section(one: Case, write: (writer: ChangeWriter) => void, base: SlotBaseline | null): SlotChange | null {
  const context = contextOf(one)
  const w = new BitWriter()
  w.flag(true)
  const writer = new ChangeWriter(w, { all: context.layouts, seatBits: context.seatBits }, null)
  writer.beginPacket(context.tick, context.baselineTick, context.receiver, context.parameters)
  writer.beginLayout(0)
  writer.count(1)
  write(writer)
  const r = new BitReader(w.finish())
  const changes = new ChangeReader(r, context, { parameters: context.parameters, slotAt: () => base }).section(0, 1)
  expect(changes).toHaveLength(1)
  expect(r.finished()).toBe(true)
  return changes![0]!
}

/** The state as the receiver may know it. */
function told(one: Case, state: RecordState, receiver: PlayerId): RecordState {
  const layout = sectionsOf(one.game).all[one.index]!
  const [everybody, own] = layout.discrete.map((fields, part) => {
    const numbers = [...[state.shared, state.own][part]!.numbers]
    const objects = [...[state.shared, state.own][part]!.objects]
    for (const { field, index, initial } of fields) {
      if (maySee(field, state.owner === receiver, teamOf(one))) continue
      if (field.store === 'number') numbers[index] = initial
      else objects[index] = field.kind === 'string' ? '' : []
    }
    return { numbers, objects }
  })
  return { ...state, shared: everybody!, own: own! }
}

/** The receiver maySee of teams only where the type has something for them. */
function teamOf({ game, index, team }: Case): boolean {
  return team && sectionsOf(game).all[index]!.type.fields.some(({ audience }) => audience === 'team')
}

describe('a change of a slot', () => {
  it('in full gives the receiver the state, as far as they may know it, whatever the parameters', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const [state] = statesOf(one)
        const change = section(one, (writer) => writer.full(one.slot, state, teamOf(one)), null)
        expect(change).toMatchObject({ slot: one.slot, team: teamOf(one), isFull: true })
        expect(change!.state).toEqual(told(one, state, me))
      }),
      { numRuns: 400 },
    )
  })

  it('as a delta gives the state from what the receiver has, and keeps the parts that did not change', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const [base, state] = statesOf(one)
        const held = told(one, base, me)
        const change = section(one, (writer) => writer.delta(one.slot, base, state, teamOf(one)), {
          state: held,
          team: teamOf(one),
        })
        expect(change!.state).toEqual(told(one, state, me))
        if (state.segments === base.segments) expect(change!.state!.segments).toBe(held.segments)
        if (state.shared === base.shared) expect(change!.state!.shared).toBe(held.shared)
      }),
      { numRuns: 400 },
    )
  })

  it('that the receiver may not know is no news to them', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const [base, state] = statesOf(one)
        const layout = sectionsOf(one.game).all[one.index]!
        const news = JSON.stringify(told(one, base, me)) !== JSON.stringify(told(one, state, me))
        if (news) expect(differs(layout, base, state, me, teamOf(one))).toBe(true)
        expect(differs(layout, base, base, me, teamOf(one))).toBe(false)
        const knowsOwn = layout.discrete[1].some(({ field }) => maySee(field, state.owner === me, teamOf(one)))
        const onlyOwn = base.shared === state.shared && base.segments === state.segments
        if (onlyOwn && !knowsOwn) expect(differs(layout, base, state, me, teamOf(one))).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  it('that ends it names the reason and the first tick without it', () => {
    fc.assert(
      fc.property(
        anyCase,
        fc.constantFrom('destroyed' as const, 'out of view' as const),
        fc.nat(TICK),
        (one, reason, goneAt) => {
          const change = section(one, (writer) => writer.gone(one.slot, reason, goneAt), null)
          expect(change).toMatchObject({ layout: 0, slot: one.slot, state: null, reason, goneAt })
        },
      ),
    )
  })
})

/**
 * The cut: the tick C from which another host goes on. It is made of one tick of the heir's stream. Out comes a match as
 * `HostSession.from` takes it, which checks it as a stranger's bytes.
 */
import type { HostOptions } from '../session/host-options.ts'
import { type SavedMatch, whyNotSeated } from '../session/saved-match.ts'
import { writeRow } from '../wire/states.ts'
import type { AnyGame } from '../world/game.ts'
import type { RecordedTick } from '../world/history.ts'
import type { EntityId } from '../world/ids.ts'
import { initialNumbers, type RecordCopy } from '../world/record.ts'
import { loadWorld, packSaved } from '../world/save.ts'
import type { RecordType } from '../world/schema.ts'
import { World } from '../world/world.ts'
import { heirLayoutsOf } from './heir-layouts.ts'
import type { OpaqueState } from './heir-messages.ts'
import type { HeirTick } from './heir-tick.ts'

export interface HeirCut {
  /** C: what happened after it is decided anew. */
  readonly tick: number
  readonly match: SavedMatch
  /**
   * The newest value of each piece of slow data. They may be newer than the tick, never older: a ban that was told holds, though the
   * world is of a moment before.
   */
  readonly slow: ReadonlyMap<string, unknown>
  /** States of ticks just before C, oldest first: so `asSeenBy` works at once. None for a game with opaque fields. */
  readonly past: readonly RecordedTick[]
}

/** What an heir knows of the match from the start, as every page does. */
export type MatchStart = Pick<HostOptions, 'seed' | 'options' | 'settings'>

/** The match after a tick. `opaque`: the tick's opaque state; none for a game without. */
export function matchOf(game: AnyGame, tick: HeirTick, opaque: readonly OpaqueState[]): SavedMatch {
  const { seats, comings } = tick
  return { world: packSaved({ ...tick, records: recordsOf(game, tick, opaque) }), seats, comings }
}

/** The states of some ticks, as a host's history holds them. */
export function pastOf(game: AnyGame, ticks: readonly HeirTick[]): RecordedTick[] {
  return [...ticks]
    .sort((a, b) => a.tick - b.tick)
    .map((tick) => ({
      tick: tick.tick,
      records: recordsOf(game, tick, []).filter(({ type }) => type.role !== 'input'),
    }))
}

function recordsOf(game: AnyGame, { tick, records }: HeirTick, opaque: readonly OpaqueState[]): RecordCopy[] {
  const { all, types } = heirLayoutsOf(game)
  const copies: RecordCopy[] = []
  for (const [index, layout] of all.entries()) {
    const type = types[index] as RecordType
    const ofType = new Map<EntityId, RecordCopy>()
    for (const state of records[index] ?? []) {
      if (!state) continue
      const row = { numbers: initialNumbers(type), objects: initialPlain(type) }
      writeRow(layout, state, tick, row)
      ofType.set(state.id, { type, id: state.id, owner: state.owner, row })
    }
    for (const [of, id, column, bytes] of opaque)
      if (of === index && type.objects[column]?.kind === 'opaque') {
        const copy = ofType.get(id as EntityId)
        if (copy) copy.row.objects[column] = bytes
      }
    copies.push(...[...ofType.values()].sort((a, b) => a.id - b.id))
  }
  return copies
}

/** Opaque state that was not told is none. */
function initialPlain(type: RecordType): unknown[] {
  return type.objects.map(({ kind }) => (kind === 'opaque' ? null : kind === 'string' ? '' : []))
}

/** Loads the match for a trial. Null when a host can go on from it, else a sentence. The rules do not run. */
export function whyNot(
  game: AnyGame,
  { seed, options = {}, settings = {} }: MatchStart,
  match: SavedMatch,
): string | null {
  const world = new World({ game, seed, options, settings, predicting: null })
  const problem = loadWorld(world, match.world)
  if (problem !== null) return problem
  return whyNotSeated(world, match)
}

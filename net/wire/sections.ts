/**
 * The two sections of a snapshot and their layouts. The exact section holds what the receiver predicts, the presented section the
 * rest, as it is drawn.
 * Both sides derive them from the game alone.
 */
import type { AnyGame } from '../world/game.ts'
import { bitsFor } from './bits.ts'
import { type Layout, layoutOf } from './layout.ts'

export interface Sections {
  /** Types that a client may predict, exactly. */
  readonly exact: readonly Layout[]
  /** All replicated types: the globals, the players and, where clients step others' entities, the inputs exactly. */
  readonly presented: readonly Layout[]
  /** Both, exact first: the order of parameters and of slots. */
  readonly all: readonly Layout[]
  /** Bits of a seat: enough for the game's most players. */
  readonly seatBits: number
  /** How many coding parameters each of `all` has. */
  readonly parameterCounts: readonly number[]
}

const known = new WeakMap<AnyGame, Sections>()

export function sectionsOf(game: AnyGame): Sections {
  const cached = known.get(game)
  if (cached) return cached
  const { types } = game.schema
  const stepsOthers = types.some(({ predict }) => predict === 'all')
  const exact = types
    .filter(({ role, predict }) => role === 'entity' && predict !== 'none')
    .map((type) => layoutOf(type, 'exact', game.tickRate))
  const presented = types
    .filter(({ role, predict }) => (role === 'input' ? stepsOthers : predict !== 'all'))
    .map((type) => layoutOf(type, type.role === 'entity' ? 'presented' : 'exact', game.tickRate))
  const all = [...exact, ...presented]
  const seatBits = bitsFor(game.maxPlayers - 1)
  const sections = { exact, presented, all, seatBits, parameterCounts: all.map(({ parameters }) => parameters) }
  known.set(game, sections)
  return sections
}

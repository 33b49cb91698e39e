/**
 * What one client has to hear of the world: for each slot, how it differs from what the client has acked. Gathering only
 * reads. What it finds is then noted in two steps of their own: `Baselines.noteClean` and `raisePriorities`.
 */
import { differs, type WireChange } from '../wire/changes.ts'
import type { Layout } from '../wire/layout.ts'
import type { RecordState } from '../wire/states.ts'
import type { PlayerId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { mayKnow } from '../world/visibility.ts'
import type { World } from '../world/world.ts'
import { type Baselines, type ClientSlot, FOREIGN } from './baselines.ts'
import { decideRelevance } from './relevance.ts'
import type { Trajectories } from './trajectories.ts'

/** A change of a slot that the client has not acked. */
export type PendingChange = WireChange & {
  /** What the client has in this slot. */
  readonly has: ClientSlot
  /** What its priority gains in each snapshot until it is sent. */
  readonly weight: number
}

/** One client's view of the world after a tick. */
export interface ClientView {
  readonly world: World
  readonly trajectories: Trajectories
  readonly player: PlayerId
  /** Whether the client only watches: it sees what `relevant` shows to nobody in particular. Default false. */
  readonly spectates?: boolean
  readonly baselines: Baselines
}

/** What one look at the world finds for a client. */
export interface Gathered {
  /** In the order of layouts and slots. */
  readonly changes: PendingChange[]
  /** Slots that are clean from now on, for `Baselines.noteClean`. */
  readonly clean: number[]
}

/** Exact changes are not held back for an ack: with this age `inFlight` is always false. */
const AT_ONCE = -1

/** All changes of records that this client predicts, as far as it has not acked them. */
export function gatherExact(view: ClientView): Gathered {
  const { trajectories, baselines, player } = view
  const changes: PendingChange[] = []
  const clean: number[] = []
  for (let index = 0; index < trajectories.sections.exact.length; index++) {
    const { type, standing, owners } = trajectories.slotsOf[index] as Trajectories['slotsOf'][number]
    const all = type.predict === 'all'
    const marks = baselines.cleanMarks(index, standing.length)
    for (let slot = 0; slot < standing.length; slot++) {
      const predicts = all || owners[slot] === player
      if (!predicts && marks[slot] === FOREIGN) continue
      const has = baselines.at(index, slot)
      const record = predicts ? (standing[slot] as GameRecord | null) : null
      const change = record
        ? changeTo(view, index, slot, record, has, AT_ONCE, 1)
        : changeToNothing(view, index, slot, has, AT_ONCE, false)
      if (change !== null && change !== 'in flight') changes.push(change)
      else if (!predicts) clean.push(index, slot, FOREIGN)
    }
  }
  return { changes, clean }
}

/**
 * All other changes for this client. A change whose ack is not overdue is left out: it is in flight. `overduePackets`:
 * the age in packets from which an ack is overdue.
 */
export function gatherPresented(view: ClientView, overduePackets: number): Gathered {
  const { world, trajectories, baselines, player, spectates } = view
  const { exact, all } = trajectories.sections
  const changes: PendingChange[] = []
  const clean: number[] = []
  for (let index = exact.length; index < all.length; index++) {
    const { type, standing, owners, changedBy } = trajectories.slotsOf[index] as Trajectories['slotsOf'][number]
    const includesOwner = !ownerKnows(type)
    const judged = world.game.rules.relevant !== undefined && type.role === 'entity'
    // Who is told the team's fields may change at any time, so such slots are compared every time.
    const canBeClean = (all[index] as Layout).team === null
    const marks = baselines.cleanMarks(index, standing.length)
    for (let slot = 0; slot < standing.length; slot++) {
      const isClean = marks[slot] === changedBy[slot]
      if (isClean && !judged) continue
      const record = standing[slot] as GameRecord | null
      const visible = includesOwner || owners[slot] !== player ? record : null
      const relevance = visible && judged ? decideRelevance(world, visible, spectates ? null : player) : 1
      if (isClean && relevance > 0) continue
      const has = baselines.at(index, slot)
      const hidden = relevance === 0
      const change =
        visible && !hidden
          ? changeTo(view, index, slot, visible, has, overduePackets, relevance)
          : changeToNothing(view, index, slot, has, overduePackets, hidden)
      if (change !== null && change !== 'in flight') changes.push(change)
      else if (canBeClean && !hidden && (change === null || baselines.isAwaited(has)))
        clean.push(index, slot, changedBy[slot] as number)
    }
  }
  return { changes, clean }
}

/** The longer a change waits, the more it matters. */
export function raisePriorities(changes: readonly PendingChange[]): void {
  for (let i = 0; i < changes.length; i++) {
    const { has, weight } = changes[i] as PendingChange
    has.priority += weight
  }
}

/** Players are not sent their own input, and records of their exact section are not repeated in the presented one. */
function ownerKnows({ role, predict }: RecordType): boolean {
  return role === 'input' || (role === 'entity' && predict === 'owner')
}

/** What a client has to hear of a slot that shows a record to it; null for nothing. */
function changeTo(
  { world, trajectories, player, baselines }: ClientView,
  index: number,
  slot: number,
  record: GameRecord,
  has: ClientSlot,
  overduePackets: number,
  weight: number,
): PendingChange | 'in flight' | null {
  const layout = trajectories.sections.all[index] as Layout
  const state = trajectories.stateOf(index, slot) as RecordState
  const team = layout.team !== null && mayKnow(world, player, record, layout.team)
  const acked = baselines.baseOf(has)
  const base = acked !== null && acked.id === state.id && has.team === team ? acked : null
  if (base && !differs(layout, base, state, player, team)) return null
  if (baselines.inFlight(has, state, overduePackets)) return 'in flight'
  return { layout: index, slot, team, state, base, reason: null, goneAt: null, has, weight }
}

/** What a client has to hear of a slot that shows nothing to it: no record stands there, or it is hidden. */
function changeToNothing(
  { world, trajectories, baselines }: ClientView,
  index: number,
  slot: number,
  has: ClientSlot,
  overduePackets: number,
  hidden: boolean,
): PendingChange | 'in flight' | null {
  if (has.acked === null && !has.unknown && has.filledBy === null) return null
  if (baselines.inFlight(has, null, overduePackets)) return 'in flight'
  const goneAt = hidden ? world.tick : trajectories.goneAt(index, slot, world.tick)
  const reason = hidden ? 'out of view' : 'destroyed'
  return { layout: index, slot, team: false, state: null, base: null, reason, goneAt, has, weight: 1 }
}

/**
 * Finds what one client has to be told: for each slot, how it differs from what the client has acked. Gathering only reads.
 * Its results are noted in two further steps: `Baselines.noteClean` and `raisePriorities`.
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
  /** The slot at this client. */
  readonly clientSlot: ClientSlot
  /** How much its priority gains with each snapshot until it is sent. */
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

/** What gathering found for a client. */
export interface Gathered {
  /** In the order of layouts and slots. */
  readonly changes: PendingChange[]
  /** Slots that are clean from now on, for `Baselines.noteClean`. */
  readonly clean: number[]
}

/** Exact changes never wait for an ack: with this age `inFlight` is always false. */
const AT_ONCE = -1

/** All changes that this client has not acked, of the records that it predicts. */
export function gatherExact(view: ClientView): Gathered {
  const { trajectories, baselines, player } = view
  const changes: PendingChange[] = []
  const clean: number[] = []
  for (let index = 0; index < trajectories.sections.exact.length; index++) {
    const { type, recordIn, owners } = trajectories.slotsOf[index] as Trajectories['slotsOf'][number]
    const all = type.predict === 'all'
    const marks = baselines.cleanMarks(index, recordIn.length)
    for (let slot = 0; slot < recordIn.length; slot++) {
      const predicts = all || owners[slot] === player
      if (!predicts && marks[slot] === FOREIGN) continue
      const clientSlot = baselines.clientSlot(index, slot)
      const record = predicts ? (recordIn[slot] as GameRecord | null) : null
      const change = record
        ? changeTo(view, index, slot, record, clientSlot, AT_ONCE, 1)
        : changeToNothing(view, index, slot, clientSlot, AT_ONCE, false)
      if (change !== null && change !== 'in flight') changes.push(change)
      else if (!predicts) clean.push(index, slot, FOREIGN)
    }
  }
  return { changes, clean }
}

/**
 * All other changes that this client has not acked, without those in flight. `overduePackets`: the age in packets from which
 * an ack is overdue.
 */
export function gatherPresented(view: ClientView, overduePackets: number): Gathered {
  const { world, trajectories, baselines, player, spectates } = view
  const { exact, all } = trajectories.sections
  const changes: PendingChange[] = []
  const clean: number[] = []
  for (let index = exact.length; index < all.length; index++) {
    const { type, recordIn, owners, changedIn } = trajectories.slotsOf[index] as Trajectories['slotsOf'][number]
    const includesOwner = !ownerKnows(type)
    const judged = world.game.rules.relevant !== undefined && type.role === 'entity'
    // Who is told the team's fields may change at any time, so such slots are compared every time.
    const canBeClean = (all[index] as Layout).team === null
    const marks = baselines.cleanMarks(index, recordIn.length)
    for (let slot = 0; slot < recordIn.length; slot++) {
      const isClean = marks[slot] === changedIn[slot]
      if (isClean && !judged) continue
      const record = recordIn[slot] as GameRecord | null
      const visible = includesOwner || owners[slot] !== player ? record : null
      const relevance = visible && judged ? decideRelevance(world, visible, spectates ? null : player) : 1
      if (isClean && relevance > 0) continue
      const clientSlot = baselines.clientSlot(index, slot)
      const hidden = relevance === 0
      const change =
        visible && !hidden
          ? changeTo(view, index, slot, visible, clientSlot, overduePackets, relevance)
          : changeToNothing(view, index, slot, clientSlot, overduePackets, hidden)
      if (change !== null && change !== 'in flight') changes.push(change)
      else if (canBeClean && !hidden && (change === null || baselines.isAwaited(clientSlot)))
        clean.push(index, slot, changedIn[slot] as number)
    }
  }
  return { changes, clean }
}

/** Once per snapshot: the longer a change waits, the higher its priority. */
export function raisePriorities(changes: readonly PendingChange[]): void {
  for (let i = 0; i < changes.length; i++) {
    const { clientSlot, weight } = changes[i] as PendingChange
    clientSlot.priority += weight
  }
}

/** Players are not sent their own input, and records of their exact section are not repeated in the presented one. */
function ownerKnows({ role, predict }: RecordType): boolean {
  return role === 'input' || (role === 'entity' && predict === 'owner')
}

/** The change of a slot whose record the client may see; null when there is none. */
function changeTo(
  { world, trajectories, player, baselines }: ClientView,
  index: number,
  slot: number,
  record: GameRecord,
  clientSlot: ClientSlot,
  overduePackets: number,
  weight: number,
): PendingChange | 'in flight' | null {
  const layout = trajectories.sections.all[index] as Layout
  const state = trajectories.stateOf(index, slot) as RecordState
  const team = layout.team !== null && mayKnow(world, player, record, layout.team)
  const acked = baselines.baseOf(clientSlot)
  const base = acked !== null && acked.id === state.id && clientSlot.team === team ? acked : null
  if (base && !differs(layout, base, state, player, team)) return null
  if (baselines.inFlight(clientSlot, state, overduePackets)) return 'in flight'
  return { layout: index, slot, team, state, base, reason: null, goneAt: null, clientSlot, weight }
}

/** The change of a slot in which the client sees nothing, because it is empty or hidden; null when there is none. */
function changeToNothing(
  { world, trajectories, baselines }: ClientView,
  index: number,
  slot: number,
  clientSlot: ClientSlot,
  overduePackets: number,
  hidden: boolean,
): PendingChange | 'in flight' | null {
  if (clientSlot.acked === null && !clientSlot.unknown && clientSlot.filledBy === null) return null
  if (baselines.inFlight(clientSlot, null, overduePackets)) return 'in flight'
  const goneAt = hidden ? world.tick : trajectories.goneAt(index, slot, world.tick)
  const reason = hidden ? 'out of view' : 'destroyed'
  return { layout: index, slot, team: false, state: null, base: null, reason, goneAt, clientSlot, weight: 1 }
}

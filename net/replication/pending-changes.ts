/**
 * What one client has to hear of the world: of each slot, how it differs from what he surely has. Most slots are no
 * news, and of those only a number is looked at; the rest, whatever is new or on its way, is compared.
 */

import { differs } from '../wire/changes.ts'
import type { Layout } from '../wire/layout.ts'
import type { WireChange } from '../wire/snapshots.ts'
import type { RecordState } from '../wire/states.ts'
import type { GameRecord } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { mayKnow } from '../world/visibility.ts'
import type { World } from '../world/world.ts'
import type { Known } from './baselines.ts'
import type { SnapshotReceiver } from './receiver.ts'
import { decideRelevance } from './relevance.ts'
import type { Trajectories } from './trajectories.ts'

/** A change of a slot, with what decides when it is sent. */
export type PendingChange = WireChange & { readonly known: Known }

export interface PendingRequest {
  readonly world: World
  readonly trajectories: Trajectories
  readonly client: SnapshotReceiver
  readonly now: number
}

/** An ack is overdue when it is later than the round trip by this many packets. */
const OVERDUE_PACKETS = 2
/** What is exact does not wait for acks: in flight or not, it is sent. */
const AT_ONCE = -1
/** Marks an exact slot that is not this client's, and of which he has heard nothing: whoever stands there. */
const FOREIGN = 0

/** Everything that this client predicts and does not have as it is. */
export function exactChanges(request: PendingRequest): PendingChange[] {
  const { trajectories, client } = request
  const { baselines, player } = client
  const news: PendingChange[] = []
  for (let index = 0; index < trajectories.sections.exact.length; index++) {
    const { type, standing, owners } = trajectories.slotsOf[index] as Trajectories['slotsOf'][number]
    const all = type.predict === 'all'
    const quiet = baselines.quietOf(index, standing.length)
    for (let slot = 0; slot < standing.length; slot++) {
      const mine = all || owners[slot] === player
      if (!mine && quiet[slot] === FOREIGN) continue
      const known = baselines.at(index, slot)
      const change = newsOf(
        request,
        index,
        slot,
        mine ? (standing[slot] as GameRecord | null) : null,
        known,
        false,
        AT_ONCE,
      )
      if (change && change !== 'in flight') news.push(change)
      else if (!mine) quiet[slot] = FOREIGN
    }
  }
  return news
}

/** All other news for this client, its priorities raised. */
export function presentedChanges(request: PendingRequest): PendingChange[] {
  const { world, trajectories, client, now } = request
  const { baselines, player } = client
  const { exact, all } = trajectories.sections
  const news: PendingChange[] = []
  const overdue = baselines.packetsOnTheirWay(now) + OVERDUE_PACKETS
  baselines.awaitAcks(overdue)
  for (let index = exact.length; index < all.length; index++) {
    const { type, standing, owners, changedBy } = trajectories.slotsOf[index] as Trajectories['slotsOf'][number]
    const tellsOwner = !ownerKnows(type)
    const judged = world.game.rules.relevant !== undefined && type.role === 'entity'
    // Who is told what is for the team may change at any time.
    const settles = (all[index] as Layout).team === null
    const quiet = baselines.quietOf(index, standing.length)
    for (let slot = 0; slot < standing.length; slot++) {
      const isQuiet = quiet[slot] === changedBy[slot]
      if (isQuiet && !judged) continue
      const here = standing[slot] as GameRecord | null
      const drawn = tellsOwner || owners[slot] !== player ? here : null
      const relevance = drawn && judged ? decideRelevance(world, drawn, player) : 1
      if (isQuiet && relevance > 0) continue
      const known = baselines.at(index, slot)
      const hidden = relevance === 0
      const change = newsOf(request, index, slot, hidden ? null : drawn, known, hidden, overdue)
      if (!change) {
        if (settles && !hidden) quiet[slot] = changedBy[slot] as number
        continue
      }
      if (change === 'in flight') {
        if (settles && !hidden && baselines.isAwaited(known)) quiet[slot] = changedBy[slot] as number
        continue
      }
      known.priority += hidden ? 1 : relevance
      news.push(change)
    }
  }
  return news
}

/** A player is not told of his own input, nor in the presented section of what the exact one tells him. */
function ownerKnows({ role, predict }: RecordType): boolean {
  return role === 'input' || (role === 'entity' && predict === 'owner')
}

/** What the client has to hear of a slot that is to show a record; null for nothing. Its ack is `overdue` after so many packets. */
function newsOf(
  { world, trajectories, client: { player, baselines } }: PendingRequest,
  index: number,
  slot: number,
  record: GameRecord | null,
  known: Known,
  hidden: boolean,
  overdue: number,
): PendingChange | 'in flight' | null {
  if (!record) {
    if (known.state === null && !known.uncertain && known.filledBy === null) return null
    if (baselines.inFlight(known, null, overdue)) return 'in flight'
    const goneAt = hidden ? world.tick : trajectories.goneAt(index, slot, world.tick)
    const reason = hidden ? 'out of view' : 'destroyed'
    return { layout: index, slot, team: false, state: null, base: null, reason, goneAt, known }
  }
  const layout = trajectories.sections.all[index] as Layout
  const state = trajectories.stateOf(index, slot) as RecordState
  const team = layout.team !== null && mayKnow(world, player, record, layout.team)
  const has = baselines.surely(known)
  const base = has !== null && has.id === state.id && known.team === team ? has : null
  if (base && !differs(layout, base, state, player, team)) return null
  if (baselines.inFlight(known, state, overdue)) return 'in flight'
  return { layout: index, slot, team, state, base, reason: null, goneAt: null, known }
}

/** Packs a packet under its budget: chooses which of the pending changes go into it, when not all of them fit. */
import type { SnapshotWriter, WriterMark } from '../wire/snapshot-writer.ts'
import type { PendingChange } from './pending-changes.ts'

/** How many bits the gap between two slots may take, in the worst case that play shows. */
const GAP_BITS = 12

/** After so many changes in a row that did not fit, the packet counts as full: measuring each takes time. */
const MAX_MISFITS = 16

/**
 * Writes as many of the exact changes as fit into the packet, in order, and returns them. None fit where events took the
 * room; then all go with the tick's next packet.
 */
export function writeExact(
  writer: SnapshotWriter,
  changes: readonly PendingChange[],
  limitBits: number,
): readonly PendingChange[] {
  const start = writer.mark()
  if (writer.section('exact', changes, limitBits)) return changes
  writer.rewind(start)
  let room = limitBits - start.bitLength - changes.length
  let count = 0
  for (const change of changes) {
    room -= writer.measure(change) + GAP_BITS
    if (room < 0) break
    count++
  }
  const taken = changes.slice(0, count)
  writer.section('exact', taken)
  return taken
}

/** Writes the presented section: all changes, or those that fit and matter most. Returns what was written. */
export function writePresented(
  writer: SnapshotWriter,
  changes: readonly PendingChange[],
  budgetBits: number,
  limitBits: number,
): readonly PendingChange[] {
  const start = writer.mark()
  const limit = Math.min(limitBits, start.bitLength + budgetBits)
  if (writer.section('presented', changes, limit) || changes.length === 0) return changes
  let chosen = choose(writer, start, changes, limit)
  for (;;) {
    writer.rewind(start)
    if (writer.section('presented', chosen, limit) || chosen.length === 0) return chosen
    chosen = withoutLeast(chosen)
  }
}

/** The gaps between slots took more than was reckoned with: drops the least important change. */
function withoutLeast(chosen: readonly PendingChange[]): readonly PendingChange[] {
  const least = Math.min(...chosen.map(({ clientSlot }) => clientSlot.priority))
  const at = chosen.findIndex(({ clientSlot }) => clientSlot.priority === least)
  return [...chosen.slice(0, at), ...chosen.slice(at + 1)]
}

/** Chooses by priority whatever still fits: a smaller change may fit where a larger one did not. Returns them by slot. */
function choose(
  writer: SnapshotWriter,
  start: WriterMark,
  changes: readonly PendingChange[],
  limit: number,
): readonly PendingChange[] {
  writer.rewind(start)
  let room = limit - start.bitLength - changes.length / 8 - 32
  const byPriority = changes
    .map((change, order) => ({ change, order }))
    .sort((a, b) => b.change.clientSlot.priority - a.change.clientSlot.priority || a.order - b.order)
  const chosen: { change: PendingChange; order: number }[] = []
  let misfits = 0
  for (const one of byPriority) {
    if (room <= GAP_BITS || misfits === MAX_MISFITS) break
    const bits = writer.measure(one.change) + GAP_BITS
    if (bits > room) {
      misfits++
      continue
    }
    room -= bits
    misfits = 0
    chosen.push(one)
  }
  return chosen.sort((a, b) => a.order - b.order).map(({ change }) => change)
}

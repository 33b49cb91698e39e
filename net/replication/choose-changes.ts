/** Which of the pending changes go into a packet, when not all of them fit. */
import type { SnapshotWriter, WriterMark } from '../wire/snapshot-writer.ts'
import type { PendingChange } from './pending-changes.ts'

/** What a change's place in its list may take, bits: the gap to the one before, in the worst case that is met in play. */
const PLACE_BITS = 12

/** After so many changes in a row that did not fit, the packet is taken to be full: to measure each takes time. */
const MAX_MISFITS = 16

/**
 * Writes as many of the exact changes, in order, as fit into the packet; none, where events took the room: they go with
 * the tick's next packet. Returns them.
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
    room -= writer.measure(change) + PLACE_BITS
    if (room < 0) break
    count++
  }
  const taken = changes.slice(0, count)
  writer.section('exact', taken)
  return taken
}

/** Writes the presented section: all of it, or what matters most of what fits. Returns what was written. */
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

/** The gaps came out wider than allowed for: the least important change goes. */
function withoutLeast(chosen: readonly PendingChange[]): readonly PendingChange[] {
  const least = Math.min(...chosen.map(({ has }) => has.priority))
  const at = chosen.findIndex(({ has }) => has.priority === least)
  return [...chosen.slice(0, at), ...chosen.slice(at + 1)]
}

/** By priority, each that still fits; a smaller one may fit where a larger one did not. In the order of slots. */
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
    .sort((a, b) => b.change.has.priority - a.change.has.priority || a.order - b.order)
  const chosen: { change: PendingChange; order: number }[] = []
  let misfits = 0
  for (const one of byPriority) {
    if (room <= PLACE_BITS || misfits === MAX_MISFITS) break
    const bits = writer.measure(one.change) + PLACE_BITS
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

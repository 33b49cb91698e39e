import { type Baselines, type ClientSlot, FOREIGN, type SentChange } from '../../../net/replication/baselines.ts'
import { type ClientView, gatherExact, gatherPresented } from '../../../net/replication/pending-changes.ts'
import { sequenceDistance } from '../../../net/wire/sequence.ts'

/** What `Baselines` keeps to itself. */
interface Inside {
  readonly sent: ReadonlyMap<number, { readonly changes: readonly SentChange[] }>
  readonly oldestSent: number
  readonly marks: number[][]
}

/** Throws when an invariant at the head of baselines.ts does not hold. */
export function checkInvariants(baselines: Baselines): void {
  const inside = baselines as unknown as Inside
  const { sent, oldestSent } = inside
  const check = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`baselines, before packet ${baselines.sequence}: ${what}`)
  }
  const isSent = (sequence: number): boolean =>
    sequenceDistance(sequence, oldestSent) >= 0 && sequenceDistance(sequence, baselines.sequence) < 0
  check(sent.size <= 128, `${sent.size} packets wait for their acks`)
  for (const sequence of sent.keys()) check(isSent(sequence), `${sequence} waits, though it is of before ${oldestSent}`)
  for (const [layout, slots] of baselines.slots.entries())
    for (const [slot, has] of slots.entries()) {
      const fault = wrongSlot(baselines, has, (sequence) => sent.has(sequence))
      check(fault === null, `slot ${layout}:${slot} ${fault}`)
    }
}

function wrongSlot({ baseline, sequence }: Baselines, has: ClientSlot, isSent: (at: number) => boolean): string | null {
  if (baseline === null && has.acked) return 'is acked without a baseline'
  if (has.acked && has.filledBy === null) return 'is acked to hold a record that nothing put there'
  if (has.copies > 0 && !has.unknown && !isSent(has.sentBy))
    return `has ${has.copies} copies in flight, which no packet has`
  if (has.emptiedBy !== null && sequenceDistance(has.emptiedBy, sequence) >= 0) return 'was emptied by a packet to come'
  if (has.priority < 0) return 'has a priority below zero'
  return null
}

/**
 * Throws when a clean slot has something to send: all that is gathered with every mark dirty is gathered with the marks as
 * they are, too, and gathering by itself changes nothing.
 */
export function checkCleanSlots(view: ClientView, now: number): void {
  const { baselines } = view
  const { marks } = baselines as unknown as Inside
  const overdue = baselines.overduePackets(now)
  baselines.markOverdueDirty(overdue)
  const kept = marks.map((of) => of.slice())
  const gather = () => [...gatherExact(view).changes, ...gatherPresented(view, overdue).changes].map(placeOf)
  const found = gather()
  if (JSON.stringify(marks.map((of, i) => of.slice(0, kept[i]!.length))) !== JSON.stringify(kept))
    throw new Error('gathering has written')
  for (const of of marks) of.fill(FOREIGN - 1)
  const all = gather()
  for (const [i, of] of kept.entries()) for (const [slot, mark] of of.entries()) marks[i]![slot] = mark
  const missed = all.filter((place) => !found.includes(place))
  if (missed.length > 0) throw new Error(`clean slots have something to send: ${missed.join(', ')}`)
}

function placeOf({ layout, slot }: { readonly layout: number; readonly slot: number }): string {
  return `${layout}:${slot}`
}

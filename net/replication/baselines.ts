/**
 * What the host knows of one client's state, slot by slot. This is the host's side of the baselines; `ReceivedStates` is the
 * client's side. In go sent packets and acks. Out come, for each slot, the state to build a delta on and whether a change
 * still has to be sent. A lost packet is handled here (`noteMissed`).
 *
 * A client applies snapshots only in the order of their sequence, and each ack says of the newest packet and of the 32
 * before it whether it was applied. So the ack of packet B tells the client's whole state right after B: B is the *baseline*. A lost change still differs from its baseline, so it is sent again, in its newest state; nothing is resent
 * as it was (as Quake III's snapshots; per entity as in Fiedler's "State synchronization").
 *
 * Invariants (tests check them after every step: test/net/replication/check-invariants.ts):
 * - A slot is **acked** (`ClientSlot.acked` is what the client held with the baseline) or **unknown** (a packet that
 *   changed it was lost track of; the client may hold anything). Without a baseline no slot is acked.
 * - A change is **in flight** from `packetSent` until its packet is acked, missed, or given up. While copies of a slot
 *   that is not unknown are in flight, the newest packet that had it is among `sent`.
 * - `filledBy` is set while the client may hold a record in the slot. Where it is null and the slot is not unknown, the
 *   client's slot is empty.
 * - A slot is **clean** when its mark equals the revision that changed the slot last (`Slots.changedIn`). Then there is
 *   nothing to send: the client has acked the state, or the packet that had it is in flight. With any other mark the slot is
 *   **dirty**: it has to be compared.
 * - `sent` holds the packets from `oldestSent` to before `sequence`, at most SENT_KEPT of them.
 *
 * Who writes: `packetSent` and `acknowledge` write slots and make their marks dirty; `noteClean` makes marks clean;
 * `markOverdueDirty` makes them dirty again; `raisePriorities` and `packetSent` write priorities. Gathering only reads.
 */
import { RoundTrip } from '../clock/round-trip.ts'
import { arrivalOf } from '../wire/hold.ts'
import type { SnapshotAck } from '../wire/inputs.ts'
import { firstParameters, type Parameters } from '../wire/parameters.ts'
import { nextSequence, previousSequence, sequenceDistance } from '../wire/sequence.ts'
import type { RecordState } from '../wire/states.ts'

/** One slot at one client. */
export interface ClientSlot {
  /** The state that the client held with the baseline; null for none. */
  acked: RecordState | null
  /** Whether the client was told the team's fields of it. */
  team: boolean
  /** A packet that changed the slot was lost track of: the client may hold anything. */
  unknown: boolean
  /** The newest packet that put a record here; null once the client has acked that it is gone. */
  filledBy: number | null
  /** The newest packet that emptied the slot; null once it is acked or given up. */
  emptiedBy: number | null
  /** The state that was sent last, the newest packet that had it, and how many packets had it; lost ones do not count. */
  sent: RecordState | null
  sentBy: number
  copies: number
  /** Grows until the slot's change is sent. */
  priority: number
}

/** One slot's change in a packet. */
export interface SentChange {
  /** `Baselines.clientSlot(layout, slot)`. */
  readonly clientSlot: ClientSlot
  readonly layout: number
  readonly slot: number
  readonly state: RecordState | null
  readonly team: boolean
}

interface SentPacket {
  readonly changes: readonly SentChange[]
  readonly parameters: Parameters
  readonly sentAt: number
}

/** Packets that an ack covers: the newest and the 32 before it. */
const ACK_WINDOW = 33
/** Packets whose ack may still come: over four seconds at 30 a second. */
const SENT_KEPT = 128
/** A baseline older than this many packets is given up, and everything sent in full: the client may have forgotten it. */
export const MAX_BASELINE_AGE = 200

/** In `cleanMarks`, instead of a revision: the slot has to be compared. */
const DIRTY = -1
/** In `cleanMarks` of the exact section: the slot has another player's record, and the client's slot is empty. */
export const FOREIGN = 0

/** The round trip that is assumed before the first ack, ms: so the first world is not sent twice. */
const ASSUMED_RTT_MS = 300
/** Loss is averaged over about 256 packets, eight to thirteen seconds. */
const LOSS_SHARE = 1 / 256
/** Below one packet in five hundred a link counts as lossless. After one loss it counts as lossy for about 170 packets. */
const LOSSLESS = 1 / 500
/** An ack is overdue when it is later than the round trip by this many packets. */
const OVERDUE_PACKETS = 2

export class Baselines {
  /** By layout and slot. */
  readonly slots: ClientSlot[][]
  /** By layout and slot: the revision up to which the slot is clean, FOREIGN, or DIRTY. */
  private readonly marks: number[][]
  /** The newest packet that the client has acked. */
  baseline: number | null = null
  /** The coding parameters that the client had with the baseline; null when they are not known. */
  parameters: Parameters | null
  /** The sequence number of the next packet. */
  sequence: number
  readonly roundTrip = new RoundTrip()
  /** Share of packets that did not arrive, over some seconds. */
  loss = 0
  readonly firstParameters: Parameters
  private readonly sent = new Map<number, SentPacket>()
  private oldestSent: number
  /** Packets before this one are overdue or acked: `markOverdueDirty` has handled them. */
  private awaitedFrom: number

  constructor(parameterCounts: readonly number[], firstSequence = 0) {
    this.sequence = firstSequence
    this.oldestSent = firstSequence
    this.awaitedFrom = firstSequence
    this.slots = parameterCounts.map(() => [])
    this.marks = parameterCounts.map(() => [])
    this.firstParameters = firstParameters(parameterCounts)
    this.parameters = this.firstParameters
  }

  clientSlot(layout: number, slot: number): ClientSlot {
    const slots = this.slots[layout]
    if (!slots) throw new RangeError(`There is no layout ${layout}.`)
    while (slots.length <= slot) slots.push(emptySlot())
    return slots[slot] as ClientSlot
  }

  /** The state that the client certainly holds in the slot, to build a delta on; null when there is none. */
  baseOf(slot: ClientSlot): RecordState | null {
    return this.baseline === null || slot.unknown || slot.emptiedBy !== null ? null : slot.acked
  }

  /** Packets between the baseline and the next one; null without a baseline. */
  get baselineAge(): number | null {
    return this.baseline === null ? null : sequenceDistance(this.sequence, this.baseline)
  }

  /** The clean marks of a layout's first `count` slots. Only to be read. */
  cleanMarks(layout: number, count: number): readonly number[] {
    const marks = this.marks[layout] ?? []
    while (marks.length < count) marks.push(DIRTY)
    return marks
  }

  /** Marks slots clean. `found` holds three numbers for each: layout, slot, and the revision that changed it (or FOREIGN). */
  noteClean(found: readonly number[]): void {
    for (let i = 0; i < found.length; i += 3) {
      const marks = this.marks[found[i] as number] as number[]
      marks[found[i + 1] as number] = found[i + 2] as number
    }
  }

  private markDirty({ layout, slot }: SentChange): void {
    const marks = this.marks[layout]
    if (marks && slot < marks.length) marks[slot] = DIRTY
  }

  private markAllDirty(): void {
    for (const marks of this.marks) marks.fill(DIRTY)
  }

  /** The next packet, of the number `sequence`, has been sent. */
  packetSent(packet: SentPacket): void {
    const { sequence } = this
    for (let i = 0; i < packet.changes.length; i++) {
      const change = packet.changes[i] as SentChange
      const { state, clientSlot } = change
      this.markDirty(change)
      if (state) clientSlot.filledBy = sequence
      else clientSlot.emptiedBy = sequence
      clientSlot.copies = clientSlot.sent === state && clientSlot.copies > 0 ? clientSlot.copies + 1 : 1
      clientSlot.sent = state
      clientSlot.sentBy = sequence
      clientSlot.priority = 0
    }
    this.sent.set(sequence, packet)
    this.sequence = nextSequence(sequence)
    if (sequenceDistance(this.sequence, this.oldestSent) > SENT_KEPT) this.giveUp(this.oldestSent)
    if ((this.baselineAge ?? 0) > MAX_BASELINE_AGE) this.dropBaseline()
  }

  /** Applies an ack that came at `now`. False when it names what was never sent, or was acked before. */
  acknowledge({ sequence, earlier, holdMs }: SnapshotAck, now: number): boolean {
    const newest = this.sent.get(sequence)
    if (!newest) return false
    const arrivedAt = arrivalOf(now, holdMs)
    if (arrivedAt !== null) this.roundTrip.measured(Math.max(0, arrivedAt - newest.sentAt))
    for (let next = this.oldestSent; sequenceDistance(next, sequence) <= 0; next = nextSequence(next)) {
      const age = sequenceDistance(sequence, next)
      if (age >= ACK_WINDOW) {
        this.giveUp(next)
        continue
      }
      const packet = this.sent.get(next)
      if (!packet) continue
      const applied = age === 0 || ((earlier >>> (age - 1)) & 1) === 1
      if (applied) this.noteApplied(next, packet)
      else this.noteMissed(next, packet)
      this.sent.delete(next)
      this.measureLoss(!applied)
    }
    this.oldestSent = nextSequence(sequence)
    this.baseline = sequence
    return true
  }

  /** The client holds what this packet said. */
  private noteApplied(sequence: number, { changes, parameters }: SentPacket): void {
    for (let i = 0; i < changes.length; i++) {
      const change = changes[i] as SentChange
      const { state, team, clientSlot } = change
      this.markDirty(change)
      clientSlot.acked = state
      clientSlot.team = team
      clientSlot.unknown = false
      // No copy is in flight any more, so a later change, for instance of the team, is sent at once.
      if (clientSlot.sentBy === sequence) clientSlot.copies = 0
      if (!state && clientSlot.filledBy !== null && sequenceDistance(sequence, clientSlot.filledBy) > 0)
        clientSlot.filledBy = null
      if (clientSlot.emptiedBy !== null && sequenceDistance(sequence, clientSlot.emptiedBy) >= 0)
        clientSlot.emptiedBy = null
    }
    this.parameters = parameters
  }

  /** The client did not apply this packet: its changes have to be sent again. */
  private noteMissed(sequence: number, { changes }: SentPacket): void {
    for (let i = 0; i < changes.length; i++) {
      const change = changes[i] as SentChange
      const { clientSlot } = change
      this.markDirty(change)
      if (clientSlot.sentBy === sequence || clientSlot.copies === 1) clientSlot.copies = 0
      else clientSlot.copies = Math.max(0, clientSlot.copies - 1)
    }
  }

  /** No ack can tell any more whether the client applied this packet. Its slots become unknown. */
  private giveUp(sequence: number): void {
    const packet = this.sent.get(sequence)
    this.sent.delete(sequence)
    if (sequence === this.oldestSent) this.oldestSent = nextSequence(sequence)
    if (!packet) return
    for (const change of packet.changes) {
      const { clientSlot } = change
      this.markDirty(change)
      clientSlot.unknown = true
      if (clientSlot.emptiedBy === sequence) clientSlot.emptiedBy = null
    }
    if (packet.parameters !== this.parameters) this.parameters = null
  }

  /** The baseline is too old to build on: from now on everything is sent in full. */
  private dropBaseline(): void {
    this.baseline = null
    this.parameters = this.firstParameters
    this.markAllDirty()
    for (const slots of this.slots)
      for (const slot of slots) {
        slot.unknown ||= slot.acked !== null
        slot.acked = null
      }
  }

  /** The age in packets from which an ack is overdue at `now`. */
  overduePackets(now: number): number {
    return this.packetsInFlight(now) + OVERDUE_PACKETS
  }

  /** How many packets were sent within the last round trip: their acks cannot be here yet. */
  packetsInFlight(now: number): number {
    const since = now - (this.roundTrip.count === 0 ? ASSUMED_RTT_MS : this.roundTrip.ms)
    let count = 0
    for (let next = this.sequence; next !== this.oldestSent; count++) {
      next = previousSequence(next)
      if ((this.sent.get(next)?.sentAt ?? Number.NEGATIVE_INFINITY) < since) break
    }
    return count
  }

  /** Marks the slots dirty whose acks are overdue by now. */
  markOverdueDirty(overduePackets: number): void {
    while (sequenceDistance(this.sequence, this.awaitedFrom) > overduePackets) {
      const overdue = this.sent.get(this.awaitedFrom)
      if (overdue) for (const change of overdue.changes) this.markDirty(change)
      this.awaitedFrom = nextSequence(this.awaitedFrom)
    }
  }

  /** Whether the ack of this slot's change is not overdue yet. Then the slot may be clean until `markOverdueDirty` reaches it. */
  isAwaited(slot: ClientSlot): boolean {
    return sequenceDistance(slot.sentBy, this.awaitedFrom) >= 0
  }

  /**
   * Whether a slot's change may wait for the ack of what was sent: it went out in as many packets as this link needs, and
   * the ack is not overdue. On a lossless link once is enough; on one that loses, a second copy comes within the time that
   * presentation waits, so that a single loss is never seen.
   */
  inFlight(slot: ClientSlot, state: RecordState | null, overduePackets: number): boolean {
    if (slot.copies === 0 || slot.sent !== state || slot.unknown) return false
    return slot.copies >= this.copiesNeeded && sequenceDistance(this.sequence, slot.sentBy) <= overduePackets
  }

  private get copiesNeeded(): number {
    return this.loss > LOSSLESS ? 2 : 1
  }

  /** The loss decides how many copies are needed. When that number changes, every slot has to be compared. */
  private measureLoss(lost: boolean): void {
    const { copiesNeeded } = this
    this.loss += ((lost ? 1 : 0) - this.loss) * LOSS_SHARE
    if (this.copiesNeeded !== copiesNeeded) this.markAllDirty()
  }
}

function emptySlot(): ClientSlot {
  return {
    acked: null,
    team: false,
    unknown: false,
    filledBy: null,
    emptiedBy: null,
    sent: null,
    sentBy: 0,
    copies: 0,
    priority: 0,
  }
}

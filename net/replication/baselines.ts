/**
 * What one client has, slot by slot, as far as the host knows. A client takes snapshots only in the order of their
 * sequence, and each ack says for the newest and the 32 before it whether it was taken. So the ack of packet B tells
 * the client's whole state as of B, for ever: the baseline. What was lost stays different from its baseline and is
 * sent again in its newest state; nothing is resent as it was (as Quake III's snapshots, per entity as in Fiedler's
 * "State synchronization").
 */
import { arrivalOf } from '../wire/hold.ts'
import type { SnapshotAck } from '../wire/inputs.ts'
import { firstParameters, type Parameters } from '../wire/parameters.ts'
import { nextSequence, previousSequence, sequenceDistance } from '../wire/sequence.ts'
import type { RecordState } from '../wire/states.ts'

/** What a slot holds at the client. */
export interface Known {
  /** As of the newest acknowledged packet; null for nothing. */
  state: RecordState | null
  /** Whether the client was told what is for the team only. */
  team: boolean
  /** Packets were lost track of: the client may have anything in this slot. */
  uncertain: boolean
  /** The newest packet that put something here, if that is not acknowledged as gone. */
  filledBy: number | null
  /** The newest packet that emptied it, if that is not acknowledged. */
  emptiedBy: number | null
  /** What was sent last, by which packet, and in how many packets in a row; a lost one does not count. */
  lastSent: RecordState | null
  lastSentBy: number
  copies: number
  /** Gains until the slot's news is sent. */
  priority: number
}

/** One slot's news in a packet. */
export interface SentChange {
  /** What `at` gives for the slot. */
  readonly known: Known
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

/** An ack tells of the newest packet and of this many before it. */
const ACK_WINDOW = 33
/** Packets whose ack may still come: over four seconds at 30 a second. */
const SENT_KEPT = 128
/** A baseline older than this many packets is given up, and everything sent in full: the client may have forgotten it. */
export const MAX_BASELINE_AGE = 200

/** Instead of a cut: the slot has to be looked at. */
const NOISY = -1

/** Before the first ack: a world that is on its way is not sent twice. */
const UNKNOWN_RTT_MS = 300
/** Loss is averaged over about 256 packets, eight to thirteen seconds. */
const LOSS_SHARE = 1 / 256
/** Below one packet in five hundred a link is clean: one loss in the last seconds makes it lossy for ten. */
const CLEAN_LOSS = 1 / 500

export class Baselines {
  /** By index among all layouts, by slot. */
  readonly known: Known[][]
  /**
   * By layout and slot: the cut whose contents of the slot are no news to this client, as long as nothing is sent or
   * heard of it; or none. So that of what stands still, one number is looked at for each client.
   */
  private readonly quiet: number[][]
  /** The newest packet that the client has acknowledged. */
  baseline: number | null = null
  /** The coding parameters that the client had with the baseline; null when that is not known. */
  parameters: Parameters | null
  /** The sequence number of the next packet. */
  sequence = 0
  rttMs = 0
  /** Share of packets that did not arrive, over some seconds; a link is clean until shown otherwise. */
  loss = 0
  readonly firstParameters: Parameters
  private readonly sent = new Map<number, SentPacket>()
  private oldestSent = 0
  /** Nobody waits for the acks of packets before this one any more. */
  private awaitedFrom = 0

  constructor(parameterCounts: readonly number[]) {
    this.known = parameterCounts.map(() => [])
    this.quiet = parameterCounts.map(() => [])
    this.firstParameters = firstParameters(parameterCounts)
    this.parameters = this.firstParameters
  }

  at(layout: number, slot: number): Known {
    const slots = this.known[layout]
    if (!slots) throw new RangeError(`There is no layout ${layout}.`)
    let known = slots[slot]
    if (!known) {
      while (slots.length <= slot) {
        known = {
          state: null,
          team: false,
          uncertain: false,
          filledBy: null,
          emptiedBy: null,
          lastSent: null,
          lastSentBy: 0,
          copies: 0,
          priority: 0,
        }
        slots.push(known)
      }
    }
    return known as Known
  }

  /** What a change was of, about to be changed itself. */
  private touch({ layout, slot, known }: SentChange): Known {
    const quiet = this.quiet[layout]
    if (quiet && slot < quiet.length) quiet[slot] = NOISY
    return known
  }

  /** What is no news in the first `count` slots of a layout: the sweep for news reads and writes it. */
  quietOf(layout: number, count: number): number[] {
    const quiet = this.quiet[layout] ?? []
    while (quiet.length < count) quiet.push(NOISY)
    return quiet
  }

  /** Whether the slot's state is what the client surely has: the base of a delta. */
  surely(known: Known): RecordState | null {
    return this.baseline === null || known.uncertain || known.emptiedBy !== null ? null : known.state
  }

  /** Packets between the baseline and the next one; null without a baseline. */
  get baselineAge(): number | null {
    return this.baseline === null ? null : sequenceDistance(this.sequence, this.baseline)
  }

  /** The next packet has left. */
  packetSent(packet: SentPacket): void {
    for (let i = 0; i < packet.changes.length; i++) {
      const change = packet.changes[i] as SentChange
      const { state } = change
      const known = this.touch(change)
      if (state) known.filledBy = this.sequence
      else known.emptiedBy = this.sequence
      known.copies = known.lastSent === state && known.copies > 0 ? known.copies + 1 : 1
      known.lastSent = state
      known.lastSentBy = this.sequence
    }
    this.sent.set(this.sequence, packet)
    this.sequence = nextSequence(this.sequence)
    if (sequenceDistance(this.sequence, this.oldestSent) > SENT_KEPT) this.lose(this.oldestSent)
    if ((this.baselineAge ?? 0) > MAX_BASELINE_AGE) this.startAnew()
  }

  /** How many packets were sent within the last round trip: their acks cannot be here yet. */
  packetsOnTheirWay(now: number): number {
    const since = now - (this.rttMs === 0 ? UNKNOWN_RTT_MS : this.rttMs)
    let count = 0
    for (let next = this.sequence; next !== this.oldestSent; count++) {
      next = previousSequence(next)
      if ((this.sent.get(next)?.sentAt ?? Number.NEGATIVE_INFINITY) < since) break
    }
    return count
  }

  /** Takes an ack. False when it names what was never sent or is old news. */
  acknowledge({ sequence, earlier, holdMs }: SnapshotAck, now: number): boolean {
    const newest = this.sent.get(sequence)
    if (!newest) return false
    const arrivedAt = arrivalOf(now, holdMs)
    if (arrivedAt !== null) this.measure(Math.max(0, arrivedAt - newest.sentAt))
    for (let next = this.oldestSent; sequenceDistance(next, sequence) <= 0; next = nextSequence(next)) {
      const age = sequenceDistance(sequence, next)
      if (age >= ACK_WINDOW) this.lose(next)
      else {
        const taken = age === 0 || ((earlier >>> (age - 1)) & 1) === 1
        if (taken) this.take(next)
        else this.miss(next)
        if (this.sent.delete(next)) this.noteLoss(!taken)
      }
    }
    this.oldestSent = nextSequence(sequence)
    this.baseline = sequence
    return true
  }

  /** With how clean the link is, it changes how many copies of what is on its way are enough. */
  private noteLoss(lost: boolean): void {
    const { copiesNeeded } = this
    this.loss += ((lost ? 1 : 0) - this.loss) * LOSS_SHARE
    if (this.copiesNeeded !== copiesNeeded) this.wakeAll()
  }

  private wakeAll(): void {
    for (const quiet of this.quiet) quiet.fill(NOISY)
  }

  /** The client has what this packet said. */
  private take(sequence: number): void {
    const packet = this.sent.get(sequence)
    if (!packet) return
    for (let i = 0; i < packet.changes.length; i++) {
      const change = packet.changes[i] as SentChange
      const { state, team } = change
      const known = this.touch(change)
      known.state = state
      known.team = team
      known.uncertain = false
      // Nothing is on its way any more: should the slot be news again, for a change of teams, it does not wait.
      if (known.lastSentBy === sequence) known.copies = 0
      if (!state && known.filledBy !== null && sequenceDistance(sequence, known.filledBy) > 0) known.filledBy = null
      if (known.emptiedBy !== null && sequenceDistance(sequence, known.emptiedBy) >= 0) known.emptiedBy = null
    }
    this.parameters = packet.parameters
  }

  /** The client did not take this packet: what was in it is news again. */
  private miss(sequence: number): void {
    for (const change of this.sent.get(sequence)?.changes ?? []) {
      const known = this.touch(change)
      if (known.lastSentBy === sequence || known.copies === 1) known.copies = 0
      else known.copies = Math.max(0, known.copies - 1)
    }
  }

  /**
   * Whether a slot's news may wait for the ack of what was sent: it went out in as many packets as this link needs, and
   * the ack is not overdue. On a clean link once is enough; on one that loses, a second copy comes within the time that
   * presentation waits, so that a single loss is never seen.
   */
  inFlight(known: Known, state: RecordState | null, overduePackets: number): boolean {
    if (known.copies === 0 || known.lastSent !== state || known.uncertain) return false
    return known.copies >= this.copiesNeeded && sequenceDistance(this.sequence, known.lastSentBy) <= overduePackets
  }

  private get copiesNeeded(): number {
    return this.loss > CLEAN_LOSS ? 2 : 1
  }

  /** Whether a slot whose news is on its way may be quiet until then: `awaitAcks` will look after it. */
  isAwaited(known: Known): boolean {
    return sequenceDistance(known.lastSentBy, this.awaitedFrom) >= 0
  }

  /** Makes news again of all whose ack is overdue by now. */
  awaitAcks(overduePackets: number): void {
    while (sequenceDistance(this.sequence, this.awaitedFrom) > overduePackets) {
      const overdue = this.sent.get(this.awaitedFrom)
      if (overdue) for (const change of overdue.changes) this.touch(change)
      this.awaitedFrom = nextSequence(this.awaitedFrom)
    }
  }

  /** Nobody will ever know whether the client took this packet. */
  private lose(sequence: number): void {
    const packet = this.sent.get(sequence)
    this.sent.delete(sequence)
    if (sequence === this.oldestSent) this.oldestSent = nextSequence(sequence)
    if (!packet) return
    for (const change of packet.changes) {
      const known = this.touch(change)
      known.uncertain = true
      if (known.emptiedBy === sequence) known.emptiedBy = null
    }
    if (packet.parameters !== this.parameters) this.parameters = null
  }

  private startAnew(): void {
    this.baseline = null
    this.parameters = this.firstParameters
    this.wakeAll()
    for (const slots of this.known)
      for (const known of slots) {
        known.uncertain ||= known.state !== null
        known.state = null
      }
  }

  private measure(ms: number): void {
    this.rttMs = this.rttMs === 0 ? ms : this.rttMs + (ms - this.rttMs) / 12
  }
}

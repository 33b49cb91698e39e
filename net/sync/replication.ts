/**
 * What one client has been sent and has acknowledged, record by record, and what matters most to it next. A lost
 * packet is never resent: what was in it simply stays unacknowledged, so it is sent again in its newest state.
 * Priority accumulators as in Fiedler's "State synchronization": what is left out gains until it is sent.
 */

import type { EntityId } from '../world/ids.ts'
import type { GoneReason } from '../world/types.ts'
import { sequenceDistance } from './acks.ts'

export interface ReplicatedRecord {
  readonly id: EntityId
  /** The tick of the newest change that the client has acknowledged; −1 for none. */
  ackedChange: number
  priority: number
  /** Whether any packet to this client had it: only then has it to hear that it is gone. */
  sent: boolean
  /** Whether it is sent as to the owner's team. */
  readonly team: boolean
}

export interface PendingTombstone {
  readonly id: EntityId
  readonly tick: number
  readonly reason: GoneReason
}

export interface SentPacket {
  readonly records: readonly { readonly id: EntityId; readonly change: number }[]
  readonly tombstones: readonly EntityId[]
  readonly sentAt: number
  readonly tick: number
}

/**
 * Named by object, not by id: a record that was hidden and shown again is another, and what was acknowledged of the
 * first, the client may have buried since.
 */
interface KeptPacket extends Omit<SentPacket, 'records'> {
  readonly records: readonly { readonly record: ReplicatedRecord; readonly change: number }[]
}

/** Packets whose ack may still come: two seconds at 30 a second and to spare. */
const SENT_KEPT = 128
/** More than any honest client leaves unacknowledged within the 5 s after which its link is gone. */
const MAX_TOMBSTONES = 8192

export class Replication {
  readonly records = new Map<EntityId, ReplicatedRecord>()
  readonly tombstones = new Map<EntityId, PendingTombstone>()
  /** The newest sequence whose ack has arrived. */
  ackSeen: number | null = null
  rttMs = 0
  private readonly sent = new Map<number, KeptPacket>()

  /** `team`: whether the client may know what only the owner's team may; when that changes, all of it is news. */
  known(id: EntityId, team = false): ReplicatedRecord {
    const known = this.records.get(id)
    if (known?.team === team) return known
    // A tombstone that is not acknowledged means that the client may still have it from before.
    const sent = known?.sent ?? this.tombstones.delete(id)
    const record = { id, ackedChange: -1, priority: known?.priority ?? 0, sent, team }
    this.records.set(id, record)
    return record
  }

  /** The record is gone, or hidden from this client; it hears so until it acknowledges it. */
  bury(id: EntityId, tick: number, reason: GoneReason): void {
    const record = this.records.get(id)
    if (!record) return
    this.records.delete(id)
    if (!record.sent) return
    this.tombstones.set(id, { id, tick, reason })
    if (this.tombstones.size <= MAX_TOMBSTONES) return
    for (const oldest of this.tombstones.keys()) {
      this.tombstones.delete(oldest)
      break
    }
  }

  packetSent(sequence: number, packet: SentPacket): void {
    const records: { record: ReplicatedRecord; change: number }[] = []
    for (const { id, change } of packet.records) {
      const record = this.records.get(id)
      if (!record) continue
      record.sent = true
      records.push({ record, change })
    }
    this.sent.set(sequence, { ...packet, records })
    this.sent.delete((sequence - SENT_KEPT + 0x10000) % 0x10000)
  }

  /** An ack of one packet. False when that was never sent, or is acknowledged already. */
  acknowledge(sequence: number, now: number, holdMs: number | null): boolean {
    const packet = this.sent.get(sequence)
    if (!packet) return false
    this.sent.delete(sequence)
    if (this.ackSeen === null || sequenceDistance(sequence, this.ackSeen) > 0) this.ackSeen = sequence
    if (holdMs !== null) this.measure(Math.max(0, now - packet.sentAt - holdMs))
    for (const { record, change } of packet.records) if (change > record.ackedChange) record.ackedChange = change
    for (const id of packet.tombstones) {
      const tombstone = this.tombstones.get(id)
      if (tombstone && tombstone.tick <= packet.tick) this.tombstones.delete(id)
    }
    return true
  }

  private measure(ms: number): void {
    this.rttMs = this.rttMs === 0 ? ms : this.rttMs + (ms - this.rttMs) / 12
  }
}

/**
 * One client's snapshot of a tick: clocks and acks, events, exactly what it predicts, tombstones, and of the rest what
 * matters most, until the packet is full.
 */
import { nextSequence } from '../sync/acks.ts'
import type { ReplicatedRecord } from '../sync/replication.ts'
import { MAX_STATE_BYTES } from '../wire/link.ts'
import { ENVELOPE_BYTES, encodePacket, PacketKind } from '../wire/packet.ts'
import type { Knows } from '../wire/records.ts'
import { knowsAs, type SnapshotHead, SnapshotWriter } from '../wire/snapshots.ts'
import type { EntityId, PlayerId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import { mayKnow } from '../world/save.ts'
import type { World } from '../world/world.ts'
import type { ChangeLog } from './changes.ts'
import type { HostClient } from './host-client.ts'
import { EVENT_BYTES } from './limits.ts'
import { decideRelevance } from './relevance.ts'

const BODY_BYTES = MAX_STATE_BYTES - ENVELOPE_BYTES
const MAX_PARTS = 16

export interface OutgoingSnapshot {
  readonly player: PlayerId
  readonly bytes: Uint8Array
  /** Has to be called before the next is taken: `true` when the packet went out. What did not go out was never sent. */
  settle(sent: boolean): void
}

export interface SnapshotRequest {
  readonly world: World
  readonly changes: ChangeLog
  readonly client: HostClient
  readonly epoch: number
  readonly interval: number
  readonly now: number
}

/** Whether a client steps a record itself, so needs it exact. */
export function isPredictedBy(record: GameRecord, player: PlayerId): boolean {
  const { predict, role } = record.$type
  return role === 'entity' && (predict === 'all' || (predict === 'owner' && record.owner === player))
}

interface Contents {
  readonly records: { readonly id: EntityId; readonly change: number }[]
  readonly tombstones: EntityId[]
  /** The records whose priority starts anew once this is sent. */
  readonly served: ReplicatedRecord[]
}

/** The packets of this tick for one client: one, or several when what it predicts does not fit into one. */
export function* buildSnapshots(request: SnapshotRequest): Generator<OutgoingSnapshot> {
  const { world, client } = request
  const exact: GameRecord[] = []
  const candidates = scoreCandidates(request, exact)
  let part = 0
  let next = 0
  for (;;) {
    const contents: Contents = { records: [], tombstones: [], served: [] }
    const writer = new SnapshotWriter(world.game, world.tick, BODY_BYTES, headOf(request, part))
    if (part === 0) writeMessages(writer, client)
    else {
      writer.endList()
      writer.endList()
    }
    while (next < exact.length && writeRecord(request, writer, 'exact', exact[next], contents)) next++
    writer.endList()
    // What is left of it after the last possible part makes no whole: no packet of the tick says that it is the last.
    const whole = next >= exact.length
    const last = whole || part === MAX_PARTS - 1
    let complete = false
    if (last) {
      const buried = writeTombstones(writer, client, contents)
      writer.endList()
      complete = writePresented(request, writer, candidates, contents) && buried && whole
    } else writer.endList()
    writer.endList()
    writer.amend({ complete, last: whole })
    const bytes = encodePacket({
      kind: PacketKind.snapshot,
      epoch: request.epoch,
      tick: world.tick,
      body: writer.finish(),
    })
    yield { player: client.player, bytes, settle: (sent) => settle(request, contents, sent) }
    if (last) return
    part++
  }
}

function headOf({ client, interval, now }: SnapshotRequest, part: number): SnapshotHead {
  return {
    sequence: client.sequence,
    complete: false,
    part,
    last: false,
    inputAck: client.inputs.newest,
    holdMs: Math.min(1000, Math.max(0, Math.round(now - client.inputArrivedAt))),
    margin: Math.round(client.inputs.marginTicks * 16),
    starved: client.inputs.starvedRecently,
    ackSeen: client.replication.ackSeen,
    commandAck: client.commandAck,
    interval,
  }
}

function settle({ client, world, now }: SnapshotRequest, contents: Contents, sent: boolean): void {
  if (!sent) return
  client.replication.packetSent(client.sequence, { ...contents, sentAt: now, tick: world.tick })
  client.sequence = nextSequence(client.sequence)
  for (const record of contents.served) record.priority = 0
}

function writeMessages(writer: SnapshotWriter, client: HostClient): void {
  const limit = writer.bitLength + EVENT_BYTES * 8
  for (const event of client.events) if (writer.bitLength > limit || !writer.event(event)) break
  writer.endList()
  for (const result of client.results) if (writer.bitLength > limit || !writer.result(result)) break
  writer.endList()
}

function writeTombstones(writer: SnapshotWriter, client: HostClient, contents: Contents): boolean {
  for (const tombstone of client.replication.tombstones.values()) {
    if (!writer.tombstone(tombstone)) return false
    contents.tombstones.push(tombstone.id)
  }
  return true
}

interface Candidate {
  readonly record: GameRecord
  readonly replicated: ReplicatedRecord
  readonly changedAt: number
}

/** What this client has to hear of, its priorities raised; what it predicts goes to `exact`. Hidden records are buried. */
function scoreCandidates({ world, changes, client }: SnapshotRequest, exact: GameRecord[]): Candidate[] {
  const candidates: Candidate[] = []
  for (const type of world.game.schema.types) {
    // Inputs of others matter only to who steps their entities; their own players know them.
    if (type.role === 'input' && !predictsOthers(world)) continue
    for (const record of world.list(type)) {
      if (type.role === 'input' && record.owner === client.player) continue
      const relevance = decideRelevance(world, record, client.player)
      if (relevance <= 0) {
        client.replication.bury(record.id, world.tick, 'out of view')
        continue
      }
      if (isPredictedBy(record, client.player)) {
        exact.push(record)
        client.replication.known(record.id)
        continue
      }
      const replicated = client.replication.known(record.id, isOfTeam(world, record, client.player))
      const changedAt = changes.changedAt(record.id)
      if (changedAt <= replicated.ackedChange) continue
      replicated.priority += relevance
      candidates.push({ record, replicated, changedAt })
    }
  }
  return candidates.sort((a, b) => b.replicated.priority - a.replicated.priority || a.record.id - b.record.id)
}

function predictsOthers(world: World): boolean {
  for (const type of world.game.schema.entities.values()) if (type.predict === 'all') return true
  return false
}

/** Writes the candidates that fit, most important first. False when any had to be left out. */
function writePresented(
  request: SnapshotRequest,
  writer: SnapshotWriter,
  candidates: Candidate[],
  contents: Contents,
): boolean {
  let all = true
  for (const { record, replicated } of candidates) {
    // A smaller one may still fit where a larger one did not.
    if (writeRecord(request, writer, 'presented', record, contents)) contents.served.push(replicated)
    else all = false
  }
  return all
}

function writeRecord(
  { world, changes, client }: SnapshotRequest,
  writer: SnapshotWriter,
  part: 'exact' | 'presented',
  record: GameRecord | undefined,
  contents: Contents,
): boolean {
  if (!record) return false
  const wire = { type: record.$type, id: record.id, owner: record.owner, row: record }
  if (!writer.record(wire, part, knowledge(world, record, client.player))) return false
  contents.records.push({ id: record.id, change: changes.changedAt(record.id) })
  return true
}

function knowledge(world: World, record: GameRecord, player: PlayerId): Knows {
  return knowsAs(player, record.owner, isOfTeam(world, record, player))
}

/** Whether the record has anything for the owner's team, and the player is of it. */
function isOfTeam(world: World, record: GameRecord, player: PlayerId): boolean {
  const team = record.$type.fields.find(({ audience }) => audience === 'team')
  return team !== undefined && mayKnow(world, player, record, team)
}

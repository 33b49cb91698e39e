/**
 * One client's snapshot of a tick: clocks and acks, events, exactly what it predicts, and of the rest what matters
 * most, until the packet or the client's budget is full.
 */
import type { Known, Replication, SentChange } from '../sync/replication.ts'
import type { Placed, Trajectories } from '../sync/trajectories.ts'
import { differs } from '../wire/changes.ts'
import { ENVELOPE_BYTES, encodePacket, PacketKind } from '../wire/packet.ts'
import type { ParameterLearner, Parameters } from '../wire/parameters.ts'
import { SnapshotWriter, type WireChange } from '../wire/snapshots.ts'
import type { PlayerId } from '../world/ids.ts'
import type { GameRecord } from '../world/record.ts'
import { mayKnow } from '../world/save.ts'
import type { World } from '../world/world.ts'
import type { HostClient } from './host-client.ts'
import { EVENT_BYTES } from './limits.ts'
import { decideRelevance } from './relevance.ts'
import type { Rest } from './sending.ts'

const MAX_PARTS = 16
/** What a change's place in its list may take: the gap to the one before, in the worst case that is met in play. */
const PLACE_BITS = 12

export interface OutgoingSnapshot {
  readonly player: PlayerId
  readonly bytes: Uint8Array
  /** Has to be called before the next is taken: `true` when the packet went out. What did not go out was never sent. */
  settle(sent: boolean): void
}

export interface SnapshotRequest {
  readonly world: World
  readonly trajectories: Trajectories
  readonly learner: ParameterLearner
  /** The coding parameters that everybody is to use now. */
  readonly parameters: Parameters
  readonly client: HostClient
  readonly epoch: number
  readonly interval: number
  readonly now: number
  /** What the presented section may take, in bytes; the rest is never cut. */
  readonly budgetBytes: number
  /** The longest packet, in bytes: `MAX_STATE_BYTES`, less on a link that is slow to carry one. */
  readonly limitBytes: number
}

/** An ack is overdue when it is later than the round trip by this many packets. */
const OVERDUE_PACKETS = 2

/** A change with what decides when it is sent. */
interface Candidate {
  readonly change: WireChange
  readonly known: Known
}

/** The packets of this tick for one client: one, or several when what it predicts does not fit into one. */
export function* buildSnapshots(request: SnapshotRequest): Generator<OutgoingSnapshot> {
  const exact = exactChanges(request)
  const presented = presentedChanges(request)
  const limitBits = (request.limitBytes - ENVELOPE_BYTES) * 8
  for (let part = 0, next = 0; part < MAX_PARTS; part++) {
    const writer = startWriter(request, part)
    writer.messages(part === 0 ? request.client.events : [], part === 0 ? request.client.results : [], EVENT_BYTES * 8)
    writer.parameters()
    const taken = writeExact(writer, exact.slice(next), limitBits)
    next += taken.length
    const last = next >= exact.length
    const shown = last
      ? writePresented(writer, presented, request.budgetBytes * 8, limitBits)
      : writePresented(writer, [], 0, limitBits)
    const complete = last && shown.length === presented.length
    const body = writer.finish({ complete, last })
    const bytes = encodePacket({ kind: PacketKind.snapshot, epoch: request.epoch, tick: request.world.tick, body })
    const contents = [...taken, ...shown]
    const rest = !last ? 'follows' : complete ? 'none' : 'waits'
    yield {
      player: request.client.player,
      bytes,
      settle: (sent) => settle(request, contents, bytes.length, rest, sent),
    }
    if (last) return
  }
}

function startWriter(
  { world, client, learner, parameters, interval, now }: SnapshotRequest,
  part: number,
): SnapshotWriter {
  const { replication, inputs } = client
  return new SnapshotWriter({
    game: world.game,
    tick: world.tick,
    receiver: client.player,
    head: {
      sequence: replication.sequence,
      baselineAge: replication.baselineAge,
      complete: false,
      part,
      last: false,
      inputAck: inputs.newest,
      holdMs: Math.min(1000, Math.max(0, Math.round(now - client.inputArrivedAt))),
      margin: Math.round(inputs.marginTicks * 16),
      starved: inputs.starvedRecently,
      commandAck: client.commandAck,
      interval,
    },
    baseParameters: replication.parameters,
    firstParameters: replication.firstParameters,
    parameters,
    note: (layout, parameter, magnitude) => learner.note(layout, parameter, magnitude),
  })
}

function settle(
  { client, now, parameters }: SnapshotRequest,
  sent: readonly Candidate[],
  bytes: number,
  rest: Rest,
  left: boolean,
): void {
  if (!left) return
  for (const { known } of sent) known.priority = 0
  const changes = sent.map(
    ({ change }): SentChange => ({ layout: change.layout, slot: change.slot, state: change.state, team: change.team }),
  )
  client.sending.packetSent(now, client.replication.sequence, bytes, rest)
  client.replication.packetSent({ changes, parameters, sentAt: now })
}

/** Everything that this client predicts and does not have as it is. */
function exactChanges({ world, trajectories, client }: SnapshotRequest): Candidate[] {
  const candidates: Candidate[] = []
  for (const [layout, slots] of trajectories.exact.entries()) {
    const { type } = trajectories.sections.exact[layout] ?? {}
    if (!type) continue
    eachSlot(client.replication, layout, slots, (slot, placed, known) => {
      const mine = placed && (type.predict === 'all' || placed.record.owner === client.player) ? placed : null
      const change = changeOf(world, trajectories, client, layout, slot, mine, known, 'destroyed')
      if (change) candidates.push({ change, known })
    })
  }
  return candidates
}

/** All other news for this client, its priorities raised. */
function presentedChanges({ world, trajectories, client, now }: SnapshotRequest): Candidate[] {
  const candidates: Candidate[] = []
  const offset = trajectories.sections.exact.length
  const overdue = client.replication.packetsOnTheirWay(now) + OVERDUE_PACKETS
  for (const [index, slots] of trajectories.presented.entries()) {
    const layout = index + offset
    eachSlot(client.replication, layout, slots, (slot, placed, known) => {
      const drawn = placed && !knowsBetter(placed.record, client.player) ? placed : null
      const relevance = drawn ? decideRelevance(world, drawn.record, client.player) : 1
      const shown = relevance > 0 ? drawn : null
      const reason = drawn ? 'out of view' : 'destroyed'
      const change = changeOf(world, trajectories, client, layout, slot, shown, known, reason)
      if (!change || client.replication.inFlight(known, change.state, overdue)) return
      known.priority += relevance > 0 ? relevance : 1
      candidates.push({ change, known })
    })
  }
  return candidates
}

/** A player is not told of his own input, nor in the presented section of what the exact one tells him. */
function knowsBetter({ owner, $type }: GameRecord, player: PlayerId): boolean {
  return owner === player && ($type.role === 'input' || ($type.role === 'entity' && $type.predict === 'owner'))
}

function eachSlot(
  replication: Replication,
  layout: number,
  slots: readonly (Placed | null)[],
  visit: (slot: number, placed: Placed | null, known: Known) => void,
): void {
  const count = Math.max(slots.length, replication.known[layout]?.length ?? 0)
  for (let slot = 0; slot < count; slot++) visit(slot, slots[slot] ?? null, replication.at(layout, slot))
}

/** What the client has to hear of a slot; null for nothing. */
function changeOf(
  world: World,
  trajectories: Trajectories,
  { player, replication }: HostClient,
  index: number,
  slot: number,
  placed: Placed | null,
  known: Known,
  reason: 'destroyed' | 'out of view',
): WireChange | null {
  if (!placed) {
    if (known.state === null && !known.uncertain && known.filledBy === null) return null
    return {
      layout: index,
      slot,
      team: false,
      state: null,
      base: null,
      reason,
      goneAt: reason === 'destroyed' ? trajectories.goneAt(index, slot, world.tick) : world.tick,
    }
  }
  const layout = trajectories.sections.all[index]
  if (!layout) return null
  const { record } = placed
  const state = trajectories.stateOf(layout, placed)
  const team = layout.team !== null && mayKnow(world, player, record, layout.team)
  const has = replication.surely(known)
  const base = has?.id === state.id && known.team === team ? has : null
  if (base && !differs(layout, base, state, player, team)) return null
  return { layout: index, slot, team, state, base, reason: null }
}

/**
 * Writes as many of the exact changes, in order, as fit into the packet; none, where events took the room: they go with
 * the tick's next packet. Returns them.
 */
function writeExact(writer: SnapshotWriter, candidates: readonly Candidate[], limitBits: number): readonly Candidate[] {
  const start = writer.bitLength
  writer.section(
    'exact',
    candidates.map(({ change }) => change),
  )
  if (writer.bitLength <= limitBits) return candidates
  writer.rewind(start)
  let room = limitBits - start - candidates.length
  const taken: Candidate[] = []
  for (const candidate of candidates) {
    room -= writer.measure('exact', candidate.change) + PLACE_BITS
    if (room < 0) break
    taken.push(candidate)
  }
  writer.section(
    'exact',
    taken.map(({ change }) => change),
  )
  return taken
}

/** Writes the presented section: all of it, or what matters most of what fits. Returns what was written. */
function writePresented(
  writer: SnapshotWriter,
  candidates: readonly Candidate[],
  budgetBits: number,
  limitBits: number,
): readonly Candidate[] {
  const start = writer.bitLength
  const limit = Math.min(limitBits, start + budgetBits)
  writer.section(
    'presented',
    candidates.map(({ change }) => change),
  )
  if (writer.bitLength <= limit || candidates.length === 0) return candidates
  let chosen = choose(writer, start, candidates, limit)
  for (;;) {
    writer.rewind(start)
    writer.section(
      'presented',
      chosen.map(({ change }) => change),
    )
    if (writer.bitLength <= limit || chosen.length === 0) return chosen
    // The gaps came out wider than allowed for: the least important goes.
    const least = Math.min(...chosen.map(({ known }) => known.priority))
    const at = chosen.findIndex(({ known }) => known.priority === least)
    chosen = [...chosen.slice(0, at), ...chosen.slice(at + 1)]
  }
}

/** By priority, each that still fits; a smaller one may fit where a larger one did not. In the order of slots. */
function choose(
  writer: SnapshotWriter,
  start: number,
  candidates: readonly Candidate[],
  limit: number,
): readonly Candidate[] {
  writer.rewind(start)
  let room = limit - start - candidates.length / 8 - 32
  const byPriority = candidates
    .map((candidate, order) => ({ candidate, order }))
    .sort((a, b) => b.candidate.known.priority - a.candidate.known.priority || a.order - b.order)
  const chosen: { candidate: Candidate; order: number }[] = []
  for (const one of byPriority) {
    const bits = writer.measure('presented', one.candidate.change) + PLACE_BITS
    if (bits > room) continue
    room -= bits
    chosen.push(one)
  }
  return chosen.sort((a, b) => a.order - b.order).map(({ candidate }) => candidate)
}

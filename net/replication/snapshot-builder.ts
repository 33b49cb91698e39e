/**
 * One client's snapshot of a tick: clocks and acks, events, exactly what it predicts, and of the rest what matters
 * most, until the packet or the client's budget is full.
 */

import type { Rest } from '../congestion/downlink.ts'
import { holdMsOf } from '../wire/hold.ts'
import { MAX_STATE_BYTES } from '../wire/lanes.ts'
import type { Layout } from '../wire/layout.ts'
import { ENVELOPE_BYTES, encodePacket, PacketKind } from '../wire/packet.ts'
import type { ParameterLearner, Parameters } from '../wire/parameters.ts'
import { MARGIN_PER_TICK, MAX_PARTS } from '../wire/snapshot-head.ts'
import { SnapshotWriter, type WriterMark } from '../wire/snapshots.ts'
import type { PlayerId } from '../world/ids.ts'
import type { World } from '../world/world.ts'
import { exactChanges, type PendingChange, presentedChanges } from './pending-changes.ts'
import type { SnapshotReceiver } from './receiver.ts'
import type { Trajectories } from './trajectories.ts'

/** What events and results may take of a packet, in bytes: a storm of them must not starve the world. */
export const EVENT_BYTES = 400
/**
 * What a client predicts, told in as many packets as a tick may have and still not whole, for so many snapshots and
 * seconds: it will not become less by itself. While a client joins, what does not change is told within a round trip.
 */
export const OVERSIZED_SNAPSHOTS = 20
/** What a change's place in its list may take: the gap to the one before, in the worst case that is met in play. */
const PLACE_BITS = 12

export interface OutgoingSnapshot {
  readonly player: PlayerId
  readonly bytes: Uint8Array
  /** Which of the tick's packets it is, from 0. */
  readonly part: number
  /** Has to be called before the next is taken: `true` when the packet went out. What did not go out was never sent. */
  settle(sent: boolean): void
}

export interface SnapshotRequest {
  readonly world: World
  readonly trajectories: Trajectories
  readonly learner: ParameterLearner
  /** The coding parameters that everybody is to use now. */
  readonly parameters: Parameters
  readonly client: SnapshotReceiver
  readonly epoch: number
  readonly interval: number
  readonly now: number
  /** What the presented section may take, in bytes; the rest is never cut. */
  readonly budgetBytes: number
  /** The longest packet, in bytes. */
  readonly limitBytes: number
  /** Hears of what will never fit. */
  readonly warn?: ((problem: string) => void) | undefined
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
    const taken = writeExact(writer, next === 0 ? exact : exact.slice(next), limitBits)
    next += taken.length
    const last = next >= exact.length
    const shown = last
      ? writePresented(writer, presented, request.budgetBytes * 8, limitBits)
      : writePresented(writer, [], 0, limitBits)
    const complete = last && shown.length === presented.length
    const body = writer.finish({ complete, last })
    const bytes = encodePacket({ kind: PacketKind.snapshot, epoch: request.epoch, tick: request.world.tick, body })
    const contents = taken.length === 0 ? shown : shown.length === 0 ? taken : [...taken, ...shown]
    const rest = !last ? 'follows' : complete ? 'none' : 'waits'
    let left = false
    yield {
      player: request.client.player,
      bytes,
      part,
      settle(sent) {
        left = sent
        settle(request, contents, bytes.length, rest, sent)
      },
    }
    if (last) request.client.oversized = 0
    // Without this part the tick is of no use to the client.
    if (last || !left) return
    if (part === MAX_PARTS - 1) noteOversized(request, exact, next)
  }
}

/** All parts are sent, and only the first `fitted` of what this client predicts were in them. */
function noteOversized(
  { client, trajectories, warn }: SnapshotRequest,
  exact: readonly PendingChange[],
  fitted: number,
): void {
  client.oversized++
  if (client.oversized !== OVERSIZED_SNAPSHOTS) return
  const types = new Map<string, number>()
  for (const { layout } of exact) {
    const { name } = (trajectories.sections.all[layout] as Layout).type
    types.set(name, (types.get(name) ?? 0) + 1)
  }
  const kB = (bytes: number): string => (bytes / 1000).toFixed(0)
  const most = MAX_PARTS * MAX_STATE_BYTES
  const what = [...types].map(([name, count]) => `${count} ${name}`).join(', ')
  warn?.(
    `The page of player ${client.player} predicts ${what} that change all the time: about ${kB((most * exact.length) / Math.max(1, fitted))} kB a tick, and a tick takes ${kB(most)} kB at most. That page cannot start, or is never put right. Change less at once, or let the host alone move them: predict: 'none'.`,
  )
}

function startWriter(
  { world, client, learner, parameters, interval, now }: SnapshotRequest,
  part: number,
): SnapshotWriter {
  const { baselines, inputs } = client
  return new SnapshotWriter({
    game: world.game,
    tick: world.tick,
    receiver: client.player,
    head: {
      sequence: baselines.sequence,
      baselineAge: baselines.baselineAge,
      complete: false,
      part,
      last: false,
      inputAck: inputs.newest,
      holdMs: holdMsOf(now - client.inputArrivedAt),
      margin: Math.round((inputs.shortestWait - client.handicapTicks) * MARGIN_PER_TICK),
      starved: inputs.starvedRecently,
      commandAck: client.commandAck,
      interval,
    },
    baseParameters: baselines.parameters,
    firstParameters: baselines.firstParameters,
    parameters,
    residuals: learner.residuals,
  })
}

function settle(
  { world, client, now, learner, parameters, interval }: SnapshotRequest,
  sent: readonly PendingChange[],
  bytes: number,
  rest: Rest,
  left: boolean,
): void {
  if (!left) return
  learner.residuals.teach(learner)
  for (let i = 0; i < sent.length; i++) (sent[i] as PendingChange).known.priority = 0
  client.inputs.reported()
  client.downlink.packetSent(now, client.baselines.sequence, bytes, rest)
  client.rewindCheck.sent(client.baselines.sequence, world.tick, interval)
  client.baselines.packetSent({ changes: sent, parameters, sentAt: now })
}

/**
 * Writes as many of the exact changes, in order, as fit into the packet; none, where events took the room: they go with
 * the tick's next packet. Returns them.
 */
function writeExact(
  writer: SnapshotWriter,
  candidates: readonly PendingChange[],
  limitBits: number,
): readonly PendingChange[] {
  const start = writer.mark()
  if (writer.section('exact', candidates, limitBits)) return candidates
  writer.rewind(start)
  let room = limitBits - start.bitLength - candidates.length
  const taken: PendingChange[] = []
  for (const candidate of candidates) {
    room -= writer.measure(candidate) + PLACE_BITS
    if (room < 0) break
    taken.push(candidate)
  }
  writer.section('exact', taken)
  return taken
}

/** Writes the presented section: all of it, or what matters most of what fits. Returns what was written. */
function writePresented(
  writer: SnapshotWriter,
  candidates: readonly PendingChange[],
  budgetBits: number,
  limitBits: number,
): readonly PendingChange[] {
  const start = writer.mark()
  const limit = Math.min(limitBits, start.bitLength + budgetBits)
  if (writer.section('presented', candidates, limit) || candidates.length === 0) return candidates
  let chosen = choose(writer, start, candidates, limit)
  for (;;) {
    writer.rewind(start)
    if (writer.section('presented', chosen, limit) || chosen.length === 0) return chosen
    // The gaps came out wider than allowed for: the least important goes.
    const least = Math.min(...chosen.map(({ known }) => known.priority))
    const at = chosen.findIndex(({ known }) => known.priority === least)
    chosen = [...chosen.slice(0, at), ...chosen.slice(at + 1)]
  }
}

/** By priority, each that still fits; a smaller one may fit where a larger one did not. In the order of slots. */
function choose(
  writer: SnapshotWriter,
  start: WriterMark,
  candidates: readonly PendingChange[],
  limit: number,
): readonly PendingChange[] {
  writer.rewind(start)
  let room = limit - start.bitLength - candidates.length / 8 - 32
  const byPriority = candidates
    .map((candidate, order) => ({ candidate, order }))
    .sort((a, b) => b.candidate.known.priority - a.candidate.known.priority || a.order - b.order)
  const chosen: { candidate: PendingChange; order: number }[] = []
  for (const one of byPriority) {
    const bits = writer.measure(one.candidate) + PLACE_BITS
    if (bits > room) continue
    room -= bits
    chosen.push(one)
  }
  return chosen.sort((a, b) => a.order - b.order).map(({ candidate }) => candidate)
}

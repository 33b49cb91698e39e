/**
 * Host → client: the world after a tick, as one client may know it. The order is the order of importance: clocks and
 * acks, events and results, then exactly what the client predicts, then as much of the rest as fits.
 */
import type { AnyGame, CommandType, EventType } from '../world/game.ts'
import { MAX_ORDINAL, type PlayerId } from '../world/ids.ts'
import type { Row } from '../world/record.ts'
import { BitReader, bitsFor } from './bits.ts'
import { ChangeReader } from './change-reader.ts'
import { type Baseline, estimateBaselineTick, type SlotChange } from './changes.ts'
import { readOptionalPlayer } from './identity.ts'
import { messageIdentity, readMessage } from './messages.ts'
import type { Defect } from './packet.ts'
import type { Parameters } from './parameters.ts'
import { sectionsOf } from './sections.ts'
import { readSnapshotHead, type SnapshotHead } from './snapshot-head.ts'

export interface WireEvent {
  /** Counts the events to this client from 1. */
  readonly number: number
  readonly type: EventType
  readonly tick: number
  readonly owner: PlayerId | null
  readonly ordinal: number
  readonly row: Row
}

export interface WireResult {
  readonly id: number
  readonly type: CommandType
  readonly row: Row
}

export interface Snapshot {
  readonly head: SnapshotHead
  readonly events: readonly WireEvent[]
  readonly results: readonly WireResult[]
  readonly parameters: Parameters
  /** Indices of layouts are among all of the game's sections. */
  readonly exact: readonly SlotChange[]
  readonly presented: readonly SlotChange[]
}

/** Rice parameters of an event's age and ordinal. */
export const EVENT_AGE = 2
export const EVENT_ORDINAL = 0

/** What a reader keeps of earlier snapshots. */
export interface SnapshotBaselines {
  readonly firstParameters: Parameters
  /** The baseline that a snapshot names; null when this side does not keep it any more. */
  baselineFor(head: SnapshotHead): Baseline | null
}

/** Reads the body of a snapshot. Never throws, whatever the bytes are. */
export function decodeSnapshot(
  game: AnyGame,
  receiver: PlayerId,
  tick: number,
  body: Uint8Array,
  baselines: SnapshotBaselines,
): Snapshot | Defect {
  const r = new BitReader(body)
  const head = readSnapshotHead(r, game, tick)
  if (!head) return 'snapshot'
  const events: WireEvent[] = []
  while (r.flag()) {
    const event = readEvent(r, game, tick)
    if (event === null || !r.ok) return 'snapshot'
    events.push(event)
  }
  const results: WireResult[] = []
  while (r.flag()) {
    const result = readResult(r, game, tick)
    if (result === null || !r.ok) return 'snapshot'
    results.push(result)
  }
  const held = baselines.baselineFor(head)
  if (!held) return 'baseline'
  const parameters = readParameters(r, baselines.firstParameters, held.parameters)
  if (!parameters) return 'snapshot'
  const sections = sectionsOf(game)
  const { all: layouts, seatBits } = sections
  const context = { seatBits, tick, baselineTick: estimateBaselineTick(tick, head), layouts, parameters, receiver }
  const reader = new ChangeReader(r, context, held)
  const first = sections.exact.length
  const exact = reader.section(0, first)
  const presented = exact && reader.section(first, sections.all.length)
  if (reader.missing) return 'baseline'
  if (!exact || !presented || !r.finished()) return 'snapshot'
  return { head, events, results, parameters, exact, presented }
}

function readParameters(r: BitReader, first: Parameters, base: Parameters): Parameters | null {
  if (!r.flag()) return r.ok ? base : null
  const from = r.flag() ? first : base
  const parameters = from.map((before) => {
    if (!r.flag()) return before
    return before.map((value) => (r.flag() ? r.bits(5) : value))
  })
  return r.ok ? parameters : null
}

function readEvent(r: BitReader, game: AnyGame, tick: number): WireEvent | null {
  const number = r.unsigned()
  const type = game.schema.events[r.bits(bitsFor(game.schema.events.length - 1))]
  const age = r.rice(EVENT_AGE)
  const owner = readOptionalPlayer(r, messageIdentity(game, tick))
  const ordinal = r.rice(EVENT_ORDINAL)
  if (!type || age > tick || ordinal > MAX_ORDINAL || number < 1) return null
  const row = readMessage(r, game, tick, type.fields)
  return row && { number, type, tick: tick - age, owner, ordinal, row }
}

function readResult(r: BitReader, game: AnyGame, tick: number): WireResult | null {
  const id = r.unsigned()
  const type = game.schema.commands[r.bits(bitsFor(game.schema.commands.length - 1))]
  if (!type || id < 1) return null
  const row = readMessage(r, game, tick, type.result)
  return row && { id, type, row }
}

/** What every snapshot begins with: clocks, acks, and how it is to be read. About six bytes. */
import type { AnyGame } from '../world/game.ts'
import type { BitReader, BitWriter } from './bits.ts'
import { holdMsOf } from './hold.ts'

/** Packets of one tick to one client: as many as the wire can count (WIRE.md, *packet index*). */
export const MAX_PACKETS_PER_TICK = 16
/** The host tells a client in 16ths of a tick how its inputs wait. */
export const MARGIN_PER_TICK = 16

export interface SnapshotHead {
  /** Counts the packets to this client, modulo 2^16. */
  readonly sequence: number
  /** The age of the baseline in packets, 1 to 255; null: the sections build on nothing, and everything is told in full. */
  readonly baselineAge: number | null
  /**
   * Nothing was left out for want of room. A receiver that has every packet since the baseline then knows that slots which
   * are not mentioned still hold.
   */
  readonly complete: boolean
  /** Which of the tick's packets this is, and whether it is the last: the exact section may need several. 0 to 15. */
  readonly packetIndex: number
  readonly last: boolean
  /** The newest input received of this client, by its tick. */
  readonly inputAck: number | null
  /** How long ago it arrived, whole ms; 1000: a second or longer. */
  readonly holdMs: number
  /** The shortest wait of this client's inputs for their ticks since the last snapshot, in 16ths of a tick; negative: late. */
  readonly margin: number
  /** How many of the last 64 ticks had to do without an input of this client. */
  readonly starved: number
  /** All commands up to this number have been received. */
  readonly commandAck: number
  /** Ticks between snapshots as sent now: 2 at 30 a second. 1 to 31. */
  readonly interval: number
}

/** Where `complete` and `last` stand, which are known only when all is written. */
const COMPLETE_BIT = 0
const LAST_BIT = 1

/** Rice parameters, from what these numbers are on ordinary links. */
const BASELINE_AGE = 2
const INPUT_AHEAD = 3
const HOLD_MS = 4
const MARGIN = 5
const STARVED = 0
const INTERVAL_BITS = 5
const PACKET_INDEX_BITS = 4
/** The interval at the usual 30 snapshots a second, which costs one bit. */
const usualInterval = (game: AnyGame): number => Math.max(1, Math.round(game.tickRate / 30))

export function writeSnapshotHead(w: BitWriter, game: AnyGame, tick: number, head: SnapshotHead): void {
  w.flag(head.complete)
  w.flag(head.last)
  w.bits(head.sequence, 16)
  w.flag(head.baselineAge !== null)
  if (head.baselineAge !== null) w.rice(head.baselineAge - 1, BASELINE_AGE)
  w.flag(head.packetIndex > 0)
  if (head.packetIndex > 0) w.bits(head.packetIndex, PACKET_INDEX_BITS)
  w.flag(head.inputAck !== null)
  if (head.inputAck !== null) {
    w.signedRice(head.inputAck - tick, INPUT_AHEAD)
    w.rice(head.holdMs, HOLD_MS)
    w.signedRice(head.margin, MARGIN)
  }
  w.rice(head.starved, STARVED)
  if (game.schema.commands.length > 0) w.unsigned(head.commandAck)
  w.flag(head.interval !== usualInterval(game))
  if (head.interval !== usualInterval(game)) w.bits(head.interval, INTERVAL_BITS)
}

export function amendSnapshotHead(w: BitWriter, { complete, last }: Pick<SnapshotHead, 'complete' | 'last'>): void {
  w.patch(COMPLETE_BIT, complete)
  w.patch(LAST_BIT, last)
}

export function readSnapshotHead(r: BitReader, game: AnyGame, tick: number): SnapshotHead | null {
  const complete = r.flag()
  const last = r.flag()
  const sequence = r.bits(16)
  const baselineAge = r.flag() ? 1 + r.rice(BASELINE_AGE) : null
  const packetIndex = r.flag() ? r.bits(PACKET_INDEX_BITS) : 0
  const acked = r.flag()
  const head = {
    sequence,
    baselineAge,
    complete,
    packetIndex,
    last,
    inputAck: acked ? tick + r.signedRice(INPUT_AHEAD) : null,
    holdMs: acked ? holdMsOf(r.rice(HOLD_MS)) : 0,
    margin: acked ? r.signedRice(MARGIN) : 0,
    starved: r.rice(STARVED),
    commandAck: game.schema.commands.length > 0 ? r.unsigned() : 0,
    interval: r.flag() ? r.bits(INTERVAL_BITS) : usualInterval(game),
  }
  const sensible = head.interval > 0 && head.starved <= 64 && (baselineAge ?? 1) <= 255 && (head.inputAck ?? 0) >= 0
  return r.ok && sensible ? head : null
}

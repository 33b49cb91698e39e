/** Client → host: every input the host has not acknowledged, what was received of its snapshots, and commands. */
import type { AnyGame, CommandType } from '../world/game.ts'
import type { Row } from '../world/record.ts'
import { BitReader, BitWriter, bitsFor } from './bits.ts'
import { holdMsOf } from './hold.ts'
import { MAX_STATE_BYTES } from './lanes.ts'
import { readMessage, writeMessage } from './messages.ts'
import { type Defect, ENVELOPE_BYTES } from './packet.ts'

/**
 * Most inputs in one packet: two seconds at 60 a second. In ticks at every rate, as the wire counts them: at 120 a
 * second it still covers the second (MAX_PREDICTION_SECONDS) that a client may be ahead; older ones have run.
 */
export const MAX_INPUTS = 128
/** Most commands a client may have open. */
export const MAX_COMMANDS = 32
const BODY_BYTES = MAX_STATE_BYTES - ENVELOPE_BYTES
/** What inputs may take of a packet, so that there is room for the longest command. */
const INPUTS_BYTES = 384
/** Presentation ticks are sent in 256ths, as Unity's Netcode for Entities does for command ages. */
const TICK_FRACTION = 256
const ALL_RECEIVED = 2 ** 32 - 1
/** Rice parameters, from what these numbers are on ordinary links. */
const HOLD_MS = 4
const PRESENTATION = 11

export interface SnapshotAck {
  /** The newest snapshot received, by its sequence number. */
  readonly sequence: number
  /** Bit i: snapshot `sequence − 1 − i` was received, too. 32 bits. */
  readonly earlier: number
  /** How long ago the newest one arrived, in whole ms; 1000 is that or longer: not known. */
  readonly holdMs: number
}

export interface CommandRequest {
  /** Counts a client's commands from 1. */
  readonly id: number
  readonly type: CommandType
  readonly row: Row
}

export interface InputPacket {
  readonly ack: SnapshotAck | null
  /** What players saw as they gave the newest input: the tick at which others were drawn, in 256ths. */
  readonly presentationTick: number
  /** All events up to this number have been received. */
  readonly eventAck: number
  /** All command results up to this number have been received. */
  readonly resultAck: number
  /** In order, the last being that of the packet's own tick. Never empty. */
  readonly inputs: readonly Row[]
  readonly commands: readonly CommandRequest[]
}

export function encodeInputs(game: AnyGame, tick: number, packet: InputPacket): Uint8Array {
  const w = new BitWriter()
  w.flag(packet.ack !== null)
  if (packet.ack) {
    w.bits(packet.ack.sequence, 16)
    // On a good link all 32 were received, and one bit says so.
    w.flag(packet.ack.earlier !== ALL_RECEIVED)
    if (packet.ack.earlier !== ALL_RECEIVED) w.bits(packet.ack.earlier, 32)
    w.rice(packet.ack.holdMs, HOLD_MS)
  }
  w.signedRice(Math.round((tick - packet.presentationTick) * TICK_FRACTION), PRESENTATION)
  w.unsigned(packet.eventAck)
  w.unsigned(packet.resultAck)
  // After an outage the oldest are left out: their ticks have long run without them.
  const start = w.bitLength
  let { inputs } = packet
  writeInputs(w, game, tick, inputs)
  while (inputs.length > 1 && w.bitLength - start > INPUTS_BYTES * 8) {
    inputs = inputs.slice(inputs.length >> 1)
    w.rewind(start)
    writeInputs(w, game, tick, inputs)
  }
  for (const { id, type, row } of packet.commands) {
    const before = w.bitLength
    w.flag(true)
    w.unsigned(id)
    w.bits(type.index, bitsFor(game.schema.commands.length - 1))
    writeMessage(w, game, tick, type.fields, row)
    // They run in order, so none may overtake one that has to wait for the next packet.
    if (w.bitLength < BODY_BYTES * 8) continue
    w.rewind(before)
    break
  }
  w.flag(false)
  return w.finish()
}

function writeInputs(w: BitWriter, game: AnyGame, tick: number, inputs: readonly Row[]): void {
  w.unsigned(inputs.length)
  let before: Row | null = null
  for (const input of inputs) {
    const same: boolean = before !== null && sameInput(before, input)
    if (before !== null) w.flag(same)
    if (!same) writeMessage(w, game, tick, game.schema.input, input)
    before = input
  }
}

/** Reads the body of an input packet. Never throws, whatever the bytes are. */
export function decodeInputs(game: AnyGame, tick: number, body: Uint8Array): InputPacket | Defect {
  const r = new BitReader(body)
  const ack = r.flag()
    ? { sequence: r.bits(16), earlier: r.flag() ? r.bits(32) : ALL_RECEIVED, holdMs: holdMsOf(r.rice(HOLD_MS)) }
    : null
  const presentationTick = tick - r.signedRice(PRESENTATION) / TICK_FRACTION
  const eventAck = r.unsigned()
  const resultAck = r.unsigned()
  const count = r.unsigned()
  if (!r.ok || count < 1 || count > MAX_INPUTS || count > tick + 1) return 'input'
  const inputs: Row[] = []
  for (let i = 0; i < count; i++) {
    const before = inputs[i - 1]
    // Rows are replaced, never changed, so equal inputs may share one.
    const input = before && r.flag() ? before : readMessage(r, game, tick, game.schema.input)
    if (!input || !r.ok) return 'input'
    inputs.push(input)
  }
  const commands: CommandRequest[] = []
  while (r.flag()) {
    const id = r.unsigned()
    const type = game.schema.commands[r.bits(bitsFor(game.schema.commands.length - 1))]
    if (!type || commands.length === MAX_COMMANDS) return 'input'
    const row = readMessage(r, game, tick, type.fields)
    if (!row) return 'input'
    commands.push({ id, type, row })
  }
  return r.finished() ? { ack, presentationTick, eventAck, resultAck, inputs, commands } : 'input'
}

/** An input has numbers only. */
function sameInput(a: Row, b: Row): boolean {
  return a.numbers.every((value, column) => value === b.numbers[column])
}

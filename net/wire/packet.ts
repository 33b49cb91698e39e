/**
 * The state lane in one screen: every packet, and every way in which bytes are none. A packet is one MessagePack array
 * [kind, epoch, tick, body], the first three in clear, so that a stale or foreign packet is dropped before its body is read.
 * The body is a `bin` of bits (WIRE.md). What the bulk lane carries has numbers from 16 on (lobby/messages.ts).
 */

import { MAX_TICK } from '../world/ids.ts'
import { MAX_STATE_BYTES } from './lanes.ts'
import { readUint, uintBytes, writeUint } from './uint.ts'

/** What a packet is, by the number it begins with. */
export const PacketKind = {
  /** Host → client, 30 a second, 60 while it joins, fewer on a narrow path: the world after a tick. */
  snapshot: 1,
  /** Client → host, one a tick: inputs, acks of snapshots, commands. */
  input: 2,
  /** Host → heir, up to 30 a second: a part of the whole world after a tick, hidden fields and all (migration/). */
  heirPart: 3,
  /** Heir → host: which tick it holds whole. */
  heirAck: 4,
} as const

export type PacketKind = (typeof PacketKind)[keyof typeof PacketKind]

export type Packet =
  /** The body is read by `decodeSnapshot` (snapshots.ts), with what the receiver has of earlier ones. */
  | Envelope<typeof PacketKind.snapshot>
  /** The body is read by `decodeInputs` (inputs.ts). */
  | Envelope<typeof PacketKind.input>
  /** The body is read by `HeirParts` (migration/heir-parts.ts). */
  | Envelope<typeof PacketKind.heirPart>
  /** The body is one byte: 1 asks for all of a tick, 0 does not. */
  | Envelope<typeof PacketKind.heirAck>

interface Envelope<Kind extends PacketKind> {
  readonly kind: Kind
  /** Counts the hosts of a match and the matches of a lobby: a packet of another epoch is not for this one. 1 to 2^32 − 1. */
  readonly epoch: number
  /** The tick that the packet is about. 0 to 2^26 − 1. */
  readonly tick: number
  readonly body: Uint8Array
}

/** Why bytes of the state lane were dropped: the names under which `session.stats().malformed` counts them. */
export type Defect =
  /** No packet: another shape, an unknown kind, a wrong length, too long; or a kind that only the other side sends. */
  | 'packet'
  /** A packet of an epoch that no honest page is in. */
  | 'epoch'
  /** The body of an input packet breaks a rule. */
  | 'input'
  /** The body of a snapshot breaks a rule. */
  | 'snapshot'
  /** A snapshot builds on a state that this side does not have. */
  | 'baseline'
  /** A snapshot is a second or more older than the newest. */
  | 'stale'
  /** Inputs or commands of a spectator. */
  | 'spectator'
  /** More packets than an honest peer sends: dropped unread. */
  | 'flood'

/** How often each defect was met. */
export type DefectCounts = { [defect in Defect]?: number }

export function countDefect(counts: DefectCounts, defect: Defect): void {
  counts[defect] = (counts[defect] ?? 0) + 1
}

/** Whether a decoder returned a defect instead of what it decodes. */
export function isDefect<T extends object>(decoded: T | Defect): decoded is Defect {
  return typeof decoded === 'string'
}

/** The longest envelope around a body: array, kind, two uint32, bin 16. */
export const ENVELOPE_BYTES = 1 + 1 + 5 + 5 + 3

export function encodePacket({ kind, epoch, tick, body }: Packet): Uint8Array {
  const wide = body.length >= 0x100
  const at = 2 + uintBytes(epoch) + uintBytes(tick) + (wide ? 3 : 2)
  const bytes = new Uint8Array(at + body.length)
  bytes[0] = 0x94
  bytes[1] = kind
  writeUint(bytes, writeUint(bytes, 2, epoch), tick)
  bytes[at - 1] = body.length & 0xff
  if (wide) bytes[at - 2] = body.length >> 8
  bytes[at - (wide ? 3 : 2)] = wide ? 0xc5 : 0xc4
  bytes.set(body, at)
  return bytes
}

/** Whether bytes claim to be a packet of this kind. The rest may be malformed. */
export function isOfKind(kind: PacketKind, bytes: Uint8Array): boolean {
  return bytes[0] === 0x94 && bytes[1] === kind
}

function isPacketKind(kind: number): kind is PacketKind {
  return kind >= PacketKind.snapshot && kind <= PacketKind.heirAck
}

/** Reads a packet's envelope; its body is not looked at. */
export function decodePacket(bytes: Uint8Array): Packet | Defect {
  if (bytes.length > MAX_STATE_BYTES) return 'packet'
  if (bytes[0] !== 0x94) return 'packet'
  const cursor = { at: 1 }
  const kind = readUint(bytes, cursor)
  const epoch = readUint(bytes, cursor)
  const tick = readUint(bytes, cursor)
  if (!isPacketKind(kind) || epoch < 1) return 'packet'
  if (tick < 0 || tick > MAX_TICK) return 'packet'
  let { at } = cursor
  const head = bytes[at++]
  const length =
    head === 0xc4 ? (bytes[at++] ?? -1) : head === 0xc5 ? (bytes[at++] ?? 0) * 256 + (bytes[at++] ?? 0) : -1
  if (length < 0 || at + length !== bytes.length) return 'packet'
  return { kind, epoch, tick, body: bytes.subarray(at) }
}

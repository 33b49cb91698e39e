/** What goes over a simulated path: SCTP packets, as far as their sizes and their effects matter. */
import type { Lane } from '../../wire/lanes.ts'

/** One frame of a pipe. */
export interface Message {
  readonly lane: Lane
  /** Its place among the messages of its lane, from 0. */
  readonly order: number
  readonly bytes: Uint8Array
  /** Whether `bytes` are a text's character codes. */
  readonly isText: boolean
}

/** A message, or a part of one that did not fit into a packet: an SCTP DATA chunk. */
export interface DataChunk {
  /** Transmission sequence number: counts all chunks of an association, both lanes together. */
  readonly tsn: number
  readonly message: Message
  readonly offset: number
  readonly length: number
}

/** Selective acknowledgement: everything up to `cumulative`, and these ranges after it. */
export interface Sack {
  readonly cumulative: number
  readonly gaps: readonly Range[]
}

/** Both ends belong to it. */
export interface Range {
  first: number
  last: number
}

export interface Packet {
  readonly sack: Sack | null
  /** FORWARD-TSN of RFC 3758: what is missing up to here was given up. */
  readonly forwardTo: number | null
  readonly chunks: readonly DataChunk[]
  /** RFC 7053: to be acknowledged without delay. */
  readonly immediate: boolean
}

/** Largest SCTP packet of Chromium: 1280 of IPv6 less IP, UDP, DTLS and TURN is 1191, and chunks are padded to fours. */
export const MTU = 1191
const COMMON_HEADER = 12
/** What the chunks of one packet may take. */
export const PACKET_ROOM = Math.floor(MTU / 4) * 4 - COMMON_HEADER
export const CHUNK_HEADER = 16
export const FORWARD_BYTES = 8

export function chunkBytes(payload: number): number {
  return CHUNK_HEADER + Math.ceil(payload / 4) * 4
}

export function sackBytes({ gaps }: Sack): number {
  return 16 + 4 * gaps.length
}

/**
 * What a packet counts as payload on a path, whose overhead of 93 B holds the headers of one data chunk: 0 for a lone
 * acknowledgement.
 */
export function payloadBytes({ sack, forwardTo, chunks }: Packet): number {
  let bytes = -CHUNK_HEADER
  if (sack) bytes += sackBytes(sack)
  if (forwardTo !== null) bytes += FORWARD_BYTES
  for (const { length } of chunks) bytes += CHUNK_HEADER + length
  return Math.max(0, bytes)
}

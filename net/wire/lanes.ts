/** The two lanes between a client and the host: what each promises, what it carries at most, and what it counts. */

/**
 * `state`: unreliable and unordered; a message is delivered at once or never.
 * `bulk`: reliable and ordered.
 */
export type Lane = 'state' | 'bulk'

/**
 * Largest message of the state lane, in bytes. Chrome's SCTP puts 1,160 bytes of payload into one packet (NETCODE: dcSCTP,
 * 1191 − 12 − 16 − padding), its acks of what comes the other way included where there is room: 16 bytes, 4 for each gap,
 * 8 for what is given up. Where there is none they go in a datagram of their own: measured, 160 messages of 1,160 bytes
 * took 513 datagrams.
 */
export const MAX_STATE_BYTES = 1128

/** Largest message of the bulk lane, in bytes: 16 MiB, a save of a large world. It goes in pieces, because Chrome refuses more than 256 KiB at once. */
export const MAX_BULK_BYTES = 16 * 1024 * 1024

export interface LaneStats {
  /** Bytes accepted by `send` and not yet handed to the network. */
  bufferedBytes: number
  sentMessages: number
  sentBytes: number
  receivedMessages: number
  receivedBytes: number
  /** Messages that were not queued: the guard of the state lane, or 16 MiB waiting on the bulk lane. */
  skipped: number
  /**
   * What arrived and was dropped, because no honest peer sends it; on the bulk lane also the channels that the other side
   * opened. A few are borne, then the link is closed: as `kicked` by a host, as `left` by a guest.
   */
  rejected: number
}

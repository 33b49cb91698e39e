/**
 * One attempt to connect two pages: what the option `transport.peerConnection` of a star or lobby makes. simple-peer.ts
 * has the one that browsers use, simulated/peer-connection.ts one that runs in virtual time.
 */
import type { PeerReport } from '../errors/connection-report.ts'
import type { Platform } from '../platform/platform.ts'
import type { Pipe } from './pipe.ts'

export interface PeerConnectionOptions {
  /**
   * Null: this side makes the offer. Else the first signal of the other side, which this side answers. One side of a pair
   * offers.
   */
  readonly offer: string | null
  /** May be empty: then only addresses of the machine itself are tried. */
  readonly iceServers: RTCIceServer[]
  /** Whether the connection may only go through TURN, so that the other page learns no address of this one. Default false. */
  readonly relayOnly?: boolean
  /** The pipe fails when it has not opened within so many milliseconds. */
  readonly timeoutMs: number
  /** Whose time it goes by. */
  readonly platform: Platform
  /** Carries a text to the other side: the first as its `offer`, others to its `signal`. Order matters. */
  sendSignal(text: string): void
}

/** One attempt to connect, and later the connection under the link. */
export interface PeerAttempt {
  /** Not open yet. It opens or fails later, and says so; `pipe.close()` gives the attempt up. */
  readonly pipe: Pipe
  /** Takes a text of the other side. Never throws: what is malformed, too much, or too late is dropped and counted. */
  signal(text: string): void
  readonly rejectedSignals: number
  /** What was found and tried, also after the end. Missing: nothing is known. */
  report?(): PeerReport
}

/** Null: `offer` is no offer that can be answered. Then nothing was made. */
export type ConnectPeer = (options: PeerConnectionOptions) => PeerAttempt | null

/** How pages connect. */
export interface TransportOptions {
  /** Makes one attempt to connect. Default: WebRTC by simple-peer. With one of your own this page needs no WebRTC. */
  readonly peerConnection?: ConnectPeer
}

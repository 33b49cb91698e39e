/**
 * A pipe carries frames between two pages. Messages, heartbeats and goodbyes are the work of {@link LaneLink}, which runs over any
 * pipe. There are four kinds: a pair of data channels, a stream through the signalling server, two ends within one page, the simulated network. They differ in how
 * bytes go out and come in, in what waits, and in when they open and fail.
 */
import type { Lane } from '../wire/lanes.ts'
import type { SendOutcome } from './link.ts'

/** Text is the link's own (heartbeat, goodbye); bytes are what the link carries. A pipe keeps the two apart. */
export type PipeFrame = string | Uint8Array

/** What a pipe tells its link. Nothing is told before `attach` or after `close`. */
export interface PipeEvents {
  /** The pipe can send now. Told once, if ever; a pipe that was open at `attach` does not tell it. */
  opened(): void
  /** One frame of the other side, whole. `data` is neither text nor bytes when the other side sent something else. */
  frame(lane: Lane, data: unknown): void
  /** The other side did something beside the lanes that no honest peer does. */
  refused(): void
  /** Less waits than before. */
  drained(): void
  /** The pipe will end soon, by no fault of the other side: it is time to look for another. */
  ending?(): void
  /**
   * The pipe carries nothing any more, or never will. Told once, last. `detail`: what was tried, for the log. `isRouteOnly`: what stood
   * between the two sides ended, and the other one may well be there. Default false.
   */
  failed(detail: string, isRouteOnly?: boolean): void
}

/** What tests and an overlay may want to know about a pipe. */
export interface PipeReport {
  readonly kind: 'webrtc' | 'relay' | 'loopback' | 'simulated' | (string & {})
  /** How packets go: from machine to machine, by a TURN server, or through signalling. Left out where it is not known (yet). */
  readonly route?: 'direct' | 'turn' | 'relayed'
  /** Each lane's own settings and state, in the words of what is below the pipe. */
  readonly lanes?: Readonly<Record<Lane, Readonly<Record<string, unknown>>>>
}

export interface Pipe {
  readonly open: boolean
  /**
   * True: the pipe itself keeps the state lane fresh. It skips each frame that would wait. Then the link's sending guard stands aside.
   * Default false.
   */
  readonly skipsStale?: boolean
  /** Whether it would skip a state frame now. Default false. */
  readonly isStateHeld?: boolean
  /** Sets who hears of this pipe. The link calls it once, before anything else. */
  attach(events: PipeEvents): void
  /**
   * Hands a frame to the network. The pipe copies what it keeps, so the caller may write into `frame` again. Never
   * throws. `skipped`: the pipe has no room now; the frame was not sent.
   */
  send(lane: Lane, frame: PipeFrame): SendOutcome
  /** Bytes that `send` took and that have to leave before the next frame can. */
  waiting(lane: Lane): number
  /** Releases everything. Further calls do nothing. */
  close(): void
  describe(): PipeReport
}

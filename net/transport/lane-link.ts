/**
 * The one link: messages, counters, heartbeat, sending guard, tolerance, inbox and goodbye over a {@link Pipe}.
 *
 * In: frames and events of the pipe, looks of the pulse. Out: messages and the end, once, to whoever listens.
 * Invariants: a link ends once, with one reason; after its end it holds no pipe, timer or pulse; remote bytes never throw.
 */
import { type Cancel, type Platform, thisPage } from '../platform/platform.ts'
import type { Lane, LaneStats } from '../wire/lanes.ts'
import { createDrain } from './drain.ts'
import { goodbyeFrame, heartbeatFrame, readFrame } from './frames.ts'
import { SendGuard } from './guard.ts'
import { Heartbeat } from './heartbeat.ts'
import { checkSize, createInbox, laneLimit } from './inbox.ts'
import type { DrainOutcome, Link, LinkCloseReason, LinkHandlers, SendOutcome } from './link.ts'
import type { Pipe, PipeFrame, PipeReport } from './pipe.ts'
import { Tolerance } from './tolerance.ts'

/** What may wait on the bulk lane, in bytes. Chrome throws at 16 MiB; half of it is a minute of a bad uplink. */
export const MAX_BULK_WAITING = 8 * 1024 * 1024

/**
 * How long a goodbye may take to get through before the pipe is closed under it. The other side closes as soon as it
 * hears it, which ends the wait: measured 2 to 10 ms on loopback, a round trip elsewhere.
 */
export const LINGER_MS = 1000

export interface LaneLinkOptions {
  /** Time, timers and the pulse of the heartbeat. Default: this page's. */
  platform?: Pick<Platform, 'now' | 'after' | 'onPulse'>
  /** Whether to send heartbeats and to close after 5 s of silence. Default true. Within one page nobody falls silent. */
  heartbeat?: boolean
  /** Whether the sending guard skips on the state lane what would wait. Default true. */
  guarded?: boolean
  /** What is said to a peer, and here, when it is dropped for sending what no honest peer sends. Default `left`. */
  dropsAs?: LinkCloseReason
  /** Runs something after the caller has returned, in order. Default `queueMicrotask`. */
  defer?: (run: () => void) => void
  /** Whether a goodbye may take its time. Default true. Within one page it is through when the caller has returned. */
  linger?: boolean
  /** The link is open. Called once, if ever; not for a pipe that was open from the start. */
  opened?(): void
  /**
   * The link ended, by either side or by the network. Called once, also when it never opened. `detail`: what was tried, when
   * a pipe failed.
   */
  ended?(reason: LinkCloseReason, detail: string): void
}

/** `opening` → `open` → `lingering` (our goodbye is under way) → `closed`; every state may go straight to the last. */
type State = 'opening' | 'open' | 'lingering' | 'closed'

export class LaneLink implements Link {
  #state: State = 'opening'
  /** Null once the link is closed: a game may keep its links, and a pipe holds a connection. */
  #pipe: Pipe | null
  #report: PipeReport | null = null
  readonly #options: LaneLinkOptions
  readonly #platform: Pick<Platform, 'now' | 'after' | 'onPulse'>
  readonly #inbox = createInbox()
  readonly #guard: SendGuard | null
  readonly #heartbeat: Heartbeat | null
  readonly #tolerance = new Tolerance()
  readonly #drain = createDrain((lane) => (this.#state === 'open' ? this.buffered(lane) : null))
  readonly #counts: Record<Lane, Counts> = { state: newCounts(), bulk: newCounts() }
  #stopPulse: Cancel = () => {}
  #stopLingering: Cancel = () => {}

  constructor(pipe: Pipe, options: LaneLinkOptions = {}) {
    const { platform = thisPage, heartbeat = true, guarded = true } = options
    this.#pipe = pipe
    this.#options = options
    this.#platform = platform
    this.#guard = guarded ? new SendGuard() : null
    this.#heartbeat = heartbeat ? new Heartbeat(platform.now()) : null
    pipe.attach({
      opened: () => {
        this.#open()
        options.opened?.()
      },
      frame: (lane, data) => this.#hear(lane, data),
      refused: () => this.#refuse('bulk'),
      drained: () => this.#drain.look(),
      failed: (detail) => this.#end('lost', detail),
    })
    if (pipe.open) this.#open()
  }

  get open(): boolean {
    return this.#state === 'open'
  }

  send(lane: Lane, bytes: Uint8Array): SendOutcome {
    checkSize(lane, bytes)
    const pipe = this.#pipe
    if (this.#state !== 'open' || !pipe) return 'closed'
    const waiting = pipe.waiting(lane)
    // A link without a guard or a heartbeat asks for no time: there may be no clock.
    const room =
      lane === 'state'
        ? (this.#guard?.admit(waiting, this.#platform.now()) ?? true)
        : waiting + bytes.byteLength <= MAX_BULK_WAITING
    const outcome = room ? this.#transmit(pipe, lane, bytes) : 'skipped'
    const count = this.#counts[lane]
    if (outcome === 'sent') {
      count.sentMessages++
      count.sentBytes += bytes.byteLength
    } else if (outcome === 'skipped') count.skipped++
    return outcome
  }

  buffered(lane: Lane): number {
    return this.#state === 'open' && this.#pipe ? this.#pipe.waiting(lane) : 0
  }

  drained(lane: Lane = 'bulk'): Promise<DrainOutcome> {
    return this.#drain.drained(lane)
  }

  listen(handlers: LinkHandlers): void {
    this.#inbox.listen(handlers)
  }

  close(reason: LinkCloseReason = 'left'): void {
    this.#leave(reason, true)
  }

  /** Closes without waiting for the goodbye to get through: for a page that is going away. */
  closeAtOnce(reason: LinkCloseReason = 'left'): void {
    this.#leave(reason, false)
  }

  stats(): Record<Lane, LaneStats> {
    const of = (lane: Lane): LaneStats => ({ bufferedBytes: this.buffered(lane), ...this.#counts[lane] })
    return { state: of('state'), bulk: of('bulk') }
  }

  /** What is below: of the last pipe when the link is closed. */
  describe(): PipeReport | null {
    return this.#pipe?.describe() ?? this.#report
  }

  #open(): void {
    if (this.#state !== 'opening') return
    this.#state = 'open'
    if (!this.#heartbeat) return
    this.#heartbeat.heard(this.#platform.now())
    this.#stopPulse = this.#platform.onPulse((nowMs) => this.#look(nowMs))
  }

  #hear(lane: Lane, data: unknown): void {
    if (this.#state === 'closed') return
    if (this.#heartbeat) {
      this.#heartbeat.heard(this.#platform.now())
      this.#inbox.liveness(this.#heartbeat.state)
    }
    if (typeof data === 'string') this.#hearText(lane, data)
    // While the link lingers only the other side's own goodbye is of interest.
    else if (this.#state !== 'lingering') this.#hearMessage(lane, data)
  }

  #hearText(lane: Lane, text: string): void {
    const frame = readFrame(lane, text)
    if (frame?.kind === 'goodbye') this.#end(frame.reason, '')
    else if (!frame || !this.#tolerance.beat(this.#platform.now())) this.#refuse(lane)
  }

  #hearMessage(lane: Lane, data: unknown): void {
    if (!(data instanceof Uint8Array) || data.byteLength === 0 || data.byteLength > laneLimit[lane]) {
      this.#refuse(lane)
      return
    }
    const count = this.#counts[lane]
    count.receivedMessages++
    count.receivedBytes += data.byteLength
    if (this.#inbox.message(lane, data)) return
    count.rejected++
    // A reliable lane with a hole in it is worse than none.
    if (lane === 'bulk') this.#end('lost', 'nobody listens to this link')
  }

  /** Something came that no honest peer sends. */
  #refuse(lane: Lane): void {
    if (this.#state === 'closed' || this.#state === 'lingering') return
    this.#counts[lane].rejected++
    if (this.#tolerance.refused(this.#platform.now())) return
    // With a goodbye that may linger: the other side may be no attacker but a page with a fault, and its player reads why.
    this.#leave(this.#options.dropsAs ?? 'left', true)
  }

  /** One look of the pulse. */
  #look(nowMs: number): void {
    const pipe = this.#pipe
    if (this.#state !== 'open' || !pipe || !this.#heartbeat) return
    const { beat, state: liveness } = this.#heartbeat.look(nowMs)
    this.#inbox.liveness(liveness)
    // WebRTC for Node (node-webrtc #305) never says that a buffer is low.
    this.#drain.look()
    if (liveness === 'gone') this.#end('lost', 'nothing heard')
    else if (beat && (this.#guard?.admit(pipe.waiting('state'), nowMs) ?? true))
      this.#transmit(pipe, 'state', heartbeatFrame)
  }

  #transmit(pipe: Pipe, lane: Lane, frame: PipeFrame): SendOutcome {
    const outcome = pipe.send(lane, frame)
    if (outcome === 'sent' && lane === 'state') this.#heartbeat?.sent(this.#platform.now())
    return outcome
  }

  #leave(reason: LinkCloseReason, linger: boolean): void {
    const pipe = this.#pipe
    if (this.#state !== 'open' || !pipe) {
      // Asked twice, the second time in a hurry: the page goes away while the goodbye lingers.
      if (this.#state === 'opening' || !linger) this.#end(reason, '')
      return
    }
    if (pipe.send('bulk', goodbyeFrame(reason)) !== 'sent' || !linger) {
      this.#end(reason, '')
      return
    }
    this.#state = 'lingering'
    this.#drain.look()
    this.#stopPulse()
    const { defer = queueMicrotask, linger: takesTime = true, ended } = this.#options
    if (takesTime) this.#stopLingering = this.#platform.after(LINGER_MS, () => this.#end('lost', ''))
    else defer(() => this.#end('lost', ''))
    ended?.(reason, '')
    // Not in the caller's stack: whoever closes a link is seldom ready to hear of it on the same line.
    defer(() => this.#inbox.closed(reason))
  }

  #end(reason: LinkCloseReason, detail: string): void {
    if (this.#state === 'closed') return
    const wasLingering = this.#state === 'lingering'
    const pipe = this.#pipe
    this.#state = 'closed'
    this.#report = pipe?.describe() ?? null
    this.#pipe = null
    this.#drain.look()
    this.#stopPulse()
    this.#stopLingering()
    pipe?.close()
    // A link that lingered has told its end, or is about to.
    if (wasLingering) return
    this.#options.ended?.(reason, detail)
    this.#inbox.closed(reason)
  }
}

type Counts = Omit<LaneStats, 'bufferedBytes'>

function newCounts(): Counts {
  return { sentMessages: 0, sentBytes: 0, receivedMessages: 0, receivedBytes: 0, skipped: 0, rejected: 0 }
}

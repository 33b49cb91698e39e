/**
 * A link: both lanes, heartbeat and goodbye over one {@link Pipe} at a time. The pipe can be replaced while the link stays open.
 *
 * In: frames and events of pipes, ticks of the pulse. Out: messages, and one `closed`.
 * Invariants: a link ends once, with one reason. After its end it holds no pipe, timer or pulse. Remote bytes never throw.
 * Bulk messages arrive once and in order over any number of pipes (bulk-lane.ts). State messages go over the present pipe
 * or never.
 */
import { type Cancel, type Platform, thisPage } from '../platform/platform.ts'
import type { Lane, LaneStats } from '../wire/lanes.ts'
import { encodeKey } from './bulk-frames.ts'
import { BulkLane } from './bulk-lane.ts'
import { createDrain } from './drain.ts'
import { goodbyeFrame, heartbeatFrame, readFrame } from './frames.ts'
import { SendGuard } from './guard.ts'
import { GONE_MS, Heartbeat } from './heartbeat.ts'
import { checkSize, createInbox, laneLimit } from './inbox.ts'
import {
  type DrainOutcome,
  type Link,
  type LinkCloseReason,
  type LinkHandlers,
  type Liveness,
  MAX_BULK_WAITING,
  type SendOutcome,
} from './link.ts'
import type { Pipe, PipeReport } from './pipe.ts'
import { Pipes } from './pipes.ts'
import { Tolerance } from './tolerance.ts'

/**
 * How long a goodbye may take to get through before the pipe is closed under it. The other side closes as soon as it
 * hears it, which ends the wait: measured 2 to 10 ms on loopback, a round trip elsewhere. A goodbye that is lost is resent by SCTP
 * after 0.4 to 1 s, and again after twice that. After as long as this the other side gives a silent link up by itself.
 */
export const LINGER_MS = GONE_MS

/** The same for a peer that was dropped for invalid frames: it goes on sending them meanwhile. */
const DROPPED_LINGER_MS = 1000

export interface LaneLinkOptions {
  /** Time, timers and the pulse of the heartbeat. Default: this page's. */
  platform?: Pick<Platform, 'now' | 'after' | 'onPulse'>
  /** Whether to send heartbeats and to give a pipe up after 5 s of silence. Default true. Within one page nobody falls silent. */
  heartbeat?: boolean
  /** Whether the sending guard skips on the state lane what would wait. Default true. */
  guarded?: boolean
  /** The largest bulk message that this side takes, in bytes: what a peer that never ends one makes it keep. Default 16 MiB. */
  maxBulkBytes?: number | undefined
  /** The close reason, at both ends, when a peer is dropped for too many invalid frames. Default `left`. */
  dropsAs?: LinkCloseReason
  /** Runs something after the caller has returned, in order. Default `queueMicrotask`. */
  defer?: (run: () => void) => void
  /** Whether a goodbye may take its time. Default true. Within one page it is through when the caller has returned. */
  linger?: boolean
  /** The other side's end of this link began on another pipe, which this side never used. Default false. */
  resumes?: boolean
  /** How long the link waits for `switchTo` when its pipe has failed, in ms. Default 0: it closes at once. */
  suspendMs?: number
  /** The link is open. Called once, if ever; not for a pipe that was open from the start. */
  opened?(): void
  /** Of a guest: a new key for the host, said over each pipe as soon as it carries the link. Default: none is said. */
  newKey?: (() => Uint8Array) | undefined
  /** Of a host: the guest has said this key. Default: nobody may say one. */
  keyed?: ((key: Uint8Array) => void) | undefined
  /** As `liveness` of who listens, for the link's owner. */
  liveness?: ((state: Liveness) => void) | undefined
  /** As `suspendMs`, where only the route ended and the other side may well be there. Default 0. */
  rerouteMs?: number
  /** No pipe carries the link any more: give it another within `suspendMs` or `rerouteMs`. */
  suspended?: ((detail: string) => void) | undefined
  /** The pipe will end soon: give the link another meanwhile. */
  ending?: (() => void) | undefined
  /**
   * The link ended, by either side or by the network. Called once, also when it never opened. `detail`: what was tried, when
   * a pipe failed.
   */
  ended?(reason: LinkCloseReason, detail: string): void
}

/**
 * `opening` → `open`. `open` ⇄ `suspended`: no pipe, waiting for another. `open` → `lingering`: our goodbye is under way. Every
 * state may go to `closed`.
 */
type State = 'opening' | 'open' | 'suspended' | 'lingering' | 'closed'

export class LaneLink implements Link {
  #state: State = 'opening'
  readonly #pipes: Pipes
  readonly #options: LaneLinkOptions
  readonly #platform: Pick<Platform, 'now' | 'after' | 'onPulse'>
  readonly #inbox = createInbox()
  readonly #bulk: BulkLane
  readonly #guard: SendGuard | null
  #heartbeat: Heartbeat | null
  readonly #tolerance = new Tolerance()
  readonly #drain = createDrain((lane) => (this.open ? this.buffered(lane) : null))
  readonly #counts: Record<Lane, Counts> = { state: newCounts(), bulk: newCounts() }
  /** The goodbye frame that goes out when nothing waits on the bulk lane any more. */
  #goodbye: string | null = null
  #isBuilt = false
  #liveness: Liveness = 'alive'
  #stopPulse: Cancel = () => {}
  /** Cancels the timer that ends a suspended or lingering link. */
  #stopWaiting: Cancel = () => {}

  constructor(pipe: Pipe, options: LaneLinkOptions = {}) {
    const { platform = thisPage, heartbeat = true, guarded = true } = options
    this.#options = options
    this.#platform = platform
    this.#bulk = new BulkLane(options.maxBulkBytes)
    this.#guard = guarded ? new SendGuard() : null
    this.#heartbeat = heartbeat ? new Heartbeat(platform.now()) : null
    this.#pipes = new Pipes({
      after: (ms, run) => platform.after(ms, run),
      frame: (lane, data) => this.#hear(lane, data),
      refused: () => this.#refuse('bulk'),
      drained: () => this.#pump(),
      resumeFrame: () => this.#bulk.resumeFrame(),
      resume: (data) => data instanceof Uint8Array && this.#bulk.resume(data, platform.now()),
      activated: (isFirst) => this.#activated(isFirst),
      joiningFailed: () => this.#bulk.resetDuplicates(),
      ending: () => this.#options.ending?.(),
      lost: (detail, isRouteOnly) => this.#lost(detail, isRouteOnly),
    })
    this.#pipes.start(pipe, options.resumes ?? false)
    this.#isBuilt = true
  }

  get open(): boolean {
    return this.#state === 'open' || this.#state === 'suspended'
  }

  send(lane: Lane, bytes: Uint8Array, yields = false): SendOutcome {
    checkSize(lane, bytes)
    if (!this.open) return 'closed'
    const outcome = lane === 'state' ? this.#sendState(bytes) : this.#queueBulk(bytes, yields)
    const count = this.#counts[lane]
    if (outcome === 'sent') {
      count.sentMessages++
      count.sentBytes += bytes.byteLength
    } else if (outcome === 'skipped') count.skipped++
    return outcome
  }

  get isStateHeld(): boolean {
    return this.open && (this.#pipes.active?.isStateHeld ?? false)
  }

  buffered(lane: Lane): number {
    if (!this.open) return 0
    const inPipe = this.#pipes.active?.waiting(lane) ?? 0
    return lane === 'bulk' ? inPipe + this.#bulk.waitingBytes : inPipe
  }

  drained(lane: Lane = 'bulk'): Promise<DrainOutcome> {
    return this.#drain.drained(lane)
  }

  listen(handlers: LinkHandlers): void {
    this.#inbox.listen(handlers)
  }

  /**
   * Another pipe takes over, make before break: the present one carries the link until both sides can use the new one, and
   * nothing on the bulk lane is lost or doubled. Both sides call it, with the two ends of one pipe. The caller makes sure
   * that both ends belong to this link. A pipe that fails on the way changes nothing. A link that has ended closes the pipe.
   */
  switchTo(pipe: Pipe): void {
    if (this.#state === 'closed' || this.#state === 'lingering') pipe.close()
    else this.#pipes.switchTo(pipe)
  }

  /** Runs `run` once no pipe is about to take over: at once, if none is. Not after the end of the link. */
  afterSwitch(run: () => void): void {
    this.#pipes.afterSwitch(run)
  }

  close(reason: LinkCloseReason = 'left'): void {
    this.#leave(reason, LINGER_MS)
  }

  /** Closes without waiting for the goodbye to get through: for a page that is going away. */
  closeAtOnce(reason: LinkCloseReason = 'left'): void {
    this.#leave(reason, 0)
  }

  stats(): Record<Lane, LaneStats> {
    const of = (lane: Lane): LaneStats => ({ bufferedBytes: this.buffered(lane), ...this.#counts[lane] })
    return { state: of('state'), bulk: of('bulk') }
  }

  /** What is below: the active pipe, or the last one. */
  describe(): PipeReport | null {
    return this.#pipes.report
  }

  #sendState(bytes: Uint8Array): SendOutcome {
    const pipe = this.#pipes.active
    if (!pipe) return 'skipped'
    const nowMs = this.#platform.now()
    if (!this.#admits(pipe, nowMs)) return 'skipped'
    const outcome = pipe.send('state', bytes)
    if (outcome === 'sent') this.#heartbeat?.sent(nowMs)
    return outcome
  }

  /** Whether the guard lets a state frame through now. A pipe that skips what would wait needs no guard. */
  #admits(pipe: Pipe, nowMs: number): boolean {
    return pipe.skipsStale || this.#guard === null || this.#guard.admit(pipe.waiting('state'), nowMs)
  }

  #queueBulk(bytes: Uint8Array, yields: boolean): SendOutcome {
    if (this.buffered('bulk') + bytes.byteLength > MAX_BULK_WAITING) return 'skipped'
    this.#bulk.queue(bytes, yields)
    this.#pump()
    return this.open ? 'sent' : 'closed'
  }

  /** Sends what waits on the bulk lane, as far as the pipe takes it. */
  #pump(): void {
    const pipe = this.#pipes.active
    if (pipe) this.#bulk.pump(pipe, this.#platform.now())
    if (this.#state === 'lingering' && !this.#sayGoodbye()) this.#end('lost', '')
    else this.#drain.look()
  }

  #activated(isFirst: boolean): void {
    const nowMs = this.#platform.now()
    if (!isFirst) this.#bulk.takeOver()
    if (this.#state === 'suspended') {
      this.#stopWaiting()
      // The silence so far was measured on the old pipe.
      if (this.#heartbeat) this.#heartbeat = new Heartbeat(nowMs)
      this.#tellLiveness('alive')
    }
    this.#heartbeat?.heard(nowMs)
    const wasOpening = this.#state === 'opening'
    if (this.#state !== 'lingering') this.#state = 'open'
    const { newKey } = this.#options
    if (newKey) this.#pipes.active?.send('bulk', encodeKey(newKey()))
    if (wasOpening && this.#heartbeat) this.#stopPulse = this.#platform.onPulse((now) => this.#look(now))
    // The caller of the constructor has no link yet.
    if (wasOpening && this.#isBuilt) this.#options.opened?.()
    this.#pump()
  }

  /** No pipe carries the link. */
  #lost(detail: string, isRouteOnly: boolean): void {
    const { suspendMs = 0, rerouteMs = 0, suspended } = this.#options
    const waitMs = suspendMs || (isRouteOnly ? rerouteMs : 0)
    if (this.#state === 'opening' && this.#pipes.joining) return
    if (this.#state === 'opening' || this.#state === 'lingering') return this.#end('lost', detail)
    if (waitMs === 0 && !this.#pipes.joining) return this.#end('lost', detail)
    if (this.#state !== 'open') return
    this.#state = 'suspended'
    this.#tellLiveness('late')
    this.#stopWaiting = this.#platform.after(waitMs || GONE_MS, () => this.#end('lost', detail))
    suspended?.(detail)
  }

  #hear(lane: Lane, data: unknown): void {
    if (this.#state === 'closed') return
    if (this.#heartbeat) {
      this.#heartbeat.heard(this.#platform.now())
      if (this.#state !== 'suspended') this.#tellLiveness(this.#heartbeat.state)
    }
    if (typeof data === 'string') this.#hearText(lane, data)
    else if (!(data instanceof Uint8Array)) this.#refuse(lane)
    else if (lane === 'bulk') this.#hearBulk(data)
    else if (data.byteLength === 0 || data.byteLength > laneLimit.state) this.#refuse('state')
    else this.#takeMessage('state', data)
  }

  #hearText(lane: Lane, text: string): void {
    const frame = readFrame(lane, text)
    if (frame?.kind === 'goodbye') this.#end(frame.reason, '')
    else if (!frame || !this.#tolerance.beat(this.#platform.now())) this.#refuse(lane)
  }

  #hearBulk(data: Uint8Array): void {
    const heard = this.#bulk.hear(data, this.#platform.now())
    if (heard === 'refused') this.#refuse('bulk')
    else if (heard instanceof Uint8Array) this.#takeMessage('bulk', heard)
    else if (heard) this.#hearKey(heard.key)
    // What came may open the window, or is to be acknowledged.
    this.#pump()
  }

  #hearKey(key: Uint8Array): void {
    const { keyed } = this.#options
    // One for each pipe: fewer than heartbeats.
    if (keyed && this.#tolerance.beat(this.#platform.now())) keyed(key)
    else this.#refuse('bulk')
  }

  #tellLiveness(state: Liveness): void {
    this.#inbox.liveness(state)
    if (state === this.#liveness) return
    this.#liveness = state
    this.#options.liveness?.(state)
  }

  #takeMessage(lane: Lane, bytes: Uint8Array): void {
    // A lingering link drops messages. It waits for the other side's goodbye.
    if (this.#state === 'lingering') return
    const count = this.#counts[lane]
    count.receivedMessages++
    count.receivedBytes += bytes.byteLength
    if (this.#inbox.message(lane, bytes)) return
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
    this.#leave(this.#options.dropsAs ?? 'left', DROPPED_LINGER_MS)
  }

  /** One look of the pulse. */
  #look(nowMs: number): void {
    if (!this.#heartbeat) return
    const { beat, state: liveness } = this.#heartbeat.look(nowMs)
    const pipe = this.#pipes.active
    if (this.#state !== 'open' || !pipe) return
    const isGone = liveness === 'gone'
    const goesOn = isGone && ((this.#options.suspendMs ?? 0) > 0 || this.#pipes.joining)
    if (!goesOn) this.#tellLiveness(liveness)
    if (isGone) return this.#pipes.fail('nothing heard')
    // WebRTC for Node (node-webrtc #305) never says that a buffer is low.
    this.#pump()
    if (!beat || !this.#admits(pipe, nowMs)) return
    if (pipe.send('state', heartbeatFrame) === 'sent') this.#heartbeat.sent(nowMs)
  }

  /** `lingerMs`: how long the goodbye may take; 0: the page goes away, and nothing waits. */
  #leave(reason: LinkCloseReason, lingerMs: number): void {
    const pipe = this.#pipes.active
    if (this.#state !== 'open' || !pipe) {
      // A second call without lingering: the page goes away while the goodbye is under way.
      if (this.#state !== 'lingering' || lingerMs === 0) this.#end(reason, '')
      return
    }
    this.#goodbye = goodbyeFrame(reason)
    // Parts of a file that nobody goes on with would hold it up.
    this.#bulk.dropYielding()
    if (lingerMs === 0) pipe.send('bulk', this.#goodbye)
    if (lingerMs === 0 || !this.#sayGoodbye()) {
      this.#end(reason, '')
      return
    }
    this.#state = 'lingering'
    this.#drain.look()
    this.#stopPulse()
    const { defer = queueMicrotask, linger: takesTime = true, ended } = this.#options
    if (takesTime) this.#stopWaiting = this.#platform.after(lingerMs, () => this.#end('lost', ''))
    else defer(() => this.#end('lost', ''))
    ended?.(reason, '')
    // Later, not in the caller's stack: who closes a link is seldom ready for `closed` on the same line.
    defer(() => this.#inbox.closed(reason))
  }

  /** Sends the goodbye after everything else on the bulk lane. False: the pipe does not take it. */
  #sayGoodbye(): boolean {
    const text = this.#goodbye
    if (text === null || this.#bulk.waitingBytes > 0) return true
    this.#goodbye = null
    return this.#pipes.active?.send('bulk', text) === 'sent'
  }

  #end(reason: LinkCloseReason, detail: string): void {
    if (this.#state === 'closed') return
    const wasLingering = this.#state === 'lingering'
    this.#state = 'closed'
    this.#drain.look()
    this.#stopPulse()
    this.#stopWaiting()
    this.#pipes.close()
    // A link that lingered has called `ended` already, and `closed` follows.
    if (wasLingering) return
    this.#options.ended?.(reason, detail)
    this.#inbox.closed(reason)
  }
}

type Counts = Omit<LaneStats, 'bufferedBytes'>

function newCounts(): Counts {
  return { sentMessages: 0, sentBytes: 0, receivedMessages: 0, receivedBytes: 0, skipped: 0, rejected: 0 }
}

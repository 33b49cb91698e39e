/**
 * A {@link Link} over two open-or-opening data channels. It knows what goes over them (messages, heartbeats, a goodbye)
 * and nothing of how they came to be: that is simple-peer.ts.
 */

import { onPulse } from '../platform/pulse.ts'
import { pushClocks } from '../platform/worker-clock.ts'
import type { Lane, LaneStats } from '../wire/lanes.ts'
import { createDrain } from './drain.ts'
import { goodbyeFrame, heartbeatFrame, readFrame } from './frames.ts'
import { SendGuard } from './guard.ts'
import { Heartbeat } from './heartbeat.ts'
import { checkSize, createInbox, laneLimit } from './inbox.ts'
import { type Link, type LinkCloseReason, type LinkHandlers, LOW_WATER_BYTES, type SendOutcome } from './link.ts'
import { Tolerance } from './tolerance.ts'

/** What may wait on the bulk lane, in bytes. Chrome throws at 16 MiB; half of it is a minute of a bad uplink. */
export const MAX_BULK_WAITING = 8 * 1024 * 1024

/**
 * How long a goodbye may take to get through before the connection is torn down under it. The other side closes as
 * soon as it hears it, which ends the wait: measured 2 to 10 ms on loopback, a round trip elsewhere.
 */
const LINGER_MS = 1000

/** The link of a star. What it adds to {@link Link} is for those who look after connections, not for games. */
export interface RtcLink extends Link {
  /** Closes without waiting for the goodbye to get through: for a page that is going away. */
  closeAtOnce(reason?: LinkCloseReason): void
}

export interface ChannelLinkOptions {
  channels: Record<Lane, RTCDataChannel>
  /** What is said to a peer, and here, when it is dropped for sending what no honest peer sends. Default `left`. */
  dropsAs?: LinkCloseReason
  /** Both channels are open. Called once, if ever. */
  opened(): void
  /** The link ended, by either side or by the network. Called once, also when it never opened. */
  ended(reason: LinkCloseReason): void
  /** Tears the connection down. Called once, last. */
  release(): void
  /** For tests: the looks of the heartbeat, and the time. */
  pulse?: (look: (nowMs: number) => void) => () => void
  now?: () => number
}

/** `opening` → `open` → `lingering` (our goodbye is under way) → `released`; every state may go straight to the last. */
type State = 'opening' | 'open' | 'lingering' | 'released'

/**
 * Also gives what simple-peer.ts has to say: `lost`, that the connection under the channels is no more, and `refused`, that
 * the other side did something beside the channels that no honest peer does.
 */
export function channelLink(options: ChannelLinkOptions): { link: RtcLink; lost(): void; refused(): void } {
  const { opened, ended, release, dropsAs = 'left', pulse = onPulse, now = () => performance.now() } = options
  // Let go of at the end, because a game may keep its links. No function below may name `options`, which holds them, too.
  let channels: Record<Lane, RTCDataChannel> | null = options.channels
  const inbox = createInbox()
  const guard = new SendGuard()
  const heartbeat = new Heartbeat(now())
  const tolerance = new Tolerance()
  const waiting = (lane: Lane): number | null => (state === 'open' && channels ? channels[lane].bufferedAmount : null)
  const drain = createDrain(waiting)
  const counts: Record<Lane, Counts> = { state: newCounts(), bulk: newCounts() }
  let lastStats = readStats()
  let state: State = 'opening'
  let stopPulse = (): void => {}
  let lingerTimer: ReturnType<typeof setTimeout> | undefined

  for (const lane of ['state', 'bulk'] as const) {
    const channel = options.channels[lane]
    channel.binaryType = 'arraybuffer'
    // Replaces simple-peer's own handler, which would keep every message in a stream that nobody reads.
    channel.onmessage = (event: MessageEvent<unknown>) => receive(lane, event.data)
    // simple-peer has set 64 KiB on the state lane, for a stream that nobody uses.
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES[lane]
    channel.addEventListener('bufferedamountlow', drain.look)
    channel.addEventListener('open', maybeOpen)
    channel.addEventListener('close', lost)
  }

  function maybeOpen(): void {
    if (state !== 'opening' || channels?.state.readyState !== 'open' || channels.bulk.readyState !== 'open') return
    state = 'open'
    heartbeat.heard(now())
    stopPulse = pulse(look)
    opened()
  }

  function receive(lane: Lane, data: unknown): void {
    if (state === 'released') return
    heartbeat.heard(now())
    inbox.liveness(heartbeat.state)
    const count = counts[lane]
    if (typeof data === 'string') {
      const frame = readFrame(lane, data)
      if (frame?.kind === 'goodbye') end(frame.reason)
      else if (!frame || !tolerance.beat(now())) refuse(lane)
      return
    }
    // While we linger only the other side's own goodbye is of interest.
    if (state === 'lingering') return
    if (!(data instanceof ArrayBuffer) || data.byteLength === 0 || data.byteLength > laneLimit[lane]) {
      refuse(lane)
      return
    }
    count.receivedMessages++
    count.receivedBytes += data.byteLength
    const room = inbox.message(lane, new Uint8Array(data))
    pushClocks(now())
    if (room) return
    count.rejected++
    // A reliable lane with a hole in it is worse than none.
    if (lane === 'bulk') end('lost')
  }

  function refuse(lane: Lane): void {
    if (state === 'released' || state === 'lingering') return
    counts[lane].rejected++
    // With a goodbye that may linger: the other side may be no attacker but a page with a fault, and its player reads why.
    if (!tolerance.refused(now())) close(dropsAs, true)
  }

  function look(nowMs: number): void {
    const { beat, state: liveness } = heartbeat.look(nowMs)
    if (state !== 'open' || !channels) return
    inbox.liveness(liveness)
    // WebRTC for Node (node-webrtc #305) never says that a buffer is low.
    drain.look()
    if (liveness === 'gone') end('lost')
    else if (beat && guard.admit(channels.state.bufferedAmount, nowMs) && trySend('state', heartbeatFrame) === 'sent') {
      heartbeat.sent(nowMs)
    }
  }

  function trySend(lane: Lane, data: string | Uint8Array): SendOutcome {
    const channel = channels?.[lane]
    if (!channel) return 'closed'
    try {
      // TypeScript cannot know that nobody hands us a view of shared memory; the browser throws for that.
      channel.send(data as Uint8Array<ArrayBuffer>)
      return 'sent'
    } catch (error) {
      if (channel.readyState !== 'open') return 'closed'
      if (error instanceof DOMException && error.name === 'OperationError') return 'skipped'
      // The other side's description allows smaller messages than a lane has: with such a peer nothing works.
      end('lost')
      return 'closed'
    }
  }

  function send(lane: Lane, bytes: Uint8Array): SendOutcome {
    checkSize(lane, bytes)
    if (state !== 'open' || !channels) return 'closed'
    const waiting = channels[lane].bufferedAmount
    const nowMs = now()
    const room = lane === 'state' ? guard.admit(waiting, nowMs) : waiting + bytes.byteLength <= MAX_BULK_WAITING
    const outcome = room ? trySend(lane, bytes) : 'skipped'
    const count = counts[lane]
    if (outcome === 'sent') {
      count.sentMessages++
      count.sentBytes += bytes.byteLength
      if (lane === 'state') heartbeat.sent(nowMs)
    } else if (outcome === 'skipped') count.skipped++
    return outcome
  }

  function lost(): void {
    end('lost')
  }

  function end(reason: LinkCloseReason): void {
    if (state === 'released') return
    const wasLingering = state === 'lingering'
    lastStats = readStats()
    if (channels) {
      // Not by an AbortSignal: aborted, it still held the last channel it was given to (seen in Chromium 156).
      for (const channel of [channels.state, channels.bulk]) {
        channel.onmessage = null
        channel.removeEventListener('bufferedamountlow', drain.look)
        channel.removeEventListener('open', maybeOpen)
        channel.removeEventListener('close', lost)
      }
      channels = null
    }
    state = 'released'
    drain.look()
    stopPulse()
    clearTimeout(lingerTimer)
    release()
    if (wasLingering) return
    ended(reason)
    inbox.closed(reason)
  }

  function close(reason: LinkCloseReason, linger: boolean): void {
    if (state !== 'open') {
      // Asked twice, the second time in a hurry: the page goes away while the goodbye lingers.
      if (state === 'opening' || !linger) end(reason)
      return
    }
    const outcome = trySend('bulk', goodbyeFrame(reason))
    if (outcome !== 'sent' || !linger) {
      end(reason)
      return
    }
    state = 'lingering'
    drain.look()
    stopPulse()
    lingerTimer = setTimeout(lost, LINGER_MS)
    ended(reason)
    // Not in the caller's stack: whoever closes a link is seldom ready to hear of it on the same line.
    queueMicrotask(() => inbox.closed(reason))
  }

  function readStats(): Record<Lane, LaneStats> {
    const of = (lane: Lane): LaneStats => {
      if (!channels) return { ...lastStats[lane], readyState: 'closed', bufferedBytes: 0 }
      const { ordered, maxRetransmits, readyState, bufferedAmount } = channels[lane]
      return { ordered, maxRetransmits, readyState, bufferedBytes: bufferedAmount, ...counts[lane] }
    }
    return { state: of('state'), bulk: of('bulk') }
  }

  const link: RtcLink = {
    get open() {
      return state === 'open'
    },
    send,
    buffered: (lane) => waiting(lane) ?? 0,
    drained: drain.drained,
    listen: (handlers: LinkHandlers) => inbox.listen(handlers),
    close: (reason = 'left') => close(reason, true),
    closeAtOnce: (reason = 'left') => close(reason, false),
    stats: readStats,
  }
  return { link, lost, refused: () => refuse('bulk') }
}

type Counts = Pick<
  LaneStats,
  'sentMessages' | 'sentBytes' | 'receivedMessages' | 'receivedBytes' | 'skipped' | 'rejected'
>

function newCounts(): Counts {
  return { sentMessages: 0, sentBytes: 0, receivedMessages: 0, receivedBytes: 0, skipped: 0, rejected: 0 }
}

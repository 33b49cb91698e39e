/**
 * A {@link Pipe} over two data channels, one for each lane. It is open once both are, and fails when one of them closes.
 * The channels are made in simple-peer.ts.
 */
import type { ConnectionRoute } from '../errors/connection-report.ts'
import type { Lane } from '../wire/lanes.ts'
import { LOW_WATER_BYTES, type SendOutcome } from './link.ts'
import type { Pipe, PipeEvents, PipeFrame, PipeReport } from './pipe.ts'

const LANES = ['state', 'bulk'] as const

/**
 * Both sides make both channels with these settings (`negotiated`). A mismatch would be silent, since each side's reliability is
 * its own. Channels announced in-band do not work here: simple-peer takes the last one that arrives for its own.
 */
export const CHANNEL_SETTINGS: Record<Lane, RTCDataChannelInit> = {
  state: { ordered: false, maxRetransmits: 0, negotiated: true, id: 0 },
  bulk: { ordered: true, negotiated: true, id: 1 },
}

/** What the maker of the channels does for their pipe. */
export interface ChannelPipeOptions {
  /** A frame came, and its link has heard of it. */
  arrived?(): void
  /** Both channels are open. Called once, if ever. */
  opened?(): void
  /** A sentence for the log about why the pipe failed. `what`: left out when the other side closed it. */
  explain?(what: string | undefined): string
  /** How packets go; null: not known. */
  route?(): ConnectionRoute | null
  /** Tears the connection down. Called once, last. */
  release(): void
}

export class ChannelPipe implements Pipe {
  /** Let go of at the end: a channel holds its connection, and closed connections count until they are collected. */
  #channels: Record<Lane, RTCDataChannel> | null
  #events: PipeEvents | null = null
  #options: ChannelPipeOptions | null

  /** `channels`: null when none could be made; then whoever knows why calls `fail`. */
  constructor(channels: Record<Lane, RTCDataChannel> | null, options: ChannelPipeOptions) {
    this.#channels = channels
    this.#options = options
    if (!channels) return
    for (const lane of LANES) {
      const channel = channels[lane]
      channel.binaryType = 'arraybuffer'
      // Replaces simple-peer's own handler, which would keep every message in a stream that nobody reads.
      channel.onmessage = (event: MessageEvent<unknown>) => this.#hear(lane, event.data)
      // simple-peer has set 64 KiB on the state lane, for a stream that nobody uses.
      channel.bufferedAmountLowThreshold = LOW_WATER_BYTES[lane]
      channel.addEventListener('bufferedamountlow', this.#drained)
      channel.addEventListener('open', this.#opened)
      channel.addEventListener('close', this.#closed)
    }
  }

  get open(): boolean {
    return this.#channels?.state.readyState === 'open' && this.#channels.bulk.readyState === 'open'
  }

  attach(events: PipeEvents): void {
    this.#events = events
  }

  send(lane: Lane, frame: PipeFrame): SendOutcome {
    const channel = this.#channels?.[lane]
    if (!channel) return 'closed'
    try {
      // TypeScript cannot know that nobody hands us a view of shared memory; the browser throws for that.
      channel.send(frame as Uint8Array<ArrayBuffer>)
      return 'sent'
    } catch (error) {
      if (channel.readyState !== 'open') return 'closed'
      if (error instanceof DOMException && error.name === 'OperationError') return 'skipped'
      // The other side's description allows smaller messages than a lane has: with such a peer nothing works.
      this.fail(String(error))
      return 'closed'
    }
  }

  waiting(lane: Lane): number {
    return this.#channels?.[lane].bufferedAmount ?? 0
  }

  /** The other side did something beside the channels that no honest peer does. */
  refuse(): void {
    this.#events?.refused()
  }

  /** The connection under the channels is lost, or was never made. */
  fail(what?: string): void {
    const options = this.#options
    if (!options) return
    this.#events?.failed(options.explain?.(what) ?? what ?? 'the other side closed the connection')
    // Without a link nobody else closes it.
    this.close()
  }

  close(): void {
    const options = this.#options
    if (!options) return
    const channels = this.#channels
    this.#options = null
    this.#channels = null
    this.#events = null
    // Not by an AbortSignal: aborted, it still held the last channel it was given to (seen in Chromium 156).
    for (const channel of channels ? [channels.state, channels.bulk] : []) {
      channel.onmessage = null
      channel.removeEventListener('bufferedamountlow', this.#drained)
      channel.removeEventListener('open', this.#opened)
      channel.removeEventListener('close', this.#closed)
    }
    options.release()
  }

  describe(): PipeReport {
    const of = (lane: Lane): Record<string, unknown> => {
      const { ordered, maxRetransmits, readyState } = this.#channels?.[lane] ?? {}
      return { ordered, maxRetransmits, readyState: readyState ?? 'closed' }
    }
    const route = this.#options?.route?.() ?? null
    return { kind: 'webrtc', ...(route !== null && { route }), lanes: { state: of('state'), bulk: of('bulk') } }
  }

  #hear(lane: Lane, data: unknown): void {
    const options = this.#options
    this.#events?.frame(lane, data instanceof ArrayBuffer ? new Uint8Array(data) : data)
    options?.arrived?.()
  }

  readonly #opened = (): void => {
    if (!this.open) return
    this.#options?.opened?.()
    this.#events?.opened()
  }

  readonly #closed = (): void => this.fail()

  readonly #drained = (): void => this.#events?.drained()
}

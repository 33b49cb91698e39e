/**
 * A {@link Pipe} over two data channels, one for each lane. It is open once both are, and fails when one of them closes. It knows neither
 * browsers nor Node: browser-channel.ts and node/native-channel.ts say how each of them sends and hears.
 */
import type { ConnectionRoute } from '../errors/connection-report.ts'
import type { Lane } from '../wire/lanes.ts'
import type { SendOutcome } from './link.ts'
import type { Pipe, PipeEvents, PipeFrame, PipeReport } from './pipe.ts'

/**
 * Both sides make both channels with these settings (`negotiated`). A mismatch would be silent, since each side's reliability is
 * its own. Channels announced in-band do not work here: simple-peer takes the last one that arrives for its own.
 */
export const CHANNEL_SETTINGS: Record<Lane, RTCDataChannelInit> = {
  state: { ordered: false, maxRetransmits: 0, negotiated: true, id: 0 },
  bulk: { ordered: true, negotiated: true, id: 1 },
}

const LANES = ['state', 'bulk'] as const

/** What happens to a channel. */
export interface ChannelEvents {
  opened(): void
  /** Text, bytes, or neither. */
  frame(data: unknown): void
  /** Less waits than the lane's low water. */
  drained(): void
  closed(): void
}

/** One data channel, of whatever make. */
export interface LaneChannel {
  readonly isOpen: boolean
  /** Bytes that wait to leave. */
  readonly waiting: number
  /** @throws when the channel takes no such frame. While it is open nevertheless, nothing works with such a peer. */
  send(frame: PipeFrame): SendOutcome
  /** Sets who hears of this channel. Called once. The result ends that. */
  listen(events: ChannelEvents): () => void
  describe(): Readonly<Record<string, unknown>>
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
  #channels: Readonly<Record<Lane, LaneChannel>> | null
  #events: PipeEvents | null = null
  #options: ChannelPipeOptions | null
  #stopListening: (() => void)[] = []

  /** `channels`: null when none could be made; then whoever knows why calls `fail`. */
  constructor(channels: Readonly<Record<Lane, LaneChannel>> | null, options: ChannelPipeOptions) {
    this.#channels = channels
    this.#options = options
    if (!channels) return
    this.#stopListening = LANES.map((lane) =>
      channels[lane].listen({
        opened: () => this.#opened(),
        frame: (data) => this.#hear(lane, data),
        drained: () => this.#events?.drained(),
        closed: () => this.fail(),
      }),
    )
  }

  get open(): boolean {
    return (this.#channels?.state.isOpen && this.#channels.bulk.isOpen) ?? false
  }

  attach(events: PipeEvents): void {
    this.#events = events
  }

  send(lane: Lane, frame: PipeFrame): SendOutcome {
    const channel = this.#channels?.[lane]
    if (!channel?.isOpen) return 'closed'
    try {
      return channel.send(frame)
    } catch (error) {
      // The other side's description allows smaller messages than a lane has: with such a peer nothing works.
      if (channel.isOpen) this.fail(String(error))
      return 'closed'
    }
  }

  waiting(lane: Lane): number {
    return this.#channels?.[lane].waiting ?? 0
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
    this.#options = null
    this.#channels = null
    this.#events = null
    for (const stop of this.#stopListening) stop()
    this.#stopListening = []
    options.release()
  }

  describe(): PipeReport {
    const of = (lane: Lane) => this.#channels?.[lane].describe() ?? { readyState: 'closed' }
    const route = this.#options?.route?.() ?? null
    return { kind: 'webrtc', ...(route !== null && { route }), lanes: { state: of('state'), bulk: of('bulk') } }
  }

  #hear(lane: Lane, data: unknown): void {
    const options = this.#options
    this.#events?.frame(lane, data)
    options?.arrived?.()
  }

  #opened(): void {
    if (!this.open) return
    this.#options?.opened?.()
    this.#events?.opened()
  }
}

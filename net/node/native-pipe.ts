/**
 * A {@link Pipe} over two data channels of node-datachannel, one for each lane, as `ChannelPipe` is over a browser's. It is open once both
 * are, and fails when one of them closes. Callbacks come through a queue of node-datachannel. One that comes after the end is ignored.
 */
import type { DataChannel } from 'node-datachannel'
import { LOW_WATER_BYTES, type SendOutcome } from '../transport/link.ts'
import type { Pipe, PipeEvents, PipeFrame, PipeReport } from '../transport/pipe.ts'
import type { Lane } from '../wire/lanes.ts'

const LANES = ['state', 'bulk'] as const

export type NativeChannels = Readonly<
  Record<
    Lane,
    Pick<
      DataChannel,
      | 'bufferedAmount'
      | 'isOpen'
      | 'onBufferedAmountLow'
      | 'onClosed'
      | 'onMessage'
      | 'onOpen'
      | 'sendMessage'
      | 'sendMessageBinary'
      | 'setBufferedAmountLowThreshold'
    >
  >
>

/** What the maker of the channels does for their pipe. */
export interface NativePipeOptions {
  /** Both channels are open. Called once, if ever. */
  opened(): void
  /** A sentence for the log about why the pipe failed. `what`: left out when the other side closed it. */
  explain(what: string | undefined): string
  /** How packets go; null: not known. */
  route(): 'direct' | 'turn' | null
  /** Tears the connection down. Called once, last. */
  release(): void
}

export class NativePipe implements Pipe {
  #channels: NativeChannels | null
  #options: NativePipeOptions | null
  #events: PipeEvents | null = null

  constructor(channels: NativeChannels, options: NativePipeOptions) {
    this.#channels = channels
    this.#options = options
    for (const lane of LANES) {
      const channel = channels[lane]
      channel.setBufferedAmountLowThreshold(LOW_WATER_BYTES[lane])
      channel.onMessage((data) => this.#events?.frame(lane, plain(data)))
      channel.onBufferedAmountLow(() => this.#events?.drained())
      channel.onOpen(() => this.#opened())
      channel.onClosed(() => this.fail())
    }
  }

  get open(): boolean {
    return (this.#channels?.state.isOpen() && this.#channels.bulk.isOpen()) ?? false
  }

  attach(events: PipeEvents): void {
    this.#events = events
  }

  send(lane: Lane, frame: PipeFrame): SendOutcome {
    const channel = this.#channels?.[lane]
    if (!channel?.isOpen()) return 'closed'
    try {
      // Both return whether the message left at once. It is sent in any case.
      if (typeof frame === 'string') channel.sendMessage(frame)
      else channel.sendMessageBinary(frame)
      return 'sent'
    } catch (error) {
      // The other side's description allows smaller messages than a lane has: with such a peer nothing works.
      if (channel.isOpen()) this.fail(String(error))
      return 'closed'
    }
  }

  waiting(lane: Lane): number {
    return this.#channels?.[lane].bufferedAmount() ?? 0
  }

  /** The other side did something beside the channels that no honest peer does. */
  refuse(): void {
    this.#events?.refused()
  }

  /** The connection under the channels is lost, or was never made. */
  fail(what?: string): void {
    const options = this.#options
    if (!options) return
    this.#events?.failed(options.explain(what))
    // Without a link nobody else closes it.
    this.close()
  }

  close(): void {
    const options = this.#options
    if (!options) return
    this.#options = null
    this.#channels = null
    this.#events = null
    options.release()
  }

  describe(): PipeReport {
    const of = (lane: Lane): Record<string, unknown> => ({
      readyState: this.#channels?.[lane].isOpen() ? 'open' : 'closed',
    })
    const route = this.#options?.route() ?? null
    return { kind: 'webrtc', ...(route !== null && { route }), lanes: { state: of('state'), bulk: of('bulk') } }
  }

  #opened(): void {
    if (!this.open) return
    this.#options?.opened()
    this.#events?.opened()
  }
}

/** Buffers as plain bytes: a slice of a Buffer shares its memory, a slice of a Uint8Array does not. */
function plain(data: string | Buffer | ArrayBuffer): string | Uint8Array {
  if (typeof data === 'string') return data
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

/** A browser's data channel as a {@link LaneChannel}. */
import type { Lane } from '../wire/lanes.ts'
import { type ChannelEvents, ChannelPipe, type ChannelPipeOptions, type LaneChannel } from './channel-pipe.ts'
import { LOW_WATER_BYTES, type SendOutcome } from './link.ts'
import type { PipeFrame } from './pipe.ts'

/** The pipe over two channels of one connection. Null: none could be made; then whoever knows why calls `fail` of the pipe. */
export function browserPipe(channels: Record<Lane, RTCDataChannel> | null, options: ChannelPipeOptions): ChannelPipe {
  const of = (lane: Lane, channel: RTCDataChannel): LaneChannel => new BrowserChannel(channel, LOW_WATER_BYTES[lane])
  return new ChannelPipe(channels && { state: of('state', channels.state), bulk: of('bulk', channels.bulk) }, options)
}

class BrowserChannel implements LaneChannel {
  readonly #channel: RTCDataChannel

  constructor(channel: RTCDataChannel, lowWaterBytes: number) {
    this.#channel = channel
    channel.binaryType = 'arraybuffer'
    // simple-peer has set 64 KiB on the state lane, for a stream that nobody uses.
    channel.bufferedAmountLowThreshold = lowWaterBytes
  }

  get isOpen(): boolean {
    return this.#channel.readyState === 'open'
  }

  get waiting(): number {
    return this.#channel.bufferedAmount
  }

  send(frame: PipeFrame): SendOutcome {
    try {
      // TypeScript cannot know that nobody hands us a view of shared memory; the browser throws for that.
      this.#channel.send(frame as Uint8Array<ArrayBuffer>)
      return 'sent'
    } catch (error) {
      if (this.isOpen && error instanceof DOMException && error.name === 'OperationError') return 'skipped'
      throw error
    }
  }

  listen({ opened, frame, drained, closed }: ChannelEvents): () => void {
    const channel = this.#channel
    // Replaces simple-peer's own handler, which would keep every message in a stream that nobody reads.
    channel.onmessage = ({ data }: MessageEvent<unknown>) =>
      frame(data instanceof ArrayBuffer ? new Uint8Array(data) : data)
    channel.addEventListener('bufferedamountlow', drained)
    channel.addEventListener('open', opened)
    channel.addEventListener('close', closed)
    // Not by an AbortSignal: aborted, it still held the last channel it was given to (seen in Chromium 156).
    return () => {
      channel.onmessage = null
      channel.removeEventListener('bufferedamountlow', drained)
      channel.removeEventListener('open', opened)
      channel.removeEventListener('close', closed)
    }
  }

  describe(): Readonly<Record<string, unknown>> {
    const { ordered, maxRetransmits, readyState } = this.#channel
    return { ordered, maxRetransmits, readyState }
  }
}

/** A data channel of node-datachannel as a {@link LaneChannel}. Callbacks come through a queue of the library, also after the end. */
import type { DataChannel } from 'node-datachannel'
import {
  type ChannelEvents,
  ChannelPipe,
  type ChannelPipeOptions,
  type LaneChannel,
} from '../transport/channel-pipe.ts'
import { LOW_WATER_BYTES, type SendOutcome } from '../transport/link.ts'
import type { PipeFrame } from '../transport/pipe.ts'
import type { Lane } from '../wire/lanes.ts'

/** The pipe over two channels of one connection. */
export function nativePipe(channels: Readonly<Record<Lane, DataChannel>>, options: ChannelPipeOptions): ChannelPipe {
  const of = (lane: Lane): LaneChannel => new NativeChannel(channels[lane], LOW_WATER_BYTES[lane])
  return new ChannelPipe({ state: of('state'), bulk: of('bulk') }, options)
}

class NativeChannel implements LaneChannel {
  readonly #channel: DataChannel

  constructor(channel: DataChannel, lowWaterBytes: number) {
    this.#channel = channel
    channel.setBufferedAmountLowThreshold(lowWaterBytes)
  }

  get isOpen(): boolean {
    return this.#channel.isOpen()
  }

  get waiting(): number {
    return this.#channel.bufferedAmount()
  }

  send(frame: PipeFrame): SendOutcome {
    // Both return whether the message left at once. It is sent in any case.
    if (typeof frame === 'string') this.#channel.sendMessage(frame)
    else this.#channel.sendMessageBinary(frame)
    return 'sent'
  }

  /** The library takes no listener back, so what comes after the end is dropped here. */
  listen(events: ChannelEvents): () => void {
    let heard: ChannelEvents | null = events
    this.#channel.onMessage((data) => heard?.frame(plain(data)))
    this.#channel.onBufferedAmountLow(() => heard?.drained())
    this.#channel.onOpen(() => heard?.opened())
    this.#channel.onClosed(() => heard?.closed())
    return () => {
      heard = null
    }
  }

  describe(): Readonly<Record<string, unknown>> {
    return { readyState: this.isOpen ? 'open' : 'closed' }
  }
}

/** Buffers as plain bytes: a slice of a Buffer shares its memory, a slice of a Uint8Array does not. */
function plain(data: string | Buffer | ArrayBuffer): string | Uint8Array {
  if (typeof data === 'string') return data
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

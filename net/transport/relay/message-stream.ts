/**
 * What a relayed pipe runs over: binary messages from page to page, ordered and reliable, as a WebSocket through the
 * signalling server carries them. Tests and simulations have their own.
 */
export interface MessageStream {
  /** Sets who hears of this stream. The pipe calls it once, before anything else. */
  attach(events: MessageStreamEvents): void
  /** Hands a message to the network. It may keep the bytes. Never throws. */
  send(message: Uint8Array): void
  /** Bytes that `send` took and that have not left this page. */
  readonly bufferedBytes: number
  /** Releases everything. Further calls do nothing. */
  close(): void
}

/** Nothing is told before `attach` or after `close`. */
export interface MessageStreamEvents {
  /** Both sides are there: what one sends, the other hears. Told once, if ever. */
  paired(): void
  /** One message of the other side, whole. `data` is no bytes when the other side sent something else. */
  message(data: unknown): void
  /** Fewer bytes are buffered than before. A stream that cannot know that never tells it. */
  drained(): void
  /** The stream will end soon, because its server stops. A stream without a server that says so never tells it. */
  ending?(): void
  /** The stream carries nothing any more, or never will. Told once, last. `isRouteOnly`: as a pipe tells it. */
  failed(detail: string, isRouteOnly?: boolean): void
}

/** A data channel without a network: the test opens it, fills its buffer and lets the other side speak. */
export class FakeChannel extends EventTarget {
  readonly sent: (string | Uint8Array)[] = []
  readonly ordered: boolean
  readonly maxRetransmits: number | null
  readyState: RTCDataChannelState = 'connecting'
  bufferedAmount = 0
  /** As simple-peer leaves it on its own channel. */
  bufferedAmountLowThreshold = 65_536
  binaryType = 'blob'
  onmessage: ((event: MessageEvent) => void) | null = null
  /** Thrown by the next `send`. */
  failure: Error | null = null

  constructor(ordered: boolean, maxRetransmits: number | null) {
    super()
    this.ordered = ordered
    this.maxRetransmits = maxRetransmits
  }

  opens(): void {
    this.readyState = 'open'
    this.dispatchEvent(new Event('open'))
  }

  closes(): void {
    this.readyState = 'closed'
    this.dispatchEvent(new Event('close'))
  }

  /** So much waits from now on; the event comes as in a browser, when it falls to the threshold. */
  holds(bytes: number): void {
    const wasHigh = this.bufferedAmount > this.bufferedAmountLowThreshold
    this.bufferedAmount = bytes
    if (wasHigh && bytes <= this.bufferedAmountLowThreshold) this.dispatchEvent(new Event('bufferedamountlow'))
  }

  says(data: unknown): void {
    this.onmessage?.(new MessageEvent('message', { data }))
  }

  send(data: string | Uint8Array): void {
    if (this.failure) throw this.failure
    this.sent.push(data)
  }
}

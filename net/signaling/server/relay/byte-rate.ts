/** Bytes in a second, for several senders together. In: what was sent. Out: how long to read nothing. Pure. */
import { TokenBucket } from '../../../congestion/token-bucket.ts'
import { BURST_SECONDS } from './relay-limits.ts'

export class ByteRate {
  readonly #perSecond: number
  readonly #bucket: TokenBucket

  constructor(bytesPerSecond: number) {
    this.#perSecond = bytesPerSecond
    this.#bucket = new TokenBucket(bytesPerSecond, bytesPerSecond * BURST_SECONDS)
  }

  /** Ms until what was sent is within the rate again; 0 while it is. */
  spend(bytes: number, now: number): number {
    this.#bucket.available(now)
    this.#bucket.spend(bytes)
    return (this.#bucket.debt / this.#perSecond) * 1000
  }
}

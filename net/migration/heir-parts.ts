/**
 * A tick's bytes in parts for the state lane, and back. A part's body is its index, the number of parts and its bytes; all
 * but the last are full. Parts come in any order, and some never come.
 */
import { MAX_STATE_BYTES } from '../wire/lanes.ts'
import { ENVELOPE_BYTES } from '../wire/packet.ts'
import { MAX_OPEN_TICKS, MAX_PARTS } from './limits.ts'

const HEAD_BYTES = 2
const PART_BYTES = MAX_STATE_BYTES - ENVELOPE_BYTES - HEAD_BYTES

/** The bodies of a tick's packets; null when it needs too many of them. */
export function splitTick(bytes: Uint8Array): Uint8Array[] | null {
  const count = Math.max(1, Math.ceil(bytes.length / PART_BYTES))
  if (count > MAX_PARTS) return null
  return Array.from({ length: count }, (_, index) => {
    const chunk = bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES)
    const body = new Uint8Array(HEAD_BYTES + chunk.length)
    body.set([index, count])
    body.set(chunk, HEAD_BYTES)
    return body
  })
}

interface OpenTick {
  readonly count: number
  readonly parts: Map<number, Uint8Array>
}

/** Collects parts. Holds the newest ticks only: bounded, whatever comes. */
export class HeirParts {
  private readonly open = new Map<number, OpenTick>()

  /** Returns the tick's bytes when the part was the last one missing, null while some are missing, or the defect. */
  add(tick: number, body: Uint8Array): Uint8Array | null | 'malformed' {
    const [index = 0, count = 0] = body
    const length = body.length - HEAD_BYTES
    if (count < 1 || count > MAX_PARTS || index >= count || length < 1 || length > PART_BYTES) return 'malformed'
    if (index < count - 1 && length !== PART_BYTES) return 'malformed'
    const open = this.open.get(tick) ?? this.begin(tick, count)
    if (!open) return null
    if (open.count !== count) return 'malformed'
    // A copy: the bytes are a view of the link's.
    if (!open.parts.has(index)) open.parts.set(index, body.slice(HEAD_BYTES))
    if (open.parts.size < count) return null
    this.open.delete(tick)
    return joined(open)
  }

  /** Null for a tick that is older than all that are open, when there are enough of them. */
  private begin(tick: number, count: number): OpenTick | null {
    if (this.open.size >= MAX_OPEN_TICKS) {
      const oldest = Math.min(...this.open.keys())
      if (tick < oldest) return null
      this.open.delete(oldest)
    }
    const open = { count, parts: new Map<number, Uint8Array>() }
    this.open.set(tick, open)
    return open
  }

  /** These ticks are of no use any more. */
  forgetUpTo(tick: number): void {
    for (const open of this.open.keys()) if (open <= tick) this.open.delete(open)
  }
}

function joined({ count, parts }: OpenTick): Uint8Array {
  const chunks = Array.from({ length: count }, (_, index) => parts.get(index) as Uint8Array)
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

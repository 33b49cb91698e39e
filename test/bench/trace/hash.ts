/** One short text for a whole trace: two traces with the same hash are the same to the bit. */
import { createHash } from 'node:crypto'
import type { Trace } from './record.ts'

/** The first 128 bits of SHA-256, in hex, over every id, type, owner and number of every tick. */
export function hashTrace({ firstRow, ids, types, owners, at, numbers }: Trace): string {
  const hash = createHash('sha256')
  for (const { buffer, byteOffset, byteLength } of [firstRow, ids, types, owners, at, numbers])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength))
  return hash.digest('hex').slice(0, 32)
}

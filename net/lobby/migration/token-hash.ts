/** What an heir is told of a secret of another page: its SHA-256. In plain code, since pages on http have no `subtle`. */
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

export function hashOf(secret: string): string {
  return bytesToHex(sha256(utf8ToBytes(secret)))
}

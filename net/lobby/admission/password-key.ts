/**
 * How a password is hashed. A guest's page computes a slow key and shows it to the host; the host keeps the key's hash. Loaded on
 * demand: lobbies without a password never load it. In plain code, since `crypto.subtle` is missing on http.
 *
 * The host's work for a guess is one SHA-256, so guesses cannot stall its ticks. The work of the key is fixed here: a hostile host
 * chooses only the salt. The host's player knows the password anyway, or may try guesses against the key at leisure, each as slow as
 * here. The hash alone, which an heir gets, does not let anybody in: that takes the key.
 */
import { pbkdf2 } from '@noble/hashes/pbkdf2.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Platform } from '../../platform/platform.ts'

/**
 * PBKDF2 in slices, each with the key of the one before: 131,072 rounds in all. That is 0.1 to 0.2 s of a laptop and a second
 * of a slow phone. A slice takes 3 to 5 ms, so that a host which sets a password in a match keeps its ticks of 16 ms. A graphics card
 * tries some 50,000 passwords a second: eight random letters and digits take it a year.
 */
const ROUNDS_PER_SLICE = 4096
const SLICES = 32
/** Slices a second, at most, on a clock that a hidden page has, too. */
const SLICES_PER_SECOND = 120
const KEY_BYTES = 32

/**
 * The key of a password, 64 hexadecimal digits; null once `isOver` says that nobody waits for it.
 * @param salt Hexadecimal.
 */
export function passwordKey(
  password: string,
  salt: string,
  platform: Pick<Platform, 'startClock'>,
  isOver: () => boolean = () => false,
): Promise<string | null> {
  const saltBytes = hexToBytes(salt)
  // The same letters typed on another machine may be other characters.
  let key = utf8ToBytes(password.normalize('NFKC'))
  let slices = 0
  return new Promise((resolve) => {
    const clock = platform.startClock(SLICES_PER_SECOND, () => {
      if (isOver()) {
        clock.stop()
        return resolve(null)
      }
      key = pbkdf2(sha256, key, saltBytes, { c: ROUNDS_PER_SLICE, dkLen: KEY_BYTES })
      if (++slices < SLICES) return
      clock.stop()
      resolve(bytesToHex(key))
    })
  })
}

/** What the host keeps of a key. */
export function hashOfKey(key: string): string {
  return bytesToHex(sha256(hexToBytes(key)))
}

/**
 * The tokens that a page was given for its seat, newest first. The newest leads back to who gave it and to its heirs, the older ones to hosts that
 * take over from somebody before: a host that gave a token may be gone, or voted out, before any heir hears of it.
 */
import { MAX_EARLIER_TOKENS } from '../messages.ts'

export type SeatTokens = readonly [newest: string, ...earlier: string[]]

/** Another one was given. The oldest are forgotten. */
export function withNewest(token: string, before: readonly string[]): SeatTokens {
  return [token, ...before.filter((other) => other !== token).slice(0, MAX_EARLIER_TOKENS)]
}

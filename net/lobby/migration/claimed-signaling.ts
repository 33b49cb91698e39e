/** Signalling for a page that takes a lobby over: its way to host is a claim, with the same code. */
import { StarwireError } from '../../errors/starwire-error.ts'
import { onAbort } from '../../platform/abort.ts'
import type { Timers } from '../../platform/platform.ts'
import type { HeirSignals } from '../../signaling/heir.ts'
import type { HostSignals, Signaling } from '../../signaling/signals.ts'
import type { TakenOver } from './role-change.ts'

/** The pause between two claims, ms. The host before may hand over a moment later than its heir claims, or the server be away. */
const RETRY_MS = 500
/** After so many claims the code is lost: the lobby server's own lease of the lobby has run out. */
const MAX_CLAIMS = 120
/**
 * The host who holds the code may name other heirs, and step down a moment later: it came back to a server that had forgotten who was voted
 * for. So a claim that is refused for that is made again, later and later, so many times: for 47 s, more than a lease lasts.
 */
const MAX_CLAIMS_AS_STRANGER = 8
const LONGEST_RETRY_MS = 16_000

/**
 * The first call of `host` claims; later ones take a new code as ever. Where the lobby server does not know this page as an heir, it goes by the
 * right of the host before. `parted`: this page plays on without the others, for as long as no other host is known to live.
 */
export function claimedSignaling(
  signaling: Signaling,
  { epoch, parted, signals: heir, right }: Pick<TakenOver, 'epoch' | 'parted' | 'signals' | 'right'>,
  timers: Timers,
): Signaling {
  let isClaimed = false
  const pause = (ms = RETRY_MS): Promise<void> => new Promise((resolve) => void timers.after(ms, resolve))
  return {
    ...signaling,
    async host(handlers, signal) {
      if (isClaimed) return signaling.host(handlers, signal)
      isClaimed = true
      if (heir) onAbort(signal, () => heir.close())
      let asStranger = 0
      for (let claims = 0; claims < MAX_CLAIMS || parted; claims++) {
        const outcome = heir ? await claimOf(heir, epoch, handlers) : 'not-found'
        if (typeof outcome !== 'string') return outcome
        signal?.throwIfAborted()
        const isOfAnother = outcome === 'replaced' || (parted && (outcome === 'host-lives' || outcome === 'no-heir'))
        if (isOfAnother) {
          heir?.close()
          throw new StarwireError('replaced', 'another page hosts this lobby')
        }
        if (outcome === 'not-found') break
        if (outcome === 'no-heir' && (right !== null || ++asStranger >= MAX_CLAIMS_AS_STRANGER)) break
        await pause(Math.min(RETRY_MS * 2 ** Math.max(0, asStranger - 1), LONGEST_RETRY_MS))
        signal?.throwIfAborted()
      }
      heir?.close()
      for (let tries = 0; right !== null && tries < MAX_CLAIMS; tries++) {
        const outcome = await takeBack(signaling, right, handlers, signal)
        if (!(outcome instanceof StarwireError)) return outcome
        if (outcome.reason !== 'signaling-down') throw outcome
        await pause()
        signal?.throwIfAborted()
      }
      throw new StarwireError('not-found', 'the lobby server does not let this page go on with the code')
    },
  }
}

async function claimOf(
  heir: HeirSignals,
  epoch: number,
  handlers: Parameters<Signaling['host']>[0],
): Promise<HostSignals | string> {
  try {
    return await heir.claim(epoch, handlers)
  } catch {
    // Dismissed meanwhile.
    return 'not-found'
  }
}

async function takeBack(
  signaling: Signaling,
  right: string,
  handlers: Parameters<Signaling['host']>[0],
  signal: AbortSignal | undefined,
): Promise<HostSignals | StarwireError> {
  try {
    return await signaling.host(handlers, signal, right)
  } catch (error) {
    signal?.throwIfAborted()
    return error instanceof StarwireError ? error : new StarwireError('signaling-down', String(error))
  }
}

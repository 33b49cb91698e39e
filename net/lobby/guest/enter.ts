/** From an open link to a lobby: hello, welcome, and a lobby object with a guest's role. */

import type { MediaWays } from '../../media/media-context.ts'
import { onAbort } from '../../platform/abort.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import type { GameShape } from '../../world/game-shape.ts'
import { LobbyObject } from '../lobby.ts'
import { greet } from './greet.ts'
import { GuestRole, type GuestRoleOptions } from './guest-role.ts'

export interface EnterOptions<G extends GameShape> extends GuestRoleOptions<G> {
  readonly code: string
  /** How pages connect for voice and video. Default: with what the page has, within one network. */
  readonly ways?: MediaWays
  /** What a new guest chooses. Default: nothing. */
  readonly choice?: PlainValues
  /** The token of the seat that this guest had. Default: none, they are new. */
  readonly resume?: string | null
  /** For a host that asks for one. Default: none. */
  readonly password?: string | null
  /** They come to watch. Default false. */
  readonly spectate?: boolean
  /** Aborts the greeting. A seat that is reserved for the token of `resume` stays reserved. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Says hello over an open link and waits for a seat.
 * @throws StarwireError (rejects) with the host's reason, or `host-silent`; the reason of `signal` when that aborts first.
 */
export function enterLobby<G extends GameShape>(options: EnterOptions<G>): Promise<LobbyObject<G>> {
  const { game, code, ways, link, name, choice, resume = null, password = null, spectate = false } = options
  const { signal, platform } = options
  return new Promise((resolve, reject) => {
    let stopAborting = (): void => {}
    const giveUp = greet(
      link,
      { game, name, resume, password, spectate, platform, ...(choice && { choice }) },
      {
        welcomed: (welcome) => {
          stopAborting()
          resolve(new LobbyObject<G>(game, code, (lobby) => new GuestRole(lobby, options, welcome), ways))
        },
        failed: (error) => {
          stopAborting()
          reject(error)
        },
      },
    )
    const aborted = (reason: unknown): void => {
      giveUp()
      reject(reason)
    }
    if (signal?.aborted) aborted(signal.reason)
    else stopAborting = onAbort(signal, aborted)
  })
}

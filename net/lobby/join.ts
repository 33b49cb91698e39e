/** `joinLobby`: the way of a guest's page into a lobby, over signalling, a star and the hello. */

import { StarwireError } from '../errors/starwire-error.ts'
import type { Game } from '../world/game.ts'
import type { GameShape } from '../world/game-shape.ts'
import { mediaWays } from './connect-options.ts'
import { isDevelopment, warnOnce } from './development.ts'
import { readResume } from './guest/resume-token.ts'
import type { JoinOptions } from './option-types.ts'
import { checkJoinOptions } from './options.ts'
import { PageRoles } from './page-roles.ts'
import { guestSide } from './sides.ts'
import type { Lobby } from './types.ts'

/**
 * Joins a lobby by its code, typed in any case. Ends within 20 s, one way or the other; with a `resume` that turns out
 * to be void, within 40 s.
 *
 * @throws StarwireError (rejects) with the reason: `bad-code`, `not-found`, `full`, `other-game`, `version-mismatch`,
 *   `locked`, `wrong-password`, `kicked`, `banned`, `host-silent`, `no-route`, `signaling-down`, `rate-limited` (with `retryAfterSeconds`), `server-full`, `refused-origin`;
 *   `no-webrtc`, before anything else, when this page cannot make connections. For `other-game` and `version-mismatch` its
 *   `detail` names both sides' game, version and hash.
 * @throws TypeError (rejects) when `name` or `resume` is no text, for an option that there is not or that is of a wrong kind.
 */

export async function joinLobby<G extends GameShape>(
  game: Game<G>,
  code: string,
  options: JoinOptions<G>,
): Promise<Lobby<G>> {
  checkJoinOptions(game, options)
  if (typeof code !== 'string') throw new StarwireError('bad-code')
  const { resume = null } = options
  const kept = resume === null ? null : readResume(resume)
  const ticket = kept?.ticket ?? null
  const { name, vetChat = null, mayHost = true } = options
  const { development = isDevelopment() } = options
  const warn = development ? warnOnce() : () => {}
  const roles = { game, connect: options, name, development, warn, mayHost, vetChat }
  const pages = new PageRoles<G>(roles, code, ticket)
  if (kept === null) return enter(pages, game, options, null)
  try {
    return await enter(pages, game, options, kept.token)
  } catch (error) {
    if (error instanceof StarwireError && error.reason === 'seat-lost') return enter(pages, game, options, null)
    throw error
  }
}

/** Dials, and says hello over the open link. `token`: of the seat that this page had; null: it is new. */
async function enter<G extends GameShape>(
  pages: PageRoles<G>,
  game: Game<G>,
  options: JoinOptions<G>,
  token: string | null,
): Promise<Lobby<G>> {
  const { onProgress, spectate = false, signal, password = null, choice } = options
  const kind = token !== null ? 'returner' : spectate ? 'spectator' : 'newcomer'
  const dialing = pages.dialer.dial(kind, { ...(onProgress && { onProgress }), ...(signal && { signal }) })
  const [{ enterLobby }, { link, code }] = await Promise.all([guestSide(), dialing]).catch((error: unknown) => {
    // The code could not be loaded: a link that still opens is of no use.
    dialing.then(({ link }) => link.close('left')).catch(() => {})
    throw error
  })
  return enterLobby<G>({
    ...pages.guestOptions,
    ...{ game, code, link, resume: token, password, spectate, signal },
    ways: mediaWays(options, () => pages.iceServers()),
    ...(choice && { choice }),
  })
}

/** `joinLobby`: the way of a guest's page into a lobby, over signalling, a star and the hello. */

import { StarwireError } from '../errors/starwire-error.ts'
import { abortable } from '../platform/abort.ts'
import { type Cancel, thisPage } from '../platform/platform.ts'
import { JOIN_DEADLINE_MS } from '../star/attempt.ts'
import type { JoinStarOptions } from '../star/join-star.ts'
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
  if (kept === null) return enterAsHostsChange(pages, game, options, null)
  try {
    return await enterAsHostsChange(pages, game, options, kept.token)
  } catch (error) {
    if (error instanceof StarwireError && error.reason === 'seat-lost') return enter(pages, game, options, null)
    throw error
  }
}

/** The next host has the code within this time, ms. */
const NEXT_HOST_MS = 1500
/** A host answers an offer within a second. For one that has died since, the server still lets guests come for some, ms. */
const ANSWER_MS = 5000
/** A second try is worth while for so long, ms: a join takes half a second, over relays some. */
const MIN_TRY_MS = 3000

/**
 * The host may leave or die just when this page comes. Then the connection ends before it is one, long before the deadline, and there is
 * another host a moment later. So this page tries again, once, in the time that is left.
 */
async function enterAsHostsChange<G extends GameShape>(
  pages: PageRoles<G>,
  game: Game<G>,
  options: JoinOptions<G>,
  token: string | null,
): Promise<Lobby<G>> {
  const { platform = thisPage, signal } = options
  const began = platform.now()
  try {
    return await enter(pages, game, options, token, { answerWithinMs: ANSWER_MS })
  } catch (error) {
    const leftMs = JOIN_DEADLINE_MS - (platform.now() - began) - NEXT_HOST_MS
    const isHostLost = error instanceof StarwireError && (error.reason === 'host-silent' || error.reason === 'no-route')
    if (!isHostLost || leftMs < MIN_TRY_MS || signal?.aborted) throw error
    let stopWaiting: Cancel = () => {}
    const pause = new Promise<void>((resolve) => {
      stopWaiting = platform.after(NEXT_HOST_MS, resolve)
    })
    await abortable(pause, signal).finally(() => stopWaiting())
    return enter(pages, game, options, token, { deadlineMs: leftMs })
  }
}

/** Dials, and says hello over the open link. `token`: of the seat that this page had; null: it is new. */
async function enter<G extends GameShape>(
  pages: PageRoles<G>,
  game: Game<G>,
  options: JoinOptions<G>,
  token: string | null,
  within: Pick<JoinStarOptions, 'deadlineMs' | 'answerWithinMs'> = {},
): Promise<Lobby<G>> {
  const { onProgress, spectate = false, signal, password = null, choice } = options
  const kind = token !== null ? 'returner' : spectate ? 'spectator' : 'newcomer'
  const how = { ...within, ...(onProgress && { onProgress }), ...(signal && { signal }) }
  const dialing = pages.dialer.dial(kind, how)
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

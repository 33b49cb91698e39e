/** `joinLobby`: the way of a guest's page into a lobby, over signalling, a star and the hello. */

import { StarwireError } from '../errors/starwire-error.ts'
import { type Platform, thisPage } from '../platform/platform.ts'
import { type JoinStarOptions, joinStar } from '../star/join-star.ts'
import type { Link } from '../transport/link.ts'
import type { Game } from '../world/game.ts'
import type { GameShape } from '../world/game-shape.ts'
import { browserName, withBrowser } from './admission/browser-mark.ts'
import { mediaWays, signalingOf, starOptions } from './connect-options.ts'
import { isDevelopment, warnOnce } from './development.ts'
import { readResume } from './guest/resume-token.ts'
import { explainRefusal, type JoinKind, joinNote } from './join-note.ts'
import type { JoinOptions } from './option-types.ts'
import { checkJoinOptions } from './options.ts'
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
  const joining = new Joining(game, code, options, kept?.ticket ?? null)
  if (kept === null) return joining.enter(null)
  try {
    return await joining.enter(kept.token)
  } catch (error) {
    if (error instanceof StarwireError && error.reason === 'seat-lost') return joining.enter(null)
    throw error
  }
}

/** A guest's dials into one lobby: the first, and those after a lost link. */
class Joining<G extends GameShape> {
  private readonly game: Game<G>
  private readonly options: JoinOptions<G>
  private readonly platform: Platform
  /** As the player typed it. Another code may have taken its place since; the browser keeps its name under this one. */
  private readonly typedCode: string
  private code: string
  /** From signalling, for the next dial into the lobby of `code`. */
  private ticket: string | null
  private iceServers: readonly RTCIceServer[] = []

  constructor(game: Game<G>, code: string, options: JoinOptions<G>, ticket: string | null) {
    this.game = game
    this.options = options
    this.platform = options.platform ?? thisPage
    this.typedCode = code
    this.code = code
    this.ticket = ticket
  }

  /** Dials, and says hello over the open link. `token`: of the seat that this page had; null: it is new. */
  async enter(token: string | null): Promise<Lobby<G>> {
    const { onProgress, spectate = false, signal, name, password = null, choice } = this.options
    const { development = isDevelopment() } = this.options
    const kind = token !== null ? 'returner' : spectate ? 'spectator' : 'newcomer'
    const dialing = this.dial(kind, { ...(onProgress && { onProgress }), ...(signal && { signal }) })
    const [{ enterLobby }, { link, code }] = await Promise.all([guestSide(), dialing]).catch((error: unknown) => {
      // The code could not be loaded: a link that still opens is of no use.
      dialing.then(({ link }) => link.close('left')).catch(() => {})
      throw error
    })
    return enterLobby<G>({
      ...{ game: this.game, code, link, name, resume: token, password, spectate, signal, platform: this.platform },
      ways: mediaWays(this.options, () => this.iceServers),
      ...(choice && { choice }),
      ticket: () => this.ticket,
      codeChanged: (renewed) => this.codeChanged(renewed),
      dial: async ({ stage, hostAway }) =>
        (await this.dial('returner', { onProgress: stage, onHostAway: hostAway })).link,
      warn: development ? warnOnce() : null,
    })
  }

  private async dial(kind: JoinKind, how: JoinStarOptions): Promise<{ readonly link: Link; readonly code: string }> {
    const { game, options, platform, ticket } = this
    const star = await joinStar(signalingOf(options), this.code, {
      info: withBrowser(joinNote(game, kind), browserName(this.typedCode, platform)),
      ticket,
      ...starOptions(options),
      ...how,
    }).catch((error: unknown) => {
      throw explainRefusal(error, game)
    })
    this.ticket = star.ticket
    this.iceServers = star.iceServers
    return star
  }

  private codeChanged(renewed: string): void {
    // The ticket is for the lobby of the old code.
    if (renewed !== this.code) this.ticket = null
    this.code = renewed
  }
}

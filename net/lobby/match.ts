/** A match on this page: the client of its own player and, on the host's page, the host, both on one worker clock. */

import type { Platform } from '../platform/platform.ts'
import { ClientRunner } from '../runtime/client-runner.ts'
import { HostRunner } from '../runtime/host-runner.ts'
import { type People, sessionFace } from '../runtime/session-face.ts'
import { ClientSession } from '../session/client.ts'
import { HostSession } from '../session/host.ts'
import type { Session } from '../session/types.ts'
import type { Link } from '../transport/link.ts'
import type { Reason } from '../wire/reasons.ts'
import type { Game } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'
import type { GameShape } from '../world/types.ts'

/** What everybody in a match has to know alike. */
export interface MatchStart {
  readonly epoch: number
  readonly seed: number
  readonly options: Readonly<Record<string, unknown>>
}

/** What the host's side needs besides. */
export interface HostingOptions {
  readonly secret: readonly number[]
  readonly development: boolean
  readonly fairHost: boolean
  readonly warn: (problem: string) => void
  failed(error: unknown): void
  hostile(player: PlayerId): void
}

export interface MatchOptions<G extends GameShape> {
  readonly game: Game<G>
  readonly me: PlayerId
  /** From this page's client to the host. */
  readonly link: Link
  readonly start: MatchStart
  /** Hears what the developer's checks of the client find; null: they do not run. */
  readonly warn: ((problem: string) => void) | null
  /** Null on a guest's page. */
  readonly hosting: HostingOptions | null
  readonly people: People
  readonly platform: Platform
}

export interface Match<G extends GameShape> {
  readonly epoch: number
  readonly session: Session<G>
  readonly client: ClientRunner
  readonly host: HostRunner | null
  /** The link was lost: everything stands still for this player until `resume`. */
  suspend(): void
  /** This player goes on over another link. */
  resume(link: Link, start: MatchStart): void
  stop(reason: Reason | null): void
}

export function startMatch<G extends GameShape>(options: MatchOptions<G>): Match<G> {
  const { game, me, link, start, warn, hosting, people, platform } = options
  const host = hosting && newHost(options, hosting)
  const client = new ClientRunner(new ClientSession({ game, me, ...start, ...(warn ? { warn } : {}) }), link)
  const clock = platform.startClock(game.tickRate, (now) => {
    host?.tick(now)
    client.tick(now)
  })
  return {
    epoch: start.epoch,
    session: sessionFace<G>(client, host, () => platform.now(), people),
    client,
    host,
    suspend: () => client.suspend(),
    resume: (next, { epoch }) => client.rebase({ link: next, epoch }),
    stop(reason) {
      clock.stop()
      client.finish(reason)
    },
  }
}

function newHost<G extends GameShape>(
  { game, me, start, platform }: MatchOptions<G>,
  { secret, development, fairHost, warn, failed, hostile }: HostingOptions,
): HostRunner {
  const fairPlayer = fairHost ? me : null
  const stopwatch = (): number => platform.now()
  const session = new HostSession({ game, ...start, secret, development, fairPlayer, warn, stopwatch })
  return new HostRunner(session, { failed, hostile })
}

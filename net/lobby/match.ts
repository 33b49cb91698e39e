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

export interface HostSide {
  readonly secret: readonly number[]
  readonly development: boolean
  readonly fairHost: boolean
  readonly warn: (problem: string) => void
  failed(error: unknown): void
  hostile(player: PlayerId): void
}

export interface Match<G extends GameShape> {
  readonly session: Session<G>
  readonly client: ClientRunner
  readonly host: HostRunner | null
  /** The link was lost: everything stands still for this player until `resume`. */
  suspend(): void
  /** This player goes on over another link. */
  resume(link: Link, start: MatchStart): void
  stop(reason: Reason | null): void
}

export function startMatch<G extends GameShape>(
  game: Game<G>,
  me: PlayerId,
  link: Link,
  start: MatchStart,
  warn: ((problem: string) => void) | null,
  hostSide: HostSide | null,
  platform: Platform,
  people?: People,
): Match<G> {
  const host = hostSide
    ? new HostRunner(
        new HostSession({
          game,
          ...start,
          secret: hostSide.secret,
          development: hostSide.development,
          fairPlayer: hostSide.fairHost ? me : null,
          warn: hostSide.warn,
          stopwatch: () => platform.now(),
        }),
        { failed: hostSide.failed, hostile: hostSide.hostile },
      )
    : null
  const newSession = (begun: MatchStart): ClientSession =>
    new ClientSession({ game, me, ...begun, ...(warn ? { warn } : {}) })
  const client = new ClientRunner(newSession(start), link)
  const clock = platform.startClock(game.tickRate, (now) => {
    host?.tick(now)
    client.tick(now)
  })
  return {
    session: sessionFace<G>(client, host, () => platform.now(), people),
    client,
    host,
    suspend: () => client.suspend(),
    resume: (next, begun) => client.resume(newSession(begun), next),
    stop(reason) {
      clock.stop()
      client.finish(reason)
    },
  }
}

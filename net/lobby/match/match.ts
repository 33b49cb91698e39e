/**
 * A match on this page: the client of its player and, while this page hosts, the host's session. One worker clock ticks both. The match
 * outlives its host: another page may host it from some epoch on, or this one.
 */

import type { Platform } from '../../platform/platform.ts'
import { ClientRunner } from '../../runtime/client-runner.ts'
import type { HostRunner } from '../../runtime/host-runner.ts'
import { Pace } from '../../runtime/pace.ts'
import { type People, sessionFace } from '../../runtime/session-face.ts'
import { ClientSession } from '../../session/client.ts'
import type { Rebase } from '../../session/client-options.ts'
import type { HeadlessSession, Session } from '../../session/types.ts'
import type { Link } from '../../transport/link.ts'
import type { Reason } from '../../wire/reasons.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import type { AnyGame, Game } from '../../world/game.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import { MAX_CUTS } from './match-cuts.ts'

/** What all pages of a match begin with, the same on each. */
export interface MatchStart {
  /** In which the match began. It names the match, whoever hosts it later. */
  readonly epoch: number
  readonly seed: number
  readonly options: PlainValues
  readonly settings: PlainValues
}

/** The host's part of a match. An argument, so that a guest's page does not load its code. */
export interface MatchHost {
  readonly runner: HostRunner
  /** The session of a host without a player of its own. */
  headless(people: People, now: () => number, ended: Promise<Reason | null>): HeadlessSession
}

/** The player of this page, who is a client of the host like any other. */
export interface PlayerOptions {
  readonly me: PlayerId
  /** Whether they only watch. */
  readonly spectating: boolean
  /** From this page's client to the host. */
  readonly link: Link
  /** Called with problems that the client's checks for developers find; null: the checks do not run. */
  readonly warn: ((problem: string) => void) | null
}

export interface MatchOptions<G extends GameShape> {
  readonly game: Game<G>
  readonly start: MatchStart
  /** Of the lobby now, for who comes into a match that other pages have hosted before. Default: that of the start. */
  readonly epoch?: number
  /** Null on a host without a player of its own. */
  readonly player: PlayerOptions | null
  /** Null on a guest's page. */
  readonly host: MatchHost | null
  readonly people: People
  readonly platform: Platform
}

/** Where another host goes on with a match. */
export type MatchCut = Required<Rebase>

export interface Match<G extends GameShape> {
  readonly start: MatchStart
  /** Of the host that this page takes part with. */
  readonly epoch: number
  /** On a host without a player it is a `HeadlessSession`; `createLobby` has the type for it. */
  readonly session: Session<G>
  /** Null on a host without a player of its own. */
  readonly client: ClientRunner | null
  /** The changes of host that this page knows of, oldest first. */
  readonly cuts: readonly MatchCut[]
  /** Null while another page hosts. */
  readonly host: HostRunner | null
  /** Whether this page keeps up with the match. */
  readonly pace: Pace
  /** The link was lost: everything stands still for this player until `resume`. */
  suspend(): void
  /** This player goes on over another link to the same host. */
  resume(link: Link): void
  /** This player goes on with another host. */
  follow(link: Link, cut: MatchCut, host: PlayerId | null): void
  /** This page's player has gone on so by itself. */
  followed(cut: MatchCut): void
  /** This page hosts the match from now on (and `follow` tells its own player), or does no longer. */
  setHost(host: MatchHost | null): void
  stop(reason: Reason | null): void
}

export function startMatch<G extends GameShape>(options: MatchOptions<G>): Match<G> {
  const { game, start, player, host, people, platform } = options
  let { epoch = start.epoch } = options
  let runner = host?.runner ?? null
  const cuts: MatchCut[] = []
  const followed = (cut: MatchCut): void => {
    epoch = cut.epoch
    cuts.push(cut)
    if (cuts.length > MAX_CUTS) cuts.shift()
  }
  const client = player && newClient(game, { ...start, epoch }, player)
  const pace = new Pace(game.tickRate)
  const clock = platform.startClock(game.tickRate, (now) => {
    const began = platform.now()
    if (runner) runner.session.sending.isSparing = pace.level !== 'steady'
    if (runner?.mayRun?.() ?? true) runner?.tick(now)
    client?.tick(now)
    pace.note(now, platform.now() - began)
  })
  const now = (): number => platform.now()
  let end: (reason: Reason | null) => void = () => {}
  const ended = new Promise<Reason | null>((resolve) => {
    end = resolve
  })
  return {
    start,
    get epoch() {
      return epoch
    },
    session: client
      ? sessionFace<G>(client, () => runner, now, people)
      : (host?.headless(people, now, ended) as unknown as Session<G>),
    client,
    cuts,
    pace,
    get host() {
      return runner
    },
    suspend: () => client?.suspend(),
    resume: (link) => client?.rebase({ link, epoch }),
    follow(link, cut, host) {
      followed(cut)
      client?.rebase({ link, host, ...cut })
    },
    followed,
    setHost(next) {
      runner = next?.runner ?? null
    },
    stop(reason) {
      clock.stop()
      client?.finish(reason)
      end(reason)
    },
  }
}

function newClient(game: AnyGame, start: MatchStart, { me, spectating, link, warn }: PlayerOptions): ClientRunner {
  return new ClientRunner(new ClientSession({ game, me, spectating, ...start, ...(warn ? { warn } : {}) }), link)
}

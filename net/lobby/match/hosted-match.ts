/**
 * One match as the host runs it: the authoritative session, and the host's own player, who is an ordinary client over a loopback link.
 * Guests are brought in at the start or later. Their packets go to the session by their player id.
 */

import type { HeirReceiver } from '../../migration/heir-receiver.ts'
import type { Platform } from '../../platform/platform.ts'
import { headlessFace } from '../../runtime/headless-face.ts'
import { HostRunner } from '../../runtime/host-runner.ts'
import type { People } from '../../runtime/session-face.ts'
import { takeOver } from '../../runtime/take-over.ts'
import { HostSession } from '../../session/host.ts'
import type { HostOptions, NewMinds } from '../../session/host-options.ts'
import type { Link, LinkCloseReason } from '../../transport/link.ts'
import { loopbackPair } from '../../transport/loopback.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import type { Game } from '../../world/game.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { MatchSetup, RunningMatch } from '../game-values.ts'
import type { GuestPeer } from '../host/guest-peer.ts'
import type { RosterEntry } from '../messages.ts'
import { type Match, type MatchStart, startMatch } from './match.ts'

/** A match that another page has hosted until now. */
export interface GoingOn<G extends GameShape> {
  readonly match: Match<G>
  /** The lobby's epoch from now on. */
  readonly epoch: number
  /** The world of the host before, as this page was told it. */
  readonly heir: HeirReceiver
  /** The newest tick that the host before ran, as far as that is known. */
  readonly upTo: number
  /** Players whose pages are gone: nobody waits for their inputs. */
  readonly away: readonly PlayerId[]
}

export interface HostedMatchOptions<G extends GameShape> {
  readonly game: Game<G>
  /** The host's own player; null when it has none. */
  readonly me: PlayerId | null
  /** Whether the host's own player only watches. */
  readonly spectating: boolean
  readonly start: MatchStart
  readonly secret: readonly number[]
  readonly development: boolean
  readonly fairHost: boolean
  readonly newMinds: NewMinds | null
  readonly warn: (problem: string) => void
  readonly people: People
  readonly platform: Platform
  /** What a player chose in the lobby. */
  choiceOf(player: PlayerId): PlainValues
  /** The rules threw: the match cannot go on for anybody. */
  failed(error: unknown): void
  /** A player sends malformed packets: drop their link. */
  hostile(player: PlayerId): void
}

interface OwnLink {
  readonly me: PlayerId
  readonly hostEnd: Link
  readonly clientEnd: Link
}

function ownLink(me: PlayerId): OwnLink {
  const [hostEnd, clientEnd] = loopbackPair()
  return { me, hostEnd, clientEnd }
}

function sessionOptions<G extends GameShape>(options: HostedMatchOptions<G>): HostOptions {
  const { game, me, start, secret, development, fairHost, newMinds, warn, platform } = options
  const own = { fairPlayer: fairHost ? me : null, headless: me === null }
  const stopwatch = (): number => platform.now()
  return { game, ...start, ...own, secret, development, newMinds, warn, stopwatch }
}

/** How a match begins on its host's page: anew, or where the host before left it. */
interface Beginning<G extends GameShape> {
  readonly match: Match<G>
  readonly host: HostRunner
  readonly own: OwnLink | null
}

export class HostedMatch<G extends GameShape> {
  readonly match: Match<G>
  private readonly start: MatchStart
  private readonly host: HostRunner
  private readonly platform: Platform
  private readonly choiceOf: (player: PlayerId) => PlainValues
  /** The host's end of its own player's link. */
  private readonly ownEnd: Link | null
  private own: PlayerId | null = null

  /** A match that starts. */
  static begin<G extends GameShape>(options: HostedMatchOptions<G>): HostedMatch<G> {
    const { game, me, spectating, start, people, platform, development, warn, choiceOf } = options
    const own = me === null ? null : ownLink(me)
    const runner = new HostRunner(new HostSession(sessionOptions(options)), options)
    const player = own && { me: own.me, spectating, link: own.clientEnd, warn: development ? warn : null }
    const host = { runner, headless: headlessFace.bind(null, runner) }
    const match = startMatch({ game, start, player, people, platform, host })
    const hosted = new HostedMatch(options, { match, host: runner, own })
    if (own) runner.attach(own.me, own.hostEnd, choiceOf(own.me), spectating)
    return hosted
  }

  /** A match that another page has hosted until now. Null: its world cannot be gone on with. */
  static goOn<G extends GameShape>(options: HostedMatchOptions<G>, goesOn: GoingOn<G>): HostedMatch<G> | null {
    const { match, epoch, heir, upTo, away } = goesOn
    const { client } = match
    if (options.me === null || !client) return null
    const own = ownLink(options.me)
    const { secret: _, ...host } = { ...sessionOptions(options), epoch }
    const now = options.platform.now()
    const taken = takeOver({ heir, client, own, host, handlers: options, now, upTo, away })
    if (typeof taken === 'string') return null
    const { host: runner, rebase } = taken
    match.followed(rebase)
    match.setHost({ runner, headless: headlessFace.bind(null, runner) })
    return new HostedMatch(options, { match, host: runner, own })
  }

  private constructor(options: HostedMatchOptions<G>, { match, host, own }: Beginning<G>) {
    this.start = options.start
    this.platform = options.platform
    this.choiceOf = options.choiceOf
    this.ownEnd = own?.hostEnd ?? null
    this.match = match
    this.host = host
    if (own) this.listenToOwnPlayer(own, options)
  }

  private listenToOwnPlayer({ me, hostEnd, clientEnd }: OwnLink, { failed }: HostedMatchOptions<G>): void {
    const { client } = this.match
    this.own = me
    const onState = (receive: (bytes: Uint8Array) => void) => ({
      message: (lane: string, bytes: Uint8Array) => lane === 'state' && receive(bytes),
      closed: () => {},
    })
    hostEnd.listen(onState((bytes) => this.receive(this.own ?? me, bytes)))
    clientEnd.listen(onState((bytes) => client?.receive(bytes, this.platform.now())))
    client?.ended.then((reason) => {
      // The rules threw for the host's own player: the page that runs the match cannot go on.
      if (reason === 'rules-failed') failed(client.session.failure)
    })
  }

  /** The match goes on in a higher epoch, with its players seated. Guests are sent nothing until they are brought in again. */
  raise(epoch: number): void {
    const { match, host, own, ownEnd } = this
    host.session.raise(epoch)
    const { tick, nextRefereeId } = host.session.world
    const cut = { epoch, tick, nextRefereeId, shiftTicks: 0 }
    const { client } = match
    if (!client || own === null || !ownEnd) return match.followed(cut)
    host.attach(own, ownEnd, undefined, client.session.spectating)
    match.follow(client.link, cut, own)
  }

  /** What a guest who comes has to know of the match to take part, or to go on. */
  get running(): RunningMatch {
    return { ...this.setup, since: this.start.epoch, cuts: [...this.match.cuts] }
  }

  /** The players of the match, those included whom nobody plays now. */
  get players(): readonly PlayerId[] {
    return [...this.host.session.clients.keys()]
  }

  /** What a guest has to know when the match starts. */
  get setup(): MatchSetup {
    // Read from the world, where they are complete, in range and on the grid, whatever the developer gave.
    const { options, settings } = this.host.session.world
    return { seed: this.start.seed, options, settings }
  }

  /** A guest with a seat takes part. They have been told the setup before. */
  bringIn({ player, link }: GuestPeer, spectates: boolean): void {
    if (player !== null) this.host.attach(player, link, this.choiceOf(player), spectates)
  }

  /** Moves a guest to another seat, to watch or to play. Returns the newest tick: snapshots of later ones are for the new seat. */
  reseat(from: PlayerId, to: PlayerId, spectates: boolean): number {
    this.host.reseat(from, to, spectates, this.choiceOf(to))
    return this.host.session.world.tick
  }

  /** Moves the host's own player. */
  reseatOwn(to: PlayerId, spectates: boolean): void {
    if (this.own === null) return
    const tick = this.reseat(this.own, to, spectates)
    this.own = to
    this.match.client?.reseat({ me: to, spectating: spectates, tick })
  }

  /** Whether the match has this player, also while they are away. */
  plays(player: PlayerId): boolean {
    return this.host.session.clients.has(player)
  }

  /** A bot takes part from now on, until `remove`. */
  bringInBot({ id, bot, choice }: RosterEntry): void {
    if (bot) this.host.addBot(id, bot, choice)
  }

  /** State-lane bytes of a seated player. */
  receive(player: PlayerId, bytes: Uint8Array): void {
    this.host.receive(player, bytes, this.platform.now())
  }

  /** A player's link is gone; the entities stay. */
  detach(player: PlayerId, link: Link): void {
    this.host.detach(player, link)
  }

  /** A player has not come to this host. */
  detachAbsent(player: PlayerId): void {
    this.host.detach(player)
  }

  /** A player's seat is free. The rules remove what is theirs. */
  remove(player: PlayerId): void {
    this.host.remove(player)
  }

  /** Ends the link of the host's own player, once the match is over. */
  close(reason: LinkCloseReason): void {
    this.ownEnd?.close(reason)
  }
}

/**
 * The matches of the lobby on the host's page, one at a time. The host's player starts and finishes them, all are told, and every member
 * takes part. A {@link HostedMatch} is one of them as the host runs it.
 */
import type { Chance } from '../../platform/platform.ts'
import { showError } from '../../platform/show-error.ts'
import type { NewMinds } from '../../session/host-options.ts'
import type { Link, LinkCloseReason } from '../../transport/link.ts'
import { decodePacket, isDefect, PacketKind } from '../../wire/packet.ts'
import type { PlainValues } from '../../world/complete-values.ts'
import type { Game } from '../../world/game.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { RunningMatch } from '../game-values.ts'
import type { GuestPeer } from '../host/guest-peer.ts'
import type { HostContext } from '../host/host-context.ts'
import type { LobbyObject } from '../lobby.ts'
import type { RosterEntry } from '../messages.ts'
import type { Outcome } from '../role.ts'
import { type GoingOn, HostedMatch, type HostedMatchOptions } from './hosted-match.ts'
import type { MatchStart } from './match.ts'

export interface HostMatchesOptions<G extends GameShape> {
  readonly game: Game<G>
  readonly lobby: LobbyObject<G>
  /** The game's options, as the developer gave them. */
  readonly gameOptions: PlainValues
  readonly development: boolean
  readonly fairHost: boolean
  /** The code that plays for bots; null: bots give no input. */
  readonly newMinds: NewMinds | null
  readonly warn: (problem: string) => void
  /** Tells all with a system line of the chat. */
  announce(what: 'match-started' | 'match-over'): void
  /** False while this page stands still: it hears too few of its guests, and another page may host. */
  mayStart(): boolean
  /** The rules threw: the lobby is over. */
  failed(): void
}

export class HostMatches<G extends GameShape> {
  private readonly context: HostContext
  private readonly options: HostMatchesOptions<G>
  private hosted: HostedMatch<G> | null = null
  /** The epoch of the last match that is over; 0 before. */
  private endedEpoch = 0

  constructor(context: HostContext, options: HostMatchesOptions<G>) {
    this.context = context
    this.options = options
  }

  get playing(): boolean {
    return this.hosted !== null
  }

  /** What a guest has to know of the running match to take part; null when none runs. */
  get running(): RunningMatch | null {
    return this.hosted?.running ?? null
  }

  /** Whether the match that runs has this player. */
  plays(player: PlayerId): boolean {
    return this.hosted?.plays(player) ?? false
  }

  start(): Outcome {
    if (this.hosted) return 'already-playing'
    if (!this.options.mayStart()) return 'reconnecting'
    const { members, seating, news } = this.context
    const { lobby } = this.options
    // Changes that still wait are told before the start: the match is played with them.
    news.tellAll()
    const epoch = lobby.epoch + 1
    const hosted = this.newMatch(epoch)
    this.hosted = hosted
    lobby.play(hosted.match)
    // In the roster's order, bots among people: rules that deal by order deal what the lobby has shown.
    for (const entry of members.roster.entries) {
      const peer = seating.peerOf(entry.id)
      peer?.tell({ kind: 'start', epoch, ...hosted.setup })
      if (peer) this.bringIn(peer)
      else hosted.bringInBot(entry)
    }
    this.options.announce('match-started')
    return null
  }

  private newMatch(epoch: number): HostedMatch<G> {
    const { lobby, gameOptions } = this.options
    const [seed = 0, ...secret] = randomNumbers(5, this.context.platform)
    return HostedMatch.begin(this.optionsOf({ epoch, seed, options: gameOptions, settings: lobby.settings }, secret))
  }

  /** The match of this page goes on here, where another page hosted it. When it cannot, it is over. */
  takeOver(goesOn: GoingOn<G>): void {
    const { members } = this.context
    const { lobby } = this.options
    // What chance the rules have is part of the world that goes on.
    const hosted = HostedMatch.goOn(this.optionsOf(goesOn.match.start, [1, 2, 3, 4]), goesOn)
    this.hosted = hosted
    if (!hosted) return lobby.matchIsOver()
    for (const player of hosted.players) if (!members.roster.has(player)) hosted.remove(player)
    for (const entry of members.roster.entries) if (!hosted.plays(entry.id)) hosted.bringInBot(entry)
  }

  /** This host goes on in a higher epoch. Guests take part again once they are brought in. */
  raise(epoch: number): void {
    this.hosted?.raise(epoch)
  }

  /** Those of these players who have not come to this host by now are away for the rules, and their inputs are not waited for. Default: of all. */
  detachAbsent(of: Iterable<PlayerId> = this.hosted?.players ?? []): void {
    const { members, seating } = this.context
    for (const player of of)
      if (player !== members.me && !members.roster.get(player)?.bot && !seating.peerOf(player))
        this.hosted?.detachAbsent(player)
  }

  private optionsOf(start: MatchStart, secret: readonly number[]): HostedMatchOptions<G> {
    const { members, seating, platform } = this.context
    const { lobby, game, development, fairHost, newMinds, warn } = this.options
    const { me, roster } = members
    return {
      ...{ game, me, spectating: members.watches(me), secret, development, fairHost, newMinds, warn, platform, start },
      people: lobby.people,
      choiceOf: (player) => roster.get(player)?.choice ?? {},
      failed: (error) => this.fail(error),
      hostile: (player) => seating.peerOf(player)?.link.close('kicked'),
    }
  }

  private fail(error: unknown): void {
    if (!this.options.lobby.end('rules-failed', String(error))) return
    showError(error)
    this.options.failed()
  }

  finish(): Outcome {
    const { hosted } = this
    const { lobby, announce } = this.options
    if (!hosted) return 'not-playing'
    this.hosted = null
    this.endedEpoch = lobby.epoch
    this.context.seating.tellAll({ kind: 'finish', epoch: lobby.epoch })
    hosted.close('left')
    lobby.matchIsOver()
    announce('match-over')
    return null
  }

  /** A guest who sits takes part in the match that runs, if one does. */
  bringIn(peer: GuestPeer): void {
    this.hosted?.bringIn(peer, this.context.members.watches(peer.player))
  }

  bringInBot(bot: RosterEntry): void {
    this.hosted?.bringInBot(bot)
  }

  /** State-lane bytes of a guest. Returns false for what no honest page sends now. */
  receive({ player }: GuestPeer, bytes: Uint8Array): boolean {
    if (player === null || !this.hosted) return this.isOfEndedMatch(bytes)
    this.hosted.receive(player, bytes)
    return true
  }

  /** Inputs for a match that is over, from pages that have not heard of its end yet. Before the first match nobody has any to send. */
  private isOfEndedMatch(bytes: Uint8Array): boolean {
    const packet = decodePacket(bytes)
    return !isDefect(packet) && packet.kind === PacketKind.input && packet.epoch <= this.endedEpoch
  }

  /** Moves a guest to another seat, to watch or to play. Returns the newest tick: snapshots of later ones are for the new seat. */
  reseat(from: PlayerId, to: PlayerId, spectates: boolean): number {
    return this.hosted?.reseat(from, to, spectates) ?? 0
  }

  /** Moves the host's own player. */
  reseatOwn(to: PlayerId, spectates: boolean): void {
    this.hosted?.reseatOwn(to, spectates)
  }

  /** A player's link is gone. Their entities stay. */
  detach(player: PlayerId, link: Link): void {
    this.hosted?.detach(player, link)
  }

  /** A player's seat is free. The rules remove what is theirs. */
  remove(player: PlayerId): void {
    this.hosted?.remove(player)
  }

  /** The lobby is over, or this page hosts it no more. */
  close(reason: LinkCloseReason): void {
    this.hosted?.close(reason)
  }
}

/** Whole numbers from 0 to 2^32 − 1. */
function randomNumbers(count: number, chance: Chance): number[] {
  return Array.from(new Uint32Array(chance.randomBytes(4 * count).buffer))
}

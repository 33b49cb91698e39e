/**
 * The matches of the lobby on a guest's page. The host tells when one starts and ends; this page's player is a client in it. In:
 * messages of the host, state-lane bytes. Out: the lobby's match.
 *
 * Invariant: epochs rise. A message with an older one comes from an earlier host, and changes nothing.
 */
import type { Platform } from '../../platform/platform.ts'
import { showError } from '../../platform/show-error.ts'
import type { Link } from '../../transport/link.ts'
import { countDefect } from '../../wire/packet.ts'
import type { Game } from '../../world/game.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { PlayerId } from '../../world/ids.ts'
import { type RunningMatch, readSetup, type Welcome } from '../game-values.ts'
import type { HostMessageHandlers } from '../guest/host-message-handlers.ts'
import type { LobbyObject } from '../lobby.ts'
import { type Match, type MatchCut, type MatchStart, startMatch } from './match.ts'

/**
 * Where a page goes on that took part in an epoch before: at the oldest of the cuts that it has missed. Null: it has missed none. Of a
 * change of which the host tells no cut, a page keeps nothing.
 */
function cutAfter(before: number, epoch: number, cuts: readonly MatchCut[]): MatchCut | null {
  if (epoch <= before) return null
  const missed = cuts.filter((cut) => cut.epoch > before && cut.epoch <= epoch)
  if (missed.length === 0) return { epoch, tick: 0, nextRefereeId: 0, shiftTicks: 0 }
  return {
    epoch,
    tick: Math.min(...missed.map(({ tick }) => tick)),
    nextRefereeId: Math.min(...missed.map(({ nextRefereeId }) => nextRefereeId)),
    shiftTicks: missed.reduce((sum, { shiftTicks }) => sum + shiftTicks, 0),
  }
}

/** After so many malformed packets the guest leaves. An honest host sends none. */
const MAX_MALFORMED = 100

export interface GuestMatchesOptions<G extends GameShape> {
  readonly game: Game<G>
  readonly lobby: LobbyObject<G>
  readonly platform: Platform
  /** Called with problems that the client's checks for developers find; null: the checks do not run. */
  readonly warn: ((problem: string) => void) | null
  /** This page's member. */
  readonly members: { readonly me: PlayerId; readonly watches: boolean }
  /** The link to the host, as it is now. */
  link(): Link
  /** Whether the host is asked for another seat and has not answered. */
  awaitsSeat(): boolean
  /** A match has begun on this page. */
  began(match: Match<G>): void
  /** The rules threw on this page, which ends the lobby here. Returns false when it was over before. */
  failed(error: string): boolean
}

export class GuestMatches<G extends GameShape> {
  readonly handlers = {
    start: ({ epoch, ...told }) => {
      const { lobby, game } = this.options
      const setup = !lobby.match && epoch > lobby.epoch ? readSetup(game, told) : null
      if (setup) this.play({ ...setup, epoch })
      return setup !== null
    },
    finish: ({ epoch }) => {
      const { lobby } = this.options
      if (epoch !== lobby.match?.epoch) return false
      lobby.matchIsOver()
      return true
    },
  } satisfies Partial<HostMessageHandlers>
  private readonly options: GuestMatchesOptions<G>

  constructor(options: GuestMatchesOptions<G>) {
    this.options = options
  }

  /** `epoch`: of the lobby, when the match is under way. */
  private play(start: MatchStart, epoch = start.epoch): void {
    const { game, lobby, platform, warn, members, awaitsSeat } = this.options
    const link = this.options.link()
    const player = { me: members.me, spectating: members.watches, link, warn }
    const match = startMatch({ game, start, epoch, player, host: null, people: lobby.people, platform })
    const { client } = match
    if (awaitsSeat()) client?.awaitSeat()
    client?.ended.then((reason) => {
      // The rules threw on this page alone: it leaves, the others play on.
      if (reason !== 'rules-failed' || !this.options.failed(String(client.session.failure))) return
      showError(client.session.failure)
      this.options.link().close('left')
    })
    lobby.play(match)
    this.options.began(match)
  }

  /** Goes on as a welcome says: in the same match, a newer one, or none. `seatBefore`: this page's seat until now. */
  goOn({ epoch, match: running }: Welcome, seatBefore: PlayerId): void {
    const { lobby } = this.options
    const { match } = lobby
    if (running && match?.start.epoch === running.since) {
      lobby.epoch = epoch
      return this.goOnInMatch(match, epoch, running, seatBefore)
    }
    lobby.matchIsOver()
    lobby.epoch = epoch
    if (!running) return lobby.enter('lobby')
    const { since, cuts: _, ...setup } = running
    this.play({ epoch: since, ...setup }, epoch)
  }

  private goOnInMatch(match: Match<G>, epoch: number, { cuts }: RunningMatch, seatBefore: PlayerId): void {
    const { lobby, members } = this.options
    const link = this.options.link()
    const { me, watches: spectating } = members
    const cut = cutAfter(match.epoch, epoch, cuts)
    if (cut) match.follow(link, cut, lobby.roster.find((member) => member.host)?.id ?? null)
    if (me !== seatBefore) match.client?.reseat({ me, spectating, tick: -1, link })
    else if (!cut) match.resume(link)
    lobby.enter('playing')
  }

  /** State-lane bytes of the host. */
  receive(bytes: Uint8Array): void {
    const client = this.options.lobby.match?.client
    if (!client) return
    client.receive(bytes, this.options.platform.now())
    const { packet = 0, snapshot = 0 } = client.session.malformed
    if (packet + snapshot >= MAX_MALFORMED) this.options.link().close('left')
  }

  /** The host has sent more than any honest one does. */
  countFlood(): void {
    const { malformed } = this.options.lobby.match?.client?.session ?? {}
    if (malformed) countDefect(malformed, 'flood')
  }
}

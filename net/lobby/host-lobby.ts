/**
 * The host's lobby: who may come in, who sits where, when it starts. Guests come as links, so that a test can bring
 * its own; `create.ts` brings those of a star. The host's own player is a client over a loopback link.
 */

import { TokenBucket } from '../congestion/token-bucket.ts'
import { StarwireError } from '../errors/starwire-error.ts'
import type { Cancel, Platform } from '../platform/platform.ts'
import { showError } from '../platform/show-error.ts'
import type { Link, LinkCloseReason } from '../transport/link.ts'
import { loopbackPair } from '../transport/loopback.ts'
import type { Reason } from '../wire/reasons.ts'
import { type Game, sameHash } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'
import type { GameShape } from '../world/types.ts'
import { admittedAs } from './admission.ts'
import { KickedOut } from './kicked-out.ts'
import { LobbyBase } from './lobby-base.ts'
import { type MatchStart, startMatch } from './match.ts'
import { decodeGuestMessage, encodeMessage, type GuestMessage, type HostMessage } from './messages.ts'
import { Reservations } from './reservations.ts'
import { Roster } from './roster.ts'
import type { CodeState, Refusal } from './types.ts'

/** A guest whose link is open has this long to say hello. */
const HELLO_DEADLINE_MS = 5000
/**
 * Before the match, a seat waits so long for a page that went: a reload takes a few seconds, nothing is lost with the seat,
 * and most who go there have closed the page. In the match, a ship is worth the full time.
 */
const RELOAD_SECONDS_BEFORE_MATCH = 15
/** Messages of one guest that make no sense before he is dropped. */
const MAX_NONSENSE = 20
/** Lobby messages of one guest: so many at once, refilled at so many a second. Nobody clicks faster. */
const MESSAGE_BURST = 30
const MESSAGES_PER_SECOND = 10

export interface HostLobbyOptions<G extends GameShape> {
  readonly game: Game<G>
  readonly code: string
  readonly name: string
  readonly maxPlayers: number
  readonly match: MatchStart
  readonly secret: readonly number[]
  /** How long the seat of a guest whose link is lost is kept; 0 frees it at once. */
  readonly resumeSeconds: number
  readonly development: boolean
  readonly fairHost?: boolean
  readonly warn: (problem: string) => void
  /** Takes a new code. Default: there is none to be had, the lobby keeps the one it has. */
  readonly renewCode?: () => Promise<string>
  /** The lobby is over: close the star with this reason. */
  readonly closed: (reason: LinkCloseReason) => void
  readonly platform: Platform
}

interface Guest {
  readonly link: Link
  /** What the guest's browser calls itself in this lobby; null when it does not say. */
  readonly browser: string | null
  id: PlayerId | null
  nonsense: number
  readonly messages: TokenBucket
  stopTimer: Cancel
}

export class HostLobby<G extends GameShape> extends LobbyBase<G> {
  readonly maxPlayers: number
  readonly hosting = true
  readonly me: PlayerId
  private readonly options: HostLobbyOptions<G>
  private readonly seats: Roster
  private readonly held: Reservations
  private readonly guests = new Set<Guest>()
  private readonly kickedOut = new KickedOut()
  /** The browser of each seat, also of those who are away. */
  private readonly browsers = new Map<PlayerId, string>()
  private readonly ownLink: Link
  private readonly ownEnd: Link

  constructor(options: HostLobbyOptions<G>) {
    super(options.code)
    this.options = options
    this.maxPlayers = options.maxPlayers
    this.seats = new Roster(options.maxPlayers)
    this.held = new Reservations(options.resumeSeconds, options.platform)
    const own = this.seats.add(options.name, true)
    if (!own) throw new RangeError('A lobby has a seat for its host at least.')
    this.me = own.id
    const [hostEnd, clientEnd] = loopbackPair()
    this.ownEnd = hostEnd
    this.ownLink = clientEnd
    hostEnd.listen({ message: (lane, bytes) => this.stateBytes(this.me, lane, bytes), closed: () => {} })
    clientEnd.listen({
      message: (lane, bytes) => lane === 'state' && this.match?.client.receive(bytes, options.platform.now()),
      closed: () => {},
    })
    this.setRoster(this.seats.entries)
  }

  /** Whether a guest may connect at all; `info` is what `joinLobby` gave to signalling, `browser` what it calls itself. */
  accept(info: string, browser: string | null = null): Reason | null {
    if (this.state === 'ended') return 'host-left'
    const guest = admittedAs(info, this.options.game)
    if (guest === 'newcomer') {
      if (this.kickedOut.has(browser, this.options.platform.now())) return 'kicked'
      return this.seats.full ? 'full' : null
    }
    // Whether a seat is theirs is seen at the hello: the token is not for the signalling server's eyes.
    return guest === 'returner' ? null : guest
  }

  /** A guest's link is open. */
  arrive(link: Link, browser: string | null = null): void {
    if (this.state === 'ended') return link.close('host-left')
    const guest: Guest = {
      link,
      browser,
      id: null,
      nonsense: 0,
      messages: new TokenBucket(MESSAGES_PER_SECOND, MESSAGE_BURST),
      stopTimer: () => {},
    }
    guest.stopTimer = this.options.platform.after(HELLO_DEADLINE_MS, () => link.close('lost'))
    this.guests.add(guest)
    link.listen({
      message: (lane, bytes) => {
        if (lane === 'bulk') this.bulkBytes(guest, bytes)
        else if (guest.id !== null && this.match) this.stateBytes(guest.id, lane, bytes)
        // Before the match nobody has anything to say on the state lane.
        else this.countNonsense(guest)
      },
      liveness: (liveness) => {
        const presence = liveness === 'alive' ? 'here' : 'late'
        if (guest.id !== null && this.seats.set(guest.id, { presence })) this.tellRoster()
      },
      closed: (reason) => this.depart(guest, reason),
    })
  }

  private stateBytes(player: PlayerId, lane: string, bytes: Uint8Array): void {
    if (lane === 'state') this.match?.host?.receive(player, bytes, this.options.platform.now())
  }

  private bulkBytes(guest: Guest, bytes: Uint8Array): void {
    if (guest.messages.available(this.options.platform.now()) < 1) return this.countNonsense(guest)
    guest.messages.spend(1)
    const message = decodeGuestMessage(bytes)
    if (message?.kind === 'hello' && guest.id === null) return this.seat(guest, message)
    if (message?.kind === 'ready' && guest.id !== null) {
      if (this.seats.set(guest.id, { ready: message.ready })) this.tellRoster()
      return
    }
    // Not a message, or not now.
    this.countNonsense(guest)
  }

  private countNonsense(guest: Guest): void {
    if (++guest.nonsense >= MAX_NONSENSE) guest.link.close('kicked')
  }

  private seat(guest: Guest, { name, hash, resume }: Extract<GuestMessage, { kind: 'hello' }>): void {
    guest.stopTimer()
    if (!sameHash(this.options.game.hash, hash)) return this.refuse(guest, 'version-mismatch')
    if (resume !== undefined) return this.seatAgain(guest, resume)
    if (this.kickedOut.has(guest.browser, this.options.platform.now())) return this.refuse(guest, 'kicked')
    const entry = this.seats.add(name, false)
    if (!entry) return this.refuse(guest, 'full')
    this.welcome(guest, entry.id, this.held.seat(entry.id, this.options.platform.now()))
  }

  private seatAgain(guest: Guest, token: string): void {
    const player = this.held.playerOf(token)
    if (player === null) {
      const now = this.options.platform.now()
      const kicked = this.kickedOut.has(token, now) || this.kickedOut.has(guest.browser, now)
      return this.refuse(guest, kicked ? 'kicked' : 'seat-lost')
    }
    const next = this.held.comeBack(player, token, this.options.platform.now())
    // Not refused: he tries again after a while.
    if (next === null) return guest.link.close('lost')
    const before = this.guestOf(player)
    if (before) {
      // Its link seems alive still: of this moment on it speaks for nobody.
      before.id = null
      this.guests.delete(before)
      before.link.close('replaced')
    }
    this.seats.set(player, { presence: 'here' })
    this.welcome(guest, player, next)
  }

  private welcome(guest: Guest, player: PlayerId, token: string): void {
    guest.id = player
    if (guest.browser !== null) this.browsers.set(player, guest.browser)
    const resume = { token, seconds: this.held.seconds }
    this.tell(guest, {
      kind: 'welcome',
      you: player,
      maxPlayers: this.maxPlayers,
      roster: this.seats.entries,
      resume,
    })
    // Who came back over an old code, or by one that is just lost, learns it.
    if (this.codeState !== 'open' || this.code !== this.options.code)
      this.tell(guest, { kind: 'code', code: this.code, state: this.codeState })
    this.tellRoster()
    if (this.match) this.bringIn(guest)
  }

  private refuse(guest: Guest, reason: Reason): void {
    this.tell(guest, { kind: 'refused', reason })
    guest.link.close('left')
  }

  private depart(guest: Guest, reason: LinkCloseReason): void {
    guest.stopTimer()
    this.guests.delete(guest)
    const player = guest.id
    if (reason === 'kicked') this.keepOut(player, guest.browser)
    if (player === null || this.state === 'ended') return
    // A page that goes may be one that is reloaded.
    const mayReturn = (reason === 'lost' || reason === 'away') && this.held.seconds > 0
    if (!mayReturn) return this.free(player)
    this.match?.host?.detach(player, guest.link)
    const reloads = reason === 'away' && !this.match
    this.held.wait(player, reloads ? RELOAD_SECONDS_BEFORE_MATCH : this.held.seconds, () => this.free(player))
    if (this.seats.set(player, { presence: 'away' })) this.tellRoster()
  }

  /** Neither the seat's token nor this browser leads back in for a while. */
  private keepOut(player: PlayerId | null, browser: string | null): void {
    const tokens = player === null ? [] : this.held.tokensOf(player)
    this.kickedOut.add(browser === null ? tokens : [...tokens, browser], this.options.platform.now())
  }

  /** The seat is the next one's. */
  private free(player: PlayerId): void {
    this.held.forget(player)
    this.browsers.delete(player)
    this.match?.host?.remove(player)
    if (this.seats.remove(player)) this.tellRoster()
  }

  private tell(guest: Guest, message: HostMessage): void {
    guest.link.send('bulk', encodeMessage(message))
  }

  private tellRoster(): void {
    const { entries } = this.seats
    for (const guest of this.guests) if (guest.id !== null) this.tell(guest, { kind: 'roster', roster: entries })
    this.setRoster(entries)
  }

  setReady(ready: boolean): void {
    if (this.state !== 'ended' && this.seats.set(this.me, { ready })) this.tellRoster()
  }

  start(): Refusal | null {
    if (this.state === 'ended') return 'ended'
    if (this.match) return 'already-playing'
    const { game, match, secret, development, fairHost = false, warn, platform } = this.options
    const hostSide = {
      secret,
      development,
      fairHost,
      warn,
      failed: (error: unknown) => this.fail(error),
      hostile: (player: PlayerId) => this.guestOf(player)?.link.close('kicked'),
    }
    const started = startMatch(
      game,
      this.me,
      this.ownLink,
      match,
      development ? warn : null,
      hostSide,
      platform,
      this.people,
    )
    started.host?.attach(this.me, this.ownEnd)
    started.client.ended.then((reason) => {
      // The rules threw for the host's own player: the page that runs the match cannot go on.
      if (reason === 'rules-failed') this.fail(started.client.session.failure)
    })
    this.play(started)
    for (const guest of this.guests) if (guest.id !== null) this.bringIn(guest)
    return null
  }

  private bringIn(guest: Guest): void {
    const { epoch, seed } = this.options.match
    const { host } = this.match ?? {}
    if (guest.id === null || !host) return
    // The world's own options: complete, in range and on the grid, whatever the developer gave.
    const options = host.session.world.options as Extract<HostMessage, { kind: 'start' }>['options']
    this.tell(guest, { kind: 'start', epoch, seed, options })
    host.attach(guest.id, guest.link)
  }

  private guestOf(player: PlayerId): Guest | null {
    for (const guest of this.guests) if (guest.id === player) return guest
    return null
  }

  private fail(error: unknown): void {
    if (!this.end('rules-failed', String(error))) return
    showError(error)
    this.closeLinks('rules-failed')
  }

  kick(player: PlayerId): Refusal | null {
    if (this.state === 'ended') return 'ended'
    if (player === this.me) return 'not-yourself'
    const guest = this.guestOf(player)
    if (guest) guest.link.close('kicked')
    else if (this.seats.has(player)) {
      this.keepOut(player, this.browsers.get(player) ?? null)
      this.free(player)
    } else return 'no-such-player'
    return null
  }

  leave(): void {
    if (this.end(null)) this.closeLinks('host-left')
  }

  /** This page went, and everybody was told: should the browser show it again, it must not look as if the lobby went on. */
  gone(): void {
    if (this.end('host-left', 'the page was left')) this.closeLinks('host-left')
  }

  private closeLinks(reason: LinkCloseReason): void {
    for (const guest of [...this.guests]) {
      guest.stopTimer()
      guest.link.close(reason)
    }
    this.guests.clear()
    this.held.clear()
    this.ownEnd.close(reason)
    this.options.closed(reason)
  }

  /** The code leads nowhere any more: who is here plays on, nobody new can come. */
  lost(reason: Reason): void {
    this.tellCode(this.code, 'lost')
    this.options.warn(
      `The lobby's code is lost (${new StarwireError(reason).message}) Nobody new can join until lobby.renewCode() takes a new one.`,
    )
  }

  /** The lobby server went out of reach, or came back. */
  online(isOnline: boolean): void {
    if (this.codeState !== 'lost') this.tellCode(this.code, isOnline ? 'open' : 'unreachable')
  }

  async renewCode(): Promise<Refusal | null> {
    if (this.state === 'ended') return 'ended'
    if (this.codeState !== 'lost') return null
    const code = await this.options.renewCode?.()
    // Left meanwhile.
    if (this.ended) return 'ended'
    if (code !== undefined) this.tellCode(code, 'open')
    return null
  }

  private get ended(): boolean {
    return this.state === 'ended'
  }

  private tellCode(code: string, state: CodeState): void {
    if (!this.setCode(code, state)) return
    for (const guest of this.guests) if (guest.id !== null) this.tell(guest, { kind: 'code', code, state })
  }
}

/**
 * A guest's lobby: what the host tells, and what a guest may ask. When its link is lost it dials the host again and goes
 * on in the same seat; lobby and session are the same objects before and after.
 */

import { TokenBucket } from '../congestion/token-bucket.ts'
import { StarwireError } from '../errors/starwire-error.ts'
import { onAbort } from '../platform/abort.ts'
import type { Platform } from '../platform/platform.ts'
import { showError } from '../platform/show-error.ts'
import type { Link, LinkCloseReason, Liveness } from '../transport/link.ts'
import type { Lane } from '../wire/lanes.ts'
import type { Reason } from '../wire/reasons.ts'
import type { Game } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'
import type { GameShape } from '../world/types.ts'
import { greet, reasonOf, type Welcome } from './greet.ts'
import { LobbyBase } from './lobby-base.ts'
import { startMatch } from './match.ts'
import { decodeHostMessage, encodeMessage, type GuestMessage, type HostMessage, type RosterEntry } from './messages.ts'
import { type DialWatch, Redial } from './redial.ts'
import { writeResume } from './resume-token.ts'
import type { Refusal } from './types.ts'

/** Messages of the host that make no sense before the guest leaves. */
const MAX_NONSENSE = 20

/** Bulk messages of the host. An honest one tells the roster, at worst twice for each of 64 players in one moment. */
const HOST_MESSAGES_PER_SECOND = 60
const HOST_MESSAGE_BURST = 600
/**
 * State packets of the host for each tick: an honest one sends a snapshot every other tick, of at most 17 packets where this
 * page predicts much. A network may hold back those of five seconds.
 */
const HOST_PACKETS_PER_TICK = 16
const HOST_PACKET_BURST_SECONDS = 5
/** Packets that are none before the guest leaves: an honest host sends none at all. */
const MAX_MALFORMED = 100

export interface GuestLobbyOptions<G extends GameShape> {
  readonly game: Game<G>
  readonly code: string
  readonly link: Link
  readonly name: string
  /** The token of the seat that this guest had. Default: he is new. */
  readonly resume?: string | null
  /** What signalling gave for coming back, as of the last dial. Default: nothing. */
  readonly ticket?: () => string | null
  /** Another link to the same host, when the first is lost; rejects with a StarwireError. Default: none is to be had. */
  readonly dial?: ((watch: DialWatch) => Promise<Link>) | null
  /** The host says that the lobby has this code now. */
  readonly codeChanged?: (code: string) => void
  readonly warn: ((problem: string) => void) | null
  readonly platform: Platform
  /** Gives the hello up. What it kept of a seat by `resume` stays kept. */
  readonly signal?: AbortSignal | undefined
}

class GuestLobby<G extends GameShape> extends LobbyBase<G> {
  readonly hosting = false
  readonly me: PlayerId
  readonly maxPlayers: number
  private readonly options: GuestLobbyOptions<G>
  private link: Link
  private resume: Welcome['resume']
  private redial: Redial | null = null
  private nonsense = 0
  private entries: readonly RosterEntry[]
  private hostPresence: RosterEntry['presence'] = 'here'
  private saidReady = false
  /** Nobody said that the seat is gone: a host who slept so long may still keep it. */
  private seatMayWait = false

  constructor(options: GuestLobbyOptions<G>, welcome: Welcome) {
    super(options.code)
    this.options = options
    this.me = welcome.you
    this.maxPlayers = welcome.maxPlayers
    this.link = options.link
    this.resume = welcome.resume
    this.entries = welcome.roster
    this.take(options.link, welcome)
    this.saidReady = this.isReady
    this.showRoster()
  }

  /** From now on this is the link; what another one says is not heard. */
  private take(link: Link, { resume, roster }: Welcome): void {
    this.link = link
    this.resume = resume
    this.keepToken()
    this.entries = roster
    this.nonsense = 0
    const { tickRate } = this.options.game
    const perSecond = HOST_PACKETS_PER_TICK * tickRate
    const budgets: Record<Lane, TokenBucket> = {
      state: new TokenBucket(perSecond, perSecond * HOST_PACKET_BURST_SECONDS),
      bulk: new TokenBucket(HOST_MESSAGES_PER_SECOND, HOST_MESSAGE_BURST),
    }
    link.listen({
      message: (lane, bytes) => {
        if (link !== this.link) return
        const now = this.options.platform.now()
        if (budgets[lane].available(now) < 1) return this.countFlood()
        budgets[lane].spend(1)
        if (lane === 'state') this.stateBytes(bytes, now)
        else this.hear(decodeHostMessage(bytes))
      },
      liveness: (liveness) => link === this.link && this.noteHost(liveness),
      closed: (reason) => link === this.link && this.closed(reason),
    })
  }

  private keepToken(): void {
    const ticket = this.options.ticket?.() ?? null
    this.resumeToken = this.canReturn ? writeResume({ token: this.resume.token, ticket }) : null
  }

  private get canReturn(): boolean {
    return this.resume.seconds > 0 && this.options.dial != null
  }

  private get isReady(): boolean {
    return this.entries.find(({ id }) => id === this.me)?.ready ?? false
  }

  private hear(message: HostMessage | null): void {
    if (message?.kind === 'roster') {
      this.entries = message.roster
      this.showRoster()
    } else if (message?.kind === 'code') {
      // By the new one this page finds its host again, also after a reload.
      this.options.codeChanged?.(message.code)
      this.keepToken()
      this.setCode(message.code, message.state)
    } else if (message?.kind === 'start' && !this.match && this.state === 'lobby') this.begin(message)
    else if (message?.kind === 'start' && this.match && this.redial) {
      this.match.resume(this.link, message)
      this.back('playing')
    } else this.countNonsense()
  }

  private stateBytes(bytes: Uint8Array, now: number): void {
    const { client } = this.match ?? {}
    if (!client) return
    client.receive(bytes, now)
    const { packet = 0, snapshot = 0 } = client.session.malformed
    if (packet + snapshot >= MAX_MALFORMED) this.link.close('left')
  }

  /** More than any honest host sends: not listened to, and soon left. */
  private countFlood(): void {
    const { malformed } = this.match?.client.session ?? {}
    if (malformed) malformed.flood = (malformed.flood ?? 0) + 1
    this.countNonsense()
  }

  private countNonsense(): void {
    if (++this.nonsense >= MAX_NONSENSE) this.link.close('left')
  }

  private noteHost(liveness: Liveness): void {
    this.hostPresence = liveness === 'alive' ? 'here' : 'late'
    this.showRoster()
  }

  /** Who else is late, the host knows; whether the host is, only this end of the link. */
  private showRoster(): void {
    const presence = this.hostPresence
    this.setRoster(this.entries.map((entry) => (entry.host ? { ...entry, presence } : entry)))
  }

  private begin({ epoch, seed, options }: Extract<HostMessage, { kind: 'start' }>): void {
    const { game, warn, platform } = this.options
    const match = startMatch(game, this.me, this.link, { epoch, seed, options }, warn, null, platform, this.people)
    match.client.ended.then((reason) => {
      // The rules threw here: this client is out, the others play on.
      if (reason !== 'rules-failed' || !this.end('rules-failed', String(match.client.session.failure))) return
      showError(match.client.session.failure)
      this.link.close('left')
    })
    this.play(match)
  }

  private closed(reason: LinkCloseReason): void {
    // `away` is this page's own goodbye, when it went: should it come back from the browser's cache, it dials.
    const lost = reason === 'lost' || reason === 'away'
    if (!lost || !this.canReturn || this.state === 'ended') this.end(reasonOf[reason], reason)
    else if (this.redial) this.redial.failed('host-silent', 'the new connection was lost, too')
    else this.reconnect()
  }

  private reconnect(): void {
    const { dial, game, name, platform } = this.options
    if (!dial) return
    this.match?.suspend()
    this.hostPresence = 'away'
    const redial = new Redial({
      seconds: this.resume.seconds,
      platform,
      dial,
      opened: (link) =>
        greet(
          link,
          { name, hash: game.hash, resume: this.resume.token, timers: platform },
          {
            welcomed: (welcome) => this.seatedAgain(link, welcome),
            failed: (reason, detail) => redial.failed(reason, detail),
          },
        ),
      told: (reconnecting) => this.setReconnecting(reconnecting),
      over: (reason, detail, answered) => {
        this.seatMayWait = !answered
        if (this.end(reason, detail)) this.link.close('left')
      },
    })
    this.redial = redial
    this.showRoster()
    this.enter('reconnecting')
  }

  private seatedAgain(link: Link, welcome: Welcome): void {
    if (!this.redial || welcome.you !== this.me) {
      // Left meanwhile; or a host that gives other seats than it was asked for.
      this.redial?.failed('seat-lost', 'another seat was given')
      return link.close('left')
    }
    this.take(link, welcome)
    if (this.saidReady !== this.isReady) this.sayReady()
    // In the match, everything goes on when the host has told again what it is played with.
    if (!this.match) this.back('lobby')
  }

  private back(state: 'lobby' | 'playing'): void {
    this.redial?.stop()
    this.redial = null
    this.hostPresence = 'here'
    this.setReconnecting(null)
    this.showRoster()
    this.enter(state)
  }

  protected override end(reason: Reason | null, detail?: string): boolean {
    this.redial?.stop()
    this.redial = null
    if (!this.seatMayWait) this.resumeToken = null
    return super.end(reason, detail)
  }

  setReady(ready: boolean): void {
    // Said in every frame, it would look like a flood to the host.
    if (this.state === 'ended' || ready === this.saidReady) return
    this.saidReady = ready
    this.sayReady()
  }

  private sayReady(): void {
    this.link.send('bulk', encodeMessage({ kind: 'ready', ready: this.saidReady } satisfies GuestMessage))
  }

  async renewCode(): Promise<Refusal | null> {
    return this.state === 'ended' ? 'ended' : 'not-host'
  }

  start(): Refusal | null {
    return this.state === 'ended' ? 'ended' : 'not-host'
  }

  kick(): Refusal | null {
    return this.state === 'ended' ? 'ended' : 'not-host'
  }

  leave(): void {
    const unheard = this.redial !== null && !this.link.open
    if (!this.end(null)) return
    this.link.close('left')
    if (unheard) this.giveSeatBack()
  }

  /** One try to say goodbye to a host who keeps the seat. */
  private giveSeatBack(): void {
    const { dial, game, name, platform } = this.options
    const greeting = { name, hash: game.hash, resume: this.resume.token, timers: platform }
    dial?.({ stage: () => {}, hostAway: () => {} }).then(
      (link) => greet(link, greeting, { welcomed: () => link.close('left'), failed: () => {} }),
      () => {},
    )
  }
}

/**
 * Says hello over an open link and waits for a seat.
 * @throws StarwireError (rejects) with the host's reason, or `host-silent`; the reason of `signal` when that aborts first.
 */
export function enterLobby<G extends GameShape>(options: GuestLobbyOptions<G>): Promise<LobbyBase<G>> {
  const { game, link, name, resume = null, signal, platform } = options
  return new Promise((resolve, reject) => {
    let stopAborting = (): void => {}
    const giveUp = greet(
      link,
      { name, hash: game.hash, resume, timers: platform },
      {
        welcomed: (welcome) => {
          stopAborting()
          resolve(new GuestLobby(options, welcome))
        },
        failed: (reason, detail) => {
          stopAborting()
          reject(new StarwireError(reason, detail))
        },
      },
    )
    const aborted = (reason: unknown): void => {
      giveUp()
      reject(reason)
    }
    if (signal?.aborted) aborted(signal.reason)
    else stopAborting = onAbort(signal, aborted)
  })
}

/** A guest's lobby: what the host tells, and what a guest may ask. */
import { showError } from '../runtime/show-error.ts'
import type { Link, LinkCloseReason } from '../wire/link.ts'
import { type Reason, StarwireError } from '../wire/reasons.ts'
import type { Game } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'
import type { GameShape } from '../world/types.ts'
import { LobbyBase } from './lobby-base.ts'
import { type ClockSource, startMatch } from './match.ts'
import {
  decodeHostMessage,
  encodeMessage,
  type GuestMessage,
  type HostMessage,
  MAX_SENT_NAME,
  type RosterEntry,
} from './messages.ts'
import type { Refusal } from './types.ts'

/** The host's page answers a hello at once; longer and it is asleep. */
const WELCOME_DEADLINE_MS = 5000
/** Messages of the host that make no sense before the guest leaves. */
const MAX_NONSENSE = 20

export interface GuestLobbyOptions<G extends GameShape> {
  readonly game: Game<G>
  readonly code: string
  readonly link: Link
  readonly name: string
  readonly warn: ((problem: string) => void) | null
  readonly now: () => number
  readonly clock?: ClockSource
}

/** Why a guest's lobby ended, by how its link did. */
const reasonOf: Record<LinkCloseReason, Reason> = {
  left: 'host-left',
  lost: 'host-left',
  'host-left': 'host-left',
  kicked: 'kicked',
  banned: 'banned',
  'rules-failed': 'rules-failed',
}

class GuestLobby<G extends GameShape> extends LobbyBase<G> {
  readonly code: string
  readonly hosting = false
  readonly me: PlayerId
  readonly maxPlayers: number
  private readonly options: GuestLobbyOptions<G>
  private nonsense = 0
  private entries: readonly RosterEntry[]
  private hostLate = false
  private saidReady = false

  constructor(options: GuestLobbyOptions<G>, welcome: Extract<HostMessage, { kind: 'welcome' }>) {
    super()
    this.options = options
    this.code = options.code
    this.me = welcome.you
    this.maxPlayers = welcome.maxPlayers
    this.entries = welcome.roster
    this.showRoster()
    options.link.listen({
      message: (lane, bytes) => {
        if (lane === 'state') this.match?.client.receive(bytes, options.now())
        else this.hear(decodeHostMessage(bytes))
      },
      liveness: (liveness) => {
        this.hostLate = liveness !== 'alive'
        this.showRoster()
      },
      closed: (reason) => this.end(reasonOf[reason], reason),
    })
  }

  private hear(message: HostMessage | null): void {
    if (message?.kind === 'roster') {
      this.entries = message.roster
      this.showRoster()
    } else if (message?.kind === 'start' && !this.match && this.state === 'lobby') this.begin(message)
    else if (++this.nonsense >= MAX_NONSENSE) this.options.link.close('left')
  }

  /** Who else is late, the host knows; whether the host is, only this end of the link. */
  private showRoster(): void {
    this.setRoster(this.entries.map((entry) => (entry.host ? { ...entry, late: this.hostLate } : entry)))
  }

  private begin({ epoch, seed, options }: Extract<HostMessage, { kind: 'start' }>): void {
    const { game, link, warn, clock } = this.options
    const match = startMatch(game, this.me, link, { epoch, seed, options }, warn, null, clock)
    match.client.ended.then((reason) => {
      // The rules threw here: this client is out, the others play on.
      if (reason !== 'rules-failed' || !this.end('rules-failed', String(match.client.session.failure))) return
      showError(match.client.session.failure)
      link.close('left')
    })
    this.play(match)
  }

  setReady(ready: boolean): void {
    // Said in every frame, it would look like a flood to the host.
    if (this.state === 'ended' || ready === this.saidReady) return
    this.saidReady = ready
    this.options.link.send('bulk', encodeMessage({ kind: 'ready', ready } satisfies GuestMessage))
  }

  start(): Refusal | null {
    return this.state === 'ended' ? 'ended' : 'not-host'
  }

  kick(): Refusal | null {
    return this.state === 'ended' ? 'ended' : 'not-host'
  }

  leave(): void {
    if (this.end(null)) this.options.link.close('left')
  }
}

/**
 * Says hello over an open link and waits for a seat.
 * @throws StarwireError (rejects) with the host's reason, or `host-silent`.
 */
export function enterLobby<G extends GameShape>(options: GuestLobbyOptions<G>): Promise<LobbyBase<G>> {
  const { game, link, name } = options
  return new Promise((resolve, reject) => {
    let done = false
    const fail = (reason: Reason, detail: string): void => {
      if (done) return
      done = true
      clearTimeout(timer)
      reject(new StarwireError(reason, detail))
      link.close('left')
    }
    const timer = setTimeout(() => fail('host-silent', 'no welcome'), WELCOME_DEADLINE_MS)
    link.listen({
      message: (lane, bytes) => {
        if (lane !== 'bulk' || done) return
        const message = decodeHostMessage(bytes)
        if (message?.kind === 'refused') return fail(message.reason, 'refused by the host')
        if (message?.kind !== 'welcome') return
        done = true
        clearTimeout(timer)
        resolve(new GuestLobby(options, message))
      },
      closed: (reason) => fail(reason === 'left' || reason === 'lost' ? 'host-silent' : reasonOf[reason], reason),
    })
    // A longer name would be refused as no message at all; the host cuts it to what it shows.
    link.send('bulk', encodeMessage({ kind: 'hello', name: name.slice(0, MAX_SENT_NAME), hash: game.hash }))
  })
}

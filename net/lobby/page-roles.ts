/**
 * Makes the roles of this page in its lobby, the host's and a guest's, the first and those after a change of host. Code that only one of
 * them needs is loaded with it.
 */
import type { HeirReceiver } from '../migration/heir-receiver.ts'
import { type Platform, thisPage } from '../platform/platform.ts'
import { showError } from '../platform/show-error.ts'
import type { Rehearsal } from '../runtime/rehearsal.ts'
import type { NewMinds } from '../session/host-options.ts'
import { type HeirHandlers, type HeirSignals, type HeirTicket, watchAsHeir } from '../signaling/heir.ts'
import type { HostPart } from '../signaling/signals.ts'
import { connectorOf } from '../star/open-link.ts'
import type { ConnectPeer } from '../transport/peer-connection.ts'
import type { PlainValues } from '../world/complete-values.ts'
import type { Game } from '../world/game.ts'
import type { GameShape } from '../world/game-shape.ts'
import type { PlayerId } from '../world/ids.ts'
import type { VetChat } from './chat/types.ts'
import { type ConnectOptions, signalingOf, starOptions } from './connect-options.ts'
import { PublicListing } from './find/public-listing.ts'
import { Dialer } from './guest/dialer.ts'
import type { GuestRoleOptions } from './guest/guest-role.ts'
import type { HostRole, HostRoleOptions } from './host/host-role.ts'
import type { HostState } from './host/host-state.ts'
import type { LobbyObject } from './lobby.ts'
import type { Match } from './match/match.ts'
import { claimedSignaling } from './migration/claimed-signaling.ts'
import type { LobbyRules } from './migration/lobby-copy.ts'
import type { RoleChange, SteppedDown, TakenOver } from './migration/role-change.ts'
import { OwnParts } from './own-parts.ts'
import { OwnStar, type OwnStarOptions } from './own-star.ts'
import { botMinds, hostSide, returning, seeking } from './sides.ts'

export interface PageRolesOptions<G extends GameShape> {
  readonly game: Game<G>
  readonly connect: ConnectOptions
  /** This page's player. Empty: a host without one. */
  readonly name: string
  readonly development: boolean
  readonly warn: (problem: string) => void
  readonly mayHost: boolean
  readonly vetChat: VetChat | null
}

/** How this page begins to host. */
export interface Hosting {
  readonly state: HostState
  readonly me: PlayerId | null
  readonly rules: LobbyRules
  readonly settings?: PlainValues
  /** Null: the lobby ends with this page. */
  readonly change: boolean
  readonly taken?: TakenOver
}

type HostSide = Awaited<ReturnType<typeof hostSide>>

export class PageRoles<G extends GameShape> implements RoleChange<G> {
  readonly dialer: Dialer
  readonly listing: PublicListing
  private readonly options: PageRolesOptions<G>
  private readonly platform: Platform
  private readonly parts: OwnParts
  private side: HostSide | null = null
  private newMinds: NewMinds | null = null
  private star: OwnStar | null = null

  constructor(options: PageRolesOptions<G>, code: string, ticket: string | null = null) {
    const { game, connect } = options
    this.options = options
    this.platform = connect.platform ?? thisPage
    this.dialer = new Dialer({ game, connect, code, ticket })
    this.listing = new PublicListing(game, this.platform)
    this.parts = new OwnParts(this.listing)
  }

  get mayHost(): boolean {
    return this.options.mayHost
  }

  async load(): Promise<void> {
    const { bots } = this.options.game.schema
    const [side, minds] = await Promise.all([hostSide(), bots.size > 0 ? botMinds() : null])
    this.side = side
    this.newMinds = minds?.newMinds ?? null
  }

  get loaded(): HostSide {
    if (!this.side) throw new Error('The code of a host is not loaded yet.')
    return this.side
  }

  newStar(maxSpectators: number, hasPlayer: boolean, more: Pick<OwnStarOptions, 'signaling' | 'seek'> = {}): OwnStar {
    const { game, connect } = this.options
    const { parts: part } = this
    this.star = new OwnStar({ game, connect, part, maxSpectators, hasPlayer, ...more })
    return this.star
  }

  /** The role of a page that hosts. Its code is loaded. */
  hostRole(lobby: LobbyObject<G>, star: OwnStar, { state, me, rules, settings, change, taken }: Hosting): HostRole<G> {
    const { game, development, warn, vetChat } = this.options
    const { resumeSeconds, fairHost, maxFileBytes, gameOptions } = rules
    const role = new this.loaded.HostRole<G>(lobby, {
      ...{ game, state, me, development, warn, vetChat, resumeSeconds, fairHost, gameOptions },
      ...{ platform: this.platform, newMinds: this.newMinds, rules, change: change ? this : null },
      files: maxFileBytes === null ? false : { maxBytes: maxFileBytes },
      ...(settings && { settings }),
      ...(taken && { taken }),
      takeCode: () => star.takeCode(),
      list: (listed) => this.listing.list(lobby, listed),
      closed: (reason, keepsLobby) => star.close(reason, keepsLobby),
      releaseLink: (link) => star.release(link),
    } satisfies HostRoleOptions<G>)
    star.role = role
    return role
  }

  rehearse({ client, start, epoch }: Match<G>, heir: HeirReceiver): Rehearsal | null {
    if (!client) return null
    const { me, spectating } = client.session
    const { game } = this.options
    const host = { game, ...start, epoch, newMinds: this.newMinds }
    return this.loaded.Rehearsal.begin({ heir, me, spectating, host })
  }

  host(lobby: LobbyObject<G>, taken: TakenOver): void {
    const { copy, me, signals, right } = taken
    const { maxSpectators } = copy.state.roster
    const { connect } = this.options
    const ordinary = signalingOf(connect)
    const isKnown = signals !== null || right !== null
    const signaling = isKnown ? claimedSignaling(ordinary, taken, this.platform) : ordinary
    const seek = (signal: AbortSignal): void => this.seekHost(lobby.code, copy.rules.resumeSeconds, signal)
    const star = this.newStar(maxSpectators, true, { signaling, ...(taken.parted && { seek }) })
    lobby.become((same) => this.hostRole(same, star, { state: copy.state, me, rules: copy.rules, change: true, taken }))
    if (isKnown) star.follow(lobby.code)
    // The lobby server does not know this page as an heir.
    else if (lobby.codeState !== 'none') star.codeLost('not-found')
  }

  /** The host from whom this page parted may live, and have the code. */
  private seekHost(code: string, seconds: number, signal: AbortSignal): void {
    const { dialer, platform, star } = this
    dialer.codeChanged(code)
    seeking().then(({ seekHost }) => {
      const met = (): void => void star?.role?.replaced()
      if (!signal.aborted) seekHost({ seconds, platform, signal, met, dial: (watch) => dialer.redial(watch) })
    }, showError)
  }

  guest(lobby: LobbyObject<G>, back: SteppedDown): void {
    this.dialer.codeChanged(lobby.code)
    this.listing.forget()
    returning().then(({ ReturningRole }) => {
      if (lobby.state !== 'ended') lobby.become((same) => new ReturningRole<G>(same, this.guestOptions, back))
    })
  }

  /** All that a guest's role takes but its link. */
  get guestOptions(): Omit<GuestRoleOptions<G>, 'link'> {
    const { dialer, platform } = this
    const { game, name, development, warn } = this.options
    return {
      ...{ game, name, platform, change: this },
      ticket: () => dialer.ticket,
      connection: () => dialer.connection,
      codeChanged: (code) => dialer.codeChanged(code),
      dial: (watch) => dialer.redial(watch),
      warn: development ? warn : null,
    }
  }

  async connector(): Promise<ConnectPeer | null> {
    const { connect } = this.options
    // Who keeps their address to themself connects with the host alone.
    return connect.privacy === 'relay-only' ? null : connectorOf(starOptions(connect))
  }

  iceServers(): readonly RTCIceServer[] {
    return this.star?.iceServers ?? this.options.connect.iceServers ?? this.dialer.iceServers
  }

  watch(ticket: HeirTicket, handlers: HeirHandlers): HeirSignals {
    const { signaling: url, WebSocket, platform } = this.options.connect
    return watchAsHeir(ticket, handlers, {
      ...(url !== undefined && { url }),
      ...(WebSocket && { WebSocket }),
      ...(platform && { platform }),
    })
  }

  get right(): string | null {
    return this.star?.right ?? null
  }

  addPart(part: HostPart): void {
    this.parts.add(part)
  }
}

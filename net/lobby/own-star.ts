/**
 * The star of a lobby that this page hosts. It opens with the lobby or, for an offline lobby, with its first code. In go guests that
 * want to connect; out go their links, to the host's role.
 *
 * Invariant: once the lobby is closed no star stays open, also not one that was still opening.
 */
import { StarwireError } from '../errors/starwire-error.ts'
import type { HostPart, Signaling } from '../signaling/signals.ts'
import { type HostStar, hostStar } from '../star/host-star.ts'
import type { Link, LinkCloseReason } from '../transport/link.ts'
import type { Reason } from '../wire/reasons.ts'
import type { AnyGame } from '../world/game.ts'
import type { GameShape } from '../world/game-shape.ts'
import { splitBrowser } from './admission/browser-mark.ts'
import { type ConnectOptions, signalingOf, starOptions } from './connect-options.ts'
import type { HostRole } from './host/host-role.ts'
import { hostNote } from './join-note.ts'

/** Longest message of a guest, in bytes: what a data channel takes at once. Honest guests of a lobby send far shorter ones. */
const MAX_BULK_BYTES = 256 * 1024

export interface OwnStarOptions {
  readonly game: AnyGame
  readonly connect: ConnectOptions
  /** Default: the lobby server of `connect`. */
  readonly signaling?: Signaling
  /** What uses the signalling connection beside hosting: the public list. */
  readonly part: HostPart
  readonly maxSpectators: number
  /** Whether one of the game's players is the host's own. */
  readonly hasPlayer: boolean
  /** Of a fork whose code is lost: looks for the host from whom it parted, until the signal. Default: nobody is looked for. */
  readonly seek?: (signal: AbortSignal) => void
}

/** What the host's role does with the star's guests and its code. */
type RoleOfStar = Pick<HostRole<GameShape>, 'accept' | 'arrive' | 'gone' | 'beforeGone' | 'replaced' | 'code'>

export class OwnStar {
  /** Null until the role begins; guests that come before are refused. */
  role: RoleOfStar | null = null
  private readonly options: OwnStarOptions
  private star: HostStar | null = null
  private closedAs: LinkCloseReason | null = null
  private keepsLobby = false
  /** Ends a claim to a lobby that is handed on before it came through, which would take the code from the next host, and a search for another host. */
  private readonly following = new AbortController()

  constructor(options: OwnStarOptions) {
    this.options = options
  }

  /** Those that signalling handed out; null before the star is open. */
  get iceServers(): readonly RTCIceServer[] | null {
    return this.star?.iceServers ?? null
  }

  /** The right to the lobby's code at signalling; null: this page has none. */
  get right(): string | null {
    return this.star?.right ?? null
  }

  /** Opens the star. Resolves to the lobby's code. */
  async open(signal?: AbortSignal): Promise<string> {
    const { connect, part, signaling = signalingOf(connect) } = this.options
    const star = await hostStar(withPart(signaling, part), {
      ...this.guestOptions,
      onOnline: (isOnline) => this.role?.code.online(isOnline),
      onLost: (reason) => this.codeLost(reason),
      onPageGone: () => this.role?.gone(),
      beforePageGone: () => this.role?.beforeGone() ?? null,
      ...starOptions(connect),
      ...(signal && { signal }),
    })
    // The lobby may have ended meanwhile.
    if (this.closedAs !== null) star.close(this.closedAs, this.keepsLobby)
    this.star = star
    return star.code
  }

  codeLost(reason: Reason): void {
    if (reason === 'replaced' && this.role?.replaced()) return
    this.role?.code.lost(reason)
    this.options.seek?.(this.following.signal)
  }

  private get guestOptions() {
    const { game, maxSpectators, hasPlayer } = this.options
    return {
      // `setMaxPlayers` goes up to the game's own maximum. Twice that: after a host's page slept, every guest may dial again before the
      // page has noticed that their old link is dead. One more than the guests' seats, so that the lobby itself can answer `full`.
      maxPeers: 2 * (game.maxPlayers + maxSpectators) - (hasPlayer ? 1 : 0),
      maxBulkBytes: MAX_BULK_BYTES,
      note: hostNote(game, maxSpectators > 0),
      accept: (info: string, address: string | null) => {
        const { note, browser } = splitBrowser(info)
        return this.role ? this.role.accept(note, { browser, address }) : 'host-silent'
      },
      onPeer: ({ link, info, addressMark: address }) =>
        this.role?.arrive(link, { browser: splitBrowser(info).browser, address }),
    } satisfies Partial<Parameters<typeof hostStar>[1]>
  }

  /** The first code of an offline lobby, or a new one for a code that is lost. */
  takeCode(): Promise<string> {
    return this.star ? this.star.renewCode() : this.open()
  }

  /** Opens the star of a lobby that this page takes over, whose code stays. */
  follow(code: string): void {
    this.role?.code.online(false)
    this.open(this.following.signal).then(
      (same) => {
        if (same === code) this.role?.code.online(true)
        else this.role?.code.lost('not-found')
      },
      (error: unknown) => {
        const reason = error instanceof StarwireError ? error.reason : 'signaling-down'
        if (this.closedAs === null) this.codeLost(reason)
      },
    )
  }

  /** A guest's link is none of the star any more, and stays open. */
  release(link: Link): void {
    this.star?.release(link)
  }

  /** `keepsLobby`: another page hosts the lobby from now on, and the code stays its own. */
  close(reason: LinkCloseReason, keepsLobby = false): void {
    this.closedAs = reason
    this.following.abort()
    this.keepsLobby = keepsLobby
    this.star?.close(reason, keepsLobby)
  }
}

function withPart(signaling: Signaling, part: HostPart): Signaling {
  return { ...signaling, host: (handlers, ...more) => signaling.host({ ...handlers, part }, ...more) }
}

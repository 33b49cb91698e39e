/**
 * The host's side of the star, from the first code to the last goodbye: opens a lobby at signalling, keeps one link to each guest, and
 * closes all of them at the end. `guests.ts` decides which guests may connect.
 */

import { StarwireError } from '../errors/starwire-error.ts'
import { abortable } from '../platform/abort.ts'
import { type Cancel, type Platform, thisPage } from '../platform/platform.ts'
import { type HostSignalHandlers, type HostSignals, MAX_NOTE_LENGTH, type Signaling } from '../signaling/signals.ts'
import type { LaneLink } from '../transport/lane-link.ts'
import type { Link, LinkCloseReason } from '../transport/link.ts'
import type { ConnectPeer, TransportOptions } from '../transport/peer-connection.ts'
import type { PeerConnectionConstructor } from '../transport/webrtc.ts'
import { MAX_BULK_BYTES } from '../wire/lanes.ts'
import type { Reason } from '../wire/reasons.ts'
import { JOIN_DEADLINE_MS, type Privacy, signalingError } from './attempt.ts'
import { Guests, type StarPeer } from './guests.ts'
import { JoinFacts } from './join-facts.ts'
import { connectorOf } from './open-link.ts'

/** Guests of one host. Each costs an uplink of 20 to 40 KB/s; Chromium allows 500 connections. */
export const DEFAULT_MAX_PEERS = 16

export interface HostStarOptions {
  /**
   * Asked before a guest may connect: null admits, any reason refuses. Default: admits everybody.
   */
  accept?: (info: string, addressMark: string | null) => Reason | null
  /** Told to guests who are refused, as the `detail` of their error: at most 200 characters. Default: nothing. */
  note?: string
  /** A guest is connected: its lanes are open. Call `peer.link.listen` in here. */
  onPeer?: (peer: StarPeer) => void
  /** A guest is gone, for whatever reason; it is no longer in `peers`. */
  onPeerGone?: (peer: StarPeer, reason: LinkCloseReason) => void
  /** Signalling went out of reach, or came back. Connected guests stay; nobody new can join meanwhile. */
  onOnline?: (isOnline: boolean) => void
  /** The code is lost for good. Connected guests stay. */
  onLost?: (reason: Reason) => void
  /**
   * This page goes away. Asked before its links are closed, so that something can still be said. With a reason the links are closed by it
   * and the code is kept, since another page hosts from now on; null: as ever.
   */
  beforePageGone?: () => LinkCloseReason | null
  /** This page went away, and the star with it. When the browser's cache brings the page back, the star is closed. */
  onPageGone?: () => void
  /** Connected and connecting guests together, 1 to 255; beyond it guests are refused as `full`. Default 16. A guest that was let in and offers nothing does not count. */
  maxPeers?: number
  /** The largest bulk message that a guest may send, in bytes, 1 to 16 MiB. A guest that never ends one makes this page keep as much. Default 16 MiB. */
  maxBulkBytes?: number
  /** Instead of those that signalling hands out. */
  iceServers?: RTCIceServer[]
  /** What makes connections: for Node, that of a package. Default: the page's own. */
  RTCPeerConnection?: PeerConnectionConstructor
  /** How pages connect. Default: WebRTC. */
  transport?: TransportOptions
  /** What guests may learn of this page's address. Default: connections are direct where they can be, and show it. */
  privacy?: Privacy
  /** Whose time, chance and page events it goes by. Default: this page's. For simulations: a page in virtual time. */
  platform?: Platform
  /** Gives the opening up while it is under way: everything is released, and it rejects with the signal's reason. */
  signal?: AbortSignal
  /** Milliseconds from admission until a guest must be connected. Default 14,500. */
  deadlineMs?: number
}

export interface HostStar {
  /** Another one after `renewCode`. */
  readonly code: string
  readonly peers: ReadonlyMap<string, StarPeer>
  /** What connections are made with, your own or the newest that signalling gave: for connections of your own, such as voice. */
  readonly iceServers: readonly RTCIceServer[]
  /** Takes the lobby back at signalling, for whoever hosts it next; null: there is no such thing. */
  readonly right: string | null
  /** Guests on their way. */
  readonly connecting: number
  /** Texts of signalling that were malformed, too many, or of a stale attempt. */
  readonly rejectedSignals: number
  /**
   * Takes a new code when this one is lost (`onLost`), and resolves to it; to the present one otherwise. Connected guests
   * stay. Rejects with a StarwireError as `createStar` does.
   */
  renewCode(): Promise<string>
  /** A guest's link that the star lets go of: it stays open, and whoever has it closes it. */
  release(link: Link): void
  /**
   * Says goodbye to everybody and gives the code back. Default reason `host-left`. `keepsLobby`: the code is not given back, since
   * another page hosts the lobby from now on.
   */
  close(reason?: LinkCloseReason, keepsLobby?: boolean): void
}

/**
 * Opens a star and hosts it.
 * @throws StarwireError (rejects) `no-webrtc` when this page cannot make connections, before signalling is asked; else when
 *   signalling cannot be reached or refuses. Its `report` says what was seen, where the connection is at fault.
 * @throws RangeError (rejects) when `maxPeers`, `maxBulkBytes` or the length of `note` is out of range.
 */
export async function hostStar(signaling: Signaling, options: HostStarOptions = {}): Promise<HostStar> {
  const { maxPeers = DEFAULT_MAX_PEERS, note } = options
  if (!(Number.isInteger(maxPeers) && maxPeers >= 1 && maxPeers <= 255)) {
    throw new RangeError(`maxPeers is a whole number from 1 to 255, not ${maxPeers}.`)
  }
  const { maxBulkBytes = MAX_BULK_BYTES } = options
  if (!(Number.isInteger(maxBulkBytes) && maxBulkBytes >= 1 && maxBulkBytes <= MAX_BULK_BYTES))
    throw new RangeError(`maxBulkBytes is a whole number from 1 to ${MAX_BULK_BYTES}, not ${maxBulkBytes}.`)
  if (note !== undefined && note.length > MAX_NOTE_LENGTH)
    throw new RangeError(`A note has at most ${MAX_NOTE_LENGTH} characters: shorten it.`)
  const { platform = thisPage } = options
  const facts = new JoinFacts(platform.now(), 'opening the lobby')
  try {
    const connect = await connectorOf(options)
    const star = new Host(signaling, options, connect, maxPeers)
    await star.open(options.signal)
    return star
  } catch (error) {
    await facts.askServer(error, signaling)
    throw facts.withReport(error, platform)
  }
}

class Host implements HostStar {
  readonly #signaling: Signaling
  readonly #options: HostStarOptions
  readonly #guests: Guests
  readonly #stopListening: Cancel
  #signals: HostSignals | null = null
  #closed = false
  #codeIsLost = false
  #renewing: Promise<string> | null = null

  constructor(signaling: Signaling, options: HostStarOptions, connect: ConnectPeer | null, maxPeers: number) {
    const { platform = thisPage, deadlineMs = JOIN_DEADLINE_MS, accept, onPeer, onPeerGone } = options
    this.#signaling = signaling
    this.#options = options
    this.#guests = new Guests({
      privacy: options.privacy,
      ...{ connect, platform, maxPeers, maxBulkBytes: options.maxBulkBytes, deadlineMs, accept, onPeer, onPeerGone },
      iceServers: () => this.iceServers,
      sendSignal: (attempt, text) => this.#signals?.signal(attempt, text),
      guestIsLate: (isRelayed) => (isRelayed ? this.#signals?.doubt?.() : this.#signals?.askServer?.()),
    })
    this.#stopListening = platform.onPageGone(() => {
      const handedOver = options.beforePageGone?.() ?? null
      this.#end((link) => link.closeAtOnce(handedOver ?? 'host-left'), handedOver !== null)
      options.onPageGone?.()
    })
  }

  get code(): string {
    return this.#signals?.code ?? ''
  }

  get peers(): ReadonlyMap<string, StarPeer> {
    return this.#guests.peers
  }

  get iceServers(): RTCIceServer[] {
    return this.#options.iceServers ?? this.#signals?.iceServers ?? []
  }

  get right(): string | null {
    return this.#signals?.right ?? null
  }

  get connecting(): number {
    return this.#guests.connecting
  }

  get rejectedSignals(): number {
    return this.#guests.rejectedSignals
  }

  /** Gets the first code. When it rejects, everything is released. */
  async open(abort: AbortSignal | undefined): Promise<void> {
    try {
      this.#signals = await this.#openSignals(abort)
    } catch (error) {
      this.#closed = true
      this.#stopListening()
      throw abort?.aborted ? abort.reason : error
    }
  }

  async renewCode(): Promise<string> {
    if (this.#closed) throw isClosed()
    if (!this.#codeIsLost) return this.code
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null
    })
    return this.#renewing
  }

  release(link: Link): void {
    this.#guests.release(link)
  }

  close(reason: LinkCloseReason = 'host-left', keepsLobby = false): void {
    this.#end((link) => link.close(reason), keepsLobby)
  }

  #end(end: (link: LaneLink) => void, keepsLobby: boolean): void {
    if (this.#closed) return
    this.#closed = true
    this.#stopListening()
    this.#guests.close(end)
    if (keepsLobby && this.#signals?.release) this.#signals.release()
    else this.#signals?.close()
  }

  async #openSignals(abort: AbortSignal | undefined): Promise<HostSignals> {
    const { note, onOnline, onLost } = this.#options
    const handlers: HostSignalHandlers = {
      ...(note !== undefined && { note }),
      join: (attempt, info, mark) => (this.#closed ? 'host-left' : this.#guests.join(attempt, info, mark ?? null)),
      signal: (attempt, text) => this.#guests.signal(attempt, text),
      relay: (attempt, open) => this.#guests.relay(attempt, open),
      gone: (attempt) => this.#guests.leftSignaling(attempt),
      online: (isOnline) => onOnline?.(isOnline),
      lost: (reason) => {
        this.#codeIsLost = true
        onLost?.(reason)
      },
    }
    try {
      const opened = await abortable(this.#signaling.host(handlers, abort), abort, (late) => late.close())
      if (this.#closed) opened.close()
      return opened
    } catch (error) {
      throw signalingError(error)
    }
  }

  async #renew(): Promise<string> {
    // Guests that are still connecting have their signals over the old signalling, which is gone.
    this.#guests.dropConnecting()
    const renewed = await this.#openSignals(undefined)
    if (this.#closed) throw isClosed()
    this.#signals = renewed
    this.#codeIsLost = false
    return renewed.code
  }
}

function isClosed(): StarwireError {
  return new StarwireError('host-left', 'this star is closed')
}

/**
 * The guests of a star, on the host's side: who may connect, who holds one of the `maxPeers` places, who is dropped. In go requests to
 * join, signals and ends; out come peers.
 *
 * Invariants: connected and connecting guests together never hold more than `maxPeers` seats. An admitted guest without an offer
 * holds none, and so does one that has a link and wants another route for it. Signals count only for a guest's newest attempt; all others are dropped and counted. Every
 * guest ends: connected, or dropped by a deadline.
 */

import type { Cancel, Platform } from '../platform/platform.ts'
import { showError } from '../platform/show-error.ts'
import type { Attempt, OpenRelay } from '../signaling/signals.ts'
import type { LaneLink } from '../transport/lane-link.ts'
import type { Link, LinkCloseReason } from '../transport/link.ts'
import type { ConnectPeer } from '../transport/peer-connection.ts'
import type { Reason } from '../wire/reasons.ts'
import { keyText, type Privacy, rerouteKey } from './attempt.ts'
import { directConnector, type LinkAttempt, openLink } from './open-link.ts'

/** How long an admitted guest has for its offer. An honest one needs some milliseconds. Until then it holds no seat. */
const OFFER_DEADLINE_MS = 5000

/** Admitted guests without an offer that are remembered; beyond it the oldest is forgotten. */
const MAX_ADMITTED = 128

/** An honest connection opens in 0.1 to 0.5 s. One that is older than this loses its seat to a newcomer when no other is free. */
const FRESH_MS = 2000

/** How long a connection may still take after its guest has left signalling, which an honest one does when its side is open. */
const LAST_STEPS_MS = 3000

export interface StarPeer {
  /** Chosen by signalling, unique in this star, the same when a guest connects anew over the same signalling connection. */
  readonly id: string
  readonly link: LaneLink
  /** The text that the guest gave to `joinStar`. Written by a stranger. */
  readonly info: string
  /** Stands for the guest's address in this lobby; null where the operator of signalling gives hosts none. */
  readonly addressMark: string | null
}

export interface GuestsOptions {
  /** Null: by relays alone, and offers are dropped. */
  readonly connect: ConnectPeer | null
  readonly privacy?: Privacy | undefined
  readonly platform: Platform
  readonly maxPeers: number
  readonly maxBulkBytes?: number | undefined
  /** From the offer until the guest must be connected, in ms. */
  readonly deadlineMs: number
  accept?: ((info: string, addressMark: string | null) => Reason | null) | undefined
  onPeer?: ((peer: StarPeer) => void) | undefined
  onPeerGone?: ((peer: StarPeer, reason: LinkCloseReason) => void) | undefined
  iceServers(): RTCIceServer[]
  sendSignal(attempt: Attempt, text: string): void
  /** A guest is silent. By the relay: the server may be, too. By another route: this page may have lost its network, and the server with it. */
  guestIsLate(isRelayed: boolean): void
}

/**
 * A guest between its request to join and the end of its connection. Admitted: it has neither `rtc` nor `peer`. Connecting:
 * it made its offer and has `rtc`. Connected: it has `peer`, too.
 */
interface Guest {
  readonly attempt: Attempt
  readonly info: string
  readonly addressMark: string | null
  rtc: LinkAttempt | null
  peer: StarPeer | null
  /** This guest has a link already, and asks for another route for it. Null: it asks for a link. */
  readonly existing: StarPeer | null
  /** Said over the link of `peer`. */
  key: string | null
  cancelDeadline: Cancel
  offeredAt: number
}

export class Guests {
  readonly peers = new Map<string, StarPeer>()
  readonly #options: GuestsOptions
  /** The newest attempt of each guest; those that made an offer stand in the order of their offers. */
  readonly #guests = new Map<string, Guest>()
  /** Connected guests by the newest key that each has said. */
  readonly #byKey = new Map<string, StarPeer>()
  #rejectedSignals = 0

  constructor(options: GuestsOptions) {
    this.#options = options
  }

  /** Guests on their way: let in, and not connected. */
  get connecting(): number {
    return [...this.#guests.values()].filter(({ peer, existing }) => !peer && !existing).length
  }

  get rejectedSignals(): number {
    return [...this.#guests.values()].reduce((sum, { rtc }) => sum + (rtc?.rejectedSignals ?? 0), this.#rejectedSignals)
  }

  /** A guest asks to join: null lets it in. */
  join(attempt: Attempt, info: string, addressMark: string | null): Reason | null {
    const { peer: id, epoch } = attempt
    const before = this.#guests.get(id)
    if (before && before.attempt.epoch >= epoch) return 'host-silent'
    const key = rerouteKey(info)
    if (key !== null) return this.#letReroute(attempt, key)
    if (!this.#hasRoom(id)) return 'full'
    const refusal = ask(this.#options.accept, info, addressMark)
    if (refusal) return refusal
    // A link that is still open stays until the new one opens: the guest knows which of them it uses.
    if (before && !before.peer) this.#drop(before)
    this.#admit({ ...newGuest(attempt), info, addressMark })
    return null
  }

  #admit(guest: Guest): void {
    this.#dropAfter(guest, Math.min(OFFER_DEADLINE_MS, this.#options.deadlineMs))
    this.#putLast(guest)
    this.#forgetOldestAdmitted()
  }

  /** Another route for the link whose guest has said this key over it. Each link has one attempt at a time. */
  #letReroute(attempt: Attempt, key: string): Reason | null {
    const existing = this.#byKey.get(key)
    if (!existing) return 'host-silent'
    this.#dropReroutesOf(existing)
    this.#admit({ ...newGuest(attempt), existing })
    return null
  }

  #dropReroutesOf(peer: StarPeer): void {
    for (const guest of [...this.#guests.values()]) if (guest.existing === peer) this.#drop(guest)
  }

  /** A connected guest has said a key. Nobody takes that of another one. */
  #keyed(guest: Guest, key: string): void {
    if (!guest.peer || this.#byKey.has(key)) return
    if (guest.key !== null) this.#byKey.delete(guest.key)
    guest.key = key
    this.#byKey.set(key, guest.peer)
  }

  signal(attempt: Attempt, text: string): void {
    const guest = this.#current(attempt)
    if (!guest) this.#rejectedSignals++
    else if (guest.rtc) guest.rtc.signal(text)
    else this.#takeOffer(guest, text)
  }

  /** The guest has left signalling. A connected one stays, and one that connects has a moment to finish. */
  leftSignaling(attempt: Attempt): void {
    const guest = this.#current(attempt)
    if (!guest || guest.peer) return
    if (guest.rtc) this.#dropAfter(guest, LAST_STEPS_MS)
    else this.#drop(guest)
  }

  /** Drops every guest that is not connected. */
  dropConnecting(): void {
    for (const guest of [...this.#guests.values()]) if (!guest.peer) this.#drop(guest)
  }

  /** The guest of this link is none any more. The link stays open. */
  release(link: Link): void {
    for (const [id, peer] of this.peers) {
      if (peer.link !== link) continue
      this.peers.delete(id)
      const guest = this.#guests.get(id)
      if (guest?.peer === peer) this.#guests.delete(id)
    }
  }

  /** Ends everything; `end` closes each open link. */
  close(end: (link: LaneLink) => void): void {
    for (const { link } of [...this.peers.values()]) end(link)
    for (const guest of [...this.#guests.values()]) this.#drop(guest)
  }

  #current({ peer, epoch }: Attempt): Guest | null {
    const guest = this.#guests.get(peer)
    return guest?.attempt.epoch === epoch ? guest : null
  }

  #putLast(guest: Guest): void {
    this.#guests.delete(guest.attempt.peer)
    this.#guests.set(guest.attempt.peer, guest)
  }

  #drop(guest: Guest): void {
    guest.cancelDeadline()
    if (this.#guests.get(guest.attempt.peer) === guest) this.#guests.delete(guest.attempt.peer)
    const { rtc } = guest
    guest.rtc = null
    this.#rejectedSignals += rtc?.rejectedSignals ?? 0
    rtc?.cancel()
  }

  #dropAfter(guest: Guest, ms: number): void {
    guest.cancelDeadline()
    guest.cancelDeadline = this.#options.platform.after(ms, () => this.#drop(guest))
  }

  /** Guests that hold a seat and are still connecting, oldest offer first. One that connects anew has the seat of its open link. */
  #seatedOnTheWay(except: string): Guest[] {
    return [...this.#guests.values()].filter(
      ({ attempt: { peer: id }, rtc, peer, existing }) =>
        id !== except && rtc && !peer && !existing && !this.peers.has(id),
    )
  }

  #isSlow({ offeredAt, rtc }: Guest): boolean {
    return rtc?.isWaiting || this.#options.platform.now() - offeredAt >= FRESH_MS
  }

  #linkedOthers(id: string): number {
    return this.peers.size - (this.peers.has(id) ? 1 : 0)
  }

  /** Whether a seat is free for this guest, or held by a slow connection that can be dropped. */
  #hasRoom(id: string): boolean {
    const fresh = this.#seatedOnTheWay(id).filter((guest) => !this.#isSlow(guest))
    return this.#linkedOthers(id) + fresh.length < this.#options.maxPeers
  }

  #forgetOldestAdmitted(): void {
    const admitted = [...this.#guests.values()].filter(({ rtc, peer }) => !rtc && !peer)
    if (admitted[0] && admitted.length > MAX_ADMITTED) this.#drop(admitted[0])
  }

  /** The guest has a relay, and waits there. It may have made an offer or not. */
  relay(attempt: Attempt, open: OpenRelay): void {
    const guest = this.#current(attempt)
    if (!guest || guest.peer) return
    if (!guest.rtc) this.#seat(guest, () => this.#connect(guest, null, ''))
    guest.rtc?.relay(open)
  }

  /** The first signal of a guest must be an offer: nothing less makes the host set up a connection. */
  #takeOffer(guest: Guest, text: string): void {
    const { privacy, iceServers } = this.#options
    const connect = directConnector(this.#options.connect, privacy, iceServers())
    const isSeated = this.#seat(guest, () => connect && this.#connect(guest, connect, text))
    if (isSeated === false) this.#rejectedSignals++
  }

  /** Gives the guest a seat for its way. False when `make` makes nothing; null when there is no seat, and the guest is dropped. */
  #seat(guest: Guest, make: () => LinkAttempt | null): boolean | null {
    const { peer: id } = guest.attempt
    // More guests were admitted than there are seats: the first to offer get them.
    if (!guest.existing && !this.#hasRoom(id)) {
      this.#drop(guest)
      return null
    }
    const seated = this.#seatedOnTheWay(id)
    const slow = seated.find((other) => this.#isSlow(other))
    const rtc = make()
    if (!rtc) return false
    if (slow && !guest.existing && this.#linkedOthers(id) + seated.length >= this.#options.maxPeers) this.#drop(slow)
    guest.cancelDeadline()
    guest.offeredAt = this.#options.platform.now()
    this.#putLast(guest)
    guest.rtc = rtc
    return true
  }

  /** `connect` is null: by a relay alone. The result is null when the text is no offer. */
  #connect(guest: Guest, connect: ConnectPeer | null, offer: string): LinkAttempt | null {
    const { platform, privacy, deadlineMs, maxBulkBytes, iceServers, sendSignal } = this.#options
    return openLink(connect, {
      ...{ offer, platform, privacy, maxBulkBytes },
      iceServers: iceServers(),
      timeoutMs: deadlineMs,
      sendSignal: (text) => sendSignal(guest.attempt, text),
      ...(guest.existing && { existing: guest.existing.link }),
      keyed: (key) => this.#keyed(guest, keyText(key)),
      // The guest looks for another route over signalling half a second later: by then this page is to be found there.
      liveness: (state) => {
        if (state === 'late' && guest.peer) this.#options.guestIsLate(guest.peer.link.describe()?.route === 'relayed')
      },
      opened: (link) => guest.existing ?? this.#connected(guest, link),
      settled: () => guest.existing && this.#drop(guest),
      failed: () => this.#drop(guest),
      ended: (reason) => this.#ended(guest, reason),
    })
  }

  #connected(guest: Guest, link: LaneLink): void {
    guest.cancelDeadline()
    const { peer: id } = guest.attempt
    const before = this.peers.get(id)
    const peer: StarPeer = { id, link, info: guest.info, addressMark: guest.addressMark }
    guest.peer = peer
    this.peers.set(id, peer)
    before?.link.close('left')
    this.#options.onPeer?.(peer)
  }

  #ended(guest: Guest, reason: LinkCloseReason): void {
    const { peer } = guest
    this.#drop(guest)
    if (!peer) return
    if (guest.key !== null) this.#byKey.delete(guest.key)
    this.#dropReroutesOf(peer)
    if (this.peers.get(peer.id) === peer) this.peers.delete(peer.id)
    this.#options.onPeerGone?.(peer, reason)
  }
}

function newGuest(attempt: Attempt): Guest {
  return {
    ...{ attempt, info: '', addressMark: null, rtc: null, peer: null, existing: null, key: null },
    ...{ cancelDeadline: () => {}, offeredAt: 0 },
  }
}

/** The developer's own answer. An error in it refuses this guest and is shown; the star goes on. */
function ask(accept: GuestsOptions['accept'], info: string, addressMark: string | null): Reason | null {
  try {
    return accept?.(info, addressMark) ?? null
  } catch (error) {
    showError(error)
    return 'rules-failed'
  }
}

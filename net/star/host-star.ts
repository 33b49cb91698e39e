/**
 * The host's side of the star: admits guests, keeps one link to each, and lets go of attempts that lead nowhere.
 */

import { StarwireError } from '../errors/starwire-error.ts'
import { abortable } from '../platform/abort.ts'
import { onPageGone } from '../platform/page-events.ts'
import {
  type Attempt,
  type HostSignalHandlers,
  type HostSignals,
  MAX_NOTE_LENGTH,
  type Signaling,
} from '../signaling/signals.ts'
import type { RtcLink } from '../transport/channel-link.ts'
import type { LinkCloseReason } from '../transport/link.ts'
import { readSignal } from '../transport/signal-text.ts'
import { openRtcLink, type RtcAttempt } from '../transport/simple-peer.ts'
import { type PeerConnectionConstructor, usableWebrtc } from '../transport/webrtc.ts'
import type { Reason } from '../wire/reasons.ts'
import { JOIN_DEADLINE_MS, signalingError } from './attempt.ts'

/** For an admitted guest to make its offer, which takes an honest one some milliseconds. Until then it holds no seat. */
const OFFER_DEADLINE_MS = 5000

/** Guests that were let in and have offered nothing; one more, and the oldest is forgotten. */
const MAX_SILENT = 128

/** An honest connection opens in 0.1 to 0.5 s; one that takes longer gives its seat to whoever comes when there is no other. */
const FRESH_MS = 2000

/** For a connection to finish whose guest has left signalling: an honest one leaves when its own side is open. */
const LAST_STEPS_MS = 3000

/** Guests of one host. Each costs an uplink of 20 to 40 KB/s; Chromium allows 500 connections. */
export const DEFAULT_MAX_PEERS = 16

export interface StarPeer {
  /** Chosen by signalling, unique in this star, the same when a guest connects anew over the same signalling connection. */
  readonly id: string
  readonly link: RtcLink
  /** The text that the guest gave to `joinStar`. Written by a stranger. */
  readonly info: string
}

export interface HostStarOptions {
  /**
   * Asked before a guest may connect: null admits, a reason refuses. Any will do; `locked`, `wrong-password` and `banned` are
   * there for this alone. Default: everybody.
   */
  accept?: (info: string) => Reason | null
  /** Told to guests who are refused, as the `detail` of their error: at most 200 characters. Default: nothing. */
  note?: string
  /** A guest is connected: its lanes are open. Call `peer.link.listen` in here. */
  onPeer?: (peer: StarPeer) => void
  /** A guest is gone, for whatever reason; it is no longer in `peers`. */
  onPeerGone?: (peer: StarPeer, reason: LinkCloseReason) => void
  /** Signalling went out of reach, or came back. Those who are here stay; nobody new can join meanwhile. */
  onOnline?: (isOnline: boolean) => void
  /** The code is lost for good; those who are here stay. */
  onLost?: (reason: Reason) => void
  /** This page went, and the star with it: if the browser's cache brings the page back, there is no star any more. */
  onPageGone?: () => void
  /** Connected and connecting guests together, 1 to 255; beyond it guests are refused as `full`. Default 16. Who was let in and offers nothing does not count. */
  maxPeers?: number
  /** Instead of those that signalling hands out. */
  iceServers?: RTCIceServer[]
  /** What makes connections: for Node, that of a package. Default: the page's own. */
  RTCPeerConnection?: PeerConnectionConstructor
  /** Gives the opening up while it is under way: everything is released, and it rejects with the signal's reason. */
  signal?: AbortSignal
  /** Milliseconds from admission until a guest must be connected. Default 15,000. */
  deadlineMs?: number
}

export interface HostStar {
  /** Another one after `renewCode`. */
  readonly code: string
  readonly peers: ReadonlyMap<string, StarPeer>
  /** What connections are made with, your own or the newest that signalling gave: for connections of your own, such as voice. */
  readonly iceServers: readonly RTCIceServer[]
  /** Guests on their way. */
  readonly connecting: number
  /** Texts of signalling that were malformed, too many, or of a stale attempt. */
  readonly rejectedSignals: number
  /**
   * Takes a new code when this one is lost (`onLost`), and resolves to it; to the present one otherwise. Those who are here
   * stay. Rejects with a StarwireError as `createStar` does.
   */
  renewCode(): Promise<string>
  /** Says goodbye to everybody and gives the code back. Default reason `host-left`. */
  close(reason?: LinkCloseReason): void
}

/** A guest between its request to join and the end of its connection. */
interface Guest {
  attempt: Attempt
  info: string
  rtc: RtcAttempt | null
  peer: StarPeer | null
  timer: ReturnType<typeof setTimeout> | undefined
  /** When it made its offer; it takes a seat from then on. */
  offeredAt: number
}

/**
 * Opens a star and hosts it.
 * @throws StarwireError (rejects) `no-webrtc` when this page cannot make connections, before signalling is asked; else when
 *   signalling cannot be reached or refuses.
 * @throws RangeError (rejects) when `maxPeers` or the length of `note` is out of range.
 */
export async function hostStar(signaling: Signaling, options: HostStarOptions = {}): Promise<HostStar> {
  const { maxPeers = DEFAULT_MAX_PEERS, deadlineMs = JOIN_DEADLINE_MS } = options
  if (!(Number.isInteger(maxPeers) && maxPeers >= 1 && maxPeers <= 255)) {
    throw new RangeError(`maxPeers is a whole number from 1 to 255, not ${maxPeers}.`)
  }
  if (options.note !== undefined && options.note.length > MAX_NOTE_LENGTH)
    throw new RangeError(`A note has at most ${MAX_NOTE_LENGTH} characters: shorten it.`)
  const PeerConnection = await abortable(usableWebrtc(options.RTCPeerConnection), options.signal)
  const peers = new Map<string, StarPeer>()
  /** The newest attempt of each guest, connected or not. */
  const guests = new Map<string, Guest>()
  /** Attempts that may still send signals but were replaced or failed are counted here when they do. */
  let rejectedSignals = 0
  let signals: HostSignals | null = null
  let closed = false
  let codeIsLost = false
  let renewing: Promise<string> | null = null

  const current = ({ peer, epoch }: Attempt): Guest | null => {
    const guest = guests.get(peer)
    return guest?.attempt.epoch === epoch ? guest : null
  }
  const drop = (guest: Guest): void => {
    clearTimeout(guest.timer)
    if (guests.get(guest.attempt.peer) === guest) guests.delete(guest.attempt.peer)
    rejectedSignals += guest.rtc?.rejectedSignals ?? 0
    const { rtc } = guest
    guest.rtc = null
    rtc?.cancel()
  }
  /** Who is connecting, oldest offer first: an offer moves its guest to the end. */
  const connecting = (except: string): Guest[] =>
    [...guests.values()].filter(
      ({ attempt: { peer: id }, rtc, peer }) => id !== except && rtc !== null && !peer && !peers.has(id),
    )
  const isSlow = ({ offeredAt }: Guest): boolean => performance.now() - offeredAt >= FRESH_MS
  const others = (id: string): number => peers.size - (peers.has(id) ? 1 : 0)

  /** Whether there is a seat for this guest, or one that a connection which gets nowhere can be made to give up. */
  const hasRoom = (id: string): boolean =>
    others(id) + connecting(id).filter((guest) => !isSlow(guest)).length < maxPeers

  function forgetSilent(): void {
    const silent = [...guests.values()].filter(({ rtc, peer }) => rtc === null && !peer)
    if (silent[0] && silent.length > MAX_SILENT) drop(silent[0])
  }

  function join(attempt: Attempt, info: string): Reason | null {
    if (closed) return 'host-left'
    const before = guests.get(attempt.peer)
    if (before && before.attempt.epoch >= attempt.epoch) return 'host-silent'
    if (!hasRoom(attempt.peer)) return 'full'
    const refusal = ask(options.accept, info)
    if (refusal) return refusal
    // A link that is still open stays until the new one opens: the guest knows which of them it uses.
    if (before && !before.peer) drop(before)
    const guest: Guest = { attempt, info, rtc: null, peer: null, timer: undefined, offeredAt: 0 }
    guest.timer = setTimeout(drop, Math.min(OFFER_DEADLINE_MS, deadlineMs), guest)
    guests.delete(attempt.peer)
    guests.set(attempt.peer, guest)
    forgetSilent()
    return null
  }

  function signal(attempt: Attempt, data: string): void {
    const guest = current(attempt)
    if (!guest) rejectedSignals++
    else if (guest.rtc) guest.rtc.signal(data)
    else answer(guest, data)
  }

  /** The first signal must be an offer: nothing less makes the host set up a connection. */
  function answer(guest: Guest, data: string): void {
    const offer = readSignal(data)
    if (offer?.kind !== 'description' || offer.type !== 'offer') {
      rejectedSignals++
      return
    }
    const { peer: id } = guest.attempt
    const slow = connecting(id).find(isSlow)
    // More were let in at once than there are seats: who offers first sits.
    if (!hasRoom(id)) return drop(guest)
    if (slow && others(id) + connecting(id).length >= maxPeers) drop(slow)
    clearTimeout(guest.timer)
    guest.offeredAt = performance.now()
    guests.delete(id)
    guests.set(id, guest)
    guest.rtc = openRtcLink({
      PeerConnection,
      initiator: false,
      iceServers: options.iceServers ?? signals?.iceServers ?? [],
      timeoutMs: deadlineMs,
      sendSignal: (text) => signals?.signal(guest.attempt, text),
      opened: (link) => connected(guest, link),
      failed: () => drop(guest),
      ended: (reason) => gone(guest, reason),
    })
    guest.rtc.signal(data)
  }

  function connected(guest: Guest, link: RtcLink): void {
    clearTimeout(guest.timer)
    const { peer: id } = guest.attempt
    const before = peers.get(id)
    const peer: StarPeer = { id, link, info: guest.info }
    guest.peer = peer
    peers.set(id, peer)
    before?.link.close('left')
    options.onPeer?.(peer)
  }

  function gone(guest: Guest, reason: LinkCloseReason): void {
    const { peer } = guest
    drop(guest)
    if (!peer) return
    if (peers.get(peer.id) === peer) peers.delete(peer.id)
    options.onPeerGone?.(peer, reason)
  }

  function guestLeftSignaling(attempt: Attempt): void {
    const guest = current(attempt)
    if (!guest || guest.peer) return
    if (!guest.rtc) {
      drop(guest)
      return
    }
    clearTimeout(guest.timer)
    guest.timer = setTimeout(drop, LAST_STEPS_MS, guest)
  }

  function close(end: (link: RtcLink) => void): void {
    if (closed) return
    closed = true
    stopListening()
    for (const peer of [...peers.values()]) end(peer.link)
    for (const guest of [...guests.values()]) drop(guest)
    signals?.close()
  }

  const stopListening = onPageGone(() => {
    close((link) => link.closeAtOnce('host-left'))
    options.onPageGone?.()
  })
  async function openSignals(abort: AbortSignal | undefined): Promise<HostSignals> {
    const handlers: HostSignalHandlers = {
      ...(options.note === undefined ? {} : { note: options.note }),
      join,
      signal,
      gone: guestLeftSignaling,
      online: (isOnline) => options.onOnline?.(isOnline),
      lost: (reason) => {
        codeIsLost = true
        options.onLost?.(reason)
      },
    }
    try {
      const opened = await abortable(signaling.host(handlers, abort), abort, (late) => late.close())
      if (closed) opened.close()
      return opened
    } catch (error) {
      throw signalingError(error)
    }
  }

  async function renew(): Promise<string> {
    // Who was on the way has lost the only way to go on.
    for (const guest of [...guests.values()]) if (!guest.peer) drop(guest)
    const renewed = await openSignals(undefined)
    if (closed) throw new StarwireError('host-left', 'this star is closed')
    signals = renewed
    codeIsLost = false
    return renewed.code
  }

  const codeNow = (): string => signals?.code ?? ''
  try {
    signals = await openSignals(options.signal)
  } catch (error) {
    closed = true
    stopListening()
    throw options.signal?.aborted ? options.signal.reason : error
  }

  return {
    get code() {
      return codeNow()
    },
    peers,
    get iceServers() {
      return options.iceServers ?? signals?.iceServers ?? []
    },
    async renewCode() {
      if (closed) throw new StarwireError('host-left', 'this star is closed')
      if (!codeIsLost) return codeNow()
      renewing ??= renew().finally(() => {
        renewing = null
      })
      return renewing
    },
    get connecting() {
      return [...guests.values()].filter(({ peer }) => !peer).length
    },
    get rejectedSignals() {
      return [...guests.values()].reduce((sum, { rtc }) => sum + (rtc?.rejectedSignals ?? 0), rejectedSignals)
    },
    close: (reason = 'host-left') => close((link) => link.close(reason)),
  }
}

/** The developer's own answer; an error in it refuses this guest and is shown, but does not close the lobby. */
function ask(accept: HostStarOptions['accept'], info: string): Reason | null {
  if (!accept) return null
  try {
    return accept(info)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
    return 'rules-failed'
  }
}

/**
 * Who sits where, on the host's page. A hello takes a seat, or takes one up again. A lost link leaves the seat reserved. A timeout, a
 * kick or a goodbye frees it. The host's role then tells the match and the other guests ({@link SeatingEvents}).
 *
 * Invariants: a seat has at most one link. A guest in the roster without a link has a reservation that runs out.
 */
import type { Link, LinkCloseReason } from '../../transport/link.ts'
import type { PlayerId } from '../../world/ids.ts'
import type { Admission, Denial } from '../admission/admission.ts'
import { type GuestMarks, NO_MARKS } from '../admission/guest-marks.ts'
import type { Roster } from '../members/roster.ts'
import type { ForeignHello, GuestMessage, Hello, HostMessage, RosterEntry } from '../messages.ts'
import type { GuestPeer } from './guest-peer.ts'
import type { Reservations } from './reservations.ts'

/**
 * How long a seat waits for a page that was left outside of a match. A reload takes a few seconds, and most players who leave the
 * page then have closed it. In a match the seat waits for the full time, since their entities are at stake.
 */
const RELOAD_SECONDS_BEFORE_MATCH = 15

export interface SeatingEvents {
  /** A guest sits: welcome them, with the token that leads back. */
  seated(peer: GuestPeer, player: PlayerId, token: string): void
  /** A player's link is gone and the seat is reserved. */
  unlinked(player: PlayerId, link: Link): void
  /** The link that another host had vouched for is gone, and its player has not come to this host. */
  absent(player: PlayerId): void
  /** A player went to watch, or a spectator to play, in another seat. */
  reseated(peer: GuestPeer, from: PlayerId, member: RosterEntry, token: string): void
  /** A seat is free. */
  freed(player: PlayerId, how: 'left' | 'kicked'): void
  /** Whether a match runs. */
  readonly playing: boolean
}

export interface SeatingOptions {
  readonly roster: Roster
  readonly reservations: Reservations
  readonly admission: Admission
  readonly events: SeatingEvents
  /** What the host before knew of the guests in their seats, when this page takes over. Default: nothing. */
  readonly marks?: readonly (readonly [PlayerId, GuestMarks])[]
  /** Whether a token that leads nowhere is no fault now: another host may have given it in its last moment. Default: never. */
  seatsUnknown?(): boolean
}

export class Seating {
  /** Guests with an open link, seated or not yet. */
  readonly peers = new Set<GuestPeer>()
  private readonly roster: Roster
  private readonly reservations: Reservations
  private readonly admission: Admission
  private readonly events: SeatingEvents
  private readonly seatsUnknown: () => boolean
  /** The marks of the guest in each seat, also of guests who are away. */
  private readonly marks: Map<PlayerId, GuestMarks>

  constructor({ roster, reservations, admission, events, marks = [], seatsUnknown }: SeatingOptions) {
    this.seatsUnknown = seatsUnknown ?? (() => false)
    this.roster = roster
    this.reservations = reservations
    this.admission = admission
    this.events = events
    this.marks = new Map(marks)
  }

  saveMarks(): [PlayerId, GuestMarks][] {
    return [...this.marks]
  }

  /**
   * Called when the role begins. Marks this page's own player as the host, and reserves the seats of all other members: there are some
   * only when this page takes over a lobby.
   */
  awaitOthers(me: PlayerId | null): void {
    for (const { id, bot } of this.roster.entries) {
      this.roster.set(id, { host: id === me })
      if (id === me) {
        // The host before may have said otherwise of this page.
        this.roster.set(id, { presence: 'here' })
        this.reservations.cancel(id)
      }
      if (id === me || bot) continue
      this.roster.set(id, { presence: 'away' })
      if (!this.reservations.has(id)) this.reservations.open(id)
      this.reservations.wait(id, this.reservations.seconds, () => this.free(id))
    }
  }

  /** Guests who sit. */
  *seated(): Generator<GuestPeer> {
    for (const peer of this.peers) if (peer.player !== null) yield peer
  }

  tellAll(message: HostMessage): void {
    for (const peer of this.seated()) peer.tell(message)
  }

  /** The link of a player, whether or not they have said hello to this host. */
  linkedPeer(player: PlayerId): GuestPeer | null {
    for (const peer of this.peers) if (peer.player === null && peer.vouched === player) return peer
    return this.peerOf(player)
  }

  peerOf(player: PlayerId): GuestPeer | null {
    for (const peer of this.peers) if (peer.player === player) return peer
    return null
  }

  /** A message of a guest without a seat. Returns false for what no honest page says then. */
  hear(peer: GuestPeer, message: GuestMessage | ForeignHello): boolean {
    if (message.kind === 'hello') this.hello(peer, message)
    else if (message.kind === 'foreign-hello') this.refuse(peer, { reason: 'version-mismatch' })
    else return message.kind === 'guess' && this.guess(peer, message)
    return true
  }

  private hello(peer: GuestPeer, hello: Hello): void {
    peer.firstChoice = hello.choice ?? null
    const refusal = this.admission.sameGame(hello.hash)
    if (refusal) this.refuse(peer, refusal)
    else if (hello.vouched) this.sitByLink(peer)
    else if (hello.resume === undefined) this.sit(peer, hello)
    else this.sitAgain(peer, hello, [hello.resume, ...(hello.earlier ?? [])])
  }

  private sit(peer: GuestPeer, hello: Hello, knowsPassword = false): void {
    const { spectate = false, formerly } = hello
    const { askedCodes } = this.admission
    if (formerly) peer.marks = { ...peer.marks, former: formerly }
    else if (askedCodes.length > 0) return peer.tell({ kind: 'formerly', codes: [...askedCodes] })
    const refusal = this.admission.newcomer(peer.marks, spectate)
    if (refusal) return this.refuse(peer, refusal)
    const { salt } = this.admission.password
    if (salt !== null && !knowsPassword) return peer.ask(hello, salt)
    if (!spectate) this.makeRoom()
    const entry = this.roster.add(hello.name, false, undefined, { spectator: spectate })
    if (entry) this.place(peer, entry.id, this.reservations.open(entry.id))
    else this.refuse(peer, this.admission.full())
  }

  /** A guest who was asked for the password shows a key. */
  private guess(peer: GuestPeer, { salt, key }: Extract<GuestMessage, { kind: 'guess' }>): boolean {
    const { asked } = peer
    if (!asked || asked.salt !== salt) return false
    peer.asked = null
    if (salt === this.admission.password.salt) this.check(peer, asked.hello, key)
    // The password has changed meanwhile: they are asked again, and this guess does not count.
    else this.sit(peer, asked.hello)
    return true
  }

  private check(peer: GuestPeer, hello: Hello, key: string): void {
    this.admission.guess(key, peer.marks).then((denial) => {
      if (!this.peers.has(peer)) return
      if (denial) this.refuse(peer, denial)
      else this.sit(peer, hello, true)
    })
  }

  /** Frees the seat of a bot when no other seat is left for a person. */
  makeRoom(): void {
    const { botThatGivesWay } = this.roster
    if (botThatGivesWay !== null) this.free(botThatGivesWay)
  }

  /** A guest with a seat asks to watch, or to play again. Returns null when they have the other seat, else why not. */
  reseat(peer: GuestPeer, player: PlayerId, spectates: boolean, now: number): 'full' | 'too-often' | null {
    if (peer.seatChanges.available(now) < 1) return 'too-often'
    if (!spectates) this.makeRoom()
    const member = this.roster.reseat(player, spectates)
    const token = member && this.reservations.move(player, member.id)
    if (!member || !token) return 'full'
    peer.seatChanges.spend(1)
    peer.player = member.id
    this.marks.delete(player)
    this.marks.set(member.id, peer.marks)
    this.events.reseated(peer, player, member, token)
    return null
  }

  /** The guest of this link is no guest of this page any more: returns the link. Null: they are not here. */
  release(player: PlayerId): Link | null {
    const peer = this.peerOf(player)
    if (!peer) return null
    peer.stopTimer()
    peer.player = null
    this.peers.delete(peer)
    return peer.link
  }

  marksOf(player: PlayerId): GuestMarks {
    return this.marks.get(player) ?? NO_MARKS
  }

  /** A member who is not linked has left for good. */
  leave(player: PlayerId): void {
    if (this.roster.has(player)) this.free(player)
  }

  /** Over a link that another host has vouched for. No token is shown; they get a new one. */
  private sitByLink(peer: GuestPeer): void {
    const { vouched } = peer
    if (vouched === null || !this.roster.has(vouched)) this.refuse(peer, { reason: 'seat-lost' })
    else this.seatAgain(peer, vouched, this.reservations.renew(vouched))
  }

  /** A guest who sits gets their seat anew, over the same link. */
  renew(peer: GuestPeer): void {
    const { player } = peer
    if (player !== null) this.seatAgain(peer, player, this.reservations.renew(player))
  }

  /** `tokens`: newest first. Those that another host gave in its last moments are unknown here. */
  private sitAgain(peer: GuestPeer, hello: Hello, tokens: readonly string[]): void {
    for (const token of tokens) {
      const player = this.reservations.playerOf(token)
      if (player !== null) return this.seatAgain(peer, player, this.reservations.redeem(player, token))
    }
    // Who came in such a moment comes like a newcomer.
    const denial = this.admission.voidTokens(tokens, peer.marks)
    if (denial.reason === 'seat-lost' && this.seatsUnknown()) this.sit(peer, hello)
    else this.refuse(peer, denial)
  }

  /** `next`: the token that leads back from now on; null: they come too often. */
  private seatAgain(peer: GuestPeer, player: PlayerId, next: string | null): void {
    // Not refused: their page tries again after a while.
    if (next === null) return peer.link.close('lost')
    const before = this.peerOf(player)
    if (before && before !== peer) {
      // The older link may still look alive. Nothing it says counts from now on.
      before.player = null
      this.peers.delete(before)
      before.link.close('replaced')
    }
    this.roster.set(player, { presence: 'here' })
    this.place(peer, player, next)
  }

  private place(peer: GuestPeer, player: PlayerId, token: string): void {
    peer.stopTimer()
    peer.player = player
    this.marks.set(player, peer.marks)
    this.events.seated(peer, player, token)
  }

  /** Tells a guest why they get no seat, and closes the link. */
  private refuse(peer: GuestPeer, denial: Denial): void {
    peer.stopTimer()
    peer.tell({ kind: 'refused', ...denial })
    peer.link.close('left')
  }

  /** A guest's link has ended. Reserves the seat when they may come back, else frees it. */
  depart(peer: GuestPeer, reason: LinkCloseReason): void {
    const { player } = peer
    peer.stopTimer()
    this.peers.delete(peer)
    if (reason === 'kicked') this.keepOut(player, peer.marks)
    if (player === null) {
      const { vouched } = peer
      if (vouched !== null && !this.peerOf(vouched)) this.events.absent(vouched)
      return
    }
    // `away`: the page was left, maybe for a reload.
    const mayReturn = (reason === 'lost' || reason === 'away') && this.reservations.seconds > 0
    if (!mayReturn) return this.free(player, reason === 'kicked' || reason === 'banned' ? 'kicked' : 'left')
    const reloads = reason === 'away' && !this.events.playing
    const seconds = reloads ? RELOAD_SECONDS_BEFORE_MATCH : this.reservations.seconds
    this.reservations.wait(player, seconds, () => this.free(player))
    this.events.unlinked(player, peer.link)
  }

  /**
   * Removes a player, and keeps them out: `kicked` for a while, `banned` for good. `text` is told to them. Returns false when
   * there is no such player.
   */
  remove(player: PlayerId, reason: 'kicked' | 'banned', text: string | null): boolean {
    const member = this.roster.get(player)
    if (!member) return false
    const marks = this.marks.get(player) ?? NO_MARKS
    if (reason === 'banned') this.admission.ban(member.name, text, this.reservations.tokensOf(player), marks)
    const peer = this.peerOf(player)
    if (peer) {
      if (text !== null) peer.tell({ kind: 'removed', text })
      peer.link.close(reason)
    } else {
      if (reason === 'kicked') this.keepOut(player, marks)
      this.free(player, 'kicked')
    }
    return true
  }

  private keepOut(player: PlayerId | null, marks: GuestMarks): void {
    this.admission.keepOut(player === null ? [] : this.reservations.tokensOf(player), marks)
  }

  private free(player: PlayerId, how: 'left' | 'kicked' = 'left'): void {
    this.reservations.cancel(player)
    this.marks.delete(player)
    this.events.freed(player, how)
  }

  /** Ends every link with this reason, and every reservation. */
  close(reason: LinkCloseReason): void {
    for (const peer of [...this.peers]) {
      peer.stopTimer()
      peer.link.close(reason)
    }
    this.peers.clear()
    this.reservations.clear()
  }
}

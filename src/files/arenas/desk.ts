/**
 * Drawn arenas of a lobby: the one that this player has picked, those that others offer, and which one the next match is played in. In: files
 * of this player and of others. Out: arenas that were read whole, or a sentence; for the host a change of the settings.
 *
 * Files go by `lobby.share`: a host's to all, a guest's to the host. An empty file takes back what its player offered. The match itself goes
 * by the settings, which all pages have.
 *
 * Invariants: a page holds one offer of each player who is here, of at most 16 KiB. Nothing is played before the host has seen it
 * and said so.
 */

import type { FileOffer, FileTransfer, PlayerId } from 'starwire'
import { ARENA_ENDING, type Arena, arenaIn, markOf, openField, settingsOf } from '../../../game/arenas/arena.ts'
import {
  arenaFileName,
  arenaText,
  MAX_ARENA_BYTES,
  type ReadArena,
  readArenaFile,
} from '../../../game/arenas/arena-file.ts'
import { texts } from '../../../game/languages/language.ts'
import type { PageLobby, PageMember } from '../../doors/doors.ts'
import { perLobby } from '../../doors/per-lobby.ts'
import { nothing, type Said } from '../../words/said.ts'

/** What a guest says of an arena that the host offers: `data` in the roster. */
interface Answer {
  readonly arena: string
  readonly accepts: boolean
}

export class ArenaDesk {
  readonly lobby: PageLobby
  /** What this player picked last, or why it is none. */
  picked: ReadArena | null = null
  /** Whether `picked` was offered to the others. */
  offered = false
  /** What the others offered last. Of a file that is no arena, only its player hears. */
  readonly offers = new Map<PlayerId, Arena>()
  private said: Said = nothing
  private readonly receiving = new Map<PlayerId, FileOffer>()
  /** Of the newest offer of this page. */
  private sending: readonly FileTransfer<PlayerId>[] = []
  private readonly listeners = new Set<() => void>()
  /** Of the newest file: an older one that is read late is dropped. */
  private turn = 0

  constructor(lobby: PageLobby) {
    this.lobby = lobby
    lobby.on('roster', () => this.forgetWhoLeft())
    lobby.on('settings', () => this.tell())
  }

  /** What went wrong last; empty: nothing. */
  get sentence(): string {
    return this.said()
  }

  subscribe(changed: () => void): () => void {
    this.listeners.add(changed)
    return () => this.listeners.delete(changed)
  }

  /** The arena of the next match; null: the open field. */
  get current(): Arena | null {
    return arenaIn(this.lobby.settings)
  }

  pick(arena: Arena): void {
    this.turn++
    this.show({ arena, fault: null })
  }

  async pickFile(file: Blob): Promise<void> {
    const turn = ++this.turn
    const read = await readArenaFile(file)
    if (turn === this.turn) this.show(read)
  }

  /** Plays the next match here; null: in the open field. For the host. */
  play(arena: Arena | null): void {
    const refusal = this.lobby.changeSettings(arena ? settingsOf(arena) : openField)
    this.said = refusal ? () => texts.refusals[refusal] : nothing
    if (!refusal && arena) this.dismiss(arena)
    this.tell()
  }

  /** Sends the picked arena: a host's to all, a guest's to the host. */
  async offer(): Promise<void> {
    const arena = this.picked?.arena
    if (!arena) return
    const { lobby } = this
    const to = lobby.roster
      .filter((one) => !one.mine && one.bot === null && (lobby.hosting || one.host))
      .map(({ id }) => id)
    this.offered = true
    this.said = nothing
    this.tell()
    try {
      const file = new Blob([arenaText(arena)], { type: 'application/json' })
      const sending = await lobby.share(file, { to, name: arenaFileName(arena) })
      this.sending = sending
      const ends = await Promise.all(sending.map(({ ended }) => ended))
      const isNewest = this.sending === sending && this.offered
      if (isNewest && ends.length > 0 && !ends.includes('done')) this.failed(() => texts.arenas.nobodyGot)
    } catch {
      this.failed(() => texts.arenas.notSent)
    }
  }

  /** Takes back what this page offered: it goes off the pages of the others. */
  takeBack(): void {
    const { sending } = this
    this.offered = false
    this.sending = []
    for (const transfer of sending) transfer.cancel()
    const to = sending.filter(({ peer }) => this.lobby.roster.some(({ id }) => id === peer)).map(({ peer }) => peer)
    const name = `none${ARENA_ENDING}`
    if (to.length > 0)
      this.lobby.share(new Blob([]), { to, name }).catch(() => this.failed(() => texts.arenas.notTakenBack))
    this.tell()
  }

  /** Another page offers a file of an arena. */
  hear(offer: FileOffer): void {
    const from = offer.from as PlayerId
    if (offer.size === 0) {
      offer.decline()
      this.receiving.delete(from)
      this.offers.delete(from)
      return this.tell()
    }
    // Only the host's word goes to all, and one file of a player at a time.
    const isFromHost = this.lobby.roster.some(({ id, host }) => id === from && host)
    if (offer.size > MAX_ARENA_BYTES || this.receiving.has(from) || !(this.lobby.hosting || isFromHost)) offer.decline()
    else void this.receive(offer, from)
  }

  /** Takes an offer off the page. For a guest: says that they would rather not. */
  decline(from: PlayerId): void {
    this.answer(from, false)
    this.offers.delete(from)
    this.tell()
  }

  /** For a guest: says that they would fly here. */
  accept(from: PlayerId): void {
    this.answer(from, true)
    this.tell()
  }

  /** Whether this page has accepted an offer. */
  isAccepted(from: PlayerId): boolean {
    const arena = this.offers.get(from)
    const me = this.lobby.roster.find(({ mine }) => mine)
    return arena !== undefined && me !== undefined && answerOf(me, markOf(arena)) === true
  }

  /** How many of the others have accepted the picked arena, and of how many. */
  get accepted(): { readonly by: number; readonly of: number } {
    const arena = this.picked?.arena
    const mark = arena ? markOf(arena) : ''
    const others = this.lobby.roster.filter(({ mine, bot }) => !mine && bot === null)
    return { by: others.filter((member) => answerOf(member, mark) === true).length, of: others.length }
  }

  private async receive(offer: FileOffer, from: PlayerId): Promise<void> {
    this.receiving.set(from, offer)
    const transfer = offer.accept({ maxBytes: MAX_ARENA_BYTES })
    await transfer.ended
    const { arena } = transfer.blob ? await readArenaFile(transfer.blob) : { arena: null }
    // It was taken back meanwhile.
    if (this.receiving.get(from) !== offer) return
    this.receiving.delete(from)
    if (!arena || !this.lobby.roster.some(({ id }) => id === from)) return
    this.offers.set(from, arena)
    this.tell()
  }

  private answer(from: PlayerId, accepts: boolean): void {
    const arena = this.offers.get(from)
    if (arena && !this.lobby.hosting) this.lobby.setMyData({ arena: markOf(arena), accepts } satisfies Answer)
  }

  private show(read: ReadArena): void {
    this.picked = read
    this.offered = false
    this.said = nothing
    this.tell()
  }

  private failed(said: Said): void {
    this.offered = false
    this.said = said
    this.tell()
  }

  /** What is played now need not be offered any more. */
  private dismiss(arena: Arena): void {
    const mark = markOf(arena)
    for (const [from, other] of this.offers) if (markOf(other) === mark) this.offers.delete(from)
    if (this.picked?.arena && markOf(this.picked.arena) === mark) this.picked = null
  }

  private forgetWhoLeft(): void {
    for (const from of this.offers.keys())
      if (!this.lobby.roster.some(({ id }) => id === from)) this.offers.delete(from)
    this.tell()
  }

  private tell(): void {
    for (const changed of this.listeners) changed()
  }
}

/** What a member says of an arena; null: nothing. Their data is a stranger's. */
function answerOf({ data }: PageMember, mark: string): boolean | null {
  if (typeof data !== 'object' || data === null) return null
  const { arena, accepts } = data as Partial<Record<keyof Answer, unknown>>
  return arena === mark && typeof accepts === 'boolean' ? accepts : null
}

export const arenasOf = perLobby((lobby) => new ArenaDesk(lobby))

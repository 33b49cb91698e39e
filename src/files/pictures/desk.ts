/**
 * Pictures on ships in a lobby: this player's own, and those that others sent. In: a file that the player picks, offers of others. Out: a canvas
 * for each player who has one and is not hidden.
 *
 * Invariants: at most one picture of each player who is here, at most one under way of each, and none more often than once in 2 s. A
 * picture of a player who is muted is not shown.
 */
import type { FileOffer, PlayerId } from 'starwire'
import type { PageLobby } from '../../doors/doors.ts'
import { hidesPictures, rememberedPicture, rememberHidesPictures, rememberPicture } from '../../doors/remembered.ts'
import { nothing, type Said } from '../../words/said.ts'
import {
  type EmblemFault,
  type EmblemPlatform,
  emblemSentences,
  fileOfEmblem,
  makeEmblem,
  PICKED,
  SENT,
} from './emblem.ts'
import { NO_PICTURE, PICTURE_FILE } from './picture-file.ts'

/** Between two pictures of one player: each of them is decoded. */
const BETWEEN_MS = 2000

export class PictureDesk {
  readonly lobby: PageLobby
  /** This player's own; null: none. */
  mine: HTMLCanvasElement | null = null
  private said: Said = nothing
  hidesAll = hidesPictures()
  private readonly hidden = new Set<PlayerId>()
  private readonly pictures = new Map<PlayerId, HTMLCanvasElement>()
  private readonly receiving = new Set<PlayerId>()
  private readonly lastAt = new Map<PlayerId, number>()
  /** Who has the own picture, or was offered it. */
  private readonly told = new Set<PlayerId>()
  private file: Blob | null = null
  private turn = 0
  private readonly listeners = new Set<() => void>()
  private readonly page: EmblemPlatform | undefined
  private readonly now: () => number

  /** `page` and `now`: of the browser, unless a test brings its own. */
  constructor(lobby: PageLobby, page?: EmblemPlatform, now = () => performance.now()) {
    this.lobby = lobby
    this.page = page
    this.now = now
    lobby.on('roster', () => this.follow())
  }

  /** Why the last file was not taken; empty: it was. */
  get sentence(): string {
    return this.said()
  }

  subscribe(changed: () => void): () => void {
    this.listeners.add(changed)
    return () => this.listeners.delete(changed)
  }

  /** What is drawn for a player; null: nothing. */
  pictureOf(player: PlayerId): HTMLCanvasElement | null {
    if (player === this.lobby.me) return this.mine
    if (this.hidesAll || this.hidden.has(player) || this.lobby.muted.has(player)) return null
    return this.pictures.get(player) ?? null
  }

  /** Whether another player has sent a picture, shown or not. */
  hasPicture(player: PlayerId): boolean {
    return this.pictures.has(player)
  }

  isHidden(player: PlayerId): boolean {
    return this.hidden.has(player)
  }

  /** Flies the picture that this player had last. */
  async begin(): Promise<void> {
    const kept = rememberedPicture()
    if (!kept || this.turn > 0) return
    // By `fetch` of a data: address no byte leaves the page.
    const file = await fetch(kept).then(
      (answer) => answer.blob(),
      () => null,
    )
    if (file) await this.pick(file)
  }

  /** Takes a file as the own picture, and sends it to all. */
  async pick(file: Blob): Promise<void> {
    const turn = ++this.turn
    const { canvas, fault } = await makeEmblem(file, PICKED, this.page)
    const sent = canvas && (await fileOfEmblem(canvas))
    // Another file was picked while this one was read.
    if (turn !== this.turn) return
    if (!canvas || !sent) return this.failed(fault ?? 'broken')
    this.mine = canvas
    this.file = sent
    this.said = nothing
    this.told.clear()
    rememberPicture(canvas.toDataURL('image/png'))
    this.follow()
  }

  /** Flies without a picture, and tells those who have it. */
  remove(): void {
    this.turn++
    this.mine = null
    this.file = null
    this.said = nothing
    rememberPicture(null)
    const to = [...this.told]
    this.told.clear()
    // Whom it does not reach sees the picture a little longer.
    if (to.length > 0) void this.lobby.share(new Blob(['-']), { to, name: NO_PICTURE }).catch(() => {})
    this.tell()
  }

  hide(player: PlayerId, isHidden: boolean): void {
    if (isHidden) this.hidden.add(player)
    else this.hidden.delete(player)
    this.tell()
  }

  hideAll(hidesAll: boolean): void {
    this.hidesAll = hidesAll
    rememberHidesPictures(hidesAll)
    this.tell()
  }

  /** Another page offers its player's picture. */
  hear(offer: FileOffer): void {
    const from = offer.from as PlayerId
    if (offer.name === NO_PICTURE) {
      offer.decline()
      this.pictures.delete(from)
      return this.tell()
    }
    const isSoon = this.now() - (this.lastAt.get(from) ?? Number.NEGATIVE_INFINITY) < BETWEEN_MS
    if (offer.size > SENT.bytes || isSoon || this.receiving.has(from) || !this.isHere(from)) return offer.decline()
    void this.receive(offer, from)
  }

  private async receive(offer: FileOffer, from: PlayerId): Promise<void> {
    this.receiving.add(from)
    this.lastAt.set(from, this.now())
    const transfer = offer.accept({ maxBytes: SENT.bytes })
    await transfer.ended
    const { canvas } = transfer.blob ? await makeEmblem(transfer.blob, SENT, this.page) : { canvas: null }
    this.receiving.delete(from)
    if (!canvas || !this.isHere(from)) return
    this.pictures.set(from, canvas)
    this.tell()
  }

  /** Forgets who left, and sends the own picture to who came. */
  private follow(): void {
    for (const known of [this.pictures, this.lastAt, this.told, this.hidden])
      for (const player of known.keys()) if (!this.isHere(player)) known.delete(player)
    // A page that comes back may have been loaded anew, and has nothing then.
    for (const { id, presence } of this.lobby.roster) if (presence === 'away') this.told.delete(id)
    void this.send()
    this.tell()
  }

  private async send(): Promise<void> {
    const { lobby } = this
    const file = this.file
    if (!file) return
    const to = lobby.roster
      .filter(({ id, mine, bot, presence }) => !mine && bot === null && presence !== 'away' && !this.told.has(id))
      .map(({ id }) => id)
    if (to.length === 0) return
    for (const player of to) this.told.add(player)
    // Who gets none, as one who mutes this player, sees a ship without.
    await lobby.share(file, { to, name: PICTURE_FILE }).catch(() => {
      for (const player of to) this.told.delete(player)
    })
  }

  private isHere(player: PlayerId): boolean {
    return this.lobby.roster.some(({ id, bot }) => id === player && bot === null)
  }

  private failed(fault: EmblemFault): void {
    this.said = emblemSentences[fault]
    this.tell()
  }

  private tell(): void {
    for (const changed of this.listeners) changed()
  }
}

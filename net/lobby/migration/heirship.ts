/**
 * What a guest's page holds as an heir: a copy of the lobby, and beside its match the world of the host. In go the messages of the host's
 * stream; out comes what this page can host with. The host may be hostile: what it sends is checked and bounded where it is read, and
 * never shown on this page.
 *
 * An heir is warm once the code of a host is loaded here: before, nothing of the stream is taken.
 */
import { HeirReceiver } from '../../migration/heir-receiver.ts'
import type { GameShape } from '../../world/game-shape.ts'
import type { Match } from '../match/match.ts'
import { HeirCopy } from './heir-copy.ts'
import { HeirRehearsals } from './heir-rehearsals.ts'
import { hostMigration } from './late-migration.ts'
import { pieceChecks } from './lobby-copy.ts'
import type { GuestMigrationOptions } from './migration-options.ts'

/** Nobody wants a match that goes further back than this, ms: a world that a host before has told is of use for so long. */
const WORLD_BEFORE_MS = 10_000

export class Heirship<G extends GameShape> {
  /** The lobby as the host tells it. */
  readonly copy: HeirCopy
  isWarm = false
  private readonly options: Pick<GuestMigrationOptions<G>, 'game' | 'lobby' | 'platform' | 'change'>
  private readonly rehearsals: HeirRehearsals<G>
  /** The world of the host before, and when that went, ms. */
  private before: { readonly match: Match<G>; readonly receiver: HeirReceiver; readonly at: number } | null = null

  constructor(options: Pick<GuestMigrationOptions<G>, 'game' | 'lobby' | 'platform' | 'change'>) {
    this.options = options
    this.copy = new HeirCopy(options.game)
    this.rehearsals = new HeirRehearsals(options.change, options.platform)
  }

  /** Loads the code of a host. Then `warm` may be called. */
  async load(): Promise<void> {
    await Promise.all([this.options.change.load(), hostMigration()])
  }

  warm(): void {
    const { match } = this.options.lobby
    this.isWarm = true
    if (match) this.matchBegins(match)
  }

  /** Whether this page can host the lobby: it has the code, and all of the copy. */
  get isReady(): boolean {
    return this.isWarm && this.copy.isWhole
  }

  /** False: the stream has ended this page's candidacy. */
  get isFit(): boolean {
    return this.copy.ended === null && (this.receiver?.ended ?? null) === null
  }

  /** A match runs here, and this page has no world of its host. */
  get lacksWorld(): boolean {
    return this.options.lobby.match?.client != null && (this.receiver?.tick ?? null) === null
  }

  /**
   * What this page can go on from. Of the host before, where the present one has told no world yet: without it a host that has just taken over,
   * and goes, too, would take the match along.
   */
  get world(): HeirReceiver | null {
    const { lobby, platform } = this.options
    const before = this.before
    const isOfUse = before !== null && before.match === lobby.match && platform.now() - before.at < WORLD_BEFORE_MS
    return isOfUse && this.receiver?.tick == null ? before.receiver : this.receiver
  }

  private get receiver(): HeirReceiver | null {
    return this.options.lobby.match?.client?.heir ?? null
  }

  /** The host's world is told from the match's start on. */
  matchBegins({ client, epoch, start }: Match<G>): void {
    if (!client || !this.isWarm || client.heir) return
    // The host may have told the lobby's part before this page knew of the match.
    const known = this.copy.told
    client.heir = new HeirReceiver({ game: this.options.game, epoch, start, slow: pieceChecks, known })
  }

  /** A bulk message of the stream. False: it ends this page's candidacy. */
  hear(bytes: Uint8Array): boolean {
    const { lobby, platform } = this.options
    const now = platform.now()
    if (!this.copy.hear(bytes, lobby.epoch, now)) return false
    this.receiver?.receiveBulk(bytes, now)
    return true
  }

  /** To be called some times a second. */
  look(now: number): void {
    if (this.receiver?.tick != null) this.before = null
    if (this.isWarm) this.rehearsals.look(this.options.lobby.match, now)
  }

  /** What comes from now on begins anew: of the world nothing is kept. */
  rewind(): void {
    const { match } = this.options.lobby
    this.copy.rewind()
    if (match?.client) match.client.heir = null
  }

  /** This page is no heir any more. */
  forget(): void {
    this.rewind()
    this.before = null
    this.copy.forget()
  }

  /** Another host tells it. What is there stays until the next is whole. */
  beginAnew(): void {
    const { match } = this.options.lobby
    const { receiver } = this
    if (match && receiver?.tick != null) this.before = { match, receiver, at: this.options.platform.now() }
    this.rewind()
    this.copy.beginAnew()
  }

  stop(): void {
    this.rehearsals.stop()
  }
}

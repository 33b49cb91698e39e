/**
 * The lobby as an heir is told it, in pieces of slow data. In go bulk messages of the host's stream; out comes a copy that a host can go
 * on with. The host may lie, send without end, or send what nobody can go on with: that ends the candidacy of this page, and no more.
 *
 * Invariants: pieces of two hosts are never mixed in one copy, and what is here stays until the next copy is whole. No message is read
 * above the budget.
 */
import { TokenBucket } from '../../congestion/token-bucket.ts'
import { openHeirMessage } from '../../migration/heir-messages.ts'
import { MAX_HEIR_BYTES_PER_SECOND } from '../../migration/limits.ts'
import type { AnyGame } from '../../world/game.ts'
import { copyFrom, type LobbyCopy, pieceChecks } from './lobby-copy.ts'

/** All of a large match comes at once: so many seconds of the limit. */
const BURST_SECONDS = 8

export class HeirCopy {
  /** Why this page can be no heir of this host; null: it can. */
  ended: 'malformed' | 'huge' | 'flood' | 'poisoned' | null = null
  private readonly game: AnyGame
  private readonly budget = new TokenBucket(MAX_HEIR_BYTES_PER_SECOND, MAX_HEIR_BYTES_PER_SECOND * BURST_SECONDS)
  private pieces = new Map<string, unknown>()
  /** What another host, or the same over another link, has told so far. It replaces the copy once it is whole. */
  private newPieces: Map<string, unknown> | null = null
  private version = 0

  constructor(game: AnyGame) {
    this.game = game
  }

  /** A bulk message of the stream. False: nothing of it is to be used. */
  hear(bytes: Uint8Array, epoch: number, now: number): boolean {
    if (this.ended) return false
    if (this.budget.available(now) <= 0) return this.end('flood')
    this.budget.spend(bytes.length)
    const message = openHeirMessage(bytes)
    if (typeof message === 'string') return this.end(message)
    return message.kind !== 'slow' || message.epoch !== epoch || this.note(message)
  }

  private note({ version, piece, value }: { version: number; piece: string; value: unknown }): boolean {
    const check = Object.hasOwn(pieceChecks, piece) ? pieceChecks[piece as keyof typeof pieceChecks] : null
    if (!check?.(value) || version < 1) return this.end('malformed')
    if (version <= this.version) return true
    this.version = version
    const pieces = this.newPieces ?? this.pieces
    pieces.set(piece, value)
    if (pieces.size < Object.keys(pieceChecks).length) return true
    // Who finds it out only when the host is gone has won a lobby that nobody hosts.
    if (!copyFrom(this.game, pieces)) return this.end('poisoned')
    this.pieces = pieces
    this.newPieces = null
    return true
  }

  private end(reason: NonNullable<HeirCopy['ended']>): false {
    this.forget()
    this.ended = reason
    return false
  }

  /** A stream begins: of another host, or anew. What is here stays until the next copy is whole. */
  beginAnew(): void {
    this.newPieces = new Map()
    this.version = 0
    this.ended = null
  }

  /** The stream is told from its beginning, as to an heir of before. */
  rewind(): void {
    this.version = 0
  }

  forget(): void {
    this.pieces = new Map()
    this.newPieces = null
    this.version = 0
  }

  /** What the stream has told so far. */
  get told(): { readonly version: number; readonly pieces: ReadonlyMap<string, unknown> } {
    return { version: this.version, pieces: this.newPieces ?? this.pieces }
  }

  get isWhole(): boolean {
    return this.pieces.size === Object.keys(pieceChecks).length
  }

  /** Null: it is not whole. */
  get copy(): LobbyCopy | null {
    return copyFrom(this.game, this.pieces)
  }
}

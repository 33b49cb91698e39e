/**
 * What a lobby's host knows and changes slowly: roster, reservations, bans, settings, chat. It goes in pieces; each change has a
 * version, and a tick of the heir's stream names the version that belongs to it. A piece is plain data.
 */
import { MAX_SLOW_PIECES } from './limits.ts'

export interface SlowPiece {
  readonly piece: string
  readonly version: number
  readonly value: unknown
}

export class SlowData {
  /** Of the newest change; 0 before the first. */
  version = 0
  private readonly pieces = new Map<string, SlowPiece>()

  /** A piece has another value. It must be plain data, and not change any more. @throws RangeError for too many pieces. */
  set(piece: string, value: unknown): void {
    if (!this.pieces.has(piece) && this.pieces.size >= MAX_SLOW_PIECES)
      throw new RangeError(`Slow data has at most ${MAX_SLOW_PIECES} pieces: put ${piece} into another one.`)
    this.pieces.set(piece, { piece, version: ++this.version, value })
  }

  /** The pieces that changed after a version, oldest change first. */
  since(version: number): SlowPiece[] {
    return [...this.pieces.values()].filter((piece) => piece.version > version).sort((a, b) => a.version - b.version)
  }
}

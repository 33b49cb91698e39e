/**
 * A guest's recording: what its page showed, tick by tick, as it stands in the bytes. They may be a stranger's: a chunk that breaks
 * a rule ends the track before it.
 */

import type { ReplayFailure } from '../session/recordings.ts'
import { BitReader } from '../wire/bits.ts'
import type { AnyGame } from '../world/game.ts'
import type { PlayerId } from '../world/ids.ts'
import { copyRow, type RecordCopy, type Row } from '../world/record.ts'
import { World } from '../world/world.ts'
import type { FileHead, GuestChunk } from './file.ts'
import { readShown, type ShownTick } from './shown-codec.ts'
import type { Track } from './track.ts'
import { hashWorld } from './world-hash.ts'

export class GuestTrack implements Track {
  readonly world: World
  readonly firstTick: number
  readonly emitted = []
  readonly recordedHash = null
  failure: ReplayFailure | null = null
  tick: number
  private readonly game: AnyGame
  private readonly me: PlayerId | null
  private readonly chunks: readonly GuestChunk[]
  private last: number
  private loaded: { readonly index: number; readonly shown: readonly ShownTick[] } | null = null
  private at: ShownTick | null = null
  private before: ShownTick | null = null

  /** `chunks`: at least one. */
  constructor(game: AnyGame, { seed, options, settings, me }: FileHead, chunks: readonly GuestChunk[]) {
    this.game = game
    this.me = me
    this.chunks = chunks
    this.world = new World({ game, seed, options, settings, predicting: null })
    this.firstTick = chunks[0]?.firstTick ?? 0
    this.tick = this.firstTick
    this.last = this.firstTick
  }

  /** Whether it can be shown. To be called once, before all else. */
  begin(): boolean {
    // How far the last chunk goes stands in its frames.
    for (let index = this.chunks.length - 1; index >= 0; index--) {
      const shown = this.read(index)
      if (!shown) {
        this.failure = {
          tick: (this.chunks[index] as GuestChunk).firstTick,
          error: 'The bytes of this tick are damaged.',
        }
        continue
      }
      this.last = (shown.at(-1) as ShownTick).tick
      this.go(this.firstTick)
      return this.at !== null
    }
    return false
  }

  get lastTick(): number {
    return this.last
  }

  /** Where the page skipped ticks, the one before is shown. */
  go(tick: number): void {
    const to = Math.max(this.firstTick, Math.min(tick, this.last))
    const found = this.find(to)
    if (!found) return
    const isNext = this.at !== null && found.tick > this.at.tick && to === this.tick + 1
    if (found !== this.at) {
      this.before = isNext ? this.at : null
      this.at = found
      this.place(found)
    } else if (to !== this.tick) this.before = found
    this.tick = to
  }

  /** What was shown at a tick, or at the newest before it. */
  private find(tick: number): ShownTick | null {
    let index = this.chunks.length - 1
    while (index > 0 && (this.chunks[index] as GuestChunk).firstTick > tick) index--
    for (; index >= 0; index--) {
      const found = this.read(index)?.findLast((shown) => shown.tick <= tick)
      if (found) return found
    }
    return null
  }

  private read(index: number): readonly ShownTick[] | null {
    if (this.loaded?.index === index) return this.loaded.shown
    const { firstTick, frames, shown: bytes } = this.chunks[index] as GuestChunk
    const shown = readShown(this.game, firstTick, frames, new BitReader(bytes))
    if (shown) this.loaded = { index, shown }
    return shown
  }

  private place({ records }: ShownTick): void {
    const { world } = this
    world.clear()
    for (const { type, id, owner, row } of records) world.insert(world.make(type, id, owner, copyRow(row)))
    world.players = records.flatMap(({ type, owner }) => (type.role === 'player' && owner !== null ? [owner] : []))
  }

  recordsAt(tick: number): readonly RecordCopy[] | null {
    if (tick === this.tick) return this.at?.records ?? null
    return tick === this.tick - 1 ? (this.before?.records ?? null) : null
  }

  /** What the page showed last, at `tick` or before it. */
  get shown(): ShownTick | null {
    return this.at
  }

  inputOf(player: PlayerId): Row | null {
    return player === this.me ? (this.at?.input ?? null) : null
  }

  hash(): number {
    this.world.tick = this.tick
    return hashWorld(this.world)
  }
}

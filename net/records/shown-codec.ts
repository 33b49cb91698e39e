/**
 * What a guest's page showed, as bits: at each of its ticks its own entities as it predicted them, all others as they were at
 * the tick that was drawn, and the input. Each tick is written against the one before.
 */

import { type BitReader, BitWriter } from '../wire/bits.ts'
import { readMessage, writeMessage } from '../wire/messages.ts'
import type { AnyGame } from '../world/game.ts'
import { MAX_TICK } from '../world/ids.ts'
import type { RecordCopy, Row } from '../world/record.ts'
import { StateReader, StateWriter } from './state-codec.ts'

export interface ShownTick {
  /** Of what the page predicts. */
  readonly tick: number
  /** Of all else: behind `tick`, a whole number. */
  readonly seenTick: number
  /** Whether the host has told all of it for this very tick. Else some of it stands between two states, or is extrapolated. */
  readonly confirmed: boolean
  readonly input: Row
  /** Globals, players and entities, by type and id. */
  readonly records: readonly RecordCopy[]
}

/** Rice's parameter of how far the others are behind. */
const BEHIND = 4

const sameRow = (a: Row, b: Row): boolean => a === b || a.numbers.every((value, column) => value === b.numbers[column])

export class ShownWriter {
  private readonly game: AnyGame
  private readonly w = new BitWriter(4096)
  private readonly states: StateWriter
  private before: Pick<ShownTick, 'tick' | 'input'> | null = null

  constructor(game: AnyGame) {
    this.game = game
    this.states = new StateWriter(game)
  }

  get byteLength(): number {
    return this.w.byteLength
  }

  write({ tick, seenTick, confirmed, input, records }: ShownTick): void {
    const w = this.w
    const before = this.before
    if (before) w.unsigned(tick - before.tick - 1)
    w.signedRice(tick - seenTick, BEHIND)
    w.flag(confirmed)
    const isHeld = before !== null && sameRow(before.input, input)
    if (before) w.flag(isHeld)
    if (!isHeld) writeMessage(w, this.game, tick, this.game.schema.input, input)
    this.states.write(w, records)
    this.before = { tick, input }
  }

  /** A copy of what was written so far. */
  finish(): Uint8Array {
    return this.w.finish()
  }
}

/** The ticks of a chunk, the first of which is known; null when the bits are none. */
export function readShown(game: AnyGame, firstTick: number, count: number, r: BitReader): ShownTick[] | null {
  const states = new StateReader(game)
  const shown: ShownTick[] = []
  let before: ShownTick | null = null
  for (let i = 0; i < count; i++) {
    const tick: number = before ? before.tick + 1 + r.unsigned() : firstTick
    const seenTick = tick - r.signedRice(BEHIND)
    const confirmed = r.flag()
    const input: Row | null = before && r.flag() ? before.input : readMessage(r, game, tick, game.schema.input)
    const records = states.read(r)
    if (!r.ok || !input || !records || tick > MAX_TICK) return null
    before = { tick, seenTick, confirmed, input, records }
    shown.push(before)
  }
  return shown
}

/**
 * A world from which a match goes on to the bit: all of its state, and the states of the ticks before it, as far as
 * `asSeenBy` may look back.
 */

import { maxRewindTicks } from '../prediction/host-rewind.ts'
import { BitReader, BitWriter } from '../wire/bits.ts'
import type { AnyGame } from '../world/game.ts'
import type { History, RecordedTick } from '../world/history.ts'
import { saveWorld } from '../world/save.ts'
import type { World } from '../world/world.ts'
import { StateReader, StateWriter } from './state-codec.ts'

export interface KeyFrame {
  /** As `saveWorld` gives it. */
  readonly world: Uint8Array
  /** The states of the ticks up to the world's, the oldest first. */
  readonly past: Uint8Array
}

/** Call it between two ticks. */
export function takeKeyFrame(world: World, history: Pick<History, 'stateAt'>): KeyFrame {
  const w = new BitWriter(1024)
  const states = new StateWriter(world.game)
  let before = -1
  for (let tick = world.tick - maxRewindTicks(world.dt); tick <= world.tick; tick++) {
    // Before the oldest that is kept, the history gives the oldest.
    const then = history.stateAt(tick)
    if (!then || then.tick === before) continue
    before = then.tick
    w.flag(true)
    w.unsigned(world.tick - then.tick)
    states.write(w, then.records)
  }
  w.flag(false)
  return { world: saveWorld(world), past: w.finish() }
}

/** The states of the ticks up to `tick`, the oldest first; null for malformed bytes. */
export function readPast(game: AnyGame, tick: number, bytes: Uint8Array): RecordedTick[] | null {
  const r = new BitReader(bytes)
  const reader = new StateReader(game)
  const past: RecordedTick[] = []
  while (r.flag()) {
    const then = tick - r.unsigned()
    const records = reader.read(r)
    if (!records || !r.ok || then > tick || then <= (past.at(-1)?.tick ?? -1)) return null
    past.push({ tick: then, records })
    if (past.length > maxRewindTicks(1 / game.tickRate) + 1) return null
  }
  return r.finished() ? past : null
}

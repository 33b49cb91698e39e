/**
 * Counts what each owner has made in a tick. The counts are part of identities (ids.ts, emitted.ts), so host and client must
 * count alike. A client emits only events of predicted types, and only in `step`: these have a count of their own.
 */
import type { EventTiming } from './game-shape.ts'
import { type EntityId, FIRST_REFEREE_ORDINAL, MAX_ORDINAL, type PlayerId, spawnedId } from './ids.ts'

interface Counts {
  /** Entities that `step` spawned. */
  spawned: number
  /** Events of predicted types: those of `step`, and those that `referee` emitted with an owner. */
  predicted: number
  refereed: number
  /** All other events. */
  others: number
}

export class Ordinals {
  private readonly counts = new Map<PlayerId | null, Counts>()

  /** A tick begins. */
  clear(): void {
    this.counts.clear()
  }

  private of(owner: PlayerId | null): Counts {
    let counts = this.counts.get(owner)
    if (!counts) {
      counts = { spawned: 0, predicted: 0, refereed: FIRST_REFEREE_ORDINAL, others: 0 }
      this.counts.set(owner, counts)
    }
    return counts
  }

  /** The id of the next entity that `step` spawns for a player. @throws RangeError for more than 256 in a tick. */
  nextSpawn(owner: PlayerId, tick: number): EntityId {
    const counts = this.of(owner)
    if (counts.spawned > MAX_ORDINAL)
      throw new RangeError(`step spawned more than ${MAX_ORDINAL + 1} entities of one player in one tick.`)
    return spawnedId(owner, tick, counts.spawned++)
  }

  /** The ordinal of the next event of an owner. @throws RangeError for more than identities can tell apart. */
  nextEvent(timing: EventTiming, owner: PlayerId | null, isStep: boolean): number {
    const counts = this.of(owner)
    const predicted = timing === 'predicted'
    const refereed = predicted && owner !== null && !isStep
    const ordinal = refereed ? counts.refereed++ : predicted ? counts.predicted++ : counts.others++
    const max = predicted && !refereed && owner !== null ? FIRST_REFEREE_ORDINAL - 1 : MAX_ORDINAL
    if (ordinal <= max) return ordinal
    const most = refereed ? max - FIRST_REFEREE_ORDINAL + 1 : max + 1
    throw new RangeError(`More than ${most} events of one player in one tick: make one event stand for many.`)
  }
}

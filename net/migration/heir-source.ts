/**
 * Takes ticks of a running match for its heirs. Each record has a slot of its type, and a state that is replaced only when
 * something of it changes. Two heirs share what is taken of a tick, and its bytes where they hold the same.
 */
import type { HostSession } from '../session/host.ts'
import { BitWriter } from '../wire/bits.ts'
import type { Layout } from '../wire/layout.ts'
import { firstParameters, ParameterLearner, type Parameters, Residuals } from '../wire/parameters.ts'
import { type RecordState, updateState } from '../wire/states.ts'
import type { EntityId } from '../world/ids.ts'
import { copyRow, type GameRecord } from '../world/record.ts'
import type { RecordType } from '../world/schema.ts'
import { type HeirLayouts, heirLayoutsOf } from './heir-layouts.ts'
import type { HeirTick } from './heir-tick.ts'
import { writeTick } from './heir-tick-codec.ts'

/** The coding parameters change at most this often: telling them costs some bytes each time. */
const PARAMETER_SECONDS = 1

/** A tick's bytes for who holds `base`. */
interface EncodedTick {
  readonly tick: HeirTick
  readonly base: HeirTick | null
  readonly bytes: Uint8Array
}

export class HeirSource {
  readonly host: HostSession
  readonly layouts: HeirLayouts
  private readonly slots: readonly TypeSlots[]
  private readonly learner: ParameterLearner
  private parameters: Parameters
  private learnedAt: number
  private taken: HeirTick | null = null
  private readonly w = new BitWriter(4096)
  private readonly residuals = new Residuals()
  private encoded: EncodedTick | null = null

  constructor(host: HostSession) {
    this.host = host
    this.layouts = heirLayoutsOf(host.game)
    this.slots = this.layouts.all.map((layout, i) => new TypeSlots(layout, this.layouts.types[i] as RecordType))
    this.learner = new ParameterLearner(this.layouts.parameterCounts)
    this.parameters = firstParameters(this.layouts.parameterCounts)
    this.learnedAt = host.world.tick
  }

  /** The newest tick. Take it between two ticks. */
  take(slowVersion: number): HeirTick {
    const { world, game } = this.host
    if (this.taken?.tick === world.tick && this.taken.slowVersion === slowVersion) return this.taken
    if (world.tick - this.learnedAt >= PARAMETER_SECONDS * game.tickRate) {
      this.learnedAt = world.tick
      this.parameters = this.learner.suggest(this.parameters)
    }
    const { seats, comings } = this.host.saveSeats()
    this.taken = {
      tick: world.tick,
      nextRefereeId: world.nextRefereeId,
      secret: [...world.secretState],
      players: [...world.players],
      records: this.slots.map((slots) => slots.update(world.list(slots.type), world.tick)),
      ...{ seats, comings },
      memories: new Map([...world.memories].map(([player, memory]) => [player, copyRow(memory)])),
      slowVersion,
      parameters: this.parameters,
    }
    return this.taken
  }

  /** A tick as bytes for an heir that holds `base`; null: it holds none. The bytes are shared, and never change. */
  encode(tick: HeirTick, base: HeirTick | null): Uint8Array {
    if (this.encoded?.tick === tick && this.encoded.base === base) return this.encoded.bytes
    this.w.rewind(0)
    writeTick(this.w, this.host.game, tick, base, this.residuals)
    this.residuals.teach(this.learner)
    this.encoded = { tick, base, bytes: this.w.finish() }
    return this.encoded.bytes
  }
}

/** The slots of one type. A slot that a record leaves is free for the next one at once: it is then told in full. */
class TypeSlots {
  readonly type: RecordType
  private readonly layout: Layout
  private readonly slotOf = new Map<EntityId, number>()
  private readonly free: number[] = []
  private readonly states: (RecordState | null)[] = []
  private records: readonly GameRecord[] = []
  /** The slot of each of `records`. */
  private slotsOf: readonly number[] = []

  constructor(layout: Layout, type: RecordType) {
    this.layout = layout
    this.type = type
  }

  /** The states after a tick, by slot: a copy. */
  update(records: readonly GameRecord[], tick: number): readonly (RecordState | null)[] {
    // A world's lists are replaced, never changed: the same list has the same records.
    if (records !== this.records) {
      this.vacate(records)
      this.slotsOf = records.map(({ id }) => this.slotOf.get(id) ?? this.seat(id))
    }
    for (let i = 0; i < records.length; i++) {
      const record = records[i] as GameRecord
      const slot = this.slotsOf[i] as number
      const before = this.states[slot] as RecordState | null
      // An id that was freed may be back with another owner.
      const same = before !== null && before.owner === record.owner
      this.states[slot] = updateState(this.layout, record, tick, same ? before : null, null)
    }
    return this.states.slice()
  }

  private vacate(records: readonly GameRecord[]): void {
    this.records = records
    const here = new Set(records.map(({ id }) => id))
    for (const [id, slot] of this.slotOf) {
      if (here.has(id)) continue
      this.slotOf.delete(id)
      this.states[slot] = null
      this.free.push(slot)
    }
  }

  private seat(id: EntityId): number {
    const slot = this.free.pop() ?? this.states.push(null) - 1
    this.slotOf.set(id, slot)
    return slot
  }
}

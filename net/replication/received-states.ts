/**
 * The client's side of the baselines (`Baselines` is the host's): what each slot held after each snapshot that was applied,
 * for as long as the host may build on it. Snapshots are applied in the order of their sequence only. A late one can still
 * be read, but is not applied.
 */
import type { Baseline, SlotBaseline, SlotChange } from '../wire/changes.ts'
import type { Parameters } from '../wire/parameters.ts'
import { sequenceDistance } from '../wire/sequence.ts'
import type { SnapshotHead } from '../wire/snapshot-head.ts'
import type { SnapshotBaselines } from '../wire/snapshots.ts'
import type { RecordState } from '../wire/states.ts'

/** What a slot held after a snapshot was applied. Older versions follow as a linked list. */
interface Version {
  /** The number of the snapshot (`unwrap`). */
  readonly by: number
  readonly state: RecordState | null
  readonly team: boolean
  /** The version before, as far as a snapshot may still build on it. */
  before: Version | null
}

/** The version as the base of a delta; null where the slot was empty. */
function asBaseline(version: Version | null): SlotBaseline | null {
  return version !== null && version.state !== null ? (version as SlotBaseline) : null
}

/** What a snapshot says. */
interface Contents {
  readonly exact: readonly SlotChange[]
  readonly presented: readonly SlotChange[]
  readonly parameters: Parameters
}

/** While the host names no baseline, so many packets are kept: it may name any of them next. */
const KEPT_WITHOUT_BASELINE = 255

export class ReceivedStates implements SnapshotBaselines {
  readonly firstParameters: Parameters
  /** By layout and slot; null for a slot of which nothing is remembered. */
  private readonly slots: readonly (Version | null)[][]
  private readonly parameterVersions: { by: number; parameters: Parameters }[] = []
  /** The number of the newest snapshot that was applied; −1 before the first. */
  private newest = -1
  /** The newest packet that was never applied; −1 for none. */
  private newestGap = -1
  /** Baselines before this one are forgotten. */
  private keptFrom = 0

  constructor(layouts: number, first: Parameters) {
    this.slots = Array.from({ length: layouts }, () => [])
    this.firstParameters = first
  }

  /** A packet's number that never wraps, from its 16 bit sequence number: the one nearest to the newest. */
  unwrap(sequence: number): number {
    if (this.newest < 0) return sequence
    return this.newest + sequenceDistance(sequence, ((this.newest % 0x10000) + 0x10000) % 0x10000)
  }

  /** Whether a packet is newer than all that were applied. */
  isNew(counted: number): boolean {
    return counted > this.newest
  }

  /** The number of the snapshot that is another's baseline; null for none. */
  baselineNumber({ sequence, baselineAge }: SnapshotHead): number | null {
    return baselineAge === null ? null : this.unwrap(sequence) - baselineAge
  }

  baselineFor(head: SnapshotHead): Baseline | null {
    return this.baselineAt(this.baselineNumber(head))
  }

  /** The state after a snapshot was applied, by its number; `null`: before the first. Returns null for one that is not kept. */
  baselineAt(baseline: number | null): Baseline | null {
    if (baseline === null) return new BaselineAtPacket([], Number.NEGATIVE_INFINITY, this.firstParameters)
    if (baseline < this.keptFrom || baseline > this.newest) return null
    return new BaselineAtPacket(this.slots, baseline, this.parametersOf(baseline))
  }

  /** Whether every packet after a baseline was applied. Then a slot that was not mentioned has not changed. */
  gaplessSince(baseline: number | null): boolean {
    return this.newestGap < (baseline ?? 0)
  }

  private parametersOf(baseline: number): Parameters {
    for (let i = this.parameterVersions.length - 1; i >= 0; i--) {
      const version = this.parameterVersions[i]
      if (version && version.by <= baseline) return version.parameters
    }
    return this.firstParameters
  }

  /** What the slot holds now. */
  newestIn(layout: number, slot: number): SlotBaseline | null {
    return asBaseline(this.slots[layout]?.[slot] ?? null)
  }

  /**
   * Applies a snapshot that builds on `baseline`: no later one builds on anything older. A slot's older versions are dropped
   * when it changes the next time.
   */
  apply(counted: number, baseline: number | null, { exact, presented, parameters }: Contents): void {
    if (counted > this.newest + 1) this.newestGap = counted - 1
    this.newest = counted
    this.keptFrom = Math.max(this.keptFrom, baseline ?? counted - KEPT_WITHOUT_BASELINE)
    const keepFrom = this.keptFrom
    for (let i = 0; i < exact.length; i++) this.change(counted, keepFrom, exact[i] as SlotChange)
    for (let i = 0; i < presented.length; i++) this.change(counted, keepFrom, presented[i] as SlotChange)
    if (this.parameterVersions[this.parameterVersions.length - 1]?.parameters !== parameters) {
      this.parameterVersions.push({ by: counted, parameters })
      forget(this.parameterVersions, keepFrom)
    }
  }

  private change(by: number, keepFrom: number, change: SlotChange): void {
    const { layout, slot, state } = change
    const slots = this.slots[layout]
    if (!slots) return
    let last = slots[slot] ?? null
    // The slot was empty before.
    if (state === null && last === null) return
    const before = last
    while (last !== null && last.by > keepFrom) last = last.before
    // This version is what the slot held in the oldest baseline, so no delta needs the ones before it.
    if (last !== null) last.before = null
    while (slots.length < slot) slots.push(null)
    slots[slot] = { by, state, team: state !== null && change.team, before }
  }

  /** What the slots of a layout hold now. Forgets slots that have been empty for as long as baselines are kept. */
  statesOf(layout: number): readonly SlotBaseline[] {
    const held: SlotBaseline[] = []
    const slots = this.slots[layout] ?? []
    for (let slot = 0; slot < slots.length; slot++) {
      const version = slots[slot]
      if (!version) continue
      const baseline = asBaseline(version)
      if (baseline) held.push(baseline)
      else if (version.by <= this.keptFrom) slots[slot] = null
    }
    return held
  }
}

/** Keeps the newest version at or before `from`, and all after it. */
function forget(versions: { readonly by: number }[], from: number): void {
  let keep = 0
  while (keep + 1 < versions.length && (versions[keep + 1]?.by ?? 0) <= from) keep++
  if (keep > 0) versions.splice(0, keep)
}

class BaselineAtPacket implements Baseline {
  readonly parameters: Parameters
  private readonly slots: readonly (Version | null)[][]
  private readonly baseline: number

  constructor(slots: readonly (Version | null)[][], baseline: number, parameters: Parameters) {
    this.slots = slots
    this.baseline = baseline
    this.parameters = parameters
  }

  slotAt(layout: number, slot: number): SlotBaseline | null {
    const slots = this.slots[layout]
    let version = (slots !== undefined && slot < slots.length ? slots[slot] : null) ?? null
    while (version !== null && version.by > this.baseline) version = version.before
    return asBaseline(version)
  }
}
